"""Where the working calendar lets a run happen: one occurrence of a schedule, and the slot it moves to.

- On a day that is not worked, or quiet from midnight to midnight, it moves to the same time of the next day that is.
- In a quiet window it moves to the window's end. A window that lasts until midnight takes the rest of the day: the run
  moves to the same time of the next open day. If that is quiet until midnight again, it takes that day's first free
  moment, so that night work ("22:00-24:00" and "00:00-06:00") goes on at 06:00 and is not put off for ever.
- Repeated until nothing is in the way. Whether the run is then still wanted is not asked here, see `models.rules.runs`.

Windows are read from the clock on the wall, as schedules are, and the clock's jumps follow `models.rules.occurrences`:
a slot that does not exist in spring is the first moment that does, and is judged by the time it then shows.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.occurrences import instant_of
from models.rules.workdays import DAY_MINUTES, LOOK_AHEAD, WHOLE_DAY, Stretch, WorkCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Run:
    """One run of a plan: its own time by the schedule, when it happens, and why these differ ("" when they do not).

    Both times are in UTC.
    """

    occurrence: datetime
    at: datetime
    moved_because: str = ""


def settle(calendar: WorkCalendar, zone: ZoneInfo, occurrence: datetime) -> Run | None:
    """The run of an occurrence, in the slot it moves to; None when there is none within two years."""
    own = wall_of(occurrence, zone)
    at = slot_from(calendar, zone, occurrence, own.time())
    if at is None:
        return None
    return Run(occurrence, at, _reason(calendar, own, wall_of(at, zone)) if at != occurrence else "")


def slot_from(calendar: WorkCalendar, zone: ZoneInfo, instant: datetime, own: time) -> datetime | None:
    """The first slot from `instant` on, for a run that comes from `own` o'clock; None: there is none in two years."""
    at, wall = instant, wall_of(instant, zone)
    while stretch := _in_the_way(calendar, wall):
        slot = _onwards(calendar, wall, stretch, own)
        if slot is None:
            return None
        at = instant_of(slot, zone)
        wall = wall_of(at, zone)
    return at


def opening(calendar: WorkCalendar, zone: ZoneInfo, instant: datetime) -> datetime | None:
    """The end of the closed stretch that `instant` lies in, however many days long: nothing may start before.

    It is `instant` itself when it is not in one, and None when nothing opens within two years.
    """
    wall = wall_of(instant, zone)
    stretch = _in_the_way(calendar, wall)
    if stretch is None:
        return instant
    day, end = wall.date(), stretch[1]
    for _ in range(LOOK_AHEAD):
        if end < DAY_MINUTES:
            return instant_of(_clock(day, end), zone)
        day += _DAY
        closed = calendar.closed(day)
        end = closed[0][1] if closed and closed[0][0] == 0 else 0
    return None


def closing(calendar: WorkCalendar, zone: ZoneInfo, instant: datetime) -> datetime | None:
    """The beginning of the closed stretch that `instant` lies in: from then on nothing may start.

    It is `instant` itself when it is not in one, and None when nothing was open for two years.
    """
    wall = wall_of(instant, zone)
    stretch = _in_the_way(calendar, wall)
    if stretch is None:
        return instant
    day, begin = wall.date(), stretch[0]
    for _ in range(LOOK_AHEAD):
        if begin > 0:
            return instant_of(_clock(day, begin), zone)
        day -= _DAY
        closed = calendar.closed(day)
        begin = closed[-1][0] if closed and closed[-1][1] == DAY_MINUTES else DAY_MINUTES
    return None


def is_open(calendar: WorkCalendar, zone: ZoneInfo, instant: datetime) -> bool:
    """Whether a run may start at that instant."""
    return _in_the_way(calendar, wall_of(instant, zone)) is None


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall in `zone` shows at that instant, without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, in UTC."""
    return instant_of(datetime.combine(day, time()), zone)


def _in_the_way(calendar: WorkCalendar, wall: datetime) -> Stretch | None:
    minute = wall.hour * 60 + wall.minute
    return next((stretch for stretch in calendar.closed(wall.date()) if stretch[0] <= minute < stretch[1]), None)


def _onwards(calendar: WorkCalendar, wall: datetime, stretch: Stretch, own: time) -> datetime | None:
    """The next time on the wall that may do, for a run that is held up by `stretch` and came from `own` o'clock."""
    day = wall.date()
    if stretch[1] < DAY_MINUTES:
        return _clock(day, stretch[1])
    for _ in range(LOOK_AHEAD):
        day += _DAY
        if WHOLE_DAY in calendar.closed(day):
            continue
        same_time = datetime.combine(day, own)
        held_up = _in_the_way(calendar, same_time)
        if held_up is None:
            return same_time
        if held_up[1] < DAY_MINUTES:
            return _clock(day, held_up[1])
        return _clock(day, 0)
    return None


def _reason(calendar: WorkCalendar, own: datetime, moved: datetime) -> str:
    day = own.date()
    if day == moved.date():
        return f"moved from {own:%H:%M}: quiet until {moved:%H:%M}"
    why = calendar.why_not(day)
    if why is None and calendar.closed(day) == (WHOLE_DAY,):
        edge = next((window.edge for window in calendar.quiet_windows(day) if window.edge), "")
        why = f"{edge} working day of the month" if edge else "quiet all day"
    why = why or "quiet for the rest of the day"
    if held_up := _in_the_way(calendar, datetime.combine(moved.date(), own.time())):
        why += f", then quiet until {moved:%H:%M}" if held_up[1] < DAY_MINUTES else f", then quiet at {own:%H:%M}"
    return f"moved from {own:%a} {own.day} {own:%b} {own:%H:%M}: {why}"


def _clock(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)
