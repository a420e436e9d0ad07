"""`backup`: what was committed is in the copy, while others write; and what is never overwritten."""

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import func, select

from models import backups
from models.database import Database
from models.errors import WrongState
from models.migrate import HEAD
from models.stock import StockEntry
from tests.bot.shell import Shell
from tests.databases import opened
from tests.world import World


def rows(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(StockEntry)).one()


class Writer(threading.Thread):
    """Writes a ledger row in each of its transactions, until it is told to stop."""

    def __init__(self, world: World) -> None:
        super().__init__(daemon=True)
        self._world, self._told, self.is_writing = world, threading.Event(), threading.Event()

    def run(self) -> None:
        number = 0
        while not self._told.is_set():
            self._world.stock(f"BOLT-{number}", "A-01", 5)
            number += 1
            self.is_writing.set()

    def stop(self) -> None:
        self._told.set()
        self.join()


def restore(backup: Path, shell: Shell) -> None:
    """As the command says it."""
    place = shell.folder / "test.db"
    for ending in ("-wal", "-shm"):
        place.with_name(place.name + ending).unlink(missing_ok=True)
    shutil.copyfile(backup, place)


def test_what_was_committed_before_is_in_it_although_somebody_writes(
    sqlite_shell: Shell, sqlite_database: Database, now: datetime
) -> None:
    world = World(sqlite_database, now)
    writer = Writer(world)
    writer.start()
    assert writer.is_writing.wait(10)
    before = rows(sqlite_database)
    done = sqlite_shell("backup", "copy.db")
    after = rows(sqlite_database)
    writer.stop()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("copy.db: ")
    assert f"whole, schema {HEAD}\n" in done.stdout
    sqlite_database.close()

    restore(sqlite_shell.folder / "copy.db", sqlite_shell)
    assert sqlite_shell("check").stdout.startswith("All is well")
    with opened(sqlite_shell.url) as restored:
        assert before <= rows(restored) <= after
    assert sorted(path.name for path in sqlite_shell.folder.glob("*copy*")) == ["copy.db"]


def test_a_file_that_is_there_is_not_overwritten_unless_one_says_so(sqlite_shell: Shell) -> None:
    path = sqlite_shell.folder / sqlite_shell.write("copy.db", "mine")
    done = sqlite_shell("backup", "copy.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "copy.db: is there already; give another name, or add --force.\n"
    assert path.read_text() == "mine"
    assert sqlite_shell("backup", "copy.db", "--force").returncode == 0
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA journal_mode").fetchall() == [("delete",)]


def test_the_database_itself_is_never_the_target(sqlite_shell: Shell) -> None:
    done = sqlite_shell("backup", "test.db", "--force")
    assert (done.returncode, done.stderr) == (1, "test.db: that is the database itself; give another name.\n")


def test_what_is_not_there_is_not_made(sqlite_shell: Shell) -> None:
    done = sqlite_shell("backup", "copy.db", DATABASE_URL="sqlite:///nothing.db")
    assert (done.returncode, done.stderr) == (
        1,
        "nothing.db: there is no such database; check DATABASE_URL.\n",
    )
    assert not list(sqlite_shell.folder.glob("*copy*")) + list(sqlite_shell.folder.glob("nothing*"))


def test_an_older_schema_is_backed_up_too(sqlite_shell: Shell) -> None:
    with closing(sqlite3.connect(sqlite_shell.folder / "test.db")) as older, older:
        older.execute("UPDATE alembic_version SET version_num = '0012'")
    done = sqlite_shell("backup", "copy.db")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"whole, schema 0012, older than this version's {HEAD}\n" in done.stdout


def test_a_copy_that_is_not_whole_is_not_kept(sqlite_shell: Shell) -> None:
    with closing(sqlite3.connect(sqlite_shell.folder / "test.db")) as broken, broken:
        broken.execute("INSERT INTO teamlocation (team_id, prefix) VALUES (77, 'A-')")
    done = sqlite_shell("backup", "copy.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The copy is not whole, and was not kept")
    assert not list(sqlite_shell.folder.glob("*copy*"))


def test_an_empty_file_is_no_database(sqlite_shell: Shell, tmp_path: Path) -> None:
    with (
        opened(f"sqlite:///{tmp_path / 'empty.db'}") as database,
        pytest.raises(WrongState, match="nothing to back up"),
    ):
        backups.back_up(database, tmp_path / "copy.db")


def test_postgres_is_told_of_pg_dump(sqlite_shell: Shell) -> None:
    done = sqlite_shell("backup", "copy.db", DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    assert (done.returncode, done.stdout) == (1, "")
    assert "pg_dump" in done.stderr
