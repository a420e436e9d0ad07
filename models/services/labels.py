"""Looking for labels in pictures that nobody has said the line of: one at a time, each once, whoever looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, or_, update
from sqlmodel import Session, col, select

from models.catalog import Item, Location
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
    codes of no line; `elsewhere`, of those, the ones of another open sheet, and its name. `of`: the line that they were
    taken to be of, when no label said it. `is_asked`: nothing says of which line they are.
    """

    codes: tuple[str, ...]
    to_count: tuple[SheetLine, ...] = ()
    refused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()
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
        found = _sorted(session, person, posted.session_id, meant)
        certain = {lines_of[0].line_id for lines_of in meant.values() if len(lines_of) == 1}
        opened = found.to_count[0].line_id if len(found.to_count) == 1 else None
        if certain or opened:
            photos.put_on_lines(session, posted, pictures, certain | ({opened} if opened else set()), now)
        if opened:
            photos.open_line(session, posted, pictures, opened)
        return found
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


def _sorted(session: Session, person: Person, session_id: int, meant: dict[str, tuple[SheetLine, ...]]) -> Found:
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
    names = {code: _other_sheet(session, session_id, code) for code in unknown}
    elsewhere = tuple((code, name) for code, name in names.items() if name is not None)
    return Found(tuple(meant), tuple(to_count), tuple(refused), unknown, elsewhere)


def _other_sheet(session: Session, session_id: int, code: str) -> str | None:
    """The name of another sheet of the team on which a code is to count: a SKU, barcode or bin, as it is written."""
    return session.exec(
        select(CountSession.name)
        .join(CountLine, col(CountLine.session_id) == col(CountSession.id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .where(
            CountSession.team_id == lines.find_session(session, session_id).team_id,
            CountSession.id != session_id,
            col(CountLine.state).in_(lines.WAITING_STATES),
            or_(col(Item.sku) == code, col(Item.barcode) == code, col(Location.code) == code),
        )
        .order_by(col(CountLine.id))
        .limit(1)
    ).first()


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
