"""Starting sessions: one for each occurrence of a plan, whoever asks and however often.

The lock is the database's: an occurrence is unique by plan and scheduled time, and `next_due` moves on only if it
still is what was read. Two clocks, a crash or a replay therefore give one session. The scheduled time is the one the
schedule names, also when the working calendar had the run start later.

Choosing the lines may take a second on a large stock, and a second in a write transaction is a second in which nobody
can count. So whoever starts a plan first makes a *draft* of it in a read session (`draft_due`, `draft_now`). In the
transaction that starts it the draft is used if nothing of it has changed; else the lines are chosen there. Sessions are
started one at a time, so that of two that choose from the same stock the second finds what the first has left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
from models.rules.policies import Policy
from models.rules.runs import ON_TIME, CatchUpRun, Run, catch_up
from models.rules.schedules import parse_schedule
from models.services import journal, people, selection
from models.services.calendars import calendar_of
from models.services.locks import Work, one_at_a_time
from models.services.people import Person
from models.services.plan_schedule import leveled_run
from models.services.plan_terms import Leveled, Terms, terms_of
from models.services.random_stock import seed_of
from models.services.reach import reach_of
from models.services.selection import Pick
from models.services.upserts import insert_for

LONGEST_REASON = 200


@dataclass(frozen=True)
class Draft:
    """The lines that a run would have, and what they follow from."""

    terms: Terms
    scheduled_for: datetime
    leveled: Leveled | None
    picks: tuple[Pick, ...]


def due_plan_ids(session: Session, now: datetime) -> list[int]:
    """Ids of active plans whose next run is due."""
    ids = session.exec(
        select(CountPlan.id)
        .where(col(CountPlan.is_active), ~col(CountPlan.is_paused), col(CountPlan.next_due) <= now)
        .order_by(col(CountPlan.id))
    ).all()
    return [plan_id for plan_id in ids if plan_id is not None]


def draft_due(session: Session, plan_id: int, now: datetime) -> Draft | None:
    """What `start_due` would count now; None when it would start nothing. Nothing is written or locked."""
    plan = session.get_one(CountPlan, plan_id)
    turn = _turn_of(session, plan, now)
    if turn is None or turn.found.run is None:
        return None
    return _draft(session, plan, turn.found.run.occurrence, turn.leveled, now)


def draft_now(session: Session, plan: CountPlan, now: datetime) -> Draft:
    """What `start_by` would count. Nothing is written or locked."""
    return _draft(session, plan, now, None, now)


def start_due(session: Session, plan_id: int, now: datetime, draft: Draft | None = None) -> CountSession | None:
    """Start the occurrence of a plan that is due, and move the plan on. None: nothing was due, or another did it.

    Occurrences missed while nothing ran are caught up at most once, and only within the plan's grace.
    """
    plan = session.exec(select(CountPlan).where(CountPlan.id == plan_id).with_for_update()).one()
    turn = _turn_of(session, plan, now)
    if turn is None:
        return None
    found = turn.found
    moved = cast(
        "CursorResult[object]",  # an UPDATE's result has a rowcount; the stub is of the general kind
        session.execute(
            update(CountPlan)
            .where(col(CountPlan.id) == plan_id, col(CountPlan.next_due) == plan.next_due)
            .values(
                next_due=found.next and found.next.at,
                next_occurrence=found.next and found.next.occurrence,
                runs_after=found.over,
            )
        ),
    )
    if moved.rowcount != 1:
        return None
    if found.run is None:
        is_put_off = found.next is not None and found.next.occurrence <= now  # to when the calendar opens again
        journal.audit(
            session,
            actor=journal.SYSTEM,
            action="run put off" if is_put_off else "run missed",
            subject=f"plan {plan.name}",
            now=now,
            detail={"was_due": plan.next_due},
        )
        return None
    return start(
        session,
        plan,
        scheduled_for=found.run.occurrence,
        now=now,
        actor=journal.SYSTEM,
        starts_at=found.run.at,
        leveled=turn.leveled,
        moved_because=found.run.moved_because,
        draft=draft,
    )


def start_by(
    session: Session, person: Person, plan: CountPlan, now: datetime, draft: Draft | None = None
) -> CountSession:
    """Start a plan at once, by an approver of its team or a controller; its schedule goes on unchanged."""
    team = session.get_one(Team, plan.team_id)
    if not person.may_decide_for(plan.team_id):
        raise NotAllowed(f"Only approvers of {team.name} and stock control start its plans.")
    if not people.counters_of(session, plan.team_id):
        raise NotAllowed(f"{team.name} has no counters, so nobody would count. Add one to the set-up first.")
    started = start(session, plan, scheduled_for=now, now=now, actor=person.slack_id, draft=draft)
    if started is None:
        raise NotFound(f"{plan.name} was started at this very moment. Look for its sheet in the team's channel.")
    if line_count(session, started) == 0:
        raise NotFound(
            f"{plan.name} has nothing to count just now: what it chooses is not there, or is being counted already."
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
    session: Session,
    plan: CountPlan,
    *,
    scheduled_for: datetime,
    now: datetime,
    actor: str,
    starts_at: datetime | None = None,
    leveled: Leveled | None = None,
    moved_because: str = "",
    draft: Draft | None = None,
) -> CountSession | None:
    """Create the session of one occurrence with its lines and its sheet. None when that occurrence exists already.

    `starts_at` is when the calendar lets it start, if that is later than it is scheduled for. With `leveled` the lines
    are those of a run among others; without, as many as the plan has.
    """
    assert plan.id is not None  # noqa: S101 - a stored row has an id
    terms = terms_of(plan)
    seed = seed_of(plan.id, scheduled_for)
    due_in = timedelta(seconds=plan.due_in_seconds)
    starts_at = starts_at or scheduled_for
    due_at = (starts_at if now - starts_at <= ON_TIME else now) + due_in
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
            blind=plan.blind,
            seed=seed if any(choice.policy is Policy.RANDOM for choice in terms.choices) else None,
            moved_because=moved_because,
        )
        .on_conflict_do_nothing(index_elements=["plan_id", "scheduled_for"])
        .returning(col(CountSession.id))
    ).scalar_one_or_none()
    if session_id is None:
        return None
    one_at_a_time(session, Work.START)
    picks = _drafted(session, draft, terms, scheduled_for, leveled)
    if picks is None:
        chosen = selection.choose(session, terms, now=now, seed=seed, leveled=leveled)
        picks = selection.locked(session, chosen)
    add_lines(session, session_id, picks, due_at)
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


@dataclass(frozen=True)
class _Turn:
    """What a plan that is due does now."""

    found: CatchUpRun
    leveled: Leveled | None


def _turn_of(session: Session, plan: CountPlan, now: datetime) -> _Turn | None:
    """None when the plan is not due."""
    if not plan.is_active or plan.is_paused or plan.next_due is None or plan.next_due > now:
        return None
    schedule = parse_schedule(plan.schedule, people.company(session).timezone)
    calendar = calendar_of(session, session.get_one(Team, plan.team_id))
    expected = Run(min(plan.next_occurrence or plan.next_due, plan.next_due), plan.next_due)
    found = catch_up(schedule, calendar, expected, now, timedelta(seconds=plan.grace_seconds))
    return _Turn(found, None if found.run is None else leveled_run(schedule, calendar, found.run))


def _draft(session: Session, plan: CountPlan, scheduled_for: datetime, leveled: Leveled | None, now: datetime) -> Draft:
    terms = terms_of(plan)
    seed = seed_of(plan.id or 0, scheduled_for)
    picks = selection.choose(session, terms, now=now, seed=seed, leveled=leveled)
    return Draft(terms, scheduled_for, leveled, tuple(picks))


def _drafted(
    session: Session, draft: Draft | None, terms: Terms, scheduled_for: datetime, leveled: Leveled | None
) -> list[Pick] | None:
    """The picks of a draft of this very run, locked; None when it is of another, or something was counted since."""
    if draft is None or (draft.terms, draft.scheduled_for, draft.leveled) != (terms, scheduled_for, leveled):
        return None
    reach = reach_of(session, terms)
    picks = [] if reach is None else selection.still_free(session, reach, draft.picks)
    return picks if len(picks) == len(draft.picks) else None


def add_lines(session: Session, session_id: int, picks: Sequence[Pick], due_at: datetime) -> None:
    """Put what was chosen on the sheet of a session; what another session took meanwhile is left to it."""
    # The position is the walk's; the ids follow those of the levels, the order in which several are locked.
    turns = sorted(enumerate(picks, start=1), key=lambda turn: turn[1].stock.level_id)
    if turns:
        session.execute(
            insert_for(session, CountLine).on_conflict_do_nothing(),
            [
                {
                    "session_id": session_id,
                    "item_id": pick.stock.item_id,
                    "location_id": pick.stock.location_id,
                    "position": position,
                    "state": LineState.TO_COUNT,
                    "version": 1,
                    "due_at": due_at,
                    "policy": pick.policy,
                    "reason": wording.cut(pick.reason, LONGEST_REASON),
                    "recounts_asked": 0,
                }
                for position, pick in turns
            ],
        )


def line_count(session: Session, count_session: CountSession) -> int:
    """How many lines a session has."""
    return session.exec(select(func.count()).where(CountLine.session_id == count_session.id)).one()
