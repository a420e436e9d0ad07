"""Reorder advice: the table in reorder_table.txt, and what must hold of any item."""

from dataclasses import replace
from datetime import date, datetime
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.backtest import Choice
from models.rules.intermittent import Method
from models.rules.reorder import (
    Advice,
    Outlook,
    Position,
    Terms,
    advise,
    days_earlier,
    horizon_of,
    outlook_of,
    reorder_point,
    safety_factor,
)

TABLE = Path(__file__).with_name("reorder_table.txt")
TODAY = date(2026, 11, 24)
TERMS = Terms(lead_time_days=10, service_level=0.9772498680518208, cover_days=30, overstock_days=100, dead_days=90)


def rows() -> list[list[str]]:
    lines = (line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def told(text: str) -> float | None:
    return None if text == "-" else float(text)


def day(text: str) -> date | None:
    if text == "-":
        return None
    found = datetime.strptime(f"{text} 2026", "%d %b %Y").date()  # noqa: DTZ007 - a day has no zone
    return found if found >= TODAY else found.replace(year=2027)


@pytest.mark.parametrize("row", rows(), ids=" ".join)
def test_the_table(row: list[str]) -> None:
    *numbers, advice, by, quantity, excess = row
    per_day, spread, quiet, on_hand, on_order, reserved, multiple, point = map(told, numbers)
    assert per_day is not None
    assert quiet is not None
    assert on_hand is not None
    found = advise(
        Outlook(per_day, spread, int(quiet)), Position(on_hand, on_order, reserved, multiple), TERMS, TODAY, point
    )
    assert (found.advice, found.order_by) == (advice, day(by))
    assert (found.quantity, found.excess) == pytest.approx((float(quantity), float(excess)))


def test_every_advice_is_in_the_table() -> None:
    assert {row[8] for row in rows()} == set(Advice)


@pytest.mark.parametrize(("level", "k"), [(0.5, 0), (0.9, 1.2816), (0.95, 1.6449), (0.99, 2.3263)])
def test_the_safety_factor_is_the_quantile_of_the_tables(level: float, k: float) -> None:
    assert safety_factor(level) == pytest.approx(k, abs=5e-5)


@pytest.mark.parametrize(("days", "weeks"), [(0, 1), (3, 1), (7, 1), (10, 1), (11, 2), (14, 2), (70, 10)])
def test_forecasts_are_tried_on_the_weeks_of_the_lead_time(days: int, weeks: int) -> None:
    assert horizon_of(days) == weeks


def test_the_spread_is_stretched_to_the_days_of_the_lead_time() -> None:
    choice = Choice(Method.SBA, rate=14, spread=6, horizon=1, errors=20)
    assert outlook_of(choice, 7, 3) == Outlook(per_day=2, spread=6, quiet_days=3)
    assert outlook_of(choice, 10).spread == pytest.approx(6 * sqrt(10 / 7))
    assert outlook_of(choice, 0).spread == 0
    assert outlook_of(replace(choice, spread=None), 10).spread is None


PER_DAY, SPREAD, STOCK = st.floats(0.01, 100), st.floats(0, 1000), st.floats(-100, 10_000)


@given(PER_DAY, SPREAD, st.floats(0.5, 0.999), st.floats(0.5, 0.999))
def test_a_higher_service_level_never_orders_later(per_day: float, spread: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    points = [reorder_point(Outlook(per_day, spread), replace(TERMS, service_level=level)) for level in (low, high)]
    assert points[0] is not None
    assert points[1] is not None
    assert per_day * TERMS.lead_time_days - 1e-6 <= points[0] <= points[1]


@given(PER_DAY, SPREAD, STOCK, st.floats(0, 1000))
def test_what_is_on_order_never_orders_earlier_and_what_is_reserved_never_later(
    per_day: float, spread: float, on_hand: float, more: float
) -> None:
    def order_by(position: Position) -> date:
        return advise(Outlook(per_day, spread), position, TERMS, TODAY).order_by or date.max

    assert order_by(Position(on_hand, reserved=more)) <= order_by(Position(on_hand))
    assert order_by(Position(on_hand, on_order=more)) >= order_by(Position(on_hand))


@given(PER_DAY, SPREAD, STOCK, st.sampled_from([1, 5, 12, 50]))
def test_an_order_is_in_whole_multiples_and_lasts(per_day: float, spread: float, on_hand: float, step: int) -> None:
    found = advise(Outlook(per_day, spread), Position(on_hand, multiple=step), TERMS, TODAY)
    assert found.quantity % step == 0
    if found.advice is Advice.NOW:
        assert found.reorder_point is not None
        lasting = found.reorder_point + per_day * TERMS.cover_days
        assert found.available + found.quantity >= lasting - 1e-6
        assert found.available + found.quantity < lasting + step


def test_two_pieces_of_advice_are_compared_by_their_days() -> None:
    outlook = Outlook(2, 5)
    now, later = (advise(outlook, Position(stock), TERMS, TODAY) for stock in (17, 50))
    assert days_earlier(now, later) == 10
    assert days_earlier(later, now) == -10
    assert days_earlier(now, advise(outlook, Position(500), TERMS, TODAY)) is None
