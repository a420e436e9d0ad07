"""When people are reminded of a count sheet: half-way, half an hour before it is due, and when it is due.

A short session has fewer reminders: one that would come at or after the next is left out, and nobody is reminded
within the first minutes of a sheet. The reminder that is due is the *latest* whose time has come, so that a clock that
was off, or a quiet window, gives one reminder and not three.
"""

from datetime import datetime, timedelta
from enum import StrEnum

LAST_BEFORE = timedelta(minutes=30)
SHORTEST_NOTICE = timedelta(minutes=10)
"""Nobody is reminded of a sheet sooner after it came than this."""


class Reminded(StrEnum):
    """How far the reminders of a session have gone, in their order."""

    NOT_YET = "not yet"
    HALF_WAY = "half-way"
    LAST = "last"
    DUE = "due"  # the approvers were asked what becomes of the rest


_ORDER = tuple(Reminded)


def reminder_due(started_at: datetime, due_at: datetime, reminded: Reminded, now: datetime) -> Reminded | None:
    """The reminder to give at `now`, when those up to `reminded` were given; None: none."""
    if now >= due_at:
        latest = Reminded.DUE
    elif now >= max(due_at - LAST_BEFORE, started_at + SHORTEST_NOTICE):
        latest = Reminded.LAST
    elif now >= max(started_at + (due_at - started_at) / 2, started_at + SHORTEST_NOTICE):
        latest = Reminded.HALF_WAY
    else:
        return None
    return latest if _ORDER.index(latest) > _ORDER.index(reminded) else None
