"""Cycle counts so far: a page of sessions, the newest first, of one team or all, running or closed.

Pages are cut by key, so that a session that starts while somebody reads shifts nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from models.counts import OPEN_STATES, CountLine, CountSession, Decision
from models.people import Member, Team
from models.records import CountRecord
from models.rules.lines import LineState
from models.services import blindness, people
from models.services.people import Person
from models.services.record_sums import IS_CLOSED, OF_RECORDS, Sums
from models.sign_offs import SignOff

ROWS_A_PAGE = 8
_NOBODY = (None, True)


class Standing(StrEnum):
    """Which sessions are meant."""

    ALL = "all"
    RUNNING = "running"
    CLOSED = "closed"


@dataclass(frozen=True)
class PastQuery:
    """Sessions of a team (None: all of the reader's), after (older than) or before one already seen; one of the two."""

    team_id: int | None = None
    standing: Standing = Standing.ALL
    older_than: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True)
class PastSession:
    """A session. `counted` lines have a count, `open` ones are not settled yet.

    `found` is what its closed lines come to, without items that are hidden from the reader. `signed_by` signed it off,
    and `stands` says that nothing was decided since.
    """

    session_id: int
    name: str
    team: str
    started_at: datetime
    lines: int
    counted: int
    skipped: int
    rejected: int
    open: int
    found: Sums = field(default_factory=Sums)
    signed_by: str | None = None
    stands: bool = True


@dataclass(frozen=True)
class PastSessions:
    """A page. `teams` are those that the reader may choose from, by id; one or none needs no choice."""

    query: PastQuery
    rows: tuple[PastSession, ...]
    has_older: bool
    has_newer: bool
    teams: tuple[tuple[int, str], ...]


def past_sessions(session: Session, person: Person, query: PastQuery) -> PastSessions:
    """Read a page for somebody who decides; a team that is not theirs is as if none had been chosen."""
    teams = _teams(session, person)
    if query.team_id not in {team_id for team_id, _ in teams}:
        query = replace(query, team_id=None)
    found = _page(session, query, [team_id for team_id, _ in teams])
    rows, more = found[:ROWS_A_PAGE], len(found) > ROWS_A_PAGE
    backwards = query.newer_than is not None
    if backwards:
        rows = rows[::-1]
    session_ids = [_id(one) for one in rows]
    states = _states(session, session_ids)
    found_in = _found(session, session_ids, blindness.hidden_items(session, person))
    signed = _signed(session, session_ids)
    names = dict(teams)
    return PastSessions(
        query=query,
        rows=tuple(
            replace(
                _row(one, names[one.team_id], states[_id(one)]),
                found=found_in.get(_id(one), Sums()),
                signed_by=signed.get(_id(one), _NOBODY)[0],
                stands=signed.get(_id(one), _NOBODY)[1],
            )
            for one in rows
        ),
        has_older=more if not backwards else bool(rows),
        has_newer=more if backwards else query.older_than is not None,
        teams=teams,
    )


def _teams(session: Session, person: Person) -> tuple[tuple[int, str], ...]:
    """The teams that somebody decides for; of stock control, also those that are no more."""
    statement = core_select(col(Team.id), col(Team.name)).order_by(col(Team.name))
    if not person.is_controller:
        statement = statement.where(col(Team.id).in_(person.approves))
    return tuple((team_id, name) for team_id, name in session.execute(statement))


def _page(session: Session, query: PastQuery, team_ids: Collection[int]) -> list[CountSession]:
    """The rows of the page in the direction of reading, and one more if there is one."""
    statement = select(CountSession).limit(ROWS_A_PAGE + 1)
    if query.team_id is not None:
        statement = statement.where(CountSession.team_id == query.team_id)
    else:
        statement = statement.where(col(CountSession.team_id).in_(team_ids))
    if query.standing is not Standing.ALL:
        is_running = exists().where(
            col(CountLine.session_id) == col(CountSession.id), col(CountLine.state).in_(OPEN_STATES)
        )
        statement = statement.where(is_running if query.standing is Standing.RUNNING else ~is_running)
    if query.newer_than is not None:
        statement = statement.where(col(CountSession.id) > query.newer_than).order_by(col(CountSession.id))
    else:
        statement = statement.order_by(col(CountSession.id).desc())
        if query.older_than is not None:
            statement = statement.where(col(CountSession.id) < query.older_than)
    return list(session.exec(statement))


def _states(session: Session, session_ids: Collection[int]) -> dict[int, Counter[LineState]]:
    states: dict[int, Counter[LineState]] = defaultdict(Counter)
    for session_id, state, number in session.execute(
        core_select(col(CountLine.session_id), col(CountLine.state), func.count())
        .where(col(CountLine.session_id).in_(session_ids))
        .group_by(col(CountLine.session_id), col(CountLine.state))
    ):
        states[session_id][state] = number
    return states


def _found(session: Session, session_ids: Collection[int], hidden: Collection[int]) -> dict[int, Sums]:
    """What the closed lines of each session come to."""
    names = [one.name for one in fields(Sums)]
    statement = (
        core_select(col(CountLine.session_id), *(OF_RECORDS[name] for name in names))
        .join(CountRecord, col(CountRecord.line_id) == col(CountLine.id))
        .where(col(CountLine.session_id).in_(session_ids), IS_CLOSED, col(CountRecord.item_id).not_in(hidden))
        .group_by(col(CountLine.session_id))
    )
    return {row[0]: Sums(**dict(zip(names, row[1:], strict=True))) for row in session.execute(statement)}


def _signed(session: Session, session_ids: Collection[int]) -> dict[int, tuple[str | None, bool]]:
    """Who signed each session off last, and whether that stands (as `models.services.signed`)."""
    last_decision = (
        core_select(func.coalesce(func.max(col(Decision.id)), 0))
        .join(CountLine, col(CountLine.id) == col(Decision.line_id))
        .where(col(CountLine.session_id) == col(SignOff.session_id))
        .scalar_subquery()
    )
    rows = session.execute(
        core_select(col(SignOff.session_id), Member, last_decision <= col(SignOff.last_decision_id))
        .join(Member, col(Member.id) == col(SignOff.member_id))
        .where(col(SignOff.session_id).in_(session_ids))
        .order_by(col(SignOff.number))
    )
    return {session_id: (people.display_name(member), bool(stands)) for session_id, member, stands in rows}


def _row(one: CountSession, team: str, states: Counter[LineState]) -> PastSession:
    lines = states.total()
    return PastSession(
        session_id=_id(one),
        name=one.name,
        team=team,
        started_at=one.started_at,
        lines=lines,
        counted=lines - states[LineState.TO_COUNT] - states[LineState.SKIPPED],
        skipped=states[LineState.SKIPPED],
        rejected=states[LineState.REJECTED],
        open=sum(states[state] for state in OPEN_STATES),
    )


def _id(one: CountSession) -> int:
    assert one.id is not None  # noqa: S101 - a stored row has an id
    return one.id
