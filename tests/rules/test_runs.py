from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from models.errors import BadInput
from models.rules import runs as rules
from models.rules.calendars import parse_calendar
from models.rules.occurrences import latest_at, next_after
from models.rules.runs import Run, days_covered, latest_run, next_run, runs_between
from models.rules.schedules import parse_schedule
from models.rules.workdays import WorkCalendar

BERLIN, NEW_YORK, LORD_HOWE, APIA = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"
NIGHT = "22:00-24:00; 00:00-06:00"
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def works(days: str = "mon-fri", *, holidays: str = "", shutdowns: str = "", quiet: str = "") -> WorkCalendar:
    return parse_calendar(holidays=holidays, working_days=days, shutdowns=shutdowns, quiet=quiet)


def listed(text: str, calendar: WorkCalendar, after: str, count: int, zone: str = BERLIN) -> list[str]:
    """The next runs as the clock on the wall shows them, each with the reason it was moved for."""
    found = runs_between(parse_schedule(text, zone), calendar, at(after, zone), at("2099-01-01"), most=count)
    shown = [(run.at.astimezone(ZoneInfo(zone)), run.moved_because) for run in found]
    return [f"{wall:%a %m-%d %H:%M}{f' ({why})' if why else ''}" for wall, why in shown]


def test_by_default_every_occurrence_is_a_run() -> None:
    assert listed("daily 07:00", WorkCalendar(), "2026-11-28 06:00", 3) == [
        "Sat 11-28 07:00",
        "Sun 11-29 07:00",
        "Mon 11-30 07:00",
    ]


@pytest.mark.parametrize(
    ("text", "calendar", "after", "expected"),
    [
        # Saturday and Sunday are covered by Monday's own run.
        (
            "daily 07:00",
            works(),
            "2026-11-27 00:00",
            ["Fri 11-27 07:00", "Mon 11-30 07:00", "Tue 12-01 07:00"],
        ),
        # Ascension Day is a Thursday; Friday has no run of its own.
        (
            "weekly thu 07:00",
            works(holidays="DE"),
            "2026-05-10 00:00",
            ["Fri 05-15 07:00 (moved from Thu 14 May 07:00: Ascension Day)", "Thu 05-21 07:00", "Thu 05-28 07:00"],
        ),
        (
            "weekly thu,fri 07:00",
            works(holidays="DE"),
            "2026-05-10 00:00",
            ["Fri 05-15 07:00", "Thu 05-21 07:00", "Fri 05-22 07:00"],
        ),
        (
            "weekly mon 07:00",
            works(holidays="DE-BE"),
            "2027-03-02 00:00",
            ["Tue 03-09 07:00 (moved from Mon 8 Mar 07:00: Women's Day)", "Mon 03-15 07:00", "Mon 03-22 07:00"],
        ),
        ("weekly mon 07:00", works(holidays="DE"), "2027-03-02 00:00", ["Mon 03-08 07:00"]),
        (
            "weekly thu 07:00",
            works(holidays="US"),
            "2026-11-20 00:00",
            ["Fri 11-27 07:00 (moved from Thu 26 Nov 07:00: Thanksgiving Day)", "Thu 12-03 07:00"],
        ),
        # Good Friday and Easter Monday: the Friday run waits until Tuesday.
        (
            "weekly fri 07:00",
            works(holidays="DE"),
            "2026-03-30 00:00",
            ["Tue 04-07 07:00 (moved from Fri 3 Apr 07:00: Good Friday)", "Fri 04-10 07:00"],
        ),
        # A shutdown of two weeks: of the runs on 24 and 31 December one is left, after it.
        (
            "weekly thu 07:00",
            works(shutdowns="2026-12-21..2027-01-03"),
            "2026-12-14 00:00",
            [
                "Thu 12-17 07:00",
                "Mon 01-04 07:00 (moved from Thu 31 Dec 07:00: shutdown until 3 Jan)",
                "Thu 01-07 07:00",
            ],
        ),
        (
            "once 2026-12-24 07:00",
            works(shutdowns="2026-12-21..2027-01-03"),
            "2026-12-14 00:00",
            ["Mon 01-04 07:00 (moved from Thu 24 Dec 07:00: shutdown until 3 Jan)"],
        ),
        (
            "monthly 1 07:00",
            works(holidays="DE"),
            "2026-12-31 00:00",
            ["Mon 01-04 07:00 (moved from Fri 1 Jan 07:00: New Year's Day)", "Mon 02-01 07:00"],
        ),
        (
            "weekly sun 07:00",
            works(),
            "2026-11-24 00:00",
            ["Mon 11-30 07:00 (moved from Sun 29 Nov 07:00: not a working day)"],
        ),
    ],
)
def test_a_run_on_a_day_off_moves_or_is_covered(
    text: str, calendar: WorkCalendar, after: str, expected: list[str]
) -> None:
    assert listed(text, calendar, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "quiet", "after", "expected"),
    [
        ("daily 11:29", "11:30-13:00", "2026-11-24 00:00", ["Tue 11-24 11:29"]),
        ("daily 11:30", "11:30-13:00", "2026-11-24 00:00", ["Tue 11-24 13:00 (moved from 11:30: quiet until 13:00)"]),
        ("daily 12:59", "11:30-13:00", "2026-11-24 00:00", ["Tue 11-24 13:00 (moved from 12:59: quiet until 13:00)"]),
        ("daily 13:00", "11:30-13:00", "2026-11-24 00:00", ["Tue 11-24 13:00"]),
        # Windows that touch are one; the end of one may lie in the other.
        (
            "daily 11:45",
            "11:30-13:00; 13:00-13:30; 13:15-14:00",
            "2026-11-24 00:00",
            ["Tue 11-24 14:00 (moved from 11:45: quiet until 14:00)"],
        ),
        # The next own occurrence at the end of the window covers it; one minute later it does not.
        ("cron 0 12,13 * * *", "11:30-13:00", "2026-11-24 00:00", ["Tue 11-24 13:00", "Wed 11-25 13:00"]),
        (
            "cron 30 12,13 * * *",
            "11:30-13:00",
            "2026-11-24 00:00",
            ["Tue 11-24 13:00 (moved from 12:30: quiet until 13:00)", "Tue 11-24 13:30"],
        ),
        # Sunday's moves to Monday, and there into the window.
        (
            "weekly sun 11:45",
            "11:30-13:00",
            "2026-11-24 00:00",
            ["Mon 11-30 13:00 (moved from Sun 29 Nov 11:45: not a working day, then quiet until 13:00)"],
        ),
        # 30 November is the last working day; the daily run of 1 December covers it, a weekly one has to move.
        (
            "daily 07:00",
            "last working day of the month",
            "2026-11-27 00:00",
            ["Fri 11-27 07:00", "Tue 12-01 07:00"],
        ),
        (
            "weekly mon 07:00",
            "last working day of the month",
            "2026-11-27 00:00",
            ["Tue 12-01 07:00 (moved from Mon 30 Nov 07:00: last working day of the month)", "Mon 12-07 07:00"],
        ),
        (
            "monthly 31 07:00",
            "last working day of the month; first working day of the month 06:00-12:00",
            "2026-11-27 00:00",
            [
                "Tue 12-01 12:00 (moved from Mon 30 Nov 07:00: last working day of the month, then quiet until 12:00)",
                "Fri 01-01 12:00 (moved from Thu 31 Dec 07:00: last working day of the month, then quiet until 12:00)",
            ],
        ),
        (
            "weekly mon 07:00",
            "mon 00:00-24:00",
            "2026-11-27 00:00",
            ["Tue 12-01 07:00 (moved from Mon 30 Nov 07:00: quiet all day)"],
        ),
        # A window until midnight takes the rest of the day: the same time of the next one that is worked.
        (
            "weekly fri 16:00",
            "fri 15:00-24:00",
            "2026-11-27 00:00",
            ["Mon 11-30 16:00 (moved from Fri 27 Nov 16:00: quiet for the rest of the day)"],
        ),
        ("weekdays 16:00", "fri 15:00-24:00", "2026-11-27 00:00", ["Mon 11-30 16:00", "Tue 12-01 16:00"]),
        # But what is quiet at its own time every day is not put off for ever.
        (
            "daily 23:00",
            NIGHT,
            "2026-11-26 12:00",
            [
                "Fri 11-27 06:00 (moved from Thu 26 Nov 23:00: quiet for the rest of the day, then quiet at 23:00)",
                "Mon 11-30 06:00 (moved from Sun 29 Nov 23:00: not a working day, then quiet at 23:00)",
            ],
        ),
        ("daily 04:00", NIGHT, "2026-11-27 00:00", ["Fri 11-27 06:00 (moved from 04:00: quiet until 06:00)"]),
    ],
)
def test_a_run_in_a_quiet_window_moves_to_its_end(text: str, quiet: str, after: str, expected: list[str]) -> None:
    assert listed(text, works(quiet=quiet), after, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "quiet", "zone", "after", "expected"),
    [
        # Spring in Berlin, a Sunday: 02:00 is followed by 03:00.
        ("daily 01:45", "01:30-02:30", BERLIN, "2026-03-29", ["03-29 03:00 +0200", "03-30 02:30 +0200"]),
        ("daily 01:45", "01:30-02:30; 03:00-03:20", BERLIN, "2026-03-29", ["03-29 03:20 +0200", "03-30 02:30 +0200"]),
        ("daily 02:30", "02:00-02:45", BERLIN, "2026-03-29", ["03-29 03:00 +0200", "03-30 02:45 +0200"]),
        ("daily 02:30", "03:00-04:00", BERLIN, "2026-03-29", ["03-29 04:00 +0200", "03-30 02:30 +0200"]),
        # Autumn: the window ends at the first of the two.
        ("daily 01:45", "01:30-02:30", BERLIN, "2026-10-25", ["10-25 02:30 +0200", "10-26 02:30 +0100"]),
        ("daily 02:45", "02:30-03:00", BERLIN, "2026-10-25", ["10-25 03:00 +0100", "10-26 03:00 +0100"]),
        ("daily 02:15", "02:30-03:00", BERLIN, "2026-10-25", ["10-25 02:15 +0200", "10-26 02:15 +0100"]),
        # Half an hour on Lord Howe: 4 October 02:00 to 02:30.
        ("daily 01:45", "01:30-02:15", LORD_HOWE, "2026-10-04", ["10-04 02:30 +1100", "10-05 02:15 +1100"]),
        ("daily 01:45", "01:30-02:15", NEW_YORK, "2026-03-08", ["03-08 03:00 -0400", "03-09 02:15 -0400"]),
        # Midnight that does not exist, at the end of a window that lasts until it.
        (
            "daily 23:30",
            "23:00-24:00",
            "America/Sao_Paulo",
            "2018-11-03",
            ["11-04 01:00 -0200", "11-05 00:00 -0200"],
        ),
    ],
)
def test_the_clock_change_moves_slots_as_it_moves_runs(
    text: str, quiet: str, zone: str, after: str, expected: list[str]
) -> None:
    calendar = works("mon-sun", quiet=quiet)
    found = runs_between(parse_schedule(text, zone), calendar, at(after, zone), at("2099-01-01"), most=2)
    assert [f"{run.at.astimezone(ZoneInfo(zone)):%m-%d %H:%M %z}" for run in found] == expected


def test_a_moved_run_is_still_to_come_after_its_own_time() -> None:
    schedule, calendar = parse_schedule("weekly sun 07:00", BERLIN), works()
    moved = Run(at("2026-11-29 07:00"), at("2026-11-30 07:00"), "moved from Sun 29 Nov 07:00: not a working day")
    for now in ("2026-11-23 07:00", "2026-11-29 06:00", "2026-11-29 07:00", "2026-11-30 06:59:59"):
        assert next_run(schedule, calendar, at(now)) == moved
    assert next_run(schedule, calendar, at("2026-11-30 07:00")) == next_run(schedule, calendar, at("2026-12-01 00:00"))
    assert latest_run(schedule, calendar, at("2026-11-30 07:00")) == moved
    before = latest_run(schedule, calendar, at("2026-11-30 06:59:59"))
    assert before is not None
    assert before.at == at("2026-11-23 07:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily 07:00 until 2026-11-28", ["Fri 11-27 07:00"]),  # a Saturday
        ("daily 07:00 from 2026-11-28 until 2026-11-29", []),
        ("daily 07:00 from 2026-11-28 until 2026-11-30", ["Mon 11-30 07:00"]),
        ("weekly sat 07:00 from 2026-11-28 until 2026-11-30", [
            "Mon 11-30 07:00 (moved from Sat 28 Nov 07:00: not a working day)"
        ]),
    ],
)  # fmt: skip
def test_nothing_runs_after_the_last_day(text: str, expected: list[str]) -> None:
    assert listed(text, works(), "2026-11-27 00:00", 3) == expected
    latest = latest_run(parse_schedule(text, BERLIN), works(), at("2026-12-31 00:00"))
    assert (latest is None) == (not expected)


def test_a_once_has_one_run_moved_or_not() -> None:
    schedule, calendar = parse_schedule("once 2026-11-29 07:00", BERLIN), works()
    run = next_run(schedule, calendar, at("2026-11-01 00:00"))
    assert run is not None
    assert (run.occurrence, run.at) == (at("2026-11-29 07:00"), at("2026-11-30 07:00"))
    assert next_run(schedule, calendar, run.at) is None
    assert latest_run(schedule, calendar, run.at) == run
    assert latest_run(schedule, calendar, run.at - INSTANT) is None
    assert days_covered(schedule, calendar, run) == 1


@pytest.mark.parametrize("text", ["daily 07:00", "weekly mon 07:00", "cron * * * * *", "once 2026-11-29 07:00"])
def test_a_calendar_without_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="finds no time in the two years after"):
        next_run(parse_schedule(text, BERLIN), works("sat", quiet="sat 00:00-24:00"), at("2026-11-01 00:00"))
    assert latest_run(parse_schedule(text, BERLIN), works("sat", quiet="00:00-24:00"), at("2026-12-01 00:00")) is None


@pytest.mark.parametrize("text", ["cron * * * * *", "cron * * * * * *", "weekly mon,tue 07:00", "daily 12:00"])
def test_a_long_shutdown_costs_no_walk_through_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(occurrences: object) -> object:
        def ask(*args: object) -> object:
            nonlocal asked
            asked += 1
            return occurrences(*args)  # type: ignore[operator]  # one of the two functions below

        return ask

    monkeypatch.setattr(rules, "next_after", counted(next_after))
    monkeypatch.setattr(rules, "latest_at", counted(latest_at))
    schedule, calendar = parse_schedule(text, BERLIN), works(shutdowns="2026-01-01..2027-06-30", quiet="11:30-13:00")
    run = next_run(schedule, calendar, at("2026-03-01 00:00"))
    assert run is not None
    assert at("2027-07-01 00:00") <= run.at < at("2027-07-06 00:00")
    run = latest_run(schedule, calendar, at("2027-05-01 00:00"))
    assert run is not None
    assert at("2025-12-29 00:00") < run.at < at("2026-01-01 00:00")
    assert asked <= 12


@pytest.mark.parametrize(
    ("text", "calendar", "happens", "days"),
    [
        ("daily 07:00", works(), "2026-11-27 07:00", 1),
        ("daily 07:00", works(), "2026-11-30 07:00", 1),  # Saturday and Sunday are no working days
        ("daily 07:00", WorkCalendar(), "2026-11-30 07:00", 1),
        ("weekly mon 07:00", works(), "2026-11-30 07:00", 5),
        ("weekly mon 07:00", WorkCalendar(), "2026-11-30 07:00", 7),
        ("weekly mon,thu 07:00", works(), "2026-11-30 07:00", 2),
        ("weekly mon,thu 07:00", works(), "2026-11-26 07:00", 3),
        ("weekly thu 07:00", works(holidays="DE"), "2026-05-15 07:00", 5),  # moved to Friday: 8, 11, 12, 13, 15 May
        ("weekly thu 07:00", works(holidays="DE"), "2026-05-21 07:00", 4),  # 18 to 21 May
        ("weekly thu 07:00", works(shutdowns="2026-12-21..2027-01-03"), "2027-01-04 07:00", 2),  # 18 Dec, 4 Jan
        ("daily 07:00", works(quiet="last working day of the month"), "2026-12-01 07:00", 2),  # the quiet day as well
        ("cron 0 7,13 * * *", works(), "2026-11-30 07:00", Fraction(1, 2)),
        ("cron 0 7,13 * * *", works(), "2026-11-30 13:00", Fraction(1, 2)),
        ("cron 0 7,13 * * mon", works(), "2026-11-30 13:00", Fraction(5, 2)),
        ("cron 0 7,12,13 * * *", works(quiet="11:30-13:00"), "2026-11-30 13:00", Fraction(1, 2)),
        ("once 2026-11-30 07:00", works(), "2026-11-30 07:00", 1),
    ],
)
def test_the_working_days_that_a_run_stands_for(
    text: str, calendar: WorkCalendar, happens: str, days: Fraction | int
) -> None:
    schedule = parse_schedule(text, BERLIN)
    run = latest_run(schedule, calendar, at(happens))
    assert run is not None
    assert run.at == at(happens)
    assert days_covered(schedule, calendar, run) == days


def test_a_run_off_the_calendar_still_stands_for_a_day() -> None:
    sunday = Run(at("2026-11-29 09:00"), at("2026-11-29 09:00"))  # stored before the calendar was changed
    assert days_covered(parse_schedule("daily 07:00", BERLIN), works(), sunday) == 1


def test_the_date_of_a_run_is_that_of_its_zone() -> None:
    schedule = parse_schedule("daily 00:30", BERLIN)  # 23:30 of the day before in UTC
    run = next_run(schedule, works(), at("2026-11-29 12:00"))
    assert run is not None
    assert run.at == at("2026-11-30 00:30")
    assert days_covered(schedule, works(), run) == 1
    assert works().count(date(2026, 11, 27), date(2026, 11, 30)) == 1
