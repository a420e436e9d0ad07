"""*Can't count these*: lines that somebody could not reach, with the reason and photos. Not counted is not zero.

The form is taken once: it closes with its first success, and the same form delivered again does nothing. Lines that
moved on while it was open are left alone, and the person is told which.
"""

from slack_bolt import App

from bot import ids
from bot.context import Context
from bot.errors import FieldError
from bot.payloads import NOT_MINE, Click, Submission
from bot.pictures import pictures_of
from bot.views.skip_modal import LINES, NOTE, REASON, skip_modal
from bot.wiring import CLEAR, Answer, on_click, on_submit
from models.errors import BadInput, CycleCountError
from models.people import Team
from models.rules.skips import SkipReason, skip_text
from models.services import claims, count_pages, counts, journal, lines, people, photos
from models.services.photos import Posted


def register(app: App, context: Context) -> None:
    """Listen to the button and its form."""
    on_click(app, context, ids.CANNOT_COUNT, open_form)
    on_submit(app, context, ids.SKIP_MODAL, skip_lines)


def open_form(context: Context, click: Click) -> None:
    """Show the lines that this person could still count."""
    session_id = ids.parse_id(click.value)
    with context.database.read() as session:
        person = people.require_person(session, click.user)
        page = count_pages.first_page(session, person, session_id, of_others=True)
        offered, _ = claims.lines_offered(session, person, session_id, of_others=True)
    context.open(click, skip_modal(session_id, page.name, offered))


def skip_lines(context: Context, submitted: Submission) -> Answer:
    """Skip the chosen lines; those that moved on meanwhile are named to the person."""
    now = context.read_clock()
    session_id = ids.parse_id(submitted.metadata)
    chosen = sorted({ids.parse_id(value) for value in submitted.chosen_many(LINES)})
    reason = _reason(submitted)
    if not chosen:
        raise FieldError({LINES: "Choose at least one line."})
    refusals: list[str] = []
    skipped: set[int] = set()
    with context.database.write() as session:
        person = people.require_person(session, submitted.user)
        if not journal.first_time(session, f"view:{submitted.view_id}", now):
            return CLEAR
        count_session = lines.find_session(session, session_id)
        channel = session.get_one(Team, count_session.team_id).channel
        shown = count_pages.shown_page(session, session_id, chosen, number=1)
        for line in sorted(shown.lines, key=lambda line: line.line_id):
            try:
                counts.skip(session, person=person, line_id=line.line_id, reason=reason, now=now)
            except CycleCountError as refusal:
                refusals.append(f"{line.sku} in {line.location}: {refusal}")
            else:
                skipped.add(line.line_id)
        photos.put_on_lines(session, Posted(session_id, person.id, now), pictures_of(submitted), skipped, now)
    context.committed()
    context.tell(channel, submitted.user, refusals)
    return CLEAR


def _reason(submitted: Submission) -> str:
    try:
        reason = SkipReason(submitted.chosen(REASON) or "")
    except ValueError:
        raise BadInput(NOT_MINE) from None
    try:
        return skip_text(reason, submitted.entered(NOTE) or "")
    except BadInput as refusal:
        raise FieldError({NOTE: str(refusal)}) from refusal
