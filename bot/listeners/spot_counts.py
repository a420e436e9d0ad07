"""Spot counts: `/count now`, and *Count this* in a message's menu, which opens a form with what the message names.

The shortcut works in every channel, also where the bot is not and can tell nobody anything. So everything about it is
said in the form: why there is none, what is wrong with a field, and at the end what was started.
"""

import logging

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.errors import FieldError, under
from bot.gateway import SlackRefused, SlackUnavailable
from bot.message_text import text_of
from bot.payloads import Command, MessageShortcut, Submission
from bot.views.blocks import Rendered
from bot.views.spot_count import (
    FOUND,
    FOUND_BLOCKS,
    OTHER,
    count_this,
    read_boxes,
    sentence_view,
    started_message,
    started_view,
)
from bot.wiring import Answer, on_message_shortcut, on_submit, update_view
from models.errors import BadInput, CycleCountError
from models.milestones import Milestone
from models.services import countable, journal, people, spot_counts
from models.services.countable import Thing
from models.services.people import Person
from models.services.spot_counts import SpotCounts

_LOG = logging.getLogger(__name__)


def register(app: App, context: Context) -> None:
    """Listen to the shortcut and its form; the command comes from `bot.listeners.commands`."""
    on_message_shortcut(app, context, ids.COUNT_THIS, open_form)
    on_submit(app, context, ids.COUNT_THIS_FORM, start_counts)


def start_now(context: Context, command: Command, words: str) -> Rendered:
    """Answer `/count now`."""
    now = context.read_clock()
    # Names are looked up, and bins read, before anybody has to wait for this to be written.
    with context.database.read() as session:
        person = people.require_person(session, command.user)
        if not words:
            raise BadInput("Which one? Write “/count now” and a SKU or a bin.")
        request = spot_counts.prepare(session, person, countable.find_things(session, words))
    with context.database.write() as session:
        person = people.require_person(session, command.user)
        key = f"command:{command.trigger_id}"
        if command.trigger_id and not journal.first_time(session, key, now):
            return started_message(_started_before(session, person, key), again=True)
        found = spot_counts.start(session, person=person, request=request, now=now)
    context.committed(Milestone.SESSION_STARTED)
    return started_message(found)


def open_form(context: Context, used: MessageShortcut) -> None:
    """Show what the message names."""
    try:
        with context.database.read() as session:
            people.require_person(session, used.user)
            view = count_this(countable.mentioned(session, text_of(used.message)))
    except CycleCountError as refusal:
        view = sentence_view(str(refusal))
    try:
        context.gateway.open_view(trigger_id=used.trigger_id, view=view)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("a form was not opened: %s", problem)
        again = "Slack did not open the form. Please use the shortcut again."
        context.tell(used.channel, used.user, [again], thread_ts=used.thread_ts)


def start_counts(context: Context, submitted: Submission) -> Answer:
    """Start a count of everything that is ticked or typed, one for each team."""
    now = context.read_clock()
    with context.database.read() as session:
        person = people.require_person(session, submitted.user)
        things, field = _things(session, submitted)
        with under(field):
            request = spot_counts.prepare(session, person, things)
    with context.database.write() as session:
        person = people.require_person(session, submitted.user)
        key = f"view:{submitted.view_id}"
        if not journal.first_time(session, key, now):
            return update_view(started_view(_started_before(session, person, key), again=True))
        with under(field):
            found = spot_counts.start(session, person=person, request=request, now=now)
    context.committed(Milestone.SESSION_STARTED)
    return update_view(started_view(found))


def _started_before(session: Session, person: Person, key: str) -> SpotCounts:
    """What the first try started; one that was refused left no key."""
    return spot_counts.started_at(session, person, journal.first_at(session, key))


def _things(session: Session, submitted: Submission) -> tuple[list[Thing], str]:
    """What is ticked and typed, and the field under which a refusal of it stands."""
    items, bins = read_boxes(value for block in FOUND_BLOCKS for value in submitted.chosen_many(block))
    typed = submitted.entered(OTHER)
    things = countable.things_of(session, items, bins)
    field = FOUND if things else OTHER
    with under(OTHER):
        things += countable.find_things(session, typed) if typed else []
    if not things:
        raise FieldError({OTHER: "Tick what to count, or write its SKU or bin."})
    return list(dict.fromkeys(things)), field
