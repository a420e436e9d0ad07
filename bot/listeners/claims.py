"""*Take 10*, *Release* and *Hand over*: who counts which lines of a sheet.

The sheet shows to everybody who has what, and is drawn again for each change. The answers are for who clicked, and of
the moment: when Slack loses one, the lines are theirs all the same, and *Take 10* says again which.
"""

import logging
from collections.abc import Callable

from slack_bolt import App

from bot import ids
from bot.context import Context
from bot.gateway import SlackRefused, SlackUnavailable
from bot.payloads import Click, Command, Submission
from bot.responses import replace_original
from bot.views import blocks
from bot.views import claims as views
from bot.views.blocks import Rendered
from bot.wiring import CLEAR, Answer, on_click, on_submit
from models.errors import BadInput, WrongState
from models.services import claims, journal, people
from models.services.claims import Claimed

_LOG = logging.getLogger(__name__)


def register(app: App, context: Context) -> None:
    """Listen to the buttons and the form; the command comes from `bot.listeners.commands`."""
    for button, handle in {ids.TAKE_LINES: take, ids.RELEASE_LINES: release, ids.HAND_OVER_LINES: open_form}.items():
        on_click(app, context, button, handle)
    on_submit(app, context, ids.HAND_OVER_FORM, hand_over)


def take(context: Context, click: Click) -> None:
    """Claim the next lines for who clicked."""
    claimed = _changed(context, click, claims.take)
    context.show_message(click.channel, click.user, views.taken(claimed), thread_ts=click.thread_ts)


def release(context: Context, click: Click) -> None:
    """Let go of the lines of who clicked, and say so in place of the message with the button."""
    claimed = _changed(context, click, claims.release)
    text = views.released(claimed)
    try:
        replace_original(click.response_url, blocks.rendered(text, blocks.sections([text], "answer")))
    except (SlackRefused, SlackUnavailable) as problem:
        _LOG.info("the answer to a release was shown anew: %s", problem)
        context.show(click.channel, click.user, text, thread_ts=click.thread_ts)


def _changed(context: Context, click: Click, change: Callable[..., Claimed]) -> Claimed:
    """Make a change to the lines that who clicked has."""
    now, session_id = context.read_clock(), ids.parse_id(click.value)
    with context.database.write() as session:
        person = people.require_person(session, click.user)
        claimed = change(session, person=person, session_id=session_id, now=now)
    context.committed()
    return claimed


def release_all(context: Context, command: Command, _words: str) -> Rendered:
    """Answer `/count release`."""
    now = context.read_clock()
    with context.database.write() as session:
        person = people.require_person(session, command.user)
        released = claims.release_all(session, person=person, now=now)
    context.committed()
    lines = [views.released(claimed) for claimed in released] or ["You have no lines to release."]
    return blocks.rendered("\n".join(lines), blocks.sections(lines, "answer"))


def open_form(context: Context, click: Click) -> None:
    """Ask who takes the lines."""
    session_id = ids.parse_id(click.value)
    with context.database.read() as session:
        person = people.require_person(session, click.user)
        held = claims.held(session, person, session_id)
    if not held.bins:
        raise WrongState(views.released(held))
    context.open(click, views.hand_over_form(held))


def hand_over(context: Context, submitted: Submission) -> Answer:
    """Give the lines to the chosen counter, and tell both."""
    now, session_id = context.read_clock(), ids.parse_id(submitted.metadata)
    to = submitted.chosen_user(views.TO)
    if to is None:
        raise BadInput("Choose who takes the lines.")
    with context.database.write() as session:
        person = people.require_person(session, submitted.user)
        if not journal.first_time(session, f"view:{submitted.view_id}", now):
            return CLEAR
        given, other = claims.hand_over(session, person=person, session_id=session_id, to=to, now=now)
    context.committed()
    context.show_message(given.channel, other.slack_id, views.handed_over(given, person.name))
    context.show(given.channel, submitted.user, views.given_away(given, other.name))
    return CLEAR
