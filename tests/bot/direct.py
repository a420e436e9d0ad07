"""Somebody writes to the bot in their direct messages, and reads what it answers."""

from bot.sandbox.state import Message
from scheduler.jobs import Tick, tick
from tests.bot.workplace import Workplace


def write(place: Workplace, name: str, text: str) -> str:
    """Write a direct message, wait until the bot has heard it, and deliver what it says; returns the ts."""
    place.now()
    ts = place.who(name).say(place.ws.dm_channel(place.who(name).id), text)
    heard(place)
    return ts


def heard(place: Workplace) -> None:
    """Wait until the bot has heard everything, and deliver what it says."""
    place.ws.wait_until_quiet()
    place.settle()


def inbox(place: Workplace, name: str) -> list[str]:
    """What the bot wrote to somebody, oldest first, as they read it."""
    return [place.read(one, name) for one in messages(place, name)]


def messages(place: Workplace, name: str) -> list[Message]:
    """The same, as messages."""
    return [one for one in place.who(name).inbox() if one.bot_id]


def last(place: Workplace, name: str) -> str:
    """The last line but the hints of what the bot wrote: its question."""
    return inbox(place, name)[-1].split("\n")[0]


def clock(place: Workplace) -> Tick:
    """The clock ticks, and what that brings is delivered."""
    done = tick(place.database, place.now())
    place.settle()
    return done


def edit(place: Workplace, name: str, ts: str, text: str) -> None:
    """Edit a direct message, wait until the bot has heard it, and deliver what it says."""
    place.now()
    place.who(name).edit(place.ws.dm_channel(place.who(name).id), ts, text)
    heard(place)
