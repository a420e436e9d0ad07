"""Forecasting items from the ledger, and keeping what was forecast, because it takes longer than an answer may.

A year of weeks is looked at, the last one ending now; of an item whose record is younger, the whole weeks since it
began. The *uncorrected* record is the ledger without what counts posted since the last import of a stock (an import
says anew what there is), and its demand is the movements alone.

A forecast is made anew every day (`stale`), a few items at a time. Two statements serve all the items of one go.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, Table, and_, func, literal, or_, select
from sqlmodel import Session

from models.columns import Quantity
from models.rules.backtest import Choice, choose
from models.rules.demand import netted, weeks_before
from models.rules.intermittent import Method
from models.rules.reorder import horizon_of
from models.services import demand, ledger, reorder_settings
from models.services.catalogue import chunks
from models.services.demand import ItemDemand, Which
from models.services.item_values import ITEM, LEDGER, LEVEL
from models.services.upserts import insert_for
from models.stock import EntryKind
from models.supply import ItemForecast
from models.tables import METADATA

FORECAST: Table = METADATA.tables["itemforecast"]
HISTORY_WEEKS = 52
KEPT_FOR = timedelta(hours=20)
"""A forecast is used for so long before it is made anew: less than a day, so that it is made once each day."""

_AT_ONCE = 1000


class Forecast(NamedTuple):
    """A row of `models.supply.ItemForecast`, field by field."""

    item_id: int
    at: datetime
    method: str
    rate: float
    spread: float | None
    horizon: int
    errors: int
    last_at: datetime
    plain_rate: float | None
    plain_spread: float | None
    plain_last_at: datetime | None
    by_counts: Decimal

    @property
    def choice(self) -> Choice:
        """What is expected by the record as counts have corrected it."""
        return Choice(Method(self.method), self.rate, self.spread, self.horizon, self.errors)

    @property
    def plain(self) -> tuple[Choice, datetime] | None:
        """The same, and when something was last taken, by the uncorrected record; None where that is the same."""
        if self.plain_rate is None or self.plain_last_at is None:
            return None
        choice = Choice(Method(self.method), self.plain_rate, self.plain_spread, self.horizon, self.errors)
        return choice, self.plain_last_at


COLUMNS = tuple(FORECAST.c[name] for name in Forecast._fields)


def stale(session: Session, before: datetime, most: int) -> list[int]:
    """Ids of stocked items that were never forecast, then of those that were `before` an instant, the oldest first."""
    is_there = select(FORECAST.c.item_id).where(FORECAST.c.item_id == ITEM.c.id).exists()
    is_stocked = select(LEVEL.c.id).where(LEVEL.c.item_id == ITEM.c.id).exists()
    never = session.execute(select(ITEM.c.id).where(~is_there, is_stocked).order_by(ITEM.c.id).limit(most))
    found = list(never.scalars())
    if len(found) < most:
        old = select(FORECAST.c.item_id).where(FORECAST.c.at < before).order_by(FORECAST.c.at)
        found += session.execute(old.limit(most - len(found))).scalars()
    return found


def forecasts(session: Session, now: datetime, which: Which | None = None) -> Iterator[Forecast]:
    """What is forecast of items now, in the order of their ids. Nothing is written."""
    edges = weeks_before(now, HISTORY_WEEKS)
    usual = reorder_settings.terms(session).lead_time_days
    with closing(demand.demands(session, edges, which)) as taken:
        its = next(taken, None)
        rows = session.execute(_items(which), execution_options={"yield_per": _AT_ONCE})
        for item_id, lead_time, by_counts in rows:
            while its is not None and its.item_id < item_id:
                its = next(taken, None)
            if its is not None and its.item_id == item_id:  # else it came between the two statements
                horizon = horizon_of(usual if lead_time is None else lead_time)
                yield _forecast(its, edges, horizon, by_counts)


def store(session: Session, made: Iterable[Forecast]) -> None:
    """Keep forecasts in the place of those of before."""
    statement = insert_for(session, ItemForecast)
    statement = statement.on_conflict_do_update(
        index_elements=["item_id"], set_={name: statement.excluded[name] for name in Forecast._fields[1:]}
    )
    for chunk in chunks(made):
        session.execute(statement, [forecast._asdict() for forecast in chunk])


def _forecast(its: ItemDemand, edges: Sequence[datetime], horizon: int, by_counts: Decimal) -> Forecast:
    begins = bisect_left(edges, its.since)
    taken = [recorded + found for recorded, found in zip(its.recorded, its.found, strict=True)]
    choice = choose(netted(taken)[begins:], horizon)
    is_same = not by_counts and not any(its.found)
    plain = None if is_same else choose(netted(its.recorded)[begins:], horizon)
    return Forecast(
        item_id=its.item_id,
        at=edges[-1],
        method=choice.method,
        rate=choice.rate,
        spread=choice.spread,
        horizon=horizon,
        errors=choice.errors,
        last_at=its.last_at or its.since,
        plain_rate=None if plain is None else plain.rate,
        plain_spread=None if plain is None else plain.spread,
        plain_last_at=None if plain is None else its.last_recorded_at or its.since,
        by_counts=by_counts,
    )


def _items(which: Which | None) -> Select[int, int | None, Decimal]:
    """Ids, lead times, and what counts have posted since the last import of each stock, in the order of ids."""
    imported = LEDGER.alias()
    entry = (imported.c.item_id, imported.c.location_id)
    last = select(*entry, func.max(imported.c.id).label("id")).where(imported.c.kind == EntryKind.IMPORT)
    posted = select(LEDGER.c.item_id, func.sum(LEDGER.c.quantity).label("quantity"))
    items = select(ITEM.c.id, ITEM.c.lead_time_days)
    if which is not None:
        last, posted = last.where(which(entry[0])), posted.where(which(LEDGER.c.item_id))
        items = items.where(which(ITEM.c.id))
    newest = last.group_by(*entry).subquery()
    of_stock = and_(newest.c.item_id == LEDGER.c.item_id, newest.c.location_id == LEDGER.c.location_id)
    by_counts = (
        posted.outerjoin_from(LEDGER, newest, of_stock)
        .where(ledger.is_by_count(), or_(newest.c.id.is_(None), LEDGER.c.id > newest.c.id))
        .group_by(LEDGER.c.item_id)
        .subquery()
    )
    nothing = literal(Decimal(0), Quantity)
    return (
        items.add_columns(func.coalesce(by_counts.c.quantity, nothing))
        .outerjoin(by_counts, by_counts.c.item_id == ITEM.c.id)
        .order_by(ITEM.c.id)
    )
