"""Spans: whatever the period and whatever is left out, each of its days is read once, and in few runs."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.spans import Run, Span, cover, end_of, start_of

DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))


def days_of(runs: list[Run]) -> Counter[date]:
    found: Counter[date] = Counter()
    for run in runs:
        day = run.first
        while day <= end_of(run.span, run.last):
            found[day] += 1
            day += timedelta(days=1)
    return found


@given(DAYS, st.integers(0, 500), st.sets(DAYS, max_size=8), st.sampled_from([Span.WEEK, Span.MONTH]))
def test_each_day_is_read_once_but_those_left_out(first: date, number: int, left_out: set[date], longest: Span) -> None:
    last = first + timedelta(days=number)
    runs = cover(first, last, left_out, longest)
    wanted = {first + timedelta(days=ahead) for ahead in range(number + 1)} - left_out
    assert days_of(runs) == Counter(wanted)
    assert len(runs) <= 3 + 4 * len(left_out)
    assert all(start_of(run.span, run.first) == run.first for run in runs)


@pytest.mark.parametrize(
    ("first", "last", "left_out", "longest", "runs"),
    [
        ("2026-07-01", "2026-09-30", [], Span.MONTH, ["month 2026-07-01 2026-09-01"]),
        ("2026-07-02", "2026-09-29", [], Span.MONTH, [
            "day 2026-07-02 2026-07-31", "month 2026-08-01 2026-08-01", "day 2026-09-01 2026-09-29",
        ]),
        ("2026-11-01", "2026-11-30", ["2026-11-24"], Span.MONTH, [
            "day 2026-11-01 2026-11-23", "day 2026-11-25 2026-11-30",
        ]),
        ("2026-11-23", "2026-12-06", [], Span.WEEK, ["week 2026-11-23 2026-11-30"]),
        ("2026-11-24", "2026-11-24", ["2026-11-24"], Span.MONTH, []),
        ("2026-11-25", "2026-11-24", [], Span.MONTH, []),
    ],
)  # fmt: skip
def test_worked_examples(first: str, last: str, left_out: list[str], longest: Span, runs: list[str]) -> None:
    found = cover(date.fromisoformat(first), date.fromisoformat(last), [*map(date.fromisoformat, left_out)], longest)
    assert [f"{run.span} {run.first} {run.last}" for run in found] == runs
