"""What must hold of periods that are locked."""

from collections.abc import Iterator

from sqlmodel import Session, and_, col, or_, select

from models.periods import PeriodLock
from models.rules.periods import read_period
from models.stock import StockEntry


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


PERIOD_CHECKS = (nothing_lands_in_a_locked_period,)
