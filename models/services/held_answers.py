"""Answers by direct message that are held for their writer to take back: somebody has counted, nothing is stored."""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, and_, col, select

from models.direct import DirectCount, DirectQuestion, QuestionState


def held_lines(session: Session, line_ids: Collection[int]) -> set[int]:
    """Those of the lines for which an answer is held, by anybody."""
    found = session.exec(
        select(DirectQuestion.line_id).where(
            DirectQuestion.state == QuestionState.HELD, col(DirectQuestion.line_id).in_(line_ids)
        )
    )
    return {line_id for line_id in found if line_id is not None}


def held_by(line_id: Mapped[int | None], member_id: Mapped[int | None]) -> ColumnElement[bool]:
    """Whether an answer of that member is held for that line; for an `exists`."""
    return and_(
        col(DirectQuestion.state) == QuestionState.HELD,
        col(DirectQuestion.line_id) == line_id,
        col(DirectQuestion.count_id) == col(DirectCount.id),
        col(DirectCount.member_id) == member_id,
    )
