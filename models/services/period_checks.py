"""What must hold of periods that are locked, and of the columns that came with them."""

from collections.abc import Iterator

from sqlmodel import Session, and_, col, func, or_, select

from models.periods import PeriodLock
from models.rules.months import read_period
from models.seals import Seal
from models.stock import StockEntry

SEALED_SINCE = 2
"""The encoding of ledger rows (`models.rules.sealing`) that has their posting date and their mover."""


def nothing_lands_in_a_locked_period(session: Session) -> Iterator[str]:
    """No ledger row that came after a lock is taken by the books in the period that was locked."""
    for lock in session.exec(select(PeriodLock).where(col(PeriodLock.unlocked_at).is_(None))):
        period = read_period(lock.period)
        posted_on, occurred_at = col(StockEntry.posting_date), col(StockEntry.occurred_at)
        inside = or_(
            and_(posted_on >= period.first_day, posted_on < period.after.first_day),
            and_(posted_on.is_(None), occurred_at >= lock.begins, occurred_at < lock.ends),
        )
        late = select(StockEntry.id).where(col(StockEntry.id) > lock.last_entry_id, inside)
        for entry_id in session.exec(late.order_by(col(StockEntry.id))):
            yield f"ledger row {entry_id} was posted into {period} after it was locked"


def rows_from_before_the_columns_leave_them_blank(session: Session) -> Iterator[str]:
    """What was sealed without them has neither a posting date nor a mover: their seal would not tell."""
    before = select(func.max(Seal.last_id)).where(
        col(Seal.of_table) == StockEntry.__tablename__, col(Seal.encoding) < SEALED_SINCE
    )
    changed = select(StockEntry.id).where(
        col(StockEntry.id) <= before.scalar_subquery(),
        or_(col(StockEntry.posting_date).is_not(None), col(StockEntry.moved_by).is_not(None)),
    )
    for entry_id in session.exec(changed.order_by(col(StockEntry.id))):
        yield f"ledger row {entry_id} has a posting date or a mover, which came after it was sealed"


PERIOD_CHECKS = (nothing_lands_in_a_locked_period, rows_from_before_the_columns_leave_them_blank)
