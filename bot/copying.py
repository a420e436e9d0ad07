"""Moving a SQLite deployment into an empty PostgreSQL database: every row, in one transaction, or none.

Rows are handed on as SQLite stores them, a table at a time in the order of what refers to what, through COPY: memory
stays flat, ids stay, and so do seals and what they cover. Append-only tables only refuse changes, so their triggers
stay on. The old database is held meanwhile: nothing can come in that would be left behind.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, func, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from models.database import Database
from models.errors import BadInput, WrongState
from models.migrate import HEAD, migrate, revision_of
from models.services import checks, seal_checks
from models.services.seal_checks import Standing
from models.tables import METADATA

CHUNK = 1000
"""Rows read from SQLite at once."""

PATIENCE_MS = 1000
"""Another process that is just ending may take so long to let go of the file."""

_IN_USE = "Another process has the old database open. Stop the bot and the clock, then copy; nothing was copied."


@dataclass(frozen=True)
class Copied:
    """What was moved. `sealed` is how far the chain of seals reaches, the same on both sides; None without seals."""

    rows: int
    tables: int
    sealed: Standing | None


def prepare(url: str) -> None:
    """Have the PostgreSQL database at `url` ready to take everything: migrate it when there is nothing in it.

    Raises:
        BadInput: it is no PostgreSQL database.
        WrongState: it has another schema, or tables that are not ours.
    """
    if not url.startswith(("postgresql", "postgres:")):
        raise BadInput("--to takes the address of a PostgreSQL database: postgresql://USER:PASSWORD@HOST/NAME")
    target = Database(url)
    try:
        with target.engine.connect() as connection:
            revision, tables = revision_of(connection), inspect(connection).get_table_names()
    finally:
        target.close()
    if revision is None and tables:
        raise WrongState(f"The new database has a table “{tables[0]}” already. Give the address of an empty one.")
    if revision not in (None, HEAD):
        raise WrongState(
            f"The new database has schema {revision}, this version needs {HEAD}. Give the address of an empty one."
        )
    migrate(url)


def copy(source: Database, target: Database) -> Copied:
    """Move every row of `source`, which nobody else may have open, into `target`, which must be empty.

    Raises:
        WrongState: another process has the source open, the target has rows, PostgreSQL does not take a row, or what
            arrived is not what was sent. Then nothing was moved.
    """
    with held(source) as reading, target.engine.begin() as writing:
        _require_empty(writing)
        writing.execute(text("SET LOCAL timezone TO 'UTC'"))  # SQLite's times are in UTC and do not say so
        rows = sum(_copy_table(reading, writing, table) for table in METADATA.sorted_tables)
        for table in METADATA.sorted_tables:
            _move_sequence_on(writing, table)
        writing.execute(text("ANALYZE"))  # else the first questions are planned as if there were no rows
        return Copied(rows, len(METADATA.sorted_tables), _verified(reading, writing))


@contextmanager
def held(source: Database) -> Iterator[Connection]:
    """The source, in one transaction during which nobody else can write.

    Only who has the file alone may switch SQLite's write-ahead log off. So a process that was not stopped is found,
    also one that does nothing just now; and one that is started meanwhile cannot get in, since it needs that log.
    """
    with source.engine.execution_options(immediate=True).connect() as connection:
        raw = _sqlite(connection)
        raw.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            raw.execute("PRAGMA journal_mode = DELETE")
            connection.begin()
        except (sqlite3.OperationalError, OperationalError) as error:
            raise WrongState(_IN_USE) from error
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() != "delete":
            raise WrongState(_IN_USE)  # somebody came in between the two
        yield connection


def _require_empty(writing: Connection) -> None:
    for table in METADATA.sorted_tables:
        name = writing.dialect.identifier_preparer.format_table(table)
        writing.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        if writing.execute(select(1).select_from(table).limit(1)).first() is not None:
            raise WrongState(f"The new database has rows already (“{table.name}”). Give the address of an empty one.")


def _copy_table(reading: Connection, writing: Connection, table: Table) -> int:
    """Hand every row on; returns how many there were, which is how many there are now."""
    rows = _sqlite(reading).execute(str(select(table).compile(reading)))
    rows.arraysize = CHUNK
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    )
    raw = writing.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - narrows the type; `prepare` has looked
    sent = 0
    try:
        with raw.cursor() as cursor, cursor.copy(into) as stream:
            while chunk := rows.fetchmany():
                for row in chunk:
                    stream.write_row(row)
                sent += len(chunk)
    except psycopg.DataError as error:
        reason = error.diag.message_primary or type(error).__name__
        raise WrongState(f"PostgreSQL does not take a row of “{table.name}” ({reason}); nothing was copied.") from error
    there = writing.execute(select(func.count()).select_from(table)).scalar_one()
    if there != sent:
        raise WrongState(f"“{table.name}” has {sent:,} rows, {there:,} arrived; nothing was copied.")
    return sent


def _move_sequence_on(writing: Connection, table: Table) -> None:
    """Rows came with their ids, which a sequence does not see: the next one must not be given out again."""
    column = table.autoincrement_column
    if column is None:
        return
    name = writing.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar_one()
    last = writing.execute(select(func.max(column))).scalar_one()
    if name is not None and last is not None:
        writing.execute(select(func.setval(name, last)))


def _verified(reading: Connection, writing: Connection) -> Standing | None:
    with _joined(reading) as before, _joined(writing) as after:
        problems = checks.run_checks(after)
        if problems:
            hint = "Nothing was copied: the check fails. Does python -m bot check say the same of the old database?"
            raise WrongState("\n".join([hint, *problems]))
        sealed = seal_checks.standing(after)
        if sealed != seal_checks.standing(before):
            raise WrongState("The seals are not those of the old database; nothing was copied.")
        return sealed


def _joined(connection: Connection) -> Session:
    return Session(connection, join_transaction_mode="rollback_only")


def _sqlite(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - narrows the type; the caller has looked
    return raw
