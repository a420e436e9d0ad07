"""Sealing on both engines: every committed row once, in order, however many and whoever writes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import Database
from models.journal import AuditEvent
from models.rules import sealing
from models.rules.sealing import ENCODINGS
from models.seals import Seal
from models.services import journal, seals
from models.services.checks import run_checks
from models.services.locks import Work
from models.services.seal_checks import standing
from models.stock import StockEntry
from models.tables import METADATA
from scheduler.sealing import Sealing, seal
from tests.builders import Stock
from tests.services.tampering import tamper
from tests.services.test_races import race
from tests.statements import statements
from tests.world import World


def counted(world: World, sku: str = "BOLT-10") -> Stock:
    """A stock that was counted, recounted and approved: ledger rows and audit events."""
    stock = world.stock(sku, "A-01", 100, unit_cost="0.35")
    line = world.line(stock)
    world.count(line, "ana", "88.5")
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    return stock


def noted(world: World, number: int) -> None:
    """So many audit events, in a transaction."""
    with world.step() as session:
        for one in range(number):
            journal.audit(session, actor="U01BEN", action="test", subject=f"thing {one}", now=world.now)


def test_rows_that_were_sealed_before_a_column_came_keep_their_encoding(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what such a column holds of them all the same is found: their seal does not cover it."""
    world = World(database, now)
    with monkeypatch.context() as before:
        before.setattr(seals, "ENCODINGS", {name: encodings[:1] for name, encodings in ENCODINGS.items()})
        world.stock("BOLT-10", "A-01", 100)
        world.seal()
    world.stock("NUT-10", "A-02", 100)
    world.seal()
    with world.database.read() as session:
        assert [seal.encoding for seal in all_seals(session, "stockentry")] == [1, 2]
    assert world.problems() == []
    tamper(database, "UPDATE stockentry SET moved_by = 'Ana' WHERE id = 1")
    assert world.problems() == ["ledger row 1 has a posting date or a mover, which came after it was sealed"]


def all_seals(session: Session, table: str) -> list[Seal]:
    return list(session.exec(select(Seal).where(Seal.of_table == table).order_by(col(Seal.id))))


def rows_in(seal: Seal) -> list[int]:
    return [entry.row_id for entry in sealing.entries_of(seal.listing)]


def test_what_was_committed_is_sealed_once(world: World) -> None:
    counted(world)
    first = world.seal()
    assert first == (1, 2)
    assert world.seal() == ()
    noted(world, 3)
    assert world.seal() == (3,)
    with world.database.read() as session:
        for table in (StockEntry, AuditEvent):
            sealed = [row_id for seal in all_seals(session, str(table.__tablename__)) for row_id in rows_in(seal)]
            assert sealed == list(session.exec(select(table.id).order_by(col(table.id))))
        found = standing(session)
    assert found is not None
    assert (found.seals, found.waiting) == (3, 0)
    assert world.problems() == []


@pytest.mark.parametrize("table", list(ENCODINGS))
def test_the_newest_encoding_covers_every_column(table: str) -> None:
    """A new column needs a new encoding, at the end of those of its table."""
    assert sorted(ENCODINGS[table][-1]) == sorted(column.name for column in METADATA.tables[table].columns)
    assert all(columns[0] == "id" for columns in ENCODINGS[table])


def test_much_is_sealed_in_batches_that_follow_each_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 4)
    noted(world, 10)
    assert world.seal() == (1, 2, 3)
    with world.database.read() as session:
        found = all_seals(session, "auditevent")
        assert [(seal.first_id, seal.last_id, seal.rows) for seal in found] == [(1, 4, 4), (5, 8, 4), (9, 10, 2)]
    assert world.problems() == []


def test_more_than_a_look_may_seal_is_left_for_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 4)
    monkeypatch.setattr("scheduler.sealing.BATCHES", 2)
    noted(world, 10)
    assert [world.seal(), world.seal(), world.seal()] == [(1, 2), (3,), ()]
    assert world.problems() == []


def test_ids_that_were_used_up_by_a_rollback_are_no_gap(world: World) -> None:
    noted(world, 2)
    world.seal()
    with world.database.write() as session:
        journal.audit(session, actor="U01BEN", action="test", subject="taken back", now=world.now)
        session.flush()
        session.rollback()
    noted(world, 2)
    world.seal()
    assert world.problems() == []
    with world.database.read() as session:
        assert [seal.rows for seal in all_seals(session, "auditevent")] == [2, 2]


def drafted(world: World, number: int) -> seals.Draft:
    """A batch of the audit trail, whose last row has this id."""
    with world.database.read() as session:
        draft = seals.draft(session, "auditevent", number)
    assert draft is not None
    return draft


def test_several_clocks_at_once_seal_everything_once(world: World) -> None:
    for number in range(3, 16, 3):
        noted(world, 3)
        draft, now = drafted(world, number), world.now
        results = race(world, *[lambda session, draft=draft, now=now: seals.seal(session, draft, now)] * 4)
        assert sum(result is not None for result in results) == 1
    assert world.problems() == []


def test_one_seals_at_a_time(postgres_database: Database, now: datetime) -> None:
    world = World(postgres_database, now)
    noted(world, 3)
    with postgres_database.write() as session:
        seals.seal(session, drafted(world, 3), now)
        with postgres_database.write() as other:
            free = other.execute(text("SELECT pg_try_advisory_xact_lock(:work)"), {"work": int(Work.SEAL)})
            assert free.scalar() is False


def test_a_batch_that_was_read_before_somebody_sealed_it_is_dropped(world: World) -> None:
    noted(world, 3)
    draft = drafted(world, 3)
    world.seal()
    with world.database.write() as session:
        assert seals.seal(session, draft, world.now) is None


def test_a_row_with_a_smaller_id_that_is_committed_later(postgres_database: Database, now: datetime) -> None:
    """The race that PostgreSQL's sequences make possible: 1 is taken, 2 is taken and committed, 1 is committed."""
    world, memory = World(postgres_database, now), Sealing()
    with postgres_database.write() as slow:
        journal.audit(slow, actor="U01ANA", action="slow", subject="first id", now=now)
        slow.flush()
        noted(world, 1)
        with postgres_database.read() as session:
            assert list(session.exec(select(AuditEvent.id))) == [2], "this test needs the smaller id to be unseen"
        for _ in range(3):
            assert seal(postgres_database, world.now, memory) == ()
    assert seal(postgres_database, world.now, memory) == (1,)
    with postgres_database.read() as session:
        assert rows_in(session.exec(select(Seal)).one()) == [1, 2]
    assert world.problems() == []


def test_whoever_writes_while_it_is_sealed_nothing_comes_behind_a_seal(world: World) -> None:
    """Transactions of several rows, every third of them rolled back, and a clock that seals as fast as it can."""
    memory, now, at_work = Sealing(), world.now, set(range(4))

    def write(writer: int, turn: int) -> None:
        with world.database.write() as session:
            for row in range(3):
                journal.audit(session, actor=f"U0{writer}", action="race", subject=f"{turn}.{row}", now=now)
                session.flush()
            if turn % 3 == 2:
                session.rollback()

    def writing(writer: int) -> None:
        try:
            for turn in range(15):
                write(writer, turn)
        finally:
            at_work.discard(writer)

    def sealing_it() -> None:
        while at_work:
            seal(world.database, now, memory)

    with ThreadPoolExecutor(5) as everybody:
        jobs = [everybody.submit(sealing_it), *[everybody.submit(writing, writer) for writer in sorted(at_work)]]
    assert all(job.exception() is None for job in jobs)
    seal(world.database, now, memory)
    with world.database.read() as session:
        assert memory.failures.take_references() == ()
        found = [row_id for made in all_seals(session, "auditevent") for row_id in rows_in(made)]
        assert len(found) == 4 * 10 * 3
    assert world.problems() == []


def test_the_end_of_a_table_is_read_before_who_is_writing_to_it(postgres_database: Database, now: datetime) -> None:
    """The other way round somebody could take an id, and a larger one be committed, between the two."""
    world = World(postgres_database, now)
    noted(world, 1)
    with statements(postgres_database) as sent, postgres_database.read() as session:
        assert seals.look(session).keys() == {"auditevent"}
    asked = [statement for statement, _ in sent]
    (end,) = [number for number, statement in enumerate(asked) if "max(auditevent.id)" in statement]
    (writers,) = [number for number, statement in enumerate(asked) if "pg_locks" in statement]
    assert end < writers


def test_who_writes_all_the_time_does_not_keep_anything_from_being_sealed(
    postgres_database: Database, now: datetime
) -> None:
    world, memory = World(postgres_database, now), Sealing()
    noted(world, 2)
    with postgres_database.write() as first:
        journal.audit(first, actor="U01ANA", action="long", subject="a", now=now)
        first.flush()
        assert seal(postgres_database, world.now, memory) == ()
        with postgres_database.write() as second:
            journal.audit(second, actor="U01DAN", action="long", subject="b", now=now)
            second.flush()
            first.rollback()  # one ends, another goes on: at no look is there nobody
            assert seal(postgres_database, world.now, memory) == (1,)
    assert seal(postgres_database, world.now, memory) == (2,)
    with postgres_database.read() as session:
        assert [rows_in(found) for found in all_seals(session, "auditevent")] == [[1, 2], [4]]
    assert world.problems() == []


def test_who_only_waits_for_the_table_or_reads_it_holds_nothing_up(postgres_database: Database, now: datetime) -> None:
    world = World(postgres_database, now)
    noted(world, 2)
    with postgres_database.read() as reader:
        reader.exec(select(AuditEvent)).all()
        reader.exec(select(StockEntry).with_for_update()).all()
        assert world.seal() == (1,)


def test_sealing_waits_for_nobody_and_nobody_waits_for_it(postgres_database: Database, now: datetime) -> None:
    world = World(postgres_database, now)
    noted(world, 2)
    with postgres_database.write() as session:
        assert seals.seal(session, drafted(world, 2), now) is not None
        with postgres_database.write() as other:
            other.execute(text("SET LOCAL lock_timeout = '2s'"))
            journal.audit(other, actor="U01ANA", action="meanwhile", subject="x", now=now)
    assert world.seal() == (2,)
    assert world.problems() == []


def test_a_sqlite_deployment_that_moves_to_postgresql_keeps_its_seals(
    sqlite_database: Database, postgres_database: Database, now: datetime
) -> None:
    world = World(sqlite_database, now)
    bolts = counted(world)
    world.issue(bolts, Decimal("0.125"), occurred_at=world.now - timedelta(microseconds=1))
    noted(world, 1)
    world.seal()
    with sqlite_database.read() as old, postgres_database.write() as new:
        new.execute(text("SET session_replication_role = replica"))  # references of a table to itself, in any order
        for table in METADATA.sorted_tables:
            rows = [dict(row) for row in old.execute(table.select()).mappings()]
            if rows:
                new.execute(table.insert(), rows)
    with postgres_database.read() as session:
        found = standing(session)
        assert found is not None
        assert found.rows > 5
        assert run_checks(session) == []
