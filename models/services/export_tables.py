"""What an export is: columns and a stream of rows, whatever file they are written to; and which rows are wanted.

A kind of export is a NamedTuple, whose fields are the columns, and a function that yields such rows. The types of the
fields say what stands in a column. So another export is one more list of rows, and both kinds of file can be had of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args, get_type_hints  # Any: columns of any type

from sqlalchemy import ColumnElement, SQLColumnExpression

from models.services.history_queries import Only

PAGE = 1000
"""Rows that are read at a time."""

Cell = str | int | Decimal | datetime | date | None

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Content(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """A column: its name, and what its cells hold."""

    name: str
    content: Content


@dataclass(frozen=True)
class Wanted:
    """Which rows: of one item, bin, team, plan or counter, before `until`; None is any.

    `hidden` are items that are left out, because whoever reads the file may have to count them. `settled`: lines that
    are still open are left out. `at` is when they are wanted, and `in_teams` whose bins the items lie in, for advice.
    """

    until: datetime | None = None
    item_id: int | None = None
    location_id: int | None = None
    team_id: int | None = None
    plan_id: int | None = None
    member_id: int | None = None
    only: Only | None = None
    hidden: frozenset[int] = frozenset()
    settled: bool = False
    at: datetime = BEGINNING
    in_teams: tuple[int, ...] | None = None


EVERYTHING = Wanted()


def matching(wanted: Wanted, at: SQLColumnExpression[datetime], **columns: Any) -> Iterator[ColumnElement[bool]]:  # noqa: ANN401 - see import
    """That `at` is before the end that is wanted, and each column what is wanted under its name, if anything is."""
    if wanted.until is not None:
        yield at < wanted.until
    for name, column in columns.items():
        if (one := getattr(wanted, name)) is not None:
            yield column == one


@dataclass(frozen=True)
class Table:
    """Rows to write, all at once or as they come, under their columns."""

    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def columns_of(row_type: type[tuple[Cell, ...]]) -> tuple[Column, ...]:
    """The columns of a NamedTuple."""
    return tuple(Column(name, _content(name, hint)) for name, hint in get_type_hints(row_type).items())


def _content(name: str, hint: object) -> Content:
    kinds = set(get_args(hint) or (hint,))
    if datetime in kinds:
        return Content.TIME
    if date in kinds:
        return Content.DAY
    if kinds & {Decimal, int}:
        return Content.MONEY if name == "unit_cost" or "value" in name else Content.NUMBER
    return Content.TEXT
