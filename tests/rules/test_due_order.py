"""What is counted first, what a run takes, and that nobody's arrival makes an overdue stock vanish."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.due_order import DUE_AT_ONCE_DAYS, Due, DueTerms, Picked, due_order, pick_due
from models.rules.levelling import DEFAULT_FREQUENCIES, demand, float_days, interval_of, intervals, run_quotas
from models.rules.selection import walk_key

F = Fraction
TENS = {"A": F(10), "B": F(20), "C": F(40)}  # floats of 2, 4 and 8 days


def due(
    id_: int,
    abc_class: str = "A",
    waited: int = 10,
    *,
    never: bool = False,
    negative: bool = False,
    cost: str | None = "1",
    code: str = "A-1",
) -> Due:
    return Due(id_, abc_class, waited, never, negative, None if cost is None else Decimal(cost), walk_key(code, None))


def order(*stocks: Due) -> list[int]:
    return [stock.id for stock in sorted(stocks, key=due_order(TENS))]


def picks(stocks: Sequence[Due], quotas: dict[str, int] | None, capacity: int) -> list[tuple[int, bool]]:
    return [(picked.id, picked.is_catch_up) for picked in pick_due(stocks, TENS, quotas, capacity)]


@pytest.mark.parametrize(
    ("length", "ahead", "due_after", "catch_up_after", "used_up_after"),
    [
        (F(10), 1, 10, 11, 12),  # promised within 12 days: at 12 it is the last chance
        (F(125, 6), 1, 21, 22, 25),  # 20.83 + 4.17 = 25 days; half of the float is over at 22.92
        (F(125, 2), 1, 63, 68, 75),
        (F(33, 2), 1, 17, 18, 19),  # 16.5 + 3.3 = 19.8: on the 20th it is late
        (F(1), 1, 1, 1, 2),
        (F(10), 5, 10, 10, 10),  # counted once a week: 8 would be the last chance, but it is due at 10
        (F(125, 2), 5, 63, 64, 71),
    ],
)
def test_when_a_stock_is_due_may_catch_up_and_has_used_up_its_float(
    length: F, ahead: int, due_after: int, catch_up_after: int, used_up_after: int
) -> None:
    terms = DueTerms.of(length, ahead)
    for answer, first in (
        (terms.is_due, due_after),
        (terms.may_catch_up, catch_up_after),
        (terms.is_past_float, used_up_after),
    ):
        assert [answer(due(1, waited=days)) for days in (first - 1, first)] == [False, True]
    new = due(1, waited=0, never=True)
    assert (terms.is_due(new), terms.may_catch_up(new), terms.is_past_float(new)) == (True, False, False)


def test_the_order_worked_by_hand() -> None:
    stocks = [
        due(1, "C", 48),  # float used up: before everything, though its ratio is only 1.2
        due(2, "A", 12, cost="2"),  # the same ratio, a higher class
        due(3, "A", 3, negative=True),  # negative: before what is only due
        due(4, "B", 39, negative=True),  # both
        due(5, "A", 11),
        due(6, "C", 44),  # 1.1 as well
        due(7, "B", 22),  # 1.1 as well
        due(8, "A", 11, cost="5"),
        due(9, "A", 11, cost=None),
        due(10, "A", 11, code="A-10"),
        due(11, "A", 11, code="A-2"),
        due(12, "A", 11),
        due(13, "A", 9),
        due(14, "", 36),  # no class: interval 40, ratio 0.9 as well, after the classes
        due(15, "A", DUE_AT_ONCE_DAYS, cost=None),  # rejected
        due(16, "A", 11, cost="0"),  # known to cost nothing: before an unknown cost
    ]
    expected = [4, 15, 2, 1, 3, 8, 5, 12, 11, 10, 16, 9, 7, 6, 13, 14]
    assert order(*stocks) == expected
    assert order(*reversed(stocks)) == expected


def test_full_pace_takes_the_first_due_or_not() -> None:
    stocks = [due(1, waited=3), due(2, waited=5), due(3, "B", 30)]
    assert picks(stocks, None, 2) == [(3, False), (2, False)]
    assert picks(stocks, None, 9) == [(3, False), (2, False), (1, False)]
    assert picks(stocks, None, 0) == picks(stocks, None, -1) == []


def test_level_pace_takes_of_each_class_its_quota_of_what_is_due() -> None:
    stocks = [
        due(1, "A", 11),
        due(2, "A", 10),
        due(3, "A", 10, cost="0.5"),  # beyond the quota of A, and inside its float
        due(4, "B", 21),
        due(5, "B", 19),  # not due
        due(6, "B", 0, never=True),
        due(7, "C", 39, negative=True),  # negative, but not due
        due(8, "", 40),  # no quota for what has no class
    ]
    assert picks(stocks, {"A": 2, "B": 5, "C": 5}, 10) == [(1, False), (4, False), (2, False), (6, False)]
    assert picks(stocks, {"A": 2, "B": 5, "C": 5}, 3) == [(1, False), (4, False), (2, False)]
    assert picks(stocks[1:], {}, 10) == []


def test_what_has_used_half_its_float_takes_what_the_quotas_leave() -> None:
    stocks = [due(1, "A", 14), due(2, "A", 13), due(3, "A", 11), due(4, "A", 10), due(5, "B", 20), due(6, "C", 44)]
    quotas = {"A": 1, "B": 1, "C": 0}
    assert picks(stocks, quotas, 9) == [(1, False), (5, False), (2, True), (3, True), (6, True)]
    assert picks(stocks, quotas, 3) == [(1, False), (5, False), (2, True)]
    assert picks(stocks, quotas, 2) == [(1, False), (5, False)]
    assert picks(stocks, quotas, 1) == [(1, False)]


def test_a_rejected_count_is_due_at_once_whatever_the_quota() -> None:
    stocks = [due(1, "C", DUE_AT_ONCE_DAYS), due(2, "A", 10)]
    assert picks(stocks, {"A": 1, "C": 0}, 2) == [(2, False), (1, True)]
    assert picks(stocks, {"A": 1, "C": 1}, 2) == [(1, False), (2, False)]


def test_a_pick_says_how_overdue_it_is() -> None:
    assert pick_due([due(7, "B", 25)], TENS, {"B": 1}, 1) == [Picked(7, F(5, 4), is_catch_up=False)]


def test_a_stock_given_twice_is_taken_once() -> None:
    assert picks([due(1), due(1)], {"A": 2}, 2) == picks([due(1), due(1)], None, 2) == [(1, False)]


CLASSES = ["A", "B", "C", "", "X"]
STOCKS = st.builds(
    due,
    st.integers(1, 40),
    st.sampled_from(CLASSES),
    st.integers(0, 60) | st.just(DUE_AT_ONCE_DAYS),
    never=st.booleans(),
    negative=st.booleans(),
    cost=st.none() | st.sampled_from(["0", "1", "2.5"]),
    code=st.sampled_from(["A-1", "A-2", "A-10"]),
)
CANDIDATES = st.lists(STOCKS, max_size=12, unique_by=lambda stock: stock.id)
QUOTAS = st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 3))
CAPACITIES = st.integers(0, 8)
AHEAD = st.integers(1, 10)
ANY_INTERVALS = st.fixed_dictionaries(
    {}, optional={letter: st.fractions(1, 60, max_denominator=12) for letter in "ABC"}
).filter(bool)


def terms_of(stock: Due, lengths: dict[str, F], ahead: int) -> DueTerms:
    return DueTerms.of(interval_of(stock.abc_class, lengths), ahead)


@given(CANDIDATES, ANY_INTERVALS, AHEAD, st.randoms(use_true_random=False))
def test_the_order_is_total_and_reads_the_ratio_exactly(
    stocks: list[Due], lengths: dict[str, F], ahead: int, random: Random
) -> None:
    key = due_order(lengths, ahead)
    ranked = sorted(stocks, key=key)
    assert len({key(stock) for stock in stocks}) == len(stocks)
    shuffled = list(stocks)
    random.shuffle(shuffled)
    assert sorted(shuffled, key=due_order(lengths, ahead)) == ranked

    def plain(stock: Due) -> tuple[bool, bool, F]:
        length = interval_of(stock.abc_class, lengths)
        is_late = stock.waited >= length and stock.waited + ahead > length + float_days(length)
        return (not is_late, not stock.is_negative, -stock.waited / length)

    assert [plain(stock) for stock in ranked] == sorted(plain(stock) for stock in stocks)


@given(CANDIDATES, ANY_INTERVALS, QUOTAS | st.none(), CAPACITIES, AHEAD)
def test_a_run_keeps_its_bounds(
    stocks: list[Due], lengths: dict[str, F], quotas: dict[str, int] | None, capacity: int, ahead: int
) -> None:
    by_id = {stock.id: stock for stock in stocks}
    picked = pick_due([*stocks, *stocks[:3]], lengths, quotas, capacity, ahead)
    assert len(picked) <= capacity
    assert len({one.id for one in picked}) == len(picked)
    assert {one.id for one in picked} <= by_id.keys()
    for one in picked:
        assert one.ratio == by_id[one.id].waited / interval_of(by_id[one.id].abc_class, lengths)
    if quotas is None:
        assert len(picked) == min(capacity, len(stocks))
        return
    regular = Counter(by_id[one.id].abc_class for one in picked if not one.is_catch_up)
    assert all(count <= quotas.get(name, 0) for name, count in regular.items())
    for one in picked:
        stock = by_id[one.id]
        assert terms_of(stock, lengths, ahead).is_due(stock)
        if one.is_catch_up:
            assert terms_of(stock, lengths, ahead).may_catch_up(stock)
            assert regular[stock.abc_class] == quotas.get(stock.abc_class, 0)


@given(CANDIDATES, ANY_INTERVALS, QUOTAS, CAPACITIES)
def test_no_line_is_left_unused_while_something_may_take_it(
    stocks: list[Due], lengths: dict[str, F], quotas: dict[str, int], capacity: int
) -> None:
    picked = {one.id for one in pick_due(stocks, lengths, quotas, capacity)}
    taken = Counter(stock.abc_class for stock in stocks if stock.id in picked)
    for stock in stocks:
        if stock.id not in picked and len(picked) < capacity:
            assert not terms_of(stock, lengths, 1).may_catch_up(stock)
            assert not terms_of(stock, lengths, 1).is_due(stock) or taken[stock.abc_class] >= quotas.get(
                stock.abc_class, 0
            )


@given(CANDIDATES, STOCKS.map(lambda stock: replace(stock, id=99)), ANY_INTERVALS, QUOTAS | st.none(), CAPACITIES)
def test_another_stock_never_makes_an_overdue_one_vanish(
    stocks: list[Due], other: Due, lengths: dict[str, F], quotas: dict[str, int] | None, capacity: int
) -> None:
    key = due_order(lengths)
    ranked = sorted(stocks, key=key)
    assert [stock for stock in sorted([*stocks, other], key=key) if stock is not other] == ranked

    without = {one.id for one in pick_due(stocks, lengths, quotas, capacity)}
    with_other = {one.id for one in pick_due([*stocks, other], lengths, quotas, capacity)}
    assert with_other - without <= {other.id}
    displaced = without - with_other
    assert len(displaced) <= (other.id in with_other)
    for stock in ranked:
        if stock.id in displaced:
            # It waits in the front: of its class, nothing behind it was taken in its stead.
            behind = ranked[ranked.index(stock) + 1 :]
            assert not any(one.id in with_other for one in behind if one.abc_class == stock.abc_class)
            # It is the next: with one more line, for everybody and for its class, it is taken again.
            more = None if quotas is None else {**quotas, stock.abc_class: quotas.get(stock.abc_class, 0) + 1}
            again = {one.id for one in pick_due([*stocks, other], lengths, more, capacity + 1)}
            assert stock.id in again


@pytest.mark.parametrize("seed", range(3))
def test_two_years_with_a_fifth_more_capacity_than_demand_keep_every_promise(seed: int) -> None:
    """Every working day a run; one count in ten is not made. Nothing waits longer than its interval and float."""
    random = Random(seed)
    items = {"A": 40, "B": 120, "C": 240}
    lengths = intervals(250, DEFAULT_FREQUENCIES)
    capacity = ceil(sum(demand(items, 250, DEFAULT_FREQUENCIES).values()) * F(6, 5))
    classes = dict(enumerate(name for name, number in items.items() for _ in range(number)))
    last = {id_: -random.randrange(int(lengths[name])) for id_, name in classes.items()}
    worst = dict.fromkeys(items, F(0))
    for day in range(1, 501):
        stocks = [due(id_, name, day - last[id_]) for id_, name in classes.items()]
        quotas = run_quotas(items, lengths, day, 1)
        picked = pick_due(stocks, lengths, quotas, capacity)
        regular = Counter(classes[one.id] for one in picked if not one.is_catch_up)
        assert len(picked) <= capacity
        assert all(regular[name] <= number for name, number in quotas.items())
        for one in picked:
            if random.random() > 0.1:
                worst[classes[one.id]] = max(worst[classes[one.id]], F(day - last[one.id]))
                last[one.id] = day
    assert all(worst[name] <= lengths[name] + float_days(lengths[name]) for name in items)
