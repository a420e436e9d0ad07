"""Items that come in packs, in the thread and in the count form: what is understood, and what is asked about once."""

import json
from decimal import Decimal

import pytest
from sqlmodel import select

from bot import ids
from models.catalog import Item
from models.counts import ReviewCause
from models.database import Database
from models.parts import UnitQuestion
from models.rules.lines import LineState
from tests.bot.packing import IN_THREAD, QUESTION, boxed, numbers
from tests.bot.workplace import PARTS, REVIEW, Workplace, workplace
from tests.conftest import NOW


def test_packs_are_understood_in_the_thread_and_echoed_to_the_writer_alone(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 154)
    place.start()
    place.reply("ana", "BOLT-10 3 boxes + 4")
    assert numbers(place, bolts) == [154]
    assert place.told("ana", PARTS) == "Saved: BOLT-10 in A-01-03: 3 boxes + 4 = 154 pcs"
    assert place.told("dan") == ""
    assert place.world.state(place.line(bolts)) is LineState.RECONCILED


def test_thousands_spaces_and_cells_come_through_from_slack(place: Workplace) -> None:
    bolts, nuts = boxed(place, "BOLT-10", "A-01-03", 0), boxed(place, "NUT-10", "A-01-04", 0)
    place.start()
    place.reply("ana", "BOLT-10 1\u202f500 pcs\nNUT-10\t2\tboxes")
    assert (numbers(place, bolts), numbers(place, nuts)) == ([1500], [100])


@pytest.mark.parametrize("on_hand", [0, 12, 600, 154])
def test_a_bare_number_is_asked_about_once_in_the_thread_whatever_the_record_says(
    place: Workplace, on_hand: int
) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", on_hand)
    place.start()
    place.reply("ana", "BOLT-10 12")
    assert place.everything_told("ana") == [IN_THREAD]
    assert place.told("dan") == ""
    assert numbers(place, bolts) == []
    place.reply("ana", "BOLT-10 12")
    assert place.told("ana") == "Saved: BOLT-10 in A-01-03: 12 pcs"
    assert numbers(place, bolts) == [12]
    assert place.world.problems() == []


def test_each_person_is_asked_and_a_unit_answers(place: Workplace) -> None:
    bolts, _ = boxed(place, "BOLT-10", "A-01-03", 600), boxed(place, "NUT-10", "A-01-04", 5)
    place.start()
    place.reply("ana", "BOLT-10 12")
    place.reply("dan", "BOLT-10 12")
    assert place.told("dan") == IN_THREAD
    place.reply("fay", "boxes")  # talk: she was not asked
    assert place.told("fay") == ""
    place.reply("ana", "boxes")
    assert place.told("ana") == "Saved: BOLT-10 in A-01-03: 12 boxes = 600 pcs"
    assert numbers(place, bolts) == [600]


def test_a_question_that_was_put_before_the_bot_stopped_is_not_put_again(sqlite_database: Database) -> None:
    with workplace(sqlite_database, NOW) as place:
        bolts = boxed(place, "BOLT-10", "A-01-03", 100)
        place.start()
        place.click_sheet("ana")
        assert place.fill("ana", {bolts: "12"}).errors == {f"line.{place.line(bolts)}": QUESTION}
    with sqlite_database.read() as session:
        (kept,) = session.exec(select(UnitQuestion)).all()
        assert kept.number == "12"


def test_an_edit_that_leaves_the_bare_number_alone_is_no_answer_and_one_with_a_unit_is(place: Workplace) -> None:
    bolts, nuts = boxed(place, "BOLT-10", "A-01-03", 100), place.world.stock("NUT-10", "A-01-04", 5)
    place.start()
    ts = place.reply("ana", "BOLT-10 12\nNUT-10 4")
    assert (numbers(place, bolts), numbers(place, nuts)) == ([], [4])
    place.edit("ana", ts, "BOLT-10 12\nNUT-10 5")
    assert numbers(place, bolts) == []
    assert place.told("ana").split("\n")[-1] == IN_THREAD
    place.edit("ana", ts, "BOLT-10 2 boxes\nNUT-10 5")
    assert numbers(place, bolts) == [100]


def test_who_may_not_count_is_refused_and_not_asked(place: Workplace) -> None:
    boxed(place, "BOLT-10", "A-01-03", 100)
    place.start()
    place.reply("ben", "BOLT-10 12")
    assert place.everything_told("ben") == ["BOLT-10 (A-01-03): Only counters of Fleet Parts count this."]
    with place.database.read() as session:
        assert session.exec(select(UnitQuestion)).all() == []


def test_the_form_shows_the_packs_asks_once_under_the_field_and_saves_the_rest(place: Workplace) -> None:
    bolts, hose = boxed(place, "BOLT-10", "A-01-03", 600), place.world.stock("HOSE", "A-01-04", 2)
    nuts = place.world.stock("NUT-10", "A-01-05", 5)
    with place.database.write() as session:
        session.get_one(Item, hose.item_id).unit = "m"
    place.start()
    place.click_sheet("ana")
    view = place.ana.view
    assert view is not None
    shown = [(block["hint"]["text"], block["element"]["type"]) for block in view["blocks"]]
    assert shown == [
        ("BOLT-10 · pcs · boxes of 50", "plain_text_input"),
        ("HOSE · m", "plain_text_input"),
        ("NUT-10 · pcs", "number_input"),
    ]
    result = place.fill("ana", {bolts: "12", hose: "1 m 50 cm", nuts: "5"})
    assert result.errors == {f"line.{place.line(bolts)}": f"{QUESTION} The rest of this page is saved."}
    assert (numbers(place, bolts), numbers(place, hose), numbers(place, nuts)) == ([], [Decimal("1.5")], [5])
    result = place.fill("ana", {bolts: "12", hose: "1 m 50 cm", nuts: "5"})
    assert result.errors is None
    assert (numbers(place, bolts), numbers(place, hose), numbers(place, nuts)) == ([12], [Decimal("1.5")], [5])


def test_what_was_converted_is_said_at_the_end_of_the_form_to_that_person_alone(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 154)
    place.start()
    result = place.enter_counts("ana", {bolts: "3 boxes + 4"})
    assert result.view is not None
    assert "BOLT-10 in A-01-03: 3 boxes + 4 = 154 pcs" in json.dumps(result.view)
    assert numbers(place, bolts) == [154]


def test_what_cannot_be_meant_is_refused_under_the_field_with_the_forms(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 154)
    place.start()
    errors = place.enter_counts("ana", {bolts: "3 drums"}).errors
    assert errors == {
        f"line.{place.line(bolts)}": "“drums” is not a unit of this item. Write pcs, or boxes of 50: “3 boxes + 4”."
    }


def test_a_page_closed_half_way_and_opened_again_goes_on_where_it_was(place: Workplace) -> None:
    bolts, nuts = boxed(place, "BOLT-10", "A-01-03", 600), boxed(place, "NUT-10", "A-01-04", 24, box=12, case=144)
    belts = place.world.stock("BELT", "A-01-05", 3)
    place.start()
    place.click_sheet("ana")
    result = place.fill("ana", {bolts: "12", nuts: "2 boxes"})
    assert result.errors == {f"line.{place.line(bolts)}": f"{QUESTION} The rest of this page is saved."}
    place.ana.close_view(whole_stack=True)
    assert (numbers(place, bolts), numbers(place, nuts)) == ([], [24])
    place.click_sheet("ana")
    view = place.ana.view
    assert view is not None
    assert [block["block_id"] for block in view["blocks"]] == [f"line.{place.line(one)}" for one in (bolts, belts)]
    result = place.fill("ana", {bolts: "12", belts: "3"})  # asked before: taken
    assert result.closed
    assert (numbers(place, bolts), numbers(place, nuts), numbers(place, belts)) == ([12], [24], [3])
    assert place.world.problems() == []


def test_a_likely_slip_is_told_to_the_approver_alone(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 600)
    place.start()
    line = place.line(bolts)
    for name in ("ana", "dan"):
        place.reply(name, "BOLT-10 12 pcs")
    place.settle()
    assert place.world.see(line).review_cause is ReviewCause.VARIANCE
    assert "Perhaps a slip: 12 × 50 is the record: boxes counted as pieces?" in place.read(place.card(line))  # noqa: RUF001 - the sign for times
    everything = [json.dumps(one.payload, ensure_ascii=False, default=str) for one in place.ws.payloads_to_people()]
    told = [one.to for one, text in zip(place.ws.payloads_to_people(), everything, strict=True) if "slip" in text]
    assert set(told) == {REVIEW}
    place.click_card("eva", line, ids.APPROVE)
    place.settle()
    assert "slip" not in place.read(place.card(line))


def test_the_submission_that_was_asked_about_delivered_again_is_no_answer(place: Workplace) -> None:
    bolts = boxed(place, "BOLT-10", "A-01-03", 600)
    place.start()
    assert place.enter_counts("ana", {bolts: "12"}).errors
    (payload,) = [one.payload for one in place.ws.deliveries if one.payload.get("type") == "view_submission"]
    for _ in range(2):
        place.ws.courier.send_and_wait("interactive", payload)
    assert numbers(place, bolts) == []
    assert place.fill("ana", {bolts: "12"}).errors is None
    assert numbers(place, bolts) == [12]
