"""The bins where variances came to the most: of the newest so many counts that had one.

There is no sum for each bin: there are too many. The index of variances has the newest first, and so many of them say
where to look; `is_partial` says that there were more in the period.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, func, type_coerce
from sqlalchemy import select as core_select
from sqlmodel import Session, col

from models.catalog import Location
from models.columns import Money
from models.records import CountRecord
from models.services import history_queries
from models.services.history_queries import Only, Query

SHOWN = 10
MOST_READ = 500


@dataclass(frozen=True)
class WorstBin:
    """A bin, how many of its counts had a variance, and what those come to, overs and shorts apart."""

    location: str
    lines: int
    gross_value: Decimal


@dataclass(frozen=True)
class WorstBins:
    """The bins, the worst first. `is_partial`: only the newest variances of the period were looked at."""

    bins: tuple[WorstBin, ...]
    is_partial: bool


def worst_bins(
    session: Session, query: Query, abc_class: str | None, zone: ZoneInfo, hidden: Collection[int]
) -> WorstBins:
    """Find them among the newest variances that a query finds."""
    led = history_queries.lead(replace(query, only=Only.VARIANCES), zone, hidden).with_records()
    gross = func.abs(type_coerce(col(CountRecord.net_value), BigInteger))
    newest = led.within(led.select(col(CountRecord.location_id), gross.label("gross")))
    newest = newest.where(history_queries.apart(col(CountRecord.is_rated)))
    if abc_class is not None:
        newest = newest.where(history_queries.apart(col(CountRecord.abc_class)) == abc_class)
    some = newest.order_by(led.at.desc(), led.key.desc()).limit(MOST_READ).subquery()
    value = type_coerce(func.coalesce(func.sum(some.c.gross), 0), Money)
    rows = session.execute(
        core_select(col(Location.code), func.count(), value)
        .select_from(some)
        .join(Location, col(Location.id) == some.c.location_id)
        .group_by(col(Location.code))
    ).all()
    found = sorted((WorstBin(*row) for row in rows), key=lambda one: (-one.gross_value, -one.lines, one.location))
    return WorstBins(tuple(found[:SHOWN]), is_partial=sum(one.lines for one in found) == MOST_READ)
