"""An answer by direct message is held, and the same line is counted in the thread or in the form meanwhile."""

import pytest

from bot import ids
from models.rules.lines import LineState
from models.services.direct_counts import NOTHING_ASKED, SAVED_ALREADY
from tests.bot.direct import clock, last, write
from tests.bot.packing import numbers
from tests.bot.workplace import Workplace
from tests.builders import Stock
from tests.world import SECOND


@pytest.fixture
def bolts(place: Workplace) -> Stock:
    """Ten bolts that Ana was asked for; she answered 7, which is held."""
    stock = place.world.stock("BOLT-1", "A-01-01", 10)
    place.world.stock("BOLT-2", "A-01-02", 20)
    place.start()
    write(place, "ana", "count")
    write(place, "ana", "7")
    return stock


@pytest.mark.parametrize("way", ["thread", "form", "found"])
@pytest.mark.parametrize("alone", [True, False])
def test_what_is_counted_later_replaces_what_is_held(place: Workplace, bolts: Stock, way: str, *, alone: bool) -> None:
    if alone:
        place.world.remove_role("dan", "fay")
    if way == "thread":
        place.reply("ana", "BOLT-1 8")
    elif way == "form":
        place.enter_counts("ana", {bolts: "8"})
    else:
        place.click_sheet("ana", ids.FOUND_HERE)
        place.ana.submit({"sku": "BOLT-1", "bin": "A-01-01", "quantity": "8"})
    write(place, "ana", "undo")
    assert place.told("ana") == SAVED_ALREADY
    place.wait(200 * SECOND)
    clock(place)
    assert numbers(place, bolts) == [8]
    assert place.world.state(place.line(bolts)) is (LineState.IN_REVIEW if alone else LineState.RECOUNT)
    assert place.world.problems() == []


def test_who_counted_their_last_line_otherwise_is_asked_nothing_more(place: Workplace, bolts: Stock) -> None:
    place.world.remove_role("dan")
    write(place, "ana", "undo")
    for _ in range(2):
        place.reply("fay", "BOLT-2 20")
    write(place, "ana", "7")
    assert last(place, "ana") == "That was the last one. Thank you."
    place.reply("ana", "BOLT-1 10")
    write(place, "ana", "7")
    assert place.told("ana") == NOTHING_ASKED
    assert numbers(place, bolts) == [10]


def test_undo_that_leaves_nothing_to_ask_ends_it(place: Workplace, bolts: Stock) -> None:
    place.reply("fay", "BOLT-2 blocked")
    place.count("ana", "release")
    place.settle()
    place.click_sheet("dan", ids.TAKE_LINES)
    write(place, "ana", "undo")
    assert place.told("ana") == "Taken back. Dan has the line that is left."
    place.world.remove_role("fay")
    place.reply("dan", "BOLT-1 9")
    place.settle()
    write(place, "ana", "7")
    place.wait(200 * SECOND)
    clock(place)
    assert numbers(place, bolts) == [9, 7], "the answer to the recount that was asked meanwhile"


def test_parts_that_follow_a_held_number_are_refused_and_not_lost(place: Workplace, bolts: Stock) -> None:
    place.reply("ana", "BOLT-1 +3")
    assert "This count takes no more parts. If something is missing, write the whole number" in place.told("ana")
    place.wait(200 * SECOND)
    clock(place)
    assert numbers(place, bolts) == [7]


def test_a_part_that_follows_a_held_end_of_parts_does_not_stray_into_the_recount(
    place: Workplace, bolts: Stock
) -> None:
    place.world.remove_role("dan")
    for said in ("undo", "+4", "+2", "done"):
        write(place, "ana", said)
    place.reply("fay", "BOLT-1 +1")
    assert place.told("fay").startswith("BOLT-1 (A-01-01): Ana counted this at 07:00.")
    assert place.world.asked(place.line(bolts)) == "fay"
    assert numbers(place, bolts) == [6]


def test_who_counts_what_another_has_just_counted_is_the_recounter(place: Workplace, bolts: Stock) -> None:
    assert last(place, "ana").startswith("A-01-02")
    place.reply("dan", "BOLT-1 8")
    place.settle()
    assert numbers(place, bolts) == [7, 8]
    assert place.world.state(place.line(bolts)) is LineState.IN_REVIEW
    assert "7 (Ana" in place.read(place.card(place.line(bolts)))
    assert not any("again" in text for text in (last(place, "ana"), place.told("ana")))


def test_a_number_counts_although_another_has_just_said_that_it_cannot_be_counted(
    place: Workplace, bolts: Stock
) -> None:
    write(place, "ana", "undo")
    write(place, "ana", "blocked")
    place.reply("dan", "BOLT-1 blocked")
    assert place.told("dan") == "BOLT-1 (A-01-01): Ana has just said that this can't be counted."
    for _ in range(2):
        place.reply("dan", "BOLT-1 10")
    assert place.told("dan") == "Saved: BOLT-1 in A-01-01: 10 pcs"
    place.wait(200 * SECOND)
    clock(place)
    assert last(place, "ana") == "A-01-01 · Bolt-1 (BOLT-1): your “blocked” was not saved. Dan counted this at 07:00."
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED
