"""Which stock a plan may choose from: its team's bins, narrowed to the plan's bins and categories.

Everything that chooses begins with `free_stock()`: stock that another open line holds is not in it, because only one
open line per item and location exists in the whole system.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple  # Any: columns that `candidates` alone reads, and options of the compiler

from sqlalchemy import Boolean, ColumnElement, Select, SQLColumnExpression, collate
from sqlalchemy import select as core_select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, and_, col, func, or_, select

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountLine
from models.people import TeamLocation
from models.rules.selection import WalkKey, walk_key
from models.services.plan_terms import Terms
from models.stock import StockLevel

Query = Select[*tuple[Any, ...]]


class Candidate(NamedTuple):
    """One stock that may be chosen. Quantities in base units; `abc_class` "" for none."""

    level_id: int
    item_id: int
    location_id: int
    sku: str
    code: str
    walk_order: int | None
    abc_class: str
    unit_cost: Decimal | None
    on_hand: Decimal
    due_from: datetime
    last_counted_at: datetime | None

    @property
    def walk(self) -> WalkKey:
        """Its turn on the walk; the items of one bin follow each other by level."""
        return walk_key(self.code, self.walk_order)


COLUMNS = (
    col(StockLevel.id),
    col(StockLevel.item_id),
    col(StockLevel.location_id),
    col(Item.sku),
    col(Location.code),
    col(Location.walk_order),
    col(StockLevel.abc_class),
    col(Item.unit_cost),
    col(StockLevel.on_hand),
    col(StockLevel.due_from),
    col(StockLevel.last_counted_at),
)
"""The columns of a `Candidate`, in its order."""


@dataclass(frozen=True)
class Reach:
    """Bin prefixes of which one must fit, those of the plan within them (none: no narrowing), and category names.

    `is_small`: it holds so few stocks that they are looked up first, and ordered then. Along an index of all stock one
    would pass nearly everything before finding them. `collation`: what the database calls the order of code points.
    """

    team_bins: tuple[str, ...]
    bins: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    is_small: bool = False
    collation: str = "BINARY"

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What a stock must be like, in terms of its `Location` and `Item`."""
        found: list[ColumnElement[bool]] = [or_(*map(begins_with, self.team_bins))]
        if self.bins:
            found.append(or_(*map(begins_with, self.bins)))
        if self.categories:
            found.append(col(Item.category).in_(self.categories))
        return found


SMALL = 50_000
"""Stocks that a small reach may hold: as many are looked up and sorted within a second."""


def reach_of(session: Session, terms: Terms) -> Reach | None:
    """The reach of a plan; None for a team without bins."""
    prefixes = session.exec(select(TeamLocation.prefix).where(TeamLocation.team_id == terms.team_id)).all()
    if not prefixes:
        return None
    collation = "C" if session.get_bind().dialect.name == "postgresql" else "BINARY"
    return Reach(tuple(prefixes), terms.bins, terms.categories, collation=collation)


def free_stock(reach: Reach, without: Sequence[int] = ()) -> Query:
    """A query of every `Candidate` in reach that no open line holds; `without` are ids of levels to leave out."""
    statement = (
        core_select(*COLUMNS)
        .select_from(StockLevel)
        .join(Location, col(Location.id) == col(StockLevel.location_id))
        .join(Item, col(Item.id) == col(StockLevel.item_id))
        .where(*reach.conditions, ~_is_being_counted())
    )
    if reach.is_small:
        statement = statement.where(col(StockLevel.id).in_(_in_reach(reach, col(StockLevel.id))))
    return statement.where(col(StockLevel.id).not_in(without)) if without else statement


def candidates(session: Session, statement: Query) -> list[Candidate]:
    """Run a query made from `free_stock`."""
    return [Candidate(*row) for row in session.execute(statement)]


def class_counts(session: Session, reach: Reach | None) -> dict[str, int]:
    """How many stocks of each ABC class are in reach, open lines or not; "" are those without a class.

    Read from two indexes, bins by code and stock by bin and class: a tenth of a second for a third of a million rows.
    """
    if reach is None:
        return {}
    counting = _in_reach(reach, col(StockLevel.abc_class), func.count()).group_by(col(StockLevel.abc_class))
    return dict(session.execute(counting).all())


def held_count(session: Session, reach: Reach | None) -> int:
    """How many stocks in reach an open line holds. Read from the open lines, of which there are few."""
    if reach is None:
        return 0
    held = (
        select(func.count())
        .select_from(CountLine)
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .where(col(CountLine.state).in_(OPEN_STATES), *reach.conditions)
    )
    return session.exec(held).one()


def holds_any(session: Session, reach: Reach, *conditions: ColumnElement[bool]) -> bool:
    """Whether any stock in reach is like that, open line or not, in terms of its `Location` and `Item`."""
    statement = _in_reach(reach, col(StockLevel.id))
    if not reach.categories:
        statement = statement.join(Item, col(Item.id) == col(StockLevel.item_id))
    return session.execute(statement.where(*conditions).limit(1)).first() is not None


def classes_in_stock(session: Session) -> list[str]:
    """Every class that some stock has, "" among them: a step in the index for each, not a scan."""
    found: list[str] = []
    smallest = select(func.min(StockLevel.abc_class))
    letter: str | None = session.exec(smallest).one()
    while letter is not None:
        found.append(letter)
        letter = session.exec(smallest.where(col(StockLevel.abc_class) > letter)).one()
    return found


def _is_being_counted() -> ColumnElement[bool]:
    return (
        select(CountLine.id)
        .where(
            CountLine.item_id == StockLevel.item_id,
            CountLine.location_id == StockLevel.location_id,
            col(CountLine.state).in_(OPEN_STATES),
        )
        .exists()
    )


def begins_with(prefix: str) -> ColumnElement[bool]:
    """Whether a bin's code begins so, letter by letter (SQLite's LIKE takes a- for A-)."""
    return _BeginsWith(Location.code, prefix, len(prefix))


def _in_reach(reach: Reach, *columns: SQLColumnExpression[Any]) -> Query:
    """A query of stock in reach, open lines or not, that goes from the bins to what lies in them."""
    statement = (
        core_select(*columns)
        .select_from(Location)
        .join(StockLevel, col(StockLevel.location_id) == col(Location.id))
        .where(*reach.conditions, or_(*(_between(prefix, reach.collation) for prefix in reach.bins or reach.team_bins)))
    )
    return statement.join(Item, col(Item.id) == col(StockLevel.item_id)) if reach.categories else statement


def _between(prefix: str, collation: str) -> ColumnElement[bool]:
    """The same as a range of codes, which an index can answer; by code points, which is not a language's order."""
    last = ord(prefix[-1]) + 1
    if not chr(last).isprintable():  # nothing sensible comes next: a surrogate, say
        return begins_with(prefix)
    code = collate(col(Location.code), collation)
    return and_(code >= prefix, code < prefix[:-1] + chr(last))


class _BeginsWith(FunctionElement[bool]):
    """A text, how it begins, and how many characters that has."""

    type = Boolean()
    inherit_cache = True


@compiles(_BeginsWith)
def _by_substring(element: _BeginsWith, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - see import
    value, prefix, length = (compiler.process(part, **options) for part in element.clauses)
    return f"(substr({value}, 1, {length}) = {prefix})"


@compiles(_BeginsWith, "postgresql")
def _by_operator(element: _BeginsWith, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - see import
    """The operator that PostgreSQL's planner can estimate; of a substring it would expect hardly any row."""
    value, prefix, _ = (compiler.process(part, **options) for part in element.clauses)
    return f"({value} ^@ {prefix})"
