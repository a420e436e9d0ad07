"""`/count calendar [team]`: everybody sees the working calendars, stock control changes them in a form.

Who may change is asked when the form opens and when it is saved. What the rules refuse stands under its field.
"""

from slack_bolt import App

from bot import ids
from bot.context import Context
from bot.errors import FieldError
from bot.payloads import Click, Command, Submission
from bot.views.blocks import Rendered
from bot.views.calendar import (
    WORKING_DAYS,
    calendar_form,
    calendar_message,
    read_form,
    read_metadata,
    said_view,
    saved_text,
)
from bot.wiring import CLEAR, Answer, on_click, on_submit, update_view
from models.services import calendar_changes, calendar_shown, journal, people
from models.services.calendar_changes import BadCalendar

NO_DAY = "Tick the days that are worked: with none, nothing could be counted."


def register(app: App, context: Context) -> None:
    """Listen to the button and its form; the command comes from `bot.listeners.commands`."""
    on_click(app, context, ids.CALENDAR_CHANGE, open_form)
    on_submit(app, context, ids.CALENDAR_FORM, save)


def answer(context: Context, command: Command, team: str) -> Rendered:
    """Answer `/count calendar`."""
    with context.database.read() as session:
        person = people.require_person(session, command.user)
        return calendar_message(calendar_shown.calendar_named(session, person, team, context.read_clock()))


def open_form(context: Context, click: Click) -> None:
    """Show the form with the calendar as it is."""
    team_id = ids.parse_id(click.value)
    with context.database.read() as session:
        person = people.require_person(session, click.user)
        calendar_changes.require_controller(session, person)
        found = calendar_shown.calendar_with(session, person, team_id, context.read_clock())
    context.open(click, calendar_form(found, click.channel))


def save(context: Context, submitted: Submission) -> Answer:
    """Change the calendar, and tell what moved by it."""
    now = context.read_clock()
    team_id, seen, channel = read_metadata(submitted.metadata)
    facts = read_form(submitted, is_team=bool(team_id))
    if not team_id and not facts[WORKING_DAYS]:
        raise FieldError({WORKING_DAYS: NO_DAY})
    try:
        with context.database.write() as session:
            person = people.require_person(session, submitted.user)
            calendar_changes.require_controller(session, person)
            if not journal.first_time(session, f"view:{submitted.view_id}", now):
                return CLEAR
            found = calendar_shown.calendar_with(session, person, team_id, now)
            saved = calendar_changes.save(session, person, found.team or None, facts, seen=seen, now=now)
    except BadCalendar as refusal:
        raise FieldError(refusal.problems) from refusal
    context.committed()
    said = saved_text(found, saved)
    return CLEAR if context.show(channel, submitted.user, said) else update_view(said_view(said))
