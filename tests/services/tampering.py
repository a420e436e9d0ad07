"""Changing what the database refuses to change, as somebody does who is its master."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from models.database import Database
from models.services.seal_checks import SEAL_CHECKS

TABLES = ("stockentry", "auditevent", "seal", "sealreceipt", "signoff")


@contextmanager
def tampering(database: Database) -> Iterator[Session]:
    """A transaction in which the triggers of append-only tables are off."""
    with database.write() as session:
        for table in TABLES:
            if database.is_sqlite:
                for change in ("update", "delete"):
                    session.execute(text(f"DROP TRIGGER IF EXISTS {table}_refuses_{change}"))
            else:
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only"))
        yield session


def tamper(database: Database, *statements: str) -> None:
    """Run statements that would be refused."""
    with tampering(database) as session:
        for statement in statements:
            session.execute(text(statement))


def told(database: Database) -> list[str]:
    """What `check` says about seals."""
    with database.read() as session:
        return [problem for check in SEAL_CHECKS for problem in check(session)]


def flipped(value: object) -> object:
    """The same value but for the smallest thing that can be changed in it."""
    match value:
        case None:
            return None
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "\x01"
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case Decimal():
            return value + Decimal("0.001")
        case datetime():
            return value + timedelta(microseconds=1)
        case int():
            return value + 1
    raise AssertionError(value)
