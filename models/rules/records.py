"""What a counted line says for history and accuracy, from everything that was counted, meant and decided about it.

The *first count* gives the line its place in time and rates the record. It is judged as it was when it came in, its
counter's own correction included: a movement recorded later does not make a record right that was wrong. The *last
count* is what history shows, judged as it was when the line was first closed: the ledger has its own adjustment in it
ever since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from models.rules import accuracy
from models.rules.lines import LineState

_SMALLEST = Decimal("0.0001")  # as exact as money is stored

CLOSED = frozenset({LineState.RECONCILED, LineState.REJECTED})


@dataclass(frozen=True)
class Count:
    """An entry. `is_full` False: a sum of parts that nobody had closed."""

    id: int
    member_id: int
    attempt: int
    settles: bool
    replaces_id: int | None
    counted_at: datetime
    quantity: Decimal
    is_full: bool


@dataclass(frozen=True)
class Meaning:
    """A judgement of an entry; of several the newest counts, except where said otherwise."""

    entry_id: int
    judged_at: datetime
    expected: Decimal
    variance: Decimal
    unit_cost: Decimal | None


@dataclass(frozen=True)
class Ruling:
    """A decision, and what it posted. `closes` False: it sent the line back to be counted again."""

    decided_at: datetime
    posted: Decimal
    closes: bool


@dataclass(frozen=True)
class LineStory:
    """A line with its counts, meanings and rulings, each oldest first. `asked_by_id` wanted it counted.

    `givers` are members who gave a part of a count.
    """

    state: LineState
    blind: bool
    asked_by_id: int | None
    abc_class: str | None
    counts: Sequence[Count]
    meanings: Sequence[Meaning]
    rulings: Sequence[Ruling]
    givers: Sequence[int] = ()


@dataclass(frozen=True)
class Told:
    """What a line's story comes to; the fields are those of `models.records.CountRecord`.

    `members` are those who counted, in the order in which they did, each once.
    """

    counted_at: datetime
    last_at: datetime
    is_rated: bool
    first_expected: Decimal
    first_counted: Decimal
    hit: bool
    exact: bool
    expected: Decimal
    counted: Decimal
    variance: Decimal
    variance_value: Decimal | None
    net_value: Decimal | None
    book_value: Decimal | None
    posted: Decimal
    posted_later: Decimal | None
    has_variance: bool
    is_adjusted: bool
    members: tuple[int, ...]


def tell(story: LineStory) -> Told | None:
    """What a line says; None for one that nobody has counted, or whose count nobody has judged yet."""
    settling = [count for count in story.counts if count.settles]
    replaced = {count.replaces_id for count in story.counts}
    attempts = [count for count in settling if count.id not in replaced]
    firsts = [count for count in settling if count.attempt == 1]
    if not firsts or not attempts:
        return None
    first, last = firsts[-1], attempts[-1]
    at_first = [meaning for meaning in story.meanings if meaning.entry_id == first.id]
    at_last = [meaning for meaning in story.meanings if meaning.entry_id == last.id]
    if not at_first or not at_last:
        return None
    closing = [ruling for ruling in story.rulings if ruling.closes]
    known = [meaning for meaning in at_last if closing and meaning.judged_at <= closing[0].decided_at]
    meant, rated = (known or at_last)[-1], at_first[0]
    is_closed = story.state in CLOSED
    posted = sum((ruling.posted for ruling in closing), Decimal(0))
    return Told(
        counted_at=firsts[0].counted_at,
        last_at=last.counted_at,
        is_rated=is_closed and story.blind and first.is_full and first.member_id != story.asked_by_id,
        first_expected=rated.expected,
        first_counted=first.quantity,
        hit=accuracy.is_hit(rated.expected, first.quantity, accuracy.accuracy_percent(story.abc_class)),
        exact=first.quantity == rated.expected,
        expected=meant.expected,
        counted=last.quantity,
        variance=meant.variance,
        variance_value=value_of(meant.variance, meant.unit_cost),
        net_value=value_of(posted, rated.unit_cost),
        book_value=value_of(abs(rated.expected), rated.unit_cost),
        posted=posted,
        posted_later=sum((ruling.posted for ruling in closing[1:]), Decimal(0)) if len(closing) > 1 else None,
        has_variance=is_closed and meant.variance != 0,
        is_adjusted=is_closed and any(ruling.posted for ruling in closing),
        members=tuple(dict.fromkeys([*(count.member_id for count in attempts), *story.givers])),
    )


def value_of(quantity: Decimal, unit_cost: Decimal | None) -> Decimal | None:
    """What a quantity is worth, to the smallest unit that money is stored in; None for an unknown cost."""
    return None if unit_cost is None else (quantity * unit_cost).quantize(_SMALLEST, rounding=ROUND_HALF_EVEN)
