"""Pictures that Slack hosts for us, so that a restart uploads none of them again."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class HostedChart(SQLModel, table=True):
    """A picture of a chart in Slack, by what it looks like. `is_ready`: Slack has looked through it and shows it."""

    key: str = Field(primary_key=True, max_length=32)
    file_id: str = Field(max_length=32)
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
    is_ready: bool = False
