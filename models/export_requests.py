"""Exports that somebody asked for in Slack: a file in their direct messages, made when it is sent."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime

LONGEST_WORDS = 300

_ON_ITS_WAY = text("done_at IS NULL")


class ExportRequest(SQLModel, table=True):
    """What was asked for: which export, as which kind of file, and in `words` which rows, as they were typed.

    It goes to `channel`, the direct messages with the member. `done_at` is when it was sent, or could not be; `problem`
    then says why.
    """

    __table_args__ = (
        Index("ix_exportrequest_waiting", "member_id", sqlite_where=_ON_ITS_WAY, postgresql_where=_ON_ITS_WAY),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    what: str = Field(max_length=20)
    form: str = Field(max_length=4)
    words: str = Field(max_length=LONGEST_WORDS)
    channel: str = Field(max_length=32)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str = Field(default="", max_length=500)
