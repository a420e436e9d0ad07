"""Computing classes by the clock: once for each time that comes, however many clocks there are.

The lock is the database's, as it is for plans: `next_due` moves on only if it still is what was read. Ranking comes
before it, in a reading transaction, because at a million items it takes long; a clock that was slower finds the time
moved on and throws its ranking away. Times missed while no clock ran are caught up with one run. A time at which there
is nothing to rank passes: it is logged, and nobody is told.
"""

import logging
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col

from models.classes import ClassSettings
from models.rules.occurrences import next_after
from models.rules.schedules import parse_schedule
from models.services import class_settings, classification, journal, people
from models.services.classification import Ranking

_LOG = logging.getLogger(__name__)


def is_due(session: Session, now: datetime) -> bool:
    """Whether the time has come to compute classes."""
    due = class_settings.stored(session).next_due
    return due is not None and due <= now


def rank_if_due(session: Session, now: datetime) -> Ranking | None:
    """A ranking for `apply_due`, if the time has come. It only reads."""
    return classification.rank(session, now) if is_due(session, now) else None


def apply_due(session: Session, ranking: Ranking, now: datetime) -> int | None:
    """Move on to the next time and apply the ranking; returns the id of the run.

    None: another clock has done it, or there was nothing to rank.
    """
    settings = session.get(ClassSettings, 1, with_for_update=True)
    if settings is None or settings.next_due is None or settings.next_due > now:
        return None
    schedule = parse_schedule(settings.schedule, people.company(session).timezone)
    moved = cast(
        "CursorResult[object]",  # an UPDATE's result has a rowcount; the stub is of the general kind
        session.execute(
            update(ClassSettings)
            .where(col(ClassSettings.id) == 1, col(ClassSettings.next_due) == settings.next_due)
            .values(next_due=next_after(schedule, now))
        ),
    )
    if moved.rowcount != 1:
        return None
    if ranking.refusal is not None:
        _LOG.warning("classes were not computed: %s", ranking.refusal)
        return None
    return classification.apply(session, ranking, now=now, actor=journal.SYSTEM).run_id


def schedule_again(session: Session, now: datetime) -> str | None:
    """Compute when classes are computed next, after the schedule or its zone changed; a sentence if that is never."""
    settings = session.get(ClassSettings, 1)
    if settings is None:
        return None
    settings.next_due = None
    session.add(settings)
    if not settings.schedule:
        return None
    settings.next_due = next_after(parse_schedule(settings.schedule, people.company(session).timezone), now)
    if settings.next_due is not None:
        return None
    return f"classes: “{settings.schedule}” is over, so they are not computed by themselves; give it a later time"
