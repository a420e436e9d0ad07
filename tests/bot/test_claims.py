"""Two people share a sheet: *Take 10*, what the form and the thread offer, and being asked before taking over."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot import ids
from models.rules.lines import LineState
from scheduler.jobs import tick
from tests.bot.workplace import PARTS, Workplace
from tests.builders import Stock


@pytest.fixture
def stocks(place: Workplace) -> list[Stock]:
    """A sheet of twelve lines, A-01 to A-12."""
    stocks = [place.world.stock(f"PART-{n:02}", f"A-{n:02}", 10 * n) for n in range(1, 13)]
    place.start()
    return stocks


def take(place: Workplace, *names: str) -> None:
    for name in names:
        place.click_sheet(name, ids.TAKE_LINES)
    place.settle()


def holders(place: Workplace) -> list[str]:
    """Who has the lines, as the sheet says it, in walk order ("" for nobody)."""
    lines = [line for line in place.read(place.sheet()).split("\n") if line.startswith("A-")]
    return [line.split(" · ")[2] if line.count(" · ") > 1 else "" for line in lines]


def fields(place: Workplace, name: str) -> list[str]:
    view = place.who(name).view
    assert view is not None
    return [block["label"]["text"].split(" ")[0] for block in view["blocks"] if block["type"] == "input"]


def press(place: Workplace, name: str, action_id: str) -> None:
    """Click a button of the last thing that only this person was told."""
    result = place.who(name).click_ephemeral(action_id=action_id)
    assert result.ok, result.problem


def test_two_counters_share_a_sheet(place: Workplace, stocks: list[Stock]) -> None:
    take(place, "ana", "dan")
    assert place.told("ana") == "You have 10 lines, A-01 to A-10."
    assert place.told("dan") == "You have 2 lines, A-11 to A-12."
    assert holders(place) == ["Ana"] * 10 + ["Dan"] * 2
    assert "[ Take 10 ]" not in place.read(place.sheet())
    press(place, "dan", ids.ENTER_COUNTS)
    assert fields(place, "dan") == ["A-11", "A-12"]
    place.fill("dan", {stocks[10]: "110", stocks[11]: "120"})
    place.click_sheet("fay")
    assert place.told("fay") == "Ana has the 10 lines that are left."
    assert place.fay.view is None
    press(place, "fay", ids.ENTER_CLAIMED)
    assert fields(place, "fay") == [f"A-{n:02}" for n in range(1, 11)]
    place.settle()
    assert holders(place) == ["Ana"] * 10 + [""] * 2


def test_a_line_of_another_is_asked_about_under_its_field_and_then_counts(
    place: Workplace, stocks: list[Stock]
) -> None:
    place.click_sheet("dan")
    take(place, "ana")
    first, second = place.line(stocks[0]), place.line(stocks[10])
    counted = {stocks[0]: "7", stocks[10]: "110"}
    asked = place.fill("dan", counted)
    assert asked.errors == {
        f"line.{first}": "Ana has this line. Count it anyway? Save again to do so, or clear this field."
        " The rest of this page is saved."
    }
    assert (place.world.entries(first), place.world.state(second)) == ([], LineState.RECONCILED)
    assert place.fill("dan", counted).errors is None
    assert [entry.quantity for entry in place.world.entries(first)] == [7]
    assert place.world.see(first).claimed_by_id is None


def test_a_reply_about_a_line_of_another_is_asked_about_and_the_same_again_counts(
    place: Workplace, stocks: list[Stock]
) -> None:
    take(place, "ana")
    line = place.line(stocks[0])
    place.reply("dan", "PART-01 7")
    question = "PART-01 (A-01): Ana has this line. Count it anyway? Send the same again to do so."
    assert place.told("dan") == question
    assert place.everything_told("ana") == ["You have 10 lines, A-01 to A-10."]
    place.ws.redeliver_last_event(times=2)  # Slack sends it again, Dan does not
    assert place.world.entries(line) == []
    place.reply("dan", "PART-01 8")
    assert place.told("dan") == question
    place.reply("dan", "PART-01 7")
    assert [entry.quantity for entry in place.world.entries(line)] == [Decimal(7)]
    place.reply("ana", "PART-02 20")
    assert place.told("ana") == "Saved: PART-02 in A-02: 20 pcs"


def test_a_bare_number_means_the_line_that_nobody_else_has(place: Workplace) -> None:
    stocks = [place.world.stock(f"PART-{n:02}", f"A-{n:02}", n) for n in range(1, 12)]
    place.start()
    take(place, "ana")
    place.reply("dan", "11")
    assert [entry.quantity for entry in place.world.entries(place.line(stocks[10]))] == [11]


def test_lines_are_released_by_button_and_by_command(place: Workplace, stocks: list[Stock]) -> None:
    take(place, "ana")
    press(place, "ana", ids.RELEASE_LINES)
    assert place.told("ana") == "Released 10 lines, A-01 to A-10, of Daily parts. Others can take them now."
    place.settle()
    assert holders(place) == [""] * 12
    take(place, "ana")
    place.count("ana", "release")
    place.settle()
    assert holders(place) == [""] * 12
    assert place.count("ana", "release") == "You have no lines to release."


def test_lines_are_handed_over_and_both_are_told(place: Workplace, stocks: list[Stock]) -> None:
    take(place, "ana")
    press(place, "ana", ids.HAND_OVER_LINES)
    assert place.ana.submit({"to": "U01BEN"}).errors == {
        "to": "Only counters of Fleet Parts can take them. Choose Dan or Fay."
    }
    assert place.ana.submit({"to": "U01DAN"}).closed
    place.settle()
    assert place.told("ana", PARTS) == "Dan has them now: 10 lines, A-01 to A-10."
    assert place.told("dan", PARTS) == "Ana handed you 10 lines, A-01 to A-10."
    assert holders(place) == ["Dan"] * 10 + ["", ""]
    press(place, "dan", ids.ENTER_COUNTS)
    assert fields(place, "dan")[:10] == [f"A-{n:02}" for n in range(1, 11)]


def test_the_clock_frees_the_lines_of_who_is_silent_and_the_sheet_says_so(
    place: Workplace, stocks: list[Stock]
) -> None:
    take(place, "ana")
    place.wait(timedelta(minutes=29))
    assert tick(place.database, place.now()).released == ()
    place.wait(timedelta(minutes=2))
    assert len(tick(place.database, place.now()).released) == 10
    place.settle()
    assert holders(place) == [""] * 12


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("ben", "Only counters of Fleet Parts count this."),
        ("kim", "Only counters of Fleet Parts count this."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_who_does_not_count_takes_nothing(place: Workplace, stocks: list[Stock], who: str, told: str) -> None:
    take(place, who)
    assert place.told(who) == told
    assert holders(place) == [""] * 12
    assert place.count(who, "release") == ("You have no lines to release." if who != "zoe" else told)


def test_when_slack_loses_the_answer_the_lines_are_taken_all_the_same(place: Workplace, stocks: list[Stock]) -> None:
    place.ws.faults.on(method="chat.postEphemeral", action="500")
    take(place, "ana")
    assert place.told("ana") == ""
    assert holders(place) == ["Ana"] * 10 + ["", ""]


def test_status_counts_what_is_offered(place: Workplace, stocks: list[Stock]) -> None:
    assert "12 lines for you" in place.count("dan", "status")
    take(place, "ana")
    assert "2 lines for you" in place.count("dan", "status")
    assert "12 lines for you" in place.count("ana", "status")
