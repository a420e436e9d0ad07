"""On which day the books take a ledger row: outside of every locked period.

**Nothing lands in a period after it was locked.** Whoever posts holds the company's row shared from before it reads
what is locked until its transaction ends (`hold`); whoever locks a period takes that row alone (`models.services.
periods`). So a lock waits for those who are posting, and who comes later sees it. It is the last in the order of locks,
after levels and lines: holding it shared, nobody waits for it while others share it, even if somebody waits to lock a
period; and who has it alone waits for nobody. On SQLite a writing transaction is alone anyway.
"""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.counts import Decision
from models.people import Company
from models.periods import PeriodLock
from models.rules import months
from models.rules.months import Lock
from models.services import people
from models.stock import StockEntry


def hold(session: Session) -> list[Lock]:
    """The periods that are locked, and stay as they are until the transaction ends; for who posts."""
    session.exec(select(Company.id).with_for_update(read=True, key_share=True)).first()
    return in_force(session)


def in_force(session: Session) -> list[Lock]:
    """The periods that are locked now, for who only looks."""
    found = session.exec(
        select(PeriodLock.period, PeriodLock.begins, PeriodLock.ends)
        .where(col(PeriodLock.unlocked_at).is_(None))
        .order_by(col(PeriodLock.period))
    )
    return [Lock(months.read_period(period), begins, ends) for period, begins, ends in found]


def for_posting(session: Session, occurred_at: datetime, reverses: StockEntry | None) -> date | None:
    """The day on which the books take what occurred then, if that is another day; for who posts it now."""
    return months.posting_day(
        occurred_at, hold(session), not_before=None if reverses is None else reverses.posting_date
    )


def foreseen(session: Session, instant: datetime, amount: Decimal | None = None) -> str:
    """Why what would be posted of a count at `instant` is dated on another day; "" when it is not, or is nothing.

    `amount` None: it is not known yet.
    """
    posted_on = None if amount == 0 else months.posting_day(instant, in_force(session))
    return "" if posted_on is None else months.explained(posted_on, _day(session, instant))


def of_decision(session: Session, decision: Decision, *, was: bool = True) -> str:
    """Why what a decision posted is dated on another day; "" when it is not."""
    if not decision.posted:
        return ""
    found = session.exec(
        select(col(StockEntry.posting_date), StockEntry.occurred_at).where(
            StockEntry.line_id == decision.line_id,
            StockEntry.recorded_at == decision.decided_at,
            col(StockEntry.posting_date).is_not(None),
        )
    ).first()
    if found is None or found[0] is None:
        return ""
    return months.explained(found[0], _day(session, found[1]), was=was)


def sentence(session: Session, decision: Decision) -> str:
    """The same about a decision made just now, as a sentence behind others."""
    why = of_decision(session, decision, was=False)
    return f" {why[0].upper()}{why[1:]}." if why else ""


def of_lines(session: Session, line_ids: Collection[int]) -> dict[int, date]:
    """On which day the books take the last of what was posted for each of some lines."""
    zone = ZoneInfo(people.company(session).timezone)
    found = session.exec(
        select(col(StockEntry.line_id), col(StockEntry.posting_date), StockEntry.occurred_at)
        .where(col(StockEntry.line_id).in_(line_ids))
        .order_by(col(StockEntry.id))
    )
    return {line_id: day_of(posting_date, at, zone) for line_id, posting_date, at in found if line_id is not None}


def day_of(posting_date: date | None, occurred_at: datetime, zone: ZoneInfo) -> date:
    """The day on which the books take a row: that of its own, or else the one it occurred on."""
    return posting_date or occurred_at.astimezone(zone).date()


def _day(session: Session, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(people.company(session).timezone)).date()
