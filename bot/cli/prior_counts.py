"""`import --counts prior.csv`: take over counts that were made before."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from models.database import Database
from models.services import prior_counts
from models.services.catalogue import chunks
from models.services.prior_count_files import PriorCountFile, Progress
from models.services.prior_counts import Names, PriorImport


def shown(path: Path, verb: str) -> Progress | None:
    """Tells how far it is with a long file, to somebody who sits at a terminal."""
    if not sys.stderr.isatty():
        return None
    return lambda rows: _tell(f"\r{path.name}: {rows:,} rows {verb}\x1b[K")


def store(database: Database, file: PriorCountFile, names: Names, zone: ZoneInfo) -> str:
    """Store the counts, a part at a time so that the bot can go on; returns what came of it.

    Whoever interrupts this can begin again: what is stored is known then.
    """
    done = PriorImport()
    progress = shown(file.path, "stored")
    for part in chunks(file.counts(progress), prior_counts.BATCH):
        with database.write() as session:
            done.add(prior_counts.store(session, part, names, zone=zone))
    if progress is not None:
        _tell("\r\x1b[K")
    return said(done, file)


def said(done: PriorImport, file: PriorCountFile) -> str:
    """The one line about it."""
    line = f"counts: {done.imported:,} imported, {done.known:,} known already"
    if done.rated_anew:
        line += f", {done.rated_anew:,} of them rated anew"
    if not done.imported:
        return line
    line += f"; {done.rated:,} say something about accuracy"
    if not file.says_blind:
        return line + " (that takes the column blind, with yes where the counter did not see what was expected)"
    return line + (f" ({done.unexpected:,} have no expected)" if done.unexpected else "")


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
