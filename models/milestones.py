"""Named points that the work passes on its way from a plan to a reconciled line.

Nothing happens at a milestone unless somebody observes it. The crash tests do: they end the process at each point in
turn and look at what is left. The list is an enum so that a point that is never reached can be found.
"""

from collections.abc import Callable
from enum import StrEnum


class Milestone(StrEnum):
    """The points, in the order one line passes them. "before" and "after" are seen from the database commit."""

    SESSION_WRITTEN = "session written, not committed"
    SESSION_STARTED = "session committed, not posted"
    DELIVERY_CLAIMED = "message claimed, not sent"
    DELIVERY_SENT = "message sent, not marked"
    DELIVERY_MARKED = "message marked as sent"
    COUNT_WRITTEN = "count written, not committed"
    COUNT_RECORDED = "count committed, not acknowledged"
    DECISION_WRITTEN = "decision written, not committed"
    DECISION_MADE = "decision committed, not acknowledged"


_observers: list[Callable[[Milestone], None]] = []


def observe(observer: Callable[[Milestone], None]) -> None:
    """Call `observer` at every milestone from now on, in this process."""
    _observers.append(observer)


def reached(milestone: Milestone) -> None:
    """Say that the work has come to `milestone`."""
    for observer in _observers:
        observer(milestone)
