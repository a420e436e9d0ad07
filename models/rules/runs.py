"""When a plan runs on a working calendar: which occurrences of its schedule are kept, and when each happens.

`models.rules.occurrences` says when a schedule comes around, `models.rules.slots` where the calendar moves that to. A
moved run that would come at or after the next occurrence is dropped, because that one covers it: a daily plan has one
run on Monday and not three. So for kept runs

    occurrence  <=  at  <  the next occurrence of the schedule

and they follow one another in both times. The last occurrence before a closed stretch ends is the only one of that
stretch that can be kept, so looking ahead or back jumps over the stretch, whatever happens in it (a shutdown of two
weeks holds 20,000 occurrences of a plan that runs every minute). A `once` has no next occurrence and is never dropped;
a schedule with a last day has no run after it, so there what would move beyond is dropped too.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from models.errors import BadInput
from models.rules.occurrences import latest_at, next_after
from models.rules.schedules import Schedule
from models.rules.slots import Run, closing, is_open, midnight, opening, settle, slot_from, wall_of
from models.rules.workdays import LOOK_AHEAD, WorkCalendar

__all__ = [
    "CatchUpRun",
    "Run",
    "catch_up",
    "days_covered",
    "has_run",
    "latest_run",
    "next_run",
    "runs_between",
    "runs_on",
]

MOST = 1000
"""The most runs that are listed when nothing else is said."""

MOST_A_DAY = 24 * 60
"""More runs on one day than this are counted as this many when they share the day."""

ON_TIME = timedelta(minutes=5)
"""A run that starts no later than this after its time is on time: it starts whatever has closed meanwhile, and is due
from its time on. A later one has its full working time, counted from the start."""

_INSTANT = timedelta(microseconds=1)  # the shortest time there is
_LONGEST = timedelta(days=LOOK_AHEAD)


@dataclass(frozen=True)
class CatchUpRun:
    """What a plan does now: `run` is the one to start (None: nothing), `next` the first one after now.

    `over` is the occurrence that has had its turn, started or missed: it does not come again, and none before it does.
    Where `next` is put off, it is the instant before its occurrence.
    """

    run: Run | None
    next: Run | None
    over: datetime | None


def next_run(schedule: Schedule, calendar: WorkCalendar, after: datetime, since: datetime | None = None) -> Run | None:
    """The first kept run that happens strictly after `after`; None when there is none (a `once` that is over).

    Its own time may lie before `after`: a run moved from Sunday to Monday is still to come on Sunday evening. But it
    lies after `since`, when that is given.

    Raises:
        BadInput: when the calendar leaves no time within two years.
        ValueError: when `after` has no zone.
    """
    started = latest_at(schedule, after)
    if started is not None and (since is None or started > since) and not is_open(calendar, schedule.zone, started):
        run = _kept(schedule, calendar, started)
        if run is not None and run.at > after:
            return run
    first = occurrence = next_after(schedule, after if since is None else max(after, since))
    while first is not None and occurrence is not None:
        end = opening(calendar, schedule.zone, occurrence)
        if end is None or occurrence - first > _LONGEST:
            raise BadInput(
                f"“{schedule.text}” finds no time in the two years after {_day(wall_of(occurrence, schedule.zone))}: "
                "every day is closed. Change the working days, the shutdowns or the quiet windows."
            )
        if end == occurrence:
            return Run(occurrence, occurrence)
        last = max(occurrence, latest_at(schedule, end - _INSTANT) or occurrence)
        run = _kept(schedule, calendar, last)
        if run is not None:
            return run
        occurrence = next_after(schedule, last)
    return None


def latest_run(schedule: Schedule, calendar: WorkCalendar, now: datetime) -> Run | None:
    """The last kept run that happens at or before `now`; None when there is none (a `once` still to come).

    Also None when nothing was open in the two years before.

    Raises:
        ValueError: when `now` has no zone.
    """
    occurrence = latest_at(schedule, now)
    while occurrence is not None:
        run = _kept(schedule, calendar, occurrence)
        if run is not None and run.at <= now:
            return run
        begin = closing(calendar, schedule.zone, occurrence)
        occurrence = None if begin is None else latest_at(schedule, begin - _INSTANT)
    return None


def runs_between(
    schedule: Schedule,
    calendar: WorkCalendar,
    after: datetime,
    until: datetime,
    most: int = MOST,
    since: datetime | None = None,
) -> list[Run]:
    """The kept runs that happen after `after`, up to and including `until`: the first `most` of them.

    With `since`, only those whose own time lies after it.

    Raises:
        BadInput: when the calendar leaves no time within two years.
        ValueError: when a time has no zone.
    """
    found: list[Run] = []
    while len(found) < most:
        run = next_run(schedule, calendar, found[-1].at if found else after, since)
        if run is None or run.at > until:
            break
        found.append(run)
    return found


def catch_up(schedule: Schedule, calendar: WorkCalendar, next_run: Run, now: datetime, grace: timedelta) -> CatchUpRun:
    """What to do about a plan whose next run was stored as `next_run`.

    Nothing before it happens. From then on the latest kept run up to `now` is started, if it is not older than `grace`
    counted from when it happens; earlier missed ones are dropped. When it is late and nothing may start now, it is put
    off: `next` is the same occurrence in the next slot, from which its grace is counted then. If that lies beyond the
    next occurrence or the last day, it is dropped as every moved run is. `next_run` itself counts as kept, also when
    the schedule, the calendar or the rules of the zone changed after it was stored, and no occurrence before its own is
    started any more. What had its turn does not come again, started or missed, also when the calendar would now move
    it to a later time.
    Where the two agree, the run comes with the reason it was moved for, so that need not be stored.

    Raises:
        BadInput: when the calendar leaves no time within two years.
    """
    if now < next_run.at:
        return CatchUpRun(run=None, next=next_run, over=None)
    happened = latest_run(schedule, calendar, now) or next_run
    latest = max(happened, next_run, key=lambda run: (run.occurrence, run.at))
    following = _following(schedule, calendar, now, latest.occurrence)
    if now - latest.at > grace:
        return CatchUpRun(run=None, next=following, over=latest.occurrence)
    if now - latest.at <= ON_TIME or is_open(calendar, schedule.zone, now):
        return CatchUpRun(run=latest, next=following, over=latest.occurrence)
    slot = slot_from(calendar, schedule.zone, now, wall_of(latest.occurrence, schedule.zone).time())
    if slot is not None and _is_in_time(schedule, put_off := Run(latest.occurrence, slot)):
        return CatchUpRun(run=None, next=put_off, over=latest.occurrence - _INSTANT)
    return CatchUpRun(run=None, next=following, over=latest.occurrence)


def has_run(schedule: Schedule, before: Schedule, run: Run) -> bool:
    """Whether a run of the schedule `before` is one of `schedule` too: the same times, and it lies between the days."""
    if (schedule.crons, schedule.once, schedule.zone) != (before.crons, before.once, before.zone):
        return False
    first, last = wall_of(run.occurrence, schedule.zone).date(), wall_of(run.at, schedule.zone).date()
    return (schedule.first or first) <= first and last <= (schedule.last or last)


def days_covered(schedule: Schedule, calendar: WorkCalendar, run: Run) -> Fraction:
    """How many working days a run stands for, so that the runs of a year together stand for its working days.

    These are the days after the day of the previous run, up to and including its own, and at least one. Runs on one
    day share them equally: a plan that runs twice a day gives each run half of them. A `once` stands for one day.

    Raises:
        BadInput: when the calendar leaves no time within two years.
    """
    if schedule.once is not None:
        return Fraction(1)
    day = wall_of(run.at, schedule.zone).date()
    before = latest_run(schedule, calendar, min(run.occurrence, midnight(day, schedule.zone)) - _INSTANT)
    days = 1 if before is None else calendar.count(wall_of(before.at, schedule.zone).date(), day)
    return Fraction(max(days, 1), max(len(runs_on(schedule, calendar, day)), 1))


@lru_cache(maxsize=1024)
def runs_on(schedule: Schedule, calendar: WorkCalendar, day: date) -> tuple[datetime, ...]:
    """When the runs of a day happen, in order."""
    begin, end = midnight(day, schedule.zone), midnight(day + timedelta(days=1), schedule.zone)
    found = runs_between(schedule, calendar, begin - _INSTANT, end - _INSTANT, most=MOST_A_DAY)
    return tuple(run.at for run in found)


_following = next_run  # where an argument has that name


def _kept(schedule: Schedule, calendar: WorkCalendar, occurrence: datetime) -> Run | None:
    """The run of an occurrence; None when the next one covers it, or when it finds no slot before the last day ends."""
    run = settle(calendar, schedule.zone, occurrence)
    return run if run is None or run.at == occurrence or _is_in_time(schedule, run) else None


def _is_in_time(schedule: Schedule, run: Run) -> bool:
    """Whether a moved run happens before the next occurrence, and on the last day at the latest."""
    if schedule.last is not None and wall_of(run.at, schedule.zone).date() > schedule.last:
        return False
    following = next_after(schedule, run.occurrence)
    return following is None or run.at < following


def _day(wall: datetime) -> str:
    return f"{wall.day} {wall:%b %Y}"
