"""Replies and direct messages that tell of something that was found: `found BOLT-10 A-01-03 4`."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlmodel import Session, col, select

from bot.messages import Deletion, Direct, Reply, instant_of
from bot.views.claims import SEND_AGAIN
from models.counts import CountEntry, CountLine, EntrySource
from models.errors import CycleCountError
from models.rules.finds import ReplyFind
from models.services import count_answers, finds
from models.services.claims import ClaimedByOther
from models.services.finds import Find
from models.services.people import Person
from models.services.threads import Thread


def record_finds(
    session: Session, person: Person, thread: Thread, reply: Reply | Direct, said: Sequence[ReplyFind], now: datetime
) -> tuple[list[str], list[str]]:
    """Store what was found; returns what was done and what was refused, a sentence each, in the order of the text."""
    read: list[tuple[int, Find]] = []
    done: dict[int, str] = {}
    refused: dict[int, str] = {}
    for number, one in enumerate(said):
        try:
            read.append((number, _find(session, thread, one)))
        except CycleCountError as refusal:
            refused[number] = str(refusal)
    # Each locks a stock level; two people who find the same things must not do so in two orders.
    for number, find in sorted(read, key=lambda one: (one[1].location.id, one[1].item.id)):
        try:
            if not _is_stored(session, reply, find):
                done[number] = f"Saved: {_record(session, person, thread, reply, find, now)}"
        except ClaimedByOther as question:
            refused[number] = f"{question} {SEND_AGAIN}"
        except CycleCountError as refusal:
            refused[number] = str(refusal)
    return [done[number] for number in sorted(done)], [refused[number] for number in sorted(refused)]


def known_lines(session: Session, thread: Thread, said: Sequence[ReplyFind]) -> set[int]:
    """The lines of the sheet that count already what was found: they are locked with the others that a reply is of."""
    known: set[int] = set()
    for one in said:
        with suppress(CycleCountError):  # it is refused, with its sentence, when it is to be recorded
            known |= finds.lines_of(session, thread.session_id, _find(session, thread, one))
    return known


def found_by(session: Session, message: Reply | Direct | Deletion) -> set[int]:
    """The lines whose stock a message found."""
    is_its = col(CountEntry.source_key).startswith(_prefix(message), autoescape=True)
    return set(session.exec(select(CountEntry.line_id).where(CountEntry.message_ts == message.ts, is_its)).all())


def _find(session: Session, thread: Thread, said: ReplyFind) -> Find:
    sku, code, typed = finds.split_words(session, said.words)
    item = finds.find_item(session, sku)
    location = finds.find_bin(session, thread.team_id, code)
    begin = f"found {item.sku} {location.code}"
    return finds.read_find(session, item, location, typed, begin=begin, typed=said.typed)


def _is_stored(session: Session, reply: Reply | Direct, find: Find) -> bool:
    """Whether the last that the message said of this stock, before it was edited, was the same."""
    last = session.exec(
        select(col(CountEntry.quantity))
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .where(
            CountEntry.message_ts == reply.ts,
            col(CountEntry.source_key).startswith(_prefix(reply), autoescape=True),
            CountLine.item_id == find.item.id,
            CountLine.location_id == find.location.id,
        )
        .order_by(col(CountEntry.id).desc())
        .limit(1)
    ).first()
    return last == find.quantity


def _record(session: Session, person: Person, thread: Thread, reply: Reply | Direct, find: Find, now: datetime) -> str:
    """Store it; returns how it was understood."""
    counted = finds.record(
        session,
        person=person,
        session_id=thread.session_id,
        find=find,
        counted_at=instant_of(reply.edited_ts) if reply.edited_ts else instant_of(reply.ts),
        source=EntrySource.REPLY if isinstance(reply, Reply) else EntrySource.DIRECT,
        source_key=f"{_prefix(reply)}{find.item.id}.{find.location.id}:{reply.edited_ts or 0}",
        now=now,
        message_ts=reply.ts,
    )
    return count_answers.understood(counted, find.echo)


def _prefix(message: Reply | Direct | Deletion) -> str:
    return f"found:{message.channel}:{message.ts}:"
