"""*Found here*, and `found SKU BIN quantity` in the thread."""

import pytest
from sqlmodel import col, select

from bot import ids
from models.catalog import Item
from models.counts import CountLine
from models.journal import AuditEvent
from models.rules.lines import LineState
from models.stock import StockLevel
from tests.bot.outbound import PARTS
from tests.bot.packing import QUESTION, boxed, numbers
from tests.bot.workplace import Workplace
from tests.builders import Stock

WHOLE = "Write the whole quantity, as one number."


@pytest.fixture
def nuts(place: Workplace) -> Stock:
    """NUT-10, on record in B-07 alone, and a sheet without it: BOLT-10 in A-01 and FUSE-15 in A-02."""
    place.world.stock("BOLT-10", "A-01", 100)
    place.world.stock("FUSE-15", "A-02", 50)
    place.start()
    return place.world.stock("NUT-10", "B-07", 40)


def fill(place: Workplace, name: str, sku: str, code: str, quantity: str) -> dict[str, str] | None:
    """Fill the open form in; returns the sentences under its fields."""
    return place.who(name).submit({"sku": sku, "bin": code, "quantity": quantity}).errors


def found_lines(place: Workplace) -> list[str]:
    return [line for line in place.read(place.sheet()).split("\n") if "(found here)" in line]


def card_text(place: Workplace, line: str) -> str:
    return next(text for one in place.ws.messages("C01REVIEW") if line in (text := place.read(one)))


def test_a_found_item_is_added_counted_and_decided(place: Workplace, nuts: Stock) -> None:
    place.click_sheet("ana", ids.FOUND_HERE)
    assert fill(place, "ana", "NUT-11", "A-01", "4") == {
        "sku": "There is no SKU “NUT-11”. Did you mean NUT-10? Stock control adds items by import."
    }
    assert fill(place, "ana", "NUT-10", "A-11", "4") == {"bin": "There is no bin “A-11”. Did you mean A-01?"}
    assert fill(place, "ana", "NUT-10", "A-01", "4.5") == {
        "quantity": "4.5 pcs? This is counted in whole pieces. Write a whole number of pcs, like 42."
    }
    assert fill(place, "ana", "NUT-10", "A-01", "0") == {
        "quantity": "Nothing found is nothing to add. Write how many are there."
    }
    assert fill(place, "ana", "nut-10", "a-01", "4 pcs") is None
    assert place.told("ana", PARTS) == "Saved: NUT-10 in A-01: 4 pcs"
    place.settle()
    assert found_lines(place) == ["A-01  Nut-10 · NUT-10 (found here) — with the approvers"]
    assert "Chosen" not in place.read(place.sheet())
    card = card_text(place, "NUT-10")
    assert card.split("\n")[:3] == [
        "NUT-10 Nut-10 in A-01: 4 pcs over, 4.00 EUR",
        "On-hand 0 when counted → 4 (Ana 07:00)",
        "Found here, not on the sheet. The record has such items in B-07 (40).",
    ]
    assert place.world.problems() == []


def test_the_answer_does_not_tell_whether_the_record_has_it_there(place: Workplace, nuts: Stock) -> None:
    for quantity, state in (("40", LineState.RECONCILED), ("4", LineState.IN_REVIEW)):
        stock = place.world.stock(f"EXTRA-{quantity}", "B-01", 40)
        place.reply("ana", f"found EXTRA-{quantity} B-01 {quantity}")
        assert place.told("ana") == f"Saved: EXTRA-{quantity} in B-01: {quantity} pcs"
        assert place.world.state(place.line(stock)) is state


def test_a_reply_adds_what_was_found_and_its_edit_corrects_it(place: Workplace, nuts: Stock) -> None:
    ts = place.reply("ana", "found NUT-10 in A-01 4\nBOLT-10 100")
    assert place.told("ana").split("\n") == ["Saved: BOLT-10 in A-01: 100 pcs", "Saved: NUT-10 in A-01: 4 pcs"]
    place.ws.redeliver_last_event(times=2)
    place.edit("ana", ts, "found NUT-10 in A-01 5\nBOLT-10 100")
    assert place.told("ana") == "Saved: NUT-10 in A-01: 5 pcs"
    told = len(place.everything_told("ana"))
    place.edit("ana", ts, "found NUT-10 in A-01 5\nBOLT-10 100 :+1:")
    assert len(place.everything_told("ana")) == told
    place.settle()
    assert "0 when counted → 5 (Ana" in card_text(place, "NUT-10")
    assert "white_check_mark" in place.ws.message(PARTS, ts).reactions


def test_a_find_that_names_nothing_is_answered_in_private(place: Workplace, nuts: Stock) -> None:
    for text, told in (
        ("found NUT-11 A-01 4", "There is no SKU “NUT-11”. Did you mean NUT-10? Stock control adds items by import."),
        ("found NUT-10 A-11 4", "There is no bin “A-11”. Did you mean A-01?"),
        (
            "found 3 more of them",
            "To add what you found, write “found”, SKU, bin and quantity, like “found BOLT-10 A-01-03 4”.",
        ),
    ):
        place.reply("ana", text)
        assert place.told("ana") == told
    asked = len(place.everything_told("ana"))
    place.reply("ana", "found the key!")
    assert len(place.everything_told("ana")) == asked
    assert found_lines(place) == []


def test_a_bare_number_of_what_comes_in_packs_is_refused_with_the_question(place: Workplace, nuts: Stock) -> None:
    boxed(place, "CLIP-1", "B-01", 600)
    place.click_sheet("ana", ids.FOUND_HERE)
    for _ in range(2):
        assert fill(place, "ana", "CLIP-1", "A-01", "12") == {"quantity": QUESTION}
    assert fill(place, "ana", "CLIP-1", "A-01", "+12 pcs") == {"quantity": WHOLE}
    assert fill(place, "ana", "CLIP-1", "A-01", "12 boxes") is None
    assert place.told("ana", PARTS) == "Saved: CLIP-1 in A-01: 12 boxes = 600 pcs"
    place.reply("dan", "found CLIP-1 in A-02 12")
    asked = "12 what? Boxes hold 50. Write “found CLIP-1 A-02 12 pcs” or “found CLIP-1 A-02 12 boxes”."
    assert place.told("dan") == asked
    place.reply("dan", "found CLIP-1 A-02 12 boxes + 3")
    assert place.told("dan") == "Saved: CLIP-1 in A-02: 12 boxes + 3 = 603 pcs"
    place.reply("dan", "found CLIP-1 B-07 +3")
    assert place.told("dan") == WHOLE
    place.settle()
    assert len(found_lines(place)) == 2
    assert place.world.problems() == []


def test_a_comma_in_a_number_is_not_taken_for_a_pause(place: Workplace, nuts: Stock) -> None:
    hose = place.world.stock("HOSE-1", "B-02", 4)
    with place.database.write() as session:
        session.get_one(Item, hose.item_id).unit = "m"
    place.reply("ana", "found HOSE-1, A-01, 1,234")
    assert place.told("ana") == "“1,234” can be 1234 m or 1.234 m; write the one you mean like that."
    place.reply("ana", "found HOSE-1, B-02, 4,0")
    assert numbers(place, hose) == [4]


def test_a_find_of_what_is_being_added_up_is_all_of_it(place: Workplace, nuts: Stock) -> None:
    place.reply("ana", "BOLT-10 +40")
    place.reply("dan", "found BOLT-10 A-01 100")
    assert place.told("dan") == "Saved: BOLT-10 in A-01: 100 pcs"
    place.settle()
    assert "A-01  Bolt-10 · BOLT-10 — done, Dan" in place.read(place.sheet())
    assert place.world.problems() == []


def test_a_find_that_is_refused_leaves_nothing_behind(place: Workplace, nuts: Stock) -> None:
    place.reply("ana", "found NUT-10 A-01 0\nFUSE-15 50")
    assert place.told("ana").split("\n")[-1] == "Nothing found is nothing to add. Write how many are there."
    with place.database.read() as session:
        stocks = session.exec(select(StockLevel).where(StockLevel.item_id == nuts.item_id)).all()
    assert [stock.location_id for stock in stocks] == [nuts.location_id]


def test_what_is_on_the_sheet_and_anothers_is_asked_about_in_the_form(place: Workplace, nuts: Stock) -> None:
    place.click_sheet("dan", ids.TAKE_LINES)
    place.click_sheet("ana", ids.FOUND_HERE)
    assert fill(place, "ana", "BOLT-10", "A-01", "100") == {
        "sku": "Dan has this line. Count it anyway? Save again to do so."
    }
    assert fill(place, "ana", "BOLT-10", "A-01", "100") is None
    assert place.told("ana", PARTS) == "Saved: BOLT-10 in A-01: 100 pcs"
    place.settle()
    assert found_lines(place) == []


def test_who_asked_for_the_count_leaves_what_they_find_to_others(place: Workplace, nuts: Stock) -> None:
    place.world.spot_count("ana", "NUT-10")
    place.settle()
    place.reply("ana", "found BOLT-10 B-07 4")
    assert place.told("ana") == "You asked for this count, so somebody else counts it first."
    with place.database.read() as session:
        assert session.exec(select(CountLine).where(col(CountLine.found))).all() == []
    place.reply("dan", "found BOLT-10 B-07 4")
    place.settle()
    assert len(found_lines(place)) == 1


def test_the_same_form_again_stores_nothing_more(place: Workplace, nuts: Stock) -> None:
    place.click_sheet("ana", ids.FOUND_HERE)
    first = place.ana.submit({"sku": "NUT-10", "bin": "A-01", "quantity": "4"})
    assert first.delivery is not None
    again = place.ws.deliver_again(place.ws.deliveries.index(first.delivery))
    assert again.answer == first.delivery.attempts[0].answer
    place.settle()
    assert len(found_lines(place)) == 1
    assert place.world.problems() == []


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("ben", "Only counters of Fleet Parts count this."),
        ("kim", "Only counters of Fleet Parts count this."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_who_does_not_count_adds_nothing(place: Workplace, nuts: Stock, who: str, told: str) -> None:
    place.click_sheet(who, ids.FOUND_HERE)
    assert (place.told(who), place.who(who).view) == (told, None)
    place.reply(who, "found NUT-10 A-01 4")
    assert place.everything_told(who) == [told]
    place.settle()
    assert found_lines(place) == []


def test_who_loses_the_role_while_the_form_is_open_adds_nothing(place: Workplace, nuts: Stock) -> None:
    place.click_sheet("ana", ids.FOUND_HERE)
    place.world.remove_role("ana")
    errors = fill(place, "ana", "NUT-10", "A-01", "4")
    assert errors == {"sku": "You are in no counting team yet. Ask Kim to add you."}


def test_a_deleted_reply_that_found_something_leaves_its_count_and_a_note_in_the_audit(
    place: Workplace, nuts: Stock
) -> None:
    ts = place.reply("ana", "found NUT-10 A-01 4\nBOLT-10 100")
    place.ana.delete(PARTS, ts)
    place.ws.wait_until_quiet()
    with place.database.read() as session:
        noted = session.exec(select(AuditEvent.subject).where(AuditEvent.action == "reply deleted")).all()
        found = session.exec(select(CountLine.id).where(CountLine.found)).one()
        (bolts,) = session.exec(select(CountLine.id).join(Item).where(Item.sku == "BOLT-10")).all()
    assert noted == [f"line {line}" for line in sorted((found or 0, bolts or 0))]


def test_several_finds_are_answered_in_the_order_in_which_they_are_written(place: Workplace, nuts: Stock) -> None:
    place.reply("ana", "found NUT-10 A-02 4\nfound NUT-10 A-77 4\nfound NUT-10 A-01 5")
    first, second, refused = place.told("ana").split("\n")
    assert (first, second) == ("Saved: NUT-10 in A-02: 4 pcs", "Saved: NUT-10 in A-01: 5 pcs")
    assert "A-77" in refused
