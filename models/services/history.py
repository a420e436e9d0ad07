"""Count history: what was counted, where, by whom, against what the record said, and what became of it.

One row a record (`models.records`): a line that somebody counted, or an earlier count that was imported; the newest
first by its first count. Pages are cut by key, never by offset: rows that are added while somebody reads do not shift
what they have seen. Two things are left out, because a count is blind: every row of an item that the reader may still
have to count, and the numbers of every line that is still open, for everybody (who decides it has its card).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, Decision, DecisionKind
from models.people import Member, Team
from models.plans import CountPlan
from models.records import CountRecord, RecordPerson, RecordSource
from models.rules import wording
from models.rules.lines import LineState
from models.rules.records import CLOSED
from models.services import blindness, history_queries, people, record_totals
from models.services.history_queries import Key, Only, Query
from models.services.lookup import Subject
from models.services.people import Person
from models.services.take_back_offers import version_to_take_back

__all__ = ["History", "HistoryRow", "Key", "Only", "Query", "Settled", "history"]

ROWS_A_PAGE = 10


@dataclass(frozen=True)
class Settled:
    """How a closed line ended. `who` None: the tolerance limit. `accepted` differs from the count after an *Adjust*.

    `posted`: by all its decisions. `later`: by those after the first that closed it; None when there is no other.
    """

    kind: DecisionKind
    who: str | None
    reason: str | None
    accepted: Decimal | None
    posted: Decimal
    later: Decimal | None


@dataclass(frozen=True)
class HistoryRow:
    """A counted line. Numbers are of the last attempt, in base units and currency; all None while it is open.

    `counters` are in the order in which they counted. `value` None: unknown unit cost. `is_imported`: an earlier count,
    from a file; it has no `line_id`. `take_back` is the version of the line whose decision the reader is offered to
    take back; None for none.
    """

    key: Key
    at: datetime
    sku: str
    name: str
    unit: str
    location: str
    state: LineState
    counters: tuple[str, ...]
    expected: Decimal | None = None
    counted: Decimal | None = None
    variance: Decimal | None = None
    value: Decimal | None = None
    settled: Settled | None = None
    is_imported: bool = False
    line_id: int | None = None
    take_back: int | None = None


@dataclass(frozen=True)
class History:
    """A page of history. `counts` and `right_at_first` are of all rows that the query finds, not of the page.

    `counts` are those that say something about accuracy; when the query asks for some rows only, all of those that it
    finds; `is_more`: there are more. `right_at_first` None: it is not to be said. `hidden`: SKUs left out because the
    reader may have to count them. `title` names the subject. `may_export`: the reader may have all of it in a file.
    """

    query: Query
    title: str
    rows: tuple[HistoryRow, ...]
    has_older: bool
    has_newer: bool
    counts: int
    is_more: bool
    right_at_first: int | None
    hidden: tuple[str, ...]
    zone: ZoneInfo
    currency: str
    may_export: bool


def history(session: Session, person: Person, query: Query) -> History:
    """Read one page for `person`."""
    company = people.company(session)
    zone = ZoneInfo(company.timezone)
    hidden = blindness.hidden_items(session, person)
    led = history_queries.lead(query, zone, hidden)
    backwards = query.newer_than is not None
    keys = led.page(session, ROWS_A_PAGE + 1, older_than=query.older_than, newer_than=query.newer_than)
    more, keys = len(keys) > ROWS_A_PAGE, keys[:ROWS_A_PAGE]
    keys = keys[::-1] if backwards else keys
    totals = record_totals.totals(session, query, zone, hidden)
    return History(
        query=query,
        title=title_of(session, query.subject) or "All counts",
        rows=tuple(rows_of(session, person, keys)),
        has_older=more if not backwards else bool(keys) and bool(led.page(session, 1, older_than=keys[-1])),
        has_newer=more if backwards else bool(keys) and bool(led.page(session, 1, newer_than=keys[0])),
        counts=totals.counts,
        is_more=totals.is_more,
        right_at_first=totals.right_at_first,
        hidden=_hidden_here(session, query, hidden),
        zone=zone,
        currency=company.currency,
        may_export=person.is_controller or bool(person.approves),
    )


def rows_of(session: Session, person: Person, keys: Sequence[Key]) -> list[HistoryRow]:
    """The rows of these records, in this order, for `person`."""
    ids = [key.id for key in keys]
    counters: dict[int, list[str]] = {}
    for record_id, member in session.exec(
        select(RecordPerson.record_id, Member)
        .join(Member, col(Member.id) == col(RecordPerson.member_id))
        .where(col(RecordPerson.record_id).in_(ids))
        .order_by(col(RecordPerson.record_id), col(RecordPerson.place))
    ):
        counters.setdefault(record_id, []).append(people.display_name(member))
    seconds = _seconds(session, ids)
    found: dict[int | None, HistoryRow] = {}
    for record, line, item, code, decider in session.execute(
        core_select(CountRecord, CountLine, Item, col(Location.code), Member)
        .outerjoin(CountLine, col(CountLine.id) == col(CountRecord.line_id))
        .join(Item, col(Item.id) == col(CountRecord.item_id))
        .join(Location, col(Location.id) == col(CountRecord.location_id))
        .outerjoin(Member, col(Member.id) == col(CountRecord.decided_by_id))
        .where(col(CountRecord.id).in_(ids))
    ):
        deciders = [people.display_name(one) for one in (decider, seconds.get(record.line_id)) if one is not None]
        row = _row(record, item, code, wording.all_of(deciders) or None, counters.get(record.id or 0, []))
        take_back = None if line is None else version_to_take_back(session, person, line)
        found[record.id] = replace(row, line_id=record.line_id, take_back=take_back)
    return [found[one] for one in ids]


def _seconds(session: Session, record_ids: Sequence[int]) -> dict[int | None, Member]:
    """Who confirmed the last decision about the lines of these records, where it took two; by line id."""
    later = aliased(Decision)
    rows = session.execute(
        core_select(col(Decision.line_id), Member)
        .join(Member, col(Member.id) == col(Decision.confirmed_by_id))
        .join(CountRecord, col(CountRecord.line_id) == col(Decision.line_id))
        .where(
            col(CountRecord.id).in_(record_ids),
            ~core_select(col(later.id))
            .where(col(later.line_id) == col(Decision.line_id), col(later.id) > col(Decision.id))
            .exists(),
        )
    )
    return {row.line_id: row.Member for row in rows}


def _row(record: CountRecord, item: Item, location: str, decided_by: str | None, counters: Sequence[str]) -> HistoryRow:
    assert record.id is not None  # noqa: S101 - a stored row has an id
    is_closed = record.state in CLOSED
    return HistoryRow(
        key=Key(record.counted_at, record.id),
        at=record.last_at,
        sku=item.sku,
        name=item.name,
        unit=item.unit,
        location=location,
        state=record.state,
        counters=tuple(counters) or ((record.counter,) if record.counter else ()),
        expected=record.expected if is_closed else None,
        counted=record.counted if is_closed else None,
        variance=record.variance if is_closed else None,
        value=record.variance_value if is_closed else None,
        settled=_settled(record, decided_by) if is_closed else None,
        is_imported=record.source is RecordSource.IMPORT,
    )


def _settled(record: CountRecord, decided_by: str | None) -> Settled | None:
    if record.decision is None:
        return None
    return Settled(
        kind=record.decision,
        who=decided_by,
        reason=record.cause or None,
        accepted=record.accepted,
        posted=record.posted,
        later=record.posted_later,
    )


def title_of(session: Session, subject: Subject) -> str:
    """What a subject is called; several things with a dot between them, "" for everything."""
    names: list[str] = []
    if subject.item_id is not None:
        item = session.get_one(Item, subject.item_id)
        names.append(item.sku if item.name == item.sku else f"{item.sku} {item.name}")
    if subject.location_id is not None:
        names.append(session.get_one(Location, subject.location_id).code)
    if subject.team_id is not None:
        names.append(session.get_one(Team, subject.team_id).name)
    if subject.plan_id is not None:
        names.append(session.get_one(CountPlan, subject.plan_id).name)
    if subject.member_id is not None:
        names.append(people.display_name(session.get_one(Member, subject.member_id)))
    return " · ".join(names)


def _hidden_here(session: Session, query: Query, hidden: set[int]) -> tuple[str, ...]:
    """The SKUs among the hidden ones that this history would have shown."""
    if not hidden:
        return ()
    found = select(Item.sku).where(col(Item.id).in_(hidden), history_queries.has_records(query.subject))
    return tuple(session.exec(found.order_by(col(Item.sku))).all())
