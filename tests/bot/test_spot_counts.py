"""`/count now` and *Count this*: who may, what is found in a message, and what becomes of it."""

import json
from pathlib import Path
from typing import Any  # Any: blocks of a Slack view are JSON

import pytest
from sqlalchemy import Connection, event
from sqlmodel import col, select

from bot import ids
from bot.views.spot_count import read_boxes
from models.catalog import Item, Location
from models.counts import CountLine, CountSession
from models.errors import BadInput
from models.people import Role
from models.rules.lines import LineState
from models.services import countable
from tests.bot.outbound import SECOND
from tests.bot.workplace import PARTS, REVIEW, Workplace

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text("utf-8"))


OTHERS = "You asked for it, so somebody else counts it first."
AGAIN = "You have started this already, and nothing was started again:"


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """Bolts in two bins and fuses beside them, tyres of another team, and the shortcuts of the manifest."""
    for one in MANIFEST["features"]["shortcuts"]:
        place.ws.add_shortcut(one["name"], one["type"], one["callback_id"], one["description"])
    place.world.stock("BOLT-10", "A-01-03", 100)
    place.world.stock("BOLT-10", "A-02-01", 20)
    place.world.stock("FUSE-15", "A-01-03", 7)
    place.world.add_team("Tyres", "T-", counters=("yan",))
    place.world.stock("TYRE-1", "T-01", 4)
    return place


def sessions(place: Workplace) -> list[str]:
    with place.database.read() as session:
        return list(session.exec(select(CountSession.name).order_by(col(CountSession.id))))


def lines(place: Workplace, name: str) -> set[tuple[str, str]]:
    """(SKU, bin) of every line of the sessions of that name."""
    with place.database.read() as session:
        return set(
            session.exec(
                select(Item.sku, Location.code)
                .join(CountLine, col(CountLine.item_id) == col(Item.id))
                .join(Location, col(Location.id) == col(CountLine.location_id))
                .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
                .where(CountSession.name == name)
            )
        )


def use(place: Workplace, name: str, text: str, channel: str = PARTS) -> None:
    """Somebody writes a message, and `name` uses the shortcut on it."""
    place.now()
    ts = place.fay.say(channel, text)
    place.ws.wait_until_quiet()
    assert place.who(name).message_shortcut(ids.COUNT_THIS, channel, ts).ok


def found(place: Workplace, name: str) -> list[str]:
    """The labels of the ticked boxes of the open form."""
    view = place.who(name).view
    assert view is not None
    boxes = [block["element"] for block in view["blocks"] if block.get("element", {}).get("type") == "checkboxes"]
    assert all(element["initial_options"] == element["options"] for element in boxes)
    return [option["text"]["text"] for element in boxes for option in element["options"]]


def boxes(place: Workplace, name: str) -> list[dict[str, Any]]:
    view = place.who(name).view
    assert view is not None
    return [option for block in view["blocks"] for option in block.get("element", {}).get("options", [])]


def reads(place: Workplace, name: str) -> str:
    view = place.who(name).view
    assert view is not None
    return place.who(name).reads(view)


# -- /count now


def test_a_bin_or_an_item_is_counted_now(place: Workplace) -> None:
    assert place.count("ana", "now a-01-03") == (
        f"Spot count A-01-03: 2 lines, due today at 11:00. The sheet comes in #parts. {OTHERS}"
    )
    assert place.woken == 1
    place.settle()
    assert "Spot count A-01-03 · 2 items in 1 bin · due today at 11:00" in place.read(place.sheet())
    place.wait(SECOND)
    assert place.count("ben", "now bolt-10").split("\n") == [
        "Spot count BOLT-10: 1 line, due today at 11:00. The sheet comes in #parts.",
        "A-01-03 is being counted already in Spot count A-01-03.",
    ]
    place.wait(SECOND)
    assert place.count("kim", "now T-01").startswith("Spot count T-01: 1 line, due")


@pytest.mark.parametrize(
    ("who", "typed", "told"),
    [
        ("ana", "now", "Which one? Write “/count now” and a SKU or a bin."),
        ("ana", "now BOLT-11", "There is no SKU or bin “BOLT-11”. Did you mean BOLT-10?"),
        ("ana", "now T-01", "T-01 belongs to Tyres, whose people and stock control can have it counted."),
        ("zoe", "now BOLT-10", "You are in no counting team yet. Ask Kim to add you."),
        ("zoe", "now", "You are in no counting team yet. Ask Kim to add you."),
        ("ana", "now <!channel>", "There is no SKU or bin “<!channel>”."),
    ],
)
def test_what_cannot_be_counted_is_said_and_starts_nothing(place: Workplace, who: str, typed: str, told: str) -> None:
    assert place.count(who, typed) == told
    assert sessions(place) == []
    assert place.woken == 0


def test_names_are_looked_up_before_the_bot_begins_to_write(place: Workplace) -> None:
    written: list[str] = []

    def see(connection: Connection, _cursor: object, sql: str, *_: object) -> None:
        if connection.get_execution_options().get("immediate"):
            written.append(sql)

    event.listen(place.database.engine, "before_cursor_execute", see)
    place.count("ana", "now bolt-10, a-01-03")
    use(place, "dan", "fuse-15")
    place.dan.submit({"other": "a-02-01"})
    event.remove(place.database.engine, "before_cursor_execute", see)
    assert any("INSERT INTO countline" in sql for sql in written)
    assert [sql for sql in written if "lower(" in sql] == []


def test_the_same_command_delivered_again_starts_nothing(place: Workplace) -> None:
    place.count("ana", "now BOLT-10")
    place.wait(SECOND)
    again = place.ws.deliver_again()
    assert again.answer is not None
    shown = again.answer["text"].split("\n")
    assert shown[0] == AGAIN
    assert shown[1].startswith("Spot count BOLT-10: 2 lines, <!date^")
    assert sessions(place) == ["Spot count BOLT-10"]


def test_the_answer_and_the_sheet_hold_no_number_of_the_record(place: Workplace) -> None:
    texts = []
    for on_hand in (100, 3):
        place.world.stock("NUT-8", f"A-0{on_hand}", on_hand)
        texts.append(place.count("ana", f"now A-0{on_hand}").replace(f"A-0{on_hand}", "BIN"))
        place.wait(SECOND)
    assert texts[0] == texts[1]


def test_the_whole_loop_of_a_spot_count(place: Workplace) -> None:
    place.count("ana", "now FUSE-15")
    place.settle()
    fuses = place.world.stock("FUSE-15", "A-01-03")
    assert "being counted" in place.count("ana", "item FUSE-15")
    first = "You asked for this count, so somebody else counts it first."
    place.reply("ana", "FUSE-15 5")
    assert place.told("ana", PARTS) == f"FUSE-15 (A-01-03): {first}"
    place.reply("ana", "5")
    assert place.everything_told("ana")[-2:] == [f"FUSE-15 (A-01-03): {first}"] * 2
    for button in (ids.ENTER_COUNTS, ids.CANNOT_COUNT):
        place.click_sheet("ana", button)
        assert place.ana.view is None
        assert place.told("ana", PARTS) == first
    place.reply("fay", "FUSE-15 5")
    place.settle()
    place.click_sheet("dan")
    assert place.fill("dan", {fuses: "5"}).closed
    place.settle()
    line = place.line(fuses)
    card = place.read(place.card(line))
    assert "2 pcs short" in card
    assert "plan" not in card
    place.click_card("ben", line, ids.APPROVE)
    place.settle()
    assert place.world.state(line) is LineState.RECONCILED
    assert place.world.on_hand(fuses) == 5
    assert "Spot count FUSE-15 · closed" in place.read(place.sheet())
    assert "7 → 5 pcs" in place.count("kim", "history FUSE-15")
    assert place.world.problems() == []


# -- Count this


def test_what_a_message_names_is_ticked_and_counted(place: Workplace) -> None:
    use(place, "ana", "hm, bolt-10 looks short; see A-01-03 too")
    assert found(place, "ana") == ["BOLT-10 · Bolt-10", "A-01-03 · bin"]
    result = place.ana.submit({})
    assert not result.errors
    assert reads(place, "ana").split("\n")[:2] == [
        "Count this",
        f"Spot count BOLT-10 and A-01-03: 3 lines, due today at 11:00. The sheet comes in #parts. {OTHERS}",
    ]
    assert lines(place, "Spot count BOLT-10 and A-01-03") == {
        ("BOLT-10", "A-01-03"), ("BOLT-10", "A-02-01"), ("FUSE-15", "A-01-03"),
    }  # fmt: skip
    assert place.woken == 1


def test_what_is_not_ticked_is_not_counted_and_what_is_typed_is(place: Workplace) -> None:
    use(place, "ana", "BOLT-10 and A-01-03")
    result = place.ana.submit({"found": [], "other": "fuse-15"})
    assert not result.errors
    assert lines(place, "Spot count FUSE-15") == {("FUSE-15", "A-01-03")}
    assert len(sessions(place)) == 1


def test_a_message_that_names_nothing_leaves_the_field(place: Workplace) -> None:
    use(place, "ana", "who has my gloves?")
    assert reads(place, "ana").split("\n")[:2] == ["Count this", "I found no SKU and no bin in this message."]
    assert found(place, "ana") == []
    assert place.ana.submit({}).refused_locally
    assert not place.ana.submit({"other": "A-02-01, FUSE-15"}).errors
    assert sessions(place) == ["Spot count A-02-01 and FUSE-15"]


def test_each_team_gets_one_session_for_everything(place: Workplace) -> None:
    use(place, "kim", "BOLT-10, FUSE-15 and TYRE-1")
    assert not place.kim.submit({}).errors
    assert sessions(place) == ["Spot count BOLT-10 and FUSE-15", "Spot count TYRE-1"]


def test_refusals_stand_under_their_field_and_nothing_is_started(place: Workplace) -> None:
    use(place, "ana", "T-01 and BOLT-10")
    nothing = place.ana.submit({"found": []}, force=True)
    assert nothing.errors == {"other": "Tick what to count, or write its SKU or bin."}
    unknown = place.ana.submit({"other": "BOLT-11"})
    assert unknown.errors == {"other": "There is no SKU or bin “BOLT-11”. Did you mean BOLT-10?"}
    tyres = [option["value"] for option in boxes(place, "ana") if option["text"]["text"] == "T-01 · bin"]
    belongs = "T-01 belongs to Tyres, whose people and stock control can have it counted."
    assert place.ana.submit({"found": tyres, "other": None}).errors == {"found": belongs}
    assert place.ana.submit({"found": [], "other": "T-01"}).errors == {"other": belongs}
    assert sessions(place) == []
    assert not place.ana.submit({"found": [], "other": "BOLT-10"}).errors
    assert sessions(place) == ["Spot count BOLT-10"]


def test_what_is_counted_already_is_said_beside_what_was_started(place: Workplace) -> None:
    place.count("ana", "now A-01-03")
    place.wait(SECOND)
    use(place, "dan", "BOLT-10")
    assert not place.dan.submit({}).errors
    assert "BOLT-10 in A-01-03" not in reads(place, "dan")
    assert "A-01-03 is being counted already in Spot count A-01-03." in reads(place, "dan")
    use(place, "dan", "A-01-03")
    assert place.dan.submit({}).errors == {"found": "A-01-03 is being counted already in Spot count A-01-03."}


def test_the_same_form_delivered_again_starts_nothing(place: Workplace) -> None:
    use(place, "ana", "BOLT-10")
    place.ana.submit({})
    place.wait(SECOND)
    with place.database.write() as session:
        for line in session.exec(select(CountLine)):
            line.state = LineState.SKIPPED
            line.settled_at = place.world.now
    again = place.ws.deliver_again()
    assert sessions(place) == ["Spot count BOLT-10"]
    assert again.answer is not None
    told = json.dumps(again.answer["view"]["blocks"])
    assert AGAIN in told
    assert "Spot count BOLT-10: 2 lines, " in told


def test_a_form_sent_again_names_what_its_own_first_try_started_and_nothing_else(place: Workplace) -> None:
    use(place, "kim", "FUSE-15 and TYRE-1")
    assert not place.kim.submit({}).errors
    sent = place.ws.deliver_again()
    place.wait(SECOND)
    place.count("kim", "now BOLT-10")
    assert sent.answer is not None
    told = json.dumps(sent.answer["view"]["blocks"])
    assert told.count("Spot count") == 2
    assert "Spot count FUSE-15: 1 line" in told
    assert "Spot count TYRE-1: 1 line" in told


def test_what_was_refused_was_not_started_and_can_be_put_right(place: Workplace) -> None:
    place.count("dan", "now FUSE-15")
    place.wait(SECOND)
    use(place, "ana", "FUSE-15")
    busy = "A-01-03 is being counted already in Spot count FUSE-15."
    assert place.ana.submit({}).errors == {"found": busy}
    assert (place.ws.deliver_again().answer or {})["errors"] == {"found": busy}
    assert not place.ana.submit({"found": [], "other": "A-02-01"}).errors
    assert reads(place, "ana").split("\n")[1].startswith("Spot count A-02-01: 1 line")
    assert sessions(place) == ["Spot count FUSE-15", "Spot count A-02-01"]


def test_names_are_found_in_the_bots_own_messages(place: Workplace) -> None:
    place.world.stock("_ODD*_", "A-03", 1)
    place.world.stock(":pin:", "A-<04>", 1)
    place.start()
    sheet = place.sheet()
    assert place.ana.message_shortcut(ids.COUNT_THIS, PARTS, sheet.ts).ok
    assert sorted(found(place, "ana")) == [
        ":pin: · :Pin:", "A-01-03 · bin", "A-02-01 · bin", "A-03 · bin", "A-<04> · bin",
        "BOLT-10 · Bolt-10", "FUSE-15 · Fuse-15", "_ODD*_ · _Odd*_",
    ]  # fmt: skip
    assert place.ana.submit({}).errors == {
        "found": "A-01-03, A-02-01, A-03 and A-<04> are being counted already in Daily parts."
    }


def test_too_many_open_spot_counts_are_refused_under_the_field(place: Workplace) -> None:
    for number in range(5):
        place.world.stock(f"PART-{number}", f"B-{number}", 1)
        assert place.count("ana", f"now PART-{number}").startswith(f"Spot count PART-{number}: 1 line")
        place.wait(SECOND)
    use(place, "ana", "BOLT-10")
    errors = place.ana.submit({}).errors
    assert errors is not None
    told = errors["found"]
    assert told.startswith("You may have 5 spot counts open at once, and Spot count PART-0, ")
    assert told.endswith("are not counted yet. Have one of them counted first, or ask Kim.")


def test_twenty_things_in_two_blocks(place: Workplace) -> None:
    for number in range(25):
        place.world.stock(f"PART-{number:02}", f"B-{number:02}", 1)
    use(place, "ana", " ".join(f"PART-{number:02}" for number in range(25)))
    assert len(found(place, "ana")) == 20
    assert "… 5 more are named; one request takes 20." in place.ana.reads(place.ana.view or {})
    too_many = "Ask for at most 20 at a time. These are 21, so nothing was started."
    assert place.ana.submit({"other": "PART-24"}).errors == {"found": too_many}
    typed = ", ".join(f"PART-{number:02}" for number in range(21))
    assert place.ana.submit({"found": [], "other": typed}).errors == {"other": too_many}
    use(place, "ana", " ".join(f"PART-{number:02}" for number in range(25)))
    assert not place.ana.submit({}).errors
    assert len(lines(place, sessions(place)[0])) == 20


@pytest.mark.parametrize("who", ["ana", "ben", "kim"])
def test_members_of_every_kind_may(place: Workplace, who: str) -> None:
    use(place, who, "BOLT-10")
    assert not place.who(who).submit({}).errors
    assert sessions(place) == ["Spot count BOLT-10"]


def test_a_stranger_is_told_so_in_the_form_and_learns_nothing(place: Workplace) -> None:
    use(place, "zoe", "BOLT-10")
    assert reads(place, "zoe").split("\n")[:2] == ["Count this", "You are in no counting team yet. Ask Kim to add you."]


def test_who_left_the_team_while_the_form_was_open_starts_nothing(place: Workplace) -> None:
    use(place, "ana", "BOLT-10")
    place.world.remove_role("ana")
    assert place.ana.submit({}).errors == {"found": "You are in no counting team yet. Ask Kim to add you."}
    assert sessions(place) == []


def test_it_works_where_the_bot_is_not(place: Workplace) -> None:
    place.ws.add_channel("C09ELSE", name="elsewhere", members=["U01ANA", "U01FAY"], private=True, bot_member=False)
    use(place, "ana", "BOLT-10", "C09ELSE")
    assert not place.ana.submit({}).errors
    assert "The sheet comes in #parts." in reads(place, "ana")


def test_a_form_that_slack_does_not_open_is_said(place: Workplace) -> None:
    place.ws.faults.on(method="views.open", action="500")
    use(place, "ana", "BOLT-10")
    assert place.told("ana", PARTS) == "Slack did not open the form. Please use the shortcut again."


def test_a_defect_is_told_with_its_reference(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(countable, "mentioned", broken)
    use(place, "ana", "BOLT-10")
    assert place.told("ana", PARTS).startswith("That broke on my side (reference ")


def test_a_box_that_is_not_ours() -> None:
    assert read_boxes(["i12", "l7", "i3"]) == ({12, 3}, {7})
    for value in ("", "i", "x", "ix", "l-1", "i1.5"):
        with pytest.raises(BadInput):
            read_boxes([value])


def test_who_approves_and_counts_elsewhere_starts_only_in_their_teams(place: Workplace) -> None:
    with place.database.write() as session:
        team = place.world.team_id
        place.world.give_role(session, team + 1, Role.APPROVER, "dan")
    use(place, "dan", "TYRE-1 BOLT-10", REVIEW)
    assert not place.dan.submit({}).errors
    assert len(sessions(place)) == 2
