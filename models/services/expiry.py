"""What the due time does to lines. Uncounted is never zero, and a recount nobody made is a matter for the approver.

What nobody has counted waits another `CLOSING` for the approvers, who are told of it at the due time and may put it
off. It does not wait beyond the next run of its plan: that one is to find it back in the pool.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from models.counts import CountLine, CountSession, LineSkip, ReviewCause
from models.parts import CountPart
from models.plans import AtDue, CountPlan
from models.rules.lines import LineState
from models.services import adding_up, journal, lines, parts, settling
from models.services.held_answers import held_lines

CLOSING = timedelta(minutes=30)
"""How long the approvers have to say what becomes of what was not counted."""

NOT_COUNTED = "not counted by the due time"


def lines_due(session: Session, now: datetime) -> list[int]:
    """Ids of lines whose time is up: recounts, uncounted lines of plans that let them expire, and parts left open."""
    has_parts = select(CountPart.id).where(col(CountPart.line_id) == col(CountLine.id), parts.is_open()).exists()
    return [
        line_id
        for line_id in session.exec(
            select(CountLine.id)
            .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
            .outerjoin(CountPlan, col(CountPlan.id) == col(CountSession.plan_id))
            .where(
                CountLine.due_at <= now,
                or_(
                    CountLine.state == LineState.RECOUNT,
                    and_(
                        col(CountLine.state) == LineState.TO_COUNT,
                        col(CountSession.at_due) == AtDue.EXPIRE,
                        or_(col(CountLine.due_at) <= now - CLOSING, _runs_again(now)),
                    ),
                    (col(CountLine.state) == LineState.TO_COUNT) & has_parts,
                ),
            )
            .order_by(col(CountLine.id))
        ).all()
        if line_id is not None
    ]


def closing_at(session: Session, count_session: CountSession) -> datetime:
    """When uncounted lines of a session expire that nobody says anything about."""
    plan = None if count_session.plan_id is None else session.get(CountPlan, count_session.plan_id)
    wait = count_session.due_at + CLOSING
    if plan is None or not plan.is_active or plan.is_paused or plan.next_due is None:
        return wait
    return max(count_session.due_at, min(wait, plan.next_due))


def _runs_again(now: datetime) -> ColumnElement[bool]:
    return and_(col(CountPlan.is_active), ~col(CountPlan.is_paused), col(CountPlan.next_due) <= now)


def _is_closed(session: Session, locked: lines.LockedLine, now: datetime) -> bool:
    """Whether it is too late to put it off."""
    return closing_at(session, locked.session) <= now


def expire_line(session: Session, line_id: int, now: datetime) -> bool:
    """Expire one line if it still is due: uncounted goes back to the pool, a recount to review. False: it moved on.

    Parts that nobody closed go to review, too: they are neither a count nor nothing.
    """
    locked = lines.lock_line(session, line_id, now)
    line = locked.line
    if line.due_at > now or held_lines(session, [line_id]):
        return False  # what somebody has counted is stored first, however long that takes
    if line.state in (LineState.TO_COUNT, LineState.RECOUNT) and (found := parts.open_parts(session, line_id)):
        if not adding_up.is_overdue(locked, found, now):
            return False
        adding_up.leave_to_approvers(session, locked, found, now)
        return True
    if line.state is LineState.TO_COUNT and locked.session.at_due is AtDue.EXPIRE and _is_closed(session, locked, now):
        session.add(LineSkip(line_id=line_id, member_id=None, reason=NOT_COUNTED, skipped_at=now))
        journal.audit(session, actor=journal.SYSTEM, action="expire", subject=f"line {line_id}", now=now)
        settling.skip(session, locked, now)
        return True
    if line.state is LineState.RECOUNT:
        journal.audit(session, actor=journal.SYSTEM, action="recount expired", subject=f"line {line_id}", now=now)
        lines.send_to_review(session, locked, ReviewCause.NO_RECOUNT_MADE, now)
        return True
    return False
