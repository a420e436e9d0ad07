"""Importing stock and the way back: the same file changes nothing, and a count is never undone."""

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, func, select

from models.catalog import Item, Location, PackSize
from models.database import Database
from models.errors import BadFile, BadInput
from models.rules.lines import LineState
from models.services import imports
from models.services.imports import StockImport
from models.services.locks import Work
from models.stock import EntryKind, StockEntry, StockLevel
from models.tables import METADATA
from tests.builders import Stock
from tests.services.importing import HEADER, bolts, found, ledger_rows, load, move, stock_file
from tests.world import World


def counts(done: StockImport) -> dict[str, int]:
    return {name: value for name, value in asdict(done).items() if isinstance(value, int) and value}


def everything(session: Session) -> list[list[Any]]:
    tables = (METADATA.tables[name] for name in ("item", "packsize", "location", "stocklevel", "stockentry"))
    return [list(session.execute(table.select().order_by(table.c.id))) for table in tables]


def counted(world: World, stock: Stock, quantity: int) -> int:
    """Count a stock twice and have it approved."""
    line = world.line(stock)
    world.count(line, "ana", quantity)
    world.count(line, "dan", quantity)
    world.approve(line, "eva")
    assert world.state(line) is LineState.RECONCILED
    return line


def test_a_first_import_opens_the_ledger(world: World) -> None:
    done = load(
        world,
        stock_file(
            "BOLT-10,Bolt,Fasteners,pcs,0.35,A-01,120,A,box=50; case=600,3",
            "BOLT-10,Bolt,Fasteners,pcs,0.35,A-02,0,A,box=50; case=600,4",
            "OIL-1,Oil,,l,,A-01,-2.5,,,3",
            header=f"{HEADER},abc_class,pack_sizes,walk_order",
        ),
    )
    assert counts(done) == {"items_new": 2, "bins_new": 2, "opened": 3}
    assert ledger_rows(world) == [(EntryKind.OPENING, Decimal(120)), (EntryKind.OPENING, Decimal("-2.5"))]
    assert world.on_hand(found(world)) == 120
    assert world.on_hand(found(world, code="A-02")) == 0
    assert world.level(found(world)).last_counted_at is None
    with world.database.read() as session:
        bolt, oil = session.exec(select(Item).order_by(Item.sku)).all()
        assert (bolt.abc_class, bolt.unit_cost, oil.unit_cost) == ("A", Decimal("0.35"), None)
        assert {pack.name: pack.factor for pack in session.exec(select(PackSize))} == {"box": 50, "case": 600}
        opening = session.exec(select(StockEntry).where(StockEntry.item_id == bolt.id)).one()
        assert (opening.unit_cost, opening.reference) == (Decimal("0.35"), "file")
        assert opening.occurred_at == opening.recorded_at


def test_the_same_file_again_changes_nothing(world: World) -> None:
    rows = ["X,x,c,pcs,1,A-01,5,box=5", "Y,y,c,pcs,1,A-01,0,", "X,x,c,pcs,1,B-01,7,box=5"]
    load(world, stock_file(*rows, header=f"{HEADER},pack_sizes"))
    with world.database.read() as session:
        before = everything(session)
    again = load(world, stock_file(*rows, header=f"{HEADER},pack_sizes"))
    assert counts(again) == {"unchanged": 3}
    with world.database.read() as session:
        assert everything(session) == before


def test_import_after_count_does_not_undo_the_count(world: World) -> None:
    load(world, bolts(100))
    counted(world, found(world), 90)
    assert counts(load(world, bolts(100))) == {"unchanged": 1}
    assert world.on_hand(found(world)) == 90


def test_a_changed_row_posts_the_difference_to_the_ledger(world: World) -> None:
    load(world, bolts(100))
    assert counts(load(world, bolts(130))) == {"corrected": 1}
    assert ledger_rows(world) == [(EntryKind.OPENING, Decimal(100)), (EntryKind.IMPORT, Decimal(30))]
    assert world.on_hand(found(world)) == 130


def test_a_changed_row_that_movements_already_told_posts_nothing(world: World) -> None:
    load(world, bolts(100))
    world.receive(found(world), 20)
    assert counts(load(world, bolts(120))) == {"unchanged": 1}
    assert world.level(found(world)).imported_on_hand == 120
    assert len(ledger_rows(world)) == 2


def test_as_of_leaves_later_movements_alone(world: World) -> None:
    load(world, bolts(100))
    evening = world.now
    world.now += timedelta(hours=2)
    world.issue(found(world), 30)
    done = load(world, bolts(104), as_of=evening)
    assert counts(done) == {"corrected": 1}
    assert world.on_hand(found(world)) == 74


def test_as_of_in_the_future_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="is in the future"):
        load(world, bolts(1), as_of=world.now + timedelta(minutes=1))


def test_a_changed_row_after_an_adjustment_is_a_conflict_and_left_alone(world: World) -> None:
    load(world, bolts(100))
    counted(world, found(world), 90)
    for _ in range(2):  # it stays a conflict until somebody settles it
        done = load(world, bolts(120))
        assert counts(done) == {}
        (conflict,) = done.conflicts
        assert conflict == (2, "BOLT-10", "A-01", Decimal(120), Decimal(100), Decimal(90))
        assert world.on_hand(found(world)) == 90


def test_an_import_of_the_old_value_does_not_hide_the_adjustment(world: World) -> None:
    """The file repeats 100 (it has not heard of the count), then says 120: that is still a conflict."""
    load(world, bolts(100))
    counted(world, found(world), 90)
    load(world, bolts(100))
    assert len(load(world, bolts(120)).conflicts) == 1


def test_a_file_that_has_heard_of_the_adjustment_is_taken_over(world: World) -> None:
    load(world, bolts(100))
    counted(world, found(world), 90)
    done = load(world, bolts(90))
    assert (counts(done), done.conflicts) == ({"unchanged": 1}, [])
    assert counts(load(world, bolts(85))) == {"corrected": 1}
    assert world.on_hand(found(world)) == 85


def test_overwrite_takes_the_file_s_word(world: World) -> None:
    load(world, bolts(100))
    counted(world, found(world), 90)
    done = load(world, bolts(120), overwrite=True)
    assert (counts(done), done.conflicts) == ({"corrected": 1}, [])
    assert world.on_hand(found(world)) == 120
    # ... but it does not bring back a value the file only repeats.
    assert counts(load(world, bolts(120), overwrite=True)) == {"unchanged": 1}


def test_stock_that_only_movements_knew_is_corrected_not_opened(world: World) -> None:
    load(world, stock_file("BOLT-10,Bolt,,pcs,1,A-01,100", "NUT-1,Nut,,pcs,1,A-02,5"))
    move(world, "BOLT-10,A-02,TRANSFER_IN,30,2026-11-22T10:00,T-1")
    assert counts(load(world, stock_file("BOLT-10,Bolt,,pcs,1,A-02,25"))) == {"corrected": 1}
    assert world.on_hand(found(world, code="A-02")) == 25


def test_the_catalogue_follows_the_file_but_only_in_the_columns_it_has(world: World) -> None:
    header = f"{HEADER},abc_class,barcode,walk_order,pack_sizes"
    load(world, stock_file("X,old,c,pcs,1,A-01,5,A,123,9,box=5; case=10", header=header))
    done = load(world, stock_file("X,new,c,kg,,A-01,5"))
    assert counts(done) == {"items_changed": 1, "unchanged": 1}
    assert done.unit_changes == ["X is now counted in kg, it was pcs"]
    with world.database.read() as session:
        item = session.exec(select(Item)).one()
        assert (item.name, item.unit, item.unit_cost) == ("new", "kg", None)
        assert (item.abc_class, item.barcode) == ("A", "123")
        assert session.exec(select(Location.walk_order)).one() == 9
        assert len(session.exec(select(PackSize)).all()) == 2
    done = load(world, stock_file("X,new,c,kg,,A-01,5,,,8,box=6; drum=1", header=header))
    assert counts(done) == {"items_changed": 1, "bins_changed": 1, "unchanged": 1}
    with world.database.read() as session:
        assert {pack.name: pack.factor for pack in session.exec(select(PackSize))} == {"box": 6, "drum": 1}
        assert session.exec(select(Item.barcode)).one() is None


def test_a_bad_file_changes_nothing(world: World) -> None:
    with pytest.raises(BadFile, match='file line 3: "x" is not a number'):
        load(world, stock_file("X,x,,pcs,1,A-01,5", "Y,y,,pcs,1,A-01,x"))
    with world.database.read() as session:
        assert [len(rows) for rows in everything(session)] == [0, 0, 0, 0, 0]


def test_many_rows_go_in_whole(world: World) -> None:
    rows = [f"S-{number},s,,pcs,2,A-{number % 50},{number}" for number in range(4500)]
    assert counts(load(world, stock_file(*rows))) == {"items_new": 4500, "bins_new": 50, "opened": 4500}
    with world.database.read() as session:
        assert session.exec(select(func.sum(StockEntry.quantity))).one() == sum(range(4500))
        assert session.exec(select(func.count()).select_from(StockLevel)).one() == 4500


def test_two_imports_at_once_on_postgresql_wait_for_each_other(postgres_database: Database, now: datetime) -> None:
    with postgres_database.write() as session:
        imports.import_stock(session, bolts(1), now=now)
        with postgres_database.write() as other:
            free = other.connection().exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({int(Work.IMPORT)})")
            assert free.scalar() is False
