"""A session's lines for one counter, a page at a time: what the count modal shows.

What they have claimed comes first, then what nobody has; both in walk order. A page goes on where the one before it
ended. A line that was left blank is not offered again in the same go: it is still to count, and comes back the next
time somebody enters counts. The facts hold no number, and nothing that tells a recount from a first count, except
where a plan is not blind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession
from models.errors import NotAllowed, NotFound, WrongState
from models.people import Team
from models.rules.lines import LineState
from models.services import askers, claims, counts, lines, packs, people
from models.services.claims import OnlyClaimedLeft
from models.services.counts import LineToCount
from models.services.people import Person

LINES_A_PAGE = 12
"""More fields than this make a modal that phones handle badly."""


@dataclass(frozen=True)
class CountPage:
    """A page of lines to count, the `number`-th of `pages`.

    `is_single`: the one line of a recount, nothing follows. `ends_in_own`: its last line is one they have claimed.
    """

    session_id: int
    name: str
    lines: tuple[LineToCount, ...]
    number: int
    pages: int
    is_single: bool = False
    ends_in_own: bool = False

    @property
    def is_last(self) -> bool:
        """Whether nothing follows this page."""
        return self.number >= self.pages


def first_page(session: Session, person: Person, session_id: int, *, of_others: bool = False) -> CountPage:
    """The first page of what `person` may count in a session; a refusal, when that is nothing, says why.

    `of_others`: with what others have claimed, and as one page. Without it, OnlyClaimedLeft: only such is left.
    """
    count_session = lines.find_session(session, session_id)
    offered, own = claims.lines_offered(session, person, session_id, of_others=of_others)
    if not offered:
        if left := claims.left_of_others(session, person, session_id):
            raise OnlyClaimedLeft(left, session_id)
        raise _nothing(session, person, count_session)
    return _page(count_session, offered[:LINES_A_PAGE] if of_others else offered, own, number=1)


def next_page(session: Session, person: Person, page: CountPage) -> CountPage | None:
    """The page after `page`; None when nothing further is to count."""
    last = session.get(CountLine, page.lines[-1].line_id) if page.lines else None
    if page.is_single or last is None:
        return None
    later = set(
        session.exec(
            select(CountLine.id).where(
                CountLine.session_id == page.session_id,
                tuple_(col(CountLine.position), col(CountLine.id)) > (last.position, last.id),
            )
        ).all()
    )
    offered, own = claims.lines_offered(session, person, page.session_id)
    left_own = [line for line in offered[:own] if page.ends_in_own and line.line_id in later]
    left = left_own + [line for line in offered[own:] if page.ends_in_own or line.line_id in later]
    count_session = lines.find_session(session, page.session_id)
    return _page(count_session, left, len(left_own), number=page.number + 1) if left else None


def single_page(session: Session, person: Person, line_id: int) -> CountPage:
    """The page of one line, which `person` was asked to count; a refusal says why they cannot."""
    line = session.get(CountLine, line_id)
    if line is None:
        raise NotFound("That count line is not there any more.")
    count_session = lines.find_session(session, line.session_id)
    found = [one for one in counts.lines_to_count(session, person, line.session_id) if one.line_id == line_id]
    if not found:
        if person.id in lines.counted_before(session, line_id):
            raise WrongState("You have counted this line already; nothing is left for you to do.")
        askers.require_other(session, person, count_session, line)
        raise _nothing(session, person, count_session, "This line is not waiting for a count any more.")
    return CountPage(line.session_id, count_session.name, tuple(found), number=1, pages=1, is_single=True)


def shown_page(
    session: Session,
    session_id: int,
    line_ids: list[int],
    *,
    number: int,
    is_single: bool = False,
    ends_in_own: bool = False,
) -> CountPage:
    """A page as it was shown: those of `line_ids` that are lines of the session, in that order."""
    count_session = lines.find_session(session, session_id)
    rows = session.exec(
        select(CountLine.id, Item, Location)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.session_id == session_id, col(CountLine.id).in_(line_ids))
    ).all()
    comes_in = packs.packs_of(session, [item.id for _, item, _ in rows])
    shown = [
        LineToCount(
            line_id, session_id, item.sku, item.name, location.code, item.unit, packs=comes_in.get(item.id or 0, ())
        )
        for line_id, item, location in rows
        if line_id is not None
    ]
    shown.sort(key=lambda line: line_ids.index(line.line_id))
    return CountPage(session_id, count_session.name, tuple(shown), number, number, is_single, ends_in_own)


def _page(count_session: CountSession, left: Sequence[LineToCount], own: int, *, number: int) -> CountPage:
    """The beginning of what is left, of which the first `own` lines are claimed."""
    assert count_session.id is not None  # noqa: S101 - a stored row has an id
    pages = number - 1 + ceil(len(left) / LINES_A_PAGE)
    shown = tuple(left[:LINES_A_PAGE])
    return CountPage(count_session.id, count_session.name, shown, number, pages, ends_in_own=own >= len(shown))


def _nothing(
    session: Session,
    person: Person,
    count_session: CountSession,
    sentence: str = "Nothing is left for you to count here. Thank you.",
) -> NotAllowed | WrongState:
    if count_session.team_id not in person.counts:
        return people.not_a_counter(session.get_one(Team, count_session.team_id))
    waiting = select(CountLine).where(CountLine.session_id == count_session.id, CountLine.state == LineState.TO_COUNT)
    first = session.exec(waiting.limit(1)).first()
    if first is not None:
        askers.require_other(session, person, count_session, first)
    return WrongState(sentence)
