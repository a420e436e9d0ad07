"""Who is asked to do something about a line: the recount that is asked of a counter, and the call for an approver.

A recount is asked blind. Its facts name the place and the item, never a number, and not why.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, CountSession
from models.journal import AuditEvent
from models.people import Member, Team
from models.rules.lines import LineState
from models.services import endorsements, people, reviews
from models.services.decisions import OTHER_LINE, OVER_LIMIT
from models.services.lines import LockedLine
from models.services.sheets import unnamed
from models.stock import StockLevel


class AskState(StrEnum):
    """Where a recount that was asked for stands."""

    WAITING = "waiting"
    MADE = "made"
    PASSED_ON = "asked of somebody else"
    OVER = "over"


@dataclass(frozen=True)
class RecountFacts:
    """The `number`-th recount asked of a line. `who` is asked (WAITING) or made it (MADE); else None."""

    line_id: int
    session_id: int
    sku: str
    name: str
    location: str
    due_at: datetime
    zone: ZoneInfo
    state: AskState
    who: str | None
    slack_id: str | None
    unnamed: tuple[str, ...]


@dataclass(frozen=True)
class EscalationFacts:
    """A decision that was over somebody's limit. `asked`: Slack ids of who may make it; nobody, when empty.

    `value` is what was to be posted, in the company's currency, None when the item has no unit cost. With a `limit`
    `of_session`, it is the `total` of what they posted there that would be over it; None when that is not known.
    """

    line_id: int
    is_current: bool
    sku: str
    location: str
    by: str | None
    value: Decimal | None
    limit: Decimal | None
    currency: str
    asked: tuple[str, ...]
    of_session: bool = False
    total: Decimal | None = None


def recount_facts(session: Session, line_id: int, number: int) -> RecountFacts:
    """Read a recount that was asked; NoResultFound for an id that is no line."""
    line = session.get_one(CountLine, line_id)
    item, location = session.get_one(Item, line.item_id), session.get_one(Location, line.location_id)
    member: Member | None = None
    if number != line.recounts_asked:
        state = AskState.PASSED_ON
    elif line.state is LineState.RECOUNT:
        state = AskState.WAITING
        member = session.get(Member, line.asked_member_id)
    else:
        member = _who_recounted(session, line)
        state = AskState.OVER if member is None else AskState.MADE
    return RecountFacts(
        line_id=line_id,
        session_id=line.session_id,
        sku=item.sku,
        name=item.name,
        location=location.code,
        due_at=line.due_at,
        zone=ZoneInfo(people.company(session).timezone),
        state=state,
        who=None if member is None else people.display_name(member),
        slack_id=None if member is None else member.slack_id,
        unnamed=() if member is None else unnamed([member]),
    )


def escalation_facts(session: Session, line_id: int, version: int, now: datetime | None = None) -> EscalationFacts:
    """Read who is asked instead of somebody whose limit was too low for the line as it was at `version`."""
    line = session.get_one(CountLine, line_id)
    count_session = session.get_one(CountSession, line.session_id)
    level = session.exec(
        select(StockLevel).where(StockLevel.item_id == line.item_id, StockLevel.location_id == line.location_id)
    ).one()
    seen = LockedLine(line, line_id, level, count_session, session.get_one(Team, count_session.team_id))
    refused = session.exec(
        select(AuditEvent)
        .where(AuditEvent.subject == f"line {line_id}", AuditEvent.action == OVER_LIMIT)
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
    ).first()
    detail = json.loads(refused.detail) if refused is not None else {}
    value = _amount(detail.get("value"))
    member = (
        session.exec(select(Member).where(Member.slack_id == refused.actor)).one_or_none()
        if refused is not None
        else None
    )
    able = reviews.with_authority(
        session, seen, value, now=now, other_id=detail.get(OTHER_LINE),
        apart_from=endorsements.involved(endorsements.standing(session, line)),
    )  # fmt: skip
    return EscalationFacts(
        line_id=line_id,
        is_current=line.state is LineState.IN_REVIEW and line.version == version,
        sku=session.get_one(Item, line.item_id).sku,
        location=session.get_one(Location, line.location_id).code,
        by=None if member is None else people.display_name(member),
        value=value,
        limit=_amount(detail.get("limit")),
        currency=people.company(session).currency,
        asked=tuple(person.slack_id for person in able if refused is None or person.slack_id != refused.actor),
        of_session=bool(detail.get("of_session")),
        total=_amount(detail.get("total")),
    )


def _who_recounted(session: Session, line: CountLine) -> Member | None:
    """Who counted since the last recount was asked, if anybody did."""
    if line.asked_at is None:
        return None
    return session.exec(
        select(Member)
        .join(CountEntry, col(CountEntry.member_id) == col(Member.id))
        .where(
            CountEntry.line_id == line.id,
            CountEntry.attempt > 1,
            col(CountEntry.settles),
            CountEntry.recorded_at >= line.asked_at,
        )
        .order_by(col(CountEntry.id))
        .limit(1)
    ).first()


def _amount(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
