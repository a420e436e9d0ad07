"""Keeping count records true: whatever touches a counted line has its record written at the end of the transaction.

Nobody has to remember it. The session notes the lines whose entries, judgements, parts, decisions or states it writes;
before it commits, their records are computed anew in a fixed number of statements, however many lines there are. Who
touches a line holds its lock, so two transactions never write one record at once; and for its day each adds a row of
its own (`models.records`), so none waits for another.

The records of what was counted by a version without them are built by `build_missing`, when a database is migrated.
"""

from collections.abc import Collection, Iterable
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import event, insert
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, col, select

from models.counts import CountEntry, CountLine, Decision, Judgement
from models.parts import CountPart, PartsClosing
from models.records import CountRecord, RecordChange, RecordPerson
from models.rules.lines import LineState
from models.rules.records import CLOSED
from models.services import people
from models.services.record_facts import facts_of
from models.tables import METADATA

BATCH = 500

_TOUCHED = "lines with records to write"
_ENTRIES = "entries of lines with records to write"
_UNCOUNTED = (LineState.TO_COUNT, LineState.SKIPPED)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: UOWTransaction) -> None:
    """Remember which lines changed. A line that was only chosen, taken or skipped has no record."""
    lines: set[int] = session.info.setdefault(_TOUCHED, set())
    entries: set[int] = session.info.setdefault(_ENTRIES, set())
    for row in session.new:
        match row:
            case CountEntry() | CountPart() | Decision():
                lines.add(row.line_id)
            case Judgement() | PartsClosing():
                entries.add(row.entry_id)
    for row in session.dirty:
        if isinstance(row, CountLine) and row.state not in _UNCOUNTED and row.id is not None:
            lines.add(row.id)


# Before the outbox, which locks rows that many transactions share: those are held for as short as can be.
def _write_noted(session: Session) -> None:
    if session.new or session.dirty or session.deleted:
        session.flush()
    lines: set[int] = session.info.pop(_TOUCHED, set())
    entries: set[int] = session.info.pop(_ENTRIES, set())
    if entries:
        lines |= set(session.exec(select(CountEntry.line_id).where(col(CountEntry.id).in_(entries))))
    if lines:
        write(session, lines)


event.listen(Session, "before_commit", _write_noted, insert=True)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_TOUCHED, None)
    session.info.pop(_ENTRIES, None)


def write(session: Session, line_ids: Collection[int]) -> None:
    """Write the records of those of the lines that were counted, and note the days whose sums they change."""
    zone = ZoneInfo(people.company(session).timezone)
    known = known_records(session, line_ids)
    found = facts_of(session, line_ids, zone, known)
    new = {line_id: facts for line_id, facts in found.items() if line_id not in known}
    days = {facts.values["day"] for facts in new.values() if facts.values["state"] in CLOSED}
    for line_id, record in known.items():
        was_closed = record.state in CLOSED
        for name, value in found[line_id].values.items():
            setattr(record, name, value)
        if session.is_modified(record) and (was_closed or record.state in CLOSED):
            days.add(record.day)
    session.flush()
    if new:
        # All at once; the session would send them one by one on SQLite, for their ids.
        session.execute(insert(METADATA.tables["countrecord"]), [dict(facts.values) for facts in new.values()])
        for line_id, record in known_records(session, new).items():
            session.add_all(people_of(record, new[line_id].members))
    if known:
        _write_people(session, [(record, found[line_id].members) for line_id, record in known.items()])
    note_days(session, days)
    session.flush()


def note_days(session: Session, days: Iterable[date]) -> None:
    """Say that records of these days changed, so that their sums are computed again. Whoever adds records calls it."""
    session.add_all(RecordChange(day=day) for day in sorted(days))


def known_records(session: Session, line_ids: Collection[int]) -> dict[int, CountRecord]:
    """The records that there are of the lines, by line id."""
    rows = session.exec(
        select(CountRecord).where(col(CountRecord.line_id).in_(line_ids)).execution_options(populate_existing=True)
    )
    return {row.line_id: row for row in rows if row.line_id is not None}


def people_of(record: CountRecord, members: Iterable[int]) -> list[RecordPerson]:
    """The rows that say who made a record, in their order; the record has an id."""
    assert record.id is not None  # noqa: S101 - it is stored
    return [
        RecordPerson(
            record_id=record.id,
            place=place,
            member_id=member_id,
            counted_at=record.counted_at,
            has_variance=record.has_variance,
            is_adjusted=record.is_adjusted,
        )
        for place, member_id in enumerate(members)
    ]


def _write_people(session: Session, written: Collection[tuple[CountRecord, tuple[int, ...]]]) -> None:
    ids = [record.id for record, _ in written]
    rows = session.exec(select(RecordPerson).where(col(RecordPerson.record_id).in_(ids)))
    known = {(row.record_id, row.place): row for row in rows}
    for record, members in written:
        for wanted in people_of(record, members):
            row = known.get((wanted.record_id, wanted.place))
            if row is None:
                session.add(wanted)
                continue
            row.member_id = wanted.member_id
            row.has_variance = wanted.has_variance
            row.is_adjusted = wanted.is_adjusted


def build_missing(session: Session) -> int:
    """Write the records of lines that were counted before there were any; returns how many lines there were.

    It reads `BATCH` lines at a time, and keeps none of them.
    """
    built, after = 0, 0
    counted = select(CountEntry.id).where(col(CountEntry.line_id) == col(CountLine.id)).exists()
    recorded = select(CountRecord.id).where(col(CountRecord.line_id) == col(CountLine.id)).exists()
    while True:
        found = session.exec(
            select(CountLine.id)
            .where(col(CountLine.id) > after, counted, ~recorded)
            .order_by(col(CountLine.id))
            .limit(BATCH)
        ).all()
        ids = [line_id for line_id in found if line_id is not None]
        if not ids:
            return built
        write(session, ids)
        session.expunge_all()
        built, after = built + len(ids), ids[-1]
