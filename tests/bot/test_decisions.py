"""The buttons of the review card and the forms behind them, called by everybody who may and who may not."""

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from bot import ids
from bot.sandbox.state import Message
from models.counts import DecisionKind
from models.database import Database
from models.people import Role
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.stock import EntryKind
from tests.bot.workplace import REVIEW, Workplace, workplace
from tests.builders import Stock
from tests.conftest import NOW

BUTTONS = (ids.APPROVE, ids.ADJUST, ids.RECOUNT, ids.REJECT)


def in_review(place: Workplace, *, unit_cost: int | None = 1, on_hand: int = 100) -> tuple[Stock, int]:
    """A line that Ana and Dan both counted at 90, with its card posted."""
    bolts = place.world.stock("BOLT-10", "A-01-03", on_hand, unit_cost=unit_cost)
    place.start()
    line = place.line(bolts)
    place.world.count(line, "ana", 90)
    place.world.count(line, "dan", 90)
    assert place.world.state(line) is LineState.IN_REVIEW
    place.settle()
    return bolts, line


def adjust(place: Workplace, name: str, line: int, **values: str) -> dict[str, str] | None:
    """Open the form of Adjust and submit it; returns the errors under its fields."""
    place.click_card(name, line, ids.ADJUST)
    result = place.who(name).submit(values)
    assert result.problem is None, result.details
    assert not result.refused_locally
    return result.errors


def test_approve_posts_the_variance_with_the_cause_chosen_on_the_card(place: Workplace) -> None:
    bolts, line = in_review(place)
    card = place.card(line)
    place.ben.choose(REVIEW, card.ts, Reason.UNRECORDED_ISSUE.value, action_id=ids.CAUSE)
    place.click_card("ben", line, ids.APPROVE)
    assert place.told("ben", REVIEW) == "BOLT-10: -10 pcs posted, on-hand is 90 pcs."
    (posted,) = place.world.adjustments(bolts)
    assert (posted.quantity, posted.reason) == (-10, Reason.UNRECORDED_ISSUE)
    place.settle()
    assert "Approved by Ben" in place.read(place.card(line))
    assert place.world.problems() == []


def test_approve_without_a_choice_says_that_the_cause_is_not_known(place: Workplace) -> None:
    bolts, line = in_review(place)
    place.click_card("ben", line, ids.APPROVE)
    assert place.world.adjustments(bolts)[0].reason == Reason.UNKNOWN


def test_who_may_decide(place: Workplace) -> None:
    bolts, line = in_review(place)
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.APPROVER, "dan")
    refused = {
        "fay": "Only approvers of Fleet Parts decide this. Ben, Eva or Dan can.",
        "ana": "Only approvers of Fleet Parts decide this. Ben, Eva or Dan can.",
        "dan": "You counted this line, so somebody else decides it.",
        "zoe": "You are in no counting team yet. Ask Kim to add you.",
    }
    for name, sentence in refused.items():
        for button in BUTTONS:
            place.click_card(name, line, button)
            assert place.told(name, REVIEW) == sentence
        assert place.who(name).view is None
        assert len(place.everything_told(name)) == len(BUTTONS)
    assert place.world.state(line) is LineState.IN_REVIEW
    assert place.world.adjustments(bolts) == []
    place.click_card("kim", line, ids.APPROVE)
    assert place.world.state(line) is LineState.RECONCILED


def test_a_second_click_is_told_who_decided_what_and_when(place: Workplace) -> None:
    bolts, line = in_review(place)
    seen = place.card(line)
    place.click_card("ben", line, ids.APPROVE)
    place.settle()
    for name in ("eva", "ben", "kim"):
        for button in BUTTONS:
            place.click_card(name, line, button, seen)
            assert place.told(name, REVIEW) == "Ben approved this at 07:00 (-10). Nothing was changed."
    assert len(place.world.adjustments(bolts)) == 1
    assert len(place.world.decided(line)) == 1


def test_two_approvers_at_once_make_one_decision(database: Database) -> None:
    with workplace(database, NOW, over_http=True) as place:
        bolts, line = in_review(place)
        seen = place.card(line)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda name: place.click_card(name, line, ids.APPROVE, seen), ("ben", "eva")))
        told = sorted([place.told("ben"), place.told("eva")])
        assert told[0] == "BOLT-10: -10 pcs posted, on-hand is 90 pcs."
        assert told[1].endswith("approved this at 07:00 (-10). Nothing was changed.")
        assert len(place.world.decided(line)) == 1
        assert place.world.on_hand(bolts) == 90
        assert place.world.problems() == []


def test_the_same_click_delivered_again_changes_nothing(place: Workplace) -> None:
    bolts, line = in_review(place)
    place.click_card("ben", line, ids.APPROVE)
    assert place.ws.deliver_again().outcome == "acknowledged"
    assert len(place.world.adjustments(bolts)) == 1


def test_over_the_limit_is_said_and_escalated(place: Workplace) -> None:
    bolts, line = in_review(place, unit_cost=100)
    place.click_card("ben", line, ids.APPROVE)
    assert place.told("ben", REVIEW) == "-1,000.00 EUR is over your limit of 500.00 EUR. I have asked Eva."
    assert place.world.adjustments(bolts) == []
    place.settle()
    assert any("U01EVA" in str(one.blocks) + one.text for one in place.ws.thread(REVIEW, place.card(line).ts))


def test_adjust_shows_what_was_there_and_posts_the_difference_to_what_is_entered(place: Workplace) -> None:
    bolts, line = in_review(place)
    place.world.receive(bolts, 20)
    place.settle()
    place.click_card("ben", line, ids.ADJUST)
    view = place.ben.view
    assert view is not None
    assert view["private_metadata"] == ids.line_value(line, place.world.version(line))
    facts = view["blocks"][0]["text"]["text"]
    assert "Counted 90 pcs (Dan, " in facts
    assert facts.endswith("on-hand then 100, +20 since. On-hand becomes what you enter + 20.")
    result = place.ben.submit({"quantity": "95", "reason": Reason.COUNT_ERROR.value})
    assert result.closed
    assert place.told("ben", REVIEW) == "BOLT-10: -5 pcs posted, on-hand is 115 pcs."
    assert place.world.on_hand(bolts) == 115
    assert place.world.problems() == []


def test_errors_of_adjust_stay_under_their_fields(place: Workplace) -> None:
    bolts, line = in_review(place, unit_cost=100)
    card = place.card(line)
    cause, count_error = Reason.OTHER.value, Reason.COUNT_ERROR.value
    assert adjust(place, "ben", line, quantity="95", reason=cause) == {"note": "Say in the note what happened."}
    over = "-1,000.00 EUR is over your limit of 500.00 EUR. I have asked Eva."
    assert place.ben.submit({"quantity": "90", "reason": count_error}).errors == {"quantity": over}
    forced = place.ben.submit({"quantity": "-5", "reason": count_error}, force=True)
    assert forced.errors == {"quantity": "“-5” is less than nothing; write what is there, 0 or more."}
    assert place.ben.submit({"quantity": "98", "reason": count_error}).closed
    assert place.world.on_hand(bolts) == 98
    assert place.told("ben", REVIEW) == "BOLT-10: -2 pcs posted, on-hand is 98 pcs."
    place.click_card("eva", line, ids.ADJUST, card)
    assert place.told("eva") == "Ben adjusted this at 07:00 (-2). Nothing was changed."


def test_whoever_was_faster_while_the_form_was_open_is_named_under_the_field(place: Workplace) -> None:
    bolts, line = in_review(place)
    place.click_card("ben", line, ids.ADJUST)
    place.click_card("eva", line, ids.REJECT)
    assert place.eva.submit({"reason": Reason.COUNT_ERROR.value}).closed
    result = place.ben.submit({"quantity": "95", "reason": Reason.COUNT_ERROR.value})
    assert result.errors == {"quantity": "Eva rejected this at 07:00. Nothing was changed."}
    assert place.world.adjustments(bolts) == []


def test_authority_is_checked_again_when_the_form_comes_back(place: Workplace) -> None:
    _, line = in_review(place)
    place.click_card("ben", line, ids.ADJUST)
    place.world.remove_role("ben", role=Role.APPROVER)
    result = place.ben.submit({"quantity": "95", "reason": Reason.COUNT_ERROR.value})
    assert result.errors == {"quantity": "You are in no counting team yet. Ask Kim to add you."}
    assert place.world.decided(line) == []


@pytest.mark.parametrize("kind", [DecisionKind.ADJUST, DecisionKind.REJECT])
def test_the_same_form_twice_decides_once_and_answers_the_same(place: Workplace, kind: DecisionKind) -> None:
    _, line = in_review(place)
    values = {"reason": Reason.COUNT_ERROR.value}
    if kind is DecisionKind.ADJUST:
        place.click_card("ben", line, ids.ADJUST)
        values["quantity"] = "95"
    else:
        place.click_card("ben", line, ids.REJECT)
    first = place.ben.submit(values)
    assert first.delivery is not None
    again = place.ws.deliver_again(place.ws.deliveries.index(first.delivery))
    assert again.answer == first.delivery.attempts[0].answer
    assert [decision.kind for decision in place.world.decided(line)] == [kind]
    assert len(place.everything_told("ben")) == 1


def test_reject_posts_nothing_and_needs_a_reason(place: Workplace) -> None:
    bolts, line = in_review(place)
    place.click_card("ben", line, ids.REJECT)
    refused = place.ben.submit({})
    assert refused.refused_locally
    assert place.ben.submit({"reason": Reason.OTHER.value}).errors == {"note": "Say in the note why."}
    assert place.ben.submit({"reason": Reason.OTHER.value, "note": "wrong shelf"}).closed
    assert place.told("ben", REVIEW) == "BOLT-10: rejected. Nothing was posted; it is due again at once."
    assert place.world.decided(line)[0].note == "wrong shelf"
    assert place.world.on_hand(bolts) == 100


def test_recount_asks_somebody_who_has_not_counted(place: Workplace) -> None:
    _, line = in_review(place)
    place.click_card("ben", line, ids.RECOUNT)
    assert place.told("ben", REVIEW) == "BOLT-10: Fay was asked to count it again."
    assert place.world.asked(line) == "fay"


def test_a_corrected_record_refuses_approve_and_adjust(place: Workplace) -> None:
    bolts, line = in_review(place)
    seen = place.card(line)
    place.world.post(bolts, EntryKind.IMPORT, -10)
    for button in (ids.APPROVE, ids.ADJUST):
        place.click_card("ben", line, button, seen)
        assert place.told("ben", REVIEW).startswith("Ask for a recount: the record was corrected since this count")
    assert place.ben.view is None
    assert place.world.on_hand(bolts) == 90


def forged(card: Message, value: str) -> Message:
    """The card with another value in its buttons, as somebody with a doctored client would send it."""
    card.blocks = json.loads(json.dumps(card.blocks))
    for block in card.blocks:
        for element in block.get("elements", []):
            if element.get("type") == "button":
                element["value"] = value
    return card


@pytest.mark.parametrize("value", ["", "1", "1.2.3", "x.y", "999999.1", "1.-1", "\uff11.1", "9" * 30 + ".1"])
def test_values_that_we_never_drew_change_nothing(place: Workplace, value: str) -> None:
    _, line = in_review(place)
    for button in BUTTONS:
        place.click_card("ben", line, button, forged(place.card(line), value))
        assert place.told("ben") in (
            "That button is not one of mine. Use the newest message.",
            "That count line is not there any more.",
        )
    assert place.ben.view is None
    assert place.world.decided(line) == []


def test_a_version_of_the_future_or_past_is_refused(place: Workplace) -> None:
    _, line = in_review(place)
    for version in (place.world.version(line) - 1, place.world.version(line) + 1):
        place.click_card("ben", line, ids.APPROVE, forged(place.card(line), ids.line_value(line, version)))
        assert place.told("ben").startswith("The facts have changed since this card was drawn.")
    assert place.world.decided(line) == []


def test_a_cause_that_we_never_offered_is_refused(place: Workplace) -> None:
    _, line = in_review(place)
    card = place.card(line)
    card.blocks = json.loads(json.dumps(card.blocks))
    menu = next(block["elements"][0] for block in card.blocks if block["block_id"].startswith(ids.CAUSE_BLOCK))
    menu["initial_option"]["value"] = menu["options"][0]["value"] = "because"
    place.click_card("ben", line, ids.APPROVE, card)
    assert place.told("ben") == "Choose another cause: that one is not in use."
    assert place.world.decided(line) == []


def test_a_lost_answer_does_not_make_a_decision_look_unmade(place: Workplace) -> None:
    bolts, line = in_review(place)
    place.ws.faults.on(method="chat.postEphemeral", action="500")
    place.click_card("ben", line, ids.APPROVE)
    assert place.everything_told("ben") == []
    assert place.world.on_hand(bolts) == Decimal(90)
