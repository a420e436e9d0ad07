"""How much waits for somebody's decision: lines, gross value and age, for hundreds of lines in a handful of statements.

What each line would post is what its card proposes (`models.services.reviews.proposal`), read for all of them at once.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, CountSession, Decision, Judgement
from models.parts import CountPart
from models.people import Team
from models.rules.lines import LineState
from models.rules.tolerance import variance_value
from models.services import blindness
from models.services.people import Person
from models.services.standing import is_standing
from models.stock import StockEntry

MOST_READ = 500
"""Lines of one answer, the longest waiting."""


@dataclass(frozen=True)
class WaitingLine:
    """A line that waits for a decision: what approving it would post, in base units and currency (None unknown)."""

    line_id: int
    sku: str
    name: str
    unit: str
    location: str
    team: str
    variance: Decimal
    value: Decimal | None
    since: datetime


@dataclass(frozen=True)
class WaitingTotals:
    """What waits for somebody, the largest value first, unknown ones before all.

    `gross_value` is of the known ones. `is_partial`: there is more than was read.
    """

    lines: tuple[WaitingLine, ...] = ()
    gross_value: Decimal = Decimal(0)
    unknown: int = 0
    oldest: datetime | None = None
    is_partial: bool = False


def waiting_totals(session: Session, person: Person) -> WaitingTotals:
    """What waits in the teams that `person` decides for, without what they counted or may still have to count."""
    if not (person.is_controller or person.approves):
        return WaitingTotals()
    found = _lines_in_review(session, person)
    read = _proposed(session, found[:MOST_READ])
    own = _counted_by(session, person, {line.line_id for line in read})
    waiting = sorted(
        (line for line in read if line.line_id not in own),
        key=lambda line: (line.value is not None, -abs(line.value or Decimal(0)), line.location, line.sku),
    )
    return WaitingTotals(
        lines=tuple(waiting),
        gross_value=sum((abs(line.value) for line in waiting if line.value is not None), Decimal(0)),
        unknown=sum(line.value is None for line in waiting),
        oldest=min((line.since for line in waiting), default=None),
        is_partial=len(found) > MOST_READ,
    )


def _lines_in_review(session: Session, person: Person) -> list[int]:
    statement = select(CountLine.id).where(CountLine.state == LineState.IN_REVIEW)
    if not person.is_controller:
        of_teams = select(CountSession.id).where(col(CountSession.team_id).in_(person.approves))
        statement = statement.where(col(CountLine.session_id).in_(of_teams))
    if hidden := blindness.hidden_items(session, person):
        statement = statement.where(col(CountLine.item_id).not_in(hidden))
    order = (col(CountLine.review_since), col(CountLine.id))
    return [line_id for line_id in session.exec(statement.order_by(*order).limit(MOST_READ + 1)) if line_id is not None]


def _proposed(session: Session, line_ids: Collection[int]) -> list[WaitingLine]:
    last = _last_attempts(session, line_ids)
    first_judged = (
        select(func.min(Judgement.id))
        .where(col(Judgement.entry_id) == col(CountEntry.id))
        .correlate(CountEntry)
        .scalar_subquery()
    )
    rows = session.execute(
        core_select(
            CountLine, CountEntry, Item, col(Location.code), col(Team.name), col(Judgement.unit_cost),
            func.coalesce(func.sum(StockEntry.quantity), Decimal(0)),
        )
        .join(CountEntry, col(CountEntry.line_id) == col(CountLine.id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .outerjoin(Judgement, col(Judgement.id) == first_judged)
        .outerjoin(
            StockEntry,
            and_(
                col(StockEntry.item_id) == col(CountLine.item_id),
                col(StockEntry.location_id) == col(CountLine.location_id),
                col(StockEntry.occurred_at) <= col(CountEntry.counted_at),
            ),
        )
        .where(col(CountEntry.id).in_(last.values()))
        .group_by(
            col(CountLine.id), col(CountEntry.id), col(Item.id), col(Location.id), col(Team.id), col(Judgement.id)
        )
    ).all()  # fmt: skip
    accepted = _accepted(session, last.values())
    found = []
    for line, entry, item, location, team, cost_then, on_hand in rows:
        variance = accepted.get(_id(entry.id), entry.quantity) - on_hand
        cost = cost_then if cost_then is not None else item.unit_cost
        found.append(
            WaitingLine(
                line_id=_id(line.id),
                sku=item.sku,
                name=item.name,
                unit=item.unit,
                location=location,
                team=team,
                variance=variance,
                value=variance_value(variance, cost),
                since=line.review_since or entry.counted_at,
            )
        )
    return found


def _last_attempts(session: Session, line_ids: Collection[int]) -> dict[int, int]:
    """The entry of each line's last attempt that counts (as `lines.settling_entries`), by line id."""
    entries = session.execute(
        core_select(col(CountEntry.id), col(CountEntry.line_id), col(CountEntry.settles), col(CountEntry.replaces_id))
        .where(col(CountEntry.line_id).in_(line_ids))
        .order_by(col(CountEntry.id))
    ).all()
    replaced = {replaces for _, _, _, replaces in entries}
    return {line_id: _id(entry_id) for entry_id, line_id, settles, _ in entries if settles and entry_id not in replaced}


def _accepted(session: Session, entry_ids: Collection[int]) -> dict[int, Decimal]:
    """The quantity that was accepted last of an entry, where a decision that stands did; by entry id."""
    rows = session.execute(
        core_select(col(Decision.entry_id), col(Decision.quantity))
        .where(col(Decision.entry_id).in_(entry_ids), col(Decision.quantity).is_not(None), is_standing())
        .order_by(col(Decision.id))
    ).all()
    return {entry_id: quantity for entry_id, quantity in rows if entry_id is not None and quantity is not None}


def _counted_by(session: Session, person: Person, line_ids: Collection[int]) -> set[int]:
    """Those of the lines that `person` entered something for, or gave a part of."""
    found: dict[type, set[int]] = defaultdict(set)
    for table in (CountEntry, CountPart):
        rows = session.exec(select(table.line_id).where(col(table.line_id).in_(line_ids), table.member_id == person.id))
        found[table] = set(rows)
    return found[CountEntry] | found[CountPart]


def _id(row_id: int | None) -> int:
    assert row_id is not None  # noqa: S101 - a stored row has an id
    return row_id
