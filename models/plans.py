"""Count plans: what to count, when, by whom - and how much variance needs nobody (tolerance limits).

`next_due` is the truth about when a plan runs next. It is computed by `models.rules.runs` from the schedule and the
team's working calendar, in the company's zone, and stored in UTC; whoever starts the session moves it on in the same
transaction.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, UtcDateTime, enum_type, since_revision
from models.rules.tolerance import Measure, Scope, Side


class AtDue(StrEnum):
    """What becomes of lines nobody counted by the due time. They never become 0."""

    EXPIRE = "expire"
    KEEP = "keep"


class Pace(StrEnum):
    """How many lines a scheduled run takes (`models.rules.levelling`)."""

    LEVEL = "level"  # what is due, spread evenly over the working days
    FULL = "full"  # as many as the plan has lines, the longest uncounted first


class CountPlan(SQLModel, table=True):
    """A plan. Times are seconds; `schedule` is the text the controller wrote ("weekly mon,thu 07:00").

    `selection` is the text of its policies (`models.rules.policies`), `bins` the prefixes it counts ("A-01,A-02"; ""
    for all of the team's), `categories` a JSON list of names ("[]" for all), `lines` the most lines of a run.
    `next_occurrence` is when the schedule says the next run is, `next_due` when the working calendar lets it start.
    `runs_after`: occurrences at or before it are over, because the plan was made, resumed or given other times then, or
    because they had their turn. None until it is first scheduled (`models.services.plan_times`).
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    name: str = Field(unique=True, max_length=80)
    team_id: int = Field(foreign_key="team.id", sa_type=BigId)
    schedule: str = Field(max_length=120)
    selection: str = Field(default="due", max_length=500)
    bins: str = Field(default="", max_length=500, sa_column_kwargs=since_revision("''"))
    categories: str = Field(default="[]", max_length=2000, sa_column_kwargs=since_revision("'[]'"))
    lines: int = 12
    pace: Pace = Field(
        default=Pace.LEVEL,
        # Plans of before took as many lines as they had, and go on so until an edit or a set-up file says otherwise.
        sa_column=Column(enum_type(Pace), nullable=False, **since_revision("'full'")),
    )
    blind: bool = Field(default=True, sa_column_kwargs=since_revision("true"))
    due_in_seconds: int = 4 * 3600
    grace_seconds: int = 24 * 3600
    recounts: int = 1
    replies: bool = True
    at_due: AtDue = Field(
        default=AtDue.EXPIRE,
        sa_column=Column(enum_type(AtDue, constraint="ck_countplan_at_due"), nullable=False),
    )
    is_active: bool = True
    is_paused: bool = Field(default=False, sa_column_kwargs=since_revision("false"))
    runs_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_occurrence: datetime | None = Field(default=None, sa_type=UtcDateTime)
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
