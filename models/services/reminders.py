"""Reminding people of what is still to count, and asking the approvers at the due time what becomes of the rest.

Before the due time a session has at most two reminders (`models.rules.reminders`): one message in the sheet's thread,
updated in place, that names those who have something open and nobody else. In a quiet window nobody is reminded; the
reminder comes when the window ends, if the session is still open then.

At the due time the approvers are told what is missing. They may put the due time off (*Extend*) or end the session
without it (*Close without*). If they do neither, what the plan says happens when `CLOSING` has passed
(`models.services.expiry`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, CountSession, LineSkip
from models.errors import NotAllowed, NotFound, WrongState
from models.journal import AuditEvent, Intent
from models.parts import CountPart
from models.people import Member, Team
from models.plans import AtDue
from models.rules import skips, wording
from models.rules.lines import LineState
from models.rules.reminders import Reminded, reminder_due
from models.rules.slots import is_open
from models.services import adding_up, expiry, journal, lines, parts, people, settling, times
from models.services.calendars import calendar_of
from models.services.held_answers import held_lines
from models.services.lines import WAITING_STATES
from models.services.people import Person

EXTENSION = timedelta(hours=1)
EXTENDED = "extend session"
CLOSED_WITHOUT = "close session without"


def sessions_to_remind(session: Session, now: datetime) -> list[int]:
    """Ids of sessions with lines to count whose next reminder is due, quiet windows aside."""
    rows = session.exec(
        select(CountSession)
        .where(
            col(CountSession.reminded) != Reminded.DUE,
            col(CountSession.id).in_(select(CountLine.session_id).where(col(CountLine.state).in_(WAITING_STATES))),
        )
        .order_by(col(CountSession.id))
    ).all()
    return [one.id for one in rows if one.id is not None and _due(one, now)]


def remind(session: Session, session_id: int, now: datetime) -> bool:
    """Give the reminder that is due; False when none is, when it is quiet, or when nothing is left to count."""
    found = _locked(session, session_id)
    reminder = _due(found, now)
    team = session.get_one(Team, found.team_id)
    if reminder is None:
        return False
    left = lines.waiting_lines(session, session_id)
    if not left:
        return False
    if reminder is Reminded.DUE:
        found.reminded = reminder
        session.add(found)
        if any(line.state is LineState.TO_COUNT for line in left):
            journal.notify(session, Intent.OVERDUE, session_id, channel=team.review_channel, now=now)
        return True
    zone = ZoneInfo(people.company(session).timezone)
    if not is_open(calendar_of(session, team), zone, now):
        return False
    found.reminded = reminder
    session.add(found)
    journal.notify(session, Intent.REMINDER, session_id, channel=team.channel, now=now)
    return True


def who_has_open_lines(session: Session, count_session: CountSession) -> list[Member]:
    """Whom a reminder names: who has lines or is asked for a recount, and for what nobody has, who is at work there.

    While nobody has counted a line of the sheet, that is every counter of the team.
    """
    left = lines.waiting_lines(session, count_session.id or 0)
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
        }
        asked |= (at_work & counters) or counters
    return list(session.exec(select(Member).where(col(Member.id).in_(asked)).order_by(col(Member.id))).all())


def extend(session: Session, *, person: Person, session_id: int, seen: int, now: datetime) -> str:
    """Put the due time of a session off by an hour from now; returns what was done.

    `seen` is how often it had been put off when the button was drawn.

    Raises:
        NotAllowed: for anybody but an approver of the team or stock control.
        WrongState: when nothing is left to count, or somebody else has answered meanwhile.
    """
    found, left = _open_for(session, person, session_id, seen, now)
    found.due_at = now + EXTENSION
    found.extensions += 1
    found.reminded = Reminded.HALF_WAY
    session.add(found)
    for line in left:
        line.due_at = max(line.due_at, found.due_at)
        session.add(line)
    until = times.said(session, found.due_at, now)
    journal.audit(
        session, actor=person.slack_id, action=EXTENDED, subject=f"session {session_id}", now=now,
        detail={"due_at": found.due_at},
    )  # fmt: skip
    _show(session, found, now)
    return f"{found.name} is due at {until} now."


def close_without(session: Session, *, person: Person, session_id: int, seen: int, now: datetime) -> str:
    """End what nobody has counted of a session; it goes back to the pool. Recounts that were asked for go on.

    Raises:
        NotAllowed: for anybody but an approver of the team or stock control.
        WrongState: when nothing is left to count, or somebody else has answered meanwhile.
    """
    found, left = _open_for(session, person, session_id, seen, now)
    waiting = {line.id or 0 for line in left if line.state is LineState.TO_COUNT}
    uncounted = sorted(waiting - held_lines(session, waiting))  # what somebody has counted is not thrown away
    journal.audit(
        session, actor=person.slack_id, action=CLOSED_WITHOUT, subject=f"session {session_id}", now=now,
        detail={"lines": len(uncounted)},
    )  # fmt: skip
    skipped = 0
    for line_id in uncounted:
        locked = lines.lock_line(session, line_id, now)
        if locked.line.state is not LineState.TO_COUNT:
            continue
        if given := parts.open_parts(session, line_id):  # what somebody has counted of it is not thrown away
            adding_up.leave_to_approvers(session, locked, given, now)
        else:
            session.add(LineSkip(line_id=line_id, member_id=person.id, reason=skips.CLOSED, skipped_at=now))
            settling.skip(session, locked, now)
            skipped += 1
    _show(session, found, now)
    count = "1 line" if skipped == 1 else f"{skipped} lines"
    return f"{found.name} is closed without {count}."


@dataclass(frozen=True)
class ReminderFacts:
    """What a reminder says. `asked` are the Slack ids of those it names; nothing is `left`: everything is counted."""

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
        left=len(lines.waiting_lines(session, session_id)),
        due_at=found.due_at,
        zone=ZoneInfo(people.company(session).timezone),
        asked=tuple(member.slack_id for member in who_has_open_lines(session, found)),
    )


def overdue_facts(session: Session, session_id: int) -> OverdueFacts:
    """Read what was not counted by the due time; NoResultFound for an id that is no session."""
    found = session.get_one(CountSession, session_id)
    rows = session.exec(
        select(Location.code, Item.name, Item.sku)
        .select_from(CountLine)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.session_id == session_id, CountLine.state == LineState.TO_COUNT)
        .order_by(col(CountLine.position))
    ).all()
    return OverdueFacts(
        session_id=session_id,
        name=found.name,
        team=session.get_one(Team, found.team_id).name,
        lines=session.exec(select(func.count()).where(CountLine.session_id == session_id)).one(),
        left=tuple(f"{code} {name} ({sku})" for code, name, sku in rows),
        due_at=found.due_at,
        expires_at=expiry.closing_at(session, found) if found.at_due is AtDue.EXPIRE else None,
        extensions=found.extensions,
        is_due=found.reminded is Reminded.DUE,
        answer=last_answer(session, session_id),
        zone=ZoneInfo(people.company(session).timezone),
    )


def _due(found: CountSession, now: datetime) -> Reminded | None:
    return reminder_due(found.started_at, found.due_at, found.reminded, now)


def _locked(session: Session, session_id: int) -> CountSession:
    # Not the lock that whoever adds a line has to wait for: that one may hold the stock that is wanted here.
    found = session.exec(
        select(CountSession)
        .where(CountSession.id == session_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such count any more.")
    return found


def _open_for(
    session: Session, person: Person, session_id: int, seen: int, now: datetime
) -> tuple[CountSession, list[CountLine]]:
    found = _locked(session, session_id)
    if not person.may_decide_for(found.team_id):
        team = session.get_one(Team, found.team_id)
        names = [one.name for one in people.approvers_of(session, found.team_id)]
        raise NotAllowed(f"Only approvers of {team.name} decide this. {wording.any_of(names) or 'Stock control'} can.")
    left = lines.waiting_lines(session, session_id)
    if found.extensions == seen and any(line.state is LineState.TO_COUNT for line in left):
        return found, left
    answer = last_answer(session, session_id)
    if answer is None:
        raise WrongState("Everything was counted meanwhile. Nothing was changed.")
    did = "extended" if answer.action == EXTENDED else "closed"
    raise WrongState(f"{answer.who} {did} this at {times.said(session, answer.at, now)}. Nothing was changed.")


def _show(session: Session, found: CountSession, now: datetime) -> None:
    team = session.get_one(Team, found.team_id)
    journal.notify(session, Intent.SHEET, found.id or 0, channel=team.channel, now=now)
    journal.notify(session, Intent.OVERDUE, found.id or 0, channel=team.review_channel, now=now)
