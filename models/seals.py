"""Seals: a hash chain over the rows that say what happened, and where its heads were shown.

A *seal* covers rows of the ledger or of the audit trail that were committed before, in the order of their ids, and
follows the seal before it (`models.rules.sealing`). Whoever changes a sealed row must make every seal after it anew.
A *receipt* remembers a head that people were shown in Slack, where nobody who can reach the database can change it.
"""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime


class Seal(SQLModel, table=True):
    """One batch. `id` counts from 1 without a gap; `encoding` says which columns of `of_table` are covered.

    The rows are those of `listing`: between `first_id` and `last_id` there are no others, but ids may be left out,
    because an id is used up by an insert that was rolled back.
    """

    __table_args__ = (UniqueConstraint("of_table", "last_id"),)

    id: int = Field(primary_key=True, sa_type=BigId)
    of_table: str = Field(max_length=32)
    encoding: int
    first_id: int = Field(sa_type=BigId)
    last_id: int = Field(sa_type=BigId)
    rows: int
    sealed_at: datetime = Field(sa_type=UtcDateTime)
    head: str = Field(max_length=64)
    # Last, because SQLite reads through what stands before a column: a head is found without the lists.
    listing: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SealReceipt(SQLModel, table=True):
    """A head that a message in Slack showed. It refers to no seal: it must outlive a chain that is made anew."""

    __table_args__ = (UniqueConstraint("channel", "ts", "head"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    seal_id: int = Field(sa_type=BigId)
    head: str = Field(max_length=64)
    channel: str = Field(max_length=32)
    ts: str = Field(max_length=32)
    published_at: datetime = Field(sa_type=UtcDateTime)
