"""The parts of a review card that are read from the ledger and from earlier counts of the same stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rapidfuzz.distance import Prefix
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from models.catalog import Location
from models.counts import CountEntry, CountLine, Judgement
from models.rules.lines import LineState
from models.services.movers import Movers
from models.stock import EntryKind, StockEntry, StockLevel

SHOWN_MOVEMENTS = 3
SHOWN_COUNTS = 3


@dataclass(frozen=True)
class MovementFacts:
    """A ledger row that is not of this line's own making. `quantity` is signed, in base units.

    `moved_by` is who moved it, "" when nobody said.
    """

    kind: EntryKind
    quantity: Decimal
    occurred_at: datetime
    recorded_at: datetime
    reference: str
    reason: str | None
    moved_by: str = ""


@dataclass(frozen=True)
class Movements:
    """The newest few of a set of ledger rows, newest first; `more` were left out."""

    shown: tuple[MovementFacts, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class LastCount:
    """The count of this stock before this one: when, and how far off the record it was."""

    counted_at: datetime
    variance: Decimal
    rejected: bool


@dataclass(frozen=True)
class OtherBin:
    """Another bin of the same item, and what the record has there; None while somebody counts it blind."""

    code: str
    on_hand: Decimal | None


def movements(
    session: Session,
    line: CountLine,
    movers: Movers,
    *,
    occurred_after: datetime | None = None,
    occurred_until: datetime | None = None,
    recorded_after: datetime | None = None,
    recorded_until: datetime | None = None,
) -> Movements:
    """Ledger rows of a line's stock between instants, without those the line itself posted."""
    bounds: list[ColumnElement[bool]] = [
        col(StockEntry.item_id) == line.item_id,
        col(StockEntry.location_id) == line.location_id,
        or_(col(StockEntry.line_id).is_(None), col(StockEntry.line_id) != line.id),
    ]
    if occurred_after is not None:
        bounds.append(col(StockEntry.occurred_at) > occurred_after)
    if occurred_until is not None:
        bounds.append(col(StockEntry.occurred_at) <= occurred_until)
    if recorded_after is not None:
        bounds.append(col(StockEntry.recorded_at) > recorded_after)
    if recorded_until is not None:
        bounds.append(col(StockEntry.recorded_at) <= recorded_until)
    newest = session.exec(
        select(StockEntry)
        .where(*bounds)
        .order_by(col(StockEntry.occurred_at).desc(), col(StockEntry.id).desc())
        .limit(SHOWN_MOVEMENTS + 1)
    ).all()
    more = 0
    if len(newest) > SHOWN_MOVEMENTS:
        more = session.exec(select(func.count()).select_from(StockEntry).where(*bounds)).one() - SHOWN_MOVEMENTS
    return Movements(tuple(movement_facts(entry, movers) for entry in newest[:SHOWN_MOVEMENTS]), more)


def listed(found: Sequence[StockEntry], movers: Movers) -> Movements:
    """Ledger rows, oldest first, as the newest few of them."""
    newest = list(reversed(found))
    return Movements(
        tuple(movement_facts(entry, movers) for entry in newest[:SHOWN_MOVEMENTS]),
        max(0, len(newest) - SHOWN_MOVEMENTS),
    )


def last_counts(session: Session, line: CountLine) -> tuple[LastCount, ...]:
    """The counts of the same stock that were settled before this line was made, the newest first, at most three."""
    before = session.exec(
        select(CountLine)
        .where(
            CountLine.item_id == line.item_id,
            CountLine.location_id == line.location_id,
            col(CountLine.id) < line.id,
            col(CountLine.state).in_([LineState.RECONCILED, LineState.REJECTED]),
        )
        .order_by(col(CountLine.id).desc())
        .limit(SHOWN_COUNTS)
    ).all()
    return tuple(_last_count(session, one) for one in before)


def _last_count(session: Session, line: CountLine) -> LastCount:
    entry, judgement = session.exec(
        select(CountEntry, Judgement)
        .join(Judgement, col(Judgement.entry_id) == col(CountEntry.id))
        .where(CountEntry.line_id == line.id, col(CountEntry.settles))
        .order_by(col(CountEntry.id).desc(), col(Judgement.id).desc())
        .limit(1)
    ).one()
    return LastCount(entry.counted_at, judgement.variance, rejected=line.state is LineState.REJECTED)


def elsewhere(session: Session, line: CountLine) -> tuple[OtherBin, ...]:
    """The other bins in which the record has items like that of the line, the nearest by their codes first.

    What somebody may still have to count blind is not told.
    """
    own = session.get_one(Location, line.location_id).code
    counting = set(
        session.exec(
            select(CountLine.location_id).where(
                CountLine.item_id == line.item_id, col(CountLine.state).in_([LineState.TO_COUNT, LineState.RECOUNT])
            )
        )
    )
    found = session.exec(
        select(Location, StockLevel)
        .join(StockLevel, col(StockLevel.location_id) == col(Location.id))
        .where(
            StockLevel.item_id == line.item_id,
            StockLevel.location_id != line.location_id,
            col(StockLevel.on_hand) != 0,
        )
    ).all()
    bins = [OtherBin(place.code, None if place.id in counting else level.on_hand) for place, level in found]
    return tuple(sorted(bins, key=lambda other: (-Prefix.similarity(own, other.code), other.code)))


def on_hand_recorded_by(session: Session, line: CountLine, moment: datetime) -> Decimal:
    """On-hand as the books showed it at `moment`: everything recorded by then, in base units."""
    return session.exec(
        select(func.coalesce(func.sum(StockEntry.quantity), Decimal(0))).where(
            StockEntry.item_id == line.item_id,
            StockEntry.location_id == line.location_id,
            StockEntry.recorded_at <= moment,
        )
    ).one()


def movement_facts(entry: StockEntry, movers: Movers) -> MovementFacts:
    """A ledger row as facts."""
    return MovementFacts(
        kind=entry.kind,
        quantity=entry.quantity,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        reference=entry.reference,
        reason=entry.reason,
        moved_by=movers.named(entry.moved_by),
    )
