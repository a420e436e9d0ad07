"""Who may enter counts, by which button, at the same time as whom; and values that we never drew."""

import json
from concurrent.futures import ThreadPoolExecutor

from bot import ids
from bot.sandbox.faults import slack_error
from models.database import Database
from models.rules.lines import LineState
from tests.bot.workplace import PARTS, Workplace, workplace
from tests.builders import Stock
from tests.conftest import NOW


def test_a_recount_is_entered_from_its_own_button_and_looks_like_any_count(place: Workplace) -> None:
    place.refuse_direct_messages()  # so that everybody sees the button, in the thread
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
    place.ws.add_channel("CTYRES", name="tyres", members=["U01FAY"])
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
