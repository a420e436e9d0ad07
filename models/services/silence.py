"""Recounts that were asked of somebody who does not answer: after a while they are asked of somebody else.

Passing one on is still the same recount, so it uses up none of those that the plan allows. Who did not answer is not
asked again for this line, but their number is welcome while the line waits for a recount. When there is nobody else,
the recount stays with who was asked, and at its due time the line goes to the approvers as every recount does.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.counts import CountLine, LineSkip
from models.rules.lines import LineState
from models.rules.slots import is_open
from models.services import journal, lines, parts, people
from models.services.calendars import calendar_of
from models.services.held_answers import held_lines

SILENCE = timedelta(minutes=30)
"""How long somebody has to begin a recount before somebody else is asked."""

NO_ANSWER = "did not answer"


def recounts_unanswered(session: Session, now: datetime) -> list[int]:
    """Ids of lines whose recount has waited for `SILENCE`, and is not due yet."""
    found = session.exec(
        select(CountLine.id)
        .where(
            CountLine.state == LineState.RECOUNT, col(CountLine.asked_at) <= now - SILENCE, col(CountLine.due_at) > now
        )
        .order_by(col(CountLine.id))
    ).all()
    return [line_id for line_id in found if line_id is not None]


def pass_on(session: Session, line_id: int, now: datetime) -> bool:
    """Ask somebody else for a recount; False when it was begun meanwhile, nobody else is left, or it is quiet now."""
    locked = lines.lock_line(session, line_id, now)
    line = locked.line
    if line.state is not LineState.RECOUNT or line.asked_at is None or line.asked_at > now - SILENCE:
        return False
    if not is_open(calendar_of(session, locked.team), ZoneInfo(people.company(session).timezone), now):
        return False
    if parts.open_parts(session, line_id) or held_lines(session, [line_id]):
        return False  # it has begun
    silent = line.asked_member_id
    others = [one for one in lines.recounters(session, locked, approvers_too=False) if one.id != silent]
    if not others:
        return False
    session.add(LineSkip(line_id=line_id, member_id=silent, reason=NO_ANSWER, skipped_at=now))
    journal.audit(
        session,
        actor=journal.SYSTEM,
        action="recount passed on",
        subject=f"line {line_id}",
        now=now,
        detail={"from": silent, "to": others[0].id},
    )
    lines.ask_recount(session, locked, others[0], now)
    return True
