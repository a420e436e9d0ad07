"""Which days are worked, and how many: the calendar on which counting is planned.

A day is worked when its weekday is, when it is no public holiday and in no shutdown. Quiet windows say when on a worked
day nobody should be asked to count. They move a run and take no day from the calendar: a day that is quiet from
midnight to midnight is still one of the days between two counts, so that closing the last day of a month to counting
does not let items wait longer than promised.

Everything is asked for thousands of days in a run, so each year of a calendar is worked out once and remembered.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from models.rules.public_holidays import names_in

EVERY_WEEKDAY = frozenset(range(7))
"""Monday is 0, as Python counts them."""

DAY_MINUTES = 24 * 60
LOOK_AHEAD = 2 * 366
"""How many days are searched for a worked one before the calendar is called closed."""

YEAR_DAYS = 365
EPOCH_YEAR = 2000
_DAY = timedelta(days=1)

Edge = Literal["", "first", "last"]
Stretch = tuple[int, int]
"""Minutes of a day, from the first up to and without the second: (690, 780) is 11:30 to 13:00."""

WHOLE_DAY: Stretch = (0, DAY_MINUTES)


@dataclass(frozen=True, order=True)
class DayRange:
    """Days from the first to the last, both of them included."""

    first: date
    last: date


@dataclass(frozen=True)
class QuietWindow:
    """Minutes `begin` to `end` of a day: on these weekdays, or on the first or last working day of each month."""

    begin: int
    end: int
    weekdays: frozenset[int] = EVERY_WEEKDAY
    edge: Edge = ""


@dataclass(frozen=True)
class WorkCalendar:
    """Weekdays worked, holidays of a country and region, shutdowns, quiet windows; by default every day is worked."""

    weekdays: frozenset[int] = EVERY_WEEKDAY
    country: str | None = None
    subdivision: str | None = None
    shutdowns: tuple[DayRange, ...] = ()
    quiet: tuple[QuietWindow, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    def is_working(self, day: date) -> bool:
        """Whether the day is worked; quiet windows do not matter."""
        through = _year(self, day.year).through
        place = _place(day)
        return through[place + 1] > through[place]

    def why_not(self, day: date) -> str | None:
        """Why the day is not worked: “shutdown until 1 Jan”, “Christmas Day”, “not a working day”; or None."""
        shut = [closed for closed in self.shutdowns if closed.first <= day <= closed.last]
        if shut:
            last = max(closed.last for closed in shut)
            return f"shutdown until {last.day} {last:%b}" if last > min(shut).first else "shutdown"
        if holiday := self._holidays(day.year).get(day):
            return holiday
        return None if day.weekday() in self.weekdays else "not a working day"

    def index(self, day: date) -> int:
        """How many days were worked from 1 January 2000 up to and including `day`; less than 0 long before that."""
        return _before(self, day.year) + _year(self, day.year).through[_place(day) + 1]

    def count(self, after: date, until: date) -> int:
        """How many days are worked after `after`, up to and including `until`; negative the other way round."""
        return self.index(until) - self.index(after)

    def per_year(self, year: int) -> int:
        """How many days of the year are worked."""
        return _year(self, year).through[-1]

    def year_from(self, day: date) -> int:
        """How many of the 365 days that begin with `day` are worked; read from years already worked out."""
        return self.count(day - _DAY, day + (YEAR_DAYS - 1) * _DAY)

    def closed(self, day: date) -> tuple[Stretch, ...]:
        """When on that day nothing may start, in order and apart from each other; the whole of a day not worked."""
        if not self.is_working(day):
            return (WHOLE_DAY,)
        if not self.quiet:
            return ()
        year, place = _year(self, day.year), _place(day)
        return _quiet(self, day.weekday(), place in year.firsts, place in year.lasts)

    def quiet_windows(self, day: date) -> Iterator[QuietWindow]:
        """The quiet windows of a worked day."""
        year, place = _year(self, day.year), _place(day)
        return _windows(self, day.weekday(), place in year.firsts, place in year.lasts)

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, field.name) for field in fields(self)))

    def _holidays(self, year: int) -> dict[date, str]:
        return dict(names_in(self.country, self.subdivision, year)) if self.country else {}


class _Year(NamedTuple):
    """A year of a calendar; days are numbered from 0."""

    through: tuple[int, ...]  # how many days were worked before day 0, 1, ... and before the year after
    firsts: frozenset[int]  # the first worked day of each month, and below the last
    lasts: frozenset[int]


@lru_cache(maxsize=2048)
def _year(calendar: WorkCalendar, year: int) -> _Year:
    new_year, days = date(year, 1, 1), date(year, 12, 31).timetuple().tm_yday
    shift = new_year.weekday()
    worked = [(shift + place) % 7 in calendar.weekdays for place in range(days)]
    if calendar.country:
        for holiday in names_in(calendar.country, calendar.subdivision, year):
            worked[_place(holiday)] = False
    for closed in calendar.shutdowns:
        if closed.first.year <= year <= closed.last.year:
            first = _place(closed.first) if closed.first.year == year else 0
            last = _place(closed.last) if closed.last.year == year else days - 1
            worked[first : last + 1] = [False] * (last + 1 - first)
    through = tuple(accumulate(worked, initial=0))
    starts = [_place(date(year, month, 1)) for month in range(1, 13)] + [days]
    firsts, lasts = set(), set()
    for start, end in pairwise(starts):
        if through[end] > through[start]:
            firsts.add(worked.index(True, start))
            lasts.add(bisect_left(through, through[end]) - 1)
    return _Year(through, frozenset(firsts), frozenset(lasts))


@lru_cache(maxsize=2048)
def _before(calendar: WorkCalendar, year: int) -> int:
    """How many days were worked from the epoch up to that year, negative for a year before it."""
    if year >= EPOCH_YEAR:
        return sum(calendar.per_year(past) for past in range(EPOCH_YEAR, year))
    return -sum(calendar.per_year(later) for later in range(year, EPOCH_YEAR))


@lru_cache(maxsize=2048)
def _quiet(calendar: WorkCalendar, weekday: int, is_first: bool, is_last: bool) -> tuple[Stretch, ...]:  # noqa: FBT001 - what a day is, and the cache wants it by position
    merged: list[Stretch] = []
    for window in sorted(_windows(calendar, weekday, is_first, is_last), key=lambda window: window.begin):
        if merged and window.begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], window.end))
        else:
            merged.append((window.begin, window.end))
    return tuple(merged)


def _windows(calendar: WorkCalendar, weekday: int, is_first: bool, is_last: bool) -> Iterator[QuietWindow]:  # noqa: FBT001 - same
    edges = {"first": is_first, "last": is_last, "": True}
    return (window for window in calendar.quiet if edges[window.edge] and weekday in window.weekdays)


def _place(day: date) -> int:
    return day.toordinal() - date(day.year, 1, 1).toordinal()
