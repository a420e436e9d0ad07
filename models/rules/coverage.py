"""Which working days a run stands for, so that the runs of a plan together stand for every working day once.

A run covers the working days after the day of the run before it, up to and including its own: a weekly run five, a
daily one its day. Runs on one day share what the first would have covered, in equal parts that follow each other: of
two runs on a Monday, the second covers the later half. A `once` stands for its own day.
"""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from models.rules.runs import Run, days_covered, runs_between
from models.rules.schedules import Schedule
from models.rules.slots import midnight, wall_of
from models.rules.workdays import WorkCalendar

MOST_A_DAY = 24 * 60


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
    later = 0
    if schedule.once is None:
        end = midnight(day + timedelta(days=1), schedule.zone) - timedelta(microseconds=1)
        later = len(runs_between(schedule, calendar, run.at, end, most=MOST_A_DAY))
    return Covered(days, calendar.index(day) - later * days)
