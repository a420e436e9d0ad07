"""The outbox as a delivery worker sees it: claiming a row, and saying what became of it.

A claim is a lease: a worker that dies leaves its row to be claimed again when the lease is over. The claim is one
guarded UPDATE, so that of two workers one wins. While a row is claimed, no other row that shows the same thing is:
an older picture can never overwrite a newer one, and a thing that is not posted yet is not posted twice.

Whoever claims a row that may have been sent before (`attempted_at`) must look for the message before sending it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, and_, exists, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from models.database import Database
from models.journal import Intent, OutboxMessage, OutboxState, SentMessage
from models.services import journal
from models.services.undelivered import locked_pending
from models.services.upserts import insert_for

LEASE = timedelta(seconds=60)
SENDING = timedelta(seconds=45)  # four calls at their longest, each with plainer blocks than the one before
_CANDIDATES = 10  # rows looked at for one claim; other workers may take some of them first
_ERROR_LENGTH = 500


@dataclass(frozen=True)
class Claim:
    """A row that is ours until `until`. `attempted_at`: the first time it may have gone out, None for never."""

    id: int
    intent: Intent
    subject: str
    channel: str
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    until: datetime
    by: str


def claim_next(database: Database, *, by: str, now: datetime, busy: Collection[str], last: str = "") -> Claim | None:
    """Claim the first row that is due, leaving alone what goes to `busy` channels; None when there is none.

    What goes to the channel `last` comes after all that goes elsewhere. Reactions are not messages: they may go to a
    busy channel.
    """
    with database.read() as session:
        candidates = _candidates(session, now, busy)
        if len(candidates) == _CANDIDATES and all(row.channel == last for row in candidates):
            candidates = _candidates(session, now, [*busy, last]) or candidates
    for row in sorted(candidates, key=lambda one: one.channel == last):
        until = now + LEASE
        with database.write() as session:
            claimed = session.execute(
                update(OutboxMessage)
                .where(col(OutboxMessage.id) == row.id, _due(now), _nobody_shows_the_same())
                .values(state=OutboxState.CLAIMED, claimed_until=until, claimed_by=by)
                .execution_options(synchronize_session=False)
            )
            if _changed(claimed) == 1:
                return Claim(
                    id=row.id or 0,
                    intent=row.intent,
                    subject=row.subject,
                    channel=row.channel,
                    attempts=row.attempts,
                    created_at=row.created_at,
                    attempted_at=_first_attempt(session, row),
                    until=until,
                    by=by,
                )
    return None


def _candidates(session: Session, now: datetime, busy: Collection[str]) -> list[OutboxMessage]:
    return list(
        session.exec(
            select(OutboxMessage)
            .where(
                col(OutboxMessage.state).in_([OutboxState.PENDING, OutboxState.CLAIMED]),
                _due(now),
                or_(col(OutboxMessage.channel).not_in(busy), col(OutboxMessage.intent) == Intent.TICK),
                _nobody_shows_the_same(),
            )
            .order_by(col(OutboxMessage.not_before), col(OutboxMessage.id))
            .limit(_CANDIDATES)
        )
    )


def sent_message(session: Session, intent: Intent, subject: str) -> SentMessage | None:
    """Where a thing stands in Slack, None when it was never posted (or its message was deleted)."""
    return session.exec(
        select(SentMessage).where(SentMessage.intent == intent, SentMessage.subject == subject)
    ).one_or_none()


def attempt(session: Session, claim: Claim, now: datetime) -> bool:
    """Note, before sending, that the row may go out now. False: the lease is over, and the row another's."""
    if now >= claim.until - SENDING:
        return False
    noted = session.execute(
        update(OutboxMessage)
        .where(*_ours(claim))
        .values(attempted_at=claim.attempted_at or now)
        .execution_options(synchronize_session=False)
    )
    return _changed(noted) == 1


def mark_sent(session: Session, claim: Claim, now: datetime, *, channel: str = "", ts: str = "") -> None:
    """Close the row; with a `ts`, remember where the message stands. Without one, nothing was sent, or a file."""
    session.execute(
        update(OutboxMessage)
        .where(*_ours(claim))
        .values(state=OutboxState.SENT, sent_at=now, attempts=claim.attempts + bool(ts), last_error=None)
        .execution_options(synchronize_session=False)
    )
    if ts and claim.intent is not Intent.TICK:
        statement = insert_for(session, SentMessage).values(
            intent=claim.intent, subject=claim.subject, channel=channel, ts=ts, posted_at=now
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["intent", "subject"],
                set_={"channel": channel, "ts": ts, "posted_at": now},
                where=col(SentMessage.ts) != ts,
            )
        )


def put_back(database: Database, claim: Claim, *, not_before: datetime, attempts: int, error: str | None) -> None:
    """Leave the row for later. If the same thing was asked for meanwhile, that row takes over what is known of it."""
    for last_try in (False, True):
        try:
            with database.write() as session:
                _put_back(session, claim, not_before, attempts, error)
        except IntegrityError:
            # The same thing was asked for between our look and our commit; the second look sees it.
            if last_try:
                raise
        else:
            return


def fail(session: Session, claim: Claim, *, attempts: int, error: str) -> None:
    """Give the row up, for people to look at."""
    session.execute(
        update(OutboxMessage)
        .where(*_ours(claim))
        .values(state=OutboxState.FAILED, attempts=attempts, last_error=error[:_ERROR_LENGTH])
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, sent: SentMessage) -> None:
    """Forget a message that is not in Slack any more."""
    known = session.get(SentMessage, sent.id)
    if known is not None and known.ts == sent.ts:
        session.delete(known)


def post_anew(database: Database, gone: SentMessage, now: datetime) -> None:
    """Have a message posted again that somebody deleted in Slack, because something belongs under it."""
    with database.write() as session:
        forget(session, gone)
        journal.notify(session, gone.intent, gone.subject, channel=gone.channel, now=now)


def _put_back(session: Session, claim: Claim, not_before: datetime, attempts: int, error: str | None) -> None:
    row = session.exec(select(OutboxMessage).where(*_ours(claim)).with_for_update()).one_or_none()
    if row is None:
        return  # the lease was over and another worker has it
    newer = locked_pending(session, claim.intent, claim.subject)
    heir = newer or row
    if newer is not None:
        newer.attempted_at = row.attempted_at or newer.attempted_at
        session.delete(row)
    heir.state = OutboxState.PENDING
    heir.not_before = not_before
    heir.attempts = attempts
    heir.claimed_by, heir.claimed_until = None, None
    heir.last_error = error[:_ERROR_LENGTH] if error else heir.last_error
    session.add(heir)


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(col(OutboxMessage.state) == OutboxState.PENDING, col(OutboxMessage.not_before) <= now),
        and_(col(OutboxMessage.state) == OutboxState.CLAIMED, col(OutboxMessage.claimed_until) <= now),
    )


def _nobody_shows_the_same() -> ColumnElement[bool]:
    other = aliased(OutboxMessage)
    return ~exists().where(
        col(other.state) == OutboxState.CLAIMED,
        col(other.intent) == col(OutboxMessage.intent),
        col(other.subject) == col(OutboxMessage.subject),
        col(other.id) != col(OutboxMessage.id),
    )


def _ours(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        col(OutboxMessage.id) == claim.id,
        col(OutboxMessage.state) == OutboxState.CLAIMED,
        col(OutboxMessage.claimed_by) == claim.by,
        col(OutboxMessage.claimed_until) == claim.until,
    )


def _first_attempt(session: Session, row: OutboxMessage) -> datetime | None:
    """When the thing may first have gone out without our knowing: by this row, or by an earlier one that failed."""
    return session.exec(
        select(func.min(OutboxMessage.attempted_at)).where(
            OutboxMessage.intent == row.intent,
            OutboxMessage.subject == row.subject,
            OutboxMessage.state != OutboxState.SENT,
        )
    ).one()


def _changed(result: object) -> int:
    return cast("CursorResult[object]", result).rowcount  # an UPDATE's result has a rowcount
