"""Counts written as replies in a sheet's thread: `BOLT-10 42`, several a message, or a bare number.

A reply may also give a part of a line (`BOLT-10 +12`) or say that its parts are all (`BOLT-10 done`), and a bare number
of an item with packs is asked about once; the question and every answer are for its writer alone.

The count instant is the time the reply was written, however late it reaches us. An edit of a reply by its author is
read anew as a whole: what changed is a correction, what is equal adds nothing, and a line that is not in it any more
keeps its number, because a blind count is never taken back. A deleted reply leaves its counts, and a note in the
audit.

Threads are for talking. Nobody is answered unless the message says something that could be a count, and people who do
not count here only when it certainly is one.
"""

from dataclasses import dataclass, field
from datetime import datetime

from slack_bolt import App
from sqlmodel import Session

from bot.context import Context
from bot.listeners import direct, inquiries, photos, reply_finds, reply_skips
from bot.messages import Deletion, Reply, instant_of, read_direct, read_message
from bot.payloads import JsonObject
from bot.views.claims import SEND_AGAIN
from bot.wiring import on_event
from models.counts import CountEntry, EntrySource
from models.errors import CycleCountError, NotAllowed
from models.journal import Intent
from models.milestones import Milestone
from models.parts import CountPart
from models.rules import wording
from models.rules.quantities_meaning import Done, Part
from models.rules.references import SheetLine
from models.rules.replies import Asked, ReplyCount, Understood, understand
from models.services import adding_up, claims, counts, direct_storing, journal, lines, people, threads, unit_questions
from models.services.adding_up import Deed
from models.services.claims import ClaimedByOther
from models.services.people import Person
from models.services.threads import Thread

USE_THE_BUTTON = "This sheet is counted with its Enter counts button: a number in the thread can be read by everybody."

STILL_POSTING = "I am still posting a sheet here. If this was a count, please send it again in a minute."


def register(app: App, context: Context) -> None:
    """Listen to messages."""
    on_event(app, context, "message", heard)


def heard(context: Context, body: JsonObject) -> None:
    """A message was written, edited or deleted somewhere the bot is."""
    if (said := read_direct(body)) is not None:
        direct.heard(context, said)
        return
    message = read_message(body)
    if isinstance(message, Reply):
        if inquiries.heard(context, message):
            return
        has_to_do_with_pictures = photos.concern(context, message)
        if has_to_do_with_pictures and photos.taken(context, message):
            return
        _take(context, message)
        if has_to_do_with_pictures:
            photos.kept(context, message)
        return
    if isinstance(message, Deletion):
        _note_deletion(context, message)
    if message is not None:
        photos.lost(context, message)


def _take(context: Context, reply: Reply) -> None:
    now = context.read_clock()
    # Most of what is said in a channel is no count: that costs a read, and no turn at writing.
    with context.database.read() as session:
        thread = threads.find_thread(session, reply.channel, reply.thread_ts)
        if thread is None:
            is_early = threads.sheet_is_on_its_way(session, reply.channel) and any(map(str.isdigit, reply.text))
        elif not _may_be_counts(session, thread, reply):
            return
    if thread is None:
        if is_early:
            context.tell(reply.channel, reply.user, [STILL_POSTING], thread_ts=reply.thread_ts)
        return
    with context.database.write() as session:
        if not journal.first_time(session, f"event:{reply.event_id}", now):
            return
        answer = _answer(session, thread, reply, now)
    context.committed(Milestone.COUNT_RECORDED if answer.stored else None)
    context.tell(reply.channel, reply.user, answer.sentences, thread_ts=reply.thread_ts)


@dataclass
class _Answer:
    """What became of a reply: how many numbers were stored, and the sentences about all that was understood."""

    stored: int = 0
    sentences: list[str] = field(default_factory=list)


def _may_be_counts(session: Session, thread: Thread, reply: Reply) -> bool:
    person = people.find_person(session, reply.user)
    found, on_sheet, before = _read(session, thread, reply, person)
    counts_here = person is not None and (thread.team_id in person.counts or any(line.countable for line in on_sheet))
    may_be = counts_here and bool(found.questions or found.skips or found.finds)
    return bool(found.counts or found.asked or before) or may_be


def _read(
    session: Session, thread: Thread, reply: Reply, person: Person | None
) -> tuple[Understood, list[SheetLine], dict[int, CountEntry | CountPart]]:
    """What the reply says, the lines it may be about, and what it gave before, by line."""
    before = threads.given_by_message(session, reply.channel, reply.ts)
    place = threads.place_of(reply.channel, reply.ts)
    on_sheet = threads.thread_lines(session, person, thread.session_id, before.keys(), place=place, at=reply.written_at)
    return understand(reply.text, on_sheet), on_sheet, before


def _answer(session: Session, thread: Thread, reply: Reply, now: datetime) -> _Answer:
    """Store what was understood, and say so; to be called in the writing transaction."""
    answer = _Answer()
    try:
        person = people.require_person(session, reply.user)
    except NotAllowed as refusal:
        answer.sentences.append(str(refusal))
        return answer
    if not thread.replies:
        answer.sentences.append(USE_THE_BUTTON)
        return answer
    found, on_sheet, before = _read(session, thread, reply, person)
    if not threads.is_newer(session, reply.channel, reply.ts, reply.edited_ts, now):
        return answer
    known = {line.line_id: line for line in on_sheet}
    refusals: list[str] = []
    questions: list[str] = []
    said: list[ReplyCount | Asked] = [*found.counts, *found.asked]
    finds = reply_finds.known_lines(session, thread, found.finds)
    direct_storing.store_of(session, {count.line_id for count in found.counts} | finds, now, but_of=person)
    reply_skips.lock_all(session, found, finds, now)
    # In the order of the ids, in which everybody else locks them too.
    for one in sorted(said, key=lambda one: one.line_id):
        earlier = before.get(one.line_id)
        try:
            if isinstance(one, Asked):
                _ask(session, person, reply, one, now)
                questions.append(one.sentence)
            elif not _is_said_before(one, earlier):
                claims.ask_first(session, person, one.line_id, adding_up.said(one.given), now)
                answer.sentences.append(f"Saved: {_store(session, person, reply, one, earlier, now)}")
                answer.stored += 1
        except ClaimedByOther as question:
            refusals.append(f"{known[one.line_id].label}: {question} {SEND_AGAIN}")
        except CycleCountError as refusal:
            refusals.append(f"{known[one.line_id].label}: {refusal}")
    skipped, not_skipped = reply_skips.skip_lines(session, person, reply, found.skips, now)
    added, not_added = reply_finds.record_finds(session, person, thread, reply, found.finds, now)
    answer.stored += len(added)
    answer.sentences += skipped + added
    refusals += not_skipped + not_added
    kept = before.keys() - {count.line_id for count in found.counts}
    if answer.sentences:
        journal.notify(session, Intent.TICK, f"{reply.channel}.{reply.ts}", channel=reply.channel, now=now)
    answer.sentences += refusals
    answer.sentences += [_still_counted(known[line_id], before[line_id]) for line_id in sorted(kept)]
    answer.sentences += [*questions, *found.questions]
    return answer


def _is_said_before(count: ReplyCount, earlier: CountEntry | CountPart | None) -> bool:
    """Whether an edited message says of the line what it said before."""
    if isinstance(count.given, Done):
        return isinstance(earlier, CountEntry)
    kind = CountPart if isinstance(count.given, Part) else CountEntry
    return isinstance(earlier, kind) and earlier.quantity == count.given.quantity


def _store(
    session: Session,
    person: Person,
    reply: Reply,
    count: ReplyCount,
    earlier: CountEntry | CountPart | None,
    now: datetime,
) -> str:
    """Store a number, a part, or the end of the parts; return how it was understood."""
    # What an edit adds to a list was counted at the edit; what it corrects, when it was first written.
    is_added = reply.edited_ts is not None and (earlier is None or isinstance(count.given, Done))
    deed = Deed(
        person=person,
        line_id=count.line_id,
        counted_at=instant_of(reply.edited_ts) if is_added and reply.edited_ts else reply.written_at,
        source=EntrySource.REPLY,
        source_key=threads.reply_key(reply.channel, reply.ts, count.line_id, reply.edited_ts),
        typed=count.typed,
        message_ts=reply.ts,
    )
    replaces = earlier if isinstance(earlier, CountPart) else None
    return adding_up.take(session, deed, count.given, replaces=replaces, now=now).sentence


def _ask(session: Session, person: Person, reply: Reply, asked: Asked, now: datetime) -> None:
    """Remember that the number is asked about; a refusal for somebody who may not count the line."""
    counts.require_counter(person, lines.lock_line(session, asked.line_id, now))
    place = threads.place_of(reply.channel, reply.ts)
    unit_questions.ask(session, person.id, asked.line_id, asked.number, place=place, now=now)


def _still_counted(line: SheetLine, given: CountEntry | CountPart) -> str:
    amount = f"{wording.quantity(given.quantity)} {line.unit}"
    return f"{line.label}: your {amount} stays. To correct it, write the SKU and the right number."


def _note_deletion(context: Context, gone: Deletion) -> None:
    now = context.read_clock()
    with context.database.read() as session:
        if threads.find_thread(session, gone.channel, gone.thread_ts) is None:
            return
        if not _given_by(session, gone):
            return
    with context.database.write() as session:
        if not journal.first_time(session, f"event:{gone.event_id}", now):
            return
        for line_id in sorted(_given_by(session, gone)):
            threads.note_deletion(session, gone.user, line_id, gone.ts, now)


def _given_by(session: Session, gone: Deletion) -> set[int]:
    """The lines that a deleted reply gave numbers or parts of, or added."""
    return threads.given_by_message(session, gone.channel, gone.ts).keys() | reply_finds.found_by(session, gone)
