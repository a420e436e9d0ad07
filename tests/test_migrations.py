"""The migrated schema is the one the code expects, and rows that say what happened are never changed."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, inspect, text, update
from sqlalchemy.engine.interfaces import ReflectedIndex
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, func, select

from models.catalog import Item, Location
from models.counts import CountEntry, Decision, Judgement
from models.database import Database
from models.errors import WrongState
from models.journal import AuditEvent
from models.migrate import HEAD, migrate, require_current
from models.parts import CountPart, PartsClosing
from models.plans import CountPlan
from models.seals import Seal, SealReceipt
from models.services import plan_times
from models.stock import EntryKind, StockEntry
from models.tables import METADATA
from tests.databases import opened


def index_condition(index: ReflectedIndex) -> list[str]:
    options = index.get("dialect_options", {})
    return [str(value) for option, value in options.items() if option.endswith("_where")]


def expressions(connection: Connection, table: str) -> list[str]:
    """The indexes of a table that are on expressions, as the database writes them; SQLAlchemy skips SQLite's."""
    if connection.dialect.name == "sqlite":
        found = text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql LIKE '%(%(%'")
    else:
        found = text("SELECT indexdef FROM pg_indexes WHERE tablename = :table AND indexdef LIKE '%(%(%'")
    return sorted(connection.execute(found, {"table": table}).scalars())


def shape(connection: Connection) -> dict[str, Any]:
    """Everything the database can tell about its tables, checks included (which Alembic does not compare)."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"], column.get("primary_key"))
                for column in inspector.get_columns(table)
            },
            "indexes": sorted(
                f"{index['name']} {index['column_names']} {index['unique']} {index_condition(index)}"
                for index in inspector.get_indexes(table)
            ),
            "expressions": expressions(connection, table),
            "unique": sorted(str(unique["column_names"]) for unique in inspector.get_unique_constraints(table)),
            "references": sorted(
                f"{key['constrained_columns']} {key['referred_table']} {key['referred_columns']}"
                for key in inspector.get_foreign_keys(table)
            ),
            "checks": sorted(f"{check['name']} {check['sqltext']}" for check in inspector.get_check_constraints(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


NOT_REFLECTED = pytest.mark.filterwarnings("ignore:(Skipped unsupported reflection of|autogenerate skipping)")
"""Indexes on expressions, on SQLite: `expressions` has them."""


@NOT_REFLECTED
def test_the_migrated_schema_is_that_of_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


@NOT_REFLECTED
def test_migrated_and_created_tables_have_the_same_constraints(database: Database) -> None:
    with database.engine.begin() as connection:
        migrated = shape(connection)
        assert len(migrated["item"]["expressions"]) == 1
        for table in reversed(METADATA.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
        METADATA.create_all(connection)
        assert migrated == shape(connection)


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path("models/migrations").resolve()))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    with opened(database_url) as database, database.write() as session:
        session.add(Location(code="A-01-01"))
    migrate(database_url)
    with opened(database_url) as database, database.read() as session:
        assert session.exec(select(Location.code)).all() == ["A-01-01"]


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{(tmp_path / 'new.db').as_posix()}"
    with opened(url) as database, database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE decision (id INTEGER)"))  # the second revision will stumble over it
    with pytest.raises(Exception, match="decision already exists"):
        migrate(url)
    with opened(url) as database:
        assert inspect(database.engine).get_table_names() == ["decision"]


def test_an_unmigrated_database_is_told_apart(tmp_path: Path, sqlite_database: Database) -> None:
    require_current(sqlite_database)
    with (
        opened(f"sqlite:///{(tmp_path / 'new.db').as_posix()}") as empty,
        pytest.raises(WrongState, match="python -m bot migrate"),
    ):
        require_current(empty)
    with sqlite_database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(WrongState, match=f"has schema 0001, this version needs {HEAD}"):
        require_current(sqlite_database)


def upgrade(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path("models/migrations").resolve()))
    with opened(url) as database, database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_who_asked_for_earlier_spot_counts_is_taken_from_the_audit_trail(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'new.db').as_posix()}"
    upgrade(url, "0004")
    started = "INSERT INTO countsession (id, plan_id, team_id, name, scheduled_for, started_at, due_at, recounts,"
    started += " replies, at_due) VALUES (:id, :plan, 1, 'Bolts', 0, 0, 0, 1, 1, 'expire')"
    event = "INSERT INTO auditevent (at, actor, action, subject, detail) VALUES (0, :who, :what, :of, '{}')"
    with opened(url) as database, database.engine.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        for member_id, slack_id in ((7, "U01ANA"), (8, "U01DAN")):
            connection.execute(
                text("INSERT INTO member (id, slack_id, name, is_controller) VALUES (:id, :slack, '', 0)"),
                {"id": member_id, "slack": slack_id},
            )
        connection.execute(
            text("INSERT INTO team (id, name, channel, review_channel, is_active) VALUES (1, 'T', 'C', 'R', 1)")
        )
        for session_id in (1, 2):
            connection.execute(text(started), {"id": session_id, "plan": None})
        for who, what, of in (("U01DAN", "start spot count", "session 2"), ("U01ANA", "start", "session 1")):
            connection.execute(text(event), {"who": who, "what": what, "of": of})
        connection.commit()
    migrate(url)
    with opened(url) as database, database.read() as session:
        found = session.execute(text("SELECT id, asked_by_id FROM countsession ORDER BY id")).all()
    assert [tuple(row) for row in found] == [(1, None), (2, 8)]


def test_a_once_that_was_over_before_the_upgrade_stays_over(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'old.db').as_posix()}"
    upgrade(url, "0004")
    made = "INSERT INTO countplan (name, team_id, schedule, selection, bins, categories, lines, pace, blind, is_active,"
    made += " is_paused, due_in_seconds, grace_seconds, recounts, replies, at_due) VALUES ('Once', 1,"
    made += " 'once 2026-11-23 07:00', 'due', '', '[]', 12, 'full', 1, 1, 0, 14400, 86400, 1, 1, 'expire')"
    team = "INSERT INTO team (id, name, channel, review_channel, is_active) VALUES (1, 'T', 'C', 'R', 1)"
    company = "INSERT INTO company (id, timezone, currency) VALUES (1, 'America/New_York', 'EUR')"
    with opened(url) as database, database.engine.begin() as connection:
        for statement in (company, team, made):
            connection.execute(text(statement))
    migrate(url)
    with opened(url) as database, database.write() as session:
        plan_times.schedule_again(session, None, datetime(2026, 11, 23, 10, 20, tzinfo=UTC))  # 05:20 there
        assert session.exec(select(CountPlan.next_due)).one() is None


def test_entries_of_before_the_upgrade_stay_and_may_come_by_direct_message_after_it(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'new.db').as_posix()}"
    upgrade(url, "0006")
    entry = "INSERT INTO countentry (line_id, member_id, quantity, attempt, settles, counted_at, recorded_at, source,"
    entry += " source_key, typed) VALUES (1, 1, 1000, 1, 1, '2026-01-01', '2026-01-01', :source, :source, '')"
    session = "INSERT INTO countsession (id, team_id, name, scheduled_for, started_at, due_at, recounts, replies,"
    session += " at_due) VALUES (1, 1, 'Bolts', 0, 0, 0, 1, 1, 'expire')"
    line = "INSERT INTO countline (id, session_id, item_id, location_id, position, state, version, due_at,"
    line += " recounts_asked) VALUES (1, 1, 1, 1, 1, 'TO_COUNT', 1, 0, 0)"
    before = (
        "INSERT INTO team (id, name, channel, review_channel, is_active) VALUES (1, 'T', 'C', 'R', 1)",
        "INSERT INTO member (id, slack_id, name, is_controller) VALUES (1, 'U01ANA', '', 0)",
        "INSERT INTO item (id, sku, name, category, unit, created_at) VALUES (1, 'BOLT-10', '', '', 'pcs', 0)",
        "INSERT INTO location (id, code) VALUES (1, 'A-01')",
        session,
        line,
    )
    with opened(url) as database, database.engine.begin() as connection:
        for statement in before:
            connection.execute(text(statement))
        connection.execute(text(entry), {"source": "modal"})
    upgrade(url, "0009")
    part = "INSERT INTO countpart (line_id, member_id, attempt, quantity, counted_at, recorded_at, source, source_key,"
    part += " typed) VALUES (1, 1, 1, 1000, '2026-01-01', '2026-01-01', :source, :source, '')"
    with opened(url) as database, database.engine.begin() as connection:
        connection.execute(text(part), {"source": "modal"})
    given = {"countentry": entry, "countpart": part}
    for table, row in given.items():
        with (
            opened(url) as database,
            pytest.raises(IntegrityError, match=f"ck_{table}_source"),
            database.engine.begin() as connection,
        ):
            connection.execute(text(row), {"source": "direct"})
    migrate(url)
    for table, row in given.items():
        with opened(url) as database, database.engine.begin() as connection:
            connection.execute(text(row), {"source": "direct"})
            found = connection.execute(text(f"SELECT id, source FROM {table}")).all()
            assert found == [(1, "modal"), (2, "direct")]
        with (
            opened(url) as database,
            pytest.raises(IntegrityError, match="append-only"),
            database.engine.begin() as connection,
        ):
            connection.execute(text(f"DELETE FROM {table}"))


def post_one_row(database: Database, now: datetime) -> None:
    with database.write() as session:
        item = Item(sku="BOLT-10", name="Bolt", created_at=now)
        location = Location(code="A-01-03")
        session.add_all([item, location])
        session.flush()
        assert item.id is not None
        assert location.id is not None
        session.add(
            StockEntry(
                item_id=item.id,
                location_id=location.id,
                kind=EntryKind.OPENING,
                quantity=Decimal(5),
                occurred_at=now,
                recorded_at=now,
            )
        )
        session.add(AuditEvent(at=now, actor="system", action="test", subject="test"))


@pytest.mark.parametrize(
    "statement",
    [
        update(StockEntry).values(quantity=Decimal(6)),
        delete(StockEntry),
        text("UPDATE stockentry SET quantity = 0"),
        text("DELETE FROM stockentry"),
        text("UPDATE auditevent SET actor = 'nobody'"),
        text("DELETE FROM auditevent"),
    ],
    ids=["bulk update", "bulk delete", "raw update", "raw delete", "audit update", "audit delete"],
)
def test_what_was_posted_stays_as_it_was_posted(database: Database, now: datetime, statement: Any) -> None:
    post_one_row(database, now)
    with pytest.raises(IntegrityError, match="is append-only"), database.write() as session:
        session.execute(statement)
    with database.read() as session:
        assert session.exec(select(func.sum(StockEntry.quantity))).one() == Decimal(5)
        assert session.exec(select(AuditEvent.actor)).all() == ["system"]


@pytest.mark.parametrize(
    "table", [StockEntry, CountEntry, CountPart, PartsClosing, Judgement, Decision, AuditEvent, Seal, SealReceipt]
)
@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
def test_every_table_that_tells_what_happened_has_its_triggers(
    database: Database, table: type[SQLModel], change: str
) -> None:
    name = table.__tablename__
    with database.engine.connect() as connection:
        if database.is_sqlite:
            found = connection.execute(
                text(
                    "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name AND sql LIKE :sql"
                ),
                {"name": name, "sql": f"%BEFORE {change} ON {name}%"},
            ).scalar()
        else:
            found = connection.execute(
                text(
                    "SELECT count(*) FROM information_schema.triggers"
                    " WHERE event_object_table = :name AND event_manipulation = :change AND action_timing = 'BEFORE'"
                ),
                {"name": name, "change": change},
            ).scalar()
    assert found == 1


def test_the_orm_refuses_as_well(database: Database, now: datetime) -> None:
    post_one_row(database, now)
    with pytest.raises(RuntimeError, match="never changed"), database.write() as session:
        session.exec(select(StockEntry)).one().quantity = Decimal(6)
