"""`python -m scheduler`: the clock as a process of its own.

It reads DATABASE_URL, LOG_LEVEL and LOG_FORMAT. SIGTERM and SIGINT let the tick under way finish; then it exits 0. A
malformed setting or a database that is not ready to use: one sentence, and exit 2.
"""

import argparse
import logging
import signal
import sys
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from models import logs
from models.database import Database
from models.errors import CycleCountError
from models.migrate import require_current
from models.settings import Settings
from scheduler.clock import start_clock

_LOG = logging.getLogger("scheduler")


def main() -> int:
    """Run until told to stop; returns the exit code."""
    argparse.ArgumentParser(
        prog="python -m scheduler",
        description="The clock: starts what is due and expires what was not counted. It only writes to DATABASE_URL.",
    ).parse_args()
    # A signal may come between any two steps of the main thread: of all the ways to leave word, only putting into
    # a SimpleQueue is safe there.
    told: SimpleQueue[int] = SimpleQueue()

    def leave_word(number: int, _frame: FrameType | None) -> None:
        told.put(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave_word)
    try:
        settings = Settings.from_environment()
        logs.configure(settings)
        database = Database(settings.database_url)
        require_current(database)
    except CycleCountError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    except SQLAlchemyError as problem:
        _LOG.debug("opening the database", exc_info=problem)
        sys.stderr.write("The database cannot be reached. Check DATABASE_URL, and that its server is running.\n")
        return 2
    clock = start_clock(database, read_clock=lambda: datetime.now(UTC))
    _LOG.info("clock started")
    reason = signal.Signals(_wait_for(told)).name
    clock.stop()
    database.close()
    _LOG.info("clock stopped by %s", reason)
    return 0


def _wait_for(told: SimpleQueue[int]) -> int:
    while True:
        try:
            return told.get(timeout=1)  # on Windows a wait without end would not see Ctrl-C
        except Empty:
            continue


if __name__ == "__main__":
    sys.exit(main())
