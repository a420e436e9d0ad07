"""The review digest: which day of a team was told last what waits for a decision."""

from datetime import date

from sqlmodel import Field, SQLModel

from models.columns import BigId


class ReviewDigest(SQLModel, table=True):
    """The last day, in the company's zone, on which it was looked whether a team has to be told what waits.

    A table of its own, because decisions lock the row: of a team's, set-ups lock stock behind it.
    """

    team_id: int = Field(foreign_key="team.id", primary_key=True, sa_type=BigId)
    day: date
