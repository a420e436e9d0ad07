"""Counting by direct message: who is being asked, what was asked and answered, and the exercise on toy stock.

A *direct count* is one person's go at their lines. Each *question* is about one line; its answer is held for a moment
(`models.services.direct_counts` says why) and only then becomes a count entry, which is the record of it. A *practice*
is an exercise: it knows no item, no bin and no line, only what somebody typed about toys.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, Quantity, UtcDateTime, enum_type


class QuestionState(StrEnum):
    """What became of a question."""

    OPEN = "open"
    HELD = "held"  # answered; stored when its time is up
    STORED = "stored"
    REFUSED = "refused"  # it could not be stored; `said` is why
    TAKEN_BACK = "taken back"
    PUT_OFF = "put off"
    CLOSED = "closed"  # nobody need answer it any more


class DirectChannel(SQLModel, table=True):
    """The channel of the direct messages between somebody and the bot, once Slack has told it."""

    member_id: int = Field(
        primary_key=True, foreign_key="member.id", sa_type=BigId, sa_column_kwargs={"autoincrement": False}
    )
    channel: str = Field(max_length=32)


class DirectCount(SQLModel, table=True):
    """One person's go at their lines, one by one. Nobody has two that are open.

    `only_line_id`: it is about that one line, a recount that was asked; None: about all of them.
    """

    __table_args__ = (
        Index(
            "uq_directcount_open",
            "member_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    channel: str = Field(max_length=32)
    started_at: datetime = Field(sa_type=UtcDateTime)
    is_open: bool = True
    only_line_id: int | None = Field(default=None, foreign_key="countline.id", sa_type=BigId)


class DirectQuestion(SQLModel, table=True):
    """One question of a direct count, the `number`-th, and its answer. `line_id` None: that nothing is left.

    `place` of `total` is what the person reads ("3 of 12"). An answer is a `quantity` in base units
    with how it was understood (`echo`), or the `reason` why the line cannot be counted, or neither: that its parts are
    all (`models.services.direct_answers`). `typed` is what was written, `counted_at` the count instant. `held_until`
    is when a held answer is stored. `is_claim`: the person has the line because they were asked for it
    (`models.services.direct_claims`).
    """

    __table_args__ = (
        UniqueConstraint("count_id", "number"),
        Index(
            "ix_directquestion_held",
            "held_until",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    count_id: int = Field(foreign_key="directcount.id", sa_type=BigId)
    number: int
    line_id: int | None = Field(default=None, foreign_key="countline.id", sa_type=BigId)
    place: int
    total: int
    state: QuestionState = Field(
        default=QuestionState.OPEN,
        sa_column=Column(enum_type(QuestionState, constraint="ck_directquestion_state"), nullable=False),
    )
    quantity: Decimal | None = Field(default=None, sa_type=Quantity)
    echo: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=200)
    typed: str = Field(default="", max_length=200)
    is_claim: bool = False
    message_ts: str | None = Field(default=None, max_length=32, index=True)
    counted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    said: str = Field(default="", max_length=300)


class Practice(SQLModel, table=True):
    """An exercise of one person. `answers` is JSON: what stands of each toy line, by its number."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", index=True, sa_type=BigId)
    channel: str = Field(max_length=32)
    started_at: datetime = Field(sa_type=UtcDateTime)
    is_open: bool = True
    answers: str = Field(default="{}")
