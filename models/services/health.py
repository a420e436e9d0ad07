"""Whether the bot does its work, from what the database shows: messages on their way, runs, sealing.

No process is asked: several may share the database, and a dead one does not answer. What should have happened by now
and has not says which of them is missing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.journal import AuditEvent, OutboxMessage, OutboxState
from models.seals import Seal
from models.services import expiry, plans

LATE = timedelta(minutes=2)
"""What is later than this is not merely under way."""

FAILED_LATELY = timedelta(days=7)

MOST_COUNTED = 1000


@dataclass(frozen=True)
class Health:
    """What is behind. Ages are those of the oldest; None: there is none.

    `waiting` messages are on their way to Slack for longer than `LATE`, `failed` ones were given up in the last week.
    `runs_late` are plans whose run is due for that long, `lines_late` lines whose time is up for that long.
    `unsealed_since` is the oldest event that should be sealed and is not; None also where nothing was ever sealed.
    """

    waiting: int
    waiting_since: datetime | None
    failed: int
    runs_late: int
    lines_late: int
    unsealed_since: datetime | None

    @property
    def is_well(self) -> bool:
        """Whether nothing is behind."""
        return self.is_clock_well and not (self.waiting or self.failed)

    @property
    def is_clock_well(self) -> bool:
        """Whether everything that the clock does was done."""
        return not (self.runs_late or self.lines_late) and self.unsealed_since is None


def health(session: Session, now: datetime) -> Health:
    """Read it; each number is of `MOST_COUNTED` at most."""
    late = now - LATE
    on_their_way = [OutboxState.PENDING, OutboxState.CLAIMED]
    behind = (
        select(OutboxMessage.not_before)
        .where(col(OutboxMessage.state).in_(on_their_way), OutboxMessage.created_at <= late)
        .where(OutboxMessage.not_before <= now)
        .limit(MOST_COUNTED)
        .subquery()
    )
    waiting, since = session.exec(select(func.count(), func.min(behind.c.not_before))).one()
    given_up = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == OutboxState.FAILED, OutboxMessage.created_at > now - FAILED_LATELY)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return Health(
        waiting=waiting,
        waiting_since=since,
        failed=session.exec(select(func.count()).select_from(given_up)).one(),
        runs_late=len(plans.due_plan_ids(session, late)),
        lines_late=len(expiry.lines_due(session, late)),
        unsealed_since=_unsealed_since(session, late),
    )


def _unsealed_since(session: Session, late: datetime) -> datetime | None:
    newest = session.exec(
        select(Seal).where(Seal.of_table == AuditEvent.__tablename__).order_by(col(Seal.last_id).desc()).limit(1)
    ).first()
    if newest is None:
        return None
    oldest = session.exec(
        select(AuditEvent).where(col(AuditEvent.id) > newest.last_id).order_by(col(AuditEvent.id)).limit(1)
    ).first()
    return oldest.at if oldest is not None and oldest.at <= late else None
