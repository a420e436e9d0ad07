"""Reorder advice for items, by the record as counts have corrected it, and by the same record without them.

What there is of an item, all its bins together, is read as it is now; what is forecast of it was worked out before
(`models.services.forecasting`). On order is what the stock file said, less what was received since: the same goods must
not count twice. Reserved stays what was said: issues since may be of anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple  # Any: a select of many columns, which its caller alone reads
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, literal, or_, select
from sqlmodel import Session

from models.columns import Quantity
from models.rules.backtest import Choice
from models.rules.causes import Reason
from models.rules.reorder import Advised, Outlook, Position, Terms, advise, days_earlier, outlook_of
from models.services import forecasting, people, reorder_settings
from models.services.demand import Which
from models.services.forecasting import COLUMNS, FORECAST, Forecast
from models.services.item_values import ITEM, LEDGER, LEVEL
from models.stock import EntryKind
from models.tables import METADATA

SUPPLY = METADATA.tables["itemsupply"]
_AT_ONCE = 1000


class ItemStock(NamedTuple):
    """What there is of an item in all its bins, in base units, and what was said of its orders."""

    item_id: int
    sku: str
    name: str
    unit: str
    abc_class: str
    unit_cost: Decimal | None
    lead_time_days: int | None
    told_point: Decimal | None
    on_order_told: Decimal | None
    on_order_at: datetime | None
    reserved: Decimal | None
    multiple: Decimal | None
    on_hand: Decimal
    received: Decimal

    @property
    def on_order(self) -> Decimal | None:
        """What is still on order, if anybody has said."""
        return None if self.on_order_told is None else max(Decimal(0), self.on_order_told - self.received)


@dataclass(frozen=True)
class ReorderRow:
    """An item with its advice, the forecast that it rests on, and what the uncorrected record would have advised.

    `uncorrected` is None where counts changed nothing.
    """

    stock: ItemStock
    terms: Terms
    forecast: Forecast
    outlook: Outlook
    advised: Advised
    uncorrected: Advised | None

    @property
    def days_earlier(self) -> int | None:
        """How many days earlier than the uncorrected record said it is to be ordered, if both have a day."""
        return None if self.uncorrected is None else days_earlier(self.advised, self.uncorrected)

    @property
    def excess_value(self) -> Decimal | None:
        """What the excess is worth in currency; None when the unit cost is not known."""
        cost = self.stock.unit_cost
        return None if cost is None else cost * Decimal(self.advised.excess)


def reorder_rows(session: Session, now: datetime, which: Which | None = None) -> Iterator[ReorderRow]:
    """Every item that was forecast, or those that are meant, in the order of their ids."""
    advise_on = _adviser(session, now)
    statement = _stocks(which).add_columns(*COLUMNS).join(FORECAST, FORECAST.c.item_id == ITEM.c.id)
    width = len(ItemStock._fields)
    for row in session.execute(statement, execution_options={"yield_per": _AT_ONCE}):
        yield advise_on.row(ItemStock._make(row[:width]), Forecast._make(row[width:]))


def reorder_row(session: Session, item_id: int, now: datetime) -> ReorderRow | None:
    """One item, forecast now; None when it is in no bin."""

    def which(column: Any) -> Any:  # noqa: ANN401 - as `Which`
        return column == item_id

    stock = session.execute(_stocks(which)).one_or_none()
    made = list(forecasting.forecasts(session, now, which))
    return _adviser(session, now).row(ItemStock._make(stock), made[0]) if stock is not None and made else None


def _adviser(session: Session, now: datetime) -> "_Adviser":
    zone = ZoneInfo(people.company(session).timezone)
    return _Adviser(reorder_settings.terms(session), now, now.astimezone(zone).date())


@dataclass(frozen=True)
class _Adviser:
    """What holds for every item: the company's terms, and the time."""

    usual: Terms
    now: datetime
    today: date

    def row(self, stock: ItemStock, forecast: Forecast) -> ReorderRow:
        lead_time = self.usual.lead_time_days if stock.lead_time_days is None else stock.lead_time_days
        terms = replace(self.usual, lead_time_days=lead_time)
        outlook = self._outlook(forecast.choice, forecast.last_at, terms)
        uncorrected = None
        if forecast.plain is not None:
            plain = self._outlook(*forecast.plain, terms)
            uncorrected = self._advice(stock, stock.on_hand - forecast.by_counts, plain, terms)
        advised = self._advice(stock, stock.on_hand, outlook, terms)
        return ReorderRow(stock, terms, forecast, outlook, advised, uncorrected)

    def _outlook(self, choice: Choice, last_at: datetime, terms: Terms) -> Outlook:
        return outlook_of(choice, terms.lead_time_days, (self.now - last_at).days)

    def _advice(self, stock: ItemStock, on_hand: Decimal, outlook: Outlook, terms: Terms) -> Advised:
        told = (_number(figure) for figure in (stock.on_order, stock.reserved, stock.multiple))
        return advise(outlook, Position(float(on_hand), *told), terms, self.today, _number(stock.told_point))


def _number(told: Decimal | None) -> float | None:
    return None if told is None else float(told)


def _stocks(which: Which | None) -> Select[Any]:
    """The columns of `ItemStock`, in the order of items."""
    levels = select(LEVEL.c.item_id, func.sum(LEVEL.c.on_hand).label("on_hand"))
    is_receipt = or_(LEDGER.c.kind == EntryKind.RECEIPT, LEDGER.c.reason == Reason.UNRECORDED_RECEIPT)
    receipts = (
        select(LEDGER.c.item_id, func.sum(LEDGER.c.quantity).label("quantity"))
        .join(SUPPLY, SUPPLY.c.item_id == LEDGER.c.item_id)
        .where(LEDGER.c.occurred_at > SUPPLY.c.on_order_at, is_receipt)
    )
    if which is not None:
        levels, receipts = levels.where(which(LEVEL.c.item_id)), receipts.where(which(LEDGER.c.item_id))
    level = levels.group_by(LEVEL.c.item_id).subquery()
    received = receipts.group_by(LEDGER.c.item_id).subquery()
    return (
        select(
            ITEM.c.id, ITEM.c.sku, ITEM.c.name, ITEM.c.unit, func.coalesce(ITEM.c.abc_class, ""), ITEM.c.unit_cost,
            ITEM.c.lead_time_days, ITEM.c.reorder_point, SUPPLY.c.on_order, SUPPLY.c.on_order_at, SUPPLY.c.reserved,
            SUPPLY.c.order_multiple, level.c.on_hand, func.coalesce(received.c.quantity, literal(Decimal(0), Quantity)),
        )
        .join_from(ITEM, level, level.c.item_id == ITEM.c.id)
        .outerjoin(SUPPLY, SUPPLY.c.item_id == ITEM.c.id)
        .outerjoin(received, received.c.item_id == ITEM.c.id)
        .order_by(ITEM.c.id)
    )  # fmt: skip
