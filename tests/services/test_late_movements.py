"""Movements recorded after a count that occurred before it: open lines, settled lines, and several counts in a row."""

from datetime import datetime

import pytest

from models.counts import DecisionKind, ReviewCause
from models.errors import WrongState
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from models.stock import DUE_AT_ONCE, EntryKind
from tests.builders import Stock
from tests.world import World


def opened_at_seven(world: World) -> tuple[Stock, int, datetime]:
    """A stock of 100 that is to be counted at 09:00, and 08:00, when 10 were really issued."""
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    eight = world.clock("08:00")
    world.clock("09:00")
    return bolts, line, eight


def test_an_issue_made_at_8_and_recorded_at_18_settles_a_recount_line_that_was_only_paperwork(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    assert world.state(line) is LineState.RECOUNT
    world.clock("18:00")
    world.issue(bolts, 10, occurred_at=eight)
    assert world.state(line) is LineState.RECONCILED
    assert world.adjustments(bolts) == []
    assert world.on_hand(bolts) == 90
    [entry] = world.entries(line)
    assert [(judged.expected, judged.variance) for judged in world.judgements(entry)] == [(100, -10), (90, 0)]


def test_a_line_in_review_is_judged_again_and_the_drawn_card_is_void(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    drawn = world.version(line)
    world.clock("18:00")
    world.issue(bolts, 10, occurred_at=eight)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.proposal(line).variance == 0
    with pytest.raises(WrongState, match="facts have changed"):
        world.approve(line, "ben", version=drawn)
    world.approve(line, "ben")
    assert world.adjustments(bolts) == []
    assert world.on_hand(bolts) == 90


def test_a_line_still_to_count_has_nothing_to_judge_again(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.issue(bolts, 10, occurred_at=eight)
    assert world.state(line) is LineState.TO_COUNT
    world.count(line, "ana", 90)
    assert world.state(line) is LineState.RECONCILED


def test_a_settled_line_goes_back_to_review_and_proposes_the_compensating_entry(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    world.clock("18:00")
    world.issue(bolts, 10, occurred_at=eight)
    assert world.on_hand(bolts) == 80
    assert world.state(line) is LineState.IN_REVIEW
    assert world.see(line).review_cause is ReviewCause.LATE_MOVEMENT
    assert world.proposal(line).variance == 10
    world.approve(line, "ben")
    assert [row.quantity for row in world.adjustments(bolts)] == [-10, 10]
    assert world.on_hand(bolts) == 90
    assert world.see(line).late_movement_at is None


def test_the_count_itself_is_judged_without_what_was_posted_for_it(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    world.issue(bolts, 10, occurred_at=eight)
    for entry in world.entries(line):  # the record had been right: the variance was only paperwork
        assert [(judged.expected, judged.variance) for judged in world.judgements(entry)] == [(100, -10), (90, 0)]


def test_an_adjusted_line_proposes_to_keep_what_was_accepted(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.adjust(line, "ben", 95)
    world.issue(bolts, 10, occurred_at=eight)
    assert world.proposal(line).quantity == 95
    assert world.proposal(line).variance == 10
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 95


def test_a_line_settled_by_tolerance_goes_back_too(world: World) -> None:
    world.tolerate(Measure.QUANTITY, 2)
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 98)
    world.receive(bolts, 5, occurred_at=eight)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.proposal(line).variance == -5
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 98


def test_a_movement_that_occurred_after_the_accepted_count_does_not_bring_the_line_back(world: World) -> None:
    bolts, line, _ = opened_at_seven(world)
    world.count(line, "ana", 100)
    later = world.clock("09:30")
    world.clock("10:00")
    world.count(line, "ana", 99)  # kept as a note; it is not what the line rests on
    world.issue(bolts, 10, occurred_at=later)
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(bolts) == 90


def test_the_compensation_can_be_rejected_and_stays_rejected(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    world.issue(bolts, 10, occurred_at=eight)
    world.reject(line, "ben")
    assert world.state(line) is LineState.REJECTED
    assert world.on_hand(bolts) == 80
    assert world.level(bolts).due_from == DUE_AT_ONCE


def test_a_rejected_line_comes_back_with_its_count_against_the_corrected_ledger(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.reject(line, "ben")
    world.issue(bolts, 10, occurred_at=eight)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.proposal(line).variance == 0
    world.reject(line, "ben")
    assert world.state(line) is LineState.REJECTED


def test_a_recount_asked_after_a_late_movement_is_made_and_not_settled_over_the_approvers_head(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.ask_recount(line, "ben")
    world.issue(bolts, 10, occurred_at=eight)
    assert world.state(line) is LineState.RECOUNT
    world.count(line, "fay", 90)
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(bolts) == 90


def test_with_several_counts_in_a_row_the_newest_answers_for_the_stock(world: World) -> None:
    bolts, first, eight = opened_at_seven(world)
    world.count(first, "ana", 90)
    world.count(first, "dan", 90)
    world.approve(first, "ben")
    world.clock("11:00")
    second = world.line(bolts)
    world.count(second, "ana", 90)
    assert world.state(second) is LineState.RECONCILED
    world.clock("18:00")
    world.issue(bolts, 10, occurred_at=eight)
    assert (world.state(first), world.state(second)) == (LineState.RECONCILED, LineState.IN_REVIEW)
    assert world.see(first).late_movement_at is not None
    assert world.proposal(second).variance == 10
    world.approve(second, "ben")
    assert world.on_hand(bolts) == 90


def test_a_late_movement_between_two_counts_concerns_the_second_alone(world: World) -> None:
    bolts, first, _ = opened_at_seven(world)
    world.count(first, "ana", 100)
    ten = world.clock("10:00")
    world.clock("11:00")
    second = world.line(bolts)
    world.count(second, "ana", 100)
    world.issue(bolts, 10, occurred_at=ten)
    assert world.see(first).late_movement_at is None
    assert (world.state(first), world.state(second)) == (LineState.RECONCILED, LineState.IN_REVIEW)
    world.approve(second, "ben")
    assert world.on_hand(bolts) == 100


def test_while_another_line_is_open_the_settled_one_waits_and_the_new_count_settles_it(world: World) -> None:
    bolts, first, eight = opened_at_seven(world)
    world.count(first, "ana", 100)
    world.clock("11:00")
    second = world.line(bolts)
    world.issue(bolts, 10, occurred_at=eight)
    assert (world.state(first), world.state(second)) == (LineState.RECONCILED, LineState.TO_COUNT)
    assert world.see(first).late_movement_at is not None
    world.count(second, "ana", 90)
    assert world.state(second) is LineState.RECONCILED
    assert world.state(first) is LineState.RECONCILED
    assert world.on_hand(bolts) == 90


@pytest.mark.parametrize("how", ["skipped", "rejected"])
def test_when_the_newer_line_comes_to_nothing_the_waiting_one_goes_to_review(world: World, how: str) -> None:
    bolts, first, eight = opened_at_seven(world)
    world.count(first, "ana", 100)
    world.clock("11:00")
    second = world.line(bolts)
    world.issue(bolts, 10, occurred_at=eight)
    if how == "skipped":
        world.skip(second, "ana")
        assert world.state(second) is LineState.SKIPPED
    else:
        world.count(second, "ana", 50)
        world.count(second, "dan", 50)
        world.reject(second, "ben")
        assert world.state(second) is LineState.REJECTED
    assert world.state(first) is LineState.IN_REVIEW
    [entry] = world.entries(first)
    assert world.judgements(entry)[-1].expected == 90
    assert world.proposal(first).variance == 10
    world.approve(first, "ben")
    assert world.on_hand(bolts) == 100


def test_two_late_movements_that_cancel_leave_nothing_to_post(world: World) -> None:
    bolts, line, eight = opened_at_seven(world)
    world.count(line, "ana", 100)
    world.post(bolts, EntryKind.TRANSFER_OUT, -10, occurred_at=eight)
    drawn = world.version(line)
    world.post(bolts, EntryKind.TRANSFER_IN, 10, occurred_at=eight)
    assert world.version(line) > drawn
    assert world.proposal(line).variance == 0
    world.approve(line, "ben")
    assert world.decided(line)[-1].kind is DecisionKind.APPROVE
    assert world.on_hand(bolts) == 100


def test_rejecting_the_newest_compensation_does_not_bring_older_counts_back(world: World) -> None:
    bolts, first, eight = opened_at_seven(world)
    world.count(first, "ana", 100)
    world.clock("11:00")
    second = world.line(bolts)
    world.count(second, "ana", 100)
    world.issue(bolts, 10, occurred_at=eight)
    world.reject(second, "ben")
    assert (world.state(first), world.state(second)) == (LineState.RECONCILED, LineState.REJECTED)
    assert world.on_hand(bolts) == 90
