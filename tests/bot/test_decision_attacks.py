"""Attacks on decisions, through the real listeners: refused, nothing changed, and in the trail with who and what."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot import ids, refusals
from bot.context import Context
from bot.gateway import CLICK_TIMEOUT, Gateway, web_client
from models.database import Database
from models.people import Member, Role, TeamRole
from models.services.refusals import NO_LINE
from tests.bot.attacking import (
    CAUSE,
    WISHES,
    Lines,
    Wish,
    everything_but_the_trail,
    last_id,
    send,
    trail,
    two_lines,
    value_of,
)
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW

ONLY_APPROVERS = "Only approvers of Fleet Parts decide this. Ben or Eva can."
STRANGER = "You are in no counting team yet. Ask Kim to add you."
COUNTED = "You counted this line, so somebody else decides it."
NOT_MINE = "That button is not one of mine. Use the newest message."
GONE = "That count line is not there any more."


def as_it_is(place: Workplace) -> None:
    """Nothing happens between what was shown and what is sent."""


def approves_for_others(place: Workplace) -> None:
    place.world.add_team("Others", "Z-", approvers=("zoe",))


def counted_and_approves(place: Workplace) -> None:
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.APPROVER, "dan")


def removed_meanwhile(place: Workplace) -> None:
    place.world.remove_role("ben", role=Role.APPROVER)


def made_a_counter_meanwhile(place: Workplace) -> None:
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben")
    place.world.remove_role("ben", role=Role.APPROVER)


def team_ended_meanwhile(place: Workplace) -> None:
    with place.database.write() as session:
        session.connection().execute(text("UPDATE team SET is_active = false"))


def decided_meanwhile(place: Workplace, lines: Lines) -> None:
    place.world.reject(lines.waiting, "eva")
    place.world.take_back(lines.decided, "eva")


@dataclass(frozen=True)
class Attack:
    """`who` sees the cards, then `meanwhile` happens, then they send what they saw; `sentence` is the answer."""

    who: str
    sentence: str
    meanwhile: Callable[[Workplace], None] = as_it_is


ATTACKS = {
    "a counter of the team": Attack("fay", ONLY_APPROVERS),
    "a counter of this line": Attack("ana", ONLY_APPROVERS),
    "an approver who counted it": Attack("dan", COUNTED, counted_and_approves),
    "a stranger": Attack("zoe", STRANGER),
    "an approver of another team": Attack("zoe", ONLY_APPROVERS, approves_for_others),
    "an approver removed meanwhile": Attack("ben", STRANGER, removed_meanwhile),
    "an approver who only counts now": Attack(
        "ben", ONLY_APPROVERS.replace("Ben or Eva", "Eva"), made_a_counter_meanwhile
    ),
    "an approver whose team has ended": Attack("ben", STRANGER, team_ended_meanwhile),
}


def refused(place: Workplace, who: str, wish: Wish, value: str, *, line: int | None) -> str:
    """Send a wish that must change nothing and leave one audit event, of that line; returns the sentence."""
    before, newest = everything_but_the_trail(place), last_id(place)
    sentence = send(place, who, wish, value)
    assert everything_but_the_trail(place) == before
    assert place.who(who).view is None
    [event] = trail(place, after=newest)
    assert (event.actor, event.action) == (f"U01{who.upper()}", f"refused: {wish.called}")
    assert event.subject == (NO_LINE if line is None else f"line {line}")
    detail = json.loads(event.detail)
    assert (detail["why"], detail["by"]) == (sentence or detail["why"], "form" if wish.is_form else "button")
    return sentence or f"(closed) {detail['why']}"


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_who_may_not_decide_is_refused_by_every_button_and_form(place: Workplace, attack: Attack) -> None:
    lines = two_lines(place)
    seen = {wish: value_of(place, lines.of(wish)) for wish in WISHES}
    attack.meanwhile(place)
    for wish in WISHES:
        assert refused(place, attack.who, wish, seen[wish], line=lines.of(wish)) == attack.sentence
    assert place.world.problems() == []


@pytest.mark.parametrize(
    "value", ["", "1", "1.2.3", "x.y", "1.-1", "\uff11.1", "9" * 30 + ".1", "1 OR 1=1", "<!channel>"]
)
def test_a_value_that_names_nothing_is_refused(place: Workplace, value: str) -> None:
    two_lines(place)
    for wish in WISHES:
        assert refused(place, "eva", wish, value, line=None) == NOT_MINE
    assert {json.loads(event.detail)["sent"] for event in trail(place) if event.subject == NO_LINE} == {value}


def test_what_is_entered_is_not_looked_at_before_who_entered_it(place: Workplace) -> None:
    lines = two_lines(place)
    form = Wish(ids.ADJUST_MODAL, "adjust", {"quantity": {"type": "plain_text_input", "value": "9.5"}, "reason": CAUSE})
    assert refused(place, "fay", form, value_of(place, lines.waiting), line=lines.waiting) == ONLY_APPROVERS
    told = refused(place, "ben", form, value_of(place, lines.waiting), line=lines.waiting)
    assert told.startswith("9.5 pcs? This is counted in whole pieces.")


@pytest.mark.parametrize("value", ["999.1", "999999999999999999.1", "0.0"])
def test_a_line_that_is_not_there_is_refused(place: Workplace, value: str) -> None:
    two_lines(place)
    for wish in WISHES:
        assert refused(place, "eva", wish, value, line=None) == GONE


@pytest.mark.parametrize("later", [-1, 1])
def test_a_version_that_is_not_shown_is_refused(place: Workplace, later: int) -> None:
    lines = two_lines(place)
    for wish in WISHES:
        value = value_of(place, lines.of(wish), later=later)
        sentence = refused(place, "kim", wish, value, line=lines.of(wish))
        assert sentence.endswith(("Nothing was changed.", "nothing was changed."))


def test_a_line_in_the_other_state_is_refused(place: Workplace) -> None:
    """The button of a decided card with the value of a line that waits, and the other way round."""
    lines = two_lines(place)
    other = Lines(waiting=lines.decided, decided=lines.waiting)
    for wish in WISHES:
        refused(place, "kim", wish, value_of(place, other.of(wish)), line=other.of(wish))


def test_what_was_decided_meanwhile_is_told_to_who_comes_second(place: Workplace) -> None:
    lines = two_lines(place)
    seen = {wish: value_of(place, lines.of(wish)) for wish in WISHES}
    decided_meanwhile(place, lines)
    for wish in WISHES:
        sentence = refused(place, "ben", wish, seen[wish], line=lines.of(wish))
        assert sentence.startswith("Eva took the decision back" if wish.is_of_a_decided_line else "Eva rejected this")


@pytest.mark.parametrize("wish", [wish for wish in WISHES if wish.is_form], ids=lambda wish: wish.name)
def test_a_replayed_submission_is_in_the_trail(place: Workplace, wish: Wish) -> None:
    """By who sent it, it closes as it did at first; by anybody else, it is refused."""
    lines = two_lines(place)
    value = value_of(place, lines.of(wish))
    send(place, "ben", wish, value)
    twice = "(closed) This very form was taken already. Nothing was changed."
    assert refused(place, "ben", wish, value, line=lines.of(wish)) == twice
    assert refused(place, "eva", wish, value, line=lines.of(wish)).startswith("Ben ")
    assert refused(place, "zoe", wish, value, line=lines.of(wish)) == STRANGER


@pytest.mark.parametrize("wish", [wish for wish in WISHES if not wish.is_form], ids=lambda wish: wish.name)
def test_a_replayed_click_is_in_the_trail(place: Workplace, wish: Wish) -> None:
    lines = two_lines(place)
    value = value_of(place, lines.of(wish))
    if wish.name in (ids.APPROVE, ids.RECOUNT):
        send(place, "ben", wish, value)
        assert refused(place, "ben", wish, value, line=lines.of(wish)).startswith("Ben ")
    else:
        decided_meanwhile(place, lines)
        assert refused(place, "ben", wish, value, line=lines.of(wish)).startswith("Eva ")


def lower_the_limit(place: Workplace, amount: int) -> None:
    with place.database.write() as session:
        ben = session.exec(select(Member).where(Member.slack_id == "U01BEN")).one()
        for role in session.exec(select(TeamRole).where(TeamRole.member_id == ben.id)):
            role.approval_limit = Decimal(amount)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (ids.APPROVE, "-10.00 EUR is over your limit of 4.00 EUR. I have asked Eva."),
        (ids.ADJUST_MODAL, "-5.00 EUR is over your limit of 4.00 EUR. I have asked Eva."),
        (ids.REVERSE, "-10.00 EUR is over your limit of 4.00 EUR. Eva can take it back."),
        (ids.REVERSE_MODAL, "-10.00 EUR is over your limit of 4.00 EUR. Eva can take it back."),
    ],
)
def test_a_limit_lowered_between_opening_and_submitting(place: Workplace, name: str, sentence: str) -> None:
    """It is passed on, and so the call for Eva is all that is written beside the trail."""
    lines = two_lines(place)
    wish = next(wish for wish in WISHES if wish.name == name)
    line, value = lines.of(wish), value_of(place, lines.of(wish))
    if wish.is_form:
        place.click_card("ben", line, {ids.ADJUST_MODAL: ids.ADJUST}.get(name, ids.REVERSE))
        assert place.ben.view is not None
    lower_the_limit(place, 4)
    before, newest = everything_but_the_trail(place), last_id(place)
    assert send(place, "ben", wish, value) == sentence
    after = everything_but_the_trail(place)
    assert {table for table in after if after[table] != before[table]} <= {"outboxmessage"}
    [event] = trail(place, after=newest)
    action = "refused: take back" if wish.is_of_a_decided_line else "refused: over limit"
    assert (event.actor, event.action, event.subject) == ("U01BEN", action, f"line {line}")


def test_asking_again_and_again_is_written_once(place: Workplace) -> None:
    lines = two_lines(place)
    lower_the_limit(place, 4)
    newest = last_id(place)
    for _ in range(3):
        for wish in WISHES[:2]:
            send(place, "zoe", wish, value_of(place, lines.waiting))
        send(place, "ben", WISHES[0], value_of(place, lines.waiting))
    assert sorted(event.action for event in trail(place, after=newest)) == [
        "refused: adjust",
        "refused: approve",
        "refused: over limit",
    ]


def test_a_trail_that_cannot_be_written_hides_no_refusal(place: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    lines = two_lines(place)
    with place.database.write() as session:
        session.connection().execute(text("ALTER TABLE auditevent RENAME TO elsewhere"))
    for wish in WISHES:
        assert send(place, "zoe", wish, value_of(place, lines.of(wish))) == STRANGER
    assert "a refusal is not in the audit trail: U01ZOE wished to approve" in caplog.text
    with place.database.write() as session:
        session.connection().execute(text("ALTER TABLE elsewhere RENAME TO auditevent"))


def test_a_database_that_is_busy_keeps_nobody_waiting(place: Workplace) -> None:
    lines = two_lines(place)
    newest = last_id(place)
    context = Context(place.database, Gateway(web_client("x", place.api_url, CLICK_TIMEOUT)), place.now)
    wish = refusals.Wish("U01ZOE", "approve", value_of(place, lines.waiting), "button")
    with place.database.write():
        refusals.keep(context, wish, "No.", patience=0.01)
        assert trail(place, after=newest) == []
    place.ws.wait_for(lambda: trail(place, after=newest))


def test_on_either_engine_over_http(database: Database) -> None:
    with workplace(database, NOW, over_http=True) as place:
        lines = two_lines(place)
        for wish in WISHES:
            assert refused(place, "zoe", wish, value_of(place, lines.of(wish)), line=lines.of(wish)) == STRANGER
            assert refused(place, "eva", wish, "7.x", line=None) == NOT_MINE
