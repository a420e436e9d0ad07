"""*Found here*: something that is not on the sheet gets a line and its count, and an approver looks at it.

The answer is that the number is stored, and nothing else: whether the record has it there is not said.
"""

from datetime import datetime

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.errors import FieldError, under
from bot.payloads import Click, Submission
from bot.pictures import pictures_of
from bot.views.found_form import BIN, QUANTITY, SKU, found_form
from bot.wiring import CLEAR, Answer, field_errors, on_click, on_submit
from models.counts import EntrySource
from models.errors import BadQuantity
from models.milestones import Milestone
from models.people import Team
from models.services import count_answers, direct_storing, finds, people, photos
from models.services.claims import ClaimedByOther
from models.services.people import Person
from models.services.photos import Posted

SAVE_AGAIN = "Save again to do so."


def register(app: App, context: Context) -> None:
    """Listen to the button and its form."""
    on_submit(app, context, ids.FOUND_FORM, save)
    on_click(app, context, ids.FOUND_HERE, open_form)


def open_form(context: Context, click: Click) -> None:
    """Ask what was found; only of who counts here."""
    with context.database.read() as session:
        person = people.require_person(session, click.user)
        count_session, _ = finds.session_of(session, person, ids.parse_id(click.value))
        form = found_form(count_session.id or 0, count_session.name)
    context.open(click, form)


def save(context: Context, submitted: Submission) -> Answer:
    """Store what was found; what is not there as it was written stands under its field."""
    now, session_id = context.read_clock(), ids.parse_id(submitted.metadata)
    with context.database.write() as session:
        person = people.require_person(session, submitted.user)
        _, team = finds.session_of(session, person, session_id)
        try:
            stored = _record(session, person, session_id, team, submitted, now)
        except ClaimedByOther as question:  # that it was asked is kept
            return field_errors({SKU: f"{question} {SAVE_AGAIN}"})
    context.committed(Milestone.COUNT_RECORDED)
    context.tell(team.channel, submitted.user, [f"Saved: {stored}"])
    return CLEAR


def _record(session: Session, person: Person, session_id: int, team: Team, submitted: Submission, now: datetime) -> str:
    """Store what the form says; returns how it was understood."""
    with under(SKU):
        item = finds.find_item(session, submitted.entered(SKU) or "")
    with under(BIN):
        location = finds.find_bin(session, team.id or 0, submitted.entered(BIN) or "")
    with under(QUANTITY):
        find = finds.read_find(session, item, location, submitted.entered(QUANTITY) or "")
    direct_storing.store_of(session, finds.lines_of(session, session_id, find), now, but_of=person)
    try:
        counted = finds.record(
            session,
            person=person,
            session_id=session_id,
            find=find,
            counted_at=now,
            source=EntrySource.MODAL,
            source_key=f"found:{submitted.view_id}",
            now=now,
        )
    except BadQuantity as refusal:
        raise FieldError({QUANTITY: str(refusal)}) from refusal
    posted = Posted(session_id, person.id, now)
    photos.put_on_lines(session, posted, pictures_of(submitted), {counted.line_id}, now)
    return count_answers.understood(counted, find.echo)
