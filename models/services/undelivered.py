"""What is not in Slack: messages that wait, and ones that were given up, which can be tried again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from models.errors import NotFound, WrongState
from models.journal import Intent, OutboxMessage, OutboxState

ON_THEIR_WAY = (OutboxState.PENDING, OutboxState.CLAIMED)


@dataclass(frozen=True)
class Undelivered:
    """How many wait and how many were given up, and the oldest of each."""

    waiting: int
    given_up: int
    first_waiting: tuple[OutboxMessage, ...]
    first_given_up: tuple[OutboxMessage, ...]


def undelivered(session: Session, *, most: int) -> Undelivered:
    """Read it, with at most `most` rows of each."""
    return Undelivered(
        _count(session, *ON_THEIR_WAY),
        _count(session, OutboxState.FAILED),
        _first(session, most, *ON_THEIR_WAY),
        _first(session, most, OutboxState.FAILED),
    )


def retry(session: Session, message_id: int, *, now: datetime) -> None:
    """Put a message that was given up back among those that wait, as if it had never been tried.

    Raises:
        NotFound: there is no such message.
        WrongState: it was not given up.
    """
    row = session.get(OutboxMessage, message_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no message {message_id}. See python -m bot outbox")
    if row.state is not OutboxState.FAILED:
        is_sent = row.state is OutboxState.SENT
        raise WrongState(f"Message {message_id} {'was sent' if is_sent else 'is still tried'}: nothing to do.")
    _put_back(session, row, now)


def retry_all(session: Session, *, most: int, now: datetime) -> int:
    """The same for the first `most` of those that were given up; returns how many that were."""
    rows = session.exec(
        select(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.FAILED)
        .order_by(col(OutboxMessage.id))
        .limit(most)
        .with_for_update()
    ).all()
    for row in rows:
        _put_back(session, row, now)
    return len(rows)


def locked_pending(session: Session, intent: Intent, subject: str) -> OutboxMessage | None:
    """The one row that waits to show a thing and is not claimed, locked; None when there is none."""
    return session.exec(
        select(OutboxMessage)
        .where(
            OutboxMessage.intent == intent,
            OutboxMessage.subject == subject,
            OutboxMessage.state == OutboxState.PENDING,
        )
        .with_for_update()
    ).one_or_none()


def _put_back(session: Session, row: OutboxMessage, now: datetime) -> None:
    """What shows the same thing and waits already takes over what is known of it: only one may wait."""
    newer = locked_pending(session, row.intent, row.subject)
    if newer is not None:
        # Since when it may be in Slack without our knowing: it is looked for there before it is sent.
        newer.attempted_at = min(filter(None, (row.attempted_at, newer.attempted_at)), default=None)
        session.delete(row)
    heir = newer or row
    heir.state, heir.attempts, heir.not_before = OutboxState.PENDING, 0, now
    heir.claimed_by, heir.claimed_until = None, None
    session.add(heir)
    session.flush()


def _count(session: Session, *states: OutboxState) -> int:
    return session.exec(
        select(func.count()).select_from(OutboxMessage).where(col(OutboxMessage.state).in_(states))
    ).one()


def _first(session: Session, most: int, *states: OutboxState) -> tuple[OutboxMessage, ...]:
    return tuple(
        session.exec(
            select(OutboxMessage)
            .where(col(OutboxMessage.state).in_(states))
            .order_by(col(OutboxMessage.created_at), col(OutboxMessage.id))
            .limit(most)
        ).all()
    )
