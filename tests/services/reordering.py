"""Demand and counts in a test, and what is advised by them."""

from datetime import datetime, timedelta

from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services import decisions, reorder
from models.services.reorder import ReorderRow
from models.supply import ItemSupply
from scheduler.forecasting import go
from tests.builders import Stock
from tests.world import World

DAY = timedelta(days=1)


def counted(
    world: World,
    stock: Stock,
    quantity: int,
    reason: Reason | str = Reason.UNRECORDED_ISSUE,
    *,
    on: datetime | None = None,
) -> int:
    """Count a stock (at an instant, now unless given), and have a variance approved for a cause; the id of the line.

    The clock stands at the count afterwards, a few seconds late.
    """
    if on is not None:
        world.now = on
    line, at = world.line(stock), on or world.now
    world.count(line, "ana", quantity, at=at)
    if world.state(line) is LineState.RECOUNT:
        world.count(line, "dan", quantity, at=at)
        person, version = world.person("eva"), world.version(line)
        with world.step() as session:
            decisions.approve(session, person=person, line_id=line, version=version, reason=reason, now=world.now)
    return line


def counted_at(world: World, stock: Stock) -> datetime:
    """The instant of the last count of a stock."""
    at = world.level(stock).last_counted_at
    assert at is not None
    return at


def used(world: World, sku: str, per_week: int = 14, *, left: int, weeks: int = 20, code: str = "A-01") -> Stock:
    """An item of which so much was issued in the middle of each of the last weeks, and so much is left."""
    stock = world.stock(sku, code, left + per_week * weeks)
    for back in range(weeks, 0, -1):
        world.issue(stock, per_week, occurred_at=world.now - back * 7 * DAY + timedelta(days=3.5))
    return stock


def forecast(world: World) -> int:
    """Forecast everything anew; how many items."""
    return go(world.database, world.now, before=world.now)


def supply(world: World, stock: Stock, **figures: object) -> None:
    """Say what is on order, reserved or ordered by the pack, now."""
    with world.database.write() as session:
        found = session.get(ItemSupply, stock.item_id) or ItemSupply(item_id=stock.item_id)
        found.sqlmodel_update(figures | {"on_order_at": world.now, "reserved_at": world.now})
        session.add(found)
    world.now += timedelta(seconds=1)


def advice(world: World, stock: Stock) -> ReorderRow:
    """What is advised of an item, forecast now; the stored forecast says the same."""
    forecast(world)
    with world.database.read() as session:
        row = reorder.reorder_row(session, stock.item_id, world.now)
        (stored,) = reorder.reorder_rows(session, world.now, lambda item_id: item_id == stock.item_id)
    assert row is not None
    assert row.advised == stored.advised
    return row
