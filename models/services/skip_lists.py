"""What could not be counted in a session, why, and who said so: the list that its approvers get when it closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession, LineSkip
from models.people import Member
from models.rules import skips
from models.rules.lines import LineState
from models.services import lines, people
from models.services.photos import PhotoFacts, photos_by_line
from models.services.sheets import unnamed


@dataclass(frozen=True)
class SkippedLine:
    """A line that is back in the pool. `who` None: nobody got to it by the due time. `photos` are pictures of it."""

    location: str
    name: str
    sku: str
    reason: str
    who: str | None
    photos: tuple[PhotoFacts, ...] = ()


@dataclass(frozen=True)
class SkipList:
    """The lines of a session that were not counted, in walk order. `is_open`: it is not closed, or not any more."""

    name: str
    zone: ZoneInfo
    lines: tuple[SkippedLine, ...]
    is_open: bool
    unnamed: tuple[str, ...]

    @property
    def said(self) -> tuple[SkippedLine, ...]:
        """Those of which somebody said why."""
        return tuple(line for line in self.lines if line.who is not None and line.reason != skips.CLOSED)

    @property
    def closed(self) -> tuple[SkippedLine, ...]:
        """Those that an approver closed the session without."""
        return tuple(line for line in self.lines if line.who is not None and line.reason == skips.CLOSED)

    @property
    def expired(self) -> tuple[SkippedLine, ...]:
        """Those that nobody got to."""
        return tuple(line for line in self.lines if line.who is None)

    @property
    def is_worth_posting(self) -> bool:
        """Whether there is a list to post, and the session is closed."""
        return not self.is_open and bool(self.said)


def skip_list(session: Session, session_id: int) -> SkipList:
    """Read the list; NoResultFound for an id that is no session."""
    rows: Sequence[tuple[LineSkip, Item, Location, Member | None]] = session.exec(
        select(LineSkip, Item, Location, Member)
        .join(CountLine, col(CountLine.id) == col(LineSkip.line_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .outerjoin(Member, col(Member.id) == col(LineSkip.member_id))
        .where(CountLine.session_id == session_id, CountLine.state == LineState.SKIPPED)
        .order_by(col(CountLine.position), col(CountLine.id), col(LineSkip.id))
    ).all()
    pictured = photos_by_line(session, [skip.line_id for skip, *_ in rows])
    # Only a line that is to count is skipped for good, by its one skip.
    found = tuple(
        SkippedLine(
            location=location.code,
            name=item.name,
            sku=item.sku,
            reason=skip.reason,
            who=None if member is None else people.display_name(member),
            photos=pictured.get(skip.line_id, ()),
        )
        for skip, item, location, member in rows
    )
    members = [member for *_, member in rows if member is not None]
    name = session.get_one(CountSession, session_id).name
    zone = ZoneInfo(people.company(session).timezone)
    return SkipList(name, zone, found, lines.has_open_lines(session, session_id), unnamed(members))
