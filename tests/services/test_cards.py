"""The facts of a review card, read from a real database after people did real things."""

from datetime import timedelta
from decimal import Decimal

from models.counts import DecisionKind, EntrySource, ReviewCause
from models.people import Role
from models.rules.lines import LineState
from models.services.card_attempts import AttemptKind
from models.services.cards import CardFacts, card_facts
from models.stock import EntryKind
from tests.builders import Stock
from tests.world import World


def facts_of(world: World, line: int) -> CardFacts:
    with world.database.read() as session:
        return card_facts(session, line)


def short_of_twelve(world: World) -> tuple[Stock, int]:
    """Screens' own example: 120 on hand, counted 108 by Ana and Dan."""
    bolts = world.stock("BOLT-10", "A-01-03", 120, unit_cost="0.35")
    line = world.line(bolts)
    world.count(line, "ana", 108)
    world.count(line, "dan", 108)
    return bolts, line


def test_a_variance_in_units_value_and_percent_with_every_attempt(world: World) -> None:
    _, line = short_of_twelve(world)
    facts = facts_of(world, line)
    assert (facts.sku, facts.location, facts.unit, facts.currency) == ("BOLT-10", "A-01-03", "pcs", "EUR")
    assert (facts.variance, facts.value, facts.percent) == (-12, Decimal("-4.20"), -10)
    assert (facts.proposed, facts.proposed_value, facts.posted_before) == (-12, Decimal("-4.20"), None)
    assert [(a.who, a.number, a.quantity, a.expected, a.kind) for a in facts.attempts] == [
        ("Ana", 1, 108, 120, AttemptKind.COUNTS),
        ("Dan", 2, 108, 120, AttemptKind.COUNTS),
    ]
    assert facts.last.limit_applied == "exact match, no limit set"
    assert (facts.deciders.names, facts.deciders.controllers_only) == (("Ben", "Eva"), False)
    assert (facts.is_open, facts.can_recount, facts.cause, facts.version) == (
        True,
        True,
        ReviewCause.VARIANCE,
        world.version(line),
    )


def test_stock_that_moved_after_the_count_is_told_apart_from_the_variance(world: World) -> None:
    bolts, line = short_of_twelve(world)
    world.receive(bolts, 20)
    facts = facts_of(world, line)
    assert [(move.kind, move.quantity) for move in facts.since.shown] == [(EntryKind.RECEIPT, 20)]
    assert (facts.variance, facts.on_hand + facts.proposed) == (-12, 128)


def test_after_the_decision_the_facts_stay_what_they_were(world: World) -> None:
    bolts, line = short_of_twelve(world)
    world.receive(bolts, 20)
    before = facts_of(world, line)
    world.approve(line, "ben")
    world.issue(bolts, 5)  # afterwards, and not the card's business
    after = facts_of(world, line)
    assert (after.variance, after.value, after.percent) == (before.variance, before.value, before.percent)
    assert (after.attempts, after.since, after.before) == (before.attempts, before.since, before.before)
    (decision,) = after.decisions
    assert (decision.who, decision.kind, decision.posted, decision.on_hand) == ("Ben", DecisionKind.APPROVE, -12, 128)
    assert not after.is_open


def test_a_movement_recorded_late_gives_both_expecteds(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01-03", 120)
    line = world.line(bolts)
    moved_at = world.now
    world.count(line, "ana", 108)
    world.count(line, "dan", 108)
    world.issue(bolts, 10, occurred_at=moved_at)
    facts = facts_of(world, line)
    assert (facts.last.expected, facts.last.expected_first) == (110, 120)
    assert (facts.variance, facts.proposed) == (-2, -2)
    assert [move.quantity for move in facts.late.shown] == [-10]
    assert facts.since.shown == ()


def test_a_settled_line_that_came_back_proposes_the_compensation(world: World) -> None:
    bolts, line = short_of_twelve(world)
    counted_at = world.now - timedelta(seconds=2)
    world.approve(line, "ben")
    world.issue(bolts, 10, occurred_at=counted_at - timedelta(seconds=5))
    facts = facts_of(world, line)
    assert (facts.cause, facts.variance, facts.proposed, facts.posted_before) == (
        ReviewCause.LATE_MOVEMENT,
        -2,
        10,
        -12,
    )
    assert [move.quantity for move in facts.late.shown] == [-10]


def test_the_lines_own_adjustment_is_no_movement(world: World) -> None:
    bolts, line = short_of_twelve(world)
    world.approve(line, "ben")
    facts = facts_of(world, line)
    moves = [*facts.since.shown, *facts.late.shown, *facts.before.shown]
    assert [move.kind for move in moves] == [EntryKind.OPENING]
    assert world.on_hand(bolts) == 108


def test_the_last_three_movements_before_the_count_and_how_many_more(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01-03", 120)
    for quantity in (1, 2, 3, 4):
        world.issue(bolts, quantity)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    facts = facts_of(world, line)
    assert [move.quantity for move in facts.before.shown] == [-4, -3, -2]
    assert facts.before.more == 2


def test_the_last_three_counts_before_this_one(world: World) -> None:
    bolts, first = short_of_twelve(world)
    assert facts_of(world, first).last_counts == ()
    world.reject(first, "ben")
    told = []
    for counted in (120, 100, 100, 100):
        line = world.line(bolts)
        world.count(line, "ana", counted)
        told.append([(int(one.variance), one.rejected) for one in facts_of(world, line).last_counts])
        if counted == 100 and world.state(line) is LineState.RECOUNT:
            world.count(line, "dan", 100)
            world.approve(line, "ben")
    assert told == [
        [(-12, True)],
        [(0, False), (-12, True)],
        [(-20, False), (0, False), (-12, True)],
        [(0, False), (-20, False), (0, False)],
    ]


def test_other_bins_of_the_item_the_nearest_first_and_none_that_is_counted_blind(world: World) -> None:
    _, line = short_of_twelve(world)
    far = world.stock("BOLT-10", "B-01", 5)
    for code, on_hand in (("A-02-01", 30), ("A-01-04", 40), ("A-03", 0)):
        world.stock("BOLT-10", code, on_hand)
    told = [(other.code, other.on_hand) for other in facts_of(world, line).elsewhere]
    assert told == [("A-01-04", 40), ("A-02-01", 30), ("B-01", 5)]
    world.skip(world.line(far), "ana")
    assert [other.on_hand for other in facts_of(world, line).elsewhere] == [None, None, 5]


def test_corrections_and_late_notes_are_listed_and_marked(world: World) -> None:
    world.remove_role("dan", "fay")
    line = world.line(world.stock("BOLT-10", "A-01-03", 120))
    world.count(line, "ana", 1080)
    world.count(line, "ana", 108)
    world.approve(line, "ben")
    world.count(line, "ana", 109)
    facts = facts_of(world, line)
    assert [(a.quantity, a.kind) for a in facts.attempts] == [
        (1080, AttemptKind.REPLACED),
        (108, AttemptKind.COUNTS),
        (109, AttemptKind.NOTE),
    ]
    assert facts.last.quantity == 108


def test_a_first_count_in_the_thread_is_marked_once_somebody_recounted(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01-03", 120))
    world.count(line, "ana", 108, source=EntrySource.REPLY)
    assert not facts_of(world, line).first_count_visible
    world.count(line, "dan", 108)
    assert facts_of(world, line).first_count_visible


def test_without_another_counter_or_approver_there_is_no_recount(world: World) -> None:
    world.remove_role("dan", "fay")
    world.remove_role("ben", "eva", role=Role.APPROVER)
    line = world.line(world.stock("BOLT-10", "A-01-03", 120))
    world.count(line, "ana", 108)
    facts = facts_of(world, line)
    assert (facts.cause, facts.can_recount) == (ReviewCause.NO_OTHER_COUNTER, False)
    assert (facts.deciders.names, facts.deciders.controllers_only) == (("Kim",), True)


def test_a_value_over_every_limit_is_for_stock_control(world: World) -> None:
    world.remove_role("eva", role=Role.APPROVER)
    line = world.line(world.stock("ENGINE", "A-01-03", 2, unit_cost=3596))
    world.count(line, "ana", 1)
    world.count(line, "dan", 1)
    facts = facts_of(world, line)
    assert (facts.deciders.names, facts.deciders.controllers_only) == (("Kim",), True)


def test_without_a_unit_cost_the_value_is_unknown_and_without_expected_the_percent(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01-03", 0, unit_cost=None))
    world.count(line, "ana", 3)
    world.count(line, "dan", 3)
    facts = facts_of(world, line)
    assert (facts.variance, facts.value, facts.percent) == (3, None, None)
    assert facts.deciders.names == ("Eva",)


def test_a_record_corrected_since_the_count_is_found(world: World) -> None:
    bolts, line = short_of_twelve(world)
    world.post(bolts, EntryKind.IMPORT, 5)
    correction = facts_of(world, line).correction
    assert correction is not None
    assert (correction.kind, correction.quantity) == (EntryKind.IMPORT, 5)


def test_a_line_sent_back_says_who_is_asked_and_who_asked(world: World) -> None:
    _, line = short_of_twelve(world)
    world.ask_recount(line, "ben")
    facts = facts_of(world, line)
    assert (facts.state, facts.asked, facts.is_open) == (LineState.RECOUNT, "Fay", False)
    assert [(decision.who, decision.kind) for decision in facts.decisions] == [("Ben", DecisionKind.RECOUNT)]
