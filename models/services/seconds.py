"""Who is asked to be the second of two: in the answer to the first, on the card, and in its thread.

What stands in the thread names no number: whoever is asked for a recount may read that channel, too.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from models.authority import Endorsement
from models.catalog import Item, Location
from models.counts import CountEntry, DecisionKind
from models.people import Member
from models.rules import wording
from models.rules.tolerance import variance_value
from models.services import endorsements, judging, people, reviews
from models.services.grants import Signature
from models.services.lines import LockedLine
from models.services.people import Person


@dataclass(frozen=True)
class FirstFacts:
    """What was decided first, on the card. `able` may confirm it, by name; `stands`: it still waits for one of them.

    When it does not, and was not `withdrawn`, the facts have changed since, or somebody has decided otherwise.
    """

    who: str
    for_whom: str | None
    kind: DecisionKind
    at: datetime
    posted: Decimal
    reason: str | None
    note: str
    able: tuple[str, ...]
    stands: bool
    withdrawn: bool


@dataclass(frozen=True)
class SecondFacts:
    """The call for a second. `asked`: Slack ids; nobody, when there is nobody to ask."""

    is_current: bool
    sku: str
    location: str
    first: str
    asked: tuple[str, ...]


def asked(
    session: Session, locked: LockedLine, value: Decimal | None, *, by: Signature, now: datetime,
    other_id: int | None = None,
) -> str:  # fmt: skip
    """What who decided first is told: that it is kept, why that is not enough, and who is asked."""
    currency = people.company(session).currency
    above = wording.money(endorsements.amount_above(session, locked.team) or Decimal(0), currency)
    if value is None:
        why = f"What it is worth is not known, and may be above {above}"
    else:
        why = f"{wording.money(value, currency)} is above {above}"
    able = reviews.with_authority(
        session, locked, value, now=now, other_id=other_id, apart_from={by.member_id, by.authority.holder_id}
    )
    names = wording.all_of([one.name for one in able])
    call = f"I have asked {names}." if able else "Nobody else may: ask stock control to name an approver."
    sku = session.get_one(Item, locked.line.item_id).sku
    return f"{sku}: kept, and nothing is posted yet. {why}, so a second person confirms it. {call}"


def first_facts(session: Session, seen: LockedLine, now: datetime | None) -> FirstFacts | None:
    """The first decision that a card tells of: one that stands, or that came to nothing."""
    made = endorsements.newest(session, seen.id)
    if made is None:
        return None
    stands = endorsements.standing(session, seen.line) is not None
    able = able_to_confirm(session, seen, made, now) if stands else []
    return FirstFacts(
        who=_name(session, made.member_id),
        for_whom=None if made.holder_id == made.member_id else _name(session, made.holder_id),
        kind=made.kind,
        at=made.endorsed_at,
        posted=made.posted,
        reason=made.reason,
        note=made.note,
        able=tuple(one.name for one in able),
        stands=stands,
        withdrawn=made.ended_at is not None,
    )


def second_facts(session: Session, line_id: int, version: int, now: datetime) -> SecondFacts:
    """Read who is asked to confirm what a card of `version` shows; NoResultFound for an id that is no line."""
    seen = reviews.read_line(session, line_id)
    made = endorsements.standing(session, seen.line) if seen.line.version == version else None
    return SecondFacts(
        is_current=made is not None,
        sku=session.get_one(Item, seen.line.item_id).sku,
        location=session.get_one(Location, seen.line.location_id).code,
        first="" if made is None else _name(session, made.member_id),
        asked=() if made is None else tuple(one.slack_id for one in able_to_confirm(session, seen, made, now)),
    )


def able_to_confirm(session: Session, seen: LockedLine, made: Endorsement, now: datetime | None) -> list[Person]:
    """Who may be the second of a decision that stands."""
    cost = judging.unit_cost_at(session, seen, session.get_one(CountEntry, made.entry_id))
    return reviews.with_authority(
        session, seen, variance_value(made.posted, cost), now=now, other_id=made.other_line_id,
        apart_from=endorsements.involved(made),
    )  # fmt: skip


def _name(session: Session, member_id: int) -> str:
    return people.display_name(session.get_one(Member, member_id))
