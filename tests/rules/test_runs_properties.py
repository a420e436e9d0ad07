"""What holds for the runs of any schedule on any working calendar, most of all around a change of the clock."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given
from hypothesis import strategies as st

from models.errors import BadInput
from models.rules.calendars import parse_calendar, require_time_left
from models.rules.occurrences import latest_at, next_after
from models.rules.runs import ON_TIME, Run, catch_up, days_covered, latest_run, next_run, runs_between
from models.rules.schedules import Schedule, parse_schedule
from models.rules.slots import settle
from models.rules.workdays import DayRange, QuietWindow, WorkCalendar

BERLIN, NEW_YORK, LORD_HOWE, APIA = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
MONDAYS_BY_DAY = parse_calendar(holidays="", working_days="mon", shutdowns="", quiet="22:00-24:00; 00:00-06:00")

SCHEDULES = st.builds(
    parse_schedule,
    st.sampled_from(
        [
            *("daily 02:30", "daily 07:00", "daily 12:00", "daily 23:30", "weekdays 00:00", "weekly sun 02:00"),
            *("weekly mon,thu 16:00", "monthly 31 01:45", "cron 30 */3 * * *", "cron 0,30 1-3 * * *"),
            *("cron */20 * * * *", "cron 0 20 * * sun", "once 2026-03-29 02:30:05", "once 2026-10-25 02:30"),
        ]
    ),
    st.sampled_from(["UTC", BERLIN, NEW_YORK, LORD_HOWE, "America/Sao_Paulo", APIA]),
)
CHANGES = [
    "2026-03-26",
    "2026-10-22",
    "2026-03-05",
    "2026-10-30",
    "2026-04-02",
    "2026-10-01",
    "2018-11-01",
    "2011-12-27",
]
INSTANTS = st.one_of(
    *(st.datetimes(start, start + timedelta(days=7)) for start in map(datetime.fromisoformat, CHANGES)),
    st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - both get their zone below
).map(lambda wall: wall.replace(tzinfo=UTC))
MINUTES = st.one_of(st.integers(0, 48).map(lambda half: half * 30), st.integers(0, 1440))
WINDOWS = st.tuples(
    MINUTES,
    MINUTES,
    st.sets(st.integers(0, 6), min_size=1) | st.just(set(range(7))),
    st.sampled_from(["", "", "first", "last"]),
).filter(lambda made: made[0] != made[1])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, WorkCalendar, datetime]:
    """A schedule, a calendar with days off around an instant, and the instant."""
    instant = draw(INSTANTS)
    shutdowns = draw(st.lists(st.tuples(st.integers(-30, 30), st.integers(0, 25)), max_size=2))
    calendar = WorkCalendar(
        frozenset(draw(st.sets(st.integers(0, 6), min_size=1) | st.just({0, 1, 2, 3, 4}))),
        draw(st.sampled_from([None, "DE", "US"])),
        None,
        tuple(DayRange((instant + off * DAY).date(), (instant + (off + days) * DAY).date()) for off, days in shutdowns),
        tuple(
            QuietWindow(min(one, two), max(one, two), frozenset(days), edge)  # type: ignore[arg-type]  # one of the three
            for one, two, days, edge in draw(st.lists(WINDOWS, max_size=3))
        ),
    )
    try:
        require_time_left(calendar, min([instant.date(), *(closed.first for closed in calendar.shutdowns)]))
    except BadInput:
        assume(condition=False)
    return draw(SCHEDULES), calendar, instant


def is_allowed(calendar: WorkCalendar, zone: ZoneInfo, instant: datetime) -> bool:
    """The definition once more, day by day and window by window."""
    wall = instant.astimezone(zone)
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    if calendar.why_not(day) is not None:
        return False
    month = [each for each in (day.replace(day=1) + ahead * DAY for ahead in range(31)) if each.month == day.month]
    worked = [each for each in month if calendar.why_not(each) is None]
    edges = {"": True, "first": worked[0] == day, "last": worked[-1] == day}
    return not any(
        edges[window.edge] and day.weekday() in window.weekdays and window.begin <= minute < window.end
        for window in calendar.quiet
    )


def walked(schedule: Schedule, calendar: WorkCalendar, start: datetime, end: datetime) -> list[Run]:
    """The kept runs whose own time lies between two instants: every occurrence asked, one after another."""
    found = []
    occurrence = next_after(schedule, start)
    while occurrence is not None and occurrence <= end:
        following = next_after(schedule, occurrence)
        run = settle(calendar, schedule.zone, occurrence)
        assert run is not None
        if following is None or run.at < following:
            found.append(run)
        occurrence = following
    return found


@given(SCHEDULES, INSTANTS)
def test_without_a_calendar_runs_are_occurrences(schedule: Schedule, start: datetime) -> None:
    found = runs_between(schedule, WorkCalendar(), start, start + 400 * DAY, most=12)
    occurrences: list[Run] = []
    after = next_after(schedule, start)
    while after is not None and after <= start + 400 * DAY and len(occurrences) < 12:
        occurrences.append(Run(after, after))
        after = next_after(schedule, after)
    assert found == occurrences
    latest = latest_at(schedule, start)
    assert latest_run(schedule, WorkCalendar(), start) == (Run(latest, latest) if latest else None)


@given(cases())
def test_runs_happen_when_they_may_each_before_the_next_occurrence(
    case: tuple[Schedule, WorkCalendar, datetime],
) -> None:
    schedule, calendar, start = case
    found = runs_between(schedule, calendar, start, start + 1000 * DAY, most=12)
    for run in found:
        assert is_allowed(calendar, schedule.zone, run.at)
        assert (run.at == run.occurrence) == is_allowed(calendar, schedule.zone, run.occurrence)
        assert bool(run.moved_because) == (run.at != run.occurrence)
        assert run.occurrence <= run.at
        following = next_after(schedule, run.occurrence)
        assert following is None or run.at < following
        assert run.at.tzinfo is UTC
    assert all(one.occurrence < two.occurrence and one.at < two.at for one, two in pairwise(found))
    assert all(run.at > start for run in found)


@given(cases(), st.integers(0, 40))
@example((parse_schedule("cron */20 * * * *", BERLIN), MONDAYS_BY_DAY, datetime(2026, 3, 29, tzinfo=UTC)), 3)
def test_jumping_over_closed_days_finds_what_walking_finds(
    case: tuple[Schedule, WorkCalendar, datetime], days: int
) -> None:
    schedule, calendar, start = case
    days = min(days, 4) if "*/20" in schedule.text else days
    end = start + days * DAY
    expected = [run for run in walked(schedule, calendar, start - days * DAY, end) if run.at <= end]
    assert [run for run in runs_between(schedule, calendar, start, end) if run.occurrence > start] == [
        run for run in expected if run.occurrence > start
    ]
    assert [run for run in runs_between(schedule, calendar, start - days * DAY, end) if run in expected] == expected
    latest = latest_run(schedule, calendar, end)
    if expected:
        assert latest == expected[-1]
    else:
        assert latest is None or latest.occurrence <= start - days * DAY


@given(cases(), st.timedeltas(timedelta(0), timedelta(days=20)))
def test_looking_back_finds_what_looking_forward_found(
    case: tuple[Schedule, WorkCalendar, datetime], ahead: timedelta
) -> None:
    schedule, calendar, start = case
    run = next_run(schedule, calendar, start)
    if run is None:
        return
    assert latest_run(schedule, calendar, run.at) == run
    before = latest_run(schedule, calendar, run.at - INSTANT)
    assert before is None or before.at <= start
    assert latest_run(schedule, calendar, start) == before
    now = min(start + ahead, run.at - INSTANT)
    assert next_run(schedule, calendar, now) == run


@given(cases(), st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_tick_runs_the_latest_within_grace_and_moves_past_now(
    case: tuple[Schedule, WorkCalendar, datetime], away: timedelta, grace: timedelta
) -> None:
    schedule, calendar, start = case
    stored = next_run(schedule, calendar, start)
    if stored is None:
        return
    now = start + away
    found = catch_up(schedule, calendar, stored, now, grace)
    assert found.next is None or found.next.at > now
    latest = latest_run(schedule, calendar, now)
    if now < stored.at:
        assert (found.run, found.next) == (None, stored)
        return
    assert latest is not None
    is_late = now - latest.at > ON_TIME and not is_allowed(calendar, schedule.zone, now)
    assert found.run == (latest if now - latest.at <= grace and not is_late else None)
    following = next_run(schedule, calendar, now)
    if found.next != following:  # it is put off
        assert found.next is not None
        assert (found.run, found.next.occurrence) == (None, latest.occurrence)
        assert is_late
        assert is_allowed(calendar, schedule.zone, found.next.at)
        assert following is None or found.next.at < following.at
        assert catch_up(schedule, calendar, found.next, found.next.at, grace).run == found.next
    elif found.next is not None:
        assert found.next.occurrence > latest.occurrence
        again = catch_up(schedule, calendar, found.next, now, grace)
        assert (again.run, again.next) == (None, found.next)


@given(cases(), cases(), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_nothing_is_started_twice_when_schedule_and_calendar_change(
    before: tuple[Schedule, WorkCalendar, datetime], after: tuple[Schedule, WorkCalendar, datetime], away: timedelta
) -> None:
    stored = next_run(before[0], before[1], before[2])
    if stored is None:
        return
    now, started = stored.at + away, list[Run]()
    for _ in range(3):
        found = catch_up(after[0], after[1], stored, now, timedelta(days=3))
        if found.run is not None:
            started.append(found.run)
            assert found.run.at <= now
        if found.next is None:
            break
        assert found.next.at > now
        stored, now = found.next, found.next.at
    assert all(one.occurrence < two.occurrence for one, two in pairwise(started))


@given(cases())
def test_the_runs_together_stand_for_the_working_days(case: tuple[Schedule, WorkCalendar, datetime]) -> None:
    schedule, calendar, start = case
    assume(schedule.once is None)
    found = runs_between(schedule, calendar, start, start + 1000 * DAY, most=200 if "cron" in schedule.text else 8)
    dates = [run.at.astimezone(schedule.zone).date() for run in found]
    whole = [run for run, day in zip(found, dates, strict=True) if dates[0] < day < dates[-1]]  # a day may be cut short
    if not whole:
        return
    last = max(day for day in dates if day < dates[-1])
    total = sum((days_covered(schedule, calendar, run) for run in whole), Fraction(0))
    assert total == calendar.count(dates[0], last)
