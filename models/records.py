"""Count records: what history and accuracy are answered from, so that both stay quick however long we count.

A *record* is one counted line, or one earlier count that was imported. It repeats what the line, its entries, their
judgements and its decisions say (they stay the truth: `models.services.record_checks` compares), in one row, so that
each question people ask has an index to answer it. Its place in time, `counted_at` and `id`, never changes.

*Sums* are what records of a day, a week or a month come to. Whatever changes a record also inserts a *change*: a row
of its own, so that no two counters wait for each other. The clock computes the days of changes anew and deletes the
changes that it had seen before (`models.services.record_sums`); a day with a change is read from its records meanwhile.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict

from sqlalchemy import Column, Date, Index, TextClause, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, Money, Quantity, UtcDateTime, enum_type
from models.counts import DecisionKind
from models.rules.lines import LineState
from models.rules.spans import Span

LONGEST_COUNTER = 120
LONGEST_CAUSE = 40

NOBODY = 0
"""The team or plan of what has none, in sums: a key has no gaps."""


class RecordSource(StrEnum):
    """Where a record comes from."""

    COUNT = "count"
    IMPORT = "import"  # an earlier count, from a file: it never adjusted the stock


class Sample(StrEnum):
    """Which sample of the stock a count belongs to; each is rated apart."""

    NORMAL = "normal"
    CONTROL = "control group"
    RANDOM = "random sample"


_IS_IMPORTED = "import_key IS NOT NULL"


class _Condition(TypedDict):
    """Arguments of an index of some rows."""

    sqlite_where: TextClause
    postgresql_where: TextClause


def _only(flag: str) -> _Condition:
    """The condition of an index that holds only rows of this flag, as each engine writes it in queries."""
    return {"sqlite_where": text(f"{flag} = 1"), "postgresql_where": text(flag)}


def _where(condition: str) -> _Condition:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class CountRecord(SQLModel, table=True):
    """One counted line. Quantities are in base units, values in the company's currency (None: unknown unit cost).

    `counted_at` is the first count's instant, `day` its date in the company's zone as it was then, `abc_class` the
    class as it was then. `first_expected` and `first_counted` are of the first count (with its counter's own
    correction) as it was judged when it came in, `expected`, `counted` and `variance` of the last one, which was made
    at `last_at`. What the decisions posted is `posted`; `posted_later` is the part of it that came after the first one
    that closed the line (None: there was no other). `decision`, `decided_by_id`, `cause` and `accepted` are the last
    one's.

    `is_rated`: it is closed and says something about accuracy. `net_value` is what was believed in the end,
    `book_value` what the record said was there. `counter` names who made an imported count, `import_key` is which row
    it was (`models.services.prior_count_files`); only of such a count it may not be known what was expected.
    """

    __table_args__ = (
        Index("uq_countrecord_import_key", "import_key", unique=True, **_where(_IS_IMPORTED)),
        Index("ix_countrecord_time", "counted_at", "id"),
        # With all that sums are made of: a day that waits is read from it alone.
        Index(
            "ix_countrecord_day",
            "day",
            "team_id",
            "plan_id",
            "abc_class",
            "sample",
            "cause",
            "state",
            "is_rated",
            "hit",
            "exact",
            "has_variance",
            "is_adjusted",
            "net_value",
            "book_value",
        ),
        Index("ix_countrecord_item", "item_id", "counted_at", "id"),
        Index("ix_countrecord_location", "location_id", "counted_at", "id"),
        Index("ix_countrecord_team", "team_id", "counted_at", "id"),
        Index("ix_countrecord_plan", "plan_id", "counted_at", "id"),
        Index("ix_countrecord_variance_time", "counted_at", "id", **_only("has_variance")),
        Index("ix_countrecord_variance_team", "team_id", "counted_at", "id", **_only("has_variance")),
        Index("ix_countrecord_variance_plan", "plan_id", "counted_at", "id", **_only("has_variance")),
        Index("ix_countrecord_adjusted_time", "counted_at", "id", **_only("is_adjusted")),
        Index("ix_countrecord_adjusted_team", "team_id", "counted_at", "id", **_only("is_adjusted")),
        Index("ix_countrecord_adjusted_plan", "plan_id", "counted_at", "id", **_only("is_adjusted")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    line_id: int | None = Field(default=None, unique=True, foreign_key="countline.id", sa_type=BigId)
    source: RecordSource = Field(default=RecordSource.COUNT, sa_column=Column(enum_type(RecordSource), nullable=False))
    counter: str = Field(default="", max_length=LONGEST_COUNTER)
    import_key: str | None = Field(default=None, max_length=64)
    counted_at: datetime = Field(sa_type=UtcDateTime)
    day: date = Field(sa_type=Date)
    item_id: int = Field(foreign_key="item.id", sa_type=BigId)
    location_id: int = Field(foreign_key="location.id", sa_type=BigId)
    team_id: int | None = Field(default=None, foreign_key="team.id", sa_type=BigId)
    plan_id: int | None = Field(default=None, foreign_key="countplan.id", sa_type=BigId)
    session_id: int | None = Field(default=None, foreign_key="countsession.id", sa_type=BigId)
    abc_class: str | None = Field(default=None, max_length=1)
    sample: Sample = Field(default=Sample.NORMAL, sa_column=Column(enum_type(Sample), nullable=False))
    state: LineState = Field(sa_column=Column(enum_type(LineState), nullable=False))
    is_rated: bool
    first_expected: Decimal | None = Field(default=None, sa_type=Quantity)
    first_counted: Decimal = Field(sa_type=Quantity)
    hit: bool
    exact: bool
    last_at: datetime = Field(sa_type=UtcDateTime)
    expected: Decimal | None = Field(default=None, sa_type=Quantity)
    counted: Decimal = Field(sa_type=Quantity)
    variance: Decimal | None = Field(default=None, sa_type=Quantity)
    variance_value: Decimal | None = Field(default=None, sa_type=Money)
    net_value: Decimal | None = Field(default=None, sa_type=Money)
    book_value: Decimal | None = Field(default=None, sa_type=Money)
    decision: DecisionKind | None = Field(default=None, sa_column=Column(enum_type(DecisionKind), nullable=True))
    decided_by_id: int | None = Field(default=None, foreign_key="member.id", sa_type=BigId)
    cause: str = Field(default="", max_length=LONGEST_CAUSE)
    accepted: Decimal | None = Field(default=None, sa_type=Quantity)
    posted: Decimal = Field(default=Decimal(0), sa_type=Quantity)
    posted_later: Decimal | None = Field(default=None, sa_type=Quantity)
    has_variance: bool
    is_adjusted: bool


class RecordPerson(SQLModel, table=True):
    """Somebody who counted a line, or gave a part of its count: at which place among those who did.

    The flags and the instant are the record's, so that a person's history is read by index.
    """

    __table_args__ = (
        Index("ix_recordperson_time", "member_id", "counted_at", "record_id"),
        Index("ix_recordperson_variance", "member_id", "counted_at", "record_id", **_only("has_variance")),
        Index("ix_recordperson_adjusted", "member_id", "counted_at", "record_id", **_only("is_adjusted")),
    )

    record_id: int = Field(primary_key=True, foreign_key="countrecord.id", sa_type=BigId)
    place: int = Field(primary_key=True)
    member_id: int = Field(foreign_key="member.id", sa_type=BigId)
    counted_at: datetime = Field(sa_type=UtcDateTime)
    has_variance: bool
    is_adjusted: bool


class RecordChange(SQLModel, table=True):
    """The records of a day changed since its sums were computed.

    An id is never given again: who has added a day up deletes by id what was seen, and nothing that came later.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    day: date = Field(sa_type=Date, index=True)


class RecordSum(SQLModel, table=True):
    """What the closed records of a span come to, by team, plan, class and sample. `start` is the span's first day.

    `counts`, `variances` and `adjusted` are of all of them, the rest of those that are rated. `gross_value` is the sum
    of the absolute values; lines of `unknown_cost` are in no value.
    """

    __table_args__ = (
        Index("ix_recordsum_team", "team_id", "span", "start"),
        Index("ix_recordsum_plan", "plan_id", "span", "start"),
    )

    span: Span = Field(sa_column=Column(enum_type(Span), primary_key=True))
    start: date = Field(sa_type=Date, primary_key=True)
    team_id: int = Field(primary_key=True, sa_type=BigId)
    plan_id: int = Field(primary_key=True, sa_type=BigId)
    abc_class: str = Field(primary_key=True, max_length=1)
    sample: Sample = Field(sa_column=Column(enum_type(Sample), primary_key=True))
    counts: int
    variances: int
    adjusted: int
    lines: int
    hits: int
    exact: int
    net_value: Decimal = Field(sa_type=Money)
    gross_value: Decimal = Field(sa_type=Money)
    book_value: Decimal = Field(sa_type=Money)
    unknown_cost: int


class CauseSum(SQLModel, table=True):
    """What the rated records of a span that had a variance come to, by team, plan, class and cause."""

    __table_args__ = (
        Index("ix_causesum_team", "team_id", "span", "start"),
        Index("ix_causesum_plan", "plan_id", "span", "start"),
    )

    span: Span = Field(sa_column=Column(enum_type(Span), primary_key=True))
    start: date = Field(sa_type=Date, primary_key=True)
    team_id: int = Field(primary_key=True, sa_type=BigId)
    plan_id: int = Field(primary_key=True, sa_type=BigId)
    abc_class: str = Field(primary_key=True, max_length=1)
    cause: str = Field(primary_key=True, max_length=LONGEST_CAUSE)
    lines: int
    net_value: Decimal = Field(sa_type=Money)
    gross_value: Decimal = Field(sa_type=Money)
