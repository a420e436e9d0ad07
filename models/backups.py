"""Copying a SQLite database while others use it, and looking whether the copy is whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

from models.database import Database
from models.errors import BadInput, WrongState


def file_of(database: Database) -> Path:
    """The file of a SQLite database.

    Raises:
        BadInput: there is none; looking made none.
    """
    place = Path(database.engine.url.database or "")
    if not place.is_file():
        raise BadInput(f"{place}: there is no such database; check DATABASE_URL.")
    return place


def back_up(database: Database, place: Path) -> str:
    """Write the database to the new file `place`, as it is at one moment; returns the revision of its schema.

    Whatever was committed before the call is in it. Nobody waits for it: writers go on beside.

    Raises:
        WrongState: the database was never migrated, or what was written is not whole.
        BadInput: there is no room for it.
    """
    with database.engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 - narrows the type; only SQLite comes here
        try:
            with closing(sqlite3.connect(place, isolation_level=None)) as copy:
                # In one step: between two steps a writer would have it begin again, and many writers for ever.
                source.backup(copy)
                # One file that can be read from anywhere; the bot switches its log on again when it opens it.
                copy.execute("PRAGMA journal_mode = DELETE")
                return _verified(copy)
        except sqlite3.Error as error:
            raise BadInput(f"The backup could not be written ({error}).") from error


def _verified(copy: sqlite3.Connection) -> str:
    is_whole = copy.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
    if not is_whole or copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise WrongState(
            "The copy is not whole, and was not kept: the database itself may be damaged. Run “python -m bot check”."
        )
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
        raise WrongState("The database is empty: there is nothing to back up. Check DATABASE_URL.")
    (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)
