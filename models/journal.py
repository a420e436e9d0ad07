"""What is to be told, what was heard, and what was done.

*Outbox*: a row is an intent to show something ("the sheet of session 12"), written in the same transaction as the
change it tells of and rendered only when it is sent. Until it is claimed it is unique by key, so ten changes to a
sheet become one update. *Sent messages* remember where a thing stands in Slack, so that it is updated in place.
*Inbound events* remember what was already handled. *Audit events* remember who did what.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime, enum_type

_IS_PENDING = text("state = 'pending'")


class Intent(StrEnum):
    """What a message shows. The subject of each is named behind it."""

    # First, because whoever tells it waits for a sign-off in progress: as long as they hold no other row of the outbox.
    SIGN_OFF_CHANGED = (
        "changed"  # session id "." number: that it changed since it was signed off, in the sheet's thread
    )
    SHEET = "sheet"  # session id: the count sheet in the team's channel
    SUMMARY = "summary"  # session id: the result, in the sheet's thread
    SKIPS = "skips"  # session id: what could not be counted, in the review channel, when the session closes
    RECOUNT_ASK = "recount"  # line id "." number of the recount: by direct message, else in the sheet's thread
    DIRECT_QUESTION = "question"  # direct question id: what is asked by direct message
    DIRECT_REFUSAL = "unsaved"  # direct question id: why its answer was not stored
    PRACTICE = "practice"  # practice id: the sheet of an exercise
    REVIEW_CARD = "card"  # line id: the card in the review channel
    REMINDER = "reminder"  # session id: who has something to count, in the sheet's thread
    OVERDUE = "overdue"  # session id: what was not counted by the due time, in the review channel
    ESCALATION = "escalation"  # line id "." version: who is asked instead, in the card's thread
    REVIEW_CALL = "waiting"  # line id "." number of the call: whom a line waits for since long, in the card's thread
    DELEGATION = "delegation"  # delegation id "." member id: what is handed over by or to them, by direct message
    SECOND = "second"  # line id "." version: who is asked to confirm what was decided first, in the card's thread
    CLASS_REPORT = "classes"  # class run id "." team id: what a classification changed, in the review channel
    RECEIPT = "receipt"  # sign-off id: what was signed, in the sheet's thread
    RECEIPT_FILE = "receipt file"  # sign-off id: every line of it as a file, behind the receipt
    INQUIRY = "inquiry"  # inquiry id: what happened there, asked by direct message or in the card's thread
    DIGEST = "digest"  # team id "." day as 20261123: what waits for a decision, in the review channel
    EXPORT = "export"  # export request id: the file that somebody asked for, in their direct messages
    EXPORT_REFUSED = "no export"  # export request id: why it could not be made
    CHART = "chart"  # Slack id: the picture that this person's Home lacks
    HOMES = "homes"  # channel: everybody's Home that tells of its teams
    HOME = "home"  # Slack id: that person's Home
    TICK = "tick"  # channel "." ts of a reply that was understood: a reaction


class OutboxState(StrEnum):
    """Where an intent is on its way."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"


class OutboxMessage(SQLModel, table=True):
    """One intent. `touched` grows each time it is asked for again; `attempted_at` is set before each try."""

    __table_args__ = (
        Index(
            "uq_outboxmessage_pending",
            "intent",
            "subject",
            unique=True,
            sqlite_where=_IS_PENDING,
            postgresql_where=_IS_PENDING,
        ),
        Index("ix_outboxmessage_work", "state", "not_before", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    intent: Intent = Field(sa_column=Column(enum_type(Intent), nullable=False))
    subject: str = Field(max_length=80)
    channel: str = Field(max_length=32)
    state: OutboxState = Field(
        default=OutboxState.PENDING,
        sa_column=Column(enum_type(OutboxState, constraint="ck_outboxmessage_state"), nullable=False),
    )
    touched: int = 1
    attempts: int = 0
    not_before: datetime = Field(sa_type=UtcDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claimed_by: str | None = Field(default=None, max_length=64)
    attempted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(sa_type=UtcDateTime)


class SentMessage(SQLModel, table=True):
    """Where a thing stands in Slack: one message per intent and subject."""

    __table_args__ = (UniqueConstraint("intent", "subject"), Index("ix_sentmessage_ts", "channel", "ts"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    intent: Intent = Field(sa_column=Column(enum_type(Intent), nullable=False))
    subject: str = Field(max_length=80)
    channel: str = Field(max_length=32)
    ts: str = Field(max_length=32)
    posted_at: datetime = Field(sa_type=UtcDateTime)


class InboundEvent(SQLModel, table=True):
    """A key of something handled (an event id, a view and its nonce): the second time, nothing is done."""

    key: str = Field(primary_key=True, max_length=200)
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)


class AuditEvent(SQLModel, table=True):
    """Who did what to what. `actor` is a Slack id, or "system"; `detail` is JSON."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str = Field(max_length=64)
    action: str = Field(max_length=64)
    subject: str = Field(max_length=120, index=True)
    detail: str = Field(default="{}")
