"""Opening the database, and the two ways to use it: `read()` and `write()`.

SQLite is the embedded default. Its writers begin IMMEDIATE: a transaction that reads first and writes later would
otherwise fail when another writer got in between, instead of waiting. One process-wide lock around writes keeps the
threads of this process from queueing inside SQLite, where waiting is polling. PostgreSQL needs neither; there the
services lock the rows they judge.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.selectable import FromClause
from sqlmodel import Session

from models.errors import BadInput

DEFAULT_URL = "sqlite:///cycle-count.db"

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # else INSERT OR REPLACE deletes ledger rows past the trigger that refuses it
    "PRAGMA cache_size = -65536",
)


class Database:
    """One database. Opens at most a handful of connections, lazily; `close()` gives them back."""

    def __init__(self, url: str = DEFAULT_URL) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writer = self.engine.execution_options(immediate=True) if self.is_sqlite else self.engine
        self._write_lock: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction, committed at the end of the block, rolled back if it raises."""
        with self._write_lock, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state (SQLite) or the latest committed one (PostgreSQL)."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that sees one consistent state, however long it reads; it is for reading only."""
        with self.read() as session:
            if not self.is_sqlite:
                options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                session.connection(execution_options=options)
            yield session

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


class _Compiler(SQLiteCompiler):
    """Writes the hints of a statement behind its tables, which is where SQLite wants `INDEXED BY`."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """The hint as it was given; SQLAlchemy knows none for SQLite."""
        del table
        return text


def _engine(url: str) -> Engine:
    try:
        parsed = make_url("postgresql://" + url.removeprefix("postgres://") if url.startswith("postgres://") else url)
        # Bound values are what people typed: they stay out of errors, and so out of the log.
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
        if parsed.get_backend_name() != "sqlite":
            raise BadInput(f"DATABASE_URL names “{parsed.get_backend_name()}”; use sqlite:///FILE or postgresql://…")
        engine = create_engine(parsed, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadInput("DATABASE_URL is not a database URL; use sqlite:///FILE or postgresql://…") from error
    engine.dialect.statement_compiler = _Compiler
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the type; only SQLite engines listen
    connection.isolation_level = None  # the driver must not begin transactions of its own
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
