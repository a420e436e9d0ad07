"""Adding up what was counted: a job of the clock beside its tick, so that accuracy is read from sums.

Any number of clocks may run: each day is added up on its own, and written by whoever comes first. A day that waits is
answered from its records meanwhile, so a clock that stands still makes answers slower, never wrong.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from models.database import Database
from models.services import record_sums
from scheduler.failures import Failures

SECONDS = 10


@dataclass
class Folding:
    """A clock's memory from look to look: what failed."""

    failures: Failures = field(default_factory=Failures)


def fold(database: Database, now: datetime, memory: Folding | None = None) -> tuple[date, ...]:
    """Add up the days that wait, a look's worth; returns those that were written. Errors are logged; none is raised."""
    memory = memory if memory is not None else Folding()
    subject = "adding up"
    written: list[date] = []
    if memory.failures.is_resting(subject, now):
        return ()
    with memory.failures.noted(subject, now):
        with database.read() as session:
            days = record_sums.pending_days(session)
        for day in days:
            # Added up before writing: on SQLite nobody else could write meanwhile.
            with database.read() as session:
                drafted = record_sums.draft(session, day)
            with database.write() as session:
                if record_sums.fold(session, drafted):
                    written.append(day)
    return tuple(written)
