"""On which day demand falls: the table in demand_table.txt, and what must hold of any stretch of time."""

from datetime import UTC, datetime, timedelta
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.demand import bucket_of, netted, shares, weeks_before

TABLE = Path(__file__).with_name("demand_table.txt")
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EDGES = [MONDAY + timedelta(days=day) for day in range(8)]
INSTANTS = st.integers(-20 * 24, 20 * 24).map(lambda hours: MONDAY + timedelta(hours=hours))


def rows() -> list[list[str]]:
    lines = (line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def instant(text: str) -> datetime:
    day, hour = text.split()
    days = int(day.removeprefix("day")) if day.startswith("day") else DAYS.index(day)
    return MONDAY + timedelta(days=days, hours=int(hour))


def spread(quantity: float, start: datetime, end: datetime) -> list[float]:
    found = [0.0] * (len(EDGES) - 1)
    for index, share in shares(start, end, EDGES):
        found[index] += quantity * share
    return found


@pytest.mark.parametrize(("taken", "previous", "count", "expected"), rows())
def test_the_table(taken: str, previous: str, count: str, expected: str) -> None:
    found = spread(float(taken), instant(previous), instant(count))
    assert found == pytest.approx([float(word) for word in expected.split()])


@given(INSTANTS, INSTANTS)
def test_what_lies_within_the_days_is_booked_in_full_and_no_more(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    total = sum(share for _, share in shares(start, end, EDGES))
    assert total <= 1 + 1e-9
    if EDGES[0] <= start and end <= EDGES[-1]:
        assert isclose(total, 1)
    if end < EDGES[0] or start > EDGES[-1]:
        assert total == 0


@pytest.mark.parametrize(
    ("hours", "bucket"), [(-1, None), (0, 0), (23, 0), (24, 1), (7 * 24 - 1, 6), (7 * 24, 6), (7 * 24 + 1, None)]
)
def test_a_bucket_has_its_begin_and_the_last_one_its_end(hours: int, bucket: int | None) -> None:
    assert bucket_of(MONDAY + timedelta(hours=hours), EDGES) == bucket


def test_weeks_end_now() -> None:
    assert weeks_before(MONDAY, 2) == [MONDAY - timedelta(days=14), MONDAY - timedelta(days=7), MONDAY]


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([5, 3, 0], [5, 3, 0]),
        ([5, -3, 4], [2, 0, 4]),  # off what was taken before it, not after
        ([5, 2, -3], [4, 0, 0]),
        ([1, -3, 2], [0, 0, 2]),  # more came back than is known to have gone
        ([], []),
    ],
)
def test_what_came_back_is_taken_off_the_demand_before_it(taken: list[float], left: list[float]) -> None:
    assert netted(taken) == left


@given(st.lists(st.integers(-20, 20), max_size=20))
def test_nothing_is_left_below_zero_and_no_demand_is_invented(taken: list[int]) -> None:
    left = netted(taken)
    assert all(amount >= 0 for amount in left)
    assert sum(left) >= sum(taken)
    assert all(amount <= max(0, was) for amount, was in zip(left, taken, strict=True))
