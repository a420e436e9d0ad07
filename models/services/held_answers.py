"""Answers by direct message that are held for their writer to take back: somebody has counted, nothing is stored."""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, and_, col, select

from models.counts import CountLine
from models.direct import DirectCount, DirectQuestion, QuestionState
from models.errors import WrongState
from models.people import Member
from models.services import people
from models.services.people import Person


def held_lines(session: Session, line_ids: Collection[int]) -> set[int]:
    """Those of the lines for which an answer is held, by anybody."""
    found = session.exec(
        select(DirectQuestion.line_id).where(
            DirectQuestion.state == QuestionState.HELD, col(DirectQuestion.line_id).in_(line_ids)
        )
    )
    return {line_id for line_id in found if line_id is not None}


def holders(session: Session, session_id: int) -> set[int]:
    """Ids of the members who have an answer held for a line of a session."""
    return set(
        session.exec(
            select(DirectCount.member_id)
            .join(DirectQuestion, col(DirectQuestion.count_id) == col(DirectCount.id))
            .join(CountLine, col(CountLine.id) == col(DirectQuestion.line_id))
            .where(DirectQuestion.state == QuestionState.HELD, CountLine.session_id == session_id)
        ).all()
    )


def require_none_of_others(session: Session, person: Person, line_id: int) -> None:
    """Raise WrongState for a line of which somebody else has just given the count: it is not thrown away."""
    others = session.exec(
        select(Member, DirectQuestion.reason)
        .join(DirectCount, col(DirectCount.member_id) == col(Member.id))
        .where(held_by(col(CountLine.id), col(Member.id)), CountLine.id == line_id, Member.id != person.id)
    ).first()
    if others is not None:
        member, reason = others
        what = "said that this can't be counted" if reason else "counted this"
        raise WrongState(f"{people.display_name(member)} has just {what}.")


def has_count(session: Session, person: Person, line_id: int) -> bool:
    """Whether somebody has a count held for a line, and not that it cannot be counted."""
    held = _held_of(session, person, line_id)
    return held is not None and not held.reason


def replace(session: Session, person: Person, line_id: int) -> None:
    """Somebody counted the line otherwise meanwhile: what is held for it counts no more. Their go is locked."""
    held = _held_of(session, person, line_id)
    if held is None:
        return
    held.state = QuestionState.TAKEN_BACK
    session.add(held)
    last = session.exec(
        select(DirectQuestion).where(
            DirectQuestion.count_id == held.count_id, DirectQuestion.state == QuestionState.OPEN
        )
    ).first()
    if last is not None and last.line_id is None:  # they had answered everything
        last.state = QuestionState.CLOSED
        count = session.get_one(DirectCount, held.count_id)
        count.is_open = False
        session.add_all([last, count])
    session.flush()


def _held_of(session: Session, person: Person, line_id: int) -> DirectQuestion | None:
    return session.exec(
        select(DirectQuestion)
        .join(DirectCount, col(DirectCount.id) == col(DirectQuestion.count_id))
        .where(
            DirectQuestion.state == QuestionState.HELD,
            DirectQuestion.line_id == line_id,
            DirectCount.member_id == person.id,
        )
    ).first()


def held_by(line_id: Mapped[int | None], member_id: Mapped[int | None]) -> ColumnElement[bool]:
    """Whether an answer of that member is held for that line; for an `exists`."""
    return and_(
        col(DirectQuestion.state) == QuestionState.HELD,
        col(DirectQuestion.line_id) == line_id,
        col(DirectQuestion.count_id) == col(DirectCount.id),
        col(DirectCount.member_id) == member_id,
    )
