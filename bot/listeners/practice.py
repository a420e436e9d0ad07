"""Practice: `/count practice`, its form, and what is typed while somebody is at it. No record is touched."""

from collections.abc import Mapping
from datetime import datetime

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.messages import Direct
from bot.payloads import NOT_MINE, Click, Submission
from bot.views.count_modal import block_of, read_metadata
from bot.views.practice import practice_modal
from bot.wiring import CLEAR, Answer, field_errors, on_click, on_submit
from models.errors import BadInput
from models.rules import wording
from models.rules.direct_words import Said as Wanted
from models.rules.direct_words import Verb
from models.rules.practice import TOYS, AskedAbout, Said, Skipped, Standing, Toy, outcome, sheet_line, toy_of
from models.rules.quantities_asked import remembered, sentence
from models.rules.quantities_meaning import Done, NeedsUnit, Part
from models.rules.references import SheetLine
from models.rules.replies import understand
from models.rules.reply_numbers import given
from models.rules.skips import noted
from models.services import direct_questions, people, practices
from models.services.count_answers import Counted, part_understood
from models.services.people import Person

STARTED = "The exercise is in our direct messages."
ENDED = "The exercise is over. “count” is for real, “practice” begins another."
TRY_COUNTING = "In practice, write SKU and quantity, like “TOY-2 42”. “stop” ends it."
REAL_WAITS = "You are at the exercise. Write “count” for what you were really asked to count again."
WHICH_DONE = "Which one? Write {}."


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
    """Take what was entered; what cannot be meant gets its sentence under its field, the others are taken."""
    now = context.read_clock()
    shown = read_metadata(submitted.metadata)
    if not set(shown.line_ids) <= {toy.number for toy in TOYS}:
        raise BadInput(NOT_MINE)
    entered = {number: typed for number in shown.line_ids if (typed := submitted.entered(block_of(number))) is not None}
    errors: dict[int, str] = {}
    if entered:
        with context.database.write() as session:
            person = people.require_person(session, submitted.user)
            lines = _lines(session, shown.session_id)
            said: dict[int, Said] = {}
            for number, typed in entered.items():
                meant = given(typed, lines[number])
                if isinstance(meant, str):
                    errors[number] = meant
                elif isinstance(meant, NeedsUnit):
                    errors[number] = sentence(meant, lines[number].measure)
                    said[number] = AskedAbout(remembered(meant))
                else:
                    said[number] = meant
            errors |= practices.enter(session, person, shown.session_id, said, submitted.view_id, now).refused
        context.committed()
    return field_errors({block_of(number): error for number, error in errors.items()}) if errors else CLEAR


def heard(
    session: Session, person: Person, practice_id: int, message: Direct, meant: Wanted, now: datetime
) -> list[str]:  # fmt: skip
    """Take what somebody wrote while they are at an exercise; returns what to tell them."""
    lines = _lines(session, practice_id)
    adding = [toy.number for toy, standing in practices.facts(session, practice_id).lines if standing.parts]
    if meant.verb is Verb.DONE and len(adding) > 1:
        return [WHICH_DONE.format(wording.any_of([f"“{lines[number].sku} done”" for number in adding]))]
    if meant.verb is Verb.STOP or (meant.verb is Verb.DONE and not adding):
        practices.end(session, person)
        return [ENDED]
    if meant.verb is Verb.DONE:
        return _take(session, person, practice_id, {adding[0]: Done()}, message, now)
    # Whoever is at an exercise since yesterday may not know it any more.
    otherwise = REAL_WAITS if direct_questions.is_asked_for_recount(session, person) else TRY_COUNTING
    if meant.verb is not Verb.ANSWER:
        return [otherwise]
    found = understand(message.text, list(lines.values()))
    said: dict[int, Said] = {one.line_id: one.given for one in found.counts}
    said |= {one.line_id: AskedAbout(one.number) for one in found.asked}
    said |= {skip.line.line_id: Skipped(skip.reason) for skip in found.skips}
    if not said and (otherwise is REAL_WAITS or not found.questions):
        return [otherwise]
    sentences = _take(session, person, practice_id, said, message, now) if said else []
    return [*sentences, *(one.sentence for one in found.asked), *found.questions]


def _lines(session: Session, practice_id: int) -> dict[int, SheetLine]:
    """The toy lines as they stand, by their numbers."""
    return {toy.number: sheet_line(toy, standing) for toy, standing in practices.facts(session, practice_id).lines}


def _take(
    session: Session, person: Person, practice_id: int, said: Mapping[int, Said], message: Direct, now: datetime
) -> list[str]:
    """Take what was said; returns the sentences about it, refusals last."""
    taken = practices.enter(session, person, practice_id, said, message.ts, now)
    told = [_told(toy_of(number), said[number], standing) for number, standing in taken.standings.items()]
    refused = [f"{toy_of(number).sku}: {refusal}" for number, refusal in taken.refused.items()]
    return [*filter(None, told), *refused]


def _told(toy: Toy, said: Said, standing: Standing) -> str:
    """As in a real count; but what would come of it is told, too."""
    if isinstance(said, Part):
        part = Counted(toy.number, toy.sku, toy.location, toy.unit, said.quantity, is_note=False)
        return part_understood(part, said.echo)
    if isinstance(said, Skipped):
        return noted(sheet_line(toy, standing).label, said.reason)
    return f"{toy.sku}: {outcome(toy, standing.counted)}" if standing.counted is not None else ""
