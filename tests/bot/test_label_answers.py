"""The number that follows the picture of a label is of the line which that opened."""

from datetime import timedelta

import pytest

from bot import ids
from models.rules.lines import LineState
from tests.bot.packing import boxed, numbers
from tests.bot.pictures import look, photo, post
from tests.bot.workplace import Workplace
from tests.builders import Stock

WHICH = "Which item is “{}”? Write the SKU or bin before it."


@pytest.fixture
def bolts(place: Workplace) -> Stock:
    """BOLT-10, in boxes of 50; FUSE-15, and two items in B-02."""
    bolts = boxed(place, "BOLT-10", "A-01-03", 600)
    for sku, code in (("FUSE-15", "A-01-04"), ("NUT-10", "B-02"), ("WASHER", "B-02")):
        place.world.stock(sku, code, 40)
    place.start()
    return bolts


def show(place: Workplace, name: str, *labels: str) -> str:
    """Post a picture of labels, and return what the bot asks about it."""
    place.wait(timedelta(seconds=5))
    post(place, name, content=photo(*labels))
    look(place)
    place.wait(timedelta(seconds=5))
    return place.read(place.who(name).ephemerals()[-1], name)


def fuse(place: Workplace) -> Stock:
    return place.world.stock("FUSE-15", "A-01-04", 0)


def test_a_bare_number_after_a_label_is_of_its_line(place: Workplace, bolts: Stock) -> None:
    assert show(place, "ana", "FUSE-15").startswith("FUSE-15, A-01-04. How many?")
    place.reply("ana", "41")
    assert place.told("ana") == "Saved: FUSE-15 in A-01-04: 41 pcs"
    assert numbers(place, fuse(place)) == [41]


def test_of_items_with_packs_it_is_asked_about_once(place: Workplace, bolts: Stock) -> None:
    show(place, "ana", "BOLT-10")
    ts = place.reply("ana", "12")
    assert place.told("ana") == (
        "BOLT-10 (A-01-03): 12 what? Boxes hold 50. Write “BOLT-10 12 pcs” or “BOLT-10 12 boxes”."
    )
    place.edit("ana", ts, "12 ")
    assert numbers(place, bolts) == []
    place.reply("ana", "12")
    assert numbers(place, bolts) == [12]


def test_its_parts_are_added_up_by_bare_numbers_too(place: Workplace, bolts: Stock) -> None:
    show(place, "ana", "BOLT-10")
    place.reply("ana", "+2 boxes")
    assert place.world.state(place.line(bolts)) is LineState.TO_COUNT
    place.reply("ana", "+10 boxes")
    place.reply("ana", "BOLT-10 done")
    assert numbers(place, bolts) == [600]


def test_of_a_line_that_another_has_it_asks_first(place: Workplace, bolts: Stock) -> None:
    place.click_sheet("dan", ids.TAKE_LINES)
    show(place, "ana", "FUSE-15")
    place.reply("ana", "41")
    assert place.told("ana") == "FUSE-15 (A-01-04): Dan has this line. Count it anyway? Send the same again to do so."
    assert numbers(place, fuse(place)) == []
    place.reply("ana", "41")
    assert numbers(place, fuse(place)) == [41]


def test_a_recount_is_answered_so_too(place: Workplace, bolts: Stock) -> None:
    place.reply("ana", "FUSE-15 30")
    assert place.world.asked(place.line(fuse(place))) == "dan"
    show(place, "dan", "FUSE-15")
    place.reply("dan", "40")
    assert numbers(place, fuse(place)) == [30, 40]


def test_it_is_so_for_who_posted_it_alone_and_for_ten_minutes(place: Workplace, bolts: Stock) -> None:
    show(place, "ana", "FUSE-15")
    place.reply("dan", "41")
    assert place.told("dan") == WHICH.format(41)
    place.wait(timedelta(minutes=11))
    place.reply("ana", "41")
    assert place.told("ana") == WHICH.format(41)


def test_the_newest_picture_says_the_line(place: Workplace, bolts: Stock) -> None:
    show(place, "ana", "BOLT-10")
    show(place, "ana", "FUSE-15")
    place.reply("ana", "41")
    assert (numbers(place, fuse(place)), numbers(place, bolts)) == ([41], [])
    place.reply("ana", "600")  # BOLT-10 was asked about before the picture that is answered; that is too long ago
    assert place.told("ana") == WHICH.format(600)


@pytest.mark.parametrize("labels", [("BOLT-10", "FUSE-15"), ("B-02",), ("X-99",), ()])
def test_after_a_picture_that_leaves_a_choice_it_is_asked_about(
    place: Workplace, bolts: Stock, labels: tuple[str, ...]
) -> None:
    show(place, "ana", "FUSE-15")
    show(place, "ana", *labels)
    place.reply("ana", "41")
    assert place.told("ana") == WHICH.format(41)


def test_the_label_of_a_bin_opens_the_one_line_that_is_left_there(place: Workplace, bolts: Stock) -> None:
    place.reply("ana", "WASHER 40")
    assert show(place, "ana", "B-02").startswith("WASHER (B-02): You have counted this line already")
    place.reply("ana", "41")
    nuts = place.world.stock("NUT-10", "B-02", 0)
    assert numbers(place, nuts) == [41]


def test_words_about_the_picture_close_the_line(place: Workplace, bolts: Stock) -> None:
    place.wait(timedelta(seconds=5))
    ts = post(place, "ana", content=photo("FUSE-15"))
    look(place)
    place.wait(timedelta(seconds=5))
    place.edit("ana", ts, "NUT-10, behind the crate")
    place.reply("ana", "41")
    assert place.told("ana") == WHICH.format(41)


def test_what_was_written_before_the_picture_is_not_its_number(place: Workplace, bolts: Stock) -> None:
    ts = place.reply("ana", "hm")
    show(place, "ana", "FUSE-15")
    place.edit("ana", ts, "41")
    assert place.told("ana") == WHICH.format(41)


def test_an_edit_of_the_number_corrects_that_line(place: Workplace, bolts: Stock) -> None:
    show(place, "ana", "FUSE-15")
    ts = place.reply("ana", "41")
    show(place, "ana", "BOLT-10")
    place.edit("ana", ts, "40")
    assert numbers(place, fuse(place)) == [41, 40]
    assert numbers(place, bolts) == []


def test_a_label_of_another_sheet_leads_there(place: Workplace, bolts: Stock) -> None:
    place.wait(timedelta(minutes=1))
    place.world.now = place.now()
    place.world.stock("ALT-90", "A-09", 3)
    place.world.spot_count("kim", "ALT-90")
    place.settle()
    daily = "I read “BOLT-10”; it is on the sheet Daily parts. Post the picture there."
    assert show(place, "ana", "BOLT-10") == daily
    place.world.count(place.line(bolts), "dan", 600)
    assert show(place, "ana", "BOLT-10").startswith("I read “BOLT-10”; it is on no line of this sheet.")
