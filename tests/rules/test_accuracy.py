from decimal import Decimal
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.accuracy import FirstCount, accuracy_percent, is_hit, summarize, wilson

D = Decimal
QUANTITIES = st.decimals(min_value=-1000, max_value=100000, places=3, allow_nan=False, allow_infinity=False)
COUNTED = st.decimals(min_value=0, max_value=100000, places=3, allow_nan=False, allow_infinity=False)
COSTS = st.none() | st.decimals(min_value=0, max_value=1000, places=4, allow_nan=False, allow_infinity=False)
LINES = st.builds(FirstCount, QUANTITIES, COUNTED, COSTS, st.none() | st.sampled_from("ABC"))


@pytest.mark.parametrize(
    ("abc_class", "percent"), [("A", D(0)), ("B", D(1)), ("C", D(2)), (None, D(0)), ("", D(0)), ("Z", D(0))]
)
def test_each_class_has_its_accuracy_tolerance(abc_class: str | None, percent: Decimal) -> None:
    assert accuracy_percent(abc_class) == percent


@pytest.mark.parametrize(
    ("expected", "counted", "percent", "hit"),
    [
        ("100", "100", "0", True),
        ("100", "100.001", "0", False),
        ("100", "101", "1", True),
        ("100", "99", "1", True),
        ("100", "101.001", "1", False),
        ("100", "98.999", "1", False),
        ("50", "51", "2", True),
        ("50", "52", "2", False),
        ("0", "0", "2", True),  # of nothing there is no percentage
        ("0", "0.001", "2", False),
        ("10", "0", "2", False),
        ("-100", "0", "2", False),
        ("-100", "-99", "1", True),
        ("0.333", "0.339", "2", True),  # 2 % is 0.00666
        ("0.333", "0.340", "2", False),
        ("999999999.999", "999999999.998", "0", False),
    ],
)
def test_a_hit_is_within_the_percentage_of_expected(expected: str, counted: str, percent: str, hit: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_hit(D(expected), D(counted), D(percent)) is hit


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # worked by hand from the formula, and the known values of Newcombe 1998, table I (81/263, 15/148, 0/20, 1/29)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (5, 10, 0.2366, 0.7634),
        (1, 1, 0.2065, 1.0),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_the_wilson_interval_of_worked_examples(hits: int, n: int, low: float, high: float) -> None:
    found = wilson(hits, n)
    assert isclose(found[0], low, abs_tol=0.00005)
    assert isclose(found[1], high, abs_tol=0.00005)


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_not_a_share_has_no_interval(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        wilson(hits, n)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(sample: tuple[int, int]) -> None:
    hits, n = sample
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert low < high
    mirrored = wilson(n - hits, n)
    assert isclose(low, 1 - mirrored[1], abs_tol=1e-9)


def test_a_week_of_counts_worked_by_hand() -> None:
    week = [
        FirstCount(D(100), D(100), D("2.50"), "A"),  # exact                           value 250
        FirstCount(D(100), D(99), D("2.50"), "A"),  # A allows nothing: a miss, -2.50  value 250
        FirstCount(D(200), D(202), D("0.10"), "B"),  # 1 % over: a hit, +0.20          value 20
        FirstCount(D(50), D(48), D("1.00"), "C"),  # 4 % short: a miss, -2.00          value 50
        FirstCount(D(0), D(3), D("4.00"), "C"),  # found where none was: a miss, +12   value 0
        FirstCount(D(10), D(0), None, None),  # a miss of unknown value
    ]
    found = summarize(week)
    assert (found.lines, found.hits, found.exact, found.unknown_cost) == (6, 2, 1, 1)
    assert found.net_value == D("7.70")
    assert found.gross_value == D("16.70")
    assert found.value_counted == D("570.00")
    assert found.hit_rate == pytest.approx(2 / 6)
    assert found.exact_rate == pytest.approx(1 / 6)
    assert found.gross_share == D("16.70") / D("570.00")
    assert found.interval == wilson(2, 6)


def test_a_swapped_pair_is_two_misses_and_nets_only_in_net() -> None:
    pair = [FirstCount(D(10), D(0), D(5), "A"), FirstCount(D(0), D(10), D(5), "A")]
    found = summarize(pair)
    assert (found.hits, found.net_value, found.gross_value) == (0, D(0), D(100))


def test_too_few_lines_have_no_percentage() -> None:
    right = FirstCount(D(1), D(1), D(1))
    four, five = summarize([right] * 4), summarize([right] * 5)
    assert (four.hit_rate, four.exact_rate, four.interval) == (None, None, None)
    assert (five.hit_rate, five.exact_rate) == (1.0, 1.0)
    assert five.interval == wilson(5, 5)


def test_nothing_counted_is_no_accuracy_and_no_error() -> None:
    found = summarize([])
    assert (found.lines, found.hit_rate, found.gross_share) == (0, None, None)


@given(st.lists(LINES, max_size=12))
def test_the_parts_agree_with_each_other(lines: list[FirstCount]) -> None:
    found = summarize(lines)
    assert 0 <= found.exact <= found.hits <= found.lines == len(lines)
    assert abs(found.net_value) <= found.gross_value
    assert found.unknown_cost == sum(line.unit_cost is None for line in lines)
    assert summarize(reversed(lines)) == found


@given(QUANTITIES, COUNTED, st.decimals(min_value=0, max_value=100, places=2))
def test_a_wider_tolerance_never_turns_a_hit_into_a_miss(expected: Decimal, counted: Decimal, percent: Decimal) -> None:
    if is_hit(expected, counted, percent):
        assert is_hit(expected, counted, percent + 1)
