"""How plans stand in the tables, written in one place whoever describes them; and when they run next."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.counts import CountSession
from models.people import Team
from models.plans import AtDue, CountPlan, Pace
from models.rules.durations import parse_duration
from models.rules.occurrences import latest_at
from models.rules.runs import Run, next_run
from models.rules.schedules import Schedule, parse_schedule
from models.rules.slots import settle
from models.rules.workdays import WorkCalendar
from models.services import people
from models.services.calendars import calendar_of
from models.services.setup_things import Facts, Key, duration_text

RESCHEDULING = frozenset(("team", "schedule", "paused"))
"""Facts that, when they change, change when the plan runs next. Other changes must not lose a run that is due."""


def read(session: Session) -> dict[Key, Facts]:
    """The facts of every active plan, by name."""
    found = session.exec(
        select(CountPlan, Team).join(Team, col(Team.id) == col(CountPlan.team_id)).where(col(CountPlan.is_active))
    )
    return {(plan.name,): facts_in(plan, team) for plan, team in found}


def facts_in(plan: CountPlan, team: Team) -> Facts:
    """The facts of a plan (`models.services.plan_facts`)."""
    return {
        "team": team.name,
        "schedule": plan.schedule,
        "select": plan.selection,
        "bins": plan.bins,
        "categories": plan.categories,
        "lines": plan.lines,
        "pace": str(plan.pace),
        "blind": plan.blind,
        "paused": plan.is_paused,
        "due_in": duration_text(timedelta(seconds=plan.due_in_seconds)),
        "grace": duration_text(timedelta(seconds=plan.grace_seconds)),
        "recounts": plan.recounts,
        "replies": plan.replies,
        "at_due": str(plan.at_due),
    }


def write(session: Session, key: Key, facts: Facts) -> None:
    """Make or change a plan. When it runs next is not touched (`schedule_again`)."""
    team = session.exec(select(Team).where(Team.name == str(facts["team"]))).one()
    assert team.id is not None  # noqa: S101 - a stored row has an id
    plan = session.exec(select(CountPlan).where(CountPlan.name == key[0])).one_or_none()
    if plan is None:
        plan = CountPlan(name=key[0], team_id=team.id, schedule="")
    plan.team_id = team.id
    plan.schedule = str(facts["schedule"])
    plan.selection = str(facts["select"])
    plan.bins = str(facts["bins"])
    plan.categories = str(facts["categories"])
    plan.lines = int(facts["lines"] or 0)
    plan.pace = Pace(str(facts["pace"]))
    plan.blind = bool(facts["blind"])
    plan.due_in_seconds = _seconds(facts["due_in"])
    plan.grace_seconds = _seconds(facts["grace"])
    plan.recounts = int(facts["recounts"] or 0)
    plan.replies = bool(facts["replies"])
    plan.at_due = AtDue(str(facts["at_due"]))
    plan.is_active, plan.is_paused = True, bool(facts["paused"])
    session.add(plan)


def remove(session: Session, key: Key) -> None:
    """Make a plan inactive. Sessions it has started go on."""
    plan = session.exec(select(CountPlan).where(CountPlan.name == key[0])).one()
    plan.is_active, plan.next_due, plan.next_occurrence = False, None, None
    session.add(plan)


def schedule_again(session: Session, names: set[str] | None, now: datetime) -> list[str]:
    """Compute when these plans (None: every active one) run next; returns a sentence for each that never will.

    A paused plan has no next run until it is resumed.

    Raises:
        BadInput: when the working calendar leaves a plan no time.
    """
    zone = people.company(session).timezone
    over = []
    found = session.exec(
        select(CountPlan, Team)
        .join(Team, col(Team.id) == col(CountPlan.team_id))
        .where(col(CountPlan.is_active))
        .order_by(col(CountPlan.id))
    )
    for plan, team in found.all():
        if names is not None and plan.name not in names:
            continue
        run = None
        if not plan.is_paused:
            run = _next_run(session, plan, parse_schedule(plan.schedule, zone), calendar_of(session, team), now)
            if run is None:
                over.append(f'plan "{plan.name}": “{plan.schedule}” is over, so it will not run; give it a later time')
        plan.next_due = None if run is None else run.at
        plan.next_occurrence = None if run is None else run.occurrence
        session.add(plan)
    return over


def _next_run(session: Session, plan: CountPlan, rhythm: Schedule, calendar: WorkCalendar, now: datetime) -> Run | None:
    """The next run of a plan that has not started yet.

    A run that waits for a slot, and that the calendar does not hold up any more, is due now; unless the plan's next
    occurrence has come meanwhile.
    """
    waiting, due = plan.next_occurrence, plan.next_due
    if waiting is not None and due is not None and waiting <= now < due and latest_at(rhythm, now) == waiting:
        slot = settle(calendar, rhythm.zone, waiting)
        if slot is not None and slot.at <= now and not _has_started(session, plan, waiting):
            return Run(waiting, now)
    run = next_run(rhythm, calendar, now)
    while run is not None and run.occurrence <= now and _has_started(session, plan, run.occurrence):
        run = next_run(rhythm, calendar, run.at)
    return run


def _has_started(session: Session, plan: CountPlan, occurrence: datetime) -> bool:
    found = select(CountSession.id).where(CountSession.plan_id == plan.id, CountSession.scheduled_for == occurrence)
    return session.exec(found).first() is not None


def _seconds(fact: object) -> int:
    return int(parse_duration(str(fact)).total_seconds())
