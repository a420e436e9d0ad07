"""`/count export`, and *Export* of a history: a file in the direct messages of whoever decides.

Here it is only noted; it is made when it is sent.
"""

from bot.context import Context
from bot.listeners.direct import open_directs
from bot.payloads import Click, Command
from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.history import read_query
from models.services import direct_channels, export_requests, journal, people
from models.services.export_requests import Wish

COMING = "It comes in our direct messages, in a moment."


def answer(context: Context, command: Command, rest: str) -> Rendered:
    """Answer `/count export history BOLT-10 last quarter`."""
    wish = export_requests.read_wish(rest)
    _note(context, command.user, wish, command.trigger_id)
    return blocks.rendered(COMING, blocks.sections([COMING], "answer"))


def export_shown(context: Context, click: Click) -> None:
    """Export the history that is shown, all its pages."""
    query = read_query(click.value)
    with context.database.read() as session:
        words = export_requests.words_of(session, query)
    _note(context, click.user, Wish("history", "xlsx", words), click.trigger_id)
    context.answer(click, COMING)


def _note(context: Context, user: str, wish: Wish, trigger_id: str) -> None:
    """Note an export once, however often Slack says that it was asked for."""
    now = context.read_clock()
    with context.database.read() as session:
        export_requests.require_may_export(session, people.require_person(session, user, now))
    channel = open_directs(context, user)
    with context.database.write() as session:
        person = people.require_person(session, user, now)
        if not trigger_id or journal.first_time(session, f"export:{trigger_id}", now):
            direct_channels.remember_channel(session, person, channel)
            export_requests.ask(session, person, wish, channel=channel, now=now)
    context.committed()
