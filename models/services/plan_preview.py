"""What a plan would do, before it is switched on: its first run, the lines of it, and what it cannot keep.

The lines are chosen as the run would choose them, as of its time, from today's stock; nothing is written. It tells of
the on-hand (which bins are empty, what is worth most), so it is for those who make plans.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlmodel import Session

from models.plans import Pace as PlanPace
from models.rules.coverage import covered
from models.rules.levelling import Frequency, shortfall_text, shortfalls
from models.rules.policies import Policy, slots
from models.rules.runs import Run, next_run, runs_between
from models.rules.schedules import Schedule
from models.rules.workdays import WorkCalendar
from models.services import selection
from models.services.due_stock import Pace, pace_of
from models.services.item_classes import frequencies
from models.services.plan_schedule import leveled_run
from models.services.plan_terms import Leveled, Terms
from models.services.random_stock import seed_of
from models.services.reach import class_counts, reach_of

FIRST_BINS = 5
FIRST_RUNS = 60
A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Preview:
    """The first run of a plan as it stands now.

    `in_reach` counts the stocks the plan may choose from. `by_class` and `by_policy` count the `lines` of the first
    run; `first_bins` are the first five on the walk. `first_run` None: the schedule is over.
    """

    first_run: Run | None
    in_reach: int
    lines: int
    by_class: tuple[tuple[str, int], ...]
    by_policy: tuple[tuple[str, int], ...]
    first_bins: tuple[str, ...]
    warnings: tuple[str, ...]


def preview(session: Session, terms: Terms, rhythm: Schedule, now: datetime) -> Preview:
    """Look ahead for a plan with these terms that runs to this schedule."""
    pace = pace_of(session, terms.team_id, now)
    run = next_run(rhythm, pace.calendar, now)
    leveled = None if run is None else leveled_run(rhythm, pace.calendar, run)
    counts = class_counts(session, reach_of(session, terms))
    at = now if run is None else run.at
    picks = selection.choose(session, terms, now=at, seed=seed_of(0, at), leveled=leveled, counts=counts)
    return Preview(
        first_run=run,
        in_reach=sum(counts.values()),
        lines=len(picks),
        by_class=tuple(sorted(Counter(pick.stock.abc_class for pick in picks).items(), key=_unclassified_last)),
        by_policy=tuple(Counter(str(pick.policy) for pick in picks).most_common()),
        first_bins=tuple(dict.fromkeys(pick.stock.code for pick in picks))[:FIRST_BINS],
        warnings=tuple(_warnings(session, terms, pace, rhythm, leveled, counts, len(picks))),
    )


def _warnings(
    session: Session,
    terms: Terms,
    pace: Pace,
    rhythm: Schedule,
    leveled: Leveled | None,
    counts: dict[str, int],
    lines: int,
) -> list[str]:
    found = []
    if not counts:
        found.append("No stock is in these bins and categories, so there is nothing to count.")
    elif not lines:
        found.append("Nothing would be on the first sheet: what could be is not due yet, or is being counted.")
    if leveled is not None and terms.pace is PlanPace.LEVEL:
        found += _shortfalls(session, terms, pace, _days_a_run(rhythm, pace.calendar, leveled), counts)
    return found


def _shortfalls(session: Session, terms: Terms, pace: Pace, days_a_run: Fraction, counts: dict[str, int]) -> list[str]:
    """What the lines kept for due work cannot do at the frequencies that the classes have."""
    given = dict(zip((choice.policy for choice in terms.choices), slots(terms.choices, terms.lines), strict=True))
    if Policy.DUE not in given:
        return []
    often = [Frequency(letter, count) for letter, count in frequencies(session).items()]
    capacity = given[Policy.DUE] / days_a_run
    return [shortfall_text(short) for short in shortfalls(counts, often, pace.per_year, capacity)]


def _days_a_run(rhythm: Schedule, calendar: WorkCalendar, first: Leveled) -> Fraction:
    """The working days a run covers on average, of the first ones: one on a Monday may cover one, on a Friday four."""
    later = runs_between(rhythm, calendar, first.run.at, first.run.at + A_YEAR, most=FIRST_RUNS)
    if not later:
        return first.covered.days
    days = covered(rhythm, calendar, later[-1]).index - first.covered.index
    return days / len(later)


def _unclassified_last(counted: tuple[str, int]) -> tuple[bool, str]:
    return (not counted[0], counted[0])
