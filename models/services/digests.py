"""The review digest: on each working day of a team, one message in its review channel with all that waits there.

The clock asks for it, and the message of the day before then says that it is over. Each day is looked at once:
`ReviewDigest` says which was the last, and is locked for it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.counts import CountLine, CountSession
from models.digests import ReviewDigest
from models.errors import NotFound
from models.people import Team
from models.rules.digests import day_due
from models.rules.lines import LineState
from models.services import digest_updates, people, waiting
from models.services.calendars import calendar_of
from models.services.upserts import insert_for
from models.services.waiting import Waiting


@dataclass(frozen=True)
class DigestFacts:
    """What waits in a team on a day. `waiting` None: another day has been told since."""

    team: str
    day: date
    waiting: Waiting | None


def teams_to_tell(session: Session, now: datetime) -> list[int]:
    """Ids of the active teams whose digest is due at `now`."""
    told = {row.team_id: row.day for row in session.exec(select(ReviewDigest))}
    teams = session.exec(select(Team).where(col(Team.is_active)).order_by(col(Team.id))).all()
    return [team.id for team in teams if team.id is not None and _day_due(session, team, told.get(team.id), now)]


def tell(session: Session, team_id: int, now: datetime) -> bool:
    """Have the digest of today posted, if something waits; False when it is not due, or another clock has done it."""
    team = session.get_one(Team, team_id)
    session.execute(insert_for(session, ReviewDigest).values(team_id=team_id, day=date.min).on_conflict_do_nothing())
    told = session.get_one(ReviewDigest, team_id, populate_existing=True, with_for_update=True)
    today = _day_due(session, team, told.day, now)
    if today is None:
        return False
    before, told.day = told.day, today
    session.add(told)
    if digest_updates.was_posted(session, team_id, before):
        digest_updates.notify(session, team, before, now)
    if not _anything_waits(session, team_id):
        return False
    digest_updates.notify(session, team, today, now)
    return True


def digest_facts(session: Session, team_id: int, day: date) -> DigestFacts:
    """Read what the digest of a day says now; NoResultFound for an id that is no team."""
    team = session.get_one(Team, team_id)
    told = session.get(ReviewDigest, team_id)
    is_over = told is None or told.day != day
    return DigestFacts(team.name, day, None if is_over else waiting.waiting_in(session, team_id))


def day_of(number: int) -> date:
    """The day in such a subject; NotFound for one that is none."""
    try:
        return date(number // 10000, number // 100 % 100, number % 100)
    except ValueError:
        raise NotFound("There is no such digest.") from None


def _day_due(session: Session, team: Team, last: date | None, now: datetime) -> date | None:
    company = people.company(session)
    said = company.digest if team.digest is None else team.digest
    return day_due(said, calendar_of(session, team), ZoneInfo(company.timezone), now, last=last)


def _anything_waits(session: Session, team_id: int) -> bool:
    statement = (
        select(CountLine.id)
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .where(CountSession.team_id == team_id, CountLine.state == LineState.IN_REVIEW)
    )
    return session.exec(statement.limit(1)).first() is not None
