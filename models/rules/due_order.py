"""Which due stock comes first, and how much of it a run takes (see `models.rules.levelling` for the words).

The order: what has used up its float, then negative balances, then the overdue ratio (working days since the last
count / interval, the largest first), then class, unit cost, the walk and the id. It depends on each stock alone, so a
new stock takes one place and the others keep theirs. No stock can be passed for ever: its ratio grows until it is
first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, lcm

from models.rules.levelling import class_order, float_days, interval_of
from models.rules.selection import WalkKey

CATCH_UP_SHARE = Fraction(1, 2)
"""The part of its float after which a stock may be taken beyond the quota of its class.

Some lines are not counted on the day they are handed out, and then need another run. Catching up when the whole
float is gone would come too late for them; at once, it would make every day a full one.
"""

DUE_AT_ONCE_DAYS = 10**9
"""How long a stock has waited whose count was rejected: longer than any other, so it is due at once."""

DueKey = tuple[bool, bool, int, tuple[bool, str], bool, Decimal, WalkKey, int]


@dataclass(frozen=True)
class Due:
    """A stock that may be counted. `waited` is the working days since its last count, else since it was created.

    A stock that was never counted is due since it was created. A `unit_cost` of None is unknown.
    """

    id: int
    abc_class: str
    waited: int
    never_counted: bool
    is_negative: bool
    unit_cost: Decimal | None
    walk: WalkKey


@dataclass(frozen=True)
class Picked:
    """A stock a run takes; `is_catch_up` when it is beyond the quota of its class, because its float runs out."""

    id: int
    ratio: Fraction
    is_catch_up: bool


@dataclass(frozen=True)
class DueTerms:
    """What an interval says of the days a stock has waited: when it is due, may catch up, has used up its float.

    A part of the float counts as used when it would be over before the next run, `ahead` working days from now: the
    last run that can keep the promise (interval + float) already puts the stock first.
    """

    length: Fraction
    due_after: int
    catch_up_after: int
    used_up_after: int

    @classmethod
    def of(cls, length: Fraction, ahead: int | Fraction = 1) -> "DueTerms":
        """The terms of an interval of that length."""
        due_after = ceil(length)

        def used(part: Fraction) -> int:
            return max(due_after, floor(length + part - ahead) + 1)

        late = float_days(length)
        return cls(length, due_after, used(late * CATCH_UP_SHARE), used(late))

    def is_due(self, stock: Due) -> bool:
        """Whether its interval is over, or it was never counted."""
        return stock.never_counted or stock.waited >= self.due_after

    def may_catch_up(self, stock: Due) -> bool:
        """Whether it is due and so much of its float is used that the quota of its class binds it no longer."""
        return stock.waited >= self.catch_up_after

    def is_past_float(self, stock: Due) -> bool:
        """Whether it is due and its float is used up."""
        return stock.waited >= self.used_up_after


def due_order(intervals: Mapping[str, Fraction], ahead: int | Fraction = 1) -> Callable[[Due], DueKey]:
    """The sort key of due stock, the first to count smallest; no two stocks have the same.

    `intervals` is by class; `ahead` is the working days until the next run. Ratios are compared as whole numbers
    over one denominator: exact, and fast.
    """
    common = lcm(*(length.numerator for length in intervals.values()))
    terms = _TermsByClass(intervals, ahead)

    def key(stock: Due) -> DueKey:
        own = terms[stock.abc_class]
        return (
            not own.is_past_float(stock),
            not stock.is_negative,
            -stock.waited * own.length.denominator * (common // own.length.numerator),
            class_order(stock.abc_class),
            stock.unit_cost is None,
            -(stock.unit_cost or Decimal(0)),
            stock.walk,
            stock.id,
        )

    return key


def pick_due(
    candidates: Iterable[Due],
    intervals: Mapping[str, Fraction],
    quotas: Mapping[str, int] | None,
    capacity: int,
    ahead: int | Fraction = 1,
) -> list[Picked]:
    """What a run takes of the candidates, in the order of `due_order`; catch-up last.

    With quotas (whole lines by class; a class without one has none) it takes what is due, of each class at most its
    quota, together at most `capacity`; then, while capacity is left, what may catch up. Without quotas it takes the
    first `capacity` in that order, due or not. A candidate given twice counts once.
    """
    ranked = sorted({stock.id: stock for stock in candidates}.values(), key=due_order(intervals, ahead))
    terms = _TermsByClass(intervals, ahead)
    room = max(capacity, 0)
    if quotas is None:
        taken, catch_up = ranked[:room], []
    else:
        taken, beyond = _within([stock for stock in ranked if terms[stock.abc_class].is_due(stock)], quotas, room)
        catch_up = [stock for stock in beyond if terms[stock.abc_class].may_catch_up(stock)][: room - len(taken)]
    return [
        Picked(stock.id, stock.waited / terms[stock.abc_class].length, is_catch_up)
        for stocks, is_catch_up in ((taken, False), (catch_up, True))
        for stock in stocks
    ]


def _within(ranked: list[Due], quotas: Mapping[str, int], room: int) -> tuple[list[Due], list[Due]]:
    """The first of each class as its quota allows, `room` together; and what was beyond the quota of its class."""
    left = dict(quotas)
    taken: list[Due] = []
    beyond: list[Due] = []
    for stock in ranked:
        if left.get(stock.abc_class, 0) <= 0:
            beyond.append(stock)
        elif len(taken) < room:
            left[stock.abc_class] -= 1
            taken.append(stock)
    return taken, beyond


class _TermsByClass(dict[str, DueTerms]):
    """The terms of every class, of those without a frequency too."""

    def __init__(self, intervals: Mapping[str, Fraction], ahead: int | Fraction) -> None:
        super().__init__()
        self._intervals = intervals
        self._ahead = ahead

    def __missing__(self, abc_class: str) -> DueTerms:
        self[abc_class] = DueTerms.of(interval_of(abc_class, self._intervals), self._ahead)
        return self[abc_class]
