"""Pictures and the lines they are of.

Whoever counts learns nothing here that is not in the thread already: who posted a picture, and that it is on a line,
is shown on the review card, to those who decide.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.counts import CountEntry, CountLine, CountSession, LineSkip
from models.journal import Intent, SentMessage
from models.people import Member, Team
from models.photos import LinePhoto
from models.rules.lines import LineState
from models.rules.pictures import ANSWERS_WITHIN
from models.rules.references import SheetLine
from models.services import claims, journal, lines, people
from models.services.people import Person


@dataclass(frozen=True)
class Picture:
    """A picture as Slack tells of it: its id, where people look at it, and where its content is fetched."""

    file_id: str
    permalink: str
    url: str


@dataclass(frozen=True)
class Posted:
    """Where pictures come from: whose they are, under which sheet, and when. `message_ts` None: sent with a form."""

    session_id: int
    member_id: int
    at: datetime
    message_ts: str | None = None


@dataclass(frozen=True)
class PhotoFacts:
    """A picture of a line, as an approver is told of it."""

    who: str
    at: datetime
    permalink: str
    is_deleted: bool


def put_on_lines(
    session: Session, posted: Posted, pictures: Sequence[Picture], line_ids: Collection[int], now: datetime
) -> None:
    """Have these pictures be of these lines, and of no others of the sheet; nobody need look at them any more."""
    for picture in pictures:
        rows = _rows(session, posted.session_id, [picture.file_id])
        free = [row for row in rows if row.line_id not in line_ids]
        missing = [line_id for line_id in sorted(line_ids) if line_id not in {row.line_id for row in rows}]
        for row in free[len(missing) :]:
            _show(session, row.line_id, now)
            session.delete(row)
        for line_id in missing:
            row = free.pop(0) if free else _row(posted, picture)
            _show(session, row.line_id, now)
            row.line_id, row.read_at, row.opens = line_id, row.read_at or now, False
            session.add(row)
            _show(session, line_id, now)
    session.flush()


def keep(session: Session, posted: Posted, pictures: Sequence[Picture], now: datetime, *, to_read: bool) -> None:
    """Remember pictures of which nobody has said the line, those that are new; `to_read`: a label may say it."""
    known = {row.file_id for row in _rows(session, posted.session_id, [picture.file_id for picture in pictures])}
    rows = [_row(posted, picture) for picture in pictures if picture.file_id not in known]
    for row in rows:
        row.read_at = None if to_read else now
    session.add_all(rows)
    session.flush()


def waiting(
    session: Session, slack_id: str, since: datetime, session_id: int | None = None, *, lock: bool = False
) -> list[LinePhoto]:
    """Somebody's pictures since then of which nobody has said the line, under one sheet or under any.

    `lock`: and nobody else says it before the transaction ends.
    """
    query = (
        select(LinePhoto)
        .join(Member, col(Member.id) == col(LinePhoto.member_id))
        .where(
            Member.slack_id == slack_id,
            col(LinePhoto.line_id).is_(None),
            col(LinePhoto.deleted_at).is_(None),
            col(LinePhoto.added_at) >= since,
        )
        .order_by(col(LinePhoto.id))
    )
    if session_id is not None:
        query = query.where(LinePhoto.session_id == session_id)
    return list(session.exec(query.with_for_update(of=LinePhoto) if lock else query).all())


def as_pictures(rows: Sequence[LinePhoto]) -> list[Picture]:
    """Remembered pictures, to be put on lines."""
    return [Picture(row.file_id, row.permalink, row.url) for row in rows]


def open_line(session: Session, posted: Posted, pictures: Sequence[Picture], line_id: int) -> None:
    """Remember that whoever posted these pictures, which are of the line, is asked how many are there."""
    for row in _rows(session, posted.session_id, [picture.file_id for picture in pictures]):
        row.opens = row.line_id == line_id
        session.add(row)
    session.flush()


def opened_line(session: Session, member_id: int, session_id: int, at: datetime) -> int | None:
    """The line that somebody's newest picture before `at` opened; None: it opened none, or is from long before."""
    newest = session.exec(
        select(LinePhoto)
        .where(
            LinePhoto.session_id == session_id,
            LinePhoto.member_id == member_id,
            col(LinePhoto.added_at) <= at,
            col(LinePhoto.added_at) >= at - ANSWERS_WITHIN,
        )
        .order_by(col(LinePhoto.added_at).desc(), col(LinePhoto.id).desc())
        .limit(1)
    ).first()
    return newest.line_id if newest is not None and newest.opens else None


def told_about(session: Session, person: Person, named: Sequence[SheetLine]) -> list[str]:
    """What whoever put a picture on lines should know of them: that one is done, or that somebody else has it.

    Who counted a line is not told what became of it.
    """
    told = []
    for one in named:
        line = session.get_one(CountLine, one.line_id)
        if person.id in lines.counted_by(session, one.line_id):
            continue
        if line.state in (LineState.RECONCILED, LineState.REJECTED):
            told.append(f"{one.label} is done. The picture is kept with it; tell an approver if it matters.")
        elif holder := claims.holder_of(session, person, line):
            told.append(f"The picture is on {one.label}. {holder} has this line.")
    return told


def answered_line(session: Session, member_id: int, session_id: int, at: datetime) -> int | None:
    """The line that somebody counted or could not count last; None: long before `at`, or several at once."""

    def done(table: type[CountEntry | LineSkip], when: datetime) -> list[tuple[int, datetime]]:
        rows: Sequence[tuple[int, datetime]] = session.exec(
            select(table.line_id, when)
            .join(CountLine, col(CountLine.id) == col(table.line_id))
            .where(CountLine.session_id == session_id, table.member_id == member_id, col(when) >= at - ANSWERS_WITHIN)
        ).all()
        return list(rows)

    both = [*done(CountEntry, CountEntry.recorded_at), *done(LineSkip, LineSkip.skipped_at)]
    last = max((moment for _, moment in both), default=None)
    # One message or page can answer several lines; then a picture after it can be of any of them.
    lines = {line_id for line_id, moment in both if moment == last}
    return lines.pop() if len(lines) == 1 else None


def are_known(session: Session, file_ids: Collection[str]) -> bool:
    """Whether any of these files is a picture of ours."""
    return session.exec(select(LinePhoto.id).where(col(LinePhoto.file_id).in_(file_ids)).limit(1)).first() is not None


def mark_deleted(session: Session, file_ids: Collection[str], now: datetime) -> None:
    """These files are gone from Slack; what is known of them stays."""
    rows = session.exec(
        select(LinePhoto).where(col(LinePhoto.file_id).in_(file_ids), col(LinePhoto.deleted_at).is_(None))
    ).all()
    for row in rows:
        row.deleted_at, row.read_at = now, row.read_at or now
        session.add(row)
        _show(session, row.line_id, now)
    session.flush()


def photos_by_line(session: Session, line_ids: Collection[int]) -> dict[int, tuple[PhotoFacts, ...]]:
    """The pictures of each of these lines that has some, oldest first: for those who decide."""
    rows = session.exec(
        select(LinePhoto, Member)
        .join(Member, col(Member.id) == col(LinePhoto.member_id))
        .where(col(LinePhoto.line_id).in_(line_ids))
        .order_by(col(LinePhoto.added_at), col(LinePhoto.id))
    ).all()
    found: defaultdict[int, tuple[PhotoFacts, ...]] = defaultdict(tuple)
    for row, member in rows:
        facts = PhotoFacts(people.display_name(member), row.added_at, row.permalink, row.deleted_at is not None)
        found[row.line_id or 0] += (facts,)
    return found


def _rows(session: Session, session_id: int, file_ids: Collection[str]) -> list[LinePhoto]:
    return list(
        session.exec(
            select(LinePhoto)
            .where(LinePhoto.session_id == session_id, col(LinePhoto.file_id).in_(file_ids))
            .order_by(col(LinePhoto.id))
            .with_for_update()
        ).all()
    )


def _row(posted: Posted, picture: Picture) -> LinePhoto:
    return LinePhoto(
        session_id=posted.session_id,
        member_id=posted.member_id,
        file_id=picture.file_id,
        permalink=picture.permalink,
        url=picture.url,
        message_ts=posted.message_ts,
        added_at=posted.at,
    )


def _show(session: Session, line_id: int | None, now: datetime) -> None:
    """Have the card of a line updated, if it has one; of a skipped line, the list of those.

    A picture changes no fact that a button hangs on, so the buttons of a card stay as they are.
    """
    line = None if line_id is None else session.get(CountLine, line_id)
    if line is None:
        return
    team = session.get_one(Team, session.get_one(CountSession, line.session_id).team_id)
    if line.state is LineState.SKIPPED:
        lines.list_skips(session, line.session_id, team, now)
        return
    posted = select(SentMessage.id).where(SentMessage.intent == Intent.REVIEW_CARD, SentMessage.subject == str(line_id))
    if line.state is LineState.IN_REVIEW or session.exec(posted).first() is not None:
        journal.notify(session, Intent.REVIEW_CARD, line.id or 0, channel=team.review_channel, now=now)
