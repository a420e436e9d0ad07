"""`INSERT ... ON CONFLICT`, which both engines have and SQLAlchemy keeps apart by dialect."""

from typing import TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Table = TypeVar("Table", bound=SQLModel)


def insert_for(session: Session, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into `table` of the session's engine, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
