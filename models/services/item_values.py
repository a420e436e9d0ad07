"""What items are ranked by when they are classified: a value for each, by sums over the ledger or the stock levels.

*Usage value* is what was used in the window at today's unit cost. Used is what was issued, and what adjustments with a
consuming cause took away (an unrecorded issue, damaged, lost or stolen); what came back under such a cause, and
unrecorded receipts, count against it. This is the demand that reorder advice speaks of.

An item without a unit cost has no value that is known, which is not the same as none: it gets None, except where only
movements are counted. What is negative (more came back than went out, a book below zero) counts as 0.

A million items are read as plain rows of integers, in the smallest units of their columns: an object for each would
take minutes, and a Decimal for each seconds.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Subquery, and_, cast, func, null, or_, select, type_coerce
from sqlmodel import Session

from models.columns import Money, Quantity
from models.rules.causes import CONSUMING, Reason
from models.rules.classes import ClassMeasure
from models.stock import EntryKind
from models.tables import METADATA

ITEM, LEVEL, LEDGER, OWN_CAUSE = (METADATA.tables[name] for name in ("item", "stocklevel", "stockentry", "owncause"))

MOVES = (EntryKind.RECEIPT, EntryKind.ISSUE, EntryKind.TRANSFER_IN, EntryKind.TRANSFER_OUT)
USING = (*CONSUMING, Reason.UNRECORDED_RECEIPT)
"""Standard causes of what was used, or turned out not to be; a company may have others of its own."""

_AT_ONCE = 20_000  # rows fetched in one go
# A quantity in its column times a unit cost in its.
_VALUE_DECIMALS = Quantity.decimals + Money.decimals
_DECIMALS: Mapping[ClassMeasure, int] = MappingProxyType(
    {
        ClassMeasure.USAGE_VALUE: _VALUE_DECIMALS,
        ClassMeasure.ON_HAND_VALUE: _VALUE_DECIMALS,
        ClassMeasure.MOVEMENTS: 0,
        ClassMeasure.UNIT_COST: Money.decimals,
    }
)


class ItemValue(NamedTuple):
    """An item, its classes ("" for none), and its value in the measure's smallest units. None: nobody knows it."""

    item_id: int
    abc_class: str
    pinned_class: str
    file_class: str
    value: int | None

    @property
    def fixed_class(self) -> str:
        """The class that no ranking changes, "" for none."""
        return self.pinned_class or self.file_class


def values(session: Session, measure: ClassMeasure, window_days: int, now: datetime) -> Iterator[ItemValue]:
    """Every item with its value over the last `window_days` days up to `now`, in the order of ids."""
    sums = _sums(measure, window_days, now)
    amount = null() if sums is None else sums.c.amount
    items = select(
        ITEM.c.id,
        func.coalesce(ITEM.c.abc_class, ""),
        func.coalesce(ITEM.c.pinned_class, ""),
        func.coalesce(ITEM.c.file_class, ""),
        type_coerce(ITEM.c.unit_cost, BigInteger),
        amount,
    ).order_by(ITEM.c.id)
    if sums is not None:
        items = items.outerjoin_from(ITEM, sums, sums.c.item_id == ITEM.c.id)
    for item_id, now_in, pinned, from_file, unit_cost, found in session.execute(
        items, execution_options={"yield_per": _AT_ONCE}
    ):
        yield ItemValue(item_id, now_in, pinned, from_file, _value(measure, unit_cost, max(found or 0, 0)))


def any_use(session: Session, window_days: int, now: datetime) -> bool:
    """Whether anything was used in the window, whatever it costs."""
    sums = _sums(ClassMeasure.USAGE_VALUE, window_days, now)
    return sums is not None and session.execute(select(sums).where(sums.c.amount > 0).limit(1)).first() is not None


def in_units(measure: ClassMeasure, value: int) -> Decimal:
    """A value as money, or as a number of movements."""
    return Decimal(value).scaleb(-_DECIMALS[measure])


def _value(measure: ClassMeasure, unit_cost: int | None, amount: int) -> int | None:
    if measure is ClassMeasure.MOVEMENTS:
        return amount
    if unit_cost is None or measure is ClassMeasure.UNIT_COST:
        return unit_cost
    return unit_cost * amount


def _sums(measure: ClassMeasure, window_days: int, now: datetime) -> Subquery | None:
    """`amount` by item id, whole thousandths or a count; None when the unit cost alone is what counts."""
    match measure:
        case ClassMeasure.USAGE_VALUE:
            own = select(OWN_CAUSE.c.name).where(OWN_CAUSE.c.consuming)
            used = or_(
                LEDGER.c.kind == EntryKind.ISSUE,
                and_(LEDGER.c.kind == EntryKind.ADJUSTMENT, or_(LEDGER.c.reason.in_(USING), LEDGER.c.reason.in_(own))),
            )
            return _by_item(LEDGER.c.item_id, -_total(LEDGER.c.quantity), used, *_window(window_days, now))
        case ClassMeasure.ON_HAND_VALUE:
            return _by_item(LEVEL.c.item_id, _total(LEVEL.c.on_hand))
        case ClassMeasure.MOVEMENTS:
            return _by_item(LEDGER.c.item_id, func.count(), LEDGER.c.kind.in_(MOVES), *_window(window_days, now))
        case ClassMeasure.UNIT_COST:
            return None


def _window(days: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return LEDGER.c.occurred_at > now - timedelta(days=days), LEDGER.c.occurred_at <= now


def _total(column: ColumnElement[Decimal]) -> ColumnElement[int]:
    # PostgreSQL's sum of big integers is a decimal number.
    return cast(func.sum(type_coerce(column, BigInteger)), BigInteger)


def _by_item(item_id: ColumnElement[int], amount: ColumnElement[int], *where: ColumnElement[bool]) -> Subquery:
    found = select(item_id.label("item_id"), amount.label("amount")).where(*where)
    return found.group_by(item_id).subquery()
