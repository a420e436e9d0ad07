"""The stock ledger: posting rows, and asking what it said at an instant.

A stock's level row is also its lock. Whoever judges, decides or posts locks the level first and the count line
second, always in this order, so that two of them never wait for each other. What is locked for the books comes last
(`models.services.posting_days`).
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.catalog import Item
from models.services import item_classes, posting_days
from models.services.upserts import insert_for
from models.stock import EntryKind, StockEntry, StockLevel

_REVERSAL = aliased(StockEntry)


def level_of(session: Session, item_id: int, location_id: int, now: datetime) -> StockLevel:
    """Return the level of an item at a location, locked until the transaction ends; created empty when missing."""
    statement = (
        select(StockLevel)
        .where(StockLevel.item_id == item_id, StockLevel.location_id == location_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    level = session.exec(statement).one_or_none()
    if level is None:
        session.execute(
            insert_for(session, StockLevel)
            .values(
                item_id=item_id,
                location_id=location_id,
                on_hand=Decimal(0),
                abc_class=item_classes.class_for_new_level(session, item_id),
                created_at=now,
                due_from=now,
            )
            .on_conflict_do_nothing()
        )
        level = session.exec(statement).one()
    return level


def on_hand_at(session: Session, item_id: int, location_id: int, instant: datetime) -> Decimal:
    """On-hand as of `instant` (inclusive), as the books know it now, in base units."""
    return session.exec(
        select(func.coalesce(func.sum(StockEntry.quantity), Decimal(0))).where(
            StockEntry.item_id == item_id,
            StockEntry.location_id == location_id,
            StockEntry.occurred_at <= instant,
        )
    ).one()


def post(
    session: Session,
    level: StockLevel,
    kind: EntryKind,
    quantity: Decimal,
    *,
    occurred_at: datetime,
    now: datetime,
    reference: str = "",
    reason: str | None = None,
    line_id: int | None = None,
    import_key: str | None = None,
    unit_cost: Decimal | None = None,
    reverses: StockEntry | None = None,
    moved_by: str | None = None,
) -> StockEntry:
    """Append one signed quantity (base units) to the ledger and to its cached level, which the caller has locked.

    The row keeps the item's `unit_cost`, unless another is given. What occurred in a locked period is dated after it.
    """
    if unit_cost is None:
        unit_cost = session.get_one(Item, level.item_id).unit_cost
    entry = StockEntry(
        item_id=level.item_id,
        location_id=level.location_id,
        kind=kind,
        quantity=quantity,
        unit_cost=unit_cost,
        occurred_at=occurred_at,
        recorded_at=now,
        reference=reference,
        reason=reason,
        line_id=line_id,
        import_key=import_key,
        reverses_id=None if reverses is None else reverses.id,
        posting_date=posting_days.for_posting(session, occurred_at, reverses),
        moved_by=moved_by,
    )
    level.on_hand += quantity
    session.add(entry)
    session.add(level)
    session.flush()
    return entry


def correction_after(session: Session, item_id: int, location_id: int, instant: datetime) -> StockEntry | None:
    """The first row after `instant` that corrects the record: it may hold what a count at `instant` would post.

    That is an IMPORT, or what a count posted. One that was reversed, and its reversal, correct nothing.
    """
    return session.exec(
        select(StockEntry)
        .where(
            StockEntry.item_id == item_id,
            StockEntry.location_id == location_id,
            StockEntry.occurred_at > instant,
            or_(col(StockEntry.kind) == EntryKind.IMPORT, is_by_count()),
            col(StockEntry.reverses_id).is_(None),
            ~is_reversed(),
        )
        .order_by(col(StockEntry.occurred_at))
        .limit(1)
    ).first()


def is_reversed() -> ColumnElement[bool]:
    """The condition of a `StockEntry` that has its opposite in the ledger."""
    return select(_REVERSAL.id).where(col(_REVERSAL.reverses_id) == col(StockEntry.id)).exists()


def is_by_count() -> ColumnElement[bool]:
    """The condition of a `StockEntry` that a count posted: an adjustment, or a transfer of what was misplaced."""
    return or_(col(StockEntry.kind) == EntryKind.ADJUSTMENT, col(StockEntry.line_id).is_not(None))
