"""Counts that are closed and wait for a sign-off, for who can give it: those of the last `LATELY`, the oldest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from models.counts import OPEN_STATES, CountLine, CountSession
from models.people import Team
from models.services import signed
from models.services.people import Person

LATELY = timedelta(days=7)
"""What closed before that was left unsigned on purpose, or comes from before there were sign-offs."""

MOST = 20


@dataclass(frozen=True)
class Unsigned:
    """A closed session that nobody signed off, or that changed since; `changed` says which."""

    session_id: int
    name: str
    team: str
    closed_at: datetime
    changed: bool


def unsigned(session: Session, person: Person, now: datetime) -> list[Unsigned]:
    """Read them; none for who decides for no team."""
    is_open = select(CountLine.session_id).where(col(CountLine.state).in_(OPEN_STATES))
    statement = (
        select(CountSession, Team, func.max(CountLine.settled_at))
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .join(CountLine, col(CountLine.session_id) == col(CountSession.id))
        .where(col(CountSession.id).not_in(is_open), col(CountLine.settled_at) >= now - LATELY)
        .group_by(col(CountSession.id), col(Team.id))
        .order_by(func.max(CountLine.settled_at), col(CountSession.id))
    )
    if not person.is_controller:
        statement = statement.where(col(CountSession.team_id).in_(person.approves))
    found = []
    for one, team, closed_at in session.exec(statement):
        by = signed.signed(session, one.id or 0)
        if (by is None or not by.stands) and closed_at is not None:
            found.append(Unsigned(one.id or 0, one.name, team.name, closed_at, changed=by is not None))
    return found[:MOST]
