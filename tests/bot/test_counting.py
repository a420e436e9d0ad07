"""Entering counts in the modal: pages, what is saved when, what stays under its field, and who may."""

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from sqlmodel import select

from bot import ids
from bot.sandbox.faults import slack_error
from models.catalog import Item
from models.counts import EntrySource
from models.database import Database
from models.plans import CountPlan
from models.rules.lines import LineState
from tests.bot.workplace import PARTS, Workplace, workplace
from tests.builders import Stock
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
        f"line.{lines[1]}": "12.5 pcs? This is counted in whole pieces.",
        f"line.{lines[2]}": "“abc” is not a plain number; write it like 42 or 42.5.",
        f"line.{lines[3]}": "“99999999999” is too large to be a count; check it and write it again.",
        f"line.{lines[4]}": "1.0005 pcs? This is counted in whole pieces.",
    }
    assert [quantities(place, line) for line in lines] == [[], [], [], [], [], [10]]
    # The same form again, mended: the saved line is not counted twice.
    result = place.fill("ana", dict(zip(stocks, ["10", "10", "10", "10", "10", "10"], strict=True)))
    assert result.closed
    assert [quantities(place, line) for line in lines] == [[10]] * 6


def test_only_units_that_can_be_broken_take_decimals(place: Workplace) -> None:
    oil = place.world.stock("OIL", "A-01", "12.5")
    with place.database.write() as session:
        session.exec(select(Item)).one().unit = "l"
    place.start()
    line = place.line(oil)
    place.click_sheet("ana")
    assert place.ana.view is not None
    assert place.ana.view["blocks"][0]["element"]["is_decimal_allowed"] is True
    assert place.fill("ana", {oil: "12.0005"}, force=True).errors == {
        f"line.{line}": "“12.0005” has more than three decimals; round it to three."
    }
    assert place.fill("ana", {oil: "12.5"}).closed
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


def test_a_recount_is_entered_from_its_own_button_and_looks_like_any_count(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    sheet = place.start()
    line = place.line(bolts)
    place.click_sheet("ana")
    first = place.ana.view
    place.fill("ana", {bolts: "90"})
    place.settle()
    (ask,) = [one for one in place.ws.thread(PARTS, sheet.ts) if one.user == place.ws.bot_user_id]
    place.dan.click(PARTS, ask.ts, action_id=ids.ENTER_RECOUNT)
    assert first is not None
    assert place.dan.view is not None
    assert place.dan.view["blocks"] == first["blocks"]
    assert place.fill("dan", {bolts: "100"}).closed
    assert place.world.state(line) is LineState.RECONCILED
    # Clicking what is done already, on a screen that has not changed yet.
    for name, told in {
        "dan": "You have counted this line already; nothing is left for you to do.",
        "ana": "You have counted this line already; nothing is left for you to do.",
        "fay": "This line is not waiting for a count any more.",
        "ben": "Only counters of Fleet Parts count this.",
        "zoe": "You are in no counting team yet. Ask Kim to add you.",
    }.items():
        assert place.who(name).click(PARTS, ask.ts, action_id=ids.ENTER_RECOUNT, seen=ask).ok
        assert place.told(name) == told
        assert place.who(name).view is None


def test_an_approver_who_was_asked_counts_by_button_but_not_the_rest_of_the_sheet(place: Workplace) -> None:
    place.world.remove_role("dan", "fay")
    bolts, nuts = place.world.stock("BOLT-10", "A-01", 100), place.world.stock("NUT-10", "A-02", 5)
    place.start()
    line = place.line(bolts)
    place.enter_counts("ana", {bolts: "90"})
    place.world.ask_recount(line, "kim")
    assert place.world.asked(line) == "ben"
    place.click_sheet("ben")
    view = place.ben.view
    assert view is not None
    assert [block["block_id"] for block in view["blocks"]] == [f"line.{line}"]
    place.fill("ben", {bolts: "90"})
    assert place.world.entries(place.line(nuts)) == []


def test_who_may_enter_counts(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01", 100)
    place.start()
    for name, told in {
        "ben": "Only counters of Fleet Parts count this.",
        "kim": "Only counters of Fleet Parts count this.",
        "zoe": "You are in no counting team yet. Ask Kim to add you.",
    }.items():
        place.click_sheet(name)
        assert place.told(name, PARTS) == told
        place.click_sheet(name, ids.CANNOT_COUNT)
        assert place.everything_told(name) == [told, told]
        assert place.who(name).view is None


def test_who_lost_the_role_while_the_form_was_open_is_refused_and_nothing_is_saved(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    place.start()
    place.click_sheet("ana")
    place.world.remove_role("ana")
    result = place.fill("ana", {bolts: "100"})
    assert result.errors is not None
    assert "You are in no counting team yet." in result.errors[f"line.{place.line(bolts)}"]
    assert place.world.entries(place.line(bolts)) == []


def test_nothing_left_is_said(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    sheet = place.start()
    place.enter_counts("ana", {bolts: "100"})
    assert place.ana.click(PARTS, sheet.ts, action_id=ids.ENTER_COUNTS, seen=sheet).ok
    assert place.told("ana") == "Nothing is left for you to count here. Thank you."


def test_values_that_we_never_drew_are_refused(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    sheet = place.start()
    for value in ("0", "999999", "-1", "1.1", "x", "1 OR 1=1", "9" * 400):
        forged = json.loads(json.dumps(sheet.blocks))
        button = next(block for block in forged if block["type"] == "actions")["elements"][0]
        button["value"] = value
        for action_id in (ids.ENTER_COUNTS, ids.ENTER_RECOUNT, ids.CANNOT_COUNT):
            button["action_id"] = action_id
            sheet.blocks = forged
            assert place.ana.click(PARTS, sheet.ts, action_id=action_id, seen=sheet).ok
            assert place.told("ana") in (
                "That button is not one of mine. Use the newest message.",
                "That count is not there any more.",
                "That count line is not there any more.",
            )
    assert place.ana.view is None
    assert place.world.entries(place.line(bolts)) == []


def test_a_form_with_strange_metadata_saves_nothing(place: Workplace) -> None:
    bolts = place.world.stock("BOLT-10", "A-01", 100)
    other = place.world.add_team("Tyres", "T-", counters=("fay",))
    tyres = place.world.stock("TYRE", "T-01", 4)
    with place.database.write() as session:
        tyre_plan = place.world.plan(session, "Tyres", other)
    place.world.start(tyre_plan)
    place.start()
    place.click_sheet("ana")
    view = place.ws.views.top("U01ANA")
    assert view is not None
    tyre_line = place.line(tyres)
    foreign = json.dumps({"s": 1, "p": 1, "l": [tyre_line]})
    for metadata in ("", "{}", "[]", "null", '{"s": "1", "p": 1, "l": []}', '{"s": 1, "p": 1, "l": [true]}', foreign):
        view.payload["private_metadata"] = metadata
        result = place.fill("ana", {bolts: "100"})
        assert result.problem is None
    assert place.world.entries(place.line(bolts)) == []
    assert place.world.entries(tyre_line) == []


def test_a_modal_that_slack_does_not_open_is_said(place: Workplace) -> None:
    place.world.stock("BOLT-10", "A-01", 100)
    place.start()
    for action in ("500", "disconnect", slack_error("expired_trigger_id")):
        place.ws.faults.on(method="views.open", action=action)
        place.click_sheet("ana")
        assert place.told("ana") == "Slack did not open the form. Please click again."
    assert place.ana.view is None
    place.ws.faults.on(method="views.open", action="500")
    place.ws.faults.on(method="chat.postEphemeral", action="500")
    place.click_sheet("ana")  # acknowledged, though nothing could be said
    assert len(place.everything_told("ana")) == 3


def test_two_people_saving_the_same_line_at_once_make_one_first_count(database: Database) -> None:
    with workplace(database, NOW, over_http=True) as place:
        bolts = place.world.stock("BOLT-10", "A-01", 100)
        place.start()
        line = place.line(bolts)
        for name in ("ana", "dan"):
            place.click_sheet(name)
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda name: place.fill(name, {bolts: "100"}), ("ana", "dan")))
        assert sorted(result.closed for result in results) == [False, True]
        (entry,) = place.world.entries(line)
        loser = next(result for result in results if not result.closed)
        assert loser.errors is not None
        assert "counted this at 07:00" in loser.errors[f"line.{line}"]
        assert entry.attempt == 1
        assert place.world.problems() == []


def test_nothing_sent_to_counters_depends_on_the_record_until_they_counted(sqlite_url: str, postgres_url: str) -> None:
    seen = []
    for url, on_hand in ((sqlite_url, 100), (postgres_url, 7_777)):
        database = Database(url)
        with workplace(database, NOW) as place:
            stocks: list[Stock] = [
                place.world.stock("BOLT-10", "A-01", on_hand),
                place.world.stock("NUT", "A-02", on_hand),
            ]
            place.start()
            place.click_sheet("ana")
            place.click_sheet("dan", ids.CANNOT_COUNT)
            for word in ("status", "item BOLT-10", "history", "history BOLT-10", "history A-01", "plans", "help"):
                place.count("dan", word)
            place.reply("dan", "BOLT 10")
            seen.append([(one.method, one.to, one.payload) for one in place.ws.payloads_to_people()])
            assert len(stocks) == 2
        database.close()
    assert seen[0] == seen[1]
    assert len(seen[0]) > 10
