"""The weekly digest: which one a channel was told last, and whether it wants none."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import BigId, enum_type


class Audience(StrEnum):
    """Which channel of a team a digest is for: what counters read says less."""

    TEAM = "team"
    REVIEW = "review"


class WeeklyDigest(SQLModel, table=True):
    """A channel of a team. `due` is the day, in the company's zone, from which its last digest was due.

    It is the last for which it was looked whether there is something to tell. `is_muted`: it is not told until somebody
    switches it on again.
    """

    team_id: int = Field(foreign_key="team.id", primary_key=True, sa_type=BigId)
    audience: Audience = Field(sa_column=Column(enum_type(Audience), primary_key=True))
    due: date
    is_muted: bool = False
