"""The decisions that stand: those that accepted a quantity and that no later decision took back."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.counts import Decision

_REVERSAL = aliased(Decision)


def standing_decisions(session: Session, line_id: int) -> list[Decision]:
    """Those about a line, oldest first."""
    return list(
        session.exec(
            select(Decision)
            .where(Decision.line_id == line_id, col(Decision.quantity).is_not(None), is_standing())
            .order_by(col(Decision.id))
        ).all()
    )


def is_standing() -> ColumnElement[bool]:
    """The condition of a `Decision` that was not taken back."""
    return ~select(_REVERSAL.id).where(col(_REVERSAL.reverses_id) == col(Decision.id)).exists()
