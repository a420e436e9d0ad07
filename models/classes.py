"""ABC classes: how often each class is counted, how classes are computed, and what the last computation changed.

The class in force stands on the item (`models.catalog.Item.abc_class`), with a copy on its stock levels. A *class run*
is one computation that was applied; its changes are kept, each with the reason, because a changed class changes how
often somebody walks to the bin.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import BigId, UtcDateTime


class ClassFrequency(SQLModel, table=True):
    """How many times a year the items of a class are counted."""

    abc_class: str = Field(primary_key=True, max_length=1)
    counts_per_year: int


class ClassSettings(SQLModel, table=True):
    """The one row that says how classes are computed: in the words of `models.rules.classes`.

    `schedule` "" means only when asked; `next_due` is when it happens next by itself, in UTC.
    """

    id: int = Field(default=1, primary_key=True)
    measure: str = Field(default="usage value", max_length=20)
    window_days: int = 365
    cuts: str = Field(default="80/15/5", max_length=80)
    schedule: str = Field(default="", max_length=120)
    next_due: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClassRun(SQLModel, table=True):
    """One computation of classes that was applied. `actor`: a Slack id, "system" or "command line"."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=64)
    basis: str = Field(max_length=200)
    items: int


class ClassChange(SQLModel, table=True):
    """One item whose class a run changed, and the sentence that says why."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    run_id: int = Field(foreign_key="classrun.id", index=True, sa_type=BigId)
    item_id: int = Field(foreign_key="item.id", sa_type=BigId)
    before: str | None = Field(default=None, max_length=1)
    after: str = Field(max_length=1)
    reason: str = Field(max_length=200)
