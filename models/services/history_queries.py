"""Finding records: which of them a question is about, the newest first, by an index and without looking at others.

A question names up to five things and a time. One of them leads: the one that leaves the fewest records (an item, a
bin, who counted, a plan, a team, in this order). Its index has the records in the order of time, so a page is read
from where the last one ended, and `apart` keeps the database from choosing another index for what does not lead.
*Only variances* and *only adjusted* have indexes of their own where the leading thing may have millions of records.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar  # Any: the columns of a question, each of its own type
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_
from sqlalchemy import select as core_select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from models.catalog import Item
from models.records import CountRecord, RecordPerson
from models.rules.periods import Period
from models.services.lookup import Subject

Value = TypeVar("Value")

_ID: Mapped[int] = CountRecord.__table__.c.id  # type: ignore[attr-defined]  # set by SQLModel's metaclass
_COLUMNS: Mapping[str, SQLColumnExpression[int | None]] = MappingProxyType(
    {
        "item_id": col(CountRecord.item_id),
        "location_id": col(CountRecord.location_id),
        "plan_id": col(CountRecord.plan_id),
        "team_id": col(CountRecord.team_id),
    }
)
"""What a question may name, the one that leaves the fewest records first."""


class Only(StrEnum):
    """Which of the rows are wanted, when not all."""

    VARIANCES = "variances"
    ADJUSTED = "adjusted"


class Key(NamedTuple):
    """The place of a record: when its line was first counted, and its id."""

    at: datetime
    id: int


@dataclass(frozen=True)
class Query:
    """Which rows: of a subject and a period; after (older than) or before a row already seen.

    At most one of `older_than` and `newer_than` is given.
    """

    subject: Subject = field(default_factory=Subject)
    period: Period = field(default_factory=Period)
    only: Only | None = None
    older_than: Key | None = None
    newer_than: Key | None = None


@dataclass(frozen=True)
class Led:
    """A question as the database is asked it: which column leads, and what else is to hold.

    `at` and `key` are the columns that order the records; `by_person`: they are those of `RecordPerson`. `index` is
    the one they are read from: PostgreSQL knows that, SQLite gathers no statistics and has to be told. `since` and
    `until` are the ends of the period.
    """

    at: Mapped[datetime]
    key: Mapped[int]
    conditions: tuple[SQLColumnExpression[bool], ...]
    index: str
    since: datetime | None
    until: datetime | None
    by_person: bool = False
    joins: bool = False

    def found(self) -> list[SQLColumnExpression[bool]]:
        """All conditions, those of the period included, where it is not paged."""
        since = [] if self.since is None else [self.at >= self.since]
        return [*self.conditions, *since, *([] if self.until is None else [self.at < self.until])]

    def select(self, *columns: SQLColumnExpression[Any]) -> Select[Any]:
        """Columns of the records that the conditions find; the caller bounds them (`within`)."""
        table = RecordPerson if self.by_person else CountRecord
        statement = core_select(*columns).select_from(table).where(*self.conditions)
        statement = statement.with_hint(table, f"INDEXED BY {self.index}", "sqlite")
        if self.by_person and self.joins:
            statement = statement.join(CountRecord, col(CountRecord.id) == col(RecordPerson.record_id))
        return statement

    def with_records(self) -> "Led":
        """The same, where columns of `CountRecord` are asked for."""
        return replace(self, joins=True)

    def page(
        self, session: Session, number: int, *, older_than: Key | None = None, newer_than: Key | None = None
    ) -> list[Key]:
        """The first `number` records, the newest first; those next to `newer_than`, the oldest first."""
        at, key = self.at, self.key
        statement = self.within(self.select(at, key), older_than, newer_than).limit(number)
        statement = statement.order_by(*((at, key) if newer_than is not None else (at.desc(), key.desc())))
        return [Key(*row) for row in session.execute(statement)]

    def within(
        self, statement: Select[Any], older_than: Key | None = None, newer_than: Key | None = None
    ) -> Select[Any]:
        """Bound a statement by the period, and by the place of a record.

        Of two bounds on one side only the narrower is said: SQLite would look for the other and read on from there.
        """
        at, key = self.at, self.key
        if newer_than is not None and (self.since is None or newer_than.at >= self.since):
            statement = statement.where(at >= newer_than.at, or_(at > newer_than.at, key > newer_than.id))
        elif self.since is not None:
            statement = statement.where(at >= self.since)
        if older_than is not None and (self.until is None or older_than.at < self.until):
            return statement.where(at <= older_than.at, or_(at < older_than.at, key < older_than.id))
        return statement if self.until is None else statement.where(at < self.until)


def lead(query: Query, zone: ZoneInfo, hidden: Collection[int] = ()) -> Led:
    """Choose what leads. Days begin in `zone`; `hidden` are ids of items whose records are left out."""
    subject = query.subject
    named = {name: getattr(subject, name) for name in _COLUMNS if getattr(subject, name) is not None}
    is_small = "item_id" in named or "location_id" in named
    if subject.member_id is not None and not is_small:
        others = [apart(_COLUMNS[name]) == value for name, value in named.items()]
        others += [apart(col(CountRecord.item_id)).not_in(hidden)] if hidden else []
        conditions = [col(RecordPerson.member_id) == subject.member_id, *_flag(RecordPerson, query.only), *others]
        return Led(
            col(RecordPerson.counted_at),
            col(RecordPerson.record_id),
            tuple(conditions),
            _index("recordperson", None, query.only),
            *query.period.instants(zone),
            by_person=True,
            joins=bool(others),
        )
    leader = next(iter(named), None)
    conditions = [(_COLUMNS[name] if name == leader else apart(_COLUMNS[name])) == named[name] for name in named]
    if subject.member_id is not None:
        conditions.append(_was_counted_by(subject.member_id))
    if hidden:
        conditions.append(apart(col(CountRecord.item_id)).not_in(hidden))
    flags = _flag(CountRecord, query.only)
    conditions += map(apart, flags) if is_small else flags
    index = _index("countrecord", leader or "time_id", None if is_small else query.only)
    return Led(col(CountRecord.counted_at), _ID, tuple(conditions), index, *query.period.instants(zone))


def has_records(subject: Subject) -> ColumnElement[bool]:
    """Whether an `Item` of the statement around this has a record of the subject."""
    conditions = [col(CountRecord.item_id) == col(Item.id)]
    conditions += [
        apart(column) == value for name, column in _COLUMNS.items() if (value := getattr(subject, name)) is not None
    ]
    if subject.member_id is not None:
        conditions.append(_was_counted_by(subject.member_id))
    return select(CountRecord.id).where(*conditions).exists()


def apart(column: SQLColumnExpression[Value]) -> ColumnElement[Value]:
    """A column that no index is chosen for: its condition is asked of the rows that another one found."""
    return func.coalesce(column, column)


def _index(table: str, leader: str | None, only: Only | None) -> str:
    """The name of the index of what leads, as `models.records` gives it."""
    kind = None if only is None else {Only.VARIANCES: "variance", Only.ADJUSTED: "adjusted"}[only]
    named = "time" if leader is None and kind is None else (leader or "").removesuffix("_id")
    return "_".join(part for part in ("ix", table, kind, named) if part)


def _flag(table: type[CountRecord | RecordPerson], only: Only | None) -> list[SQLColumnExpression[bool]]:
    match only:
        case Only.VARIANCES:
            return [col(table.has_variance)]
        case Only.ADJUSTED:
            return [col(table.is_adjusted)]
    return []


def _was_counted_by(member_id: int) -> ColumnElement[bool]:
    return (
        select(RecordPerson.record_id)
        .where(col(RecordPerson.record_id) == col(CountRecord.id), apart(col(RecordPerson.member_id)) == member_id)
        .exists()
    )
