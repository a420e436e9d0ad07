"""The worked cases of product.md on the ledger: cut-off, adjusting, tolerance, zero, and two counts of one shortage."""

from datetime import timedelta

import pytest

from models.counts import DecisionKind
from models.errors import BadInput, WrongState
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.rules.tolerance import Measure, Side
from models.stock import EntryKind
from tests.world import World


def test_book_100_counted_90_then_20_received_is_minus_10_and_110_in_the_end(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    counted_at = world.now
    world.count(line, "dan", 90)
    world.receive(bolts, 20)
    assert world.proposal(line).variance == -10
    world.approve(line, "ben")
    [adjustment] = world.adjustments(bolts)
    assert adjustment.quantity == -10
    assert adjustment.occurred_at == counted_at
    assert adjustment.recorded_at > adjustment.occurred_at
    assert adjustment.line_id == line
    assert world.on_hand(bolts) == 110


def test_the_receipt_may_also_lie_between_the_count_and_the_recount(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.receive(bolts, 20)
    world.count(line, "dan", 110)
    first, second = (world.judgements(entry)[-1] for entry in world.entries(line))
    assert (first.expected, first.variance) == (100, -10)
    assert (second.expected, second.variance) == (120, -10)
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 110


def test_a_movement_at_the_very_count_instant_is_expected(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    instant = world.now
    world.issue(bolts, 10, occurred_at=instant)
    world.count(line, "ana", 90, at=instant)
    assert world.state(line) is LineState.RECONCILED
    assert world.adjustments(bolts) == []


def test_a_movement_after_the_count_instant_is_not_expected_though_it_was_recorded_before_the_count(
    world: World,
) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    instant = world.now
    world.issue(bolts, 10, occurred_at=instant + timedelta(minutes=1))
    world.now += timedelta(minutes=5)
    world.count(line, "ana", 100, at=instant)
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(bolts) == 90


def test_adjust_to_95_when_90_of_100_were_counted_and_20_came_since_posts_minus_5_and_leaves_115(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.receive(bolts, 20)
    ruling = world.adjust(line, "ben", 95)
    assert [row.quantity for row in world.adjustments(bolts)] == [-5]
    assert world.on_hand(bolts) == 115
    assert ruling.sentence == "BOLT-10: -5 pcs posted, on-hand is 115 pcs."
    [decision] = [d for d in world.decided(line) if d.kind is DecisionKind.ADJUST]
    assert (decision.quantity, decision.posted, decision.reason) == (95, -5, Reason.COUNT_ERROR)


def test_adjust_back_to_the_expected_posts_nothing_and_says_so(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    assert world.adjust(line, "ben", 100).sentence == "BOLT-10: nothing had to be posted, on-hand is 100 pcs."
    assert world.adjustments(bolts) == []
    assert world.state(line) is LineState.RECONCILED


def test_adjusting_for_another_reason_needs_a_note(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    with pytest.raises(BadInput, match="note"):
        world.adjust(line, "ben", 95, reason=Reason.OTHER, note="  ")
    world.adjust(line, "ben", 95, reason=Reason.OTHER, note="five behind the shelf")
    assert world.decided(line)[-1].note == "five behind the shelf"


def test_plus_5_percent_on_100_accepts_105_and_refuses_106(world: World) -> None:
    world.tolerate(Measure.PERCENT, 5, sides=(Side.PLUS,))
    accepted, refused = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 100)
    line_accepted, line_refused = world.line(accepted), world.line(refused)
    world.count(line_accepted, "ana", 105)
    world.count(line_refused, "ana", 106)
    assert world.state(line_accepted) is LineState.RECONCILED
    assert world.state(line_refused) is LineState.RECOUNT


def test_a_variance_in_tolerance_is_posted_with_its_reason_and_the_limit_that_applied(world: World) -> None:
    world.tolerate(Measure.PERCENT, 2)
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    counted_at = world.now
    world.count(line, "ana", 98)
    [adjustment] = world.adjustments(bolts)
    assert (adjustment.quantity, adjustment.reason) == (-2, "within tolerance")
    assert adjustment.occurred_at == counted_at
    [decision] = world.decided(line)
    assert (decision.kind, decision.member_id) == (DecisionKind.WITHIN_TOLERANCE, None)
    assert decision.note == "2 % (plan Daily parts)"
    assert world.on_hand(bolts) == 98


def test_a_count_with_no_variance_leaves_an_entry_a_last_counted_at_and_a_history_row(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    counted_at = world.now
    world.count(line, "ana", 100)
    assert world.state(line) is LineState.RECONCILED
    assert [entry.quantity for entry in world.entries(line)] == [100]
    assert world.level(bolts).last_counted_at == counted_at
    assert [(d.kind, d.quantity, d.posted) for d in world.decided(line)] == [(DecisionKind.WITHIN_TOLERANCE, 100, 0)]
    assert world.adjustments(bolts) == []


def test_counting_0_is_a_count_and_a_variance(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 0)
    assert world.state(line) is LineState.RECOUNT
    world.count(line, "dan", 0)
    assert world.proposal(line).variance == -100
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 0


def test_counting_0_where_0_is_expected_matches(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 0)
    line = world.line(bolts)
    world.count(line, "ana", 0)
    assert world.state(line) is LineState.RECONCILED
    assert world.level(bolts).last_counted_at is not None


@pytest.mark.parametrize("measure", [None, Measure.PERCENT])
def test_stock_found_where_0_was_expected_is_a_variance_also_under_a_percent_limit(
    world: World, measure: Measure | None
) -> None:
    if measure is not None:
        world.tolerate(measure, 50)
    bolts = world.stock("BOLT-10", "A-01", 0)
    line = world.line(bolts)
    world.count(line, "ana", 1)
    assert world.state(line) is LineState.RECOUNT
    world.count(line, "dan", 1)
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 1


def test_not_counted_is_not_zero(world: World) -> None:
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 100)
    counted, uncounted = world.line(bolts), world.line(nuts)
    world.count(counted, "ana", 100)
    world.now += timedelta(hours=5)
    assert world.expire() == [uncounted]
    assert world.state(uncounted) is LineState.SKIPPED
    assert world.on_hand(nuts) == 100
    assert world.entries(uncounted) == []
    assert world.level(nuts).last_counted_at is None
    assert world.line(nuts) != uncounted  # it came back with the next session


def test_a_value_limit_cannot_pass_without_a_unit_cost(world: World) -> None:
    world.tolerate(Measure.VALUE, 1000)
    priced = world.stock("BOLT-10", "A-01", 100, unit_cost=1)
    unpriced = world.stock("NUT-10", "A-02", 100, unit_cost=None)
    free = world.stock("LABEL-1", "A-03", 100, unit_cost=0)
    lines = [world.line(stock) for stock in (priced, unpriced, free)]
    for line in lines:
        world.count(line, "ana", 99)
    assert [world.state(line) for line in lines] == [LineState.RECONCILED, LineState.RECOUNT, LineState.RECONCILED]


def test_an_import_after_the_count_refuses_approve_and_adjust_so_that_the_shortage_is_written_off_once(
    world: World,
) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.clock("10:51")
    world.post(bolts, EntryKind.IMPORT, -10)
    refusal = r"Ask for a recount: .*corrected since.*import -10, 10:51"
    with pytest.raises(WrongState, match=refusal):
        world.approve(line, "ben")
    with pytest.raises(WrongState, match=refusal):
        world.adjust(line, "ben", 95)
    assert world.on_hand(bolts) == 90
    assert world.state(line) is LineState.IN_REVIEW
    world.ask_recount(line, "ben")
    world.count(line, "fay", 90)
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(bolts) == 90


def test_an_adjustment_after_the_count_instant_refuses_too(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    eight = world.clock("08:00")
    world.count(line, "ana", 90)
    half_past = world.clock("09:30")
    world.clock("09:40")
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    world.issue(bolts, 1, occurred_at=eight)
    world.ask_recount(line, "ben")
    world.count(line, "fay", 89, at=half_past)  # a reply written before the adjustment's instant
    with pytest.raises(WrongState, match="adjustment -10, 09:40"):
        world.approve(line, "ben")
    assert world.on_hand(bolts) == 89


def test_a_count_in_tolerance_does_not_settle_either_when_the_record_was_corrected_since(world: World) -> None:
    world.tolerate(Measure.QUANTITY, 10)
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    instant = world.now
    world.now += timedelta(minutes=1)
    world.post(bolts, EntryKind.IMPORT, -10)
    world.count(line, "ana", 90, at=instant)
    assert world.state(line) is LineState.RECOUNT
    world.count(line, "dan", 90)
    assert world.on_hand(bolts) == 90
