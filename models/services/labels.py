"""Looking for labels in pictures that nobody has said the line of: one at a time, each once, whoever looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountLine, CountSession
from models.errors import CycleCountError
from models.journal import Intent, SentMessage
from models.people import Member
from models.photos import LinePhoto
from models.rules.pictures import ANSWERS_WITHIN, Labelled, lines_of_code
from models.rules.references import SheetLine
from models.services import count_pages, lines, people, photos, threads
from models.services.people import Person
from models.services.photos import Picture, Posted


@dataclass(frozen=True)
class Unread:
    """The pictures of one message, to be looked at by whoever claimed them."""

    posted: Posted
    slack_id: str
    channel: str
    thread_ts: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Found:
    """What pictures say.

    `to_count` are lines that the person may count now, `refused` sentences about others that a label names, `unknown`
    codes of no line. `of`: the line that they were taken to be of, when no label said it. `is_asked`: nothing says of
    which line they are.
    """

    codes: tuple[str, ...]
    to_count: tuple[SheetLine, ...] = ()
    refused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    of: SheetLine | None = None
    is_asked: bool = False


def has_unread(session: Session, now: datetime) -> bool:
    """Whether `claim_unread` would find something: a look that takes no turn at writing."""
    return _oldest_unread(session, now) is not None


def claim_unread(session: Session, now: datetime) -> Unread | None:
    """Take the pictures of the oldest message that nobody has looked at; None when there is none.

    What was posted long ago is not looked at: whoever posted it has gone on.
    """
    row = _oldest_unread(session, now)
    if row is None:
        return None
    same = (
        col(LinePhoto.session_id) == row.session_id,
        col(LinePhoto.member_id) == row.member_id,
        col(LinePhoto.message_ts) == row.message_ts,
        col(LinePhoto.line_id).is_(None),
        col(LinePhoto.read_at).is_(None),
    )
    rows = session.exec(select(LinePhoto).where(*same).order_by(col(LinePhoto.id))).all()
    claimed = session.execute(
        update(LinePhoto).where(*same).values(read_at=now).execution_options(synchronize_session=False)
    )
    sheet = session.exec(
        select(SentMessage).where(SentMessage.intent == Intent.SHEET, SentMessage.subject == str(row.session_id))
    ).one_or_none()
    if not cast("CursorResult[object]", claimed).rowcount or sheet is None:
        return None
    posted = Posted(row.session_id, row.member_id, row.added_at, row.message_ts)
    slack_id = session.get_one(Member, row.member_id).slack_id
    return Unread(posted, slack_id, sheet.channel, sheet.ts, tuple(photos.as_pictures(rows)))


def use(session: Session, unread: Unread, codes: tuple[str, ...], now: datetime) -> Found | None:
    """Put pictures on the lines that their labels name, else on the line just answered; None: there is nothing to say.

    Somebody may have said the line meanwhile: then nothing is left to find out.
    """
    posted, pictures = unread.posted, unread.pictures
    left = photos.waiting(session, unread.slack_id, posted.at, posted.session_id, lock=True)
    person = people.find_person(session, unread.slack_id)
    if person is None or not {row.file_id for row in left} >= {picture.file_id for picture in pictures}:
        return None
    known = _labelled(session, person, posted.session_id)
    if codes:
        meant = {code: lines_of_code(code, known) for code in codes}
        if certain := {found[0].line_id for found in meant.values() if len(found) == 1}:
            photos.put_on_lines(session, posted, pictures, certain, now)
        return _sorted(session, person, meant)
    line_id = photos.answered_line(session, person.id, posted.session_id, posted.at)
    if line_id is not None:
        photos.put_on_lines(session, posted, pictures, {line_id}, now)
        return Found((), of=next(one.line for one in known if one.line.line_id == line_id))
    return Found((), is_asked=True) if lines.has_open_lines(session, posted.session_id) else None


def _oldest_unread(session: Session, now: datetime) -> LinePhoto | None:
    return session.exec(
        select(LinePhoto)
        .where(
            col(LinePhoto.line_id).is_(None),
            col(LinePhoto.read_at).is_(None),
            col(LinePhoto.added_at) >= now - ANSWERS_WITHIN,
        )
        .order_by(col(LinePhoto.id))
        .limit(1)
    ).first()


def _sorted(session: Session, person: Person, meant: dict[str, tuple[SheetLine, ...]]) -> Found:
    to_count: list[SheetLine] = []
    refused: list[str] = []
    for line in {line.line_id: line for found in meant.values() for line in found}.values():
        try:
            count_pages.single_page(session, person, line.line_id)
        except CycleCountError as refusal:
            refused.append(f"{line.label}: {refusal}")
        else:
            to_count.append(line)
    unknown = tuple(code for code, found in meant.items() if not found)
    return Found(tuple(meant), tuple(to_count), tuple(refused), unknown)


def _labelled(session: Session, person: Person, session_id: int) -> list[Labelled]:
    barcodes = dict(
        session.exec(
            select(CountLine.id, Item.barcode)
            .join(Item, col(Item.id) == col(CountLine.item_id))
            .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
            .where(CountLine.session_id == session_id)
        ).all()
    )
    return [Labelled(line, barcodes.get(line.line_id)) for line in threads.thread_lines(session, person, session_id)]
