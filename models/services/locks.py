"""Work of which only one may run at a time in the whole system, such as an import.

PostgreSQL holds an advisory lock until the transaction ends. On SQLite a writing transaction is alone anyway.
"""

from enum import IntEnum

from sqlalchemy import text
from sqlmodel import Session


class Work(IntEnum):
    """What is done one at a time. The numbers only have to differ from each other and from `models.migrate`'s."""

    IMPORT = 0x696D706F7274
    APPLY = 0x6170706C79
    SEAL = 0x7365616C
    SUM = 0x73756D
    START = 0x7374617274  # of sessions: each finds what the one before has put on a sheet


def one_at_a_time(session: Session, work: Work) -> None:
    """Wait until nobody else does this work; holds until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:work)"), {"work": int(work)})
