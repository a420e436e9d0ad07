"""*Take back…* on a decided card, and its form: by everybody who may and who may not."""

import pytest

from bot import ids
from models.counts import DecisionKind
from models.people import Role
from models.rules.lines import LineState
from tests.bot.test_decisions import forged, in_review
from tests.bot.workplace import REVIEW, Workplace
from tests.builders import Stock


def approved(place: Workplace, *, unit_cost: int = 1) -> tuple[Stock, int]:
    """A line that Eva approved, with its card redrawn."""
    bolts, line = in_review(place, unit_cost=unit_cost)
    place.click_card("eva", line, ids.APPROVE)
    place.settle()
    return bolts, line


def test_the_form_says_what_happens_and_the_card_asks_again(place: Workplace) -> None:
    bolts, line = approved(place)
    place.click_card("ben", line, ids.REVERSE)
    assert place.ben.view is not None
    form = place.ben.view["blocks"][0]["text"]["text"]
    assert "+10 pcs is posted, on-hand becomes 100. The count waits for a decision again." in form
    assert "Decided by Eva" in form
    assert place.ben.submit({}).refused_locally, "it has to say why"
    assert place.ben.submit({"note": "it was the wrong bin"}).closed
    assert place.told("ben", REVIEW).startswith("BOLT-10: taken back, +10 pcs posted, on-hand is 100 pcs.")
    assert place.world.on_hand(bolts) == 100
    place.settle()
    card = place.read(place.card(line))
    assert "Taken back by Ben" in card
    assert "it was the wrong bin" in card
    assert "Approve -10, Dan's recount" in card
    place.click_card("eva", line, ids.APPROVE)
    assert place.world.on_hand(bolts) == 90
    assert place.world.problems() == []


def test_who_may_take_back(place: Workplace) -> None:
    bolts, line = approved(place, unit_cost=100)
    for name in ("ana", "zoe", "ben"):
        place.click_card(name, line, ids.REVERSE)
        assert place.who(name).view is None
    assert place.told("ana") == "Only approvers of Fleet Parts decide this. Ben or Eva can."
    assert place.told("ben") == "-1,000.00 EUR is over your limit of 500.00 EUR. Eva can take it back."
    assert place.world.on_hand(bolts) == 90


def test_it_is_checked_again_when_the_form_comes_back(place: Workplace) -> None:
    bolts, line = approved(place)
    place.click_card("ben", line, ids.REVERSE)
    place.world.remove_role("ben", role=Role.APPROVER)
    result = place.ben.submit({"note": "wrong bin"})
    assert result.errors == {"note": "You are in no counting team yet. Ask Kim to add you."}
    assert place.world.on_hand(bolts) == 90


def test_whoever_was_faster_is_named_under_the_field(place: Workplace) -> None:
    bolts, line = approved(place)
    place.click_card("ben", line, ids.REVERSE)
    place.click_card("eva", line, ids.REVERSE)
    assert place.eva.submit({"note": "wrong bin"}).closed
    result = place.ben.submit({"note": "wrong bin"})
    assert result.errors == {"note": "Eva took the decision back at 07:00 (+10). Nothing was changed."}
    assert place.world.on_hand(bolts) == 100


def test_the_same_form_twice_takes_back_once(place: Workplace) -> None:
    bolts, line = approved(place)
    place.click_card("ben", line, ids.REVERSE)
    first = place.ben.submit({"note": "wrong bin"})
    assert first.delivery is not None
    again = place.ws.deliver_again(place.ws.deliveries.index(first.delivery))
    assert again.answer == first.delivery.attempts[0].answer
    assert [decision.kind for decision in place.world.decided(line)] == [DecisionKind.APPROVE, DecisionKind.REVERSE]
    assert place.world.on_hand(bolts) == 100


@pytest.mark.parametrize("value", ["", "1", "1.x", "-1.2", "999.1"])
def test_a_value_that_we_never_drew_changes_nothing(place: Workplace, value: str) -> None:
    bolts, line = approved(place)
    place.click_card("eva", line, ids.REVERSE, forged(place.card(line), value))
    assert place.eva.view is None
    assert place.world.state(line) is LineState.RECONCILED
    assert place.world.on_hand(bolts) == 90
