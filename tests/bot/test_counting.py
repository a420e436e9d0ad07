"""Entering counts in the modal: pages, what is saved when, what stays under its field, and who may."""

import json
from decimal import Decimal

from sqlmodel import select

from models.catalog import Item
from models.counts import EntrySource
from models.database import Database
from models.plans import CountPlan
from models.rules.lines import LineState
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW


def quantities(place: Workplace, stock_or_line: int) -> list[Decimal]:
    return [entry.quantity for entry in place.world.entries(stock_or_line)]


def test_a_page_is_saved_and_the_modal_closes_when_nothing_is_left(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01-03", 100)
    place.start()
    line = place.line(bolts)
    result = place.enter_counts("ana", {bolts: "100"})
    assert result.closed
    assert result.view is None
    (entry,) = place.world.entries(line)
    assert (entry.quantity, entry.source, entry.counted_at) == (100, EntrySource.MODAL, place.ws.clock.now())
    assert place.world.state(line) is LineState.RECONCILED
    assert place.woken == 1
    assert place.world.problems() == []


def test_the_fields_say_bin_name_sku_and_unit_and_nothing_of_the_record(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01-03", 8_417)
    place.start()
    place.click_sheet("ana")
    view = place.ana.view
    assert view is not None
    (block,) = view["blocks"]
    assert block["label"]["text"] == "A-01-03 · Bolt-10"
    assert block["hint"]["text"] == "BOLT-10 · pcs"
    assert block["element"] == {"type": "number_input", "is_decimal_allowed": False, "action_id": "quantity"}
    assert block["optional"] is True
    assert view["title"]["text"] == "Daily parts"
    assert view["submit"]["text"] == "Save"
    assert "8417" not in json.dumps(view)


def test_fifteen_lines_come_in_two_pages(sqlite_database: Database) -> None:
    with workplace(sqlite_database, NOW) as place:
        stocks = [place.world.stock(f"PART-{n:02}", f"A-{n:02}", n) for n in range(1, 16)]
        with sqlite_database.write() as session:
            session.get_one(CountPlan, place.world.plan_id).lines = 15
        place.start()
        place.click_sheet("ana")
        first = place.ana.view
        assert first is not None
        assert (first["title"]["text"], first["submit"]["text"]) == ("Daily parts 1/2", "Save, next page")
        assert len(first["blocks"]) == 12
        result = place.fill("ana", {stock: str(n) for n, stock in enumerate(stocks[:12], start=1)})
        assert result.view is not None
        assert (result.view["title"]["text"], result.view["submit"]["text"]) == ("Daily parts 2/2", "Save")
        assert len(result.view["blocks"]) == 3
        result = place.fill("ana", {stock: str(n) for n, stock in enumerate(stocks[12:], start=13)})
        assert result.closed
        assert all(place.world.on_hand(stock) == n for n, stock in enumerate(stocks, start=1))


def test_leaving_half_way_keeps_what_is_saved_and_a_blank_line_stays_uncounted(place: Workplace) -> None:
    bolts, nuts = place.world.stock("BOLT-10", "A-01", 100), place.world.stock("NUT-10", "A-02", 0)
    place.start()
    result = place.enter_counts("ana", {bolts: "100"})
    assert not result.closed
    assert result.view is not None
    assert "1 line is still to count: A-02" in json.dumps(result.view)
    assert place.world.entries(place.line(nuts)) == []
    place.ana.close_view()
    place.click_sheet("ana")
    view = place.ana.view
    assert view is not None
    assert [block["block_id"] for block in view["blocks"]] == [f"line.{place.line(nuts)}"]


def test_zero_is_a_count(place: Workplace) -> None:
    nuts = place.world.stock("NUT-10", "A-02", 5)
    place.start()
    line = place.line(nuts)
    place.enter_counts("ana", {nuts: "0"})
    assert quantities(place, line) == [0]
    assert place.world.state(line) is LineState.RECOUNT


def test_bad_numbers_stay_under_their_fields_and_the_others_are_saved(place: Workplace) -> None:
    stocks = [place.world.stock(f"PART-{n}", f"A-0{n}", 10) for n in range(1, 7)]
    place.start()
    lines = [place.line(stock) for stock in stocks]
    place.click_sheet("ana")
    typed = ["-5", "12.5", "abc", "99999999999", "1.0005", "10"]
    result = place.fill("ana", dict(zip(stocks, typed, strict=True)), force=True)
    assert result.errors is not None
    assert result.errors == {
        f"line.{lines[0]}": "“-5” is less than nothing; write what is there, 0 or more. "
        "The rest of this page is saved.",
        f"line.{lines[1]}": "12.5 pcs? This is counted in whole pieces. Write a whole number of pcs, like 42.",
        f"line.{lines[2]}": "“abc” is not clear to me. Write a whole number of pcs, like 42.",
        f"line.{lines[3]}": "“99999999999” is too large to be a count; check it and write it again.",
        f"line.{lines[4]}": "1.0005 pcs? This is counted in whole pieces. Write a whole number of pcs, like 42.",
    }
    assert [quantities(place, line) for line in lines] == [[], [], [], [], [], [10]]
    # The same form again, mended: the saved line is not counted twice.
    result = place.fill("ana", dict(zip(stocks, ["10", "10", "10", "10", "10", "10"], strict=True)))
    assert result.closed
    assert [quantities(place, line) for line in lines] == [[10]] * 6


def test_what_is_weighed_or_measured_is_written_as_text_with_its_unit(place: Workplace) -> None:
    oil = place.world.stock("OIL", "A-01", "12.5")
    with place.database.write() as session:
        session.exec(select(Item)).one().unit = "l"
    place.start()
    line = place.line(oil)
    place.click_sheet("ana")
    assert place.ana.view is not None
    assert place.ana.view["blocks"][0]["element"]["type"] == "plain_text_input"
    assert place.fill("ana", {oil: "12.0005"}, force=True).errors == {
        f"line.{line}": "“12.0005” has more than three decimals in l; round it. Write l or ml, like “12.5 l”."
    }
    assert place.fill("ana", {oil: "12,5 l"}).closed
    assert quantities(place, line) == [Decimal("12.5")]


def test_a_corrected_number_of_the_same_form_is_a_correction_and_back_again_too(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")  # nobody can recount: the line waits for an approver, and can be corrected
    bolts, nuts = place.world.stock("BOLT-10", "A-01", 100), place.world.stock("NUT-10", "A-02", 5)
    place.start()
    line = place.line(bolts)
    place.click_sheet("ana")
    for typed in ("90", "90", "80", "90"):
        assert place.fill("ana", {bolts: typed, nuts: "-1"}, force=True).errors
    assert quantities(place, line) == [90, 80, 90]
    assert place.world.proposal(line).quantity == 90
    assert place.world.problems() == []


def test_the_same_form_twice_saves_once_and_answers_the_same(place: Workplace) -> None:
    stocks = [place.world.stock(f"PART-{n}", f"A-0{n}", 10) for n in range(1, 3)]
    place.start()
    lines = [place.line(stock) for stock in stocks]
    first = place.enter_counts("ana", {stocks[0]: "7"})
    assert first.delivery is not None
    again = place.ws.deliver_again(place.ws.deliveries.index(first.delivery))
    assert again.answer == first.delivery.attempts[0].answer
    assert quantities(place, lines[0]) == [7]
    assert place.world.asked(lines[0]) == "dan"


def test_what_somebody_else_settled_meanwhile_is_refused_under_its_field_and_the_rest_is_saved(
    place: Workplace,
) -> None:
    bolts, nuts = place.world.stock("BOLT-10", "A-01", 100), place.world.stock("NUT-10", "A-02", 5)
    place.start()
    lines = place.line(bolts), place.line(nuts)
    place.click_sheet("ana")
    place.enter_counts("dan", {bolts: "100"})
    result = place.fill("ana", {bolts: "99", nuts: "5"})
    assert result.errors == {
        f"line.{lines[0]}": "Dan counted this at 07:00. Clear this field to go on. The rest of this page is saved."
    }
    assert [quantities(place, line) for line in lines] == [[100], [5]]
    assert place.fill("ana", {bolts: ""}).closed


def test_another_persons_number_on_a_line_in_recount_is_the_recount(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    place.start()
    line = place.line(bolts)
    place.click_sheet("fay")
    place.enter_counts("ana", {bolts: "90"})
    assert place.world.asked(line) == "dan"
    assert place.fill("fay", {bolts: "90"}).closed
    assert [entry.attempt for entry in place.world.entries(line)] == [1, 2]
    assert place.world.state(line) is LineState.IN_REVIEW


def test_a_number_that_came_too_late_is_kept_as_a_note_and_said_so(place: Workplace) -> None:
    bolts, nuts = place.world.stock("BOLT-10", "A-01", 100), place.world.stock("NUT-10", "A-02", 5)
    place.start()
    line = place.line(bolts)
    place.click_sheet("ana")
    place.fill("ana", {bolts: "90", nuts: "-1"}, force=True)
    result = place.fill("ana", {bolts: "95", nuts: "5"})
    assert "BOLT-10 in A-01: 95 pcs kept as a note" in json.dumps(result.view)
    assert [(entry.quantity, entry.settles) for entry in place.world.entries(line)] == [(90, True), (95, False)]
