"""Decisions: who may make them, that the first one wins, and what rejecting leaves behind."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.errors import AlreadyDecided, NotAllowed
from models.journal import Intent, OutboxMessage, OutboxState
from models.people import Role
from models.rules.lines import LineState
from models.stock import DUE_AT_ONCE
from tests.builders import Number, Stock
from tests.world import World


def in_review(world: World, *, unit_cost: Number | None = 1, recounter: str = "dan") -> tuple[Stock, int]:
    """A line of which 90 of 100 were counted twice, at 1 EUR apiece unless told."""
    bolts = world.stock("BOLT-10", "A-01", 100, unit_cost=unit_cost)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, recounter, 90)
    assert world.state(line) is LineState.IN_REVIEW
    return bolts, line


def intents(world: World) -> set[Intent]:
    with world.database.read() as session:
        return {message.intent for message in session.exec(select(OutboxMessage))}


def test_an_approver_posts_up_to_the_limit_and_not_a_cent_more(world: World) -> None:
    bolts, line = in_review(world, unit_cost="50.001")  # 500.01 EUR; Ben's limit is 500
    ruling = world.approve(line, "ben")
    assert ruling.decision is None
    assert ruling.sentence == "-500.01 EUR is over your limit of 500.00 EUR. I have asked Eva."
    assert world.state(line) is LineState.IN_REVIEW
    assert Intent.ESCALATION in intents(world)
    world.adjust(line, "ben", "90.001")  # the value posted counts, not the value counted: 499.96 EUR
    assert world.on_hand(bolts).normalize() == world.decided(line)[-1].quantity


def test_the_limit_itself_is_enough(world: World) -> None:
    bolts, line = in_review(world, unit_cost=50)
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 90


def test_a_surplus_needs_the_same_authority_as_a_shortage(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100, unit_cost=100)
    line = world.line(bolts)
    world.count(line, "ana", 110)
    world.count(line, "dan", 110)
    assert world.approve(line, "ben").decision is None
    assert world.approve(line, "eva").decision is not None


def test_without_a_unit_cost_only_somebody_without_a_limit_decides(world: World) -> None:
    _, line = in_review(world, unit_cost=None)
    refused = world.approve(line, "ben")
    assert refused.decision is None
    assert "no unit cost" in refused.sentence
    assert "Eva" in refused.sentence
    assert world.approve(line, "eva").decision is not None


def test_when_no_approver_has_the_authority_the_controllers_are_asked(world: World) -> None:
    world.remove_role("eva", role=Role.APPROVER)
    bolts, line = in_review(world, unit_cost=1000)
    assert world.approve(line, "ben").sentence.endswith("I have asked Kim.")
    world.approve(line, "kim")
    assert world.on_hand(bolts) == 90


def test_a_controller_decides_any_value_for_any_team(world: World) -> None:
    bolts, line = in_review(world, unit_cost=10_000)
    world.approve(line, "kim")
    assert world.on_hand(bolts) == 90


def test_nobody_decides_a_line_they_counted(world: World) -> None:
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "ben")
    bolts, line = in_review(world, recounter="ben")
    for decide in (world.approve, world.reject, world.ask_recount):
        with pytest.raises(NotAllowed, match="You counted this line, so somebody else decides it"):
            decide(line, "ben")
    with pytest.raises(NotAllowed):
        world.adjust(line, "ben", 95)
    world.approve(line, "eva")
    assert world.on_hand(bolts) == 90


@pytest.mark.parametrize("who", ["ana", "fay", "zed"])
def test_a_counter_or_an_approver_of_another_team_is_told_who_can(world: World, who: str) -> None:
    world.add_team("Others", "Z-", approvers=("zed",))
    _, line = in_review(world)
    for decide in (world.approve, world.reject, world.ask_recount):
        with pytest.raises(NotAllowed) as refusal:
            decide(line, who)
        assert str(refusal.value) == "Only approvers of Fleet Parts decide this. Ben or Eva can."


def test_the_second_click_is_told_who_decided_what_and_when_and_changes_nothing(world: World) -> None:
    bolts, line = in_review(world)
    drawn = world.version(line)
    world.clock("10:51")
    world.approve(line, "ben")
    for who, decide in (("eva", world.approve), ("ben", world.approve), ("kim", world.ask_recount)):
        with pytest.raises(AlreadyDecided) as refusal:
            decide(line, who, version=drawn)
        assert str(refusal.value) == "Ben approved this at 10:51 (-10). Nothing was changed."
    assert world.on_hand(bolts) == 90
    assert len(world.decided(line)) == 1


def test_a_second_click_on_another_day_is_told_the_day(world: World) -> None:
    _, line = in_review(world)
    drawn = world.version(line)
    world.clock("10:51")
    world.approve(line, "ben")
    world.now += timedelta(days=3)
    with pytest.raises(AlreadyDecided, match=r"Ben approved this at 10:51 on 23 Nov \(-10\)"):
        world.approve(line, "eva", version=drawn)


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ("approve", "Ben approved this at 10:51 (-10). Nothing was changed."),
        ("adjust", "Ben adjusted this at 10:51 (-5). Nothing was changed."),
        ("reject", "Ben rejected this at 10:51. Nothing was changed."),
        ("ask_recount", "Ben asked for a recount at 10:51. Nothing was changed."),
    ],
)
def test_each_decision_is_told_in_its_own_words(world: World, decision: str, told: str) -> None:
    _, line = in_review(world)
    drawn = world.version(line)
    world.clock("10:51")
    if decision == "adjust":
        world.adjust(line, "ben", 95)
    else:
        getattr(world, decision)(line, "ben")
    with pytest.raises(AlreadyDecided) as refusal:
        world.approve(line, "eva", version=drawn)
    assert str(refusal.value) == told


def test_rejecting_posts_nothing_leaves_last_counted_at_and_makes_the_stock_due_at_once(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    first = world.line(bolts)
    world.count(first, "ana", 100)
    counted_at = world.level(bolts).last_counted_at
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    ruling = world.reject(line, "ben")
    assert ruling.sentence == "BOLT-10: rejected. Nothing was posted; it is due again at once."
    assert world.state(line) is LineState.REJECTED
    assert world.on_hand(bolts) == 100
    assert world.level(bolts).last_counted_at == counted_at
    assert world.level(bolts).due_from == DUE_AT_ONCE


def test_a_count_after_a_rejection_ends_being_due_at_once(world: World) -> None:
    bolts, line = in_review(world)
    world.reject(line, "ben")
    again = world.line(bolts)
    counted_at = world.now
    world.count(again, "ana", 100)
    assert world.level(bolts).due_from == counted_at


def test_the_card_is_shown_again_when_a_recount_asked_from_it_settles_the_line(world: World) -> None:
    _, line = in_review(world)
    world.ask_recount(line, "ben")
    with world.database.write() as session:
        for row in session.exec(select(OutboxMessage)):
            row.state = OutboxState.SENT
    world.count(line, "fay", 100)
    assert world.state(line) is LineState.RECONCILED
    with world.database.read() as session:
        pending = session.exec(select(OutboxMessage.intent).where(OutboxMessage.state == OutboxState.PENDING)).all()
    assert Intent.REVIEW_CARD in pending
