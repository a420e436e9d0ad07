"""What is told when a session changes after it was signed off: by whom it was signed, and which bins are open again."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Location
from models.counts import OPEN_STATES, CountLine, CountSession
from models.services import people, signed
from models.services.signed import Signed


@dataclass(frozen=True)
class ChangeFacts:
    """`signed` is the newest sign-off; `open_places` are the bins of the lines that are open now, in walk order."""

    session_id: int
    name: str
    zone: ZoneInfo
    signed: Signed
    open_places: tuple[str, ...]


def change_facts(session: Session, session_id: int) -> ChangeFacts:
    """Read it; LookupError for a session that nobody signed off."""
    by = signed.signed(session, session_id)
    if by is None:
        raise LookupError(f"nobody signed session {session_id} off")
    places = session.exec(
        select(Location.code)
        .join(CountLine, col(CountLine.location_id) == col(Location.id))
        .where(CountLine.session_id == session_id, col(CountLine.state).in_(OPEN_STATES))
        .order_by(col(CountLine.position), col(CountLine.id))
    ).all()
    zone = ZoneInfo(people.company(session).timezone)
    name = session.get_one(CountSession, session_id).name
    return ChangeFacts(session_id, name, zone, by, tuple(dict.fromkeys(places)))
