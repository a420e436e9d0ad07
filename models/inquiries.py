"""Questions to those who moved a part, about a line under review, and what they answered."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime

LONGEST_ANSWER = 500
"""Characters of an answer that are kept."""


class Inquiry(SQLModel, table=True):
    """One question to one person about a line; nobody is asked twice. `moved_at`: when they last moved the part there.

    Where and when it was posted stands with the messages sent. `answer` is what they wrote, several messages one after
    the other, cut at `LONGEST_ANSWER`; "" until they do.
    """

    __table_args__ = (UniqueConstraint("line_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="countline.id", sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", index=True, sa_type=BigId)
    asked_by_id: int = Field(foreign_key="member.id", sa_type=BigId)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    moved_at: datetime = Field(sa_type=UtcDateTime)
    answer: str = Field(default="", max_length=LONGEST_ANSWER)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
