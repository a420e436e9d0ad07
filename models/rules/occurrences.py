"""When a plan runs: from a schedule to instants in UTC.

A schedule speaks of the clock on the warehouse wall ("daily 07:00" in Europe/Berlin), and twice a year that clock
jumps. Two rules keep every run to exactly one:

- In spring some times do not exist. A run due then happens at the first moment that does exist (02:30 becomes 03:00),
  together with any other run that falls on that moment.
- In autumn some times exist twice. A run happens at the first of the two and not at the second; also a run every
  ten minutes, so that no instant has two names.

cronsim walks the calendar. It is given the clock on the wall without a zone, because with one it treats cron lines in
two ways (by fields that begin with `*`) and fires some of them twice in autumn, or not at all in spring; the zone is
applied here.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from models.rules.schedules import Schedule, parse_schedule

__all__ = ["Schedule", "instant_of", "latest_at", "next_after", "parse_schedule"]

_SECOND = timedelta(seconds=1)
_INSTANT = timedelta(microseconds=1)  # the shortest time there is
_DAY = timedelta(days=1)


def next_after(schedule: Schedule, after: datetime) -> datetime | None:
    """The first occurrence strictly after `after`, in UTC; None when there is none (the schedule is over).

    Raises:
        ValueError: when `after` has no zone.
    """
    after = _utc(after)
    if schedule.once is not None:
        once = instant_of(schedule.once, schedule.zone)
        return once if once > after else None
    if schedule.first is not None:
        after = max(after, _begin(schedule.first, schedule.zone) - _INSTANT)
    start = after.astimezone(schedule.zone).replace(tzinfo=None, fold=0)
    found = _best(min, schedule, CronSim, start, lambda instant: instant > after)
    is_over = found is not None and schedule.last is not None and found >= _begin(schedule.last + _DAY, schedule.zone)
    return None if is_over else found


def latest_at(schedule: Schedule, now: datetime) -> datetime | None:
    """The last occurrence at or before `now`, in UTC; None when there is none (all of them are still to come).

    Raises:
        ValueError: when `now` has no zone.
    """
    now = _utc(now)
    if schedule.once is not None:
        once = instant_of(schedule.once, schedule.zone)
        return once if once <= now else None
    if schedule.last is not None:
        now = min(now, _begin(schedule.last + _DAY, schedule.zone) - _INSTANT)
    local = now.astimezone(schedule.zone)
    wall = local.replace(tzinfo=None, fold=0)
    if local.fold:
        # The second pass of an autumn hour: every time of that hour has had its turn in the first pass already.
        wall += _offset(wall, schedule.zone) - _offset(wall.replace(fold=1), schedule.zone)
    start = wall.replace(microsecond=0) + _SECOND  # cronsim looks strictly before its start
    found = _best(max, schedule, _backwards, start, lambda instant: instant <= now)
    is_early = found is not None and schedule.first is not None and found < _begin(schedule.first, schedule.zone)
    return None if is_early else found


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC at which the clock in `zone` shows `wall`: the first of two, or the first one after a gap."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(first, zone) == wall:
        return first
    # The time was skipped. Read with the offset of after the jump it lies before it, and the other way round; the
    # jump itself is the first second at which the clock shows more than `wall`.
    before, jump = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    while jump - before > _SECOND:
        middle = before + (jump - before) // 2
        middle = middle.replace(microsecond=0)
        if _wall(middle, zone) > wall:
            jump = middle
        else:
            before = middle
    return jump


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return instant_of(datetime.combine(day, time.min), zone)


def _best(
    choose: Callable[[list[datetime]], datetime],
    schedule: Schedule,
    walk: Callable[[str, datetime], CronSim],
    start: datetime,
    is_wanted: Callable[[datetime], bool],
) -> datetime | None:
    """Walk each cron line from `start` to its first wanted instant, and choose among those."""
    found = []
    for cron in schedule.crons:
        # Only times around a clock change are passed over here, an hour's worth at the most.
        instants = (instant_of(wall, schedule.zone) for wall in walk(cron, start))
        instant = next((instant for instant in instants if is_wanted(instant)), None)
        if instant is not None:
            found.append(instant)
    return choose(found) if found else None


def _backwards(cron: str, start: datetime) -> CronSim:
    return CronSim(cron, start, reverse=True)


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    return wall.replace(tzinfo=zone).utcoffset() or timedelta(0)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"a time without a zone is ambiguous: {instant.isoformat()}")
    return instant.astimezone(UTC)
