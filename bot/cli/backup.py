"""`backup FILE`: a copy of a SQLite database that is in use, whole or not there."""

import argparse

from bot.cli.databases import say
from bot.whole_files import whole_file
from models import backups
from models.database import Database
from models.errors import BadInput
from models.migrate import HEAD
from models.settings import Settings


def backup(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write and verify it. A database that still has to be migrated is taken too: that is when one wants a backup."""
    database = Database(settings.database_url)
    try:
        if not database.is_sqlite:
            raise BadInput(
                "PostgreSQL has its own way: pg_dump --format=custom --file=FILE with the address in DATABASE_URL, and"
                " pg_restore to bring it back."
            )
        place = backups.file_of(database)
        if parsed.file.exists():
            if parsed.file.samefile(place):
                raise BadInput(f"{parsed.file}: that is the database itself; give another name.")
            if not parsed.force:
                raise BadInput(f"{parsed.file}: is there already; give another name, or add --force.")
        with whole_file(parsed.file) as part:
            revision = backups.back_up(database, part)
            size = part.stat().st_size
    finally:
        database.close()
    older = "" if revision == HEAD else f", older than this version's {HEAD}"
    say(
        f"{parsed.file}: {size / 1e6:,.1f} MB, whole, schema {revision}{older}",
        f"To go back to it: stop the bot and the clock, delete {place.name}-wal and {place.name}-shm beside {place},",
        "copy the file there, and run python -m bot check",
    )
    return 0
