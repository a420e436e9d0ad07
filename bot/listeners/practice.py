"""Practice: `/count practice`, its form, and what is typed while somebody is at it. No record is touched."""

from datetime import datetime
from decimal import Decimal

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.messages import Direct
from bot.payloads import NOT_MINE, Click, Submission
from bot.views.count_modal import block_of, read_metadata
from bot.views.practice import practice_modal
from bot.wiring import CLEAR, Answer, field_errors, on_click, on_submit
from models.errors import BadInput, BadQuantity
from models.rules.direct_words import Said, Verb
from models.rules.practice import TOYS, outcome, sheet_lines, toy_of
from models.rules.quantities_asked import whole_quantity
from models.rules.quantities_meaning import Counted
from models.rules.quantities_units import Measure
from models.rules.replies import understand
from models.services import people, practices
from models.services.people import Person

STARTED = "The exercise is in our direct messages."
ENDED = "The exercise is over. “count” is for real, “practice” begins another."
TRY_COUNTING = "In practice, write SKU and quantity, like “TOY-1 42”. “stop” ends it."
NO_PARTS = "Toys are not counted in parts. Write the whole quantity."


def register(app: App, context: Context) -> None:
    """Listen to the button of the exercise and its form."""
    on_click(app, context, ids.PRACTICE_COUNTS, open_form)
    on_submit(app, context, ids.PRACTICE_MODAL, save)


def open_form(context: Context, click: Click) -> None:
    """Show the toy lines."""
    practice_id = ids.parse_id(click.value)
    with context.database.read() as session:
        person = people.require_person(session, click.user)
        if practices.current(session, person) != practice_id:
            raise BadInput(practices.OVER)
        view = practice_modal(practices.facts(session, practice_id))
    context.open(click, view)


def save(context: Context, submitted: Submission) -> Answer:
    """Take what was entered; a number that cannot be meant gets its sentence under its field, the others are taken."""
    now = context.read_clock()
    shown = read_metadata(submitted.metadata)
    if not set(shown.line_ids) <= {toy.number for toy in TOYS}:
        raise BadInput(NOT_MINE)
    entered: dict[int, Decimal] = {}
    errors: dict[str, str] = {}
    for number in shown.line_ids:
        if (typed := submitted.entered(block_of(number))) is not None:
            try:
                entered[number] = whole_quantity(typed, Measure(toy_of(number).unit))
            except BadQuantity as refusal:
                errors[block_of(number)] = str(refusal)
    if entered:
        with context.database.write() as session:
            person = people.require_person(session, submitted.user)
            practices.enter(session, person, shown.session_id, entered, now)
        context.committed()
    return field_errors(errors) if errors else CLEAR


def said(
    session: Session, person: Person, practice_id: int, message: Direct, meant: Said, now: datetime
) -> list[str]:  # fmt: skip
    """Take what somebody wrote while they are at an exercise; returns what to tell them."""
    if meant.verb in (Verb.STOP, Verb.DONE):
        practices.end(session, person)
        return [ENDED]
    if meant.verb is not Verb.ANSWER:
        return [TRY_COUNTING]
    found = understand(message.text, sheet_lines())
    entered = {count.line_id: count.given.quantity for count in found.counts if isinstance(count.given, Counted)}
    if entered:
        practices.enter(session, person, practice_id, entered, now)
    sentences = [f"{toy_of(number).sku}: {outcome(toy_of(number), quantity)}" for number, quantity in entered.items()]
    if len(entered) < len(found.counts):
        sentences.append(NO_PARTS)
    return [*sentences, *found.questions] or [TRY_COUNTING]
