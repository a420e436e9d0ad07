"""One answer of a direct count: how it is understood, and what is kept of it while it is held."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.catalog import Item, Location
from models.counts import CountLine, EntrySource
from models.direct import DirectQuestion
from models.errors import BadQuantity, WrongState
from models.rules import wording
from models.rules.quantities_asked import Given
from models.rules.quantities_meaning import Counted, Done
from models.rules.references import References, SheetLine
from models.services import asked_quantities, packs, parts
from models.services.adding_up import Deed
from models.services.people import Person

TYPED_LENGTH = 200

NO_PARTS = "Nobody has given a part of this. Write its quantity."
NOT_YOUR_PARTS = "So far this is counted in parts by {}. Add yours, like “+12”, or write “stop” to end here."


@dataclass(frozen=True)
class Answer:
    """A message that answers: its text, its id, and the count instant."""

    text: str
    ts: str
    counted_at: datetime


def understand(session: Session, person: Person, channel: str, line_id: int, given: Answer, now: datetime) -> Given:
    """What a message in `channel` says of a line; BadQuantity as `asked_quantities.understand`.

    Who is used to the thread writes the SKU or bin of the line in front: what is no quantity by itself is read so.
    """
    line = session.get_one(CountLine, line_id)
    item, location = session.get_one(Item, line.item_id), session.get_one(Location, line.location_id)
    measure, place = packs.measure_of(session, item), place_of(channel, given.ts)
    try:
        return asked_quantities.understand(session, person, line_id, given.text, measure, place=place, now=now)
    except BadQuantity:
        named = SheetLine(line_id, item.sku, item.name, location.code, item.unit, countable=True)
        rest = _behind_name(given.text, named)
        if not rest:
            raise
    return asked_quantities.understand(session, person, line_id, rest, measure, place=place, now=now)


def _behind_name(text: str, named: SheetLine) -> str:
    """What stands behind the SKU or bin; "" when it does not begin with it, or with a number: that may be a slip."""
    rest = min((reading.rest for reading in References([named]).readings(text)), key=len, default="")
    name = text.removesuffix(rest)
    return rest if any(map(str.isalpha, name)) else ""


def require_own_parts(session: Session, person: Person, line_id: int) -> None:
    """Raise WrongState for a “done” of somebody who gave no part of the line that is open.

    Written while one line after the other is asked for, it may as well mean that they are done.
    """
    given = parts.adding_up(session, [line_id]).get(line_id, ())
    if not given:
        raise WrongState(NO_PARTS)
    if person.id not in {member.id for member in given}:
        raise WrongState(NOT_YOUR_PARTS.format(parts.names(given)))


def keep(question: DirectQuestion, text: str, meant: Counted | Done | None, *, reason: str = "") -> None:
    """Write an answer down: a quantity, the end of the parts, or (None) the reason why the line cannot be counted."""
    question.quantity = meant.quantity if isinstance(meant, Counted) else None
    question.echo = wording.cut(meant.echo, TYPED_LENGTH) if isinstance(meant, Counted) else ""
    question.reason, question.typed = reason, text[:TYPED_LENGTH]


def kept(question: DirectQuestion) -> Counted | Done | None:
    """What was written down by `keep`."""
    if question.reason:
        return None
    return Done() if question.quantity is None else Counted(question.quantity, question.echo)


def deed(person: Person, channel: str, line_id: int, given: Answer, edited_ts: str | None = None) -> Deed:
    """What a message in `channel` does, as it reads at `edited_ts` (None: as it was first written)."""
    return Deed(
        person=person,
        line_id=line_id,
        counted_at=given.counted_at,
        source=EntrySource.DIRECT,
        source_key=f"{place_of(channel, given.ts)}{line_id}:{edited_ts or 0}",
        typed=given.text[:TYPED_LENGTH],
        message_ts=given.ts,
    )


def place_of(channel: str, ts: str) -> str:
    """What the source keys of a direct message begin with."""
    return f"direct:{channel}:{ts}:"
