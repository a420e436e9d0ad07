"""Trying every method on what is known already, and choosing one: examples that can be followed by hand."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.backtest import (
    FEWEST_ERRORS,
    USUAL,
    Scale,
    Score,
    choose,
    errors_of,
    root_mean_square,
    scale_of,
    score,
    start_of,
)
from models.rules.intermittent import Method, forecasts


def test_the_scale_is_what_one_period_differs_from_the_next_by() -> None:
    assert scale_of([1, 4, 0]) == Scale(absolute=3.5, squared=sqrt((9 + 16) / 2))
    assert scale_of([2, 2, 2]) is None
    assert scale_of([2]) is None


@pytest.mark.parametrize(
    ("horizon", "errors"),
    [
        #   demand      2   0   4   6     what was forecast: 1 of each period
        (1, [1 - 0, 1 - 4, 1 - 6]),
        (2, [2 - (0 + 4), 2 - (4 + 6)]),
        (3, [3 - (0 + 4 + 6)]),
        (4, []),
    ],
)
def test_errors_are_of_the_periods_of_a_lead_time_together(horizon: int, errors: list[float]) -> None:
    assert errors_of([1, 1, 1, 1, 1], [2, 0, 4, 6], 1, horizon) == errors


def test_scores_have_no_unit() -> None:
    found = score([3, -4], Scale(absolute=7, squared=10))
    assert found == pytest.approx(Score(mase=0.5, rmsse=sqrt(12.5) / 10, bias=-0.5 / 7, errors=2))
    assert score([], Scale(1, 1)) is None


@pytest.mark.parametrize(
    ("demand", "start"),
    [([5, 0, 0, 0, 0], 4), ([0, 0, 0, 0, 0, 5, 0], 6), ([0] * 6, 7), ([], 4)],
)
def test_a_forecast_is_judged_when_there_was_something_to_forecast_from(demand: list[float], start: int) -> None:
    assert start_of(demand) == start


@pytest.mark.parametrize(
    ("demand", "method"),
    [
        ([1] * 20 + [9] * 20, Method.NAIVE),  # a step: the last period says all
        ([0, 8] * 20, Method.CROSTON),  # the same amount in the same interval
        ([9, 0, 0] * 5 + [0] * 30, Method.MOVING_AVERAGE),  # nobody wants it any more: it is forgotten first
    ],
)
def test_the_method_that_errs_least_is_chosen(demand: list[float], method: Method) -> None:
    choice = choose(demand, 1)
    assert choice.method is method
    assert choice.rate == forecasts(method, demand)[-1]


def test_it_is_not_the_forecast_of_nothing_that_wins_on_spare_parts() -> None:
    demand = [0, 0, 0, 0, 10] * 10
    choice = choose(demand, 1)
    naive = errors_of(forecasts(Method.NAIVE, demand), demand, start_of(demand), 1)
    assert choice.method is not Method.NAIVE
    assert choice.rate == pytest.approx(2, rel=0.5)
    assert choice.spread is not None
    assert choice.spread < root_mean_square(naive)


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(1, 6))
def test_the_spread_is_the_smallest_of_all_methods(demand: list[int], horizon: int) -> None:
    choice, start = choose(demand, horizon), start_of(demand)
    if len(demand) - horizon + 1 - start < FEWEST_ERRORS:
        assert choice.method is USUAL
        return
    spreads = [root_mean_square(errors_of(forecasts(method, demand), demand, start, horizon)) for method in Method]
    assert choice.spread == min(spreads)


def test_a_short_history_gets_the_usual_method_and_no_spread_that_nobody_can_know() -> None:
    short = choose([3, 1, 2], 2)
    assert (short.method, short.spread) == (USUAL, None)
    # 13 periods: the 9 forecasts of one period suffice, the 7 of three together do not.
    longer = choose([3, 1, 2, 0, 5, 1, 3, 1, 2, 0, 5, 1, 3], 3)
    made = forecasts(USUAL, [3, 1, 2, 0, 5, 1, 3, 1, 2, 0, 5, 1, 3])
    single = errors_of(made, [3, 1, 2, 0, 5, 1, 3, 1, 2, 0, 5, 1, 3], 4, 1)
    assert longer.method is USUAL
    assert longer.spread == pytest.approx(root_mean_square(single) * sqrt(3))
