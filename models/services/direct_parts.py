"""Parts of a line that are given by direct message.

They are stored at once: nothing looks at the record for a part, so there is nothing that undo could give away. The
line stays asked for until its parts are all.
"""

from datetime import datetime

from sqlmodel import Session

from models.parts import CountPart
from models.rules.quantities_meaning import Part
from models.services import adding_up, direct_answers, direct_channels, parts
from models.services.direct_answers import Answer
from models.services.people import Person


def take(session: Session, person: Person, channel: str, line_id: int, part: Part, given: Answer, now: datetime) -> str:
    """Store a part; returns what to tell the person. Raises like `adding_up.add`."""
    deed = direct_answers.deed(person, channel, line_id, given)
    return f"Saved: {adding_up.take(session, deed, part, now=now).sentence}"


def given_by(session: Session, person: Person, ts: str) -> CountPart | None:
    """The newest part that somebody's direct message gave; None when it gave none."""
    channel = direct_channels.known_channel(session, person.slack_id)
    if channel is None:
        return None
    found = parts.of_message(session, ts, direct_answers.place_of(channel, ts))
    return found[-1] if found else None


def correct(session: Session, person: Person, given: Answer, edited_ts: str, now: datetime) -> str | None:
    """A message that gave a part was edited: it is another part now. None: it gave none, or says something else now.

    Returns what to tell the person, "" for nothing. Raises BadQuantity, and like `adding_up.add`.
    """
    before = given_by(session, person, given.ts)
    channel = direct_channels.known_channel(session, person.slack_id)
    if before is None or channel is None:
        return None
    meant = direct_answers.understand(session, person, channel, before.line_id, given, now)
    if not isinstance(meant, Part):
        return None
    if meant.quantity == before.quantity:
        return ""
    deed = direct_answers.deed(person, channel, before.line_id, given, edited_ts)
    return f"Saved: {adding_up.take(session, deed, meant, replaces=before, now=now).sentence}"
