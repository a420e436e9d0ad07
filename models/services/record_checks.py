"""Invariants of count records and of their sums; run with the others (`models.services.checks`)."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from models.counts import CountEntry, CountLine
from models.records import CountRecord, RecordChange, RecordPerson, RecordSource, RecordSum
from models.rules.spans import Span, start_of
from models.services import people, record_sums
from models.services.record_facts import facts_of
from models.services.records import BATCH, known_records, people_of


def records_say_what_lines_say(session: Session) -> Iterator[str]:
    """Every counted line has a record, and it says what its entries, judgements and decisions say."""
    zone = ZoneInfo(people.company(session).timezone)
    for ids in _lines_in_batches(session):
        known = known_records(session, ids)
        links: dict[int, list[RecordPerson]] = {}
        of_these = col(RecordPerson.record_id).in_([record.id for record in known.values()])
        for link in session.exec(select(RecordPerson).where(of_these).order_by(col(RecordPerson.place))):
            links.setdefault(link.record_id, []).append(link)
        found = facts_of(session, ids, zone, known)
        for line_id, facts in found.items():
            record = known.get(line_id)
            if record is None:
                yield f"line {line_id} was counted and has no record"
                continue
            for name, value in facts.values.items():
                if getattr(record, name) != value:
                    yield f"the record of line {line_id} says {name} {getattr(record, name)}, the line {value}"
            if links.get(record.id or 0, []) != people_of(record, facts.members):
                yield f"the record of line {line_id} names others than those who counted it"
        for line_id in known.keys() - found.keys():
            yield f"line {line_id} has a record and was never counted"


def records_of_no_line_were_imported(session: Session) -> Iterator[str]:
    """A record without a line came from a file, and one with a line did not."""
    has_line = col(CountRecord.line_id).is_not(None)
    counted = col(CountRecord.source) == RecordSource.COUNT
    for record_id in session.exec(select(CountRecord.id).where(has_line != counted)):
        yield f"record {record_id} does not say where it comes from"


def _lines_in_batches(session: Session) -> Iterator[list[int]]:
    """Ids of the lines that have entries or a record, a few at a time."""
    after = 0
    has_entry = select(CountEntry.id).where(col(CountEntry.line_id) == col(CountLine.id)).exists()
    has_record = select(CountRecord.id).where(col(CountRecord.line_id) == col(CountLine.id)).exists()
    lines = select(CountLine.id).where(has_entry | has_record).order_by(col(CountLine.id)).limit(BATCH)
    while True:
        ids = [line_id for line_id in session.exec(lines.where(col(CountLine.id) > after)) if line_id is not None]
        if not ids:
            return
        yield ids
        after = ids[-1]


def sums_say_what_records_say(session: Session) -> Iterator[str]:
    """The sums of a day are of its records, where no change waits; those of a week and of a month are of its days."""
    pending = set(session.scalars(core_select(col(RecordChange.day)).distinct()))
    days = set(session.scalars(core_select(col(CountRecord.day)).distinct()))
    days |= set(session.scalars(core_select(col(RecordSum.start)).where(col(RecordSum.span) == Span.DAY).distinct()))
    spans: set[tuple[Span, date]] = set()
    for day in sorted(days):
        spans |= {(span, start_of(span, day)) for span in (Span.WEEK, Span.MONTH)}
        if day not in pending and not record_sums.is_true(session, Span.DAY, day):
            yield f"the sums of {day} are not what its records come to"
    for span, start in sorted(spans):
        if not record_sums.is_true(session, span, start):
            yield f"the sums of the {span} of {start} are not what its days come to"


RECORD_CHECKS = (records_say_what_lines_say, records_of_no_line_were_imported, sums_say_what_records_say)
