"""Sharing a sheet: who said that they count which lines.

A claim keeps two people from walking to the same bin. It forbids nothing: whoever counts a line that another has is
asked first, and then it counts. It lasts while the line is to count, and ends by itself when its holder is silent.
Which lines somebody gets depends on the walk and on the others' claims, never on the record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, select

from models.catalog import Location
from models.counts import CountEntry, CountLine, CountSession
from models.errors import BadInput, NotAllowed, WrongState
from models.journal import Intent
from models.parts import CountPart
from models.people import Member, Team
from models.rules import wording
from models.rules.lines import LineState
from models.services import askers, counts, journal, lines, people
from models.services.counts import LineToCount
from models.services.held_answers import held_by
from models.services.people import Person

MOST_LINES = 10
"""Lines that one person takes; who has some left takes as many as are missing to it."""
SILENCE = timedelta(minutes=30)
"""After so long without an entry of theirs in the session, somebody's lines are free again."""


class ClaimedByOther(WrongState):
    """The line is another's: asked once, the same count again is taken."""


class OnlyClaimedLeft(WrongState):
    """Nothing is left to count but lines that others have. `session_id`: where, for somebody who wants them anyway."""

    def __init__(self, message: str, session_id: int) -> None:
        super().__init__(message)
        self.session_id = session_id


@dataclass(frozen=True)
class Claimed:
    """The lines somebody has in a session, in walk order, by their bins."""

    session_id: int
    name: str
    channel: str
    bins: tuple[str, ...]


def take(session: Session, *, person: Person, session_id: int, now: datetime) -> Claimed:
    """Give `person` the next lines of the walk that nobody has, up to ten; NotAllowed or WrongState when none is."""
    locked = _lock(session, session_id)
    _require_counter(session, person, locked)
    mine = held(session, person, session_id)
    missing = MOST_LINES - len(mine.bins)
    free = _free(session, person, session_id)[: max(missing, 0)]
    if not mine.bins and not free:
        raise _none_free(session, person, locked)
    if free:
        _claim(session, locked, free, col(CountLine.claimed_by_id).is_(None), person, now)
        _audit(session, person, "claim", session_id, now, lines=len(free))
    return held(session, person, session_id)


def release(session: Session, *, person: Person, session_id: int, now: datetime) -> Claimed:
    """Let go of the lines that `person` has in a session; returns what they were."""
    locked = _lock(session, session_id)
    mine = held(session, person, session_id)
    if mine.bins:
        theirs = col(CountLine.claimed_by_id) == person.id
        _claim(session, locked, _ids(session, session_id, theirs), theirs, None, now)
        _audit(session, person, "release", session_id, now, lines=len(mine.bins))
    return mine


def release_all(session: Session, *, person: Person, now: datetime) -> list[Claimed]:
    """Let go of everything `person` has."""
    session_ids = session.exec(
        select(CountLine.session_id)
        .where(CountLine.claimed_by_id == person.id)
        .distinct()
        .order_by(col(CountLine.session_id))
    ).all()
    return [release(session, person=person, session_id=session_id, now=now) for session_id in session_ids]


def hand_over(session: Session, *, person: Person, session_id: int, to: str, now: datetime) -> tuple[Claimed, Person]:
    """Give all that `person` has in a session to another counter, by Slack id. Returns it, and who has it now.

    Raises:
        BadInput: for who does not count in that team; NotAllowed, when the lines wait for others than them.
        WrongState: there is nothing to give.
    """
    locked = _lock(session, session_id)
    other = people.find_person(session, to)
    if other is None or locked.team_id not in other.counts:
        able = [one.name for one in people.counters_of(session, locked.team_id) if one.id != person.id]
        who = f" Choose {wording.any_of(able)}." if able else " There is no other counter."
        raise BadInput(f"Only counters of {session.get_one(Team, locked.team_id).name} can take them.{who}")
    if other.id == person.id:
        raise BadInput("You have these lines already. Choose somebody else.")
    if LineState.TO_COUNT in askers.left_to_others(session, other, locked):
        raise NotAllowed(f"{other.name} asked for this count, so somebody else counts it first.")
    mine = held(session, person, session_id)
    if not mine.bins:
        raise WrongState("You have no lines here any more, so there is nothing to hand over.")
    theirs = col(CountLine.claimed_by_id) == person.id
    _claim(session, locked, _ids(session, session_id, theirs), theirs, other, now)
    _audit(session, person, "hand over", session_id, now, lines=len(mine.bins), to=other.slack_id)
    return mine, other


def held(session: Session, person: Person, session_id: int) -> Claimed:
    """The lines that `person` has in a session; NotFound for an id that is none."""
    count_session = lines.find_session(session, session_id)
    bins = session.exec(
        select(Location.code)
        .join(CountLine, col(CountLine.location_id) == col(Location.id))
        .where(CountLine.session_id == session_id, CountLine.claimed_by_id == person.id)
        .order_by(col(CountLine.position), col(CountLine.id))
    ).all()
    team = session.get_one(Team, count_session.team_id)
    return Claimed(session_id, count_session.name, team.channel, tuple(bins))


def lines_offered(
    session: Session, person: Person, session_id: int, *, of_others: bool = False
) -> tuple[list[LineToCount], int]:
    """What `person` may count, in the order it is offered, and how many of it, at the beginning, they have claimed.

    Theirs come first, then what nobody has; what others have is left out, unless it is asked for (`of_others`).
    """
    able = counts.lines_to_count(session, person, session_id)
    holders = _holders(session, session_id)
    mine = [line for line in able if holders.get(line.line_id) == person.id]
    free = [line for line in able if line.line_id not in holders]
    others = [line for line in able if holders.get(line.line_id, person.id) != person.id]
    return [*mine, *free, *(others if of_others else [])], len(mine)


def left_of_others(session: Session, person: Person, session_id: int) -> str:
    """Who has what `person` could count too: “Dan has the 3 lines that are left.”; empty when nobody has any."""
    able = {line.line_id for line in counts.lines_to_count(session, person, session_id)}
    theirs = {line: who for line, who in _holders(session, session_id).items() if line in able and who != person.id}
    if not theirs:
        return ""
    names = [people.display_name(session.get_one(Member, who)) for who in dict.fromkeys(theirs.values())]
    have = "has" if len(names) == 1 else "have"
    what = "the line that is left" if len(theirs) == 1 else f"the {len(theirs)} lines that are left"
    return f"{wording.all_of(names)} {have} {what}."


def ask_first(session: Session, person: Person, line_id: int, what: str | Decimal, now: datetime) -> None:
    """Raise ClaimedByOther when another has this line, once for each claim and for what is said about it (`what`)."""
    line = session.get(CountLine, line_id)
    holder = None if line is None else holder_of(session, person, line)
    if line is None or line.claimed_at is None or holder is None:
        return
    key = f"asked:{line_id}:{person.id}:{line.claimed_by_id}:{line.claimed_at.timestamp()}:{what}"
    if journal.first_time(session, key[:200], now):
        raise ClaimedByOther(f"{holder} has this line. Count it anyway?")


def holder_of(session: Session, person: Person, line: CountLine) -> str | None:
    """The name of who has a line; None when nobody else than `person` has it."""
    if line.claimed_by_id in (None, person.id):
        return None
    return people.display_name(session.get_one(Member, line.claimed_by_id))


def silent_lines(session: Session, now: datetime) -> list[int]:
    """Ids of the lines whose holders have been silent for too long at `now`."""
    found = session.exec(select(CountLine.id).where(_is_silent(now)).order_by(col(CountLine.id)))
    return [line_id for line_id in found if line_id is not None]


def release_silent(session: Session, line_id: int, now: datetime) -> bool:
    """Free a line if its holder is silent still; False: they said something, or somebody else freed it."""
    freed = session.execute(
        update(CountLine)
        .where(col(CountLine.id) == line_id, _is_silent(now))
        .values(claimed_by_id=None, claimed_at=None)
        .returning(col(CountLine.session_id))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if freed is None:
        return False
    journal.audit(session, actor=journal.SYSTEM, action="release", subject=f"line {line_id}", now=now)
    show(session, session.get_one(CountSession, freed), now)
    return True


def _is_silent(now: datetime) -> ColumnElement[bool]:
    other = aliased(CountLine)
    in_session = col(other.session_id) == col(CountLine.session_id)
    given = [
        exists().where(
            col(one.line_id) == col(other.id),
            in_session,
            col(one.member_id) == col(CountLine.claimed_by_id),
            col(one.recorded_at) > now - SILENCE,
        )
        for one in (CountEntry, CountPart)
    ]
    held = exists().where(held_by(col(other.id), col(CountLine.claimed_by_id)), in_session)
    is_claimed, is_old = col(CountLine.claimed_by_id).is_not(None), col(CountLine.claimed_at) <= now - SILENCE
    return and_(is_claimed, is_old, *(~said for said in (*given, held)))


def _lock(session: Session, session_id: int) -> CountSession:
    """Have claims in a session made one after the other: each sees what the one before it took."""
    # Not the lock that whoever adds a line has to wait for.
    session.exec(select(CountSession.id).where(CountSession.id == session_id).with_for_update(key_share=True)).first()
    return lines.find_session(session, session_id)


def _require_counter(session: Session, person: Person, count_session: CountSession) -> None:
    if count_session.team_id not in person.counts:
        raise people.not_a_counter(session.get_one(Team, count_session.team_id))
    askers.require_first_counter(session, person, count_session)


def _free(session: Session, person: Person, session_id: int) -> list[int]:
    """Ids of the lines that `person` may take, in walk order."""
    able = {line.line_id for line in counts.lines_to_count(session, person, session_id)}
    is_free = col(CountLine.claimed_by_id).is_(None)
    return [line_id for line_id in _ids(session, session_id, is_free) if line_id in able]


def _ids(session: Session, session_id: int, which: ColumnElement[bool]) -> list[int]:
    """Ids of the lines to count of a session that fit, in walk order."""
    found = session.exec(
        select(CountLine.id)
        .where(CountLine.session_id == session_id, CountLine.state == LineState.TO_COUNT, which)
        .order_by(col(CountLine.position), col(CountLine.id))
    )
    return [line_id for line_id in found if line_id is not None]


def _claim(
    session: Session,
    count_session: CountSession,
    line_ids: Sequence[int],
    seen: ColumnElement[bool],
    to: Person | None,
    now: datetime,
) -> None:
    """Write down whose these lines are from now on: of those that are still to count, and held as they were `seen`."""
    # One after the other in the order of the ids, in which whoever counts several locks them too.
    for line_id in sorted(line_ids):
        session.execute(
            update(CountLine)
            .where(col(CountLine.id) == line_id, col(CountLine.state) == LineState.TO_COUNT, seen)
            .values(claimed_by_id=None if to is None else to.id, claimed_at=None if to is None else now)
            .execution_options(synchronize_session=False)
        )
    show(session, count_session, now)


def show(session: Session, count_session: CountSession, now: datetime) -> None:
    """Have the sheet say who has what."""
    channel = session.get_one(Team, count_session.team_id).channel
    journal.notify(session, Intent.SHEET, count_session.id or 0, channel=channel, now=now)


def _audit(session: Session, person: Person, action: str, session_id: int, now: datetime, **detail: object) -> None:
    journal.audit(
        session, actor=person.slack_id, action=action, subject=f"session {session_id}", now=now, detail=detail
    )


def _holders(session: Session, session_id: int) -> dict[int, int]:
    """Who has which line of a session: ids of members by ids of lines."""
    rows = session.exec(
        select(CountLine.id, CountLine.claimed_by_id)
        .where(CountLine.session_id == session_id, col(CountLine.claimed_by_id).is_not(None))
        .order_by(col(CountLine.position), col(CountLine.id))
    ).all()
    return {line_id: who for line_id, who in rows if line_id is not None and who is not None}


def _none_free(session: Session, person: Person, count_session: CountSession) -> WrongState:
    left = left_of_others(session, person, count_session.id or 0)
    return WrongState(left or "Nothing is left to take here. Thank you.")
