"""Taking back a decision: an opposite ledger row that names the first, and the line waits for a decision again."""

from decimal import Decimal

import pytest

from models.counts import DecisionKind, ReviewCause
from models.errors import AlreadyDecided, BadInput, NotAllowed, WrongState
from models.people import Role
from models.rules.lines import LineState
from models.services import exports, reversals
from models.stock import DUE_AT_ONCE, EntryKind
from tests.builders import Number, Stock
from tests.conftest import NOW
from tests.services.test_races import ROUNDS, Work, approving, moving, race, split
from tests.world import World


def approved(world: World, *, unit_cost: Number | None = 1, who: str = "ben") -> tuple[Stock, int]:
    """A line of which 90 of 100 were counted twice, and approved."""
    bolts = world.stock("BOLT-10", "A-01", 100, unit_cost=unit_cost)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.clock("10:00")
    world.approve(line, who)
    world.clock("11:00")
    return bolts, line


def taking_back(world: World, line: int, who: str) -> Work:
    person, version, now = world.person(who), world.version(line), world.now
    return lambda session: reversals.reverse(
        session, person=person, line_id=line, version=version, note="wrong bin", now=now
    )


def test_the_opposite_is_posted_at_the_count_and_names_what_it_undoes(world: World) -> None:
    bolts, line = approved(world)
    ruling = world.take_back(line, "ben")
    assert ruling.sentence == "BOLT-10: taken back, +10 pcs posted, on-hand is 100 pcs. It waits for a decision again."
    first, opposite = world.adjustments(bolts)
    assert (opposite.quantity, opposite.reverses_id, opposite.occurred_at) == (10, first.id, first.occurred_at)
    assert (opposite.reason, opposite.unit_cost) == (first.reason, first.unit_cost)
    approve, undo = world.decided(line)
    assert (undo.kind, undo.reverses_id, undo.posted, undo.note) == (DecisionKind.REVERSE, approve.id, 10, "wrong bin")
    assert (world.state(line), world.see(line).review_cause) == (LineState.IN_REVIEW, ReviewCause.REVERSED)
    assert (world.level(bolts).last_counted_at, world.level(bolts).due_from) == (None, world.level(bolts).created_at)
    assert world.proposal(line).variance == -10, "what the count found is proposed again"
    assert world.problems() == []


@pytest.mark.parametrize("again", ["approve", "adjust", "reject", "recount"])
def test_the_line_is_decided_anew(world: World, again: str) -> None:
    bolts, line = approved(world)
    world.receive(bolts, 5)
    world.take_back(line, "ben")
    world.clock("11:30")
    if again == "approve":
        world.approve(line, "eva")
    elif again == "adjust":
        world.adjust(line, "eva", 98)
    elif again == "reject":
        world.reject(line, "eva")
    else:
        world.ask_recount(line, "eva")
        world.count(line, "fay", 99)
    expected = {"approve": 95, "adjust": 103, "reject": 105, "recount": 105}[again]
    assert world.on_hand(bolts) == expected
    assert world.problems() == []


def test_it_can_be_taken_back_again_and_again(world: World) -> None:
    bolts, line = approved(world)
    for _ in range(2):
        world.take_back(line, "ben")
        world.approve(line, "ben")
    world.take_back(line, "ben")
    assert [row.quantity for row in world.adjustments(bolts)] == [-10, 10, -10, 10, -10, 10]
    assert world.on_hand(bolts) == 100
    assert world.problems() == []


def test_what_the_limit_settled_is_taken_back_too(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 100)
    assert world.state(line) is LineState.RECONCILED
    assert world.take_back(line, "ben").sentence == (
        "BOLT-10: taken back, nothing had to be posted, on-hand is 100 pcs. It waits for a decision again."
    )
    assert world.adjustments(bolts) == []
    world.reject(line, "ben")
    assert world.level(bolts).last_counted_at is None
    assert world.problems() == []


def test_the_count_before_is_the_last_one_again(world: World) -> None:
    bolts, first = approved(world)
    world.clock("12:00")
    second = world.line(bolts)
    world.count(second, "ana", 80)
    world.count(second, "dan", 80)
    world.approve(second, "ben")
    world.clock("13:00")
    world.take_back(second, "ben")
    assert world.level(bolts).last_counted_at == world.entries(first)[-1].counted_at
    assert world.problems() == []


def test_a_stock_that_is_due_at_once_stays_so(world: World) -> None:
    bolts, first = approved(world)
    again = world.line(bolts)
    world.count(again, "ana", 80)
    world.count(again, "dan", 80)
    world.reject(again, "ben")
    world.take_back(first, "ben")
    assert world.level(bolts).due_from == DUE_AT_ONCE
    assert world.problems() == []


def test_only_what_a_late_movement_added_is_taken_back_first(world: World) -> None:
    bolts, line = approved(world)
    world.issue(bolts, 4, occurred_at=NOW)  # recorded now, moved before the count
    assert world.proposal(line).variance == 4
    world.approve(line, "ben")
    world.clock("12:00")
    world.take_back(line, "ben")
    assert [row.quantity for row in world.adjustments(bolts)] == [-10, 4, -4]
    assert world.proposal(line).variance == 4
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 90
    assert world.problems() == []


def test_who_may(world: World) -> None:
    bolts, line = approved(world, unit_cost=60, who="eva")  # 600 EUR; Ben's limit is 500
    with pytest.raises(NotAllowed, match=r"^Only approvers of Fleet Parts decide this. Ben or Eva can.$"):
        world.take_back(line, "fay")
    with pytest.raises(NotAllowed, match=r"^-600.00 EUR is over your limit of 500.00 EUR. Eva can take it back.$"):
        world.take_back(line, "ben")
    with world.step() as session:
        world.give_role(session, world.team_id, Role.APPROVER, "ana")
    with pytest.raises(NotAllowed, match=r"^You counted this line, so somebody else decides it.$"):
        world.take_back(line, "ana")
    assert world.on_hand(bolts) == 90
    world.take_back(line, "kim")
    assert world.on_hand(bolts) == 100


@pytest.mark.parametrize(("note", "sentence"), [("  ", "Say why"), ("x" * 501, "The note has 501 characters")])
def test_it_says_why(world: World, note: str, sentence: str) -> None:
    bolts, line = approved(world)
    with pytest.raises(BadInput, match=sentence):
        world.take_back(line, "ben", note=note)
    assert world.on_hand(bolts) == 90


def test_an_old_card_takes_nothing_back(world: World) -> None:
    bolts, line = approved(world)
    seen = world.version(line)
    world.take_back(line, "eva", version=seen)
    with pytest.raises(AlreadyDecided, match=r"Eva took the decision back at 11:00 \(\+10\). Nothing was changed."):
        world.take_back(line, "ben", version=seen)
    with pytest.raises(WrongState, match="Look at it again; nothing was changed"):
        world.take_back(line, "ben")
    assert world.on_hand(bolts) == 100


def test_a_later_count_rests_on_it(world: World) -> None:
    bolts, line = approved(world)
    again = world.line(bolts)
    with pytest.raises(WrongState, match="BOLT-10 in A-01 is being counted again, in Daily parts"):
        world.take_back(line, "ben")
    world.count(again, "ana", 90)
    with pytest.raises(WrongState, match=r"BOLT-10 in A-01 was counted again since \(11:00\).*“/count now BOLT-10”"):
        world.take_back(line, "ben")
    assert world.on_hand(bolts) == 90
    world.take_back(again, "ben")
    world.reject(again, "ben")
    world.take_back(line, "ben")
    assert world.on_hand(bolts) == 100
    assert world.problems() == []


def test_a_later_correction_rests_on_it(world: World) -> None:
    bolts, line = approved(world)
    world.post(bolts, EntryKind.IMPORT, 3)
    with pytest.raises(WrongState, match=r"The record of BOLT-10 in A-01 was corrected since \(import \+3, 11:00\)"):
        world.take_back(line, "ben")


def test_a_correction_that_was_taken_back_stands_in_nobodys_way(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    first = world.line(bolts)
    world.count(first, "ana", 90)
    world.count(first, "dan", 90)
    world.reject(first, "ben")
    world.clock("12:00")
    second = world.line(bolts)
    world.count(second, "ana", 80)
    world.count(second, "dan", 80)
    world.approve(second, "ben")
    world.take_back(second, "ben")
    world.reject(second, "ben")
    world.issue(bolts, 1, occurred_at=NOW)
    assert world.problems() == []


def test_the_export_says_which_row_it_undoes(world: World) -> None:
    _, line = approved(world)
    world.take_back(line, "ben")
    with world.database.read() as session:
        first, opposite = exports.adjustment_rows(session, since=NOW)
    assert (first.reverses, opposite.reverses) == (None, first.ledger_id)
    assert (opposite.decision, opposite.decided_by, opposite.note) == ("reverse", "Ben", "wrong bin")
    assert first.quantity + opposite.quantity == Decimal(0)


def test_two_who_take_back_at_once_post_one_opposite(world: World) -> None:
    for number in ROUNDS:
        bolts = world.stock(f"BOLT-{number}", "A-01", 100)
        line = world.line(bolts)
        world.count(line, "ana", 90)
        world.count(line, "dan", 90)
        world.approve(line, "ben")
        world.clock(f"1{number}:30")
        won, lost = split(race(world, taking_back(world, line, "ben"), taking_back(world, line, "eva")))
        assert (len(won), len(lost)) == (1, 1)
        assert isinstance(lost[0], AlreadyDecided)
        assert "took the decision back" in str(lost[0])
        assert world.on_hand(bolts) == 100
    assert world.problems() == []


def test_taking_back_against_a_late_movement_leaves_one_answer(world: World) -> None:
    for number in ROUNDS:
        world.clock(f"1{number}:00")
        bolts = world.stock(f"BOLT-{number}", "A-01", 100)
        line, counted_at = world.line(bolts), world.now
        world.count(line, "ana", 90)
        world.count(line, "dan", 90)
        world.approve(line, "ben")
        world.clock(f"1{number}:30")

        race(world, taking_back(world, line, "eva"), moving(world, bolts, -4, counted_at))
        assert world.state(line) is LineState.IN_REVIEW
        race(world, approving(world, line, "ben"))
        assert world.on_hand(bolts) == 90
    assert world.problems() == []
