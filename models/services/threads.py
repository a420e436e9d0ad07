"""What a reply in a thread may be about: the sheet above it, its lines, and what the same message counted before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, CountSession
from models.journal import InboundEvent, Intent, OutboxMessage, OutboxState, SentMessage
from models.parts import CountPart
from models.rules.references import SheetLine
from models.services import askers, claims, counts, journal, packs, parts, photos, unit_questions
from models.services.people import Person


@dataclass(frozen=True)
class Thread:
    """The thread of a count sheet. `replies`: whether the plan takes counts as replies."""

    session_id: int
    team_id: int
    replies: bool


def find_thread(session: Session, channel: str, thread_ts: str) -> Thread | None:
    """The sheet whose thread that is; None for anybody else's thread."""
    subject = session.exec(
        select(SentMessage.subject).where(
            SentMessage.intent == Intent.SHEET, SentMessage.channel == channel, SentMessage.ts == thread_ts
        )
    ).one_or_none()
    found = session.get(CountSession, int(subject)) if subject is not None else None
    return None if found is None or found.id is None else Thread(found.id, found.team_id, found.replies)


def thread_lines(
    session: Session,
    person: Person | None,
    session_id: int,
    counted_before: Collection[int] = (),
    *,
    place: str = "",
    at: datetime | None = None,
) -> list[SheetLine]:
    """Every line of a sheet, in walk order, and which a bare number of `person` may mean (None: a stranger, none).

    `counted_before`: lines that the same message counted already; then only they can be meant by its correction.
    `place` is the message itself, whose own questions it does not answer; `at`, when it was written: a number is then
    of the line whose label its writer posted before it, if they may count that.
    """
    rows = session.exec(
        select(CountLine.id, Item, Location)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(CountLine.session_id == session_id)
        .order_by(col(CountLine.position))
    ).all()
    meant = set(counted_before)
    if person is not None and not meant:
        offered, _ = claims.lines_offered(session, person, session_id)
        # What others have may be meant when nothing else is left; who may not count it is told so.
        able = offered or counts.lines_to_count(session, person, session_id)
        meant = {line.line_id for line in able} or askers.lines_left(session, person, session_id)
        opened = None if at is None else photos.opened_line(session, person.id, session_id, at)
        if opened in {line.line_id for line in counts.lines_to_count(session, person, session_id)}:
            meant = {opened}
    comes_in = packs.packs_of(session, [item.id for _, item, _ in rows])
    ids = [line_id for line_id, *_ in rows if line_id is not None]
    asked = {} if person is None else unit_questions.asked(session, person.id, ids, place=place)
    return [
        SheetLine(
            line_id,
            item.sku,
            item.name,
            location.code,
            item.unit,
            countable=line_id in meant,
            packs=comes_in.get(item.id or 0, ()),
            asked=asked.get(line_id, ""),
        )
        for line_id, item, location in rows
        if line_id is not None
    ]


def reply_key(channel: str, ts: str, line_id: int, edited_ts: str | None) -> str:
    """The source key of a line's count by a message, as that read at `edited_ts` (None: as it was first written)."""
    return f"{place_of(channel, ts)}{line_id}:{edited_ts or 0}"


def is_newer(session: Session, channel: str, ts: str, edited_ts: str | None, now: datetime) -> bool:
    """Whether a message as it reads at `edited_ts` is newer than every version read so far, which now includes it.

    Events may overtake each other: what a message said first must not correct what it was corrected to.
    """
    prefix = f"read:{channel}:{ts}:"
    read = session.exec(select(InboundEvent.key).where(col(InboundEvent.key).startswith(prefix, autoescape=True))).all()
    version = edited_ts or "0"
    if any(Decimal(key.rpartition(":")[2]) >= Decimal(version) for key in read):
        return False
    return journal.first_time(session, f"{prefix}{version}", now)


def sheet_is_on_its_way(session: Session, channel: str) -> bool:
    """Whether a sheet may stand in a channel that we do not know of yet: its post was tried and not confirmed."""
    return (
        session.exec(
            select(OutboxMessage.id)
            .where(
                OutboxMessage.channel == channel,
                OutboxMessage.intent == Intent.SHEET,
                col(OutboxMessage.state).in_([OutboxState.PENDING, OutboxState.CLAIMED]),
                col(OutboxMessage.attempted_at).is_not(None),
                col(OutboxMessage.subject).not_in(
                    select(SentMessage.subject).where(SentMessage.intent == Intent.SHEET)
                ),
            )
            .limit(1)
        ).first()
        is not None
    )


def entries_of_message(session: Session, channel: str, ts: str) -> list[CountEntry]:
    """What a message has counted so far, its corrections included, oldest first."""
    return list(
        session.exec(
            select(CountEntry)
            .where(
                CountEntry.message_ts == ts,
                col(CountEntry.source_key).startswith(place_of(channel, ts), autoescape=True),
            )
            .order_by(col(CountEntry.id))
        ).all()
    )


def given_by_message(session: Session, channel: str, ts: str) -> dict[int, CountEntry | CountPart]:
    """What a message says of each line so far: the newest number, or the newest part when it gave no number."""
    found: dict[int, CountEntry | CountPart] = {
        part.line_id: part for part in parts.of_message(session, ts, place_of(channel, ts))
    }
    return found | {entry.line_id: entry for entry in entries_of_message(session, channel, ts)}


def note_deletion(session: Session, actor: str, line_id: int, ts: str, now: datetime) -> None:
    """Keep in the audit trail that somebody deleted a message that a count of the line came from; the count stays."""
    journal.audit(session, actor=actor, action="reply deleted", subject=f"line {line_id}", now=now, detail={"ts": ts})


def place_of(channel: str, ts: str) -> str:
    """What the source keys of a message begin with."""
    return f"reply:{channel}:{ts}:"
