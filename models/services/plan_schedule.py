"""What will be counted when: the coming runs of plans, so that teams know before the sheet comes.

A run that is levelled takes its quotas, which follow from the number of the working day, so they are known weeks
ahead; what exactly is on the sheet is chosen when it starts. The other policies take up to their share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.people import Team
from models.plans import CountPlan, Pace
from models.rules import wording
from models.rules.coverage import covered
from models.rules.levelling import run_quotas
from models.rules.policies import CAPPED, Policy, describe, describe_all, slots
from models.rules.runs import Run, runs_between
from models.rules.schedules import Schedule, parse_schedule
from models.rules.workdays import WorkCalendar
from models.services import people
from models.services.due_stock import pace_of
from models.services.people import Person
from models.services.plan_terms import Leveled, Terms, terms_of
from models.services.plan_times import over_until
from models.services.plan_waiting import waiting_run
from models.services.reach import Reach, class_counts, reach_of

WEEKS = 4
MOST_RUNS = 500
"""Runs of one plan that are listed; one that runs every minute would fill a book."""

_BEYOND = 10
"""Runs that are looked at beyond those: enough to know that there are more, even where some have started already."""


@dataclass(frozen=True)
class ScheduledRun:
    """A run to come. `by_class` of its `lines` are levelled due work (empty: not known before it starts).

    Where that is empty `lines` are the most it may have. Else there are fewer when less is due than on average, and
    more when what waits too long takes lines that are left. `sampled` says what the other lines of `by_class` are.

    `occurrence` is when the schedule names the run; it stays when the calendar moves the run (`at`).
    """

    at: datetime
    occurrence: datetime
    plan_id: int
    plan: str
    team: str
    channel: str
    due_at: datetime
    lines: int
    by_class: tuple[tuple[str, int], ...]
    sampled: str
    what: str
    moved_because: str


@dataclass(frozen=True)
class CutPlan:
    """A plan with more runs than are listed; `last` is when the last listed one happens."""

    plan: str
    last: datetime


@dataclass(frozen=True)
class PlanSchedule:
    """The runs of all plans of some teams until `until`, the next one first. `zone` is the company's."""

    runs: tuple[ScheduledRun, ...]
    cut: tuple[CutPlan, ...]
    until: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class _Known:
    """What one look at the schedule reads once, however many plans ask for it."""

    currency: str
    to_counters: bool
    counts: dict[Reach | None, dict[str, int]] = field(default_factory=dict)

    def counts_of(self, session: Session, reach: Reach | None) -> dict[str, int]:
        """How many stocks of each class are in a reach."""
        if reach not in self.counts:
            self.counts[reach] = class_counts(session, reach)
        return self.counts[reach]


def schedule(
    session: Session, *, team_ids: frozenset[int] | None, now: datetime, weeks: int = WEEKS, to_counters: bool = True
) -> PlanSchedule:
    """The coming runs of active plans; `team_ids` None: of all teams.

    Nothing in it tells of the on-hand, unless it is not `to_counters`: then policies are named that do.
    """
    until = now + timedelta(weeks=weeks)
    statement = (
        select(CountPlan, Team)
        .join(Team, col(Team.id) == col(CountPlan.team_id))
        .where(col(CountPlan.is_active), ~col(CountPlan.is_paused), col(CountPlan.next_due).is_not(None))
        .where(col(Team.is_active))
        .order_by(col(CountPlan.id))
    )
    if team_ids is not None:
        statement = statement.where(col(CountPlan.team_id).in_(team_ids))
    company = people.company(session)
    known = _Known(company.currency, to_counters)
    found: list[ScheduledRun] = []
    cut: list[CutPlan] = []
    for plan, team in session.exec(statement).all():
        runs = _runs(session, plan, team, parse_schedule(plan.schedule, company.timezone), now, until, known)
        found += runs[:MOST_RUNS]
        if len(runs) > MOST_RUNS:
            cut.append(CutPlan(plan.name, runs[MOST_RUNS - 1].at))
    found.sort(key=lambda run: (run.at, run.plan))
    return PlanSchedule(tuple(found), tuple(cut), until, ZoneInfo(company.timezone))


def teams_shown(person: Person) -> frozenset[int] | None:
    """Whose schedule somebody sees without asking for a team: their own teams', a controller all."""
    return None if person.is_controller else person.teams


def expected_lines(terms: Terms, quotas: Mapping[str, int] | None) -> tuple[int, tuple[tuple[str, int], ...]]:
    """The most lines of a run, and the levelled due work among them by class. `quotas` None: it is not levelled."""
    given = dict(zip((choice.policy for choice in terms.choices), slots(terms.choices, terms.lines), strict=True))
    others = given.keys() - CAPPED - {Policy.DUE}
    # What due work leaves of its share goes to the others, however much that is.
    if quotas is None or terms.pace is Pace.FULL or Policy.DUE not in given or others:
        return sum(given.values()), ()
    room = given[Policy.DUE]
    by_class = []
    for letter, lines in quotas.items():
        if taken := min(lines, room):
            by_class.append((letter, taken))
            room -= taken
    due = sum(lines for _, lines in by_class)
    return sum(given.values()) - given[Policy.DUE] + due, tuple(by_class)


def leveled_run(rhythm: Schedule, calendar: WorkCalendar, run: Run) -> Leveled | None:
    """What a run of a repeating schedule is levelled by; None for one that is alone."""
    return None if rhythm.once is not None else Leveled(run, covered(rhythm, calendar, run))


def _runs(
    session: Session, plan: CountPlan, team: Team, rhythm: Schedule, now: datetime, until: datetime, known: _Known
) -> list[ScheduledRun]:
    terms, pace = terms_of(plan), pace_of(session, plan.team_id, now)
    counts = known.counts_of(session, reach_of(session, terms)) if plan.pace is Pace.LEVEL else {}
    sampled = wording.all_of([describe(choice) for choice in terms.choices if choice.policy in CAPPED])
    what = describe_all(terms.choices, known.currency, to_counters=known.to_counters)
    found = []
    runs = runs_between(rhythm, pace.calendar, now, until, most=MOST_RUNS + _BEYOND, since=over_until(plan, now))
    stored = waiting_run(plan)
    if (
        stored is not None
        and stored.occurrence <= now < stored.at <= until
        and (not runs or runs[0].occurrence > stored.occurrence)
    ):
        runs.insert(0, stored)  # it was caught up in closed time, and put off
    for run in runs:
        leveled = leveled_run(rhythm, pace.calendar, run)
        quotas = None
        if leveled is not None:
            quotas = run_quotas(counts, pace.intervals, leveled.covered.index, leveled.covered.days)
        lines, by_class = expected_lines(terms, quotas)
        found.append(
            ScheduledRun(
                at=run.at,
                occurrence=run.occurrence,
                plan_id=plan.id or 0,
                plan=plan.name,
                team=team.name,
                channel=team.channel,
                due_at=run.at + timedelta(seconds=plan.due_in_seconds),
                lines=lines,
                by_class=by_class,
                sampled=sampled,
                what=what,
                moved_because=run.moved_because,
            )
        )
    return found
