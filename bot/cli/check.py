"""`check`: run every invariant."""

import argparse

from bot.cli.databases import opened, say
from models.services import checks
from models.settings import Settings


def check(_parsed: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each thing that is wrong; 1 when there is any."""
    with opened(settings) as database, database.read() as session:
        problems = checks.run_checks(session)
    say(*(problems or [f"All is well: {len(checks.CHECKS)} invariants hold."]))
    return 1 if problems else 0
