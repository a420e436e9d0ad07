"""Whose Home is looked at: Slack keeps a Home as it was published, so what changes has to be published again."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime


class OpenedHome(SQLModel, table=True):
    """Somebody's Home: when they opened it last, and what of it was shown since.

    `shown` is a digest of what the bot published by itself after that; "" until it has. `past` is the page and the
    filter of the list of cycle counts that they chose there (`models.services.past_sessions`).
    """

    member_id: int = Field(foreign_key="member.id", primary_key=True, sa_type=BigId)
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)
    shown: str = Field(default="", max_length=64)
    past: str = Field(default="", max_length=80)
