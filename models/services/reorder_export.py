"""Reorder advice as rows for other systems: every item, with the figures that its advice rests on."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session

from models.rules.reorder import Advised
from models.services.demand import Which
from models.services.reorder import ReorderRow, reorder_rows

_UNIT = Decimal("0.001")


class ReorderCells(NamedTuple):
    """One item. The names are the columns of the file; blank is unknown, or does not apply."""

    sku: str
    item: str
    abc_class: str
    unit: str
    advice: str
    order_by: str
    order_quantity: Decimal | None
    on_hand: Decimal
    on_order: Decimal | None
    on_order_told_at: datetime | None
    reserved: Decimal | None
    available: Decimal | None
    reorder_point: Decimal | None
    lead_time_days: int
    demand_per_day: Decimal | None
    error_over_lead_time: Decimal | None
    method: str
    tried_weeks: int
    last_taken_at: datetime
    cover_days: Decimal | None
    excess: Decimal | None
    excess_value: Decimal | None
    order_multiple: Decimal | None
    uncorrected_advice: str
    uncorrected_order_by: str
    days_earlier: int | None


def reorder_cells(session: Session, now: datetime, which: Which | None = None) -> Iterator[ReorderCells]:
    """Every item that was forecast, or those that are meant, in the order of their ids."""
    return map(_cells, reorder_rows(session, now, which))


def _cells(row: ReorderRow) -> ReorderCells:
    stock, advised, uncorrected = row.stock, row.advised, row.uncorrected
    value = row.excess_value
    return ReorderCells(
        sku=stock.sku,
        item=stock.name,
        abc_class=stock.abc_class,
        unit=stock.unit,
        advice=advised.advice,
        order_by=_day(advised),
        order_quantity=_rounded(advised.quantity) if advised.quantity else None,
        on_hand=stock.on_hand,
        on_order=stock.on_order,
        on_order_told_at=stock.on_order_at,
        reserved=stock.reserved,
        available=_rounded(advised.available),
        reorder_point=_rounded(advised.reorder_point),
        lead_time_days=row.terms.lead_time_days,
        demand_per_day=_rounded(row.outlook.per_day),
        error_over_lead_time=_rounded(row.outlook.spread),
        method=row.forecast.method,
        tried_weeks=row.forecast.errors,
        last_taken_at=row.forecast.last_at,
        cover_days=_rounded(advised.cover_days),
        excess=_rounded(advised.excess) if advised.excess else None,
        excess_value=value.quantize(Decimal("0.01")) if advised.excess and value is not None else None,
        order_multiple=stock.multiple,
        uncorrected_advice="" if uncorrected is None else uncorrected.advice,
        uncorrected_order_by="" if uncorrected is None else _day(uncorrected),
        days_earlier=row.days_earlier,
    )


def _day(advised: Advised) -> str:
    return "" if advised.order_by is None else advised.order_by.isoformat()


def _rounded(figure: float | None) -> Decimal | None:
    return None if figure is None else Decimal(figure).quantize(_UNIT)
