"""Every counted line has one record that says what the line says, whatever was done to it, in few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, text
from sqlmodel import col, delete, select, update

from models.catalog import Item
from models.counts import EntrySource
from models.database import Database
from models.migrate import migrate
from models.people import Company
from models.records import CountRecord, RecordChange, RecordPerson, Sample
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from models.services import counts, records
from models.services.checks import run_checks
from models.stock import StockLevel
from tests.builders import Stock
from tests.databases import opened
from tests.services.test_races import race
from tests.world import World


def record_of(world: World, line: int) -> CountRecord:
    with world.database.read() as session:
        return session.exec(select(CountRecord).where(CountRecord.line_id == line)).one()


def who(world: World, line: int) -> list[int]:
    with world.database.read() as session:
        rows = select(RecordPerson.member_id).join(CountRecord, col(CountRecord.id) == col(RecordPerson.record_id))
        return list(session.exec(rows.where(CountRecord.line_id == line).order_by(col(RecordPerson.place))))


def test_a_line_has_its_record_from_its_first_count_on(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100, unit_cost=2, abc_class="B")
    line = world.line(bolts)
    with world.database.read() as session:
        assert session.exec(select(CountRecord)).all() == []
    world.count(line, "ana", 90)
    found = record_of(world, line)
    assert (found.state, found.is_rated, found.has_variance, found.expected) == (LineState.RECOUNT, False, False, 100)
    first = found.counted_at
    world.count(line, "dan", 91)
    world.approve(line, "ben")
    found = record_of(world, line)
    assert (found.state, found.is_rated, found.has_variance, found.is_adjusted) == (
        LineState.RECONCILED, True, True, True,
    )  # fmt: skip
    assert (found.counted_at, found.first_counted, found.counted, found.variance) == (first, 90, 91, -9)
    assert (found.net_value, found.book_value, found.hit, found.exact) == (-18, 200, False, False)
    assert [world.person(name).id for name in ("ana", "dan")] == who(world, line)


def test_a_class_stays_what_it_was_when_the_line_was_counted(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100, abc_class="C"))
    world.count(line, "ana", 99)
    with world.database.write() as session:
        session.get_one(Item, 1).abc_class = session.exec(select(StockLevel)).one().abc_class = "A"
    world.count(line, "dan", 99)
    world.approve(line, "ben")
    assert (record_of(world, line).abc_class, record_of(world, line).hit) == ("C", True)


def test_the_day_is_the_one_on_the_wall(world: World) -> None:
    with world.database.write() as session:
        session.get_one(Company, 1).timezone = "Europe/Berlin"
    world.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight there
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 100)
    assert record_of(world, line).day == date(2027, 1, 1)


def test_a_transaction_that_is_rolled_back_leaves_no_record(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    person = world.person("ana")
    with world.database.write() as session:
        counts.record(
            session, person=person, line_id=line, quantity=Decimal(100), counted_at=world.now,
            source=EntrySource.MODAL, source_key="lost", now=world.now,
        )  # fmt: skip
        session.rollback()
    with world.database.read() as session:
        assert session.exec(select(CountRecord)).all() == []


def test_first_counts_at_once_leave_one_record(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    people, now = [world.person(name) for name in ("ana", "dan", "fay")], world.now

    def count(session: object, person: object) -> object:
        return counts.record(
            session, person=person, line_id=line, quantity=Decimal(100), counted_at=now,  # type: ignore[arg-type]  # as `race` passes them
            source=EntrySource.MODAL, source_key=f"race {person}", now=now,
        )  # fmt: skip

    race(world, *[lambda session, person=person: count(session, person) for person in people])
    assert record_of(world, line).state is LineState.RECONCILED


@contextmanager
def all_statements(database: Database) -> Iterator[list[str]]:
    """Everything that is sent, written or read."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def written(world: World, lines: list[int]) -> int:
    """How many statements it takes to write the records of lines anew."""
    with world.database.write() as session, all_statements(world.database) as sent:
        records.write(session, lines)
    return len(sent)


def test_records_take_as_many_statements_for_one_line_as_for_twelve(world: World) -> None:
    stocks = [world.stock(f"BOLT-{number}", f"A-{number:02}", 10) for number in range(12)]
    world.start()
    lines = [world.line(stock) for stock in stocks]
    person = world.person("ana")
    with world.step() as session, all_statements(world.database) as sent:
        for line in lines:
            counts.record(
                session, person=person, line_id=line, quantity=Decimal(9), counted_at=world.now,
                source=EntrySource.MODAL, source_key=f"page {line}", now=world.now,
            )  # fmt: skip
        session.flush()
        sent.clear()
        session.commit()
    touching = [one for one in sent if "countrecord" in one or "recordperson" in one or "recordchange" in one]
    assert len(touching) <= 5
    assert (
        len([one for one in sent if not any(table in one for table in ("outbox", "sentmessage", "openedhome"))]) <= 14
    )
    assert written(world, lines) == written(world, lines[:1])
    for line in lines:
        world.count(line, "dan", 9)
    with world.database.read() as session:
        assert len(session.exec(select(CountRecord)).all()) == 12


def tampered(world: World) -> int:
    bolts = world.stock("BOLT-10", "A-01", 100)
    world.tolerate(Measure.PERCENT, 2)
    line = world.line(bolts)
    world.count(line, "ana", 99)
    return line


def test_check_finds_what_a_record_says_wrong(small_world: World) -> None:
    line = tampered(small_world)

    def said() -> list[str]:
        return [one for one in small_world.problems() if "record" in one]

    def change(**values: object) -> None:
        with small_world.database.write() as session:
            session.execute(update(CountRecord).values(**values))

    change(hit=True, sample=Sample.RANDOM)
    assert said() == [
        f"the record of line {line} says hit True, the line False",
        f"the record of line {line} says sample random sample, the line normal",
    ]
    change(hit=False, sample=Sample.NORMAL, source="import")
    assert said() == [
        f"the record of line {line} says source import, the line count",
        "record 1 does not say where it comes from",
    ]
    change(source="count")
    with small_world.database.write() as session:
        session.execute(update(RecordPerson).values(member_id=small_world.person("fay").id))
    assert said() == [f"the record of line {line} names others than those who counted it"]
    with small_world.database.write() as session:
        session.execute(delete(RecordPerson))
        session.execute(delete(CountRecord))
    assert said()[0] == f"line {line} was counted and has no record"
    with small_world.database.write() as session:
        assert records.build_missing(session) == 1


def test_check_finds_sums_that_are_wrong(small_world: World) -> None:
    tampered(small_world)
    with small_world.database.write() as session:
        session.execute(delete(RecordChange))
    assert [one for one in small_world.problems() if "sums" in one] == [
        "the sums of 2026-11-23 are not what its records come to"
    ]
    with small_world.database.write() as session:
        records.note_days(session, [date(2026, 11, 23)])


def test_what_was_counted_before_there_were_records_gets_them_with_the_upgrade(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "BATCH", 2)
    stocks: list[Stock] = [world.stock(f"BOLT-{number}", f"A-{number}", 100, abc_class="A") for number in range(5)]
    for turn in range(2):
        world.start()
        for number, stock in enumerate(stocks[:4]):
            line = world.line(stock)
            world.count(line, "ana", world.on_hand(stock) - (number == turn))
            if number == turn:
                world.count(line, "dan", world.on_hand(stock) - 1)
                if turn == 0:
                    world.approve(line, "ben")
        world.now += timedelta(days=1)
    tables = ("recordperson", "countrecord", "recordchange", "recordsum", "causesum")
    later = ("exportrequest", "openedhome", "hostedchart")

    def rows(database: Database) -> list[list[tuple[object, ...]]]:
        with database.engine.connect() as connection:
            return [
                sorted(tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))) for table in tables[:2]
            ]

    before = rows(world.database)
    assert [len(found) for found in before] == [10, 8]
    with world.database.engine.begin() as connection:
        for table in (*tables, *later):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE company DROP COLUMN accuracy_of_people"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0021'"))
    world.database.close()
    migrate(database_url)
    with opened(database_url) as database:
        assert rows(database) == before
        with database.read() as session:
            assert run_checks(session) == []
