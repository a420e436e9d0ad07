"""Starting sessions: one for each occurrence of a plan, whoever asks and however often.

The lock is the database's: an occurrence is unique by plan and scheduled time, and `next_due` moves on only if it
still is what was read. Two clocks, a crash or a replay therefore give one session.
"""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, func, select

from models.counts import CountLine, CountSession
from models.errors import NotAllowed, NotFound
from models.journal import Intent
from models.milestones import Milestone, reached
from models.people import Team
from models.plans import CountPlan
from models.rules import wording
from models.rules.lines import LineState
from models.rules.nearest import nearest
from models.rules.occurrences import catch_up, parse_schedule
from models.services import journal, people, selection
from models.services.people import Person
from models.services.upserts import insert_for

# A run that starts later than this after its time gets its full working time, counted from the start.
LATE_START = timedelta(minutes=5)


def due_plan_ids(session: Session, now: datetime) -> list[int]:
    """Ids of active plans whose next run is due."""
    ids = session.exec(
        select(CountPlan.id).where(col(CountPlan.is_active), col(CountPlan.next_due) <= now).order_by(col(CountPlan.id))
    ).all()
    return [plan_id for plan_id in ids if plan_id is not None]


def start_due(session: Session, plan_id: int, now: datetime) -> CountSession | None:
    """Start the occurrence of a plan that is due, and move the plan on. None: nothing was due, or another did it.

    Occurrences missed while nothing ran are caught up at most once, and only within the plan's grace.
    """
    plan = session.exec(select(CountPlan).where(CountPlan.id == plan_id).with_for_update()).one()
    if not plan.is_active or plan.next_due is None or plan.next_due > now:
        return None
    schedule = parse_schedule(plan.schedule, people.company(session).timezone)
    found = catch_up(schedule, plan.next_due, now, timedelta(seconds=plan.grace_seconds))
    moved = cast(
        "CursorResult[object]",  # an UPDATE's result has a rowcount; the stub is of the general kind
        session.execute(
            update(CountPlan)
            .where(col(CountPlan.id) == plan_id, col(CountPlan.next_due) == plan.next_due)
            .values(next_due=found.next_due)
        ),
    )
    if moved.rowcount != 1:
        return None
    if found.run is None:
        journal.audit(
            session,
            actor=journal.SYSTEM,
            action="run missed",
            subject=f"plan {plan.name}",
            now=now,
            detail={"was_due": plan.next_due},
        )
        return None
    return start(session, plan, scheduled_for=found.run, now=now, actor=journal.SYSTEM)


def start_now(session: Session, *, person: Person, plan_name: str, now: datetime) -> CountSession:
    """Start a plan at once, by an approver of its team or a controller; its schedule goes on unchanged."""
    plan = find_plan(session, plan_name)
    team = session.get_one(Team, plan.team_id)
    if not person.may_decide_for(plan.team_id):
        raise NotAllowed(f"Only approvers of {team.name} and stock control start its plans.")
    if not people.counters_of(session, plan.team_id):
        raise NotAllowed(f"{team.name} has no counters, so nobody would count. Add one to the set-up first.")
    started = start(session, plan, scheduled_for=now, now=now, actor=person.slack_id)
    if started is None:
        raise NotFound(f"{plan.name} was started at this very moment. Look for its sheet in the team's channel.")
    if line_count(session, started) == 0:
        raise NotFound(
            f"{plan.name} has nothing to count: {team.name} has no stock in its bins that is not being counted already."
        )
    return started


def find_plan(session: Session, name: str) -> CountPlan:
    """The active plan of that name (capitals aside); NotFound names the nearest one."""
    plans = session.exec(select(CountPlan).where(col(CountPlan.is_active)).order_by(col(CountPlan.name))).all()
    for plan in plans:
        if plan.name.casefold() == name.strip().casefold():
            return plan
    close = nearest(name, [plan.name for plan in plans])
    hint = (
        f"Did you mean {close}?" if close else f"Plans: {wording.all_of([plan.name for plan in plans]) or 'none yet'}."
    )
    raise NotFound(f"There is no plan “{name.strip()}”. {hint}")


def start(
    session: Session, plan: CountPlan, *, scheduled_for: datetime, now: datetime, actor: str
) -> CountSession | None:
    """Create the session of one occurrence with its lines and its sheet. None when that occurrence exists already."""
    assert plan.id is not None  # noqa: S101 - a stored row has an id
    due_in = timedelta(seconds=plan.due_in_seconds)
    due_at = (scheduled_for if now - scheduled_for <= LATE_START else now) + due_in
    session_id = session.execute(
        insert_for(session, CountSession)
        .values(
            plan_id=plan.id,
            team_id=plan.team_id,
            name=plan.name,
            scheduled_for=scheduled_for,
            started_at=now,
            due_at=due_at,
            recounts=plan.recounts,
            replies=plan.replies,
            at_due=plan.at_due,
        )
        .on_conflict_do_nothing(index_elements=["plan_id", "scheduled_for"])
        .returning(col(CountSession.id))
    ).scalar_one_or_none()
    if session_id is None:
        return None
    chosen = selection.longest_uncounted(session, plan.team_id, plan.lines)
    # The position is the walk's; the ids follow those of the levels, the order in which several are locked.
    turns = sorted(enumerate(chosen, start=1), key=lambda turn: turn[1][0].id or 0)
    if turns:
        session.execute(
            insert_for(session, CountLine).on_conflict_do_nothing(),
            [
                {
                    "session_id": session_id,
                    "item_id": level.item_id,
                    "location_id": level.location_id,
                    "position": position,
                    "state": LineState.TO_COUNT,
                    "version": 1,
                    "due_at": due_at,
                    "recounts_asked": 0,
                }
                for position, (level, _) in turns
            ],
        )
    started = session.get_one(CountSession, session_id)
    journal.audit(
        session,
        actor=actor,
        action="start session",
        subject=f"session {session_id}",
        now=now,
        detail={"plan": plan.name},
    )
    if line_count(session, started):
        team = session.get_one(Team, plan.team_id)
        journal.notify(session, Intent.SHEET, session_id, channel=team.channel, now=now)
    reached(Milestone.SESSION_WRITTEN)
    return started


def line_count(session: Session, count_session: CountSession) -> int:
    """How many lines a session has."""
    return session.exec(select(func.count()).where(CountLine.session_id == count_session.id)).one()
