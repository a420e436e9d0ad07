"""Whoever asks for a spot count may have read the record just before, so others of the team count it.

Where there is nobody else they may count first; such a count says nothing about accuracy, and the review card says
whose it was. A recount is theirs only when an approver asks them for it, and is then the approver's to judge: a number
that may come from the record must not make the first count's variance go away by itself.
"""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.counts import CountEntry, CountLine, CountSession
from models.errors import NotAllowed
from models.rules.lines import LineState
from models.services import people
from models.services.people import Person

FIRST = "You asked for this count, so somebody else counts it first."
AGAIN = "You asked for this count, so somebody else counts it again."


def left_to_others(session: Session, person: Person, count_session: CountSession) -> frozenset[LineState]:
    """The states in which lines of a session are for others than `person`, unless they were asked in person.

    Only an approver asks them for a recount, when nobody else is left (`models.services.lines.recounters`).
    """
    if count_session.asked_by_id != person.id:
        return frozenset()
    others = [one for one in people.counters_of(session, count_session.team_id) if one.id != person.id]
    return frozenset({LineState.TO_COUNT, LineState.RECOUNT} if others else {LineState.RECOUNT})


def lines_left(session: Session, person: Person, session_id: int) -> set[int]:
    """Ids of the lines of a session that wait for the count of others, because `person` asked for it."""
    states = left_to_others(session, person, session.get_one(CountSession, session_id))
    if not states:
        return set()
    waiting = select(CountLine.id).where(
        CountLine.session_id == session_id,
        col(CountLine.state).in_(states),
        col(CountLine.id).not_in(select(CountEntry.line_id).where(CountEntry.member_id == person.id)),
    )
    return {line_id for line_id in session.exec(waiting) if line_id is not None}


def require_first_counter(session: Session, person: Person, count_session: CountSession) -> None:
    """Raise NotAllowed when first counts of the session wait for somebody else, because `person` asked for it."""
    if LineState.TO_COUNT in left_to_others(session, person, count_session):
        raise NotAllowed(FIRST)


def require_other(session: Session, person: Person, count_session: CountSession, line: CountLine) -> None:
    """Raise NotAllowed when the line waits for the count of somebody else, because `person` asked for it."""
    if line.asked_member_id != person.id and line.state in left_to_others(session, person, count_session):
        raise NotAllowed(FIRST if line.state is LineState.TO_COUNT else AGAIN)


def is_recount_by_asker(count_session: CountSession, entry: CountEntry) -> bool:
    """Whether an entry is a recount by who asked for the count: it settles nothing by itself."""
    return entry.attempt > 1 and entry.member_id == count_session.asked_by_id


def by_other() -> ColumnElement[bool]:
    """Whether a `CountEntry`, joined to its `CountSession`, is not of who asked for the count."""
    return col(CountSession.asked_by_id).is_distinct_from(col(CountEntry.member_id))
