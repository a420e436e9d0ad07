"""The memory of what was asked about bare numbers (12 what?), so that nobody is asked about the same one twice.

It is kept in the database: people put the phone away between the question and the answer, and the bot may start anew.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from models.parts import UnitQuestion


def asked(session: Session, member_id: int, line_ids: Collection[int], *, place: str = "") -> dict[int, str]:
    """The bare numbers that a member was asked about, by line; without those that were asked about at `place` itself.

    A message that is edited and leaves its bare number as it was answers nothing; neither does a submission that is
    delivered again.
    """
    rows = session.exec(
        select(UnitQuestion).where(UnitQuestion.member_id == member_id, col(UnitQuestion.line_id).in_(line_ids))
    )
    return {row.line_id: row.number for row in rows if not place or row.place != place}


def ask(session: Session, member_id: int, line_id: int, number: str, *, place: str = "", now: datetime) -> None:
    """Remember that a member is asked about a number; the caller holds the line's lock."""
    question = session.exec(
        select(UnitQuestion).where(UnitQuestion.member_id == member_id, UnitQuestion.line_id == line_id)
    ).one_or_none() or UnitQuestion(line_id=line_id, member_id=member_id, number=number, asked_at=now)
    question.number, question.place, question.asked_at = number, place, now
    session.add(question)
    session.flush()
