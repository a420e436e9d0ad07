"""The word somebody meant: the closest of the known ones, or nothing when none is close."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

CLOSE_ENOUGH = 60.0


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the entry of `known` most like `word` (capitals and punctuation aside), None below 60 % likeness."""
    found = process.extractOne(
        word, list(known), scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=CLOSE_ENOUGH
    )
    return None if found is None else found[0]
