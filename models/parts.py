"""Counting one line in parts, by several people; and what was asked about a bare number.

A *part* is what one person counted of a line that is not all counted yet; like an entry it is never edited. The parts
of an attempt are open until an entry closes them: their sum when somebody says *done*, a plain number instead of it,
or, when nobody did either in time, the sum that is put before an approver. `PartsClosing` says which it was.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Quantity, UtcDateTime, enum_type
from models.counts import EntrySource


class Closing(StrEnum):
    """How the parts of an attempt ended."""

    DONE = "done"
    REPLACED = "replaced by a number"
    LEFT_OPEN = "left open"


class CountPart(SQLModel, table=True):
    """A part of the `attempt`-th count of a line, in base units; never edited, a correction replaces it.

    `counted_at` is its own count instant. `source_key` is unique for what the person did.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="countline.id", index=True, sa_type=BigId)
    attempt: int
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    quantity: Decimal = Field(sa_type=Quantity)
    typed: str = Field(default="", max_length=200)
    source_key: str = Field(unique=True, max_length=200)
    message_ts: str | None = Field(default=None, max_length=32, index=True)
    source: EntrySource = Field(
        sa_column=Column(enum_type(EntrySource, constraint="ck_countpart_source"), nullable=False)
    )
    counted_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    replaces_id: int | None = Field(default=None, foreign_key="countpart.id", index=True, sa_type=BigId)


class PartsClosing(SQLModel, table=True):
    """An entry that closed the parts of its attempt, and how."""

    entry_id: int = Field(primary_key=True, foreign_key="countentry.id", sa_type=BigId)
    how: Closing = Field(sa_column=Column(enum_type(Closing, constraint="ck_partsclosing_how"), nullable=False))


class UnitQuestion(SQLModel, table=True):
    """The last bare number of a line that a member was asked about: 12 of what?

    `number` is as understood ("12"; "+12" for a part). `place` says where it was asked (the key of a message or of a
    submission): an edit of that message that leaves the number as it was, or that submission delivered twice, is no
    answer.
    """

    __table_args__ = (UniqueConstraint("line_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="countline.id", sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    number: str = Field(max_length=200)
    place: str = Field(default="", max_length=200)
    asked_at: datetime = Field(sa_type=UtcDateTime)
