"""What each policy picks: a query of free stock in the order of its picks, and the reason that goes with a pick.

Only `due` and `random` are not here: they take more than one query (`due_stock`, `random_stock`). A policy that looks
at something which a count does not change by itself (an empty bin stays empty) would pick the same stock in every run;
such policies leave out what did not move since its last count, or let it rest for a while.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any  # Any: what is asked of a ledger, which its caller alone reads

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    SQLColumnExpression,
    case,
    cast,
    literal,
    type_coerce,
)
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, func, or_

from models.catalog import Item
from models.columns import UtcDateTime
from models.counts import CountEntry, CountLine, Judgement
from models.rules import wording
from models.rules.causes import WITHIN_TOLERANCE
from models.rules.policies import Choice, Policy
from models.services import first_counts
from models.services.reach import Candidate, Query, begins_with
from models.stock import NONE_LEFT, EntryKind, StockEntry, StockLevel

VALUE_REST = timedelta(days=30)
"""What was counted is not picked for its value again for so long."""
YEAR = timedelta(days=365)
"""How far back adjustments and counts matter; what is older is left to the policies that count by the calendar."""

_EVER = datetime(1, 1, 1, tzinfo=UTC)
_UNITS = 10**3 * 10**4  # quantities are stored in thousandths, money in ten-thousandths

Because = Callable[[Candidate], str]
Picks = tuple[Query, Because]

_MOVEMENTS = (EntryKind.RECEIPT, EntryKind.ISSUE, EntryKind.TRANSFER_IN, EntryKind.TRANSFER_OUT)
_MOVEMENT = col(StockEntry.kind).in_(_MOVEMENTS)
# A warehouse that sends its stock files alone has no other sign that a bin was emptied.
_CHANGE = col(StockEntry.kind).in_([*_MOVEMENTS, EntryKind.IMPORT])
_OF_LEVEL = and_(
    col(StockEntry.item_id) == col(StockLevel.item_id), col(StockEntry.location_id) == col(StockLevel.location_id)
)
_OLDEST = (col(StockLevel.due_from), col(StockLevel.id))


def picks_of(choice: Choice, free: Query, now: datetime) -> Picks:
    """The query of a policy's picks, the best first, made from `free` stock; and the reason of each."""
    return _PICKS[choice.policy](choice, free, now)


def _control(choice: Choice, free: Query, _now: datetime) -> Picks:
    order = case({sku: place for place, sku in enumerate(choice.skus)}, value=col(Item.sku))
    return free.where(col(Item.sku).in_(choice.skus)).order_by(order, col(StockLevel.id)), _said("control group")


def _negative(_choice: Choice, free: Query, _now: datetime) -> Picks:
    query = free.where(NONE_LEFT, col(StockLevel.on_hand) < 0).order_by(col(StockLevel.on_hand), col(StockLevel.id))
    return query, lambda one: f"negative balance: the record says {wording.quantity(one.on_hand)}"


def _zero(_choice: Choice, free: Query, _now: datetime) -> Picks:
    query = free.where(NONE_LEFT, col(StockLevel.on_hand) == 0, _changed_since_count()).order_by(*_OLDEST)
    return query, _said("zero balance: the record says the bin is empty")


def _low(_choice: Choice, free: Query, _now: datetime) -> Picks:
    """By what is left of the reorder point, all bins of the item together."""
    anywhere = aliased(StockLevel)
    on_hand = core_select(func.sum(type_coerce(col(anywhere.on_hand), BigInteger))).where(
        col(anywhere.item_id) == col(Item.id)
    )
    total = cast(on_hand.correlate(Item).scalar_subquery(), Float)
    point = cast(type_coerce(col(Item.reorder_point), BigInteger), Float)
    query = free.where(col(Item.reorder_point) > 0, total < point, _changed_since_count())
    return query.order_by(total / point, col(StockLevel.id)), _said("on-hand below its reorder point")


def _adjusted(choice: Choice, free: Query, now: datetime) -> Picks:
    days = choice.window_days or 0
    latest = func.max(StockEntry.recorded_at)
    adjusted = (
        core_select(
            col(StockEntry.item_id),
            col(StockEntry.location_id),
            latest.label("at"),
            func.max(StockEntry.occurred_at).label("counted_at"),
        )
        .where(
            col(StockEntry.kind) == EntryKind.ADJUSTMENT,
            col(StockEntry.recorded_at) >= now - timedelta(days=days) - YEAR,
            col(StockEntry.reason) != WITHIN_TOLERANCE,
        )
        .group_by(col(StockEntry.item_id), col(StockEntry.location_id))
        .having(latest <= now - timedelta(days=days))
        .subquery()
    )
    query = free.join(
        adjusted,
        and_(adjusted.c.item_id == col(StockLevel.item_id), adjusted.c.location_id == col(StockLevel.location_id)),
    ).where(adjusted.c.counted_at >= col(StockLevel.last_counted_at))
    return query.order_by(adjusted.c.at, col(StockLevel.id)), _said(f"adjusted at least {_days(days)} ago")


def _inaccurate(choice: Choice, free: Query, now: datetime) -> Picks:
    """Bins with at least so many counts in the last year, by the mean of the newest ones; the worst bin first."""
    last, percent = choice.last or 1, choice.percent or Decimal(0)
    newest = func.row_number().over(partition_by=col(CountLine.location_id), order_by=col(CountEntry.id).desc())
    counted = (
        core_select(col(CountLine.location_id), first_counts.is_hit().label("hit"), newest.label("place"))
        .select_from(Judgement)
        .join(CountEntry, col(CountEntry.id) == col(Judgement.entry_id))
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .where(col(Judgement.id).in_(first_counts.first_judgements([col(CountEntry.counted_at) >= now - YEAR])))
        .subquery()
    )
    bins = (
        core_select(counted.c.location_id, func.sum(counted.c.hit).label("hits"))
        .where(counted.c.place <= last)
        .group_by(counted.c.location_id)
        .having(func.count() == last, func.sum(counted.c.hit) * 100 < float(percent * last))
        .subquery()
    )
    query = free.join(bins, bins.c.location_id == col(StockLevel.location_id)).order_by(bins.c.hits, *_OLDEST)
    counts = "last count" if last == 1 else f"last {last} counts"
    return query, _said(f"accuracy of its bin under {wording.percent(percent)} in the {counts}")


def _turnover(choice: Choice, free: Query, _now: datetime) -> Picks:
    """By the value that moved since the last count, whichever way. Stock of unknown cost has no value to compare."""
    moved = func.sum(func.abs(type_coerce(col(StockEntry.quantity), BigInteger)))
    cost = cast(type_coerce(col(Item.unit_cost), BigInteger), Float)
    amount = choice.amount or Decimal(0)
    value = cast(_since_count(moved).scalar_subquery(), Float) * cost / _UNITS
    query = free.where(value > float(amount)).order_by(value.desc(), col(StockLevel.id))
    return query, _said(f"more than {wording.quantity(amount)} in value moved since its last count")


def _velocity(choice: Choice, free: Query, now: datetime) -> Picks:
    days = choice.window_days or 0
    in_window = col(StockEntry.occurred_at) > now - timedelta(days=days)
    moves = _since_count(func.count(col(StockEntry.id))).where(in_window).scalar_subquery()
    query = free.where(moves > 0).order_by(moves.desc(), col(StockLevel.id))
    return query, _said(f"among the most moved in {_days(days)}")


def _value(_choice: Choice, free: Query, now: datetime) -> Picks:
    on_hand, cost = (
        cast(type_coerce(column, BigInteger), Float) for column in (col(StockLevel.on_hand), col(Item.unit_cost))
    )
    rested = or_(col(StockLevel.last_counted_at).is_(None), col(StockLevel.last_counted_at) <= now - VALUE_REST)
    query = free.where(on_hand * cost > 0, rested).order_by((on_hand * cost).desc(), col(StockLevel.id))
    return query, _said("among the highest values on hand")


def _never(_choice: Choice, free: Query, _now: datetime) -> Picks:
    return free.where(col(StockLevel.last_counted_at).is_(None)).order_by(*_OLDEST), _said("never counted")


def _abc(choice: Choice, free: Query, _now: datetime) -> Picks:
    query = free.where(col(StockLevel.abc_class).in_(choice.classes)).order_by(*_OLDEST)
    return query, lambda one: f"class {one.abc_class}, longest uncounted"


def _category(choice: Choice, free: Query, _now: datetime) -> Picks:
    query = free.where(col(Item.category).in_(choice.categories)).order_by(*_OLDEST)
    return query, _said(f"category {wording.any_of(choice.categories)}, longest uncounted")


def _location(choice: Choice, free: Query, _now: datetime) -> Picks:
    query = free.where(or_(*map(begins_with, choice.prefixes))).order_by(*_OLDEST)
    return query, _said(f"bins {wording.any_of(choice.prefixes)}, longest uncounted")


def _changed_since_count() -> ColumnElement[bool]:
    """Never counted, or with a movement or a correction by the stock file after the last count."""
    return or_(col(StockLevel.last_counted_at).is_(None), _since_count(col(StockEntry.id), _CHANGE).exists())


def _since_count(asked: SQLColumnExpression[Any], which: ColumnElement[bool] = _MOVEMENT) -> Select[*tuple[Any, ...]]:
    """A query of a stock's own ledger after its last count: read from its index, however long the ledger is."""
    since = func.coalesce(col(StockLevel.last_counted_at), literal(_EVER, UtcDateTime()))
    return core_select(asked).where(_OF_LEVEL, which, col(StockEntry.occurred_at) > since).correlate(StockLevel)


def _said(reason: str) -> Because:
    return lambda _candidate: reason


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


_PICKS: Mapping[Policy, Callable[[Choice, Query, datetime], Picks]] = MappingProxyType(
    {
        Policy.CONTROL: _control,
        Policy.NEGATIVE: _negative,
        Policy.ZERO: _zero,
        Policy.LOW: _low,
        Policy.ADJUSTED: _adjusted,
        Policy.INACCURATE: _inaccurate,
        Policy.TURNOVER: _turnover,
        Policy.NEVER: _never,
        Policy.VALUE: _value,
        Policy.VELOCITY: _velocity,
        Policy.ABC: _abc,
        Policy.CATEGORY: _category,
        Policy.LOCATION: _location,
    }
)
