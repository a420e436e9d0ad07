"""The word somebody meant: the closest of the known ones, or nothing when none is close."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

CLOSE_ENOUGH = 60.0


def nearest(word: str, known: Iterable[str], *, at_least: float | None = None) -> str | None:
    """Return the entry of `known` most like `word` (capitals and punctuation aside), None below 60 % likeness.

    With `at_least`, a percentage, the whole of both is compared: a word that is a part of a long name is not like it.
    """
    scorer, cutoff = (fuzz.WRatio, CLOSE_ENOUGH) if at_least is None else (fuzz.ratio, at_least)
    found = process.extractOne(word, list(known), scorer=scorer, processor=utils.default_process, score_cutoff=cutoff)
    return None if found is None else found[0]
