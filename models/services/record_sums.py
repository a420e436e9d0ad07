"""What records come to, from sums of days, weeks and months where they are true, else from the records themselves.

A day is *pending* while a change of its records waits (`models.records.RecordChange`). Reading takes pending days from
their records, which are the truth, and all others from the sums; so the answer is exact, whenever the clock folds.

Folding a day reads the changes that there are, then adds the day's records up, and, in a transaction of its own,
deletes those changes and writes the sums. A change that is committed meanwhile stays, and so does its day pending. A
clock that finds a change gone that it had read was slower than another, whose sums may know more: it leaves them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any  # Any: rows of columns that are put together here

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    type_coerce,
    union_all,
)
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from models.columns import Money
from models.records import NOBODY, CauseSum, CountRecord, RecordChange, RecordPerson, RecordSum
from models.rules.records import CLOSED
from models.rules.spans import Run, Span, cover, end_of, start_of
from models.services import locks
from models.services.locks import Work

DAYS_A_LOOK = 30
"""Pending days that are folded at a time."""

MOST_RUNS = 50
"""Runs of spans that one statement reads; there are more only where many days wait."""

Condition = SQLColumnExpression[bool]


@dataclass(frozen=True)
class Sums:
    """Numbers of records, and values in the company's currency; the fields are those of `RecordSum`."""

    counts: int = 0
    variances: int = 0
    adjusted: int = 0
    lines: int = 0
    hits: int = 0
    exact: int = 0
    net_value: Decimal = Decimal(0)
    gross_value: Decimal = Decimal(0)
    book_value: Decimal = Decimal(0)
    unknown_cost: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(Sums)))


@dataclass(frozen=True)
class Scope:
    """Which records are added up: of a team, of a plan, of a class; all that are given."""

    team_id: int | None = None
    plan_id: int | None = None
    abc_class: str | None = None


@dataclass(frozen=True)
class Draft:
    """A day as it was added up, and the changes that were read before."""

    day: date
    changes: tuple[int, ...]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


def _number(condition: Condition) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _value(amount: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[Decimal]:
    """The sum of an amount of money over the records of a condition, exact."""
    units = type_coerce(amount, BigInteger)
    return type_coerce(func.coalesce(func.sum(case((condition, units), else_=0)), 0), Money)


_RATED = col(CountRecord.is_rated)
_KNOWN = and_(_RATED, col(CountRecord.net_value).is_not(None))
_GROSS = func.abs(type_coerce(col(CountRecord.net_value), BigInteger))

OF_RECORDS: Mapping[str, ColumnElement[Any]] = {
    "counts": func.count(),
    "variances": _number(col(CountRecord.has_variance)),
    "adjusted": _number(col(CountRecord.is_adjusted)),
    "lines": _number(_RATED),
    "hits": _number(and_(_RATED, col(CountRecord.hit))),
    "exact": _number(and_(_RATED, col(CountRecord.exact))),
    "net_value": _value(col(CountRecord.net_value), _KNOWN),
    "gross_value": _value(_GROSS, _KNOWN),
    "book_value": _value(col(CountRecord.book_value), _KNOWN),
    "unknown_cost": _number(and_(_RATED, col(CountRecord.net_value).is_(None))),
}
"""How each sum is made of records, in the order of `Sums`."""

IS_CLOSED = col(CountRecord.state).in_(CLOSED)
HAS_CAUSE = and_(_RATED, or_(col(CountRecord.has_variance), col(CountRecord.is_adjusted)))

_KEYS: Mapping[str, ColumnElement[Any]] = {
    "team_id": func.coalesce(CountRecord.team_id, NOBODY),
    "plan_id": func.coalesce(CountRecord.plan_id, NOBODY),
    "abc_class": func.coalesce(CountRecord.abc_class, ""),
    "sample": col(CountRecord.sample),  # type: ignore[dict-item]  # a column of the table, too
    "cause": col(CountRecord.cause),  # type: ignore[dict-item]  # same
}


@dataclass(frozen=True)
class _Table:
    """A table of sums: its keys, which sums it has, and of which records."""

    table: type[RecordSum | CauseSum]
    last_key: str
    sums: tuple[str, ...]
    of: Condition

    @property
    def keys(self) -> tuple[str, ...]:
        return ("team_id", "plan_id", "abc_class", self.last_key)


_ALL = tuple(OF_RECORDS)
RECORDS = _Table(RecordSum, "sample", _ALL, IS_CLOSED)
CAUSES = _Table(CauseSum, "cause", ("lines", "net_value", "gross_value"), HAS_CAUSE)


def read(
    session: Session, scope: Scope, first: date | None, last: date | None, by: tuple[str, ...] = (), *,
    of: _Table = RECORDS, weekly: bool = False,
) -> dict[tuple[Any, ...], Sums]:  # fmt: skip
    """Sums of the closed records of a scope from day to day, by the values of `by`; `weekly`: the week stands first."""
    begin, end = _ends(session)
    if begin is None or end is None:
        return {}
    first, last = max(first or begin, begin), min(last or end, end)
    changed = core_select(col(RecordChange.day)).distinct().where(col(RecordChange.day).between(first, last))
    pending = set(session.scalars(changed))
    runs = cover(first, last, pending, Span.WEEK if weekly else Span.MONTH)
    found: dict[tuple[Any, ...], Sums] = {}
    for place in range(0, len(runs), MOST_RUNS):
        some = _of_sums(of, scope, runs[place : place + MOST_RUNS], by, weekly=weekly)
        _gather(found, session, some, of, weekly=weekly)
    if pending:
        conditions = [col(CountRecord.day).in_(pending), *_scoped(scope, CountRecord)]
        for key, sums in read_records(session, conditions, by, of=of, weekly=weekly).items():
            found[key] = found.get(key, Sums()) + sums
    return found


def read_records(
    session: Session, conditions: Iterable[Condition], by: tuple[str, ...] = (), *, of: _Table = RECORDS,
    weekly: bool = False, by_person: bool = False,
) -> dict[tuple[Any, ...], Sums]:  # fmt: skip
    """As `read`, of the records of these conditions, which an index should find; `by_person`: they name who counted."""
    statement = _grouped(of, {name: _KEYS[name] for name in by}, col(CountRecord.day) if weekly else None)
    if by_person:
        of_record = col(CountRecord.id) == col(RecordPerson.record_id)
        statement = statement.select_from(RecordPerson).join(CountRecord, of_record)
    found: dict[tuple[Any, ...], Sums] = {}
    _gather(found, session, statement.where(of.of, *conditions), of, weekly=weekly)
    return found


def _ends(session: Session) -> tuple[date | None, date | None]:
    """The first and the last day that may have a record."""
    is_day = col(RecordSum.span) == Span.DAY
    days, changed = col(RecordSum.start), col(RecordChange.day)
    # Each end by itself: together they would be looked for in all rows.
    found = [core_select(end(days)).where(is_day).scalar_subquery() for end in (func.min, func.max)]
    found += [core_select(end(changed)).scalar_subquery() for end in (func.min, func.max)]
    first_sum, last_sum, first_change, last_change = session.execute(core_select(*found)).one()
    begins = [day for day in (first_sum, first_change) if day is not None]
    ends = [day for day in (last_sum, last_change) if day is not None]
    return min(begins, default=None), max(ends, default=None)


def _of_sums(of: _Table, scope: Scope, runs: Sequence[Run], by: tuple[str, ...], *, weekly: bool) -> Any:  # noqa: ANN401 - a Select
    table = of.table.__table__.c  # type: ignore[union-attr]  # set by SQLModel's metaclass
    columns = [table[name] for name in by]
    if weekly:
        columns.insert(0, table.start)
    sums = [type_coerce(func.sum(table[name]), table[name].type) for name in of.sums]
    statement = core_select(*columns, *sums).where(*_scoped(scope, of.table)).group_by(*columns)
    # Each run by itself: of an OR, SQLite would rather read all sums that a team ever had.
    parts = [statement.where(table.span == run.span, table.start.between(run.first, run.last)) for run in runs]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _grouped(of: _Table, keys: Mapping[str, ColumnElement[Any]], day: Any | None) -> Any:  # noqa: ANN401 - a column, a Select
    columns = [*([day] if day is not None else []), *keys.values()]
    return core_select(*columns, *(OF_RECORDS[name] for name in of.sums)).group_by(*columns)


def _scoped(scope: Scope, table: type[CountRecord | RecordSum | CauseSum]) -> list[Condition]:
    given = {name: getattr(scope, name) for name in ("team_id", "plan_id", "abc_class")}
    return [col(getattr(table, name)) == value for name, value in given.items() if value is not None]


def _gather(found: dict[tuple[Any, ...], Sums], session: Session, statement: Any, of: _Table, *, weekly: bool) -> None:  # noqa: ANN401 - a Select
    """Add the rows of a statement to those that were found: keys first, then sums."""
    for row in session.execute(statement):
        if row[-1] is None:  # of nothing, where there is no key
            continue
        keys = list(row[: -len(of.sums)])
        if weekly:
            keys[0] = start_of(Span.WEEK, keys[0])
        sums = Sums(**dict(zip(of.sums, row[-len(of.sums) :], strict=True)))
        found[tuple(keys)] = found.get(tuple(keys), Sums()) + sums


def pending_days(session: Session) -> list[date]:
    """Days whose sums are to be computed, the newest first, a look's worth."""
    days = core_select(col(RecordChange.day)).distinct().order_by(col(RecordChange.day).desc()).limit(DAYS_A_LOOK)
    return list(session.scalars(days))


def draft(session: Session, day: date) -> Draft:
    """Add a day up; reads only."""
    # The changes first: one that comes later must find its day pending.
    changes = session.exec(select(RecordChange.id).where(RecordChange.day == day)).all()
    rows = {}
    for of in (RECORDS, CAUSES):
        statement = _grouped(of, {name: _KEYS[name] for name in of.keys}, None)
        found = session.execute(statement.where(col(CountRecord.day) == day, of.of))
        names = (*of.keys, *of.sums)
        rows[of.last_key] = [{**dict(zip(names, row, strict=True)), "span": Span.DAY, "start": day} for row in found]
    return Draft(day, tuple(one for one in changes if one is not None), rows)


def fold(session: Session, drafted: Draft) -> bool:
    """Write the sums of a day, and so of its week and its month; False when another clock did."""
    locks.one_at_a_time(session, Work.SUM)
    gone = session.execute(
        delete(RecordChange).where(col(RecordChange.id).in_(drafted.changes)).returning(col(RecordChange.id))
    ).all()
    if len(gone) != len(drafted.changes) or not drafted.changes:
        session.rollback()
        return False
    for of in (RECORDS, CAUSES):
        _replace(session, of, Span.DAY, drafted.day, drafted.rows[of.last_key])
        for span in (Span.WEEK, Span.MONTH):
            _replace(session, of, span, drafted.day, _of_days(session, of, span, drafted.day))
    return True


def is_true(session: Session, span: Span, start: date) -> bool:
    """Whether the sums of a span are what its days, or the day's records, come to."""
    drafted = draft(session, start).rows if span is Span.DAY else None
    for of in (RECORDS, CAUSES):
        wanted = _of_days(session, of, span, start) if drafted is None else drafted[of.last_key]
        stored = session.execute(_of_sums(of, Scope(), [Run(span, start, start)], of.keys, weekly=False))
        names = (*of.keys, *of.sums)
        if sorted(tuple(row) for row in stored) != sorted(tuple(row[name] for name in names) for row in wanted):
            return False
    return True


def _of_days(session: Session, of: _Table, span: Span, day: date) -> list[dict[str, Any]]:
    """The sums of a span, from those of its days."""
    start = start_of(span, day)
    runs = [Run(Span.DAY, start, end_of(span, day))]
    rows = session.execute(_of_sums(of, Scope(), runs, of.keys, weekly=False))
    return [{**dict(zip((*of.keys, *of.sums), row, strict=True)), "span": span, "start": start} for row in rows]


def _replace(session: Session, of: _Table, span: Span, day: date, rows: Sequence[Mapping[str, Any]]) -> None:
    table = of.table.__table__  # type: ignore[union-attr]  # set by SQLModel's metaclass
    session.execute(delete(table).where(table.c.span == span, table.c.start == start_of(span, day)))
    if rows:
        session.execute(insert(table), [dict(row) for row in rows])
