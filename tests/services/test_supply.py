"""What the stock file says of orders: blank is unknown, a column that is not there says nothing, and age is kept."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from models.supply import ItemSupply
from tests.services.importing import HEADER, found, load, stock_file
from tests.services.test_stock_files import problems_of
from tests.world import World

ROW = "BOLT-10,Bolt M10x40,Fasteners,pcs,1,A-01,50"


def supply(world: World) -> ItemSupply | None:
    with world.database.read() as session:
        return session.get(ItemSupply, found(world).item_id)


def say(world: World, columns: str, cells: str, **options: object) -> ItemSupply:
    load(world, stock_file(f"{ROW},{cells}", header=f"{HEADER},{columns}"), **options)
    said = supply(world)
    assert said is not None
    return said


def test_a_file_without_these_columns_says_nothing(world: World) -> None:
    load(world, stock_file(ROW))
    assert supply(world) is None


def test_blank_is_unknown_and_not_zero(world: World) -> None:
    said = say(world, "on_order,reserved,order_multiple", "0,,")
    assert (said.on_order, said.reserved, said.order_multiple) == (Decimal(0), None, None)
    assert (said.on_order_at, said.reserved_at) == (world.now - timedelta(seconds=1), None)
    said = say(world, "on_order,reserved,order_multiple", ",2.5,50")
    assert (said.on_order, said.reserved, said.order_multiple) == (None, Decimal("2.5"), Decimal(50))
    assert said.on_order_at is None


def test_what_is_said_again_is_as_old_as_the_file_and_the_rest_stays_as_old_as_it_was(world: World) -> None:
    first = say(world, "on_order,reserved", "100,5")
    world.now += timedelta(days=3)
    then = world.now - timedelta(hours=2)
    second = say(world, "on_order", "100", as_of=then)
    assert (second.on_order, second.on_order_at) == (Decimal(100), then)
    assert (second.reserved, second.reserved_at) == (Decimal(5), first.reserved_at)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("on_order", "-1", 'on_order "-1" is negative; leave it blank when it is not known'),
        ("reserved", "-0.5", 'reserved "-0.5" is negative; leave it blank when it is not known'),
        ("reserved", "soon", '"soon" is not a number; decimal mark is "."'),
        ("order_multiple", "0", 'order_multiple "0" is no quantity to order; leave it blank when it is not known'),
        ("reorder_point", "-1", 'reorder_point "-1" is negative; leave it blank when there is none'),
    ],
)
def test_what_cannot_be_is_said_with_its_line(tmp_path: Path, column: str, cell: str, problem: str) -> None:
    assert problems_of(f"{HEADER},{column}\n{ROW},{cell}\n", tmp_path) == [f"stock.csv line 2: {problem}"]


def test_the_rows_of_an_item_agree_on_what_is_on_order(tmp_path: Path) -> None:
    text = f"{HEADER},on_order\n{ROW},5\n{ROW.replace('A-01', 'A-02')},6\n"
    assert problems_of(text, tmp_path) == ["stock.csv line 3: BOLT-10 has another on_order than on line 2"]
