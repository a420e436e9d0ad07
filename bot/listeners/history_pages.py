"""The buttons of a history: another page of it, only some of its rows, or all of it as a file.

The button says which rows; who may see them is read again. The rows are found by key, so that counts which come in
while somebody turns pages do not make rows repeat or vanish.
"""

import logging

from slack_bolt import App

from bot import ids
from bot.context import Context
from bot.gateway import SlackRefused, SlackUnavailable
from bot.listeners import exporting
from bot.payloads import Click
from bot.responses import replace_original
from bot.views.history import history_message, read_query
from bot.wiring import on_click
from models.services import history, people

_LOG = logging.getLogger(__name__)


def register(app: App, context: Context) -> None:
    """Listen to the buttons."""
    on_click(app, context, ids.HISTORY_PAGE, turn)
    on_click(app, context, ids.HISTORY_EXPORT, exporting.export_shown)


def turn(context: Context, click: Click) -> None:
    """Show another page in place of the one that was clicked."""
    query, now = read_query(click.value), context.read_clock()
    with context.database.read() as session:
        person = people.require_person(session, click.user, context.read_clock())
        page = history.history(session, person, query)
    try:
        replace_original(click.response_url, history_message(page, now))
    except (SlackRefused, SlackUnavailable) as problem:
        _LOG.info("a page of history was not shown: %s", problem)
        context.answer(click, "This page cannot be turned any more. Type “/count history” again.")
