"""`doctor`: whether everything is there that the bot needs, and what to do about what is not."""

import argparse

from bot import doctor as checks
from bot.cli.databases import now, say
from models.settings import Settings

_MARKS = {True: "ok  ", False: "FAIL", None: "note"}


def doctor(_parsed: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each; 1 when any failed."""
    is_well = True
    for found in checks.findings(settings, now):
        is_well = is_well and found.is_well is not False
        say(f"{_MARKS[found.is_well]} {found.text}")
    return 0 if is_well else 1
