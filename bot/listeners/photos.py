"""Pictures in the thread of a sheet: each is put on the line that it is of, for the approvers to see.

The caption names the line, or counts it. Words without a number may also come after the picture ("Write its SKU under
it"), or into its caption by an edit. Of a picture without such words it is found out later what it is of
(`bot.picture_reader`): a label may be in it, or it belongs to what its writer counted last.

Words that were understood get their tick, as a count does. More is said only of a line that is done, or that somebody
else has.
"""

from datetime import datetime

from sqlmodel import Session

from bot.context import Context
from bot.listeners import reply_finds, reply_skips
from bot.messages import Deletion, FilesGone, Reply
from models.journal import Intent
from models.rules.pictures import ANSWERS_WITHIN, is_caption, named_lines
from models.rules.references import SheetLine
from models.rules.replies import Understood, understand
from models.services import journal, people, photos, threads
from models.services.people import Person
from models.services.photos import Posted
from models.services.threads import Thread


def concern(context: Context, reply: Reply) -> bool:
    """Whether a reply brings pictures, or comes from somebody whose pictures wait for words about them."""
    if reply.pictures:
        return True
    with context.database.read() as session:
        return bool(photos.waiting(session, reply.user, reply.written_at - ANSWERS_WITHIN))


def taken(context: Context, reply: Reply) -> bool:
    """Whether a reply only says which line pictures are of; then they have been put there, and it counts nothing."""
    now = context.read_clock()
    with context.database.read() as session:
        seen = _see(session, reply)
        if seen is None or not seen.is_caption:
            return False
    notes: list[str] = []
    with context.database.write() as session:
        if journal.first_time(session, f"photo:{reply.event_id}", now) and (seen := _see(session, reply)) is not None:
            _put(session, reply, seen, now)
            _tick(session, reply.channel, reply.ts, now)
            notes = photos.told_about(session, seen.person, seen.named)
    context.committed()
    context.tell(reply.channel, reply.user, notes, thread_ts=reply.thread_ts)
    return True


def kept(context: Context, reply: Reply) -> None:
    """Put the pictures of a reply, and those that waited for it, on the lines it counts or names; else keep them."""
    now = context.read_clock()
    with context.database.read() as session:
        if _see(session, reply) is None:
            return
    with context.database.write() as session:
        seen = _see(session, reply)
        if seen is None or not journal.first_time(session, f"photo:{reply.event_id}", now):
            return
        if seen.line_ids:
            _put(session, reply, seen, now)  # no tick: that is the count's, if it was taken
        elif seen.counts_here:
            # Whoever was asked about the caption will write it again; that says the line too.
            is_asked = bool(seen.says.questions or seen.says.finds)
            photos.keep(session, seen.posted, reply.pictures, now, to_read=not is_asked)
    context.committed()


def lost(context: Context, gone: Deletion | FilesGone) -> None:
    """Note that pictures were deleted: their lines keep the fact."""
    if not gone.file_ids:
        return
    now = context.read_clock()
    with context.database.read() as session:
        if not photos.are_known(session, gone.file_ids):
            return
    with context.database.write() as session:
        if journal.first_time(session, f"photo:{gone.event_id}", now):
            photos.mark_deleted(session, gone.file_ids, now)
    context.committed()


class _Seen:
    """A reply against its sheet."""

    def __init__(self, session: Session, reply: Reply, thread: Thread, person: Person) -> None:
        before = threads.given_by_message(session, reply.channel, reply.ts)
        place = threads.place_of(reply.channel, reply.ts)
        lines = threads.thread_lines(
            session, person, thread.session_id, before.keys(), place=place, at=reply.written_at
        )
        self.person = person
        self.says: Understood = understand(reply.text, lines)
        self.named: tuple[SheetLine, ...] = named_lines(reply.text, lines)
        self.is_caption = is_caption(reply.text, self.says, lines)
        self.counts_here = thread.team_id in person.counts or any(line.countable for line in lines)
        self.posted = Posted(thread.session_id, person.id, reply.written_at, reply.ts)
        self._done = before.keys() | reply_skips.skipped_by(session, reply) | reply_finds.found_by(session, reply)

    @property
    def line_ids(self) -> set[int]:
        """The lines that the reply counted, skipped or found, or wanted to; else those it names.

        The bin of a find that was refused is none of them.
        """
        wanted = {count.line_id for count in self.says.counts} | {asked.line_id for asked in self.says.asked}
        return self._done | wanted or {line.line_id for line in self.named if not self.says.finds}


def _see(session: Session, reply: Reply) -> _Seen | None:
    """None: it is no sheet's thread, or nobody we know."""
    thread = threads.find_thread(session, reply.channel, reply.thread_ts)
    person = None if thread is None else people.find_person(session, reply.user)
    return None if thread is None or person is None else _Seen(session, reply, thread, person)


def _put(session: Session, reply: Reply, seen: _Seen, now: datetime) -> None:
    """Put the reply's own pictures on its lines, and those that waited for its words."""
    since = reply.written_at - ANSWERS_WITHIN
    for row in photos.waiting(session, reply.user, since, seen.posted.session_id, lock=True):
        posted = Posted(row.session_id, row.member_id, row.added_at, row.message_ts)
        photos.put_on_lines(session, posted, photos.as_pictures([row]), seen.line_ids, now)
        if row.message_ts and row.message_ts != reply.ts:
            _tick(session, reply.channel, row.message_ts, now)
    photos.put_on_lines(session, seen.posted, reply.pictures, seen.line_ids, now)


def _tick(session: Session, channel: str, ts: str, now: datetime) -> None:
    journal.notify(session, Intent.TICK, f"{channel}.{ts}", channel=channel, now=now)
