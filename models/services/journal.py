"""Telling and remembering: outbox intents, inbound keys, audit events - each in the transaction of what it is about."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import event, text
from sqlmodel import Session, col, select

from models.homes import OpenedHome
from models.journal import AuditEvent, InboundEvent, Intent, OutboxMessage, OutboxState
from models.services.upserts import insert_for

SYSTEM = "system"

_ASKED = "intents asked for"
_ORDER = {intent: place for place, intent in enumerate(Intent)}

TOLD_ON_HOME = frozenset({Intent.SHEET, Intent.SUMMARY, Intent.REVIEW_CARD})
"""What changes with these stands on Home, too."""

PACED = "home"
"""What stands for the channel of a Home in the outbox: Slack's limit for publishing them is one for all."""

HOME_PAUSE = timedelta(seconds=5)
"""A Home is shown anew so long after a change, with all that changed meanwhile."""

HOME_LOOKED_AT = timedelta(minutes=20)
"""Slack does not say when somebody leaves their Home; one that was opened so lately is taken to be looked at."""


@dataclass(frozen=True)
class _Asked:
    """An intent that the transaction will write: where it goes, from when, and on what condition."""

    channel: str
    now: datetime
    not_before: datetime
    only_if: Callable[[Session], bool] | None


def notify(
    session: Session,
    intent: Intent,
    subject: str | int,
    *,
    channel: str,
    now: datetime,
    not_before: datetime | None = None,
    only_if: Callable[[Session], bool] | None = None,
) -> None:
    """Ask for `subject` to be shown in `channel`, once, as it is when the message is sent.

    The row is written at the end of the transaction. Many transactions share one sheet: if they locked its row half-way
    and went on to lock stock, two of them could wait for each other. While an equal intent waits unclaimed, it is
    touched instead of adding another. The touch matters: it takes the row's lock, so that a delivery claiming it waits
    for this transaction and renders what it wrote.

    `only_if` is asked then too, after the rows of earlier intents are locked (a summary, after its sheet): whoever
    closes the last line of a session sees what the others have closed.
    """
    asked: dict[tuple[Intent, str], _Asked] = session.info.setdefault(_ASKED, {})
    before = asked.get((intent, str(subject)))
    if before is not None and before.only_if is None:
        only_if = None
    asked[intent, str(subject)] = _Asked(channel, now, not_before or now, only_if)


@event.listens_for(Session, "before_commit")
def _write_intents(session: Session) -> None:
    asked: dict[tuple[Intent, str], _Asked] = session.info.pop(_ASKED, {})
    if not asked:
        return
    session.flush()
    _ask_for_homes(session, asked)
    # Everybody locks them in one order.
    for intent, subject in sorted(asked, key=lambda key: (_ORDER[key[0]], key[1])):
        wish = asked[intent, subject]
        if wish.only_if is None or wish.only_if(session):
            _write_intent(session, intent, subject, wish)


def _ask_for_homes(session: Session, asked: dict[tuple[Intent, str], _Asked]) -> None:
    told = {wish.channel: wish.now for (intent, _), wish in asked.items() if intent in TOLD_ON_HOME}
    if not told:
        return
    looked_at = max(told.values()) - HOME_LOOKED_AT
    if session.exec(select(OpenedHome.member_id).where(col(OpenedHome.opened_at) > looked_at).limit(1)).first() is None:
        return
    for channel, now in told.items():
        asked.setdefault((Intent.HOMES, channel), _Asked(PACED, now, now + HOME_PAUSE, None))


@event.listens_for(Session, "after_rollback")
def _forget_intents(session: Session) -> None:
    session.info.pop(_ASKED, None)


def _write_intent(session: Session, intent: Intent, subject: str, wish: _Asked) -> None:
    statement = insert_for(session, OutboxMessage).values(
        intent=intent,
        subject=subject,
        channel=wish.channel,
        state=OutboxState.PENDING,
        touched=1,
        attempts=0,
        not_before=wish.not_before,
        created_at=wish.now,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["intent", "subject"],
            index_where=text("state = 'pending'"),
            set_={"channel": wish.channel, "touched": OutboxMessage.__table__.c.touched + 1},  # type: ignore[attr-defined]  # set by SQLModel's metaclass
        )
    )


def first_time(session: Session, key: str, now: datetime) -> bool:
    """Remember `key`; False when it was remembered before, so that what it stands for is not done twice."""
    statement = insert_for(session, InboundEvent).values(key=key, received_at=now).on_conflict_do_nothing()
    # Not by rowcount: PostgreSQL's driver does not know it for an INSERT of the ORM.
    return session.execute(statement.returning(col(InboundEvent.key))).scalar_one_or_none() is not None


def first_at(session: Session, key: str) -> datetime:
    """When a key was first remembered; NoResultFound for one that was not."""
    return session.get_one(InboundEvent, key).received_at


def audit(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Write down that `actor` (a Slack id, "system" or "setup file") did `action` to `subject`."""
    written = AuditEvent(
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail_text(detail or {}),
    )
    session.add(written)
    return written


def detail_text(detail: Mapping[str, object]) -> str:
    """What an audit event tells beside who and what, as it is stored."""
    return json.dumps(detail, default=str, ensure_ascii=False, sort_keys=True)
