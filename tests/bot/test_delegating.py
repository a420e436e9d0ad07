"""`/count delegate`, and deciding by a button in somebody's name."""

from datetime import timedelta

import pytest

from bot import ids
from models.rules.lines import LineState
from tests.bot.attacking import WISHES, last_id, send, trail, two_lines, value_of
from tests.bot.workplace import Workplace

ZOE = "<@U01ZOE|zoe>"
PERIOD = "Mon 23 Nov to Thu 31 Dec 2026"
ONLY_APPROVERS = "Only approvers of Fleet Parts decide this. Ben or Eva can."
STRANGER = "You are in no counting team yet. Ask Kim to add you."


def hand_over(place: Workplace, who: str = "ben", words: str = f"{ZOE} until 2026-12-31") -> str:
    """Type the command, and have both told."""
    said = place.count(who, f"delegate {words}")
    place.settle()
    return said


def told(place: Workplace, name: str) -> str:
    """What somebody got by direct message last."""
    return place.read(place.who(name).inbox()[-1], name)


def test_it_is_handed_over_both_are_told_and_the_card_names_them(place: Workplace) -> None:
    lines = two_lines(place)
    said = hand_over(place)
    assert said == f"@Zoe decides in the name of Ben, {PERIOD}. Both are told. /count delegate end ends it."
    assert told(place, "ben") == f"Zoe decides for you, {PERIOD}. /count delegate end ends it."
    assert told(place, "zoe") == (
        f"You decide for Ben, {PERIOD}: what Ben may, up to the same limits, but not what Ben has counted. "
        "/count review lists what waits."
    )
    assert "1 waits for you" in place.count("zoe", "review")
    place.click_card("zoe", lines.waiting, ids.APPROVE)
    place.settle()
    assert place.world.state(lines.waiting) is LineState.RECONCILED
    assert "Approved by Zoe for Ben, " in place.read(place.card(lines.waiting))


def test_who_ends_it_and_who_is_told(place: Workplace) -> None:
    hand_over(place, "kim", f"for @Ben to {ZOE} 2026-11-23 to 2026-12-31")
    assert told(place, "ben") == f"Zoe decides for you, {PERIOD}. Kim set it. /count delegate end ends it."
    assert place.count("ben", "delegate").startswith(
        f"Zoe decides in the name of Ben, {PERIOD}\nWrite “/count delegate"
    )
    assert place.count("ben", "delegate end") == f"Ended: Zoe decides in the name of Ben, {PERIOD}."
    place.settle()
    assert told(place, "zoe") == f"You no longer decide for Ben ({PERIOD})."
    assert told(place, "ben") == f"Zoe no longer decides for you ({PERIOD})."
    assert place.count("ben", "delegate").startswith("Nothing is handed over.\n")


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        ("ana", "@Eva until 2026-12-31", "Only approvers and stock control have authority to hand over."),
        ("ben", "@Eva", "Write “/count delegate @Eva 2026-12-01 to 2026-12-05”"),
        ("ben", "for @Eva to @Kim until 2026-12-31", "Only stock control hands over for others."),
        ("kim", "@Eva until 2026-12-31", "Stock control writes “/count delegate for @Ben to @Eva …”"),
        ("zoe", "@Eva until 2026-12-31", STRANGER),
    ],
)
def test_refusals_say_the_forms(place: Workplace, who: str, words: str, said: str) -> None:
    assert said in place.count(who, f"delegate {words}")


@pytest.mark.parametrize("name", [wish.name for wish in WISHES])
def test_one_that_ended_between_opening_and_submitting_is_refused(place: Workplace, name: str) -> None:
    lines = two_lines(place)
    hand_over(place)
    wish = next(wish for wish in WISHES if wish.name == name)
    line = lines.of(wish)
    opener = {ids.ADJUST_MODAL: ids.ADJUST, ids.REJECT_MODAL: ids.REJECT, ids.REVERSE_MODAL: ids.REVERSE}
    if wish.is_form:
        place.click_card("zoe", line, opener[name])
        assert place.zoe.view is not None
    value, newest = value_of(place, line), last_id(place)
    hand_over(place, "ben", "end")
    assert send(place, "zoe", wish, value) == STRANGER
    assert [event.action for event in trail(place, after=newest)] == ["end delegation", f"refused: {wish.called}"]


def test_the_day_after_the_last_it_is_over(place: Workplace) -> None:
    lines = two_lines(place)
    hand_over(place, "ben", "<@U01FAY> until 2026-11-23")
    value = value_of(place, lines.waiting)
    place.wait(timedelta(days=1))
    assert send(place, "fay", WISHES[0], value) == ONLY_APPROVERS
    assert place.world.state(lines.waiting) is LineState.IN_REVIEW


def test_the_same_command_twice_is_done_once(place: Workplace) -> None:
    hand_over(place)
    place.ws.deliver_again()
    place.settle()
    assert [event.action for event in trail(place)].count("delegate") == 1
