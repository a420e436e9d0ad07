"""What the heading of a history says of all its rows."""

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import case
from sqlmodel import Session, col, func

from models.records import CountRecord
from models.services import history_queries
from models.services.history_queries import Query


@dataclass(frozen=True)
class Totals:
    """How many records; and how many of them were right at the first count, None where that is not to be said."""

    counts: int
    right_at_first: int | None


def totals(session: Session, query: Query, zone: ZoneInfo, hidden: Collection[int]) -> Totals:
    """Of the rated records that a query finds; when it asks for some rows only, of all that it finds."""
    led = history_queries.lead(query, zone, hidden)
    rated = case((col(CountRecord.is_rated), 1), else_=0)
    right = case((col(CountRecord.is_rated) & col(CountRecord.hit), 1), else_=0)
    found = led.with_records().select(func.count(), func.sum(rated), func.sum(right))
    number, lines, hits = session.execute(found).one()
    if query.only is not None:
        return Totals(number, None)
    return Totals(int(lines or 0), None if query.subject.member_id is not None else int(hits or 0))
