"""Reminding people of what is still to count, and asking the approvers at the due time what becomes of the rest.

Before the due time a session has at most two reminders (`models.rules.reminders`): one message in the sheet's thread,
updated in place, that names those who have something open and nobody else. In a quiet window nobody is reminded; the
reminder comes when the window ends, if the session is still open then.

At the due time the approvers are told what is missing. They may put the due time off (*Extend*) or end the session
without it (*Close without*). If they do neither, what the plan says happens when `CLOSING` has passed
(`models.services.expiry`).
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.counts import CountLine, CountSession, LineSkip
from models.errors import NotAllowed, NotFound, WrongState
from models.journal import Intent
from models.people import Team
from models.rules import skips
from models.rules.lines import LineState
from models.rules.reminders import Reminded, reminder_due
from models.rules.slots import is_open
from models.services import (
    adding_up,
    direct_storing,
    journal,
    lines,
    parts,
    people,
    settling,
    times,
)
from models.services.calendars import calendar_of
from models.services.lines import WAITING_STATES
from models.services.people import Person
from models.services.reminder_facts import CLOSED_WITHOUT, EXTENDED, last_answer, unanswered

EXTENSION = timedelta(hours=1)


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
    left = unanswered(session, session_id)
    if not left:
        return False
    if reminder is Reminded.DUE:
        is_missing = any(line.state is LineState.TO_COUNT for line in left)
        if not is_missing and any(
            line.state is LineState.TO_COUNT for line in lines.waiting_lines(session, session_id)
        ):
            return False  # what was answered may still be taken back
        found.reminded = reminder
        session.add(found)
        if is_missing:
            journal.notify(session, Intent.OVERDUE, session_id, channel=team.review_channel, now=now)
        return True
    zone = ZoneInfo(people.company(session).timezone)
    if not is_open(calendar_of(session, team), zone, now):
        return False
    found.reminded = reminder
    session.add(found)
    journal.notify(session, Intent.REMINDER, session_id, channel=team.channel, now=now)
    return True


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
    # What somebody has counted is not thrown away, and from here on not taken back.
    waiting = {line.id or 0 for line in left if line.state is LineState.TO_COUNT}
    direct_storing.store_of(session, waiting, now, skips_too=True)
    uncounted = sorted(line.id or 0 for line in left if line.state is LineState.TO_COUNT)
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
        can = people.names_who_decide(session, found.team_id, now) or "Stock control"
        raise NotAllowed(f"Only approvers of {team.name} decide this. {can} can.")
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
