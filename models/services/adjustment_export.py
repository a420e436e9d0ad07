"""The ledger's adjustments as rows, each with its ledger id, so that the system of record can post each once.

`reverses` is the id of the one that a row undoes. The two sides of a transfer that a count made are among them.
`posting_date` is the day on which the books take it: that of `occurred_at`, or a later one when its month is locked.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple  # Any: the types of many columns are more than a checker follows
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountLine, Decision
from models.people import Member
from models.rules.tolerance import variance_value
from models.services import export_tables, ledger, people, posting_days
from models.services.export_tables import BEGINNING, EVERYTHING, Wanted
from models.services.history_export import confirmer_of, decider_of
from models.stock import StockEntry

_SECOND = aliased(Member)


class AdjustmentRow(NamedTuple):
    """One adjustment of the ledger. The names are the columns of the file."""

    ledger_id: int
    recorded_at: datetime
    occurred_at: datetime
    posting_date: date
    sku: str
    item: str
    location: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal | None
    value: Decimal | None
    reason: str | None
    decision: str | None
    decided_by: str | None
    note: str | None
    session_id: int | None
    line_id: int | None
    reverses: int | None
    kind: str
    confirmed_by: str | None
    authority: str | None


def adjustment_rows(
    session: Session, *, since: datetime = BEGINNING, wanted: Wanted = EVERYTHING
) -> Iterator[AdjustmentRow]:
    """What counts posted, as wanted, recorded at or after `since`, in the order of the ledger; each is there once."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            col(StockEntry.id).label("ledger_id"),
            col(StockEntry.recorded_at),
            col(StockEntry.occurred_at),
            col(StockEntry.posting_date),
            col(Item.sku),
            col(Item.name).label("item"),
            col(Location.code).label("location"),
            col(StockEntry.quantity),
            col(Item.unit),
            col(StockEntry.unit_cost),
            col(StockEntry.reason),
            col(Decision.kind).label("decision"),
            decider_of(Decision, Member).label("decided_by"),
            col(Decision.note),
            col(CountLine.session_id),
            col(StockEntry.line_id),
            col(StockEntry.reverses_id).label("reverses"),
            col(StockEntry.kind),
            confirmer_of(_SECOND).label("confirmed_by"),
            col(Decision.authority),
        )
        .select_from(StockEntry)
        .join(Item, col(Item.id) == col(StockEntry.item_id))
        .join(Location, col(Location.id) == col(StockEntry.location_id))
        .outerjoin(CountLine, col(CountLine.id) == col(StockEntry.line_id))
        # A line can be adjusted again after a late movement: its decisions are told apart by their time.
        .outerjoin(
            Decision,
            and_(
                col(Decision.line_id) == col(StockEntry.line_id),
                col(Decision.decided_at) == col(StockEntry.recorded_at),
            ),
        )
        .outerjoin(Member, col(Member.id) == col(Decision.member_id))
        .outerjoin(_SECOND, col(_SECOND.id) == col(Decision.confirmed_by_id))
        .where(ledger.is_by_count(), *_bounds(since, wanted))
        .order_by(col(StockEntry.id))
        .limit(export_tables.PAGE)
    )
    zone = ZoneInfo(people.company(session).timezone)
    last_id = 0
    while True:
        page = session.execute(statement.where(col(StockEntry.id) > last_id)).all()
        for row in page:
            yield AdjustmentRow(
                **{
                    **row._mapping,  # noqa: SLF001 - it is SQLAlchemy's public way to a row by names
                    "posting_date": posting_days.day_of(row.posting_date, row.occurred_at, zone),
                },
                value=variance_value(row.quantity, row.unit_cost),
            )
        if len(page) < export_tables.PAGE:
            return
        last_id = page[-1].ledger_id


def _bounds(since: datetime, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield col(StockEntry.recorded_at) >= since
    yield from export_tables.matching(
        wanted,
        col(StockEntry.recorded_at),
        item_id=col(StockEntry.item_id),
        location_id=col(StockEntry.location_id),
    )
    if wanted.hidden:
        yield col(StockEntry.item_id).not_in(wanted.hidden)
    if wanted.settled:
        yield or_(col(CountLine.id).is_(None), col(CountLine.state).not_in(OPEN_STATES))
