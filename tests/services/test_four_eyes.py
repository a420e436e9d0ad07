"""Four eyes: above an amount nothing is posted before a second confirms what the first decided."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from models.counts import DecisionKind
from models.errors import NotAllowed, WrongState
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Role
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services import bulk, confirming, exports
from models.services.review_calls import call_facts
from models.services.seconds import second_facts
from models.services.waiting import waiting_for
from tests.services.authorizing import (
    approve_everywhere,
    card,
    confirm,
    four_eyes,
    hand_over,
    stands,
    two_above,
    withdraw,
)
from tests.services.test_everywhere import in_review
from tests.services.test_session_limits import limit_session, waiting
from tests.services.test_transfers import misplaced, transfer
from tests.world import World

CHANGED = "The facts have changed since this card was drawn. Look at it again; nothing was changed."


@pytest.fixture
def world(world: World) -> World:
    """Above 50 EUR it takes two; Max approves for every team."""
    return two_above(world)


# -- the first


@pytest.mark.parametrize(
    ("counted", "unit_cost", "takes_two"),
    [(95, 10, False), (94, 10, True), (105, 10, False), (106, 10, True), (99, None, True)],
)
def test_above_the_amount_or_of_unknown_worth_it_takes_two(
    world: World,
    counted: int,
    unit_cost: int | None,
    takes_two: bool,  # noqa: FBT001 - a column
) -> None:
    bolts = world.stock("BOLT-10", "A-01-03", 100, unit_cost=unit_cost)
    line = world.line(bolts)
    for who in ("ana", "dan"):
        world.count(line, who, counted)
    ruling = world.approve(line, "eva")
    assert (ruling.decision is None, ruling.is_kept) == (takes_two, takes_two)
    assert (world.state(line) is LineState.IN_REVIEW, stands(world, line)) == (takes_two, takes_two)
    assert world.on_hand(bolts) == (100 if takes_two else counted)


def test_the_first_is_told_who_is_asked_and_nothing_is_posted(world: World) -> None:
    bolts, line = in_review(world, unit_cost=10)
    assert world.approve(line, "ben").sentence == (
        "BOLT-10: kept, and nothing is posted yet. -100.00 EUR is above 50.00 EUR, so a second person confirms it. "
        "I have asked Eva and Max."
    )
    assert (world.on_hand(bolts), world.decided(line), world.problems()) == (100, [], [])
    with world.database.read() as session:
        called = second_facts(session, line, world.version(line), world.now)
        assert call_facts(session, line, 0, world.now).asked == ("U01EVA",)
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "endorse")).one()
        intents = session.exec(select(OutboxMessage.subject).where(OutboxMessage.intent == Intent.SECOND)).all()
    assert (called.is_current, called.first, called.asked) == (True, "Ben", ("U01EVA", "U01MAX"))
    assert list(intents) == [f"{line}.{world.version(line)}"]
    assert (event.actor, json.loads(event.detail)["wish"], json.loads(event.detail)["posted"]) == (
        "U01BEN", "approve", "-10.000",
    )  # fmt: skip


def test_a_team_says_otherwise_than_the_company(world: World) -> None:
    four_eyes(world, 50, team=200)
    _, line = in_review(world, unit_cost=10)
    assert world.approve(line, "ben").decision is not None
    four_eyes(world, None, team=200)
    [line] = waiting(world, 90, unit_cost=21)
    assert world.approve(line, "ben").is_kept


def test_over_the_limit_of_the_first_it_is_passed_on_and_not_kept(world: World) -> None:
    _, line = in_review(world, unit_cost=60)
    assert world.approve(line, "ben").sentence.startswith("-600.00 EUR is over your limit of 500.00 EUR.")
    assert not stands(world, line)


def test_nobody_else_is_there(world: World) -> None:
    world.remove_role("ben", role=Role.APPROVER)
    approve_everywhere(world, "max", 1)
    with world.step() as session:
        world.member(session, "kim").is_controller = False
    _, line = in_review(world, unit_cost=10)
    assert world.approve(line, "eva").sentence.endswith(" Nobody else may: ask stock control to name an approver.")
    with world.database.read() as session:
        called = second_facts(session, line, world.version(line), world.now)
    assert (called.is_current, called.asked) == (True, ())


# -- the second


def test_the_second_posts_it_once_with_both_names(world: World) -> None:
    bolts, line = in_review(world, unit_cost=10)
    counted_at = world.entries(line)[-1].counted_at
    world.approve(line, "ben")
    assert confirm(world, line, "max").sentence == "BOLT-10: -10 pcs posted, on-hand is 90 pcs."
    [made] = world.decided(line)
    assert (made.kind, made.posted, made.count_instant) == (DecisionKind.APPROVE, -10, counted_at)
    assert (made.member_id, made.confirmed_by_id) == (world.person("ben").id, world.person("max").id)
    assert made.authority == ("Ben: approver of Fleet Parts up to 500.00 EUR; confirmed by Max: approver of every team")
    [shown] = card(world, line).decisions
    assert (shown.who, shown.second, card(world, line).first) == ("Ben", "Max", None)
    assert (world.on_hand(bolts), world.state(line), world.problems()) == (90, LineState.RECONCILED, [])
    with world.database.read() as session:
        assert not second_facts(session, line, made.line_version, world.now).is_current
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "decide: approve")).one()
    assert (event.actor, json.loads(event.detail)["first"]) == ("U01MAX", "U01BEN")


def test_an_adjustment_keeps_its_quantity_cause_and_note(world: World) -> None:
    bolts, line = in_review(world, unit_cost=10)
    world.adjust(line, "ben", 93, reason=Reason.OTHER, note="three under the shelf")
    confirm(world, line, "eva")
    [made] = world.decided(line)
    assert (made.kind, made.quantity, made.posted) == (DecisionKind.ADJUST, 93, -7)
    assert (made.reason, made.note, world.on_hand(bolts)) == (Reason.OTHER, "three under the shelf", 93)


def test_a_transfer_takes_two_as_well(world: World) -> None:
    four_eyes(world, 1)
    pair = misplaced(world)
    assert transfer(world, pair.short, pair.over, "ben").is_kept
    assert stands(world, pair.short)
    assert stands(world, pair.over)
    assert confirm(world, pair.over, "eva").decision is not None
    assert [made.confirmed_by_id for line in (pair.short, pair.over) for made in world.decided(line)] == [
        world.person("eva").id
    ] * 2
    assert world.problems() == []


def test_one_side_of_a_transfer_that_is_decided_otherwise_voids_the_other(world: World) -> None:
    four_eyes(world, 1)
    pair = misplaced(world)
    transfer(world, pair.short, pair.over, "ben")
    world.reject(pair.over, "eva")
    assert not stands(world, pair.short)
    with pytest.raises(WrongState):
        confirm(world, pair.short, "eva")
    assert world.decided(pair.short) == []


def test_taking_back_takes_two_as_well(world: World) -> None:
    four_eyes(world, None)
    bolts, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    four_eyes(world, 50)
    assert world.take_back(line, "ben").is_kept
    assert (world.state(line), world.on_hand(bolts), stands(world, line)) == (LineState.RECONCILED, 90, True)
    confirm(world, line, "eva")
    assert (world.state(line), world.on_hand(bolts)) == (LineState.IN_REVIEW, 100)
    assert world.decided(line)[-1].note == "wrong bin"
    assert world.problems() == []


# -- who is not the second


def test_the_same_person_is_not_the_second(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    with pytest.raises(NotAllowed, match="You decided this first, so somebody else confirms it"):
        confirm(world, line, "ben")


@pytest.mark.parametrize(("first", "second"), [("ben", "zoe"), ("zoe", "ben")])
def test_nobody_is_there_twice_by_acting_for_the_other(world: World, first: str, second: str) -> None:
    hand_over(world, "ben", "zoe")
    _, line = in_review(world, unit_cost=10)
    world.approve(line, first)
    with pytest.raises(NotAllowed, match="decide by one and the same authority"):
        confirm(world, line, second)
    with world.database.read() as session:
        called = second_facts(session, line, world.version(line), world.now)
    assert called.asked == ("U01EVA", "U01MAX")
    assert confirm(world, line, "eva").decision is not None


def test_a_delegate_of_the_first_with_authority_of_their_own_is_a_second(world: World) -> None:
    hand_over(world, "ben", "eva")
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    confirm(world, line, "eva")
    [made] = world.decided(line)
    assert (made.for_member_id, made.confirmed_for_id) == (None, None)


def test_who_counted_it_is_not_the_second(world: World) -> None:
    approve_everywhere(world, "dan")
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    with pytest.raises(NotAllowed, match="You counted this line"):
        confirm(world, line, "dan")


def test_who_may_not_decide_is_told_who_can(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    with pytest.raises(NotAllowed, match="Only approvers of Fleet Parts decide this"):
        confirm(world, line, "fay")


def test_over_the_limit_of_the_second_it_is_passed_on(world: World) -> None:
    _, line = in_review(world, unit_cost=60)
    world.approve(line, "eva")
    assert confirm(world, line, "ben").sentence == "-600.00 EUR is over your limit of 500.00 EUR. I have asked Max."
    assert confirm(world, line, "max").decision is not None


def test_both_post_it_so_it_counts_against_both_session_limits(world: World) -> None:
    limit_session(world, "ben", 150)
    limit_session(world, "eva", 150)
    first, second = waiting(world, 90, 90)
    world.approve(first, "ben")
    confirm(world, first, "eva")
    for who in ("ben", "eva"):
        assert world.approve(second, who).sentence == (
            "With -100.00 EUR you post 200.00 EUR, over your limit of 150.00 EUR a session. I have asked Max."
        )
    world.approve(second, "max")
    assert "over your limit of 150.00 EUR a session. I have asked Kim." in confirm(world, second, "eva").sentence


# -- many at once


def test_several_at_once_leave_it_out_and_the_list_says_why(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    with world.database.read() as session:
        [listed] = waiting_for(session, world.person("eva")).lines
    assert listed.against == "takes two people; see its card"
    world.approve(line, "ben")
    eva, seen = world.person("eva"), (line, world.version(line))
    with world.database.read() as session:
        [listed] = waiting_for(session, eva).lines
    assert listed.against == "waits for a second, Ben has decided first; see its card"
    with world.step() as session:
        done = bulk.approve_many(session, person=eva, seen=[seen], reason=Reason.UNKNOWN, now=world.now)
    assert (done.lines, done.refused) == (
        (), ("BOLT-10 in A-01-03: Waits for a second, Ben has decided first; see its card.",),
    )  # fmt: skip
    assert stands(world, line)


def test_the_trail_of_it(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    withdraw(world, line, "ben")
    world.approve(line, "ben")
    confirm(world, line, "eva")
    with world.database.read() as session:
        events = session.exec(
            select(AuditEvent).where(AuditEvent.subject == f"line {line}").order_by(col(AuditEvent.id))
        ).all()
    assert [(event.actor, event.action) for event in events][-4:] == [
        ("U01BEN", "endorse"),
        ("U01BEN", "withdraw"),
        ("U01BEN", "endorse"),
        ("U01EVA", "decide: approve"),
    ]


def test_there_is_nothing_to_confirm_of_a_line_that_nobody_decided(world: World) -> None:
    _, line = in_review(world)
    with pytest.raises(WrongState, match="There is nothing to confirm here any more"):
        confirm(world, line, "eva")
    with world.step() as session, pytest.raises(WrongState):
        confirming.withdraw(session, person=world.person("eva"), line_id=line, version=1, now=world.now)
    assert Decimal(0) == sum(made.posted for made in world.decided(line))


def test_the_exports_name_both_and_what_they_decided_by(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    confirm(world, line, "max")
    with world.database.read() as session:
        [posted] = exports.adjustment_rows(session, since=world.now - timedelta(days=1))
        *_, counted = exports.history_rows(session, since=world.now - timedelta(days=1))
    authority = "Ben: approver of Fleet Parts up to 500.00 EUR; confirmed by Max: approver of every team"
    for row in (posted, counted):
        assert (row.decided_by, row.confirmed_by, row.authority) == ("Ben", "Max", authority)
