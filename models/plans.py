"""Count plans: what to count, when, by whom - and how much variance needs nobody (tolerance limits).

`next_due` is the truth about when a plan runs next. It is computed by `models.rules.occurrences` in the company's
zone and stored in UTC; whoever starts the session moves it on in the same transaction.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, UtcDateTime, enum_type
from models.rules.tolerance import Measure, Scope, Side


class AtDue(StrEnum):
    """What becomes of lines nobody counted by the due time. They never become 0."""

    EXPIRE = "expire"
    KEEP = "keep"


class CountPlan(SQLModel, table=True):
    """A plan. Times are seconds; `schedule` is the text the controller wrote ("weekly mon,thu 07:00")."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    name: str = Field(unique=True, max_length=80)
    team_id: int = Field(foreign_key="team.id", sa_type=BigId)
    schedule: str = Field(max_length=120)
    selection: str = Field(default="due", max_length=40)
    lines: int = 12
    due_in_seconds: int = 4 * 3600
    grace_seconds: int = 24 * 3600
    recounts: int = 1
    replies: bool = True
    at_due: AtDue = Field(
        default=AtDue.EXPIRE,
        sa_column=Column(enum_type(AtDue, constraint="ck_countplan_at_due"), nullable=False),
    )
    is_active: bool = True
    next_due: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class ToleranceLimit(SQLModel, table=True):
    """One limit of one side at one level. `amount` None is "off": it ends the search and does not judge.

    `scope_key` is the SKU, category, class letter or plan name; empty for the company. `amount` is in base units,
    percent or currency, by `measure`.
    """

    __table_args__ = (UniqueConstraint("scope", "scope_key", "measure", "side"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    scope: Scope = Field(sa_column=Column(enum_type(Scope, constraint="ck_tolerancelimit_scope"), nullable=False))
    scope_key: str = Field(default="", max_length=80)
    measure: Measure = Field(
        sa_column=Column(enum_type(Measure, constraint="ck_tolerancelimit_measure"), nullable=False)
    )
    side: Side = Field(sa_column=Column(enum_type(Side, constraint="ck_tolerancelimit_side"), nullable=False))
    amount: Decimal | None = Field(default=None, sa_type=Money)


class Declaration(SQLModel, table=True):
    """What the set-up file last said of one thing (a team, a plan, ...), as JSON.

    Comparing the file, this row and the table tells apart what the file changed from what was edited in Slack since.
    """

    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    kind: str = Field(max_length=32)
    key: str = Field(max_length=200)
    declared: str
