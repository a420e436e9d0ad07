"""What the heading of a history says of all its rows: how many, and how many of them were right at the first count.

Of items, bins and people it is counted in their records, which an index finds; of all else in sums, and what the reader
may not see yet is taken off. A person's share is not said here (`models.services.accuracy_facts` says it where that is
switched on), and of somebody with very many counts only that there are more than `MOST_OF_A_PERSON`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import SQLColumnExpression
from sqlalchemy import select as core_select
from sqlmodel import Session, col, func

from models.records import CountRecord
from models.services import history_queries, record_sums
from models.services.history_queries import Only, Query
from models.services.record_sums import Scope, Sums

MOST_OF_A_PERSON = 5000


@dataclass(frozen=True)
class Totals:
    """How many records, or at least how many; how many were right, None where that is not to be said."""

    counts: int
    right_at_first: int | None
    is_more: bool = False


def totals(session: Session, query: Query, zone: ZoneInfo, hidden: Collection[int]) -> Totals:
    """Of the rated records that a query finds; when it asks for some rows only, of all that it finds."""
    subject = query.subject
    led = history_queries.lead(query, zone, hidden)
    if led.by_person:
        some = led.select(led.key).limit(MOST_OF_A_PERSON + 1).subquery()
        number = session.scalar(core_select(func.count()).select_from(some)) or 0
        return Totals(min(number, MOST_OF_A_PERSON), None, is_more=number > MOST_OF_A_PERSON)
    if subject.item_id is not None or subject.location_id is not None:
        sums = record_sums.read_records(session, led.conditions).get((), Sums())
    else:
        scope = Scope(team_id=subject.team_id, plan_id=subject.plan_id)
        found = record_sums.read(session, scope, query.period.first, query.period.last)
        sums = found.get((), Sums())
        if hidden:
            sums -= record_sums.read_records(session, of_hidden(query, hidden)).get((), Sums())
    match query.only:
        case Only.VARIANCES:
            return Totals(sums.variances, None)
        case Only.ADJUSTED:
            return Totals(sums.adjusted, None)
    return Totals(sums.lines, None if subject.member_id is not None else sums.hits)


def of_hidden(query: Query, hidden: Collection[int]) -> list[SQLColumnExpression[bool]]:
    """The records that a query would find of hidden items: there are not many, and they are found by item."""
    named = ((col(CountRecord.team_id), query.subject.team_id), (col(CountRecord.plan_id), query.subject.plan_id))
    conditions = [history_queries.apart(column) == value for column, value in named if value is not None]
    first, last, day = query.period.first, query.period.last, history_queries.apart(col(CountRecord.day))
    conditions += [day >= first] if first is not None else []
    conditions += [day <= last] if last is not None else []
    return [col(CountRecord.item_id).in_(hidden), *conditions]
