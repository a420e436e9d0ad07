"""Finding what a line of text speaks of: `BOLT-10`, `A-01-03`, or both in either order, at its beginning.

SKUs and bins are free text: numbers ("10002"), words with spaces, prefixes of each other, bins named as SKUs are. So
a text may be readable in several ways, and each way is a `Reading`: the sheet lines it may mean, and what follows the
reference. Whoever uses the readings decides whether they agree. Capitals never decide, because phones choose them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from models.rules import wording
from models.rules.chat_text import ending, folded
from models.rules.quantities_units import Measure, Pack

CLOSE_ENOUGH = 70.0
"""Likeness in percent from which a SKU, bin or name is offered: two swapped characters in seven are 86 %."""

# What ends a reference. A comma or slash inside a word may belong to another SKU, so those need a space.
_PAUSE = re.compile(r"\s*[:=]\s*|\s+[,;·|/]\s+|[,;]\s+|\s+|$")


@dataclass(frozen=True)
class SheetLine:
    """One line of a count sheet. `countable`: this person may still count it (it is open, and not settled).

    `asked` is the bare number that this person was asked about last ("" for none).
    """

    line_id: int
    sku: str
    item_name: str
    location: str
    unit: str
    countable: bool
    packs: tuple[Pack, ...] = ()
    asked: str = ""

    @property
    def label(self) -> str:
        """How a sentence names the line: "BOLT-10 (A-01-03)"."""
        return f"{self.sku} ({self.location})"

    @cached_property
    def measure(self) -> Measure:
        """How it is counted."""
        return Measure(self.unit, self.packs)


@dataclass(frozen=True)
class Reading:
    """One way to read a text: the lines its reference may mean, and the text after the reference ("" for none)."""

    lines: tuple[SheetLine, ...]
    rest: str


class References:
    """The SKUs, bins and names of a sheet, ready to be found in text."""

    def __init__(self, lines: Sequence[SheetLine]) -> None:
        self._keyed = [(line, (folded(line.sku), folded(line.location), folded(line.item_name))) for line in lines]
        self._skus = frozenset(sku for _, (sku, _, _) in self._keyed)
        self._numbered = {key for _, keys in self._keyed for key in keys[:2] if any(map(str.isdigit, key))}
        self._worded = {key for line in lines for key in (line.sku, line.location) if not any(map(str.isdigit, key))}
        # Of equally near ones the first wins: SKUs before bins before names, and each in the order of the sheet.
        self._known = {
            (place, line.line_id): key for place in range(3) for line, keys in self._keyed if (key := keys[place])
        }

    def is_sku(self, text: str) -> bool:
        """Whether `text` as a whole is a SKU of the sheet."""
        return folded(text) in self._skus

    def readings(self, text: str) -> list[Reading]:
        """Every way to read a reference at the beginning of `text`; none when it begins with something else.

        A reference is a SKU, a bin, or both in either order, with the item's name anywhere among them (people copy
        from the sheet). A name alone is no reference: names repeat. The rests are as they were written.
        """
        found: dict[str, list[SheetLine]] = {}
        plain = folded(text)
        for line, keys in self._keyed:
            for rest in set(_rests(plain, keys, frozenset())):
                found.setdefault(rest, []).append(line)
        return [Reading(lines=tuple(lines), rest=ending(text, rest)) for rest, lines in found.items()]

    def mentioned(self, text: str) -> bool:
        """Whether a SKU or bin stands anywhere in `text` as a word of its own.

        One without a digit ("DOCK") must be written with the same capitals: "dock" may be just a word.
        """
        plain = folded(text)
        return any(_stands_in(key, plain) for key in self._numbered) or any(
            _stands_in(key, text) for key in self._worded
        )

    def named(self, text: str) -> list[SheetLine]:
        """The lines that a text names, wherever it does; none when what it names leaves a choice.

        A SKU means its line, one that lies in several bins needs the bin too. Without a SKU, a bin means its line.
        """
        skus = {keys[0] for line, keys in self._keyed if _is_said(line.sku, text)}
        bins = {keys[1] for line, keys in self._keyed if _is_said(line.location, text)}
        place, said = (0, skus) if skus else (1, bins)
        found: list[SheetLine] = []
        for key in said:
            if any(key != other and _stands_in(key, other) for other in said):
                continue  # a part of another one: "BOLT" in "BOLT 10"
            same = [(line, keys[1]) for line, keys in self._keyed if keys[place] == key]
            meant = same if len(same) == 1 else [(line, code) for line, code in same if skus and code in bins]
            if len(meant) != 1:
                return []
            found.append(meant[0][0])
        return [line for line, _ in self._keyed if line in found]

    def nearest(self, words: str) -> str | None:
        """The SKU, bin or item name most like `words`, named with the other half of its line; None if none is."""
        best = process.extractOne(folded(words), self._known, scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
        if best is None:
            return None
        key, _, (place, line_id) = best
        same = [line for line, keys in self._keyed if keys[place] == key]
        first = next(line for line in same if line.line_id == line_id)
        if place == 1:
            return f"{first.location} ({wording.any_of(sorted({line.sku for line in same}))})"
        bins = [line.location for line, _ in self._keyed if line.sku == first.sku]
        return f"{first.sku} ({wording.any_of(bins)})"


def _rests(text: str, keys: tuple[str, ...], used: frozenset[int]) -> Iterator[str]:
    """What is left of `text` after each reference made of `keys` (SKU, bin, name), each at most once."""
    if used & {0, 1}:
        yield text
    for place, key in enumerate(keys):
        if key and place not in used:
            for written in (key, f"({key})"):
                pause = _PAUSE.match(text, len(written)) if text.startswith(written) else None
                if pause:
                    yield from _rests(text[pause.end() :], keys, used | {place})


def _is_said(name: str, text: str) -> bool:
    """Whether a SKU or bin stands in `text`; one without a digit, with the same capitals."""
    if any(map(str.isdigit, name)):
        return _stands_in(folded(name), folded(text))
    return _stands_in(name, text)


def _stands_in(key: str, text: str) -> bool:
    """Whether `key` stands in `text` with no letter, digit or dash right before or after it."""
    start = text.find(key) if key else -1
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(key) : start + len(key) + 1]
        if not any(letter.isalnum() or letter == "-" for letter in around):
            return True
        start = text.find(key, start + 1)
    return False
