"""Slack sends a click again whose acknowledgement it has not got: what was done is done, and nobody was refused."""

import pytest

from bot import ids
from models.counts import DecisionKind
from models.rules.lines import LineState
from tests.bot.attacking import last_id, trail
from tests.bot.test_decisions import in_review
from tests.bot.test_transferring import misplaced
from tests.bot.workplace import REVIEW, Workplace


def sent_again(place: Workplace) -> None:
    """The last click, with the very same payload."""
    (number, click) = [(number, one) for number, one in enumerate(place.ws.deliveries) if one.kind == "interactive"][-1]
    again = place.ws.deliver_again(number)
    assert again.answer == click.attempts[0].answer


@pytest.mark.parametrize("action_id", [ids.APPROVE, ids.RECOUNT])
def test_it_changes_nothing_and_refuses_nobody(place: Workplace, action_id: str) -> None:
    _, line = in_review(place)
    place.click_card("ben", line, action_id)
    told, before, decided = place.everything_told("ben"), last_id(place), place.world.decided(line)
    sent_again(place)
    assert place.everything_told("ben") == told
    assert trail(place, after=before) == []
    assert place.world.decided(line) == decided
    assert place.world.problems() == []


def test_a_transfer_too(place: Workplace) -> None:
    _, _, short, over = misplaced(place)
    place.click_card("ben", short, ids.TRANSFER)
    told, before = place.everything_told("ben"), last_id(place)
    sent_again(place)
    assert (place.everything_told("ben"), trail(place, after=before)) == (told, [])
    assert [one.kind for one in place.world.decided(over)] == [DecisionKind.TRANSFER]


def test_another_click_of_the_same_button_is_told_and_kept(place: Workplace) -> None:
    _, line = in_review(place)
    card = place.card(line)
    place.click_card("ben", line, ids.APPROVE, card)
    before = last_id(place)
    place.click_card("ben", line, ids.APPROVE, card)
    assert place.told("ben", REVIEW).startswith("Ben approved this at 07:00")
    assert [event.action for event in trail(place, after=before)] == ["refused: approve"]


def test_what_was_refused_is_refused_again(place: Workplace) -> None:
    _, line = in_review(place)
    place.click_card("ana", line, ids.APPROVE)
    told = place.everything_told("ana")
    sent_again(place)
    assert place.everything_told("ana") == told * 2
    assert place.world.state(line) is LineState.IN_REVIEW
