"""The class in force: a pin beats the stock file, the file beats what was computed, and every level follows."""

import pytest
from sqlmodel import col, select

from models.catalog import Item
from models.classes import ClassFrequency
from models.services import item_classes
from models.services.item_classes import in_force
from models.stock import EntryKind, StockLevel
from tests.services.importing import HEADER, load, move, stock_file
from tests.world import World

WITH_CLASS = f"{HEADER},abc_class"


def classes(world: World) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Pinned, from the file, and in force, by SKU."""
    with world.database.read() as session:
        return {item.sku: (item.pinned_class, item.file_class, item.abc_class) for item in session.exec(select(Item))}


def copies(world: World, sku: str = "X") -> list[str]:
    """The classes on the levels of an item."""
    with world.database.read() as session:
        return list(
            session.exec(
                select(StockLevel.abc_class)
                .join(Item, col(Item.id) == col(StockLevel.item_id))
                .where(Item.sku == sku)
                .order_by(col(StockLevel.id))
            )
        )


def set_item(world: World, sku: str = "X", **values: object) -> None:
    """Change columns of an item, and let its levels follow."""
    with world.database.write() as session:
        item = session.exec(select(Item).where(Item.sku == sku)).one()
        item.sqlmodel_update(values)
        session.add(item)
        session.flush()
        item_classes.copy_to_levels(session)


@pytest.mark.parametrize(
    ("pinned", "from_file", "computed", "found"),
    [
        ("A", "B", "C", "A"),
        ("A", None, None, "A"),
        (None, "B", "C", "B"),
        (None, None, "C", "C"),
        (None, None, None, None),
    ],
)
def test_a_pin_beats_the_file_which_beats_what_was_computed(
    pinned: str | None, from_file: str | None, computed: str | None, found: str | None
) -> None:
    assert in_force(pinned, from_file, computed) == found


def test_a_class_in_the_stock_file_stands_and_is_on_every_level(world: World) -> None:
    load(world, stock_file("X,x,,pcs,1,A-01,5,b", "X,x,,pcs,1,A-02,5,b", "Y,y,,pcs,1,A-01,5,", header=WITH_CLASS))
    assert classes(world) == {"X": (None, "B", "B"), "Y": (None, None, None)}
    assert (copies(world), copies(world, "Y")) == (["B", "B"], [""])


def test_another_class_in_the_file_moves_the_item_and_its_levels(world: World) -> None:
    rows = [f"{sku},x,,pcs,1,A-0{number},5," for sku in ("X", "Y") for number in (1, 2)]
    load(world, stock_file(*(row + "B" for row in rows), header=WITH_CLASS))
    done = load(world, stock_file(*(row + "AB"["Y" in row] for row in rows), header=WITH_CLASS))
    assert (done.items_changed, done.unchanged) == (1, 4)
    assert classes(world) == {"X": (None, "A", "A"), "Y": (None, "B", "B")}
    assert (copies(world), copies(world, "Y")) == (["A", "A"], ["B", "B"])


def test_a_file_without_the_column_leaves_the_class_alone(world: World) -> None:
    load(world, stock_file("X,x,,pcs,1,A-01,5,B", header=WITH_CLASS))
    done = load(world, stock_file("X,x,,pcs,1,A-01,5", "X,x,,pcs,1,A-02,7"))
    assert (done.items_changed, done.opened) == (0, 1)
    assert classes(world) == {"X": (None, "B", "B")}
    assert copies(world) == ["B", "B"]


def test_a_blank_cell_releases_the_class_which_then_stays_until_somebody_computes_one(world: World) -> None:
    load(world, stock_file("X,x,,pcs,1,A-01,5,B", header=WITH_CLASS))
    done = load(world, stock_file("X,x,,pcs,1,A-01,5,", header=WITH_CLASS))
    assert done.items_changed == 1
    assert classes(world) == {"X": (None, None, "B")}
    assert load(world, stock_file("X,x,,pcs,1,A-01,5,", header=WITH_CLASS)).items_changed == 0


def test_a_pin_stands_whatever_the_file_says(world: World) -> None:
    load(world, stock_file("X,x,,pcs,1,A-01,5,B", header=WITH_CLASS))
    set_item(world, pinned_class="A", abc_class="A")
    load(world, stock_file("X,x,,pcs,1,A-01,5,C", "X,x,,pcs,1,A-02,5,C", header=WITH_CLASS))
    assert classes(world) == {"X": ("A", "C", "A")}
    assert copies(world) == ["A", "A"]


def test_levels_that_movements_create_carry_the_class(world: World) -> None:
    load(world, stock_file("X,x,,pcs,1,A-01,5,B", "Y,y,,pcs,1,A-02,5,", header=WITH_CLASS))
    move(world, "X,A-02,TRANSFER_IN,3,2026-11-22T10:00,T-1", "Y,A-01,RECEIPT,3,2026-11-22T10:00,T-2")
    assert (copies(world), copies(world, "Y")) == (["B", "B"], ["", ""])


def test_a_level_that_a_single_posting_creates_carries_the_class(world: World) -> None:
    stock = world.stock("X", "A-01", 5, abc_class="A")
    elsewhere = world.stock("X", "A-02")
    world.post(elsewhere, EntryKind.RECEIPT, 3)
    assert stock.item_id == elsewhere.item_id
    assert copies(world) == ["A", "A"]


def test_the_reorder_point_comes_from_the_file(world: World) -> None:
    header = f"{HEADER},reorder_point"

    def stored() -> object:
        with world.database.read() as session:
            return session.exec(select(col(Item.reorder_point))).one()

    load(world, stock_file("X,x,,pcs,1,A-01,5,12.5", header=header))
    assert stored() == 12.5
    load(world, stock_file("X,x,,pcs,1,A-01,5"))
    assert stored() == 12.5
    load(world, stock_file("X,x,,pcs,1,A-01,5,", header=header))
    assert stored() is None


def test_frequencies_are_those_of_the_set_up_else_the_usual_ones(world: World) -> None:
    with world.step() as session:
        assert item_classes.frequencies(session) == {"A": 12, "B": 4, "C": 2}
        session.add_all(
            [ClassFrequency(abc_class="B", counts_per_year=6), ClassFrequency(abc_class="A", counts_per_year=26)]
        )
    with world.step() as session:
        found = item_classes.frequencies(session)
    assert (found, list(found)) == ({"A": 26, "B": 6}, ["A", "B"])
