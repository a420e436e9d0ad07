from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.occurrences import Schedule, instant_of, latest_at, next_after, parse_schedule

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
APIA = "Pacific/Apia"  # left out the whole of 30 December 2011

SCHEDULES = st.builds(
    parse_schedule,
    st.sampled_from(
        [
            "daily 02:30",
            "daily 07:00",
            "weekdays 00:00",
            "weekly sun 02:00",
            "monthly 31 01:45",
            "monthly 30 02:15",
            "cron */10 * * * *",
            "cron 30 */2 * * *",
            "cron 0,30 1-3 * * *",
            "cron 15 30 2 * * *",
            "cron 0 3 29 2 *",
            "once 2026-03-29 02:30:05",
            "once 2026-10-25 02:30",
            "daily 02:30 from 2026-03-29 until 2026-10-25",
        ]
    ),
    st.sampled_from(["UTC", BERLIN, NEW_YORK, LORD_HOWE, "America/Sao_Paulo", APIA, "Asia/Kathmandu"]),
)
CHANGES = [
    "2026-03-28",
    "2026-10-24",
    "2026-03-07",
    "2026-10-31",
    "2026-04-04",
    "2026-10-03",
    "2018-11-03",
    "2018-02-17",
    "2011-12-29",
]


def walls(first: str, days: int) -> st.SearchStrategy[datetime]:
    start = datetime.fromisoformat(first)
    return st.datetimes(start, start + timedelta(days=days))


# In the three days around a change of some clock, and anywhere else.
INSTANTS = st.one_of(*(walls(day, 3) for day in CHANGES), walls("1999-01-01", 15000)).map(
    lambda wall: wall.replace(tzinfo=UTC)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def runs(text: str, zone: str, after: str, count: int) -> list[str]:
    """The next runs after a time in UTC, each as the clock on the wall shows it, with its offset."""
    schedule, instant, found = parse_schedule(text, zone), at(after), []
    for _ in range(count):
        following = next_after(schedule, instant)
        if following is None:
            break
        assert following.tzinfo is UTC
        instant = following
        found.append(f"{instant.astimezone(ZoneInfo(zone)):%m-%d %H:%M:%S %z}")
    return found


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("daily 07:00", "2026-11-22 06:00", ["11-23 07:00:00 +0100", "11-24 07:00:00 +0100"]),
        ("daily 07:00", "2026-11-22 05:59:59.5", ["11-22 07:00:00 +0100", "11-23 07:00:00 +0100"]),
        ("weekdays 07:00", "2026-11-20 12:00", ["11-23 07:00:00 +0100", "11-24 07:00:00 +0100"]),
        ("weekly mon,thu 07:00", "2026-11-22 00:00", ["11-23 07:00:00 +0100", "11-26 07:00:00 +0100"]),
        ("monthly 1 07:00", "2026-11-22 00:00", ["12-01 07:00:00 +0100", "01-01 07:00:00 +0100"]),
        ("once 2026-12-01 07:00:05", "2026-11-22 00:00", ["12-01 07:00:05 +0100"]),
        ("once 2026-11-01 07:00", "2026-11-22 00:00", []),
        ("cron 0 7 * * mon-fri", "2026-11-20 12:00", ["11-23 07:00:00 +0100", "11-24 07:00:00 +0100"]),
        ("daily 07:00 from 2026-12-24", "2026-11-22 00:00", ["12-24 07:00:00 +0100", "12-25 07:00:00 +0100"]),
        ("daily 00:00 from 2026-12-24", "2026-11-22 00:00", ["12-24 00:00:00 +0100", "12-25 00:00:00 +0100"]),
        ("daily 07:00 from 2026-11-01", "2026-11-22 06:00", ["11-23 07:00:00 +0100", "11-24 07:00:00 +0100"]),
        ("daily 07:00 until 2026-11-23", "2026-11-22 00:00", ["11-22 07:00:00 +0100", "11-23 07:00:00 +0100"]),
        ("daily 23:59 until 2026-11-22", "2026-11-22 00:00", ["11-22 23:59:00 +0100"]),
        ("weekly tue 07:00 from 2026-11-18 until 2026-11-23", "2026-11-01 00:00", []),
        ("cron 5,20 0 7 * * *", "2026-11-22 00:00", ["11-22 07:00:05 +0100", "11-22 07:00:20 +0100"]),
    ],
)
def test_the_next_runs_by_the_clock_on_the_wall(text: str, after: str, expected: list[str]) -> None:
    assert runs(text, BERLIN, after, 2) == expected


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        # Spring, Berlin: on 29 March 02:00 is followed by 03:00.
        (
            "daily 02:30",
            BERLIN,
            "2026-03-27 12:00",
            ["03-28 02:30:00 +0100", "03-29 03:00:00 +0200", "03-30 02:30:00 +0200"],
        ),
        ("daily 02:00", BERLIN, "2026-03-28 12:00", ["03-29 03:00:00 +0200", "03-30 02:00:00 +0200"]),
        ("daily 03:00", BERLIN, "2026-03-28 12:00", ["03-29 03:00:00 +0200", "03-30 03:00:00 +0200"]),
        ("cron 30 2,3 * * *", BERLIN, "2026-03-28 12:00", ["03-29 03:00:00 +0200", "03-29 03:30:00 +0200"]),
        ("cron */20 2 * * *", BERLIN, "2026-03-28 12:00", ["03-29 03:00:00 +0200", "03-30 02:00:00 +0200"]),
        ("cron 15 30 2 * * *", BERLIN, "2026-03-28 12:00", ["03-29 03:00:00 +0200", "03-30 02:30:15 +0200"]),
        ("once 2026-03-29 02:30:05", BERLIN, "2026-03-28 12:00", ["03-29 03:00:00 +0200"]),
        # Autumn, Berlin: on 25 October 03:00 is followed by 02:00.
        ("daily 02:30", BERLIN, "2026-10-24 12:00", ["10-25 02:30:00 +0200", "10-26 02:30:00 +0100"]),
        ("daily 03:00", BERLIN, "2026-10-24 12:00", ["10-25 03:00:00 +0100", "10-26 03:00:00 +0100"]),
        ("cron 30 */2 * * *", BERLIN, "2026-10-25 00:00", ["10-25 02:30:00 +0200", "10-25 04:30:00 +0100"]),
        ("cron 30 * * * *", BERLIN, "2026-10-25 00:00", ["10-25 02:30:00 +0200", "10-25 03:30:00 +0100"]),
        ("once 2026-10-25 02:30", BERLIN, "2026-10-24 12:00", ["10-25 02:30:00 +0200"]),
        # New York: 8 March and 1 November.
        ("daily 02:30", NEW_YORK, "2026-03-08 00:00", ["03-08 03:00:00 -0400", "03-09 02:30:00 -0400"]),
        ("daily 01:30", NEW_YORK, "2026-11-01 00:00", ["11-01 01:30:00 -0400", "11-02 01:30:00 -0500"]),
        # Lord Howe moves by half an hour: 4 October 02:00 to 02:30, 5 April 02:00 to 01:30.
        ("daily 02:15", LORD_HOWE, "2026-10-03 12:00", ["10-04 02:30:00 +1100", "10-05 02:15:00 +1100"]),
        ("daily 02:30", LORD_HOWE, "2026-10-03 12:00", ["10-04 02:30:00 +1100", "10-05 02:30:00 +1100"]),
        ("daily 01:45", LORD_HOWE, "2026-04-04 12:00", ["04-05 01:45:00 +1100", "04-06 01:45:00 +1030"]),
        ("daily 02:00", LORD_HOWE, "2026-04-04 12:00", ["04-05 02:00:00 +1030", "04-06 02:00:00 +1030"]),
        # Midnight that did not exist, and a day that did not.
        ("daily 00:00", "America/Sao_Paulo", "2018-11-03 12:00", ["11-04 01:00:00 -0200", "11-05 00:00:00 -0200"]),
        (
            "daily 07:00",
            APIA,
            "2011-12-29 12:00",
            ["12-29 07:00:00 -1000", "12-31 00:00:00 +1400", "12-31 07:00:00 +1400"],
        ),
    ],
)
def test_a_clock_change_gives_each_run_once(text: str, zone: str, after: str, expected: list[str]) -> None:
    assert runs(text, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (29, ["01-29", "02-28", "03-29", "04-29"]),
        (30, ["01-30", "02-28", "03-30", "04-30"]),
        (31, ["01-31", "02-28", "03-31", "04-30"]),
    ],
)
def test_a_short_month_has_its_last_day_instead(day: int, expected: list[str]) -> None:
    assert [run[:5] for run in runs(f"monthly {day} 07:00", BERLIN, "2027-01-01 00:00", 4)] == expected
    assert runs(f"monthly {day} 07:00", BERLIN, "2028-02-01 00:00", 1) == ["02-29 07:00:00 +0100"]


@pytest.mark.parametrize(
    ("now", "latest"),
    [  # every hour at half past; in Berlin 00:00 to 01:00 UTC is the first 02:00 to 03:00, then comes the second
        ("2026-10-25 00:29:59", "2026-10-24 23:30"),
        ("2026-10-25 00:30", "2026-10-25 00:30"),
        ("2026-10-25 01:10", "2026-10-25 00:30"),
        ("2026-10-25 01:40", "2026-10-25 00:30"),
        ("2026-10-25 02:30", "2026-10-25 02:30"),
    ],
)
def test_looking_back_in_the_second_pass_of_an_hour_finds_the_run_of_the_first(now: str, latest: str) -> None:
    assert latest_at(parse_schedule("cron 30 * * * *", BERLIN), at(now)) == at(latest)


@pytest.mark.parametrize(
    ("text", "step"), [("cron * * * * *", timedelta(minutes=1)), ("cron * * * * * *", timedelta(seconds=1))]
)
def test_what_is_near_is_found_without_a_long_walk(text: str, step: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(wall: datetime, zone: ZoneInfo) -> datetime:
        nonlocal asked
        asked += 1
        return instant_of(wall, zone)

    monkeypatch.setattr("models.rules.occurrences.instant_of", counted)
    now, schedule = at("2026-11-22 12:34:56"), parse_schedule(text, BERLIN)
    latest = latest_at(schedule, now)
    assert latest is not None
    assert now - latest < timedelta(minutes=1)
    assert next_after(schedule, now) == latest + step
    assert asked <= 4


@pytest.mark.parametrize(
    ("now", "latest"),
    [
        ("2026-11-24 05:59", None),
        ("2026-11-24 06:00", "2026-11-24 06:00"),
        ("2026-11-26 12:00", "2026-11-26 06:00"),
        ("2027-06-01 00:00", "2026-11-26 06:00"),
    ],
)
def test_looking_back_sees_only_the_days_of_the_schedule(now: str, latest: str | None) -> None:
    schedule = parse_schedule("daily 07:00 from 2026-11-24 until 2026-11-26", BERLIN)
    assert latest_at(schedule, at(now)) == (None if latest is None else at(latest))


def test_a_time_without_a_zone_is_refused() -> None:
    schedule = parse_schedule("daily 07:00", BERLIN)
    with pytest.raises(ValueError, match="ambiguous"):
        next_after(schedule, datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ValueError, match="ambiguous"):
        latest_at(schedule, datetime(2026, 1, 1))  # noqa: DTZ001 - same


@given(SCHEDULES, INSTANTS)
def test_runs_come_one_after_another_and_never_twice(schedule: Schedule, start: datetime) -> None:
    instants = [start]
    while len(instants) < 12 and (following := next_after(schedule, instants[-1])) is not None:
        instants.append(following)
    assert all(one < other for one, other in pairwise(instants))
    walls = [instant.astimezone(schedule.zone).replace(tzinfo=None, fold=0) for instant in instants[1:]]
    assert len(set(walls)) == len(walls)  # the clock never shows the same time for two runs


@given(SCHEDULES, INSTANTS)
def test_looking_back_finds_what_looking_forward_found(schedule: Schedule, start: datetime) -> None:
    following = next_after(schedule, start)
    if following is not None:
        assert latest_at(schedule, following) == following
        before = latest_at(schedule, following - timedelta(microseconds=1))
        assert before is None or before <= start
        assert latest_at(schedule, start) == before


@given(walls("1990-01-01", 18000), st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, APIA]))
def test_the_instant_of_a_time_on_the_wall_is_the_first_that_shows_it_or_more(wall: datetime, zone: str) -> None:
    wall = wall.replace(microsecond=0)
    instant = instant_of(wall, ZoneInfo(zone))
    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    before = (instant - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    assert before < wall <= shown
