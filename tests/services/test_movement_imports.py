"""Importing movements: signed by their kind, posted once, and told to the counts they came too late for."""

from decimal import Decimal

import pytest
from sqlmodel import col, select

from models.errors import BadFile
from models.rules.lines import LineState
from models.services.movement_imports import MovementImport
from models.stock import StockEntry
from tests.services.importing import bolts, found, ledger_rows, load, move, stock_file
from tests.world import World


def test_movements_are_signed_by_their_kind(world: World) -> None:
    load(world, bolts(100))
    done = move(
        world,
        "BOLT-10,A-01,RECEIPT,10,2026-11-22T10:00,PO-1",
        "BOLT-10,A-01,issue,3,2026-11-22T11:00,WO-1",
        "BOLT-10,A-01,TRANSFER_IN,2.5,2026-11-22T12:00,",
        "BOLT-10,A-01,TRANSFER_OUT,1,2026-11-22T13:00:05+01:00,",
    )
    assert (done.posted, done.known) == (4, 0)
    assert [quantity for _, quantity in ledger_rows(world)] == [100, 10, -3, Decimal("2.5"), -1]
    assert world.on_hand(found(world)) == Decimal("108.5")


def test_a_time_without_offset_is_a_wall_clock_of_the_company(world: World) -> None:
    load(world, bolts(100))
    move(world, "BOLT-10,A-01,ISSUE,1,2026-11-22T10:00,a", "BOLT-10,A-01,ISSUE,1,2026-11-22T10:00Z,b")
    with world.database.read() as session:
        times = session.exec(select(StockEntry.occurred_at).order_by(col(StockEntry.id))).all()[1:]
    assert [time.isoformat() for time in times] == ["2026-11-22T09:00:00+00:00", "2026-11-22T10:00:00+00:00"]


def test_importing_movements_twice_posts_them_once(world: World) -> None:
    load(world, bolts(100))
    rows = ["BOLT-10,A-01,ISSUE,3,2026-11-22T11:00,WO-1"] * 2 + ["BOLT-10,A-01,ISSUE,4,2026-11-22T11:00,WO-1"]
    assert move(world, *rows) == MovementImport(posted=3, known=0)
    assert move(world, *rows) == MovementImport(posted=0, known=3)
    # Written otherwise they are still the same; a third equal row is one more movement.
    again = [row.replace(",3,", ",3.000,").replace("ISSUE", "issue") for row in rows]
    assert move(world, *again, rows[0]) == MovementImport(posted=1, known=3)
    assert world.on_hand(found(world)) == 100 - 3 * 3 - 4


def test_a_late_movement_is_told_to_the_count_it_missed(world: World) -> None:
    """An issue of 10 made at 08:00 but recorded at 18:00, counted 90 at 09:00: it was only paperwork."""
    load(world, bolts(100))
    world.clock("09:00")
    line = world.line(found(world))
    world.count(line, "ana", 90)
    assert world.state(line) is LineState.RECOUNT
    world.clock("18:00")
    move(world, "BOLT-10,A-01,ISSUE,10,2026-11-23T08:00Z,WO-1")
    assert world.state(line) is LineState.RECONCILED
    assert world.adjustments(found(world)) == []


def test_movements_and_counts_of_other_stock_do_not_meet(world: World) -> None:
    load(world, stock_file("BOLT-10,Bolt,,pcs,1,A-01,100", "NUT-1,Nut,,pcs,1,A-01,50"))
    world.clock("09:00")
    line = world.line(found(world))
    world.count(line, "ana", 100)
    move(world, "NUT-1,A-01,ISSUE,10,2026-11-23T08:00Z,WO-1")
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(found(world, "NUT-1")) == 40


def test_every_bad_movement_is_listed_and_nothing_is_posted(world: World) -> None:
    load(world, bolts(100))
    with pytest.raises(BadFile) as refused:
        move(
            world,
            "BOLT-10,A-01,ISSUE,3,2026-11-22T11:00,good",
            "BOLT-99,A-01,ISSUE,3,2026-11-22T11:00,",
            "BOLT-10,Z-01,ISSUE,3,2026-11-22T11:00,",
            "BOLT-10,A-01,ADJUSTMENT,3,2026-11-22T11:00,",
            "BOLT-10,A-01,LOSS,3,2026-11-22T11:00,",
            "BOLT-10,A-01,ISSUE,-3,2026-11-22T11:00,",
            "BOLT-10,A-01,ISSUE,0,2026-11-22T11:00,",
            "BOLT-10,A-01,ISSUE,3,yesterday,",
            "BOLT-10,A-01,ISSUE,3,2026-11-22,",
            "BOLT-10,A-01,ISSUE,3,2026-11-24T11:00,",
            "BOLT-10,A-01,ISSUE,3,2026-03-29T02:30,",
            "BOLT-10,A-01,ISSUE,3,0001-01-01T00:00,",
            "BOLT-10,A-01,,3,,",
        )
    why = "which decides between before and after a count"
    kinds = "the kinds are RECEIPT, ISSUE, TRANSFER_IN, TRANSFER_OUT"
    assert str(refused.value).splitlines() == [
        'file line 3: there is no item "BOLT-99"; import a stock.csv with it first',
        'file line 4: there is no bin "Z-01"; import a stock.csv with it first',
        f'file line 5: "ADJUSTMENT" is not made by a file; {kinds}',
        f'file line 6: "LOSS" is no kind of movement; {kinds}',
        'file line 7: "-3" is not more than 0; the kind says whether stock comes or goes',
        'file line 8: "0" is not more than 0; the kind says whether stock comes or goes',
        'file line 9: "yesterday" is not a time; write it like 2026-11-22T14:05 or 2026-11-22T14:05+01:00',
        f'file line 10: "2026-11-22" has no time of day, {why}; write it like 2026-11-22T14:05',
        'file line 11: "2026-11-24 11:00:00" is in the future',
        'file line 12: "2026-03-29 02:30:00" does not exist in Europe/Berlin: the clocks went forward',
        'file line 13: "0001-01-01T00:00" is not in this age; check the year',
        "file line 14: kind is missing",
        "file line 14: occurred_at is missing",
    ]
    assert world.on_hand(found(world)) == 100
