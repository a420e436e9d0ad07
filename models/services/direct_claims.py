"""The line that somebody is asked for by direct message is theirs, as if they had taken it.

So nobody else is asked for it, others see on the sheet who has it, and whoever counts it all the same is asked first.
It ends as every claim does (`models.services.claims`), and when it is put off or asked for no more; what they had taken
themselves stays theirs. A line that somebody is at in this moment is not waited for: it is passed over.
"""

from datetime import datetime
from enum import Enum

from sqlmodel import Session, col, select

from models.counts import CountLine, CountSession
from models.direct import DirectCount, DirectQuestion
from models.rules.lines import LineState
from models.services import claims
from models.services.people import Person


class Has(Enum):
    """Whose a line is."""

    NOW = "theirs from now on"
    ALREADY = "theirs already, or nobody's to have: a recount"
    ANOTHER = "another's, or not free in this moment"


def give(session: Session, person: Person, line_id: int, now: datetime) -> Has:
    """Give somebody the line that they are asked for."""
    line = _locked(session, line_id)
    if line is None or line.claimed_by_id not in (None, person.id):
        return Has.ANOTHER
    if line.state is not LineState.TO_COUNT or line.claimed_by_id == person.id:
        return Has.ALREADY
    _set(session, line, person.id, now)
    return Has.NOW


def is_by_question(session: Session, count: DirectCount, line_id: int) -> bool:
    """Whether they have the line only because this go asked for it."""
    asked = select(DirectQuestion.id).where(
        DirectQuestion.count_id == count.id, DirectQuestion.line_id == line_id, col(DirectQuestion.is_claim)
    )
    return session.exec(asked.limit(1)).first() is not None


def let_go(session: Session, count: DirectCount, question: DirectQuestion, now: datetime) -> None:
    """Free the line of a question that is not asked any more, if they have it because of it."""
    if not question.is_claim or question.line_id is None:
        return
    question.is_claim = False
    session.add(question)
    line = _locked(session, question.line_id)
    if line is not None and line.claimed_by_id == count.member_id:
        _set(session, line, None, now)


def _locked(session: Session, line_id: int) -> CountLine | None:
    """The line, locked; None when somebody else is at it."""
    found = select(CountLine).where(CountLine.id == line_id).with_for_update(key_share=True, skip_locked=True)
    return session.exec(found.execution_options(populate_existing=True)).one_or_none()


def _set(session: Session, line: CountLine, member_id: int | None, now: datetime) -> None:
    line.claimed_by_id, line.claimed_at = member_id, None if member_id is None else now
    session.add(line)
    session.flush()
    claims.show(session, session.get_one(CountSession, line.session_id), now)
