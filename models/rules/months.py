"""Periods of the books: calendar months, which stock control locks, and the day on which the books take a movement.

A count is judged by its instant, whatever is locked. Only the day that other systems post it on moves: out of a locked
month, to the first day after it that lies in no locked month.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from models.errors import BadInput

EARLIEST_YEAR, LATEST_YEAR = 1970, 9000
_MONTHS = 12
_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})")
_LONGEST_QUOTE = 40


class Period(NamedTuple):
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> "Period":
        """The month after it."""
        return Period(self.year + self.month // _MONTHS, self.month % _MONTHS + 1)

    @property
    def name(self) -> str:
        """As people say it: “October 2026”."""
        return f"{self.first_day:%B} {self.year}"

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first instant in a zone, and the first one after it."""
        begins, ends = (datetime.combine(one.first_day, time.min, zone) for one in (self, self.after))
        return begins.astimezone(UTC), ends.astimezone(UTC)


@dataclass(frozen=True)
class Lock:
    """A month that is locked, and the instants `begins` (in it) and `ends` (not in it any more)."""

    period: Period
    begins: datetime
    ends: datetime

    def holds(self, instant: datetime) -> bool:
        """Whether the instant is in it."""
        return self.begins <= instant < self.ends


def read_period(text: str) -> Period:
    """Read a month as somebody types it, “2026-10”; BadInput for anything else."""
    found = _WRITTEN.fullmatch(text.strip())
    period = Period(int(found[1]), int(found[2])) if found else None
    if period is None or not 1 <= period.month <= _MONTHS or not EARLIEST_YEAR <= period.year <= LATEST_YEAR:
        raise BadInput(f"“{text.strip()[:_LONGEST_QUOTE]}” is not a month; write it like 2026-10.")
    return period


def first_open_day(day: date, locked: Collection[Period]) -> date:
    """The day itself, or the first one after it that is in no locked month."""
    period = Period.of(day)
    if period not in locked:
        return day
    while period in locked:
        period = period.after
    return period.first_day


def posting_day(occurred_at: datetime, locks: Iterable[Lock], *, not_before: date | None = None) -> date | None:
    """The day on which the books take what occurred then; None for the day it occurred on.

    `not_before`: what it takes back was taken on that day.
    """
    in_force = list(locks)
    locked = {lock.period for lock in in_force}
    if not_before is not None:
        return first_open_day(not_before, locked)
    inside = next((lock for lock in in_force if lock.holds(occurred_at)), None)
    return None if inside is None else first_open_day(inside.period.first_day, locked)


def refusal(lock: Lock, locks: Iterable[Lock], *, say: str = "date it") -> str:
    """Why a file may not date anything in a locked month, and what works; `say` is how one dates it."""
    works = first_open_day(lock.period.first_day, {one.period for one in locks})
    return f"{lock.period.name} is locked; {say} {works} or later, or ask stock control to unlock it"


def explained(posted_on: date, occurred_on: date, *, was: bool = False) -> str:
    """Why the books take it on another day: “dated 1 Nov: October is locked (counted 30 Oct)”.

    `was`: it was decided then, and need not be locked any more.
    """
    with_year = posted_on.year != occurred_on.year
    first, last = Period.of(occurred_on), Period.of(posted_on)
    names = f"{first.first_day:%B}"
    is_one = first.after >= last
    if not is_one:
        while first.after < last:
            first = first.after
        names += f" to {first.first_day:%B}"
    verb = ("was" if is_one else "were") if was else ("is" if is_one else "are")
    day, counted = (said(one, with_year=with_year) for one in (posted_on, occurred_on))
    return f"dated {day}: {names} {verb} locked (counted {counted})"


def said(day: date, *, with_year: bool = False) -> str:
    """A day as people say it: “1 Nov”."""
    return f"{day.day} {day:%b %Y}" if with_year else f"{day.day} {day:%b}"
