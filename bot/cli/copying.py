"""`copy --to postgresql://…`: move a SQLite deployment to PostgreSQL."""

import argparse

from sqlalchemy import make_url

from bot import copying
from bot.cli.databases import opened, say
from models import backups
from models.database import Database
from models.errors import BadInput
from models.rules import sealing
from models.settings import Settings


def copy(parsed: argparse.Namespace, settings: Settings) -> int:
    """Copy everything, verify it, and say what to set."""
    if make_url(settings.database_url).get_backend_name() != "sqlite":
        raise BadInput("DATABASE_URL must be the SQLite database to copy: sqlite:///FILE")
    with opened(settings) as source:
        place = backups.file_of(source)
        copying.prepare(parsed.to)
        target = Database(parsed.to)
        try:
            done = copying.copy(source, target)
            shown = target.engine.url.set(drivername="postgresql")  # prints without its password
        finally:
            target.close()
    sealed = f", and the same head of the seals, {sealing.shown(done.sealed.head)}" if done.sealed else ""
    say(
        f"Copied {done.rows:,} rows of {done.tables} tables; every table has as many as before{sealed}. All is well.",
        f"Next: set DATABASE_URL to {shown} (with its password) wherever the bot and the clock run, and start them.",
        f"Let nothing run on {place} any more: what is counted there now does not come along. Keep it as a backup.",
    )
    return 0
