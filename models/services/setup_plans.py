"""How plans stand in the tables, written in one place whoever describes them."""

from datetime import timedelta

from sqlmodel import Session, col, select

from models.people import Team
from models.plans import AtDue, CountPlan, Pace
from models.rules.durations import parse_duration
from models.rules.runs import has_run
from models.rules.schedules import parse_schedule
from models.services import people
from models.services.plan_waiting import waiting_run
from models.services.setup_things import Facts, Key, duration_text


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
    """Make or change a plan. One with new times has none until it is scheduled (`models.services.plan_times`).

    Where only the first or the last day is new, the run that is next stays, if it lies between them.
    """
    team = session.exec(select(Team).where(Team.name == str(facts["team"]))).one()
    assert team.id is not None  # noqa: S101 - a stored row has an id
    plan = session.exec(select(CountPlan).where(CountPlan.name == key[0])).one_or_none()
    if plan is None:
        plan = CountPlan(name=key[0], team_id=team.id, schedule="")
    before, schedule = (plan.is_active, plan.team_id, plan.is_paused), plan.schedule
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
    is_as_before = (plan.is_active, plan.team_id, plan.is_paused) == before
    if not is_as_before or plan.schedule != schedule:
        plan.runs_after = None
        if not is_as_before or not _still_comes(session, plan, schedule):
            plan.next_due = plan.next_occurrence = None
    session.add(plan)


def remove(session: Session, key: Key) -> None:
    """Make a plan inactive. Sessions it has started go on."""
    plan = session.exec(select(CountPlan).where(CountPlan.name == key[0])).one()
    plan.is_active, plan.next_due, plan.next_occurrence = False, None, None
    session.add(plan)


def _still_comes(session: Session, plan: CountPlan, before: str) -> bool:
    """Whether the next run of a plan, which was scheduled by `before`, is one of its schedule of now."""
    run, zone = waiting_run(plan), people.company(session).timezone
    return run is not None and has_run(parse_schedule(plan.schedule, zone), parse_schedule(before, zone), run)


def _seconds(fact: object) -> int:
    # A plan from before there was a shortest time goes on with its own.
    return int(parse_duration(str(fact), shortest=timedelta(seconds=1)).total_seconds())
