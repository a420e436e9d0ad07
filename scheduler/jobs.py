"""What one look at the clock does: lines expire, plans start, recounts are passed on, people are reminded, and so on.

Each line and each plan is a write transaction of its own, so that one that fails takes nothing with it. There is no
lock between clocks: the services look again inside the transaction, and an occurrence is unique in the database, so
several clocks on one database do the work once. Lines expire first, because what was not counted in the last session
is back in the pool when the next one chooses its lines.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.database import Database
from models.milestones import Milestone, reached
from models.services import (
    claims,
    class_schedule,
    digests,
    direct_storing,
    expiry,
    plans,
    reminders,
    review_calls,
    silence,
)
from scheduler.failures import Failures

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tick:
    """What a tick did: ids of what it started, expired, released, reminded of, passed on, called for and classified.

    `released` are the lines whose holders were silent for too long; `stored` are the direct counts of which it stored
    an answer; `told` are the teams that get their digest; `failed` are references of failures.
    """

    started: tuple[int, ...] = ()
    expired: tuple[int, ...] = ()
    released: tuple[int, ...] = ()
    reminded: tuple[int, ...] = ()
    passed_on: tuple[int, ...] = ()
    called: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    classified: int | None = None
    stored: tuple[int, ...] = ()
    failed: tuple[str, ...] = ()


def tick(database: Database, now: datetime, failures: Failures | None = None) -> Tick:
    """Do everything that is due at `now`. Errors are logged and end up in `failed`; none is raised.

    `failures` carries the memory from tick to tick; without it everything is tried.
    """
    at_work = _Work(database, now, failures if failures is not None else Failures())
    # Before lines expire: what was counted in time is counted.
    stored = at_work.each(
        direct_storing.counts_due, direct_storing.store_due, "finding the answers that are due", "storing the answer of"
    )
    expired = at_work.each(expiry.lines_due, expiry.expire_line, "finding the lines that are due", "expiring line")
    released = at_work.each(
        claims.silent_lines, claims.release_silent, "finding the lines of who is silent", "releasing line"
    )
    started = [
        session_id
        for plan_id in at_work.due(plans.due_plan_ids, "finding the plans that are due")
        if (session_id := at_work.start(plan_id)) is not None
    ]
    passed_on = at_work.each(silence.recounts_unanswered, silence.pass_on, "passing on recounts", "passing on line")
    reminded = at_work.each(reminders.sessions_to_remind, reminders.remind, "finding reminders", "reminding of session")
    called = at_work.each(review_calls.lines_to_call, review_calls.call, "finding calls", "calling for line")
    told = at_work.each(digests.teams_to_tell, digests.tell, "finding digests", "telling what waits in team")
    classified = at_work.classify()
    return Tick(
        started=tuple(started),
        expired=tuple(expired),
        released=tuple(released),
        reminded=tuple(reminded),
        passed_on=tuple(passed_on),
        called=tuple(called),
        told=tuple(told),
        classified=classified,
        stored=tuple(stored),
        failed=at_work.failures.take_references(),
    )


@dataclass(frozen=True)
class _Work:
    """One tick's database, time and memory of failures."""

    database: Database
    now: datetime
    failures: Failures

    def due(self, find: Callable[[Session, datetime], list[int]], subject: str) -> list[int]:
        """The ids that `find` finds; none when it fails."""
        if not self.failures.is_resting(subject, self.now):
            with self.failures.noted(subject, self.now), self.database.read() as session:
                return find(session, self.now)
        return []

    def each(
        self,
        find: Callable[[Session, datetime], list[int]],
        handle: Callable[[Session, int, datetime], bool],
        finding: str,
        handling: str,
    ) -> list[int]:
        """Handle everything that `find` finds, each in a transaction of its own; returns the ids that were handled.

        `finding` and `handling` say in the log what failed; the second with the id behind it.
        """
        return [one for one in self.due(find, finding) if self._handled(handle, one, f"{handling} {one}")]

    def _handled(self, handle: Callable[[Session, int, datetime], bool], one: int, subject: str) -> bool:
        """False when it moved on, or when that failed."""
        if not self.failures.is_resting(subject, self.now):
            with self.failures.noted(subject, self.now), self.database.write() as session:
                return handle(session, one, self.now)
        return False

    def start(self, plan_id: int) -> int | None:
        """Start the session of a plan that is due and return its id; None when another did, or when that failed."""
        subject = f"starting plan {plan_id}"
        if self.failures.is_resting(subject, self.now):
            return None
        with self.failures.noted(subject, self.now):
            with self.database.read() as session:
                draft = plans.draft_due(session, plan_id, self.now)
            with self.database.write() as session:
                started = plans.start_due(session, plan_id, self.now, draft)
            if started is not None:  # only now, after the commit, it is true
                reached(Milestone.SESSION_STARTED)
                _LOG.info("session %s of plan %s started, due at %s", started.id, plan_id, started.due_at.isoformat())
                return started.id
        return None

    def classify(self) -> int | None:
        """Compute classes when it is time to, and return the id of the run; None when another did, or that failed."""
        subject = "computing classes"
        if self.failures.is_resting(subject, self.now):
            return None
        with self.failures.noted(subject, self.now):
            with self.database.read() as session:
                ranking = class_schedule.rank_if_due(session, self.now)
            if ranking is not None:
                with self.database.write() as session:
                    run_id = class_schedule.apply_due(session, ranking, self.now)
                if run_id is not None:
                    _LOG.info("classes computed, run %s", run_id)
                return run_id
        return None
