"""`/count export`: a file in the direct messages of whoever decides. Here it is noted; it is made when it is sent."""

from bot.context import Context
from bot.listeners.direct import open_directs
from bot.payloads import Command
from bot.views import blocks
from bot.views.blocks import Rendered
from models.services import direct_channels, export_requests, journal, people

COMING = "It comes in our direct messages, in a moment."


def answer(context: Context, command: Command, rest: str) -> Rendered:
    """Answer `/count export history BOLT-10 last quarter`."""
    now, wish = context.read_clock(), export_requests.read_wish(rest)
    with context.database.read() as session:
        export_requests.require_may_export(session, people.require_person(session, command.user, context.read_clock()))
    channel = open_directs(context, command.user)
    with context.database.write() as session:
        person = people.require_person(session, command.user, context.read_clock())
        if not command.trigger_id or journal.first_time(session, f"command:{command.trigger_id}", now):
            direct_channels.remember_channel(session, person, channel)
            export_requests.ask(session, person, wish, channel=channel, now=now)
    context.committed()
    return blocks.rendered(COMING, blocks.sections([COMING], "answer"))
