"""Authority beyond the roles of a team: for every team, handed over for some days, and the first of two decisions.

Nothing is deleted: what ends becomes inactive, or says when it ended.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, Quantity, UtcDateTime, enum_type
from models.counts import DecisionKind


class CompanyApprover(SQLModel, table=True):
    """Somebody who approves for every team, those made later included, where their role in a team says nothing else.

    `approval_limit` is for one line, `session_limit` for all they post in one session; None is any value.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    member_id: int = Field(foreign_key="member.id", unique=True, sa_type=BigId)
    approval_limit: Decimal | None = Field(default=None, sa_type=Money)
    session_limit: Decimal | None = Field(default=None, sa_type=Money)
    is_active: bool = True


class Delegation(SQLModel, table=True):
    """An approver's authority, handed to somebody from one day to another, both included, in the company's zone.

    `team_id` None: for every team that the approver approves for. `ended_at`: it was ended before its last day.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    holder_id: int = Field(foreign_key="member.id", index=True, sa_type=BigId)
    delegate_id: int = Field(foreign_key="member.id", index=True, sa_type=BigId)
    team_id: int | None = Field(default=None, foreign_key="team.id", sa_type=BigId)
    first_day: date
    last_day: date
    set_by_id: int = Field(foreign_key="member.id", sa_type=BigId)
    set_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Endorsement(SQLModel, table=True):
    """The first of two decisions about a line: what would be posted once somebody else confirms it.

    It holds for the `line_version` whose card shows it. `holder_id` is whose authority it was made with; `quantity`,
    `posted` and the rest are those of the decision that it becomes. `ended_at`: it was withdrawn.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int = Field(foreign_key="countline.id", index=True, sa_type=BigId)
    line_version: int
    kind: DecisionKind = Field(sa_column=Column(enum_type(DecisionKind), nullable=False))
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    holder_id: int = Field(foreign_key="member.id", sa_type=BigId)
    authority: str = Field(default="", max_length=800)
    entry_id: int = Field(foreign_key="countentry.id", sa_type=BigId)
    count_instant: datetime = Field(sa_type=UtcDateTime)
    quantity: Decimal = Field(sa_type=Quantity)
    posted: Decimal = Field(sa_type=Quantity)
    reason: str | None = Field(default=None, max_length=40)
    note: str = Field(default="", max_length=500)
    other_line_id: int | None = Field(default=None, foreign_key="countline.id", sa_type=BigId)
    endorsed_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
