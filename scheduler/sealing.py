"""Sealing what was committed: a job of the clock beside its tick, so that no plan waits while much is sealed.

Any number of clocks may run: each batch is read on its own and put into the chain by whoever comes first. Rows wait for
a look at most, and for those that were writing to the same table at that look; so they are sealed within ten seconds,
or when a longer transaction has ended. After a large import it goes on at `BATCHES` batches a look.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models.database import Database
from models.rules.sealing import Mark, settled
from models.services import seals
from scheduler.failures import Failures

SECONDS = 4
BATCHES = 30


@dataclass
class Sealing:
    """A clock's memory from look to look: what failed, and who was writing."""

    failures: Failures = field(default_factory=Failures)
    marks: dict[str, Mark] = field(default_factory=dict)


def seal(database: Database, now: datetime, memory: Sealing | None = None) -> tuple[int, ...]:
    """Seal what can be sealed at `now`; returns the ids of the seals. Errors are logged; none is raised."""
    memory = memory if memory is not None else Sealing()
    subject = "sealing"
    made: list[int] = []
    if memory.failures.is_resting(subject, now):
        return ()
    with memory.failures.noted(subject, now):
        with database.read() as session:
            found = seals.look(session)
        for table, mark in found.items():
            up_to, kept = settled(memory.marks.pop(table, None), mark)
            if kept is not None:
                memory.marks[table] = kept
            if up_to is not None:
                made += _seal_up_to(database, table, up_to, now)
    return tuple(made)


def _seal_up_to(database: Database, table: str, up_to: int, now: datetime) -> list[int]:
    made: list[int] = []
    while len(made) < BATCHES:
        # Read and hashed before writing: on SQLite nobody else could write meanwhile.
        with database.read() as session:
            draft = seals.draft(session, table, up_to)
        if draft is None:
            break
        with database.write() as session:
            sealed = seals.seal(session, draft, now)
        if sealed is None:  # by another clock: that one goes on
            break
        made.append(sealed.id)
    return made
