"""*Take back…* away from the card: what a tolerance settled by itself, in `/count item` and `/count history`."""

import pytest

from bot import ids
from bot.sandbox.state import Message
from models.counts import DecisionKind
from models.people import Role
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from tests.bot.attacking import Wish, last_id, send, trail, value_of
from tests.bot.workplace import REVIEW, Workplace
from tests.builders import Number, Stock

OFFERED = "[ Take back… ]"
BUTTON, FORM = Wish(ids.REVERSE, "take back"), Wish(ids.REVERSE_MODAL, "take back", {"note": {"value": "wrong bin"}})


def settled(place: Workplace, number: Number = 99, *, unit_cost: int = 1) -> tuple[Stock, int]:
    """One missing of 100, as Ana counted: the tolerance of 2 % has settled it."""
    bolts = place.world.stock("BOLT-10", "A-01-03", 100, unit_cost=unit_cost)
    place.world.tolerate(Measure.PERCENT, 2)
    line = place.world.line(bolts)
    place.world.count(line, "ana", number)
    place.settle()
    assert place.world.state(line) is LineState.RECONCILED
    return bolts, line


def answer(place: Workplace, name: str, command: str) -> Message:
    place.count(name, command)
    return place.who(name).ephemerals()[-1]


@pytest.mark.parametrize("command", ["item BOLT-10", "history BOLT-10", "history"])
def test_what_the_tolerance_settled_is_taken_back(place: Workplace, command: str) -> None:
    bolts, line = settled(place)
    assert place.messages(REVIEW) == [], "it never had a card"
    shown = answer(place, "ben", command)
    assert OFFERED in place.read(shown)
    assert place.ben.click_ephemeral(shown.ts, text="Take back…").ok
    assert place.ben.view is not None
    form = place.ben.view["blocks"][0]["text"]["text"]
    assert "+1 pcs is posted, on-hand becomes 100. The count waits for a decision again." in form
    assert place.ben.submit({"note": "one is at the bench"}).closed
    assert place.told("ben", REVIEW).startswith("BOLT-10: taken back, +1 pcs posted, on-hand is 100 pcs.")
    assert [one.kind for one in place.world.decided(line)] == [DecisionKind.WITHIN_TOLERANCE, DecisionKind.REVERSE]
    place.settle()
    for told in ("Approve -1, Ana's count", "Taken back by Ben", "one is at the bench"):
        assert told in place.read(place.card(line))
    assert place.world.on_hand(bolts) == 100
    place.click_card("eva", line, ids.APPROVE)
    assert place.world.on_hand(bolts) == 99
    assert place.world.problems() == []


def test_what_somebody_decided_is_taken_back_without_its_card(place: Workplace) -> None:
    bolts, line = settled(place)
    place.world.take_back(line, "eva")
    place.world.approve(line, "eva")
    place.settle()
    shown = answer(place, "ben", "history BOLT-10")
    assert place.ben.click_ephemeral(shown.ts, text="Take back…").ok
    assert place.ben.submit({"note": "not so"}).closed
    assert place.world.on_hand(bolts) == 100


def test_to_whom_it_is_offered(place: Workplace) -> None:
    """Deciders, of that team, who have not counted it; nobody else."""
    _, line = settled(place)
    place.world.add_team("Workshop", "B-", counters=("fay",), approvers=("dan",))
    with place.world.step() as session:
        place.world.give_role(session, place.world.team_id, Role.APPROVER, "ana")
    for command in ("item BOLT-10", "history BOLT-10"):
        offered = {
            name: OFFERED in place.read(answer(place, name, command))
            for name in ("ben", "eva", "kim", "ana", "dan", "fay", "zoe")
        }
        assert [name for name, is_offered in offered.items() if is_offered] == ["ben", "eva", "kim"]
    assert place.world.state(line) is LineState.RECONCILED


def test_what_is_not_offered(place: Workplace) -> None:
    """What posted nothing, what a later count rests on, and what waits."""
    bolts, _ = settled(place, 100)
    assert OFFERED not in place.read(answer(place, "ben", "history BOLT-10"))
    place.world.count(place.world.line(bolts), "ana", 99)
    place.world.count(place.world.line(bolts), "dan", 98)
    place.settle()
    assert place.read(answer(place, "ben", "history BOLT-10")).count(OFFERED) == 1
    place.ben.click_ephemeral(text="Take back…")
    assert place.ben.submit({"note": "wrong bin"}).closed
    place.settle()
    shown = place.read(answer(place, "ben", "history BOLT-10"))
    assert shown.count(OFFERED) == 1, "the one before is the last that stands"
    assert "waits for a decision" in shown


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("dan", "Only approvers of Fleet Parts decide this. Ben or Eva can."),
        ("ana", "Only approvers of Fleet Parts decide this. Ben or Eva can."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
        ("ben", "-1,000.00 EUR is over your limit of 500.00 EUR. Eva can take it back."),
    ],
)
def test_who_may_not_is_refused_and_it_is_kept(place: Workplace, name: str, sentence: str) -> None:
    """By the button and by the form, also with a button that was never theirs; it stands in the audit trail."""
    bolts, line = settled(place, unit_cost=1000)
    before = last_id(place)
    for wish in (BUTTON, FORM):
        assert send(place, name, wish, value_of(place, line)) == sentence
    kept = [(event.actor, event.action, event.subject) for event in trail(place, after=before)]
    assert kept == [(f"U01{name.upper()}", "refused: take back", f"line {line}")] * 2
    assert place.world.on_hand(bolts) == 99


def test_an_approver_who_counted_it_is_refused(place: Workplace) -> None:
    bolts, line = settled(place)
    with place.world.step() as session:
        place.world.give_role(session, place.world.team_id, Role.APPROVER, "ana")
    assert send(place, "ana", BUTTON, value_of(place, line)) == "You counted this line, so somebody else decides it."
    assert [event.action for event in trail(place)][-1] == "refused: take back"
    assert place.world.on_hand(bolts) == 99


@pytest.mark.parametrize("value", ["", "1", "1.x", "-1.2", "999.1", "1.99"])
def test_values_that_we_never_drew_change_nothing(place: Workplace, value: str) -> None:
    bolts, line = settled(place)
    before = last_id(place)
    button = Wish(f"{ids.REVERSE}.{line}", "take back")
    assert send(place, "eva", button, value)
    assert [event.action for event in trail(place, after=before)] == ["refused: take back"]
    assert place.world.state(line) is LineState.RECONCILED
    assert place.world.on_hand(bolts) == 99
