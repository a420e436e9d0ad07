"""Pictures of what was counted: posted in the thread of a sheet, or sent with *Can't count these*.

Only who posted what, where it stands in Slack, and which line it is of. The picture itself stays in Slack.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime

_OF_NO_LINE = text("line_id IS NULL")


class LinePhoto(SQLModel, table=True):
    """A picture, once for each line that it is of. `line_id` None: nobody has said yet which line that is.

    `message_ts` is the reply it came with, None when it came with a form. `url` is where its content can be fetched
    with the bot's token. `read_at`: since when nobody need look for a label in it. `opens`: its label said the line,
    and its poster was asked how many are there. A deleted one stays, as a fact.
    """

    __table_args__ = (
        UniqueConstraint("file_id", "line_id"),
        Index("ix_linephoto_waiting", "member_id", sqlite_where=_OF_NO_LINE, postgresql_where=_OF_NO_LINE),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    session_id: int = Field(foreign_key="countsession.id", index=True, sa_type=BigId)
    line_id: int | None = Field(default=None, foreign_key="countline.id", index=True, sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    file_id: str = Field(max_length=32)
    permalink: str = Field(max_length=500)
    url: str = Field(max_length=500)
    message_ts: str | None = Field(default=None, max_length=32)
    added_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opens: bool = False
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
