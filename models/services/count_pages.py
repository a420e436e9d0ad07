"""A session's lines for one counter, a page at a time: what the count modal shows.

A page goes on where the one before it ended in the walk. A line that was left blank is not offered again in the same
go: it is still to count, and comes back the next time somebody enters counts. The facts hold no number, and nothing
that tells a recount from a first count, except where a plan is not blind.
"""

from dataclasses import dataclass
from math import ceil

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession
from models.errors import NotAllowed, NotFound, WrongState
from models.people import Team
from models.rules.lines import LineState
from models.services import askers, counts, lines, packs
from models.services.counts import LineToCount
from models.services.people import Person

LINES_A_PAGE = 12
"""More fields than this make a modal that phones handle badly."""


@dataclass(frozen=True)
class CountPage:
    """A page of lines to count, the `number`-th of `pages`. `is_single`: the one line of a recount, nothing follows."""

    session_id: int
    name: str
    lines: tuple[LineToCount, ...]
    number: int
    pages: int
    is_single: bool = False

    @property
    def is_last(self) -> bool:
        """Whether nothing follows this page."""
        return self.number >= self.pages


def first_page(session: Session, person: Person, session_id: int) -> CountPage:
    """The first page of what `person` may count in a session; a refusal, when that is nothing, says why."""
    count_session = find_session(session, session_id)
    page = _page(session, person, count_session, after=0, number=1)
    if page is None:
        raise _nothing(session, person, count_session)
    return page


def next_page(session: Session, person: Person, page: CountPage) -> CountPage | None:
    """The page after `page`; None when nothing further is to count."""
    if page.is_single or not page.lines:
        return None
    last = session.get(CountLine, page.lines[-1].line_id)
    count_session = find_session(session, page.session_id)
    return _page(session, person, count_session, after=last.position if last else 0, number=page.number + 1)


def single_page(session: Session, person: Person, line_id: int) -> CountPage:
    """The page of one line, which `person` was asked to count; a refusal says why they cannot."""
    line = session.get(CountLine, line_id)
    if line is None:
        raise NotFound("That count line is not there any more.")
    count_session = find_session(session, line.session_id)
    found = [one for one in counts.lines_to_count(session, person, line.session_id) if one.line_id == line_id]
    if not found:
        if person.id in lines.counted_before(session, line_id):
            raise WrongState("You have counted this line already; nothing is left for you to do.")
        askers.require_other(session, person, count_session, line)
        raise _nothing(session, person, count_session, "This line is not waiting for a count any more.")
    return CountPage(line.session_id, count_session.name, tuple(found), number=1, pages=1, is_single=True)


def shown_page(session: Session, session_id: int, line_ids: list[int], *, number: int, is_single: bool) -> CountPage:
    """A page as it was shown: those of `line_ids` that are lines of the session, in walk order."""
    count_session = find_session(session, session_id)
    rows = session.exec(
        select(CountLine.id, Item, Location)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.session_id == session_id, col(CountLine.id).in_(line_ids))
        .order_by(col(CountLine.position))
    ).all()
    comes_in = packs.packs_of(session, [item.id for _, item, _ in rows])
    shown = tuple(
        LineToCount(
            line_id, session_id, item.sku, item.name, location.code, item.unit, packs=comes_in.get(item.id or 0, ())
        )
        for line_id, item, location in rows
        if line_id is not None
    )
    return CountPage(session_id, count_session.name, shown, number, number, is_single)


def find_session(session: Session, session_id: int) -> CountSession:
    """The session of an id that came from a button; NotFound for one that is none."""
    found = session.get(CountSession, session_id)
    if found is None:
        raise NotFound("That count is not there any more.")
    return found


def _page(
    session: Session, person: Person, count_session: CountSession, *, after: int, number: int
) -> CountPage | None:
    assert count_session.id is not None  # noqa: S101 - a stored row has an id
    later = set(
        session.exec(
            select(CountLine.id).where(CountLine.session_id == count_session.id, col(CountLine.position) > after)
        ).all()
    )
    left = [line for line in counts.lines_to_count(session, person, count_session.id) if line.line_id in later]
    if not left:
        return None
    pages = number - 1 + ceil(len(left) / LINES_A_PAGE)
    return CountPage(count_session.id, count_session.name, tuple(left[:LINES_A_PAGE]), number, pages)


def _nothing(
    session: Session,
    person: Person,
    count_session: CountSession,
    sentence: str = "Nothing is left for you to count here. Thank you.",
) -> NotAllowed | WrongState:
    if count_session.team_id not in person.counts:
        return NotAllowed(f"Only counters of {session.get_one(Team, count_session.team_id).name} count this.")
    waiting = select(CountLine).where(CountLine.session_id == count_session.id, CountLine.state == LineState.TO_COUNT)
    first = session.exec(waiting.limit(1)).first()
    if first is not None:
        askers.require_other(session, person, count_session, first)
    return WrongState(sentence)
