"""One item at a glance: on-hand by bin, the last counts, the last movements - or, for who may count it, none of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.rules import tolerance
from models.services import blindness, history_queries, judging, people, reorder, reorder_reports
from models.services.history import HistoryRow, rows_of
from models.services.history_queries import Query
from models.services.lookup import Subject
from models.services.movers import Movers
from models.services.people import Person
from models.services.reorder import ReorderRow
from models.services.reorder_reports import Frame
from models.stock import EntryKind, StockEntry, StockLevel

SHOWN_BINS = 15
SHOWN_COUNTS = 5
SHOWN_MOVEMENTS = 5


@dataclass(frozen=True)
class BinStock:
    """On-hand in one bin, in base units."""

    location: str
    on_hand: Decimal
    last_counted_at: datetime | None


@dataclass(frozen=True)
class Movement:
    """A ledger row; `quantity` is signed. `takes_back`: it is the opposite of an earlier one.

    `posting_date` is the day the books take it on, if it is another.
    """

    kind: EntryKind
    quantity: Decimal
    location: str
    occurred_at: datetime
    reference: str
    posting_date: date | None = None
    moved_by: str = ""
    takes_back: bool = False


@dataclass(frozen=True)
class ItemCard:
    """An item. `is_hidden`: it is being counted by the reader, so there is no number in it.

    `allowed` is which variance needs nobody, and where each limit comes from, without a plan's own; "" for who does not
    decide. `reorder` is for who may ask for reorder advice; None for others, and for what is in no bin.
    """

    sku: str
    name: str
    unit: str
    is_hidden: bool
    zone: ZoneInfo
    currency: str
    total: Decimal = Decimal(0)
    bins: tuple[BinStock, ...] = ()
    more_bins: int = 0
    counts: tuple[HistoryRow, ...] = ()
    movements: tuple[Movement, ...] = ()
    allowed: str = ""
    reorder: tuple[ReorderRow, Frame] | None = None


def item_card(session: Session, person: Person, item: Item, now: datetime) -> ItemCard:
    """Read an item for `person`."""
    assert item.id is not None  # noqa: S101 - a stored row has an id
    company = people.company(session)
    zone = ZoneInfo(company.timezone)
    if item.id in blindness.hidden_items(session, person):
        return ItemCard(item.sku, item.name, item.unit, is_hidden=True, zone=zone, currency=company.currency)
    number, total = session.exec(
        select(func.count(), func.coalesce(func.sum(StockLevel.on_hand), Decimal(0))).where(
            StockLevel.item_id == item.id
        )
    ).one()
    levels = session.exec(
        select(StockLevel, Location)
        .join(Location, col(Location.id) == col(StockLevel.location_id))
        .where(StockLevel.item_id == item.id)
        .order_by(col(Location.code))
        .limit(SHOWN_BINS)
    ).all()
    decides = person.is_controller or bool(person.approves)
    movers = Movers(session)
    moves = session.exec(
        select(StockEntry, Location)
        .join(Location, col(Location.id) == col(StockEntry.location_id))
        .where(StockEntry.item_id == item.id)
        .order_by(col(StockEntry.occurred_at).desc(), col(StockEntry.id).desc())
        .limit(SHOWN_MOVEMENTS)
    ).all()
    return ItemCard(
        sku=item.sku,
        name=item.name,
        unit=item.unit,
        is_hidden=False,
        zone=zone,
        currency=company.currency,
        total=total,
        bins=tuple(BinStock(place.code, level.on_hand, level.last_counted_at) for level, place in levels),
        more_bins=max(0, number - SHOWN_BINS),
        counts=_last_counts(session, person, item.id, zone),
        movements=tuple(
            Movement(
                entry.kind,
                entry.quantity,
                place.code,
                entry.occurred_at,
                entry.reference,
                entry.posting_date,
                movers.named(entry.moved_by),
                takes_back=entry.reverses_id is not None,
            )
            for entry, place in moves
        ),
        allowed=_allowed(session, item, company.currency) if decides else "",
        reorder=_reorder(session, item.id, now) if decides else None,
    )


def _last_counts(session: Session, person: Person, item_id: int, zone: ZoneInfo) -> tuple[HistoryRow, ...]:
    led = history_queries.lead(Query(Subject(item_id=item_id)), zone)
    return tuple(rows_of(session, person, led.page(session, SHOWN_COUNTS)))


def _allowed(session: Session, item: Item, currency: str) -> str:
    return tolerance.allowed(judging.limits_of(session, item, None), currency)


def _reorder(session: Session, item_id: int, now: datetime) -> tuple[ReorderRow, Frame] | None:
    row = reorder.reorder_row(session, item_id, now)
    return None if row is None else (row, reorder_reports.frame(session, now))
