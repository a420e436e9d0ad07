"""Causes on the card, in the forms and for several lines: asked of everybody who may decide, and of nobody else."""

import json

import pytest

from bot import ids
from models.rules.causes import Reason
from models.rules.lines import LineState
from tests.bot.attacking import trail
from tests.bot.test_bulk import counted, open_form, page
from tests.bot.test_decisions import in_review
from tests.bot.workplace import REVIEW, Workplace
from tests.causing import say_causes

OVER = "Choose the cause on the card and click again: 110.00 EUR is over 100.00 EUR."


def offered(place: Workplace, line: int) -> list[str]:
    menus = [block["elements"][0] for block in place.card(line).blocks if block["block_id"].startswith(ids.CAUSE_BLOCK)]
    return [option["text"]["text"] for option in menus[0]["options"]]


def choices_of_form(place: Workplace, name: str) -> list[str]:
    view = place.who(name).view
    assert view is not None
    [why] = [block for block in view["blocks"] if block["block_id"] == "reason"]
    return [option["value"] for option in why["element"]["options"]]


@pytest.mark.parametrize("name", ["ben", "kim"])
def test_a_large_variance_is_approved_once_its_cause_is_chosen(place: Workplace, name: str) -> None:
    say_causes(place.database, required_above=100, own=["wrong *box*"])
    pumps, line = counted(place, "PUMP-1", "A-01", 89, unit_cost=10)
    place.click_card(name, line, ids.APPROVE)
    assert place.told(name, REVIEW) == OVER
    assert [event.action for event in trail(place)][-1] == "refused: approve"
    assert place.world.state(line) is LineState.IN_REVIEW
    assert place.world.on_hand(pumps) == 100
    place.who(name).choose(REVIEW, place.card(line).ts, "wrong *box*", action_id=ids.CAUSE)
    place.click_card(name, line, ids.APPROVE)
    assert [row.reason for row in place.world.adjustments(pumps)] == ["wrong *box*"]
    place.settle()
    assert place.who(name).slash(REVIEW, "/count history PUMP-1").ok
    for message in (place.card(line), place.who(name).ephemerals(REVIEW)[-1]):
        shown = json.dumps(message.blocks)
        assert "wrong" in shown
        assert "*box*" not in shown, "it is no format"
    assert place.world.problems() == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ana", "Only approvers of Fleet Parts decide this. Ben or Eva can."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_who_may_not_decide_is_asked_for_no_cause(place: Workplace, name: str, sentence: str) -> None:
    say_causes(place.database, required_above=100)
    _, line = counted(place, "PUMP-1", "A-01", 89, unit_cost=10)
    place.click_card(name, line, ids.APPROVE)
    assert place.told(name, REVIEW) == sentence


def test_the_card_and_the_forms_offer_what_the_company_says(place: Workplace) -> None:
    say_causes(place.database, offered="misplaced, other", own=["CNC error"])
    _, line = in_review(place)
    assert offered(place, line) == ["Cause not known", "Misplaced", "CNC error"]
    place.click_card("ben", line, ids.ADJUST)
    assert choices_of_form(place, "ben") == ["misplaced", "CNC error", "other"]
    place.click_card("eva", line, ids.REJECT)
    assert choices_of_form(place, "eva") == ["cause not known", "misplaced", "CNC error", "other"]


def test_a_card_of_before_that_still_offers_other_sends_to_adjust(place: Workplace) -> None:
    _, line = in_review(place)
    card = place.card(line)
    card.blocks = json.loads(json.dumps(card.blocks))
    menu = next(block["elements"][0] for block in card.blocks if block["block_id"].startswith(ids.CAUSE_BLOCK))
    menu["initial_option"]["value"] = menu["options"][0]["value"] = Reason.OTHER.value
    place.click_card("ben", line, ids.APPROVE, card)
    assert place.told("ben", REVIEW) == "Use Adjust… to say what happened, or choose another cause."
    assert place.world.state(line) is LineState.IN_REVIEW


def test_what_a_form_lacks_or_offers_no_more_is_said_under_its_cause(place: Workplace) -> None:
    bolts, line = in_review(place)
    place.click_card("ben", line, ids.ADJUST)
    say_causes(place.database, offered="damaged")
    gone = place.ben.submit({"quantity": "95", "reason": Reason.LABEL_ERROR.value})
    assert gone.errors == {"reason": "Choose another cause: “label error” is not in use any more."}
    view = place.ben.view
    assert view is not None
    [why] = [block for block in view["blocks"] if block["block_id"] == "reason"]
    assert why["hint"]["text"] == "An adjustment needs a cause."
    forged = {"text": {"type": "plain_text", "text": "Cause not known"}, "value": Reason.UNKNOWN.value}
    lacks = place.ben.submit({"quantity": "95", "reason": forged}, force=True)
    assert lacks.errors == {"reason": "Choose a cause: an adjustment needs one."}
    assert place.ben.submit({"quantity": "95", "reason": Reason.DAMAGED.value}).closed
    assert place.world.on_hand(bolts) == 95


def test_a_card_whose_cause_was_withdrawn_meanwhile(place: Workplace) -> None:
    say_causes(place.database, own=["wrong box"])
    _, line = in_review(place)
    place.ben.choose(REVIEW, place.card(line).ts, "wrong box", action_id=ids.CAUSE)
    say_causes(place.database, withdrawn=["wrong box"])
    place.click_card("ben", line, ids.APPROVE)
    assert place.told("ben", REVIEW) == "Choose another cause: “wrong box” is not in use any more."
    place.ben.choose(REVIEW, place.card(line).ts, Reason.DAMAGED.value, action_id=ids.CAUSE)
    place.click_card("ben", line, ids.APPROVE)
    assert place.world.state(line) is LineState.RECONCILED


def test_several_lines_without_a_cause_leave_out_what_needs_one(place: Workplace) -> None:
    say_causes(place.database, required_above=100)
    counted(place, "BOLT-10", "A-01", 93)
    _, line = counted(place, "PUMP-1", "A-02", 89, unit_cost=10)
    open_form(place, "ben")
    place.ben.submit({"at_most": "500"})
    assert "PUMP-1 in A-02: -11 pcs, -110.00 EUR: needs a cause, and none was chosen" in page(place, "ben")
    place.ben.submit({})
    assert page(place, "ben").startswith("*1 line approved.*")
    assert place.world.state(line) is LineState.IN_REVIEW


def test_several_lines_carry_a_cause_of_the_company_s_own(place: Workplace) -> None:
    say_causes(place.database, required_above=100, own=["box, *shelf*"])
    bolts, _ = counted(place, "BOLT-10", "A-01", 93)
    pumps, _ = counted(place, "PUMP-1", "A-02", 89, unit_cost=10)
    open_form(place, "ben")
    place.ben.submit({"at_most": "500", "cause": "box, *shelf*"})
    assert "gross 117.00 EUR · box, " in page(place, "ben")
    assert "*shelf*" not in page(place, "ben"), "it is no format"
    place.ben.submit({})
    for stock in (bolts, pumps):
        assert [row.reason for row in place.world.adjustments(stock)] == ["box, *shelf*"]


def test_several_lines_while_the_set_up_changes(place: Workplace) -> None:
    _, line = counted(place, "PUMP-1", "A-02", 89, unit_cost=10)
    open_form(place, "ben")
    say_causes(place.database, offered="misplaced")
    gone = {"cause": "Choose another cause: “damaged” is not in use any more."}
    assert place.ben.submit({"at_most": "500", "cause": Reason.DAMAGED.value}).errors == gone
    place.ben.submit({"at_most": "500", "cause": Reason.UNKNOWN.value})
    say_causes(place.database, required_above=100)
    place.ben.submit({})
    assert f"PUMP-1 in A-02: {OVER}" in page(place, "ben")
    assert place.world.state(line) is LineState.IN_REVIEW
