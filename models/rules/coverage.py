"""Which working days a run stands for, so that the runs of a plan together stand for every working day once.

A run covers the working days after the day of the run before it, up to and including its own: a weekly run five, a
daily one its day. Runs on one day share what the first would have covered, in equal parts that follow each other: of
two runs on a Monday, the second covers the later half. A `once` stands for its own day.
"""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from models.rules.runs import Run, days_covered, runs_on
from models.rules.schedules import Schedule
from models.rules.slots import wall_of
from models.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class Covered:
    """The last `days` working days up to the one with number `index`; both may be parts of a day."""

    days: Fraction
    index: Fraction


def covered(schedule: Schedule, calendar: WorkCalendar, run: Run) -> Covered:
    """What a run covers.

    Raises:
        BadInput: when the calendar leaves no time within two years.
    """
    days = days_covered(schedule, calendar, run)
    day = wall_of(run.at, schedule.zone).date()
    runs = () if schedule.once is not None else runs_on(schedule, calendar, day)
    later = len(runs) - bisect_right(runs, run.at)
    return Covered(days, calendar.index(day) - later * days)
