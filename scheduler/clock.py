"""The clock: a tick every second, in a thread of its own; sealing, adding up and forecasting in others.

APScheduler only beats the time. It holds no jobs but these, in memory: a job store shared by two
processes runs every job twice, and what is due is in the database anyway (`CountPlan.next_due`, `CountLine.due_at`).
A tick looks at everything that is due, so one that is skipped because the one before it is still at work loses nothing.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from models.database import Database
from scheduler import folding, forecasting, sealing
from scheduler.failures import Failures
from scheduler.jobs import tick

SECONDS = 1


class Clock:
    """A running clock. `stop()` lets the tick under way finish, then ends the thread."""

    def __init__(self, scheduler: BackgroundScheduler) -> None:
        self._scheduler = scheduler

    def stop(self) -> None:
        """Stop; returns when no tick and no sealing is running any more. The database can be closed then."""
        self._scheduler.shutdown(wait=True)


def start_clock(database: Database, *, read_clock: Callable[[], datetime]) -> Clock:
    """Start ticking at once, and every second from then on; `read_clock` says what time it is (aware).

    What was committed is sealed for the first time after `sealing.SECONDS`, and so on; so is it added up after
    `folding.SECONDS`; the same with forecasts.
    """
    # At INFO it writes two lines a second; at WARNING one for each tick that is a second late, which is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    failures = Failures()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        lambda: tick(database, read_clock(), failures),
        IntervalTrigger(seconds=SECONDS, timezone=UTC),
        next_run_time=datetime.now(UTC),
        coalesce=True,
        misfire_grace_time=None,
        max_instances=1,
    )
    memory = sealing.Sealing()
    scheduler.add_job(
        lambda: sealing.seal(database, read_clock(), memory),
        IntervalTrigger(seconds=sealing.SECONDS, timezone=UTC),
        coalesce=True,
        misfire_grace_time=None,
        max_instances=1,
    )
    sums = folding.Folding()
    scheduler.add_job(
        lambda: folding.fold(database, read_clock(), sums),
        IntervalTrigger(seconds=folding.SECONDS, timezone=UTC),
        coalesce=True,
        misfire_grace_time=None,
        max_instances=1,
    )
    forecast_failures = Failures()
    scheduler.add_job(
        lambda: forecasting.forecast(database, read_clock(), forecast_failures),
        IntervalTrigger(seconds=forecasting.SECONDS, timezone=UTC),
        coalesce=True,
        misfire_grace_time=None,
        max_instances=1,
    )
    scheduler.start()
    return Clock(scheduler)
