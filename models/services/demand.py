"""The demand of items, week by week, as the ledger says it: with what counts found, and without.

One statement reads everything that `models.rules.demand` asks for, in the order of items, bins and time, so that many
items take little memory: when a stock began, when it was counted (counts whose decision stands), what was issued, and
what counts found to have been taken. A count and its reversal lie at the same instant and cancel out. What a count
moved between bins, and every other transfer, is no demand; nor is an adjustment whose cause says nothing of use.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, or_, select, type_coerce, union_all
from sqlmodel import Session

from models.columns import Quantity
from models.rules.demand import bucket_of, shares
from models.services.item_values import LEDGER, LEVEL, OWN_CAUSE, USING
from models.services.standing import is_standing
from models.stock import EntryKind
from models.tables import METADATA

LINE, DECISION = METADATA.tables["countline"], METADATA.tables["decision"]

Which = Callable[[ColumnElement[int]], ColumnElement[bool]]
"""Which items are meant: a condition on a column of their ids."""

_Rows = Select[int, int, datetime, int, int]
_AT_ONCE = 5000  # rows fetched in one go
_UNIT = 10**-Quantity.decimals


class _What(IntEnum):
    """What a row says; of two at the same instant the lower one comes first."""

    BEGAN = 0
    COUNTED = 1
    ISSUED = 2
    FOUND = 3


class _Row(NamedTuple):
    item_id: int
    location_id: int
    at: datetime
    what: int
    quantity: int  # thousandths, signed as in the ledger


@dataclass
class ItemDemand:
    """What was taken of an item in each bucket, less what came back; of all its bins, in base units.

    `recorded` is what the movements say, `found` what counts say beside it. `since` is when its record began; the last
    time something was taken is None when nothing was. What a count found was taken at the count at the latest.
    """

    item_id: int
    since: datetime
    recorded: list[float]
    found: list[float]
    last_recorded_at: datetime | None = None
    last_at: datetime | None = None


@dataclass
class _Stock:
    """An item in a bin, as far as its rows were read: when it began or was last counted, and the count before that."""

    location_id: int | None = None
    last: datetime | None = None
    before: datetime | None = None

    def counted(self, at: datetime) -> None:
        if self.last is None or at > self.last:
            self.before, self.last = self.last, at

    def previous(self, at: datetime) -> datetime:
        """The last count before the one at an instant; the beginning, if there is none."""
        found = self.last if self.last is not None and self.last < at else self.before
        return found if found is not None else at


def demands(
    session: Session, edges: Sequence[datetime], which: Which | None = None
) -> Generator[ItemDemand, None, None]:
    """The demand of items between `edges`, one after the other in the order of their ids.

    Who does not read to the end closes it: a cursor is open on the server until then.
    """
    options = {"yield_per": _AT_ONCE}
    with session.execute(_rows(edges, which), execution_options=options) as rows:
        yield from _items(map(_Row._make, rows), edges)


def _items(rows: Iterable[_Row], edges: Sequence[datetime]) -> Iterator[ItemDemand]:
    item: ItemDemand | None = None
    stock = _Stock()
    for row in rows:
        if item is None or item.item_id != row.item_id:
            if item is not None:
                yield item
            empty = len(edges) - 1
            item, stock = ItemDemand(row.item_id, row.at, [0.0] * empty, [0.0] * empty), _Stock(row.location_id)
        elif stock.location_id != row.location_id:
            stock = _Stock(row.location_id)
        item.since = min(item.since, row.at)
        _take(item, stock, row, edges)
    if item is not None:
        yield item


def _take(item: ItemDemand, stock: _Stock, row: _Row, edges: Sequence[datetime]) -> None:
    taken = -row.quantity * _UNIT
    match row.what:
        case _What.ISSUED:
            if (bucket := bucket_of(row.at, edges)) is not None:
                item.recorded[bucket] += taken
            if taken > 0:
                item.last_recorded_at = _later(item.last_recorded_at, row.at)
        case _What.FOUND:
            for bucket, share in shares(stock.previous(row.at), row.at, edges):
                item.found[bucket] += taken * share
        case _What.COUNTED:
            stock.counted(row.at)
        case _ if stock.last is None:  # it began; a level may have been made after movements of before were imported
            stock.last = row.at
    if taken > 0:
        item.last_at = _later(item.last_at, row.at)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _rows(edges: Sequence[datetime], which: Which | None) -> _Rows:
    """Everything that happened, in the order of items, bins and time."""
    start, end = edges[0], edges[-1]
    own = select(OWN_CAUSE.c.name).where(OWN_CAUSE.c.consuming)
    is_use = or_(LEDGER.c.reason.in_(USING), LEDGER.c.reason.in_(own))
    in_time = and_(LEDGER.c.occurred_at > start, LEDGER.c.occurred_at <= end)
    counted, instant = (LINE.c.item_id, LINE.c.location_id), DECISION.c.count_instant
    entry = (LEDGER.c.item_id, LEDGER.c.location_id)

    def part(
        stock: tuple[ColumnElement[int], ColumnElement[int]],
        at: ColumnElement[datetime],
        what: _What,
        quantity: ColumnElement[int] | None = None,
    ) -> _Rows:
        item_id, location_id = stock
        nothing = literal(0)
        found = select(
            item_id.label("item_id"),
            location_id.label("location_id"),
            at.label("at"),
            literal(int(what)).label("what"),
            (nothing if quantity is None else quantity).label("quantity"),
        )
        return found if which is None else found.where(which(item_id))

    def counts(at: ColumnElement[datetime]) -> _Rows:
        joined = part(counted, at, _What.COUNTED).join(DECISION, DECISION.c.line_id == LINE.c.id)
        return joined.where(DECISION.c.quantity.is_not(None), is_standing())

    moved = type_coerce(LEDGER.c.quantity, BigInteger)
    rows = union_all(
        part((LEVEL.c.item_id, LEVEL.c.location_id), LEVEL.c.created_at, _What.BEGAN),
        part(entry, func.min(LEDGER.c.occurred_at), _What.BEGAN).group_by(*entry),
        counts(func.max(instant)).where(instant <= start).group_by(*counted),
        counts(instant).where(instant > start, instant <= end),
        part(entry, LEDGER.c.occurred_at, _What.ISSUED, moved).where(LEDGER.c.kind == EntryKind.ISSUE, in_time),
        part(entry, LEDGER.c.occurred_at, _What.FOUND, moved).where(
            LEDGER.c.kind == EntryKind.ADJUSTMENT, is_use, in_time
        ),
    ).subquery()
    return select(rows).order_by(rows.c.item_id, rows.c.location_id, rows.c.at, rows.c.what)
