"""Which stock is overdue: what has waited longer than its interval and its float, in working days.

It is overdue from the day on that its promise (see `models.rules.levelling`) cannot be kept any more, so a line that a
run of today would still count in time is not.
"""

from bisect import bisect_right
from datetime import date
from fractions import Fraction

from models.rules.due_order import DueTerms
from models.rules.workdays import WorkCalendar

LONGEST_WAIT_DAYS = 40 * 366
"""How far back a day is looked for; an interval is a few years at the longest."""


def overdue_since(calendar: WorkCalendar, length: Fraction, today: date) -> date:
    """The last day from which something that waits for a count is overdue today; `length`: its interval."""
    over = DueTerms.of(length, ahead=0).used_up_after
    worked = calendar.index(today) - over
    first = today.toordinal() - LONGEST_WAIT_DAYS

    def worked_until(number: int) -> int:
        return calendar.index(date.fromordinal(number))

    return date.fromordinal(first + bisect_right(range(first, today.toordinal() + 1), worked, key=worked_until) - 1)
