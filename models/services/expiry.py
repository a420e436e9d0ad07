"""What the due time does to lines. Uncounted is never zero, and a recount nobody made is a matter for the approver."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from models.counts import CountLine, CountSession, LineSkip, ReviewCause
from models.plans import AtDue
from models.rules.lines import LineState
from models.services import journal, lines, settling

NOT_COUNTED = "not counted by the due time"


def lines_due(session: Session, now: datetime) -> list[int]:
    """Ids of lines whose time is up: recounts, and uncounted lines of plans that let them expire."""
    return [
        line_id
        for line_id in session.exec(
            select(CountLine.id)
            .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
            .where(
                CountLine.due_at <= now,
                or_(
                    CountLine.state == LineState.RECOUNT,
                    (col(CountLine.state) == LineState.TO_COUNT) & (col(CountSession.at_due) == AtDue.EXPIRE),
                ),
            )
            .order_by(col(CountLine.id))
        ).all()
        if line_id is not None
    ]


def expire_line(session: Session, line_id: int, now: datetime) -> bool:
    """Expire one line if it still is due: uncounted goes back to the pool, a recount to review. False: it moved on."""
    locked = lines.lock_line(session, line_id, now)
    line = locked.line
    if line.due_at > now:
        return False
    if line.state is LineState.TO_COUNT and locked.session.at_due is AtDue.EXPIRE:
        session.add(LineSkip(line_id=line_id, member_id=None, reason=NOT_COUNTED, skipped_at=now))
        journal.audit(session, actor=journal.SYSTEM, action="expire", subject=f"line {line_id}", now=now)
        settling.skip(session, locked, now)
        return True
    if line.state is LineState.RECOUNT:
        journal.audit(session, actor=journal.SYSTEM, action="recount expired", subject=f"line {line_id}", now=now)
        lines.send_to_review(session, locked, ReviewCause.NO_RECOUNT_MADE, now)
        return True
    return False
