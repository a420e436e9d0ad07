"""Which sums of months, weeks and days make up a period, where some days must be left out.

A period of years is a few months' sums and a few days' at its ends. A month or week that has a day to be left out is
read by its other days instead.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_WEEK = 7


class Span(StrEnum):
    """The length of time that a sum is of."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Run:
    """Spans that follow each other, by the first days of the first and the last one."""

    span: Span
    first: date
    last: date


def start_of(span: Span, day: date) -> date:
    """The first day of the span that a day is in; weeks begin on Monday."""
    match span:
        case Span.DAY:
            return day
        case Span.WEEK:
            return day - timedelta(days=day.weekday())
        case Span.MONTH:
            return day.replace(day=1)


def end_of(span: Span, day: date) -> date:
    """The last day of the span that a day is in."""
    match span:
        case Span.DAY:
            return day
        case Span.WEEK:
            return start_of(span, day) + timedelta(days=_WEEK - 1)
        case Span.MONTH:
            return (start_of(span, day) + timedelta(days=31)).replace(day=1) - _DAY


def cover(first: date, last: date, left_out: Collection[date], longest: Span) -> list[Run]:
    """Runs of `longest` spans and of days: every day from `first` to `last` is in one, but none that is left out."""
    broken = {start_of(longest, day) for day in left_out}
    found: list[Run] = []
    day = first
    while day <= last:
        start, end = start_of(longest, day), end_of(longest, day)
        if start == day and end <= last and start not in broken:
            _append(found, longest, day)
            day = end + _DAY
            continue
        for one in _days(day, min(end, last)):
            if one not in left_out:
                _append(found, Span.DAY, one)
        day = end + _DAY
    return found


def _append(found: list[Run], span: Span, start: date) -> None:
    """Add a span, to the run before where it follows it."""
    before = found[-1] if found else None
    if before is not None and before.span is span and end_of(span, before.last) + _DAY == start:
        found[-1] = Run(span, before.first, start)
    else:
        found.append(Run(span, start, start))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
