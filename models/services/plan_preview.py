"""What a plan would do, before it is switched on: its first run, the lines of it, and what it cannot keep.

The lines are chosen as the run would choose them, as of its time, from today's stock; nothing is written. What is on
open sheets now is left out: most of it will be counted by then. It tells of the on-hand (which bins are empty, what is
worth most), so it is for those who make plans.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from sqlmodel import Session

from models.plans import Pace as PlanPace
from models.rules.coverage import covered
from models.rules.levelling import Frequency, run_quotas, shortfall_text, shortfalls
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
from models.services.reach import class_counts, held_count, reach_of

FIRST_BINS = 5
FIRST_RUNS = 60
A_YEAR = timedelta(days=366)


class Nothing(StrEnum):
    """Why the first run has no lines though there is stock in reach."""

    HELD = "all of it is on open sheets"
    NO_QUOTA = "so little stock owes no line to this run"
    NOT_DUE = "none of it is due"
    NO_SUCH = "none of it is what the policies look for"


@dataclass(frozen=True)
class Preview:
    """The first run of a plan as it stands now.

    `in_reach` counts the stocks the plan may choose from, `held` those of them that are on open sheets now. `by_policy`
    counts the `lines` of the first run; of those, `drawn` are a random sample, of which nobody knows yet what it will
    be, `by_class` counts the others, and `first_bins` are the first five of those on the walk. `first_run` None: the
    schedule is over. `seen_at` is when it was looked at. `nothing` says why there are no lines; for want of a quota,
    `first_lines` is the run that has one.
    """

    seen_at: datetime
    first_run: Run | None
    in_reach: int
    held: int
    lines: int
    drawn: int
    by_class: tuple[tuple[str, int], ...]
    by_policy: tuple[tuple[str, int], ...]
    first_bins: tuple[str, ...]
    warnings: tuple[str, ...]
    nothing: Nothing | None = None
    first_lines: Run | None = None


def preview(session: Session, terms: Terms, rhythm: Schedule, now: datetime, since: datetime | None = None) -> Preview:
    """Look ahead for a plan with these terms that runs to this schedule, and whose occurrences up to `since` are over.

    None: up to now, as for a new plan.
    """
    pace = pace_of(session, terms.team_id, now)
    run = next_run(rhythm, pace.calendar, now, since or now)
    leveled = None if run is None else leveled_run(rhythm, pace.calendar, run)
    if terms.pace is PlanPace.FULL:
        leveled = None
    reach = reach_of(session, terms)
    counts = class_counts(session, reach)
    at = now if run is None else run.at
    picks = selection.choose(session, terms, now=at, seed=seed_of(0, at), leveled=leveled, counts=counts)
    known = [pick for pick in picks if pick.policy is not Policy.RANDOM]
    found = Preview(
        seen_at=now,
        first_run=run,
        in_reach=sum(counts.values()),
        held=held_count(session, reach),
        lines=len(picks),
        drawn=len(picks) - len(known),
        by_class=tuple(sorted(Counter(pick.stock.abc_class for pick in known).items(), key=_unclassified_last)),
        by_policy=tuple(Counter(str(pick.policy) for pick in picks).most_common()),
        first_bins=tuple(dict.fromkeys(pick.stock.code for pick in known))[:FIRST_BINS],
        warnings=tuple(_warnings(session, terms, pace, rhythm, leveled, counts)),
    )
    return found if picks or not counts else _explained(found, terms, pace, rhythm, leveled, counts)


def _explained(
    found: Preview, terms: Terms, pace: Pace, rhythm: Schedule, leveled: Leveled | None, counts: dict[str, int]
) -> Preview:
    if found.held >= found.in_reach:
        return replace(found, nothing=Nothing.HELD)
    if any(choice.policy is not Policy.DUE for choice in terms.choices):
        return replace(found, nothing=Nothing.NO_SUCH)
    if leveled is None or any(_quotas(counts, pace, leveled).values()):
        return replace(found, nothing=Nothing.NOT_DUE)
    later = runs_between(rhythm, pace.calendar, leveled.run.at, leveled.run.at + A_YEAR, most=FIRST_RUNS)
    for run in later:
        following = leveled_run(rhythm, pace.calendar, run)
        if following is not None and any(_quotas(counts, pace, following).values()):
            return replace(found, nothing=Nothing.NO_QUOTA, first_lines=run)
    return replace(found, nothing=Nothing.NO_QUOTA)


def _quotas(counts: dict[str, int], pace: Pace, leveled: Leveled) -> dict[str, int]:
    return run_quotas(counts, pace.intervals, leveled.covered.index, leveled.covered.days)


def _warnings(
    session: Session, terms: Terms, pace: Pace, rhythm: Schedule, leveled: Leveled | None, counts: dict[str, int]
) -> list[str]:
    if not counts:
        return ["No stock is in these bins and categories, so there is nothing to count."]
    return [] if leveled is None else _shortfalls(session, terms, pace, rhythm, leveled, counts)


def _shortfalls(
    session: Session, terms: Terms, pace: Pace, rhythm: Schedule, leveled: Leveled, counts: dict[str, int]
) -> list[str]:
    """What the lines kept for due work cannot do at the frequencies that the classes have."""
    given = dict(zip((choice.policy for choice in terms.choices), slots(terms.choices, terms.lines), strict=True))
    if Policy.DUE not in given:
        return []
    often = [Frequency(letter, count) for letter, count in frequencies(session).items()]
    days_a_run = _days_a_run(rhythm, pace.calendar, leveled)
    capacity = given[Policy.DUE]
    period = "day" if days_a_run == 1 else "run"
    purpose = "" if capacity == terms.lines else "for what is due"
    return [
        shortfall_text(short, period, purpose)
        for short in shortfalls(counts, often, Fraction(pace.per_year) / days_a_run, capacity)
    ]


def _days_a_run(rhythm: Schedule, calendar: WorkCalendar, first: Leveled) -> Fraction:
    """The working days a run covers on average, of the first ones: one on a Monday may cover one, on a Friday four."""
    later = runs_between(rhythm, calendar, first.run.at, first.run.at + A_YEAR, most=FIRST_RUNS)
    if not later:
        return first.covered.days
    days = covered(rhythm, calendar, later[-1]).index - first.covered.index
    return days / len(later)


def _unclassified_last(counted: tuple[str, int]) -> tuple[bool, str]:
    return (not counted[0], counted[0])
