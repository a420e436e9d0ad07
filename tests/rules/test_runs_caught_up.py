from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.calendars import parse_calendar
from models.rules.runs import Run, catch_up, has_run, next_run
from models.rules.schedules import parse_schedule
from models.rules.workdays import WorkCalendar

BERLIN = "Europe/Berlin"
DAY = timedelta(days=1)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def works(days: str = "mon-fri", *, holidays: str = "", shutdowns: str = "", quiet: str = "") -> WorkCalendar:
    return parse_calendar(holidays=holidays, working_days=days, shutdowns=shutdowns, quiet=quiet)


@pytest.mark.parametrize(
    ("now", "run", "following"),
    [  # weekly on Sunday at 07:00, which happens on Monday; grace one day from then
        ("2026-11-29 07:00", None, "2026-11-30 07:00"),
        ("2026-11-30 06:59:59", None, "2026-11-30 07:00"),
        ("2026-11-30 07:00", "2026-11-30 07:00", "2026-12-07 07:00"),
        ("2026-12-01 07:00", "2026-11-30 07:00", "2026-12-07 07:00"),
        ("2026-12-01 07:00:01", None, "2026-12-07 07:00"),
        ("2026-12-06 08:00", None, "2026-12-07 07:00"),
        ("2026-12-07 08:00", "2026-12-07 07:00", "2026-12-14 07:00"),  # only the latest
        ("2036-12-08 08:00", "2036-12-08 07:00", "2036-12-15 07:00"),
    ],
)
def test_what_was_missed_is_caught_up_once(now: str, run: str | None, following: str) -> None:
    schedule, calendar = parse_schedule("weekly sun 07:00", BERLIN), works()
    stored = Run(at("2026-11-29 07:00"), at("2026-11-30 07:00"))
    found = catch_up(schedule, calendar, stored, at(now), DAY)
    assert (found.run and found.run.at) == (at(run) if run else None)
    assert found.next is not None
    assert found.next.at == at(following)
    if found.run is not None:
        assert found.run.moved_because.startswith("moved from Sun ")


def test_the_stored_run_counts_although_the_calendar_has_changed() -> None:
    schedule = parse_schedule("weekly mon 07:00", BERLIN)
    stored = Run(at("2026-11-30 07:00"), at("2026-11-30 07:00"))
    changed = works(shutdowns="2026-11-30")  # would have it on Tuesday
    assert catch_up(schedule, changed, stored, at("2026-11-30 06:00"), DAY).next == stored
    found = catch_up(schedule, changed, stored, at("2026-11-30 07:00"), DAY)
    assert found.run == stored
    assert found.next is not None
    assert found.next.occurrence == at("2026-12-07 07:00")  # not the same one again on Tuesday
    late = catch_up(schedule, changed, stored, at("2026-11-30 09:00"), timedelta(hours=1))
    assert late.run is None
    assert late.next is not None
    assert late.next.occurrence == at("2026-12-07 07:00")  # it was missed, and does not come back on Tuesday
    tuesday = catch_up(schedule, changed, stored, at("2026-12-01 08:00"), timedelta(hours=4))
    assert tuesday.run is not None
    assert (tuesday.run.occurrence, tuesday.run.at) == (stored.occurrence, at("2026-12-01 07:00"))


def test_the_stored_run_counts_although_the_schedule_has_changed() -> None:
    schedule, calendar = parse_schedule("daily 07:00", BERLIN), works(quiet="06:00-11:00")
    stored = Run(at("2026-11-24 10:30"), at("2026-11-24 10:30"))
    found = catch_up(schedule, calendar, stored, at("2026-11-24 10:31"), DAY)
    assert found.run == stored
    assert found.next is not None
    assert found.next.at == at("2026-11-25 11:00")  # what was due at 07:00 lies before the stored one
    late = catch_up(schedule, calendar, stored, at("2026-11-24 11:30"), DAY)
    assert late.run == stored


def test_a_once_is_caught_up_and_over() -> None:
    schedule, calendar = parse_schedule("once 2026-11-29 07:00", BERLIN), works()
    stored = next_run(schedule, calendar, at("2026-11-01 00:00"))
    assert stored is not None
    found = catch_up(schedule, calendar, stored, at("2026-11-30 08:00"), DAY)
    assert (found.run, found.next) == (stored, None)
    assert catch_up(schedule, calendar, stored, at("2026-12-02 08:00"), DAY).run is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("weekly sun 07:00", True),
        ("cron 0 7 * * sun until 2026-11-30", True),
        ("weekly sun 07:00 from 2026-11-29", True),
        ("weekly sun 07:00 from 2026-11-30", False),
        ("weekly sun 07:00 until 2026-11-29", False),  # it moves beyond
        ("weekly sun 07:01", False),
        ("weekly sat,sun 07:00", False),
    ],
)
def test_a_run_that_waits_is_one_of_the_same_schedule_with_other_days(text: str, is_one: bool) -> None:  # noqa: FBT001 - a column
    waits = Run(at("2026-11-29 07:00"), at("2026-11-30 07:00"))
    before = parse_schedule("weekly sun 07:00 from 2026-01-01", BERLIN)
    assert has_run(parse_schedule(text, BERLIN), before, waits) is is_one


def test_a_run_of_one_zone_is_none_of_the_same_schedule_in_another() -> None:
    waits = Run(at("2026-11-29 07:00"), at("2026-11-29 07:00"))
    assert not has_run(parse_schedule("daily 07:00", "UTC"), parse_schedule("daily 07:00", BERLIN), waits)


@pytest.mark.parametrize(
    ("text", "now", "run", "following"),
    [
        # the stored run is that of Friday the 27th at 07:00; weekends are closed, and lunch is
        ("weekly fri 07:00", "2026-11-27 12:10", None, "2026-11-27 13:00"),
        ("weekly fri 07:00", "2026-11-28 06:30", None, "2026-11-30 07:00"),
        ("weekly fri 07:00", "2026-11-28 07:00:01", None, "2026-12-04 07:00"),  # past its grace
        ("weekly fri 07:00", "2026-11-27 13:00", "2026-11-27 07:00", "2026-12-04 07:00"),
        ("weekly fri 07:00 until 2026-11-29", "2026-11-28 06:30", None, None),
        ("once 2026-11-27 07:00", "2026-11-28 06:30", None, "2026-11-30 07:00"),
        ("daily 07:00", "2026-11-28 06:30", None, "2026-11-30 07:00"),  # Monday's own covers it
        ("daily 07:00", "2026-11-27 12:10", None, "2026-11-27 13:00"),
    ],
)
def test_what_is_caught_up_in_closed_time_is_put_off(
    text: str, now: str, run: str | None, following: str | None
) -> None:
    schedule, calendar = parse_schedule(text, BERLIN), works(quiet="12:00-13:00")
    stored = Run(at("2026-11-27 07:00"), at("2026-11-27 07:00"))
    found = catch_up(schedule, calendar, stored, at(now), DAY)
    assert (found.run and found.run.at) == (at(run) if run else None)
    assert (found.next and found.next.at) == (at(following) if following else None)
    if found.next is None or found.next.occurrence != stored.occurrence:
        assert found.over == stored.occurrence
        return
    assert found.over is not None
    assert found.over < stored.occurrence, "it has not had its turn"
    started = catch_up(schedule, calendar, found.next, found.next.at + timedelta(seconds=5), DAY)
    assert (started.run, started.over) == (found.next, stored.occurrence)
    assert started.next == next_run(schedule, calendar, found.next.at)


def test_a_run_that_is_on_time_starts_although_it_has_just_closed() -> None:
    schedule, calendar = parse_schedule("weekly fri 11:59", BERLIN), works(quiet="12:00-13:00")
    stored = Run(at("2026-11-27 11:59"), at("2026-11-27 11:59"))
    assert catch_up(schedule, calendar, stored, at("2026-11-27 12:04"), DAY).run == stored
    assert catch_up(schedule, calendar, stored, at("2026-11-27 12:04:01"), DAY).run is None
