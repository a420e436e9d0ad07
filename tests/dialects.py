"""One memory of compiled statements for the engines of a whole test run.

SQLAlchemy turns a statement into SQL once for each engine and remembers it there. The bot has one engine for as long
as it runs; the tests have one each, and would spend more than half of their time on compiling the same statements.
Compiled statements hold no data. They depend on the dialect, and the dialects of all engines here are made by the
same code for the same library or server: so they may count as equal, and their engines may share what is remembered.
"""

from typing import ClassVar

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import CompiledCacheType


class _Alike(Dialect):
    """Equal to every other of its class; what an engine compiled, all have."""

    compiled: ClassVar[CompiledCacheType]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give a new engine the memory of all."""
        engine.update_execution_options(compiled_cache=cls.compiled)


class SqliteAlike(_Alike, SQLiteDialect_pysqlite):
    """SQLite's."""

    supports_statement_cache = True  # SQLAlchemy asks each class itself
    compiled: ClassVar[CompiledCacheType] = {}


class PostgresAlike(_Alike, PGDialect_psycopg):
    """PostgreSQL's."""

    supports_statement_cache = True
    compiled: ClassVar[CompiledCacheType] = {}


def share_compiled() -> None:
    """From here on `create_engine` makes engines that share."""
    registry.register("sqlite", __name__, SqliteAlike.__name__)
    registry.register("postgresql.psycopg", __name__, PostgresAlike.__name__)
