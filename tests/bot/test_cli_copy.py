"""`copy`: a counted, sealed SQLite deployment in PostgreSQL, row for row; and what is refused instead."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import Row, func, make_url, select, text
from sqlmodel import Session

from bot import copying
from models.catalog import Item
from models.database import Database
from models.journal import AuditEvent
from models.migrate import HEAD
from models.rules import sealing
from models.services import checks, seal_checks
from models.stock import StockEntry
from models.tables import METADATA
from tests.bot.shell import Shell
from tests.databases import opened
from tests.services.signing import counted, sign
from tests.services.tampering import tamper
from tests.world import World


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """A session that was counted, decided and signed off, sealed; and a count that was corrected."""
    world = World(sqlite_database, now)
    sign(world, "ben", counted(world)[2])
    world.seal()
    world.stock("NUT-7", "A-09", "2.5")
    return world


@pytest.fixture
def stopped(world: World) -> World:
    """The same, with nobody at the file any more."""
    world.database.close()
    return world


@pytest.fixture
def target(postgres_url: str) -> Iterator[Database]:
    with opened(postgres_url) as database:
        yield database


def everything(session: Session) -> dict[str, list[Row[tuple[object, ...]]]]:
    """Every row of every table, as their types read them."""
    return {
        table.name: list(session.execute(select(table).order_by(*table.primary_key)).all())
        for table in METADATA.sorted_tables
    }


def test_every_row_arrives_and_the_chain_stays(
    sqlite_shell: Shell, stopped: World, target: Database, postgres_url: str
) -> None:
    done = sqlite_shell("copy", "--to", postgres_url)
    assert (done.returncode, done.stderr) == (0, "")
    with stopped.database.read() as before, target.read() as after:
        was, came = everything(before), everything(after)
        assert sum(map(len, came.values())) > 50
        assert came == was
        sealed = seal_checks.standing(after)
        assert sealed is not None
        assert sealed == seal_checks.standing(before)
        assert checks.run_checks(after) == []
    assert done.stdout.startswith(f"Copied {sum(map(len, was.values())):,} rows of {len(was)} tables")
    assert f"the same head of the seals, {sealing.shown(sealed.head)}. All is well." in done.stdout
    assert "set DATABASE_URL to postgresql://" in done.stdout


def last_ledger_row(database: Database) -> int:
    with database.read() as session:
        return int(session.execute(select(func.max(StockEntry.id))).scalar_one())


def test_life_goes_on_there(stopped: World, target: Database) -> None:
    copying.copy(stopped.database, target)
    last = last_ledger_row(stopped.database)
    stopped.database = target
    stopped.stock("SAW-1", "A-20", 4)
    stopped.seal()
    assert last_ledger_row(target) == last + 1
    with target.read() as session:
        assert checks.run_checks(session) == []


def test_append_only_tables_still_are(stopped: World, target: Database) -> None:
    copying.copy(stopped.database, target)
    with pytest.raises(Exception, match="append-only"), target.write() as session:
        session.execute(text("DELETE FROM auditevent"))


def test_a_process_that_was_not_stopped_is_found(
    sqlite_shell: Shell, world: World, target: Database, postgres_url: str
) -> None:
    with world.database.read() as somebody:
        somebody.execute(select(Item))
        somebody.commit()  # it only has the file open, as a bot that waits for people
        done = sqlite_shell("copy", "--to", postgres_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Another process has the old database open. Stop the bot and the clock")
    with target.read() as session:
        assert session.execute(select(Item)).first() is None


def test_nothing_can_come_in_meanwhile(stopped: World) -> None:
    place = stopped.database.engine.url.database
    assert place is not None
    with copying.held(stopped.database), closing(sqlite3.connect(place, timeout=0, isolation_level=None)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("DELETE FROM inboundevent")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("PRAGMA journal_mode = WAL")  # what a process of ours begins with


def test_a_database_that_has_rows_is_refused(
    sqlite_shell: Shell, stopped: World, target: Database, postgres_url: str, now: datetime
) -> None:
    with target.write() as session:
        session.add(AuditEvent(at=now, actor="x", action="x", subject="x"))
    done = sqlite_shell("copy", "--to", postgres_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("The new database has rows already (“auditevent”). Give the address of an empty one.\n")


def test_another_revision_and_tables_of_others_are_refused(
    sqlite_shell: Shell, stopped: World, target: Database, postgres_url: str
) -> None:
    with target.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0012'"))
    done = sqlite_shell("copy", "--to", postgres_url)
    assert done.returncode == 1
    assert done.stderr.startswith(f"The new database has schema 0012, this version needs {HEAD}. ")
    with target.write() as session:
        session.execute(text("DROP TABLE alembic_version"))
    done = sqlite_shell("copy", "--to", postgres_url)
    assert done.returncode == 1
    assert done.stderr.startswith("The new database has a table “")


def test_an_empty_one_is_migrated(sqlite_shell: Shell, stopped: World, target: Database, postgres_url: str) -> None:
    with target.write() as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    assert sqlite_shell("copy", "--to", postgres_url).returncode == 0
    assert sqlite_shell("check", DATABASE_URL=postgres_url).returncode == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE stockentry SET reference = 'x' WHERE id = 1", "ledger row 1 was changed after it was sealed"),
        (
            "UPDATE item SET sku = printf('%0500d', 1) WHERE id = 1",
            "PostgreSQL does not take a row of “item” (value too",
        ),
    ],
)
def test_what_is_not_sound_is_not_moved(
    sqlite_shell: Shell, world: World, target: Database, postgres_url: str, change: str, said: str
) -> None:
    tamper(world.database, change)
    world.database.close()
    done = sqlite_shell("copy", "--to", postgres_url)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    with target.read() as session:
        assert session.execute(select(Item)).first() is None


def test_only_from_sqlite_to_postgres(sqlite_shell: Shell, stopped: World, sqlite_url: str) -> None:
    done = sqlite_shell("copy", "--to", sqlite_url)
    assert (done.returncode, done.stderr.startswith("--to takes the address of a PostgreSQL database")) == (1, True)
    done = sqlite_shell("copy", "--to", sqlite_url, DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    assert done.stderr == "DATABASE_URL must be the SQLite database to copy: sqlite:///FILE\n"


def test_a_password_is_not_printed(sqlite_shell: Shell, stopped: World, postgres_url: str) -> None:
    del stopped
    url = make_url(postgres_url).set(password="secret-77").render_as_string(hide_password=False)
    assert "secret-77" in url
    done = sqlite_shell("copy", "--to", url)
    assert done.returncode == 0
    assert "secret-77" not in done.stdout + done.stderr
