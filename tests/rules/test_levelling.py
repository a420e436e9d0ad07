"""Levelled work: intervals and quotas worked by hand, whole lines that never drift, and what a capacity cannot do."""

from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.levelling import (
    DEFAULT_FREQUENCIES,
    Frequency,
    Shortfall,
    demand,
    float_days,
    interval,
    interval_of,
    intervals,
    lines_today,
    quota,
    run_quotas,
    shortfall_text,
    shortfalls,
)

F = Fraction


@pytest.mark.parametrize(
    ("days_per_year", "counts_per_year", "length", "late"),
    [
        (250, 12, F(125, 6), F(25, 6)),  # 20.83 days, 4.17 late
        (250, 4, F(125, 2), F(25, 2)),
        (250, 2, F(125), F(25)),
        (250, 125, F(2), F(1)),  # a fifth of two days would be less than a day
        (365, 365, F(1), F(1)),
        (100, 20, F(5), F(1)),
        (250, Decimal("0.5"), F(500), F(100)),  # every second year
        (250, Decimal("1.2"), F(625, 3), F(125, 3)),
    ],
)
def test_intervals_and_floats(days_per_year: int, counts_per_year: int | Decimal, length: F, late: F) -> None:
    assert interval(days_per_year, counts_per_year) == length
    assert float_days(length) == late


@pytest.mark.parametrize(("days", "counts"), [(0, 12), (-1, 12), (250, 0), (250, Decimal(-1))])
def test_nothing_has_no_interval(days: int, counts: int | Decimal) -> None:
    with pytest.raises(ValueError, match="have no interval"):
        interval(days, counts)


def test_a_class_without_a_frequency_is_counted_as_seldom_as_the_least_frequent() -> None:
    known = intervals(250, DEFAULT_FREQUENCIES)
    assert known == {"A": F(125, 6), "B": F(125, 2), "C": F(125)}
    assert interval_of("A", known) == F(125, 6)
    assert interval_of("D", known) == interval_of("", known) == F(125)


def test_quotas_worked_by_hand() -> None:
    assert quota(100, 1, interval(250, 12)) == F(24, 5)  # 1,200 counts in 250 days
    assert quota(100, 5, interval(250, 12)) == 24
    assert demand({"A": 100, "B": 300, "C": 1000, "": 50}, 250, DEFAULT_FREQUENCIES) == {
        "A": F(24, 5),
        "B": F(24, 5),
        "C": F(8),
        "": F(2, 5),
    }


def test_whole_lines_of_ten_days_worked_by_hand() -> None:
    def lines(quota_per_day: F, phase: F) -> list[int]:
        return [lines_today(quota_per_day, day, 1, phase) for day in range(1, 11)]

    assert lines(F(24, 5), F(0)) == [4, 5, 5, 5, 5, 4, 5, 5, 5, 5]
    assert lines(F(24, 5), F(1, 2)) == [5, 5, 4, 5, 5, 5, 5, 4, 5, 5]
    assert lines(F(3, 10), F(0)) == [0, 0, 0, 1, 0, 0, 1, 0, 0, 1]
    assert lines(F(3), F(1, 3)) == [3] * 10
    assert lines(F(0), F(2, 3)) == [0] * 10


def test_a_run_that_covers_several_days_takes_the_lines_of_all_of_them() -> None:
    days = [lines_today(F(24, 5), day, 1, F(1, 3)) for day in range(41, 46)]
    assert lines_today(F(24, 5), 45, 5, F(1, 3)) == sum(days)


QUOTAS = st.fractions(0, 200, max_denominator=3000)
PHASES = st.fractions(0, 1, max_denominator=60)
RUNS = st.lists(st.integers(1, 10), min_size=1, max_size=60)


@given(QUOTAS, PHASES, st.integers(0, 20_000), RUNS)
def test_lines_never_drift_from_the_quota(quota_per_day: F, phase: F, start: int, runs: list[int]) -> None:
    ends = list(accumulate(runs, initial=start))[1:]
    lines = [lines_today(quota_per_day, end, days, phase) for end, days in zip(ends, runs, strict=True)]
    exact = [quota_per_day * days for days in runs]
    assert all(floor(part) <= got <= ceil(part) for got, part in zip(lines, exact, strict=True))
    assert all(got <= part + 1 for got, part in zip(lines, exact, strict=True))
    for so_far, owed in zip(accumulate(lines), accumulate(exact), strict=True):
        assert floor(owed) <= so_far <= ceil(owed)


@given(QUOTAS, PHASES.filter(lambda phase: phase < 1), st.integers(1, 366))
def test_a_year_from_its_first_day_is_the_quota_rounded_once(quota_per_day: F, phase: F, days: int) -> None:
    assert sum(lines_today(quota_per_day, day, 1, phase) for day in range(1, days + 1)) == floor(
        quota_per_day * days + phase
    )


def test_classes_of_one_size_round_up_on_different_days() -> None:
    same = {letter: F(4) for letter in "ABCD"}
    days = [run_quotas(dict.fromkeys("ABCD", 1), same, day, 1) for day in range(1, 41)]
    assert all(sum(lines.values()) == 1 for lines in days)
    assert all(sum(lines[letter] for lines in days) == 10 for letter in "ABCD")


@given(st.dictionaries(st.sampled_from(["A", "B", "C", "", "X"]), st.integers(0, 3000)), st.integers(1, 9999))
def test_run_quotas_are_the_demand_of_each_class_rounded(items: dict[str, int], index: int) -> None:
    needs = demand(items, 250, DEFAULT_FREQUENCIES)
    lines = run_quotas(items, intervals(250, DEFAULT_FREQUENCIES), index, 1)
    assert lines.keys() == needs.keys()
    assert all(floor(needs[name]) <= lines[name] <= ceil(needs[name]) for name in items)


def short(*found: Shortfall) -> list[tuple[str, int, int]]:
    return [(one.abc_class, one.uncounted_items, one.lines_needed) for one in found]


@pytest.mark.parametrize(
    ("items", "capacity", "expected"),
    [
        # A needs 4.8 lines a day, B 4.8, C 8: together 17.6
        ({"A": 100, "B": 300, "C": 1000}, 18, []),
        ({"A": 100, "B": 300, "C": 1000}, F(88, 5), []),
        ({"A": 100, "B": 300, "C": 1000}, 17, [("C", 75, 18)]),  # 7.4 of 8 lines: 925 of 1,000
        ({"A": 100, "B": 300, "C": 1000}, 9, [("B", 38, 18), ("C", 1000, 18)]),  # 4.2 of 4.8: 262.5 of 300
        ({"A": 100, "B": 300, "C": 1000}, 4, [("A", 17, 18), ("B", 300, 18), ("C", 1000, 18)]),  # 83.3 of 100
        ({"A": 100, "B": 300, "C": 1000}, 0, [("A", 100, 18), ("B", 300, 18), ("C", 1000, 18)]),
        ({"C": 125, "": 125}, 1, [("", 125, 2)]),  # what has no class is served last
        ({"A": 0, "B": 0}, 0, []),
        ({}, 0, []),
    ],
)
def test_what_a_capacity_cannot_do(
    items: dict[str, int], capacity: int | F, expected: list[tuple[str, int, int]]
) -> None:
    assert short(*shortfalls(items, DEFAULT_FREQUENCIES, 250, capacity)) == expected


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            Shortfall("A", 212, 12, 4, 10, 11),
            "4 A items cannot be counted 12 times a year with 10 lines a day; it takes 11 lines a day.",
        ),
        (
            Shortfall("B", 1, 1, 1, 1, 1200),
            "1 B item cannot be counted once a year with 1 line a day; it takes 1,200 lines a day.",
        ),
        (
            Shortfall("", 5000, 2, 4321, F(12, 5), 40),
            "4,321 items without a class cannot be counted twice a year with 2.4 lines a day; it takes 40 lines a day.",
        ),
        (
            Shortfall("C", 9, Decimal("0.5"), 2, F(1, 7), 1),
            "2 C items cannot be counted 0.5 times a year with 0.1 lines a day; it takes 1 line a day.",
        ),
    ],
)
def test_a_shortfall_in_words(found: Shortfall, sentence: str) -> None:
    assert shortfall_text(found) == sentence


COUNTS = st.integers(1, 260) | st.decimals(Decimal("0.1"), 52, places=1)
FREQUENCIES = st.lists(
    st.builds(Frequency, st.sampled_from("ABC"), COUNTS), min_size=1, unique_by=lambda found: found.abc_class
)


@given(
    st.dictionaries(st.sampled_from(["A", "B", "C", ""]), st.integers(0, 2000)),
    FREQUENCIES,
    st.integers(1, 366),
    st.integers(0, 300),
)
def test_a_shortfall_is_said_exactly_when_the_demand_is_above_the_capacity(
    items: dict[str, int], frequencies: list[Frequency], days_per_year: int, capacity: int
) -> None:
    found = shortfalls(items, frequencies, days_per_year, capacity)
    needed = sum(demand(items, days_per_year, frequencies).values())
    assert bool(found) is (needed > capacity)
    for one in found:
        assert 1 <= one.uncounted_items <= one.items == items[one.abc_class]
        assert needed <= one.lines_needed < needed + 1
        assert shortfalls(items, frequencies, days_per_year, one.lines_needed) == []
    # All but the first class in short supply get nothing.
    assert all(one.uncounted_items == one.items for one in found[1:])


@given(
    st.dictionaries(st.sampled_from(["A", "B", "C", ""]), st.integers(0, 2000)), st.integers(1, 366), st.integers(0, 90)
)
def test_more_capacity_never_leaves_more_uncounted(items: dict[str, int], days_per_year: int, capacity: int) -> None:
    def uncounted(lines: int) -> int:
        return sum(one.uncounted_items for one in shortfalls(items, DEFAULT_FREQUENCIES, days_per_year, lines))

    assert uncounted(capacity + 1) <= uncounted(capacity)
