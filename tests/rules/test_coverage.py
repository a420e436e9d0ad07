from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.rules.calendars import parse_calendar
from models.rules.coverage import Covered, covered
from models.rules.runs import runs_between
from models.rules.schedules import Schedule, parse_schedule
from models.rules.workdays import WorkCalendar
from tests.rules.test_runs_properties import cases

ZONE = "Europe/Berlin"
OFFICE = parse_calendar(holidays="DE-BE", working_days="mon-fri", shutdowns="2026-08-03..2026-08-14", quiet="")

THREE_DAYS = parse_calendar(holidays="US", working_days="mon,tue,wed", shutdowns="", quiet="")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def covers(schedule: str, calendar: WorkCalendar, first: str, last: str) -> list[Covered]:
    rhythm = parse_schedule(schedule, ZONE)
    return [covered(rhythm, calendar, run) for run in runs_between(rhythm, calendar, at(first), at(last))]


@pytest.mark.parametrize(
    ("schedule", "first", "last", "days"),
    [
        ("daily 07:00", "2026-11-23 00:00", "2026-11-28 00:00", [1, 1, 1, 1, 1]),
        ("weekly thu 07:00", "2026-11-23 00:00", "2026-12-05 00:00", [5, 5]),
        ("weekly mon,thu 07:00", "2026-11-23 00:00", "2026-11-30 00:00", [2, 3]),
        ("weekly sun 07:00", "2026-11-24 00:00", "2026-12-08 00:00", [5, 5]),  # on the Monday after
        ("daily 07:00", "2026-08-03 00:00", "2026-08-19 00:00", [1, 1]),  # the shutdown owes nothing
        ("weekly fri 07:00", "2026-08-01 00:00", "2026-08-22 00:00", [1, 4]),  # 17 Aug for the shutdown, then 21 Aug
        ("cron 0 7,15 * * *", "2026-11-23 00:00", "2026-11-24 00:00", [Fraction(1, 2), Fraction(1, 2)]),
        ("once 2026-11-25 07:00", "2026-11-23 00:00", "2026-11-28 00:00", [1]),
    ],
)
def test_a_run_covers_the_working_days_since_the_one_before(
    schedule: str, first: str, last: str, days: list[Fraction]
) -> None:
    assert [found.days for found in covers(schedule, OFFICE, first, last)] == days


def test_two_runs_on_a_day_cover_one_half_after_the_other() -> None:
    first, second = covers("cron 0 7,15 * * *", OFFICE, "2026-11-23 00:00", "2026-11-24 00:00")
    day = OFFICE.index(date(2026, 11, 23))
    assert (first.index, second.index) == (day - Fraction(1, 2), day)


@given(
    st.sampled_from(["daily 07:00", "weekly mon,thu 07:00", "cron 0 7,12,15 * * mon-sat", "monthly 15 07:00"]),
    st.sampled_from([OFFICE, WorkCalendar(), THREE_DAYS]),
    st.integers(0, 300),
)  # fmt: skip
def test_the_runs_that_follow_each_other_cover_every_working_day_once(
    schedule: str, calendar: WorkCalendar, start: int
) -> None:
    begin = at("2026-01-02 00:00") + timedelta(days=start)
    rhythm = parse_schedule(schedule, ZONE)
    runs = runs_between(rhythm, calendar, begin, begin + timedelta(days=90))
    for before, after in pairwise(covered(rhythm, calendar, run) for run in runs):
        assert after.index - after.days == before.index


@given(cases())
def test_they_do_so_with_quiet_windows_and_when_clocks_change(case: tuple[Schedule, WorkCalendar, datetime]) -> None:
    rhythm, calendar, begin = case
    assume(rhythm.once is None)
    runs = runs_between(rhythm, calendar, begin, begin + timedelta(days=20), most=100)
    for before, after in pairwise(covered(rhythm, calendar, run) for run in runs):
        assert after.index - after.days == before.index


def test_a_plan_that_runs_every_minute_covers_a_minute_of_the_day_each_time() -> None:
    found = covers("cron * * * * *", OFFICE, "2026-11-23 23:00", "2026-11-24 05:00")
    assert {one.days for one in found} == {Fraction(1, 1440)}
    assert found[-1].index - found[0].index == Fraction(359, 1440)
