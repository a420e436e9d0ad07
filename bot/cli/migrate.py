"""`migrate`: create or upgrade the database."""

import argparse

from bot.cli.databases import say
from models.migrate import HEAD
from models.migrate import migrate as upgrade
from models.settings import Settings


def migrate(_parsed: argparse.Namespace, settings: Settings) -> int:
    """Upgrade to the newest schema."""
    upgrade(settings.database_url)
    say(f"The database has schema {HEAD}.", "Next: python -m bot import stock.csv, python -m bot apply setup.toml")
    return 0
