"""`outbox`: what waits to be told in Slack and since when, what was given up and why; and trying it again."""

import argparse
from collections.abc import Iterator

from bot.cli.databases import now, opened, say
from models.database import Database
from models.journal import OutboxMessage, OutboxState
from models.services import undelivered
from models.settings import Settings

MOST_LISTED = 50
AT_ONCE = 500
"""Messages put back in one transaction: the bot goes on beside."""


def outbox(parsed: argparse.Namespace, settings: Settings) -> int:
    """List it, or put back what was given up."""
    with opened(settings) as database:
        if parsed.retry is not None:
            with database.write() as session:
                undelivered.retry(session, parsed.retry, now=now())
            say(f"Message {parsed.retry} is tried again. See what becomes of it: python -m bot outbox")
        elif parsed.retry_failed:
            _retry_failed(database)
        else:
            with database.read() as session:
                found = undelivered.undelivered(session, most=MOST_LISTED)
                say(*_lines(found, only_failed=parsed.failed))
    return 0


def _retry_failed(database: Database) -> None:
    done = 0
    while True:
        with database.write() as session:
            put_back = undelivered.retry_all(session, most=AT_ONCE, now=now())
        done += put_back
        if put_back < AT_ONCE:
            break
    if done:
        say(f"{_messages(done)} tried again. See what becomes of it: python -m bot outbox")
    else:
        say("Nothing was given up.")


def _lines(found: undelivered.Undelivered, *, only_failed: bool) -> Iterator[str]:
    if not only_failed:
        yield f"{_messages(found.waiting)} waiting:" if found.waiting else "Nothing waits."
        yield from _rows(found.first_waiting, found.waiting)
    yield f"{_messages(found.given_up)} given up:" if found.given_up else "Nothing was given up."
    yield from _rows(found.first_given_up, found.given_up)
    if found.given_up:
        yield "Mend what they say, then: python -m bot outbox --retry-failed (or --retry ID)"


def _rows(rows: tuple[OutboxMessage, ...], number: int) -> Iterator[str]:
    for row in rows:
        tries = f", tried {row.attempts} time{'s' * (row.attempts != 1)}" if row.attempts else ""
        not_before = "" if row.state is OutboxState.FAILED else f", next at {row.not_before:%Y-%m-%d %H:%M:%S} UTC"
        why = f": {row.last_error}" if row.last_error else ""
        since = f"since {row.created_at:%Y-%m-%d %H:%M} UTC"
        yield f"  {row.id}  {row.intent} {row.subject} for {row.channel}, {since}{tries}{not_before}{why}"
    if number > len(rows):
        yield f"  … {number - len(rows):,} more"


def _messages(number: int) -> str:
    return "1 message is" if number == 1 else f"{number:,} messages are"
