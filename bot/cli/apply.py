"""`apply setup.toml`: declare teams, people, calendars, plans, tolerances and classes."""

import argparse

from bot.cli.databases import now, opened, read_text, say
from bot.cli.next_steps import next_step
from models.services import setups
from models.settings import Settings


def apply(parsed: argparse.Namespace, settings: Settings) -> int:
    """Apply a set-up file and print what changed, and what was kept."""
    text = read_text(parsed.file)
    with opened(settings) as database:
        with database.write() as session:
            sentences = setups.apply(session, text, file_name=parsed.file.name, now=now(), force=parsed.force)
        say(*(sentences or [f"{parsed.file.name}: nothing to change"]), next_step(database))
    return 0  # also with a warning: the file is applied, only stock has moved since from under something it says
