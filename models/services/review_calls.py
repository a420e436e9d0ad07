"""Calling for a decision: a line that nobody decides for long is said again, to those who may, then to stock control.

The calls stand in the thread of the line's card, and say that they are over when it is decided. They name no number:
whoever is asked for a recount may read that channel, too. Where people have their quiet, the call waits for its end.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from models.catalog import Item, Location
from models.counts import CountLine
from models.people import Team
from models.rules.lines import LineState
from models.rules.slots import is_open
from models.rules.waiting import CALLS, FIRST_CALL, is_call_due
from models.services import endorsements, line_calls, lines, people, reviews, seconds
from models.services.calendars import calendar_of
from models.services.lines import LockedLine
from models.services.people import Person


@dataclass(frozen=True)
class CallFacts:
    """The `number`-th call for a decision. `asked`: Slack ids; nobody, when there is nobody to ask.

    `to_stock_control`: they are asked because nobody of the team decided it, or may; with them the approvers of every
    team, where those were not asked yet.
    """

    line_id: int
    is_current: bool
    sku: str
    location: str
    team: str
    since: datetime | None
    zone: ZoneInfo
    asked: tuple[str, ...]
    to_stock_control: bool


def lines_to_call(session: Session, now: datetime) -> list[int]:
    """Ids of the lines for which somebody is to be called, quiet windows aside; and of those with an unknown wait."""
    since = col(CountLine.review_since)
    rows = session.exec(
        select(CountLine)
        .where(
            CountLine.state == LineState.IN_REVIEW,
            CountLine.review_calls < len(CALLS),
            or_(since.is_(None), since <= now - FIRST_CALL),
        )
        .order_by(col(CountLine.id))
    ).all()
    return [line.id for line in rows if line.id is not None and _is_due(line, now)]


def call(session: Session, line_id: int, now: datetime) -> bool:
    """Make the call that is due; False when none is, or when it is quiet."""
    locked = lines.lock_line(session, line_id, now)
    line = locked.line
    if line.state is not LineState.IN_REVIEW or not _is_due(line, now):
        return False
    if line.review_since is None:  # it waited when this was not known yet
        line.review_since = now
        session.add(line)
        return False
    zone = ZoneInfo(people.company(session).timezone)
    if not is_open(calendar_of(session, locked.team), zone, now):
        return False
    line.review_calls += 1
    session.add(line)
    line_calls.show_calls(session, line, locked.team, now)  # the one before it is over
    return True


def call_facts(session: Session, line_id: int, number: int, now: datetime | None = None) -> CallFacts:
    """Read whom a call asks; NoResultFound for an id that is no line."""
    seen = reviews.read_line(session, line_id)
    line = seen.line
    is_current = line.state is LineState.IN_REVIEW and line.review_calls == number
    asked, by_team = _asked(session, seen, number, now) if is_current else ([], False)
    return CallFacts(
        line_id=line_id,
        is_current=is_current,
        sku=session.get_one(Item, line.item_id).sku,
        location=session.get_one(Location, line.location_id).code,
        team=session.get_one(Team, seen.session.team_id).name,
        since=line.review_since,
        zone=ZoneInfo(people.company(session).timezone),
        asked=tuple(person.slack_id for person in asked),
        to_stock_control=not by_team,
    )


def _asked(session: Session, seen: LockedLine, number: int, now: datetime | None) -> tuple[list[Person], bool]:
    """Whom a call asks, and whether they were not asked as the last who are left.

    First those who decide by a role in the team, their own or handed over; without any, the approvers of every team.
    The last call asks whoever of these was not asked, and stock control.
    """
    team_id = seen.session.team_id
    able = [person for person in _able(session, seen, now) if team_id in person.approves]
    near = [person for person in able if not all(one.everywhere for one in person.authorities[team_id])]
    if number < len(CALLS) and able:
        return near or able, True
    barred = {*lines.counted_by(session, seen.id), *endorsements.involved(endorsements.standing(session, seen.line))}
    controllers = [people.person_of(session, member) for member in people.controllers(session)]
    farther = [person for person in able if person not in near] if near else []
    rest = [person for person in controllers if person.id not in barred and person not in farther]
    return [*farther, *rest], False


def _able(session: Session, seen: LockedLine, now: datetime | None) -> list[Person]:
    """Who may decide the line; where somebody has decided first, who may confirm that."""
    first = endorsements.standing(session, seen.line)
    if first is not None:
        return seconds.able_to_confirm(session, seen, first, now)
    return reviews.with_authority(session, seen, reviews.proposal(session, seen).value, now=now)


def _is_due(line: CountLine, now: datetime) -> bool:
    return line.review_since is None or is_call_due(now - line.review_since, line.review_calls)
