"""Forecasts of intermittent demand: the table in forecast_table.txt, and what must hold of any demand."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import intermittent
from models.rules.intermittent import Method, forecasts

TABLE = Path(__file__).with_name("forecast_table.txt")
FUNCTIONS: dict[str, Callable[..., list[float]]] = {
    "naive": intermittent.naive,
    "moving average": intermittent.moving_average,
    "croston": intermittent.croston,
    "sba": intermittent.sba,
    "tsb": intermittent.tsb,
}
DEMAND = st.lists(st.one_of(st.just(0), st.integers(1, 10_000)), max_size=40)
METHODS = pytest.mark.parametrize("method", Method)


def rows() -> list[list[str]]:
    lines = (line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.split()]


@pytest.mark.parametrize(("method", "parameters", "demand", "expected"), rows())
def test_the_table(method: str, parameters: str, demand: str, expected: str) -> None:
    given_ones = [int(one) if method == "moving average" else one for one in numbers(parameters)]
    assert FUNCTIONS[method](numbers(demand), *given_ones) == pytest.approx(numbers(expected), abs=1e-12)


def test_every_method_is_in_the_table() -> None:
    assert {method for method, *_ in rows()} == {method.casefold() for method in Method}


@METHODS
@given(demand=DEMAND, factor=st.sampled_from([0.001, 0.5, 3, 1000]))
def test_another_unit_changes_the_forecast_as_it_changes_the_demand(
    method: Method, demand: list[int], factor: float
) -> None:
    scaled = [factor * taken for taken in demand]
    expected = [factor * made for made in forecasts(method, demand)]
    assert forecasts(method, scaled) == pytest.approx(expected, rel=1e-9)


@METHODS
@given(demand=DEMAND)
def test_a_forecast_is_of_every_period_and_one_more_and_never_beyond_what_was_seen(
    method: Method, demand: list[int]
) -> None:
    made = forecasts(method, demand)
    assert len(made) == len(demand) + 1
    assert made[0] == 0
    assert all(0 <= one <= max(demand, default=0) * (1 + 1e-9) for one in made)


@METHODS
@given(demand=DEMAND, later=st.integers(0, 10_000))
def test_a_forecast_knows_nothing_of_what_comes_after_it(method: Method, demand: list[int], later: int) -> None:
    assert forecasts(method, [*demand, later])[: len(demand) + 1] == forecasts(method, demand)


@METHODS
@given(length=st.integers(0, 60))
def test_no_demand_is_forecast_as_none(method: Method, length: int) -> None:
    assert not any(forecasts(method, [0] * length))


@METHODS
@given(taken=st.integers(1, 10_000), length=st.integers(1, 60))
def test_the_same_every_period_is_forecast_as_that(method: Method, taken: int, length: int) -> None:
    share = 1 - intermittent.SMOOTHING / 2 if method is Method.SBA else 1
    assert forecasts(method, [taken] * length)[-1] == pytest.approx(share * taken)


@given(demand=DEMAND.filter(any), zeros=st.integers(1, 30))
def test_while_nothing_is_taken_tsb_forgets_and_croston_does_not(demand: list[int], zeros: int) -> None:
    silent = [*demand, *[0] * zeros]
    forgetting = intermittent.tsb(silent)[len(demand) :]
    assert all(after < before for before, after in pairwise(forgetting))
    assert len(set(intermittent.croston(silent)[len(demand) :])) == 1
