"""Replies and direct messages that tell of something that was found: `found BOLT-10 A-01-03 4`."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.messages import Direct, Reply, instant_of
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
    """Store what was found; returns what was done and what was refused, a sentence each."""
    done: list[str] = []
    refused: list[str] = []
    for one in said:
        try:
            find = _find(session, thread, one)
            if not _is_stored(session, reply, find):
                done.append(f"Saved: {_record(session, person, thread, reply, find, now)}")
        except ClaimedByOther as question:
            refused.append(f"{question} {SEND_AGAIN}")
        except CycleCountError as refusal:
            refused.append(str(refusal))
    return done, refused


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


def _prefix(reply: Reply | Direct) -> str:
    return f"found:{reply.channel}:{reply.ts}:"
