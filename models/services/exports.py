"""Count history and adjustments as rows for other systems: streamed, so that a large export needs little memory.

*History* is one row for each count entry, with what it meant (by its newest judgement) and how its line was decided
last. `posted` is all that the ledger got for the line, on the row of its last attempt that settles alone, so that its
sum is the ledger's; `policy` and `chosen_because` say why the line was on the sheet. *Adjustments* are the ledger's,
each with its ledger id, so that the system of record can post each once; `reverses` is the id of the one it undoes.
The two sides of a transfer that a count made are among them.

Rows are read in pages that continue after the last key, never by offset. Times are ISO 8601 with the offset of the
company's zone; quantities are in base units, values in the company's currency. A text cell that a spreadsheet would
take for a formula gets an apostrophe in front: a note typed in Slack must not run on the controller's machine.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, CountSession, Decision, Judgement
from models.people import Member, Team
from models.rules.tolerance import variance_value
from models.services import ledger, people
from models.stock import StockEntry

PAGE = 1000
Cell = str | int | Decimal | datetime | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class HistoryRow(NamedTuple):
    """One count entry. The names are the columns of the file."""

    entry_id: int
    counted_at: datetime
    session_id: int
    plan: str
    team: str
    sku: str
    item: str
    location: str
    unit: str
    attempt: int
    counter: str
    counter_id: str
    source: str
    settles: str
    line_id: int
    line_state: str
    expected: Decimal | None
    counted: Decimal
    variance: Decimal | None
    unit_cost: Decimal | None
    value: Decimal | None
    within_tolerance: str
    limit: str | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    posted: Decimal | None
    reason: str | None
    note: str | None
    policy: str
    chosen_because: str
    blind: str
    confirmed_by: str | None
    authority: str | None


class AdjustmentRow(NamedTuple):
    """One adjustment of the ledger. The names are the columns of the file."""

    ledger_id: int
    recorded_at: datetime
    occurred_at: datetime
    sku: str
    item: str
    location: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal | None
    value: Decimal | None
    reason: str | None
    decision: str | None
    decided_by: str | None
    note: str | None
    session_id: int | None
    line_id: int | None
    reverses: int | None
    kind: str
    confirmed_by: str | None
    authority: str | None


def history_rows(session: Session, *, since: datetime) -> Iterator[HistoryRow]:
    """Every count entry counted at or after `since`, oldest first."""
    judged, decided, decider = aliased(Judgement), aliased(Decision), aliased(Member)
    newest_judgement = select(func.max(judged.id)).where(col(judged.entry_id) == col(CountEntry.id)).scalar_subquery()
    last_decision = select(func.max(decided.id)).where(col(decided.line_id) == col(CountLine.id)).scalar_subquery()
    statement = (
        select(
            CountEntry,
            CountLine,
            CountSession,
            col(Team.name),
            Item,
            col(Location.code),
            Member,
            Judgement,
            Decision,
            decider,
        )
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .join(Member, col(Member.id) == col(CountEntry.member_id))
        .outerjoin(Judgement, col(Judgement.id) == newest_judgement)
        .outerjoin(Decision, col(Decision.id) == last_decision)
        .outerjoin(decider, col(decider.id) == col(Decision.member_id))
        .order_by(col(CountEntry.counted_at), col(CountEntry.id))
        .limit(PAGE)
    )
    after, last_id = since, 0
    while True:
        page = session.execute(
            statement.where(
                or_(
                    col(CountEntry.counted_at) > after,
                    and_(col(CountEntry.counted_at) == after, col(CountEntry.id) > last_id),
                )
            )
        ).all()
        posted = _posted(session, {entry.line_id for entry, *_ in page})
        for entry, line, count_session, team, item, code, counter, judgement, decision, who in page:
            variance = judgement.variance if judgement else None
            unit_cost = judgement.unit_cost if judgement else None
            yield HistoryRow(
                entry_id=_id(entry.id),
                counted_at=entry.counted_at,
                session_id=_id(count_session.id),
                plan=count_session.name,
                team=team,
                sku=item.sku,
                item=item.name,
                location=code,
                unit=item.unit,
                attempt=entry.attempt,
                counter=people.display_name(counter),
                counter_id=counter.slack_id,
                source=entry.source,
                settles=_yes_no(entry.settles),
                line_id=_id(line.id),
                line_state=line.state,
                expected=judgement.expected if judgement else None,
                counted=entry.quantity,
                variance=variance,
                unit_cost=unit_cost,
                value=None if variance is None else variance_value(variance, unit_cost),
                within_tolerance=_yes_no(judgement.within) if judgement else "",
                limit=judgement.limit_applied if judgement else None,
                decision=decision.kind if decision else None,
                decided_by=_decider(decision, who),
                decided_at=decision.decided_at if decision else None,
                posted=posted.get(_id(entry.id)),
                reason=decision.reason if decision else None,
                note=decision.note if decision else None,
                policy=line.policy,
                chosen_because=line.reason,
                blind=_yes_no(count_session.blind and count_session.asked_by_id != entry.member_id),
                confirmed_by=_confirmer(session, decision),
                authority=decision.authority if decision else None,
            )
        if len(page) < PAGE:
            return
        after, last_id = page[-1][0].counted_at, _id(page[-1][0].id)


def _posted(session: Session, line_ids: set[int]) -> dict[int, Decimal | None]:
    """What the decisions about each line posted in all, by the entry that carries it: the last that settles."""
    in_all = select(func.sum(Decision.posted)).where(col(Decision.line_id) == col(CountEntry.line_id)).scalar_subquery()
    found = session.execute(
        select(func.max(CountEntry.id), in_all)
        .where(col(CountEntry.line_id).in_(line_ids), col(CountEntry.settles))
        .group_by(col(CountEntry.line_id))
    ).all()
    return {_id(entry_id): posted for entry_id, posted in found}


def adjustment_rows(session: Session, *, since: datetime) -> Iterator[AdjustmentRow]:
    """Everything that a count posted, recorded at or after `since`, in the order of the ledger; each is there once."""
    statement = (
        select(StockEntry, Item, col(Location.code), Decision, Member, col(CountLine.session_id))
        .join(Item, col(Item.id) == col(StockEntry.item_id))
        .join(Location, col(Location.id) == col(StockEntry.location_id))
        .outerjoin(CountLine, col(CountLine.id) == col(StockEntry.line_id))
        # A line can be adjusted again after a late movement: its decisions are told apart by their time.
        .outerjoin(
            Decision,
            and_(
                col(Decision.line_id) == col(StockEntry.line_id),
                col(Decision.decided_at) == col(StockEntry.recorded_at),
            ),
        )
        .outerjoin(Member, col(Member.id) == col(Decision.member_id))
        .where(ledger.is_by_count())
        .order_by(col(StockEntry.recorded_at), col(StockEntry.id))
        .limit(PAGE)
    )
    after, last_id = since, 0
    while True:
        page = session.execute(
            statement.where(
                or_(
                    col(StockEntry.recorded_at) > after,
                    and_(col(StockEntry.recorded_at) == after, col(StockEntry.id) > last_id),
                )
            )
        ).all()
        for entry, item, code, decision, who, session_id in page:
            yield AdjustmentRow(
                ledger_id=_id(entry.id),
                recorded_at=entry.recorded_at,
                occurred_at=entry.occurred_at,
                sku=item.sku,
                item=item.name,
                location=code,
                quantity=entry.quantity,
                unit=item.unit,
                unit_cost=entry.unit_cost,
                value=variance_value(entry.quantity, entry.unit_cost),
                reason=entry.reason,
                decision=decision.kind if decision else None,
                decided_by=_decider(decision, who),
                note=decision.note if decision else None,
                session_id=session_id,
                line_id=entry.line_id,
                reverses=entry.reverses_id,
                kind=entry.kind,
                confirmed_by=_confirmer(session, decision),
                authority=decision.authority if decision else None,
            )
        if len(page) < PAGE:
            return
        after, last_id = page[-1][0].recorded_at, _id(page[-1][0].id)


def write_csv(session: Session, stream: TextIO, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write a header and the rows; returns how many. Times are given in the company's zone."""
    zone = ZoneInfo(people.company(session).timezone)
    writer = csv.writer(stream)
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow([_cell(value, zone) for value in row])
        written += 1
    return written


def _cell(value: Cell, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, Decimal):
        return "0" if not value else f"{value.normalize():f}"
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(_FORMULA) else value


def _decider(decision: Decision | None, who: Member | None) -> str | None:
    if decision is None:
        return None
    return people.display_name(who) if who else "tolerance limit"


def _confirmer(session: Session, decision: Decision | None) -> str | None:
    if decision is None or decision.confirmed_by_id is None:
        return None
    return people.display_name(session.get_one(Member, decision.confirmed_by_id))


def _yes_no(flag: bool) -> str:  # noqa: FBT001 - the flag is what it turns into a word
    return "yes" if flag else "no"


def _id(row_id: int | None) -> int:
    assert row_id is not None  # noqa: S101 - a stored row has an id
    return row_id
