"""Forecasting what is to be forecast anew: a job of the clock beside its tick, a few items at a time.

Any number of clocks may run: an item that two forecast at once is kept as the second one says, which is the same.
"""

from datetime import datetime

from models.database import Database
from models.services import forecasting
from scheduler.failures import Failures

SECONDS = 30
ITEMS = 200
"""Items of one go, which takes less than a second; on SQLite others write between two of them."""
GOES = 20


def forecast(database: Database, now: datetime, failures: Failures | None = None) -> int:
    """Forecast some of the items whose forecast is too old; returns how many. Errors are logged; none is raised."""
    failures = failures if failures is not None else Failures()
    subject = "forecasting"
    made = 0
    if failures.is_resting(subject, now):
        return made
    with failures.noted(subject, now):
        for _ in range(GOES):
            done = go(database, now, before=now - forecasting.KEPT_FOR)
            made += done
            if done < ITEMS:
                break
    return made


def go(database: Database, now: datetime, *, before: datetime) -> int:
    """Forecast at most `ITEMS` of the items that were not forecast since `before`; returns how many."""
    # Read and worked out before writing: on SQLite nobody else could write meanwhile.
    with database.read() as session:
        stale = forecasting.stale(session, before, ITEMS)
        made = list(forecasting.forecasts(session, now, lambda item_id: item_id.in_(stale))) if stale else []
    if made:
        with database.write() as session:
            forecasting.store(session, made)
    return len(made)
