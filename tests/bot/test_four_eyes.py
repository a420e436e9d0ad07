"""Four eyes on the card: the first and the second by their buttons, and what a doctored client may not."""

import pytest

from bot import ids
from models.counts import DecisionKind
from models.rules.lines import LineState
from tests.bot.attacking import WISHES, Wish, everything_but_the_trail, last_id, send, trail, two_lines, value_of
from tests.bot.workplace import REVIEW, Workplace
from tests.services.authorizing import four_eyes, hand_over

CONFIRM, WITHDRAW = Wish(ids.CONFIRM, "confirm"), Wish(ids.WITHDRAW, "withdraw")
NOTHING = "There is nothing to confirm here any more. Look at the card again; nothing was changed."


@pytest.fixture
def line(place: Workplace) -> int:
    """A line that waits; it takes two."""
    found = two_lines(place).waiting
    four_eyes(place.world, 4)
    return found


def approve_first(place: Workplace, line: int, who: str = "ben") -> None:
    """Somebody approves it first, by the card."""
    place.click_card(who, line, ids.APPROVE)
    place.settle()


def shown(place: Workplace, line: int) -> str:
    """The card as it is read."""
    return place.read(place.card(line))


def in_thread(place: Workplace, line: int) -> str:
    """The last message in the card's thread."""
    return place.read(place.ws.thread(REVIEW, place.card(line).ts)[-1])


def test_the_first_and_the_second_by_their_buttons(place: Workplace, line: int) -> None:
    approve_first(place, line)
    assert place.told("ben") == (
        "BOLT-1: kept, and nothing is posted yet. -10.00 EUR is above 4.00 EUR, so a second person confirms it. "
        "I have asked Eva."
    )
    card = shown(place, line)
    assert "Approved first by Ben, " in card
    assert "Nothing is posted before a second confirms it: Eva." in card
    assert "[ Confirm -10 ]" in card
    assert "[ Approve" not in card
    call = in_thread(place, line)
    assert (
        call == "@Eva, please confirm BOLT-1 in A-01, or decide otherwise: Ben has decided it first, and it takes two."
    )
    assert "waits for a second, Ben has decided first" in place.count("eva", "review")
    place.click_card("eva", line, ids.CONFIRM)
    place.settle()
    assert place.told("eva") == "BOLT-1: -10 pcs posted, on-hand is 90 pcs."
    assert "Approved by Ben, confirmed by Eva, " in shown(place, line)
    assert in_thread(place, line) == "BOLT-1 in A-01 waited for a second to confirm it; this call is over."
    assert "approved, Ben and Eva" in place.count("kim", "history BOLT-1")


def test_an_adjustment_by_the_form_is_kept_and_closes_it(place: Workplace, line: int) -> None:
    place.click_card("ben", line, ids.ADJUST)
    place.ben.submit({"quantity": "93", "reason": "count error"})
    place.settle()
    assert place.ben.view is None
    assert place.told("ben").startswith("BOLT-1: kept, and nothing is posted yet. -7.00 EUR is above 4.00 EUR")
    assert "Adjusted first by Ben" in shown(place, line)
    assert "[ Approve -10, " in shown(place, line)


def test_the_first_takes_it_back_and_the_card_says_so(place: Workplace, line: int) -> None:
    approve_first(place, line)
    place.click_card("eva", line, ids.WITHDRAW)
    assert place.told("eva") == "Ben decided this first, so only Ben takes it back."
    place.click_card("ben", line, ids.WITHDRAW)
    place.settle()
    assert place.told("ben") == "Taken back. It waits for a decision again, and nothing was posted."
    assert "and withdrawn since. Nothing was posted." in shown(place, line)
    assert "It takes two people: worth more than 4.00 EUR" in shown(place, line)


# -- what a doctored client sends


def refused(place: Workplace, who: str, wish: Wish, value: str) -> str:
    """Send a wish that changes nothing, and leaves one event; returns the sentence."""
    before, newest = everything_but_the_trail(place), last_id(place)
    sentence = send(place, who, wish, value)
    assert everything_but_the_trail(place) == before
    assert [event.action for event in trail(place, after=newest)] == [f"refused: {wish.called}"]
    return sentence


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("ben", "You decided this first, so somebody else confirms it."),
        ("fay", "Only approvers of Fleet Parts decide this. Ben or Eva can."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_who_may_not_confirm_is_refused(place: Workplace, line: int, who: str, said: str) -> None:
    approve_first(place, line)
    assert refused(place, who, CONFIRM, value_of(place, line)) == said


def test_a_delegate_of_the_first_is_refused(place: Workplace, line: int) -> None:
    hand_over(place.world, "ben", "fay")
    place.settle()
    approve_first(place, line)
    said = refused(place, "fay", CONFIRM, value_of(place, line))
    assert said == "Ben and you decide by one and the same authority here, so somebody else confirms it."


@pytest.mark.parametrize("value", ["", "1", "1.2.3", "x.y", "9" * 30 + ".1", "999.1"])
@pytest.mark.parametrize("wish", [CONFIRM, WITHDRAW], ids=lambda wish: wish.name)
def test_a_value_that_names_nothing_is_refused(place: Workplace, line: int, wish: Wish, value: str) -> None:
    approve_first(place, line)
    said = refused(place, "eva", wish, value)
    assert said in ("That button is not one of mine. Use the newest message.", "That count line is not there any more.")


def test_a_line_that_nobody_decided_first_cannot_be_confirmed(place: Workplace, line: int) -> None:
    assert refused(place, "eva", CONFIRM, value_of(place, line)) == NOTHING


@pytest.mark.parametrize("later", [-1, 1])
def test_a_version_that_is_not_shown_is_refused(place: Workplace, line: int, later: int) -> None:
    approve_first(place, line)
    said = refused(place, "eva", CONFIRM, value_of(place, line, later=later))
    assert said.endswith(("Nothing was changed.", "nothing was changed."))
    assert place.world.decided(line) == []


def test_a_replayed_confirmation_posts_nothing_more(place: Workplace, line: int) -> None:
    approve_first(place, line)
    value = value_of(place, line)
    send(place, "eva", CONFIRM, value)
    place.settle()
    for who in ("eva", "kim"):
        assert refused(place, who, CONFIRM, value).startswith("Ben and Eva approved this at ")
    assert [made.kind for made in place.world.decided(line)] == [DecisionKind.APPROVE]
    assert place.world.state(line) is LineState.RECONCILED


def test_a_replayed_form_closes_as_it_did_at_first(place: Workplace, line: int) -> None:
    adjust = next(wish for wish in WISHES if wish.name == ids.ADJUST_MODAL)
    value = value_of(place, line)
    send(place, "ben", adjust, value)
    place.settle()
    for wish in (adjust, WISHES[0]):
        refused(place, "ben", wish, value)
    assert place.world.decided(line) == []
