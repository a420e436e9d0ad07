"""What somebody who adjusts a line is told before they enter a quantity: the quantity that was there *at the count*.

What they enter is compared with what the ledger says of the count instant, and only the difference is posted. Stock
that moved since keeps its effect: on-hand becomes what they enter, plus what moved since.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession, Decision, DecisionKind
from models.people import Team
from models.services import decisions, endorsements, ledger, people, posting_days, reviews
from models.services.people import Person


@dataclass(frozen=True)
class LineUnderReview:
    """A line that `version` of its card may decide. Quantities in base units.

    `since` is what moved after the count instant `at`, whose on-hand was `expected`. `dated` says on which other day
    than that of the count the books take it, and why.
    """

    line_id: int
    version: int
    sku: str
    name: str
    location: str
    unit: str
    counted: Decimal
    counter: str
    at: datetime
    zone: ZoneInfo
    expected: Decimal
    since: Decimal
    dated: str = ""


def open_to_adjust(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> LineUnderReview:
    """Check that `person` may adjust the line now, and read what they need for it. Writes nothing."""
    locked = decisions.open_for(session, person=person, line_id=line_id, version=version, now=now)
    proposed = reviews.proposal(session, locked)
    decisions.refuse_if_corrected(session, locked, proposed.instant, now)
    item = session.get_one(Item, locked.line.item_id)
    expected = ledger.on_hand_at(session, locked.line.item_id, locked.line.location_id, proposed.instant)
    return LineUnderReview(
        line_id=line_id,
        version=version,
        sku=item.sku,
        name=item.name,
        location=session.get_one(Location, locked.line.location_id).code,
        unit=item.unit,
        counted=proposed.quantity,
        counter=people.display_name(proposed.counter),
        at=proposed.instant,
        zone=ZoneInfo(people.company(session).timezone),
        expected=expected,
        since=locked.level.on_hand - expected,
        dated=posting_days.foreseen(session, proposed.instant),
    )


def place_of(session: Session, line_id: int) -> tuple[str, str, str] | None:
    """SKU, location and unit of a line; None for an id that is none."""
    row = session.exec(
        select(Item.sku, Location.code, Item.unit)
        .select_from(CountLine)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.id == line_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def review_channel_of(session: Session, line_id: int) -> str:
    """The channel in which the line is decided."""
    return session.exec(
        select(Team.review_channel)
        .join(CountSession, col(CountSession.team_id) == col(Team.id))
        .join(CountLine, col(CountLine.session_id) == col(CountSession.id))
        .where(CountLine.id == line_id)
    ).one()


def was_decided_so(
    session: Session,
    *,
    person: Person,
    line_id: int,
    version: int,
    kind: DecisionKind,
    reason: str | None,
    quantity: Decimal | None,
) -> bool:
    """Whether `person` made this very decision already: their form came twice. `reason` None: whatever it was."""
    return (
        session.exec(
            select(Decision.id).where(
                Decision.line_id == line_id,
                Decision.line_version == version,
                Decision.member_id == person.id,
                Decision.kind == kind,
                True if reason is None else col(Decision.reason) == reason,
                col(Decision.quantity) == quantity if quantity is not None else col(Decision.quantity).is_(None),
            )
        ).first()
        is not None
    ) or endorsements.was_made_so(
        session, member_id=person.id, line_id=line_id, version=version, kind=kind, reason=reason, quantity=quantity
    )
