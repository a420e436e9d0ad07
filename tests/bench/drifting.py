"""A store whose records drift away from its shelves, and what is ordered by them: with cycle counts, and without.

All stores have the same customers, the same damage and the same mistakes; they differ in whether they count, and in
what they make of it (`Counting`). What is wanted, and what goes unrecorded, is drawn beforehand. Advice comes from the
rules that the bot uses: demand spread since the last count, the choice per item, the reorder point.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random

from models.rules.backtest import choose
from models.rules.demand import netted, shares
from models.rules.reorder import Advice, Outlook, Position, Terms, advise, horizon_of, outlook_of

FIRST_DAY = date(2025, 1, 1)
HISTORY = 26 * 7
"""Days of demand that both know before the records begin to drift."""
YEAR = 365
TERMS = Terms(lead_time_days=14, service_level=0.95, cover_days=30, overstock_days=180, dead_days=180)
COUNTS_A_YEAR = {"A": 12, "B": 4, "C": 2}


class Counting(StrEnum):
    """What a store makes of cycle counts."""

    NONE = "uncorrected"
    RECORD = "counted, the record alone"  # on-hand is corrected; what was found to be gone is no demand
    SPIKE = "counted, booked that day"  # it is demand of the day of the count
    DEMAND = "counted"  # it is demand, spread since the count before: what the bot does


@dataclass(frozen=True)
class Drift:
    """How records go wrong. Shares of what happens, but for `damage`: units a year by units wanted.

    `unrecorded`: of what is taken; `misbooked`: of deliveries, by up to a fifth either way; `miscounted`: of counts, by
    up to a tenth, at least one; `noticed`: of empty shelves that somebody finds while the record says otherwise, and
    has set to nothing. `explained`: of shortages found by a count, those whose cause says that it was used.
    """

    unrecorded: float = 0.05
    damage: float = 0.02
    misbooked: float = 0.05
    miscounted: float = 0.05
    noticed: float = 0.2
    explained: float = 0.7


@dataclass(frozen=True)
class Wanted:
    """One item's customers: units a day, which of the days' takings go unrecorded, and what breaks."""

    number: int
    abc_class: str
    units: list[int]
    is_unrecorded: list[bool]
    broken: list[int]

    @property
    def per_day(self) -> float:
        """What is really wanted a day, on average."""
        return sum(self.units) / len(self.units)


@dataclass
class Result:
    """A year of all items. Units but where it says item-days: days of one item with an empty, or too full, shelf."""

    wanted: int = 0
    short: int = 0
    empty_days: int = 0
    overstock_days: int = 0
    stock_days: int = 0
    error_days: int = 0
    orders: int = 0
    counts: int = 0

    @property
    def service(self) -> float:
        """The share of what was wanted that was there."""
        return 1 - self.short / self.wanted if self.wanted else 1.0


@dataclass
class _Store:
    """One item in a store: its shelf, its record, what is on order, and what the record says was taken."""

    shelf: int
    book: int
    chance: Random
    recorded: list[float]
    found: list[float]
    coming: dict[int, int] = field(default_factory=dict)
    outlook: Outlook | None = None
    last_taken: int = 0
    last_count: int = 0


def customers(items: int, drift: Drift, seed: int) -> list[Wanted]:
    """Items from such that are wanted daily to such that are wanted twice a year, in classes by how much."""
    drawn = []
    for number in range(items):
        chance = Random(f"{seed} {number}")
        often, size = 10 ** chance.uniform(-2, 0), chance.randint(1, 8)
        days = range(HISTORY + YEAR)
        units = [chance.randint(1, size) if chance.random() < often else 0 for _ in days]
        unrecorded = [chance.random() < drift.unrecorded for _ in days]
        broken = [int(chance.random() < drift.damage * often) * chance.randint(1, size) for _ in days]
        drawn.append(Wanted(number, "", units, unrecorded, broken))
    drawn.sort(key=lambda wanted: -sum(wanted.units))
    return [
        replace(wanted, abc_class="A" if rank < items * 0.2 else "B" if rank < items * 0.5 else "C")
        for rank, wanted in enumerate(drawn)
    ]


def year(items: list[Wanted], drift: Drift, seed: int, counting: Counting) -> Result:
    """Go through a year with every item of a store."""
    result = Result()
    for wanted in items:
        _Year(wanted, drift, seed, counting).run(result)
    return result


class _Year:
    """A year of one item."""

    def __init__(self, wanted: Wanted, drift: Drift, seed: int, counting: Counting) -> None:
        self.wanted, self.drift, self.counting = wanted, drift, counting
        history = wanted.units[:HISTORY]
        stock = round(wanted.per_day * (TERMS.lead_time_days + TERMS.cover_days)) + 2
        later = [0.0] * YEAR
        self.store = _Store(
            shelf=stock,
            book=stock,
            chance=Random(f"{seed} {wanted.number} deliveries and counts"),
            recorded=[*map(float, history), *later],
            found=[0.0] * (HISTORY + YEAR),
            last_taken=max((day for day, units in enumerate(history) if units), default=0),
            last_count=HISTORY,
        )
        self.edges = [_instant(day) for day in range(HISTORY + YEAR + 1)]

    def run(self, result: Result) -> None:
        """Every day: what was ordered comes, people take, a count if it is time for one, an order if one is advised."""
        store, wanted = self.store, self.wanted
        for day in range(HISTORY, HISTORY + YEAR):
            self._receive(day)
            short = self._take(day, wanted.units[day])
            if self.counting is not Counting.NONE and day in self._count_days:
                self._count(day)
                result.counts += 1
            if day % 7 == 0 or store.outlook is None:
                store.outlook = self._forecast(day)
            result.orders += self._order(day, store.outlook)
            result.wanted += wanted.units[day]
            result.short += short
            result.empty_days += store.shelf == 0
            result.overstock_days += store.shelf > max(1.0, wanted.per_day * TERMS.overstock_days)
            result.stock_days += store.shelf
            result.error_days += abs(store.book - store.shelf)

    @property
    def _count_days(self) -> range:
        every = YEAR // COUNTS_A_YEAR[self.wanted.abc_class]
        return range(HISTORY + 1 + self.wanted.number % every, HISTORY + YEAR, every)

    def _receive(self, day: int) -> None:
        store = self.store
        if delivered := store.coming.pop(day, 0):
            is_wrong = store.chance.random() < self.drift.misbooked
            store.shelf += delivered
            store.book += delivered + (_off(store.chance, delivered, 0.2) if is_wrong else 0)

    def _take(self, day: int, units: int) -> int:
        """People take what there is; returns what was not there."""
        store = self.store
        taken = min(units, store.shelf)
        store.shelf -= taken
        if taken and not self.wanted.is_unrecorded[day]:
            store.book -= taken
            store.recorded[day] += taken
            store.last_taken = day
        store.shelf -= min(store.shelf, self.wanted.broken[day])
        if units > taken and store.book > 0 and store.chance.random() < self.drift.noticed:
            store.book = 0
        return units - taken

    def _count(self, day: int) -> None:
        """Blind; what does not match the record is counted once more by somebody else, and that is believed."""
        store = self.store
        counted = self._look()
        if counted != store.book:
            counted = self._look()
        variance = counted - store.book
        store.book = counted
        is_explained = store.chance.random() < self.drift.explained
        if variance and is_explained and self.counting is not Counting.RECORD:
            since = day if self.counting is Counting.SPIKE else store.last_count
            for index, share in shares(self.edges[since], self.edges[day], self.edges):
                store.found[index] -= variance * share
            if variance < 0:
                store.last_taken = day
        store.last_count = day

    def _look(self) -> int:
        store = self.store
        if store.chance.random() >= self.drift.miscounted:
            return store.shelf
        return max(0, store.shelf + _off(store.chance, store.shelf, 0.1))

    def _forecast(self, day: int) -> Outlook:
        """By the whole weeks up to this morning; the same choice that the bot makes."""
        store = self.store
        taken = [one + other for one, other in zip(store.recorded[:day], store.found[:day], strict=True)]
        weeks = [sum(taken[begin : begin + 7]) for begin in range(day % 7, day, 7)][-52:]
        choice = choose(netted(weeks), horizon_of(TERMS.lead_time_days))
        return outlook_of(choice, TERMS.lead_time_days)

    def _order(self, day: int, outlook: Outlook) -> bool:
        store = self.store
        position = Position(store.book, on_order=sum(store.coming.values()))
        quiet = replace(outlook, quiet_days=day - store.last_taken)
        advised = advise(quiet, position, TERMS, FIRST_DAY + timedelta(days=day))
        if advised.advice is not Advice.NOW:
            return False
        store.coming[day + TERMS.lead_time_days] = round(advised.quantity)
        return True


def _off(chance: Random, quantity: int, most: float) -> int:
    """How far somebody is off, either way: by at least one."""
    return chance.choice((-1, 1)) * max(1, round(quantity * chance.uniform(0, most)))


def _instant(day: int) -> datetime:
    return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC) + timedelta(days=day)
