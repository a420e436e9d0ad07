"""Count history as rows for other systems: one for each count entry, with what it meant and how its line was decided.

What it meant is by its newest judgement, how its line was decided is by the last decision. `posted` is all that the
ledger got for the line, on the row of its last attempt that settles alone, so that its sum is the ledger's; `policy`
and `chosen_because` say why the line was on the sheet, `asked` what those who moved the part answered. The books take
what was posted on the `posting_date`.

Rows are read in pages that continue after the last key, never by offset.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple  # Any: the types of many columns are more than a checker follows

from sqlalchemy import Boolean, ColumnElement, Select, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountEntry, CountLine, CountSession, Decision, Judgement
from models.people import Member, Team
from models.records import CountRecord
from models.rules.tolerance import variance_value
from models.services import export_tables, inquiries, posting_days
from models.services.export_tables import BEGINNING, EVERYTHING, Wanted
from models.services.history_queries import Only


class HistoryRow(NamedTuple):
    """One count entry, or an imported count, which has no ids. The names are the columns of the file."""

    entry_id: int | None
    counted_at: datetime
    session_id: int | None
    plan: str
    team: str
    sku: str
    item: str
    location: str
    unit: str
    attempt: int | None
    counter: str
    counter_id: str
    source: str
    settles: str
    line_id: int | None
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
    posting_date: date | None
    reason: str | None
    note: str | None
    policy: str
    chosen_because: str
    blind: str
    asked: str | None
    confirmed_by: str | None
    authority: str | None


_DECIDER = aliased(Member)
_SECOND = aliased(Member)


def name_of(member: type[Member]) -> ColumnElement[str]:
    """What to call a member: by name, else by Slack id."""
    return func.coalesce(func.nullif(col(member.name), ""), col(member.slack_id))


def decider_of(decision: type[Decision], who: type[Member]) -> ColumnElement[str | None]:
    """Who decided: a member, or the limit; None without a decision."""
    by = case((col(decision.member_id).is_(None), "tolerance limit"), else_=name_of(who))
    return case((col(decision.id).is_not(None), by))


def confirmer_of(second: type[Member]) -> ColumnElement[str | None]:
    """Who confirmed a decision that took two; None for one that did not."""
    return case((col(second.id).is_not(None), name_of(second)))


def _yes_no(condition: ColumnElement[bool]) -> ColumnElement[str]:
    return case((condition, "yes"), (condition.is_(None), ""), else_="no")


_ASKED_FOR_IT = col(CountSession.asked_by_id).is_not_distinct_from(col(CountEntry.member_id))

_CELLS: dict[str, Any] = {
    "entry_id": CountEntry.id, "counted_at": CountEntry.counted_at, "session_id": CountSession.id,
    "plan": CountSession.name, "team": Team.name, "sku": Item.sku, "item": Item.name, "location": Location.code,
    "unit": Item.unit, "attempt": CountEntry.attempt, "counter": name_of(Member), "counter_id": Member.slack_id,
    "source": CountEntry.source, "settles": _yes_no(type_coerce(col(CountEntry.settles), Boolean)),
    "line_id": CountLine.id, "line_state": CountLine.state, "expected": Judgement.expected,
    "counted": CountEntry.quantity, "variance": Judgement.variance, "unit_cost": Judgement.unit_cost,
    "within_tolerance": _yes_no(type_coerce(col(Judgement.within), Boolean)), "limit": Judgement.limit_applied,
    "decision": Decision.kind, "decided_by": decider_of(Decision, _DECIDER), "decided_at": Decision.decided_at,
    "reason": Decision.reason, "note": Decision.note, "policy": CountLine.policy, "chosen_because": CountLine.reason,
    "confirmed_by": confirmer_of(_SECOND), "authority": Decision.authority,
    "blind": _yes_no(and_(col(CountSession.blind), ~_ASKED_FOR_IT)),
}  # fmt: skip
"""What stands in the database as it is; the rest is worked out."""


def history_rows(session: Session, *, since: datetime = BEGINNING, wanted: Wanted = EVERYTHING) -> Iterator[HistoryRow]:
    """The count entries that are wanted, counted at or after `since`, oldest first."""
    statement = _statement(wanted)
    counted_at, entry_id = col(CountEntry.counted_at), col(CountEntry.id)
    after, last_id = since, 0
    while True:
        page = session.execute(
            # Written so that the index on the time bounds it: of an OR alone, no engine makes a range.
            statement.where(counted_at >= after, or_(counted_at > after, entry_id > last_id))
        ).all()
        line_ids = {row.line_id for row in page}
        posted, dated = _posted(session, line_ids), posting_days.of_lines(session, line_ids)
        asked = inquiries.answers_by_line(session, line_ids)
        for row in page:
            yield HistoryRow(
                **row._mapping,  # noqa: SLF001 - it is SQLAlchemy's public way to a row by names
                value=None if row.variance is None else variance_value(row.variance, row.unit_cost),
                posted=posted.get(row.entry_id),
                posting_date=dated.get(row.line_id) if row.entry_id in posted else None,
                asked=asked.get(row.line_id),
            )
        if len(page) < export_tables.PAGE:
            return
        after, last_id = page[-1].counted_at, page[-1].entry_id


def _statement(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    judged, decided = aliased(Judgement), aliased(Decision)
    newest_judgement = select(func.max(judged.id)).where(col(judged.entry_id) == col(CountEntry.id)).scalar_subquery()
    last_decision = select(func.max(decided.id)).where(col(decided.line_id) == col(CountLine.id)).scalar_subquery()
    return (
        select(*(cell.label(name) for name, cell in _CELLS.items()))
        .select_from(CountEntry)
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .join(Member, col(Member.id) == col(CountEntry.member_id))
        .outerjoin(Judgement, col(Judgement.id) == newest_judgement)
        .outerjoin(Decision, col(Decision.id) == last_decision)
        .outerjoin(_DECIDER, col(_DECIDER.id) == col(Decision.member_id))
        .outerjoin(_SECOND, col(_SECOND.id) == col(Decision.confirmed_by_id))
        .where(*_bounds(wanted))
        .order_by(col(CountEntry.counted_at), col(CountEntry.id))
        .limit(export_tables.PAGE)
    )


def _bounds(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield from export_tables.matching(
        wanted, col(CountEntry.counted_at), item_id=col(CountLine.item_id), location_id=col(CountLine.location_id),
        team_id=col(CountSession.team_id), plan_id=col(CountSession.plan_id), member_id=col(CountEntry.member_id),
    )  # fmt: skip
    if wanted.only is not None:  # as history means it: of the whole line
        flag = CountRecord.has_variance if wanted.only is Only.VARIANCES else CountRecord.is_adjusted
        yield select(col(CountRecord.id)).where(col(CountRecord.line_id) == col(CountLine.id), col(flag)).exists()
    if wanted.hidden:
        yield col(CountLine.item_id).not_in(wanted.hidden)
    if wanted.settled:
        yield col(CountLine.state).not_in(OPEN_STATES)


def _posted(session: Session, line_ids: set[int]) -> dict[int, Decimal | None]:
    """What the decisions about each line posted in all, by the entry that carries it: the last that settles."""
    in_all = select(func.sum(Decision.posted)).where(col(Decision.line_id) == col(CountEntry.line_id)).scalar_subquery()
    found = session.execute(
        select(func.max(CountEntry.id), in_all)
        .where(col(CountEntry.line_id).in_(line_ids), col(CountEntry.settles))
        .group_by(col(CountEntry.line_id))
    ).all()
    return {entry_id: posted for entry_id, posted in found if entry_id is not None}
