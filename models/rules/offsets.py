"""Variances that cancel out: stock that is short in one bin and over in another was misplaced, not lost.

Two lines of one session offset each other when one is short by exactly what the other is over. Of the same item that
looks misplaced, and a transfer puts the record right without writing anything off. Of two items whose SKUs are nearly
alike it looks as if they were taken for each other; then only a person can say what happened. Near misses of the same
item are told too, because a part of it may be misplaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rapidfuzz.distance import DamerauLevenshtein

MOST_TOLD = 3
_ALIKE = 1  # one letter or digit changed, added, left out, or two neighbours swapped


class Likeness(StrEnum):
    """What two lines that offset each other have in common."""

    MISPLACED = "misplaced"  # the same item, exactly
    PARTLY = "partly"  # the same item, not exactly
    LOOK_ALIKE = "look-alike"  # another item with nearly the same SKU, exactly


@dataclass(frozen=True)
class Variance:
    """What a line under review, as it stands at `version`, proposes to post: signed, in base units of its item."""

    line_id: int
    version: int
    item_id: int
    sku: str
    location: str
    amount: Decimal


@dataclass(frozen=True)
class Offset:
    """Another line that offsets the one that is looked at."""

    other: Variance
    likeness: Likeness


def offsets_of(one: Variance, others: Iterable[Variance]) -> list[Offset]:
    """The lines among `others` that offset `one`, the most telling first, at most three."""
    found = [Offset(other, likeness) for other in others if (likeness := _likeness(one, other)) is not None]
    order = list(Likeness)
    found.sort(key=lambda offset: (order.index(offset.likeness), _distance(one, offset), offset.other.location))
    return found[:MOST_TOLD]


def _likeness(one: Variance, other: Variance) -> Likeness | None:
    if other.line_id == one.line_id or one.amount * other.amount >= 0:
        return None
    exact = one.amount == -other.amount
    if one.item_id == other.item_id:
        return Likeness.MISPLACED if exact else Likeness.PARTLY
    return Likeness.LOOK_ALIKE if exact and are_alike(one.sku, other.sku) else None


def are_alike(sku: str, other: str) -> bool:
    """Whether two SKUs are the same or easily taken for each other."""
    return DamerauLevenshtein.distance(sku.upper(), other.upper(), score_cutoff=_ALIKE) <= _ALIKE


def _distance(one: Variance, offset: Offset) -> Decimal:
    return abs(one.amount + offset.other.amount)
