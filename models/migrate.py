"""Bringing a database to the schema this version of the code expects.

The schema is built by numbered revisions in `models/migrations/versions`. A database remembers the last one it has
got (Alembic's table `alembic_version`), so that `migrate()` runs only what is missing, in one transaction: a
migration that fails half-way leaves the database as it was. Alembic is configured here, in code; there is no ini
file that could point somewhere else.
"""

import logging
from pathlib import Path

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from models.database import Database
from models.errors import WrongState

# The newest revision. A constant, because asking Alembic costs its import (over a second) at every start of the bot.
HEAD = "0025"

FIRST_WITH_RECORDS = "0022"

_SCRIPTS = Path(__file__).parent / "migrations"
# Any number does, as long as everybody who migrates this schema takes the same one.
_LOCK = 0x6379636C65


def migrate(url: str) -> None:
    """Upgrade the database at `url` to the newest schema; does nothing when it is there already.

    Two processes may migrate at once: the second waits for the first and finds nothing left to do.
    """
    database = Database(url)
    if database.is_sqlite:
        event.listen(database.engine, "connect", _let_tables_be_copied)
    try:
        with database.engine.execution_options(immediate=True).begin() as connection:
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            before = revision_of(connection)
            if before != HEAD:
                _upgrade(connection)
                if before is not None and before < FIRST_WITH_RECORDS:
                    _build_records(connection)
                if database.is_sqlite:
                    _require_references(connection)
    finally:
        database.close()


def _build_records(connection: Connection) -> None:
    """Give lines that were counted by a version without count records theirs, in the transaction of the migration.

    Not in the revision itself: it needs the services, and they need the newest schema.
    """
    from sqlmodel import Session  # noqa: PLC0415 - late, as Alembic: only an upgrade needs it

    from models.services import records  # noqa: PLC0415 - same

    with Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False) as session:
        records.build_missing(session)
        session.flush()


def revision_of(connection: Connection) -> str | None:
    """The revision the database has got; None for one that was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def require_current(database: Database) -> None:
    """Raise WrongState, with what to do, unless the database has the schema of this version."""
    with database.engine.connect() as connection:
        revision = revision_of(connection)
    if revision is None:
        raise WrongState("The database is empty. Run “python -m bot migrate” first.")
    if revision != HEAD:
        raise WrongState(
            f"The database has schema {revision}, this version needs {HEAD}. Run “python -m bot migrate” first."
        )


def _let_tables_be_copied(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """SQLite changes a column by copying its table and dropping the old one, which foreign keys would refuse.

    Inside of a transaction they cannot be switched off. What they guard is asked once at the end instead.
    """
    connection.cursor().execute("PRAGMA foreign_keys = OFF")


def _require_references(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise WrongState(
            f"The migration would leave rows of “{broken[0]}” without what they refer to; nothing was done."
        )


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - late: it takes over a second, and most starts find nothing to do
    from alembic.config import Config  # noqa: PLC0415 - same

    # Alembic tells every step at INFO; whoever migrates says what was done in a sentence.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    # Alembic's options are ConfigParser text, in which a lone % would begin a placeholder.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
