"""ABC classes: the few items that make most of the value apart from the many that make little.

Items are ranked by a value (what was used of them in a year, what lies there, how often they moved, what one
costs), and the ranking is cut where its cumulative share passes 80 % and 95 %: A, B and C. The item that crosses
a cut belongs to the higher class: while the items before it have not reached 80 %, the next one still
is A. An item of no value (or of less) is in the last class, whatever came before it; and so is everything when nothing
has any value.

A pinned item has the class of its pin and keeps its place in the ranking, so a pin never moves another item.

Sums are compared with cuts multiplied by the total: nothing is divided, so nothing is rounded before it is compared.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from operator import itemgetter
from string import ascii_uppercase
from types import MappingProxyType
from typing import Generic, TypeVar

from models.errors import BadInput
from models.rules import wording

DEFAULT_CUTS = (Decimal(80), Decimal(95))
WHOLE = Decimal(100)  # percent
YEAR = 365  # days

_ECHO = 40  # characters of what was typed that a sentence repeats
_EXACT = 60  # digits: more than the sum of any money; should it ever be less, classify raises instead of rounding

Key = TypeVar("Key", int, str)


class ClassMeasure(StrEnum):
    """What items are ranked by."""

    USAGE_VALUE = "usage value"
    ON_HAND_VALUE = "on-hand value"
    MOVEMENTS = "movements"
    UNIT_COST = "unit cost"


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Key]):
    """An item's place: `cumulative` is the value of everything up to it, itself too, of the `total` of all items.

    Values below 0 add nothing to either.
    """

    key: Key
    rank: int
    value: int | Decimal
    cumulative: int | Decimal
    total: int | Decimal
    abc_class: str
    is_pinned: bool

    @property
    def share(self) -> Fraction:
        """Its part of the value of all items, 0 to 1."""
        return Fraction(max(self.value, 0)) / Fraction(self.total) if self.total else Fraction(0)

    @property
    def cumulative_share(self) -> Fraction:
        """The part of the value of all items that it has together with those before it, 0 to 1."""
        return Fraction(self.cumulative) / Fraction(self.total) if self.total else Fraction(0)


def parse_cuts(text: str) -> tuple[Decimal, ...]:
    """Read the shares of the classes, "80/15/5" (A, B and C), as the cuts between them: 80 and 95.

    Raises:
        BadInput: unless they are two or more percentages above 0 that add up to 100.
    """
    words = [word.strip().removesuffix("%").strip() for word in text.split("/")]
    if not all(re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3})?", word) for word in words):
        shown = wording.cut(" ".join(text.split()), _ECHO)
        raise BadInput(f"“{shown}” is not how classes share the value; write it like 80/15/5, for A, B and C.")
    shares = [Decimal(word) for word in words]
    if not 1 < len(shares) <= len(ascii_uppercase):
        raise BadInput(f"There are 2 to {len(ascii_uppercase)} classes; write their shares like 80/15/5.")
    if 0 in shares:
        raise BadInput("A class with a share of 0 % would have no items; leave it out.")
    if sum(shares) != WHOLE:
        raise BadInput(f"The shares of the classes add up to {sum(shares):f} %, not to 100 %.")
    return tuple(sum(shares[:place], Decimal(0)) for place in range(1, len(shares)))


def cuts_text(cuts: Sequence[Decimal]) -> str:
    """The shares of the classes between these cuts: "80/15/5"."""
    ends = [Decimal(0), *cuts, WHOLE]
    return "/".join(f"{(end - start).normalize():f}" for start, end in pairwise(ends))


def letters(cuts: Sequence[Decimal]) -> tuple[str, ...]:
    """The classes that cuts make, in order."""
    return tuple(ascii_uppercase[: len(cuts) + 1])


def classify(
    values: Iterable[tuple[Key, int | Decimal]],
    cuts: Sequence[Decimal] = DEFAULT_CUTS,
    pins: Mapping[Key, str] = MappingProxyType({}),
) -> list[Ranked[Key]]:
    """Rank items by value, the largest first and equal ones by key, and give each its class.

    Values are all whole numbers or all Decimals. `cuts` are cumulative percentages, rising, below 100.
    """
    ranking = sorted(values, key=itemgetter(0))
    ranking.sort(key=itemgetter(1), reverse=True)  # stable: equal values stay in the order of their keys
    last = len(cuts)
    ranked = []
    with localcontext(Context(prec=_EXACT, traps=[Inexact, InvalidOperation])):
        total = sum(value for _, value in ranking if value > 0)
        ends = [cut / 100 * total for cut in cuts]
        before: int | Decimal = 0
        place = 0
        for rank, (key, value) in enumerate(ranking, start=1):
            while place < last and before >= ends[place]:  # of no value: all cuts are behind, also when all are 0
                place += 1
            before += max(value, 0)
            pin = pins.get(key)
            abc_class = ascii_uppercase[place] if pin is None else pin
            ranked.append(Ranked(key, rank, value, before, total, abc_class, pin is not None))
    return ranked


def change_text(
    item: Ranked[Key], before: str | None, measure: ClassMeasure, currency: str, window_days: int = YEAR
) -> str:
    """Why an item has its class: "B -> A: rank 12, 1,240.00 EUR a year, together 78.2 % of the value".

    `before` is the class it had ("" or None: none); `window_days` is the time that usage and movements are from.
    """
    move = f"{before or 'new'} -> {item.abc_class}"
    if item.is_pinned:
        return f"{move}: pinned to {item.abc_class}"
    said = _said(item.value, measure, currency, "a year" if window_days == YEAR else f"in {window_days} days")
    if item.value <= 0:
        return f"{move}: {said}"
    whole = "movements" if measure is ClassMeasure.MOVEMENTS else "value"
    together = wording.percent(_percent(item.cumulative_share))
    return f"{move}: rank {item.rank:,}, {said}, together {together} of the {whole}"


def _said(value: int | Decimal, measure: ClassMeasure, currency: str, window: str) -> str:
    number = Decimal(value)
    match measure:
        case ClassMeasure.USAGE_VALUE:
            return f"{wording.money(number, currency)} {window}"
        case ClassMeasure.ON_HAND_VALUE:
            return f"{wording.money(number, currency)} on hand"
        case ClassMeasure.MOVEMENTS:
            return f"{wording.quantity(number)} movement{'s' * (number != 1)} {window}"
        case ClassMeasure.UNIT_COST:
            return f"{wording.money(number, currency)} each"


def _percent(share: Fraction) -> Decimal:
    return Decimal(share.numerator * 100) / Decimal(share.denominator)
