"""Choosing lines in a test: what a plan of some policies would take now, and counting it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountLine, CountSession
from models.plans import AtDue, Pace
from models.rules.policies import parse_policies
from models.rules.runs import next_run
from models.rules.schedules import parse_schedule
from models.services import people, selection
from models.services.due_stock import pace_of
from models.services.plan_schedule import leveled_run
from models.services.plan_terms import Leveled, Terms
from models.services.selection import Pick
from models.stock import EntryKind, StockEntry, StockLevel
from tests.builders import Number, Stock
from tests.world import World


def picks(
    world: World, select_text: str, *, lines: int = 12, team_id: int | None = None, seed: int = 7,
    bins: tuple[str, ...] = (), categories: tuple[str, ...] = (), leveled: Leveled | None = None,
    pace: Pace = Pace.LEVEL,
) -> list[Pick]:  # fmt: skip
    """The lines that a run of these policies would have now, in walk order."""
    terms = Terms(team_id or world.team_id, parse_policies(select_text), lines, bins, categories, pace)
    with world.database.read() as session:
        return selection.choose(session, terms, now=world.now, seed=seed, leveled=leveled)


def skus(found: Sequence[Pick]) -> list[str]:
    return [pick.stock.sku for pick in found]


def taken(world: World, select_text: str, *, bins: tuple[str, ...] = ()) -> list[str]:
    """The SKUs that one policy takes, the best first: those of a run with one line, those that a second adds, ..."""
    found: list[str] = []
    while True:
        more = [sku for sku in skus(picks(world, select_text, lines=len(found) + 1, bins=bins)) if sku not in found]
        if not more:
            return found
        assert len(more) == 1, f"with one line more, {more} instead of one"
        found += more


def leveled_for(world: World, schedule: str = "daily 07:00") -> Leveled:
    """The next run of a plan with that schedule, to level by."""
    with world.database.read() as session:
        calendar = pace_of(session, world.team_id, world.now).calendar
        rhythm = parse_schedule(schedule, people.company(session).timezone)
    run = next_run(rhythm, calendar, world.now - timedelta(microseconds=1))
    assert run is not None
    found = leveled_run(rhythm, calendar, run)
    assert found is not None
    return found


@contextmanager
def days_ago(world: World, days: float) -> Iterator[None]:
    """What happens in the block happened so many days before; its seconds pass now, too."""
    world.now -= timedelta(days=days)
    try:
        yield
    finally:
        world.now += timedelta(days=days)


def counted(world: World, stock: Stock, quantity: Number | None = None, *, days: float = 0) -> int:
    """Have a stock counted (as what the record says, unless another quantity is given) so many days ago; its line."""
    with days_ago(world, days):
        line_id = open_line(world, stock)
        world.count(line_id, "ana", world.on_hand(stock) if quantity is None else quantity)
    return line_id


def open_line(world: World, stock: Stock) -> int:
    """A line of a stock alone, as a spot count makes it; other bins of the item are skipped."""
    world.spot_count("kim", stock.sku)
    with world.database.read() as session:
        lines = session.exec(
            select(CountLine).where(CountLine.item_id == stock.item_id, col(CountLine.state).in_(OPEN_STATES))
        ).all()
    found = 0
    for line in lines:
        assert line.id is not None
        if line.location_id == stock.location_id:
            found = line.id
        else:
            world.skip(line.id, "ana", "another bin")
    return found


def set_item(world: World, stock: Stock, **values: object) -> None:
    """Change columns of an item."""
    with world.database.write() as session:
        session.get_one(Item, stock.item_id).sqlmodel_update(values)


def stocked(
    world: World, sku: str, code: str, on_hand: Number = 0, *, days: float = 400, unit_cost: Number | None = 1,
    category: str = "", abc_class: str | None = None,
) -> Stock:  # fmt: skip
    """An item in a bin since so many days, never counted."""
    with days_ago(world, days):
        stock = world.stock(sku, code, on_hand, unit_cost=unit_cost, category=category, abc_class=abc_class)
    with world.database.write() as session:
        level = session.get_one(StockLevel, stock.level_id)
        level.due_from = level.created_at = world.now - timedelta(days=days)
    return stock


@dataclass(frozen=True)
class Row:
    """One item in one bin since so many days, and perhaps counted then; `moves` receipts of 1 since yesterday."""

    code: str
    abc_class: str | None = None
    category: str = ""
    on_hand: Number = 5
    days: int = 0
    was_counted: bool = False
    unit_cost: Number | None = 1
    moves: int = 0
    is_open: bool = False


def bulk(session: Session, rows: Sequence[Row], now: datetime, *, first: int = 0) -> list[int]:
    """Stock, quickly: SKU-0000, SKU-0001, ... from number `first` on, the open ones on a sheet; ids of the levels.

    The ledger is not what it would have to be.
    """
    return [_add(session, number, row, now) for number, row in enumerate(rows, start=first)]


def _add(session: Session, number: int, row: Row, now: datetime) -> int:
    since = now - timedelta(days=row.days)
    item = Item(
        sku=f"SKU-{number:04}", name="Item", category=row.category, abc_class=row.abc_class, created_at=since,
        unit_cost=None if row.unit_cost is None else Decimal(row.unit_cost), reorder_point=Decimal(number % 3 * 5),
    )  # fmt: skip
    location = session.exec(select(Location).where(Location.code == row.code)).one_or_none() or Location(code=row.code)
    session.add_all([item, location])
    session.flush()
    assert item.id is not None
    assert location.id is not None
    level = StockLevel(
        item_id=item.id, location_id=location.id, on_hand=Decimal(row.on_hand), abc_class=row.abc_class or "",
        created_at=since, due_from=since, last_counted_at=since if row.was_counted else None,
    )  # fmt: skip
    session.add(level)
    for _ in range(row.moves):
        session.add(
            StockEntry(
                item_id=item.id,
                location_id=location.id,
                kind=EntryKind.RECEIPT,
                quantity=Decimal(1),
                occurred_at=now - timedelta(days=1),
                recorded_at=now,
            )
        )
    if row.is_open:
        _open(session, item.id, location.id, now)
    session.flush()
    assert level.id is not None
    return level.id


def _open(session: Session, item_id: int, location_id: int, now: datetime) -> None:
    sheet = CountSession(
        team_id=1, name="Held", scheduled_for=now, started_at=now, due_at=now, recounts=1, replies=True,
        at_due=AtDue.EXPIRE,
    )  # fmt: skip
    session.add(sheet)
    session.flush()
    assert sheet.id is not None
    session.add(CountLine(session_id=sheet.id, item_id=item_id, location_id=location_id, position=1, due_at=now))
