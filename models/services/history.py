"""Count history: what was counted, where, by whom, against what the record said, and what became of it.

One row a line that somebody counted, the newest first by its first count. Pages are cut by key, never by offset: rows
that are added while somebody reads do not shift what they have seen. Two things are left out, because a count is
blind: every row of an item that the reader may still have to count, and the numbers of every line that is still open,
for everybody (who decides it has its card).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountEntry, CountLine, CountSession, Decision, DecisionKind, Judgement
from models.people import Member, Team
from models.rules import wording
from models.rules.lines import LineState
from models.rules.tolerance import variance_value
from models.services import blindness, first_counts, lines, parts, people
from models.services.lines import Attempt
from models.services.lookup import Subject
from models.services.people import Person

ROWS_A_PAGE = 10
MOST_JUDGED = 20_000
"""Lines that the share of first counts is taken from, the newest: a click may not take longer the longer we count."""


@dataclass(frozen=True)
class Query:
    """Which rows: of a subject, counted at or after `since`; after (older than) or before a row already seen.

    `older_than` and `newer_than` are keys of rows (`HistoryRow.key`); at most one of them is given.
    """

    subject: Subject = field(default_factory=Subject)
    since: datetime | None = None
    older_than: int | None = None
    newer_than: int | None = None


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

    `counters` are in the order in which they counted. `value` None: unknown unit cost.
    """

    key: int
    line_id: int
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


@dataclass(frozen=True)
class History:
    """A page of history. `counts` and `right_at_first` are of all closed rows the query finds, not of the page.

    When there are very many, they are of the newest only, and `is_partial`.
    `hidden`: SKUs left out because the reader may have to count them. `title` names the subject.
    """

    query: Query
    title: str
    rows: tuple[HistoryRow, ...]
    has_older: bool
    has_newer: bool
    counts: int
    right_at_first: int
    is_partial: bool
    hidden: tuple[str, ...]
    zone: ZoneInfo
    currency: str


def history(session: Session, person: Person, query: Query) -> History:
    """Read one page for `person`."""
    hidden = blindness.hidden_items(session, person)
    found = [*_bounds(query), *([col(CountLine.item_id).not_in(hidden)] if hidden else [])]
    rows, more = _page(session, query, found)
    keys = [row.key for row in rows]
    backwards = query.newer_than is not None
    older = more if not backwards else bool(keys) and _any(session, found, col(CountEntry.id) < min(keys))
    newer = more if backwards else bool(keys) and _any(session, found, col(CountEntry.id) > max(keys))
    oldest = session.exec(
        _first_entries(found).order_by(col(CountEntry.id).desc()).offset(MOST_JUDGED - 1).limit(1)
    ).first()
    counts, right = _totals(session, found if oldest is None else [*found, col(CountEntry.id) >= oldest.id])
    company = people.company(session)
    return History(
        query=query,
        title=_title(session, query.subject),
        rows=tuple(rows),
        has_older=older,
        has_newer=newer,
        counts=counts,
        right_at_first=right,
        is_partial=oldest is not None,
        hidden=_hidden_here(session, query, hidden),
        zone=ZoneInfo(company.timezone),
        currency=company.currency,
    )


_IS_FIRST = (col(CountEntry.attempt) == 1, col(CountEntry.replaces_id).is_(None), col(CountEntry.settles))
"""The one entry of a line that was its first blind count, before any correction: it gives the row its place."""


def _bounds(query: Query) -> list[ColumnElement[bool]]:
    subject = query.subject
    found: list[ColumnElement[bool]] = []
    if subject.item_id is not None:
        found.append(col(CountLine.item_id) == subject.item_id)
    if subject.location_id is not None:
        found.append(col(CountLine.location_id) == subject.location_id)
    if subject.team_id is not None:
        teams = select(CountSession.id).where(CountSession.team_id == subject.team_id)
        found.append(col(CountLine.session_id).in_(teams))
    if query.since is not None:
        found.append(col(CountEntry.counted_at) >= query.since)
    return found


def _page(session: Session, query: Query, found: Sequence[ColumnElement[bool]]) -> tuple[list[HistoryRow], bool]:
    """The rows of the page, newest first, and whether more follow in the direction of reading."""
    statement = (
        select(CountEntry, CountLine, Item, Location)
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(*_IS_FIRST, *found)
        .limit(ROWS_A_PAGE + 1)
    )
    backwards = query.newer_than is not None
    if backwards:
        statement = statement.where(col(CountEntry.id) > query.newer_than).order_by(col(CountEntry.id))
    else:
        statement = statement.order_by(col(CountEntry.id).desc())
        if query.older_than is not None:
            statement = statement.where(col(CountEntry.id) < query.older_than)
    taken = session.exec(statement).all()
    rows = [_row(session, entry, line, item, location) for entry, line, item, location in taken[:ROWS_A_PAGE]]
    return rows[::-1] if backwards else rows, len(taken) > ROWS_A_PAGE


def _any(session: Session, found: Sequence[ColumnElement[bool]], bound: ColumnElement[bool]) -> bool:
    return session.exec(_first_entries(found).where(bound).limit(1)).first() is not None


def _first_entries(found: Sequence[ColumnElement[bool]]) -> SelectOfScalar[CountEntry]:
    return select(CountEntry).join(CountLine, col(CountLine.id) == col(CountEntry.line_id)).where(*_IS_FIRST, *found)


def _row(session: Session, entry: CountEntry, line: CountLine, item: Item, location: Location) -> HistoryRow:
    assert entry.id is not None  # noqa: S101 - a stored row has an id
    attempts = lines.attempts_of(session, entry.line_id)
    last = attempts[-1]
    is_open = line.state in OPEN_STATES
    decisions = [] if is_open else lines.decisions_of(session, entry.line_id)
    judgement = None if is_open else _judgement(session, last.entry, decisions)
    return HistoryRow(
        key=entry.id,
        line_id=entry.line_id,
        at=last.entry.counted_at,
        sku=item.sku,
        name=item.name,
        unit=item.unit,
        location=location.code,
        state=line.state,
        counters=_counters(session, attempts),
        expected=judgement.expected if judgement else None,
        counted=last.entry.quantity if judgement else None,
        variance=judgement.variance if judgement else None,
        value=variance_value(judgement.variance, judgement.unit_cost) if judgement else None,
        settled=_settled(session, decisions),
    )


def _counters(session: Session, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Who counted, those who gave parts of it included; each once."""
    givers = parts.givers(session, attempts[0].entry.line_id)
    members = [*(attempt.member for attempt in attempts), *givers.values()]
    return tuple(dict.fromkeys(map(people.display_name, members)))


def _judgement(session: Session, entry: CountEntry, decisions: Sequence[Decision]) -> Judgement:
    """What the entry meant when the line was first closed: the ledger has its own adjustment in it ever since."""
    closing = [decision.decided_at for decision in decisions if decision.kind is not DecisionKind.RECOUNT]
    judged = session.exec(select(Judgement).where(Judgement.entry_id == entry.id).order_by(col(Judgement.id))).all()
    known = [one for one in judged if closing and one.judged_at <= closing[0]]
    return (known or list(judged))[-1]


def _settled(session: Session, decisions: Sequence[Decision]) -> Settled | None:
    if not decisions:
        return None
    last = decisions[-1]
    closing = [decision.posted for decision in decisions if decision.kind is not DecisionKind.RECOUNT]
    ids = (one for one in (last.member_id, last.confirmed_by_id) if one is not None)
    names = [people.display_name(session.get_one(Member, one)) for one in ids]
    return Settled(
        kind=last.kind,
        who=wording.all_of(names) or None,
        reason=last.reason,
        accepted=last.quantity,
        posted=sum(closing, Decimal(0)),
        later=sum(closing[1:], Decimal(0)) if len(closing) > 1 else None,
    )


def _totals(session: Session, found: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """Closed lines, and how many of them were right at the first count (with its counter's own correction).

    Judged as it was when it came in: a movement recorded later does not make a record right that was wrong.
    """
    row = session.exec(
        select(func.count(), func.sum(first_counts.is_hit()))
        .select_from(Judgement)
        .join(CountEntry, col(CountEntry.id) == col(Judgement.entry_id))
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .where(col(Judgement.id).in_(first_counts.first_judgements(found)))
    ).one()
    return row[0], int(row[1] or 0)


def _title(session: Session, subject: Subject) -> str:
    if subject.item_id is not None:
        item = session.get_one(Item, subject.item_id)
        return item.sku if item.name == item.sku else f"{item.sku} {item.name}"
    if subject.location_id is not None:
        return session.get_one(Location, subject.location_id).code
    if subject.team_id is not None:
        return session.get_one(Team, subject.team_id).name
    return "All counts"


def _hidden_here(session: Session, query: Query, hidden: set[int]) -> tuple[str, ...]:
    """The SKUs among the hidden ones that this history would have shown."""
    if not hidden:
        return ()
    of_subject = select(CountLine.item_id).where(*_bounds(Query(subject=query.subject)))
    return tuple(
        session.exec(
            select(Item.sku).where(col(Item.id).in_(hidden), col(Item.id).in_(of_subject)).order_by(col(Item.sku))
        ).all()
    )
