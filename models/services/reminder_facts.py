"""What a reminder says, and what the approvers are told at the due time.

A line of which somebody's answer is held (`models.services.held_answers`) is counted, as far as anybody is reminded.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, CountSession
from models.journal import AuditEvent
from models.parts import CountPart
from models.people import Member, Team
from models.plans import AtDue
from models.rules.lines import LineState
from models.rules.reminders import Reminded
from models.services import expiry, held_answers, lines, people

EXTENDED = "extend session"
CLOSED_WITHOUT = "close session without"


@dataclass(frozen=True)
class ReminderFacts:
    """What a reminder says. `asked` are the Slack ids of those it names; nothing is `left`: counted or skipped."""

    session_id: int
    left: int
    due_at: datetime
    zone: ZoneInfo
    asked: tuple[str, ...]


@dataclass(frozen=True)
class OverdueFacts:
    """What the approvers are told at the due time. `left` are the places of the lines that nobody has counted.

    `expires_at` is when those end by themselves; None: they stay on the sheet until they are counted.
    """

    session_id: int
    name: str
    team: str
    lines: int
    left: tuple[str, ...]
    due_at: datetime
    expires_at: datetime | None
    extensions: int
    is_due: bool
    answer: "Answered | None"
    zone: ZoneInfo


@dataclass(frozen=True)
class Answered:
    """What the approvers have said to a session that was due: who, when, and which of the two."""

    action: str
    who: str
    at: datetime


def last_answer(session: Session, session_id: int) -> Answered | None:
    """The newest answer of an approver; None when there was none."""
    event = session.exec(
        select(AuditEvent)
        .where(AuditEvent.subject == f"session {session_id}", col(AuditEvent.action).in_((EXTENDED, CLOSED_WITHOUT)))
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
    ).first()
    if event is None:
        return None
    member = session.exec(select(Member).where(Member.slack_id == event.actor)).one_or_none()
    return Answered(event.action, event.actor if member is None else people.display_name(member), event.at)


def reminder_facts(session: Session, session_id: int) -> ReminderFacts:
    """Read a reminder; NoResultFound for an id that is no session."""
    found = session.get_one(CountSession, session_id)
    return ReminderFacts(
        session_id=session_id,
        left=len(unanswered(session, session_id)),
        due_at=found.due_at,
        zone=ZoneInfo(people.company(session).timezone),
        asked=tuple(member.slack_id for member in who_has_open_lines(session, found)),
    )


def overdue_facts(session: Session, session_id: int) -> OverdueFacts:
    """Read what was not counted by the due time; NoResultFound for an id that is no session."""
    found = session.get_one(CountSession, session_id)
    rows = session.exec(
        select(CountLine.id, Location.code, Item.name, Item.sku)
        .select_from(CountLine)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.session_id == session_id, CountLine.state == LineState.TO_COUNT)
        .order_by(col(CountLine.position))
    ).all()
    answered = held_answers.held_lines(session, [line_id for line_id, *_ in rows if line_id is not None])
    return OverdueFacts(
        session_id=session_id,
        name=found.name,
        team=session.get_one(Team, found.team_id).name,
        lines=session.exec(select(func.count()).where(CountLine.session_id == session_id)).one(),
        left=tuple(f"{code} {name} ({sku})" for line_id, code, name, sku in rows if line_id not in answered),
        due_at=found.due_at,
        expires_at=expiry.closing_at(session, found) if found.at_due is AtDue.EXPIRE else None,
        extensions=found.extensions,
        is_due=found.reminded is Reminded.DUE,
        answer=last_answer(session, session_id),
        zone=ZoneInfo(people.company(session).timezone),
    )


def unanswered(session: Session, session_id: int) -> list[CountLine]:
    """The lines of a session that wait for somebody's count, without those of which it is held."""
    waiting = lines.waiting_lines(session, session_id)
    answered = held_answers.held_lines(session, [line.id or 0 for line in waiting])
    return [line for line in waiting if line.id not in answered]


def who_has_open_lines(session: Session, count_session: CountSession) -> list[Member]:
    """Whom a reminder names: who has lines or is asked for a recount, and for what nobody has, who is at work there.

    While nobody has counted a line of the sheet, that is every counter of the team.
    """
    left = unanswered(session, count_session.id or 0)
    asked = {line.asked_member_id if line.state is LineState.RECOUNT else line.claimed_by_id for line in left}
    if None in asked:
        counters = {person.id for person in people.counters_of(session, count_session.team_id)}
        at_work = {
            member_id
            for given in (CountEntry, CountPart)
            for member_id in session.exec(
                select(given.member_id)
                .join(CountLine, col(CountLine.id) == col(given.line_id))
                .where(CountLine.session_id == count_session.id)
            )
        } | held_answers.holders(session, count_session.id or 0)
        asked |= (at_work & counters) or counters
    return list(session.exec(select(Member).where(col(Member.id).in_(asked)).order_by(col(Member.id))).all())
