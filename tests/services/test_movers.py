"""Who moved stock: kept from the file, shown, and resolved to a member only when it can be nobody else."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from sqlmodel import col, select

from models.catalog import Item
from models.errors import BadFile
from models.people import Member
from models.services import movement_imports
from models.services.cards import card_facts
from models.services.item_card import item_card
from models.services.movement_files import read_movements
from models.services.movement_imports import MovementImport
from models.services.movers import Movers
from models.stock import StockEntry
from tests.services.importing import BERLIN, bolts, found, load, move
from tests.world import World

HEADER = "sku,location,kind,quantity,occurred_at,reference,moved_by"
ROW = "BOLT-10,A-01,ISSUE,3,2026-11-22T11:00,WO-1"


def moved(world: World, *rows: str) -> MovementImport:
    file = StringIO("\n".join([HEADER, *rows, ""]), newline="")
    with world.step() as session:
        return movement_imports.import_movements(session, file, now=world.now, timezone=BERLIN)


def movers(world: World) -> list[str | None]:
    with world.database.read() as session:
        return list(session.exec(select(StockEntry.moved_by).order_by(col(StockEntry.id))))[1:]


def test_who_moved_it_is_kept_in_bulk_and_one_by_one(world: World) -> None:
    load(world, bolts(100))
    moved(world, f"{ROW},Ana", "BOLT-10,A-01,RECEIPT,3,2026-11-22T11:00,PO-1,badge 17", f"{ROW},")
    world.count(world.line(found(world)), "ana", 97)
    moved(world, "BOLT-10,A-01,ISSUE,4,2026-11-22T12:00,WO-2,<@U01DAN>")
    assert movers(world) == ["Ana", "badge 17", None, "<@U01DAN>"]
    with world.database.read() as session:
        item = session.get_one(Item, found(world).item_id)
        shown = [
            (one.reference, one.moved_by) for one in item_card(session, world.person("kim"), item, world.now).movements
        ]
    assert shown[1:] == [("WO-2", "Dan"), ("WO-1", ""), ("PO-1", "badge 17"), ("WO-1", "Ana")]


def test_the_card_says_who_moved_what(world: World) -> None:
    load(world, bolts(100))
    moved(world, f"{ROW},U01ANA")
    line = world.line(found(world))
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    with world.database.read() as session:
        moves = card_facts(session, line).before.shown
    assert {move.reference: move.moved_by for move in moves} == {"file": "", "WO-1": "Ana"}


def test_an_old_file_keeps_its_identity(world: World) -> None:
    """With or without the column, while it is blank; and each row with its own mover is a row of its own."""
    load(world, bolts(100))
    assert move(world, ROW, ROW) == MovementImport(posted=2, known=0)
    assert moved(world, f"{ROW},", f"{ROW},") == MovementImport(posted=0, known=2)
    assert move(world, ROW, ROW) == MovementImport(posted=0, known=2)
    other = ROW.replace("WO-1", "WO-2")
    assert moved(world, f"{other},Ana", f"{other},Dan", f"{other},Ana") == MovementImport(posted=3, known=0)
    assert moved(world, f"{other},Dan", f"{other},Ana", f"{other},Ana") == MovementImport(posted=0, known=3)
    assert moved(world, f"{other},Fay") == MovementImport(posted=1, known=0)


def test_the_identity_of_a_row_without_a_mover_is_what_it_was() -> None:
    """Whoever changes this posts every movement of every warehouse once more."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for text in (f"{HEADER}\n{ROW},\n", f"{HEADER.removesuffix(',moved_by')}\n{ROW}\n"):
        [row] = read_movements(StringIO(text, newline=""), now=now, timezone=BERLIN).rows
        assert row.key == row.key_without_mover == "17bf99ac394e14b62704ffbf811dec5f5f10babcf5d63a484d4d00a97944a39f"


def test_a_file_that_begins_to_say_who_repeats_what_was_imported_without(world: World) -> None:
    load(world, bolts(100))
    move(world, ROW, ROW)
    assert moved(world, f"{ROW},Ana", f"{ROW},Dan") == MovementImport(posted=0, known=2)
    assert moved(world, f"{ROW},Ana", f"{ROW},Dan", f"{ROW},Ana") == MovementImport(posted=1, known=2)
    assert world.on_hand(found(world)) == 91


def test_a_mover_that_is_too_long_is_refused_with_its_line(world: World) -> None:
    load(world, bolts(100))
    with pytest.raises(BadFile, match=r"line 2: moved_by is longer than 80 characters"):
        moved(world, f"{ROW},{'x' * 81}")


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("U01ANA", "U01ANA"),
        ("<@U01ANA>", "U01ANA"),
        ("<@U01ANA|ana>", "U01ANA"),
        ("@Ana", "U01ANA"),
        (" Ana ", "U01ANA"),
        ("ana", None),
        ("Anna", None),
        ("Dan", None),
        ("U01FAY", "U01FAY"),
        ("<!channel>", None),
        ("@", None),
        ("", None),
        (None, None),
    ],
)
def test_a_member_is_meant_only_when_it_can_be_nobody_else(
    small_world: World, words: str | None, who: str | None
) -> None:
    with small_world.step() as session:
        session.add(Member(slack_id="U01DAN2", name="Dan"))
        session.add(Member(slack_id="U01EVIL", name="U01FAY"))
        member = Movers(session).member(words)
    assert (member.slack_id if member else None) == who
