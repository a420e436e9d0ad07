"""Periods that were locked: calendar months into which the books take nothing any more.

A row stays when the month is unlocked, so that it can be told later why something was dated on another day.
"""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime

_IN_FORCE = text("unlocked_at IS NULL")


class PeriodLock(SQLModel, table=True):
    """A month (“2026-10”) that was locked. `begins` is its first instant, `ends` the first one after it.

    Both are those of the company's zone when it was locked. Who did it is a Slack id, or "command line".
    `last_entry_id` is the last ledger row that was there by then: none after it is dated in the month.
    """

    __table_args__ = (
        Index("uq_periodlock_in_force", "period", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    period: str = Field(max_length=7)
    begins: datetime = Field(sa_type=UtcDateTime)
    ends: datetime = Field(sa_type=UtcDateTime)
    last_entry_id: int = Field(sa_type=BigId)
    locked_at: datetime = Field(sa_type=UtcDateTime)
    locked_by: str = Field(max_length=64)
    unlocked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    unlocked_by: str | None = Field(default=None, max_length=64)
    unlock_reason: str = Field(default="", max_length=500)
