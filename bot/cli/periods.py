"""`lock 2026-10`, `unlock 2026-10 REASON`: which months the books take nothing into any more."""

import argparse

from bot.cli.databases import now, opened, say
from models.services import periods
from models.settings import Settings


def lock(parsed: argparse.Namespace, settings: Settings) -> int:
    """Lock a month; without one, print what is locked and what was."""
    with opened(settings) as database:
        if parsed.period is None:
            with database.read() as session:
                say(*periods.listed(session, by=None, now=now()))
            return 0
        with database.write() as session:
            done = periods.lock(session, parsed.period, by=None, now=now())
    say(done, f"Next: to open it again, python -m bot unlock {parsed.period} REASON")
    return 0


def unlock(parsed: argparse.Namespace, settings: Settings) -> int:
    """Open a month again."""
    with opened(settings) as database, database.write() as session:
        done = periods.unlock(session, parsed.period, " ".join(parsed.reason), by=None, now=now())
    say(done)
    return 0
