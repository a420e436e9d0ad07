"""Recounts: who makes them, how often, and what a later number of the same person is worth."""

from datetime import timedelta

import pytest

from models.counts import EntrySource, ReviewCause
from models.database import Database
from models.errors import NotAllowed, WrongState
from models.people import Role
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from models.services import counts
from tests.builders import Stock
from tests.conftest import NOW
from tests.world import World


def out_of_tolerance(world: World) -> tuple[Stock, int]:
    """A stock of 100 and its line, of which Ana has counted 90."""
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    return bolts, line


def test_out_of_tolerance_goes_to_a_different_counter(world: World) -> None:
    _, line = out_of_tolerance(world)
    assert world.state(line) is LineState.RECOUNT
    assert world.asked(line) == "dan"


def test_a_recount_in_tolerance_settles_the_line_by_the_recount(world: World) -> None:
    bolts, line = out_of_tolerance(world)
    world.count(line, "dan", 100)
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(bolts) == 100
    assert [entry.attempt for entry in world.entries(line)] == [1, 2]


def test_a_recount_still_out_goes_to_review_and_proposes_the_recount(world: World) -> None:
    _, line = out_of_tolerance(world)
    world.count(line, "dan", 88)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.see(line).review_cause is ReviewCause.VARIANCE
    assert world.asked(line) is None
    assert (world.proposal(line).variance, world.proposal(line).counter.name) == (-12, "Dan")


def test_another_persons_number_on_a_recount_line_is_the_recount_whoever_was_asked(world: World) -> None:
    _, line = out_of_tolerance(world)
    assert world.asked(line) == "dan"
    world.count(line, "fay", 90)
    assert world.state(line) is LineState.IN_REVIEW
    assert [entry.attempt for entry in world.entries(line)] == [1, 2]


def test_another_persons_number_on_a_settled_line_is_refused_with_who_and_when(world: World) -> None:
    world.clock("09:12")
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.clock("09:12")
    world.count(line, "ana", 100)
    with pytest.raises(WrongState) as refusal:
        world.count(line, "dan", 90)
    assert str(refusal.value) == "Ana counted this at 09:12."
    assert len(world.entries(line)) == 1


def test_another_persons_number_on_a_line_in_review_is_refused_and_says_where_the_line_is(world: World) -> None:
    _, line = out_of_tolerance(world)
    world.clock("09:40")
    world.count(line, "dan", 90)
    with pytest.raises(WrongState) as refusal:
        world.count(line, "fay", 100)
    assert str(refusal.value) == "Dan counted this at 09:40; it is with the approvers."


def test_a_number_on_a_skipped_line_is_refused(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.skip(line, "ana")
    with pytest.raises(WrongState, match="skipped"):
        world.count(line, "dan", 100)


def test_n_0_goes_to_review_at_once(database: Database) -> None:
    world = World(database, NOW, recounts=0)
    _, line = out_of_tolerance(world)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.problems() == []


def test_n_2_asks_two_recounts_of_two_people(database: Database) -> None:
    world = World(database, NOW, recounts=2)
    _, line = out_of_tolerance(world)
    world.count(line, "dan", 80)
    assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "fay")
    world.count(line, "fay", 70)
    assert world.state(line) is LineState.IN_REVIEW
    assert [entry.attempt for entry in world.entries(line)] == [1, 2, 3]
    assert world.proposal(line).variance == -30
    assert world.problems() == []


def test_a_recount_passed_on_is_still_the_same_recount(database: Database) -> None:
    world = World(database, NOW, recounts=2)
    world.add_team("Others", "Z-")
    with database.write() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "gus")
    _, line = out_of_tolerance(world)
    world.skip(line, "dan")
    world.count(line, "fay", 80)  # the first recount that was made
    assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "gus")
    assert world.problems() == []


def test_when_nobody_else_may_recount_it_goes_straight_to_review_and_says_so(world: World) -> None:
    world.remove_role("dan", "fay")
    _, line = out_of_tolerance(world)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.see(line).review_cause is ReviewCause.NO_OTHER_COUNTER


def test_the_recount_goes_to_whom_the_fewest_are_asked_of(world: World) -> None:
    stocks = [world.stock(f"BOLT-{n}", f"A-0{n}", 100) for n in range(1, 5)]
    lines = [world.line(stock) for stock in stocks]
    for line in lines:
        world.count(line, "ana", 90)
    assert [world.asked(line) for line in lines] == ["dan", "fay", "dan", "fay"]


def test_a_skipped_recount_goes_to_another_counter_and_at_the_end_to_review(world: World) -> None:
    _, line = out_of_tolerance(world)
    world.skip(line, "dan")
    assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "fay")
    world.skip(line, "fay")
    assert world.state(line) is LineState.IN_REVIEW
    assert world.see(line).review_cause is ReviewCause.NO_RECOUNT_MADE


def test_a_skip_by_somebody_who_was_not_asked_leaves_the_recount_where_it_is(world: World) -> None:
    _, line = out_of_tolerance(world)
    asked = world.see(line)
    world.skip(line, "fay")
    assert world.see(line) == asked
    world.skip(line, "dan")
    assert world.state(line) is LineState.IN_REVIEW


def test_the_same_skip_twice_passes_the_recount_on_once(world: World) -> None:
    _, line = out_of_tolerance(world)
    world.skip(line, "dan")
    passed_on = world.see(line)
    world.skip(line, "dan")
    assert world.asked(line) == "fay"
    assert world.see(line) == passed_on


def test_whoever_counted_cannot_skip_the_recount_of_others(world: World) -> None:
    _, line = out_of_tolerance(world)
    with pytest.raises(NotAllowed):
        world.skip(line, "ana")
    assert world.asked(line) == "dan"


def test_a_recount_that_nobody_makes_ends_in_review_and_says_so(world: World) -> None:
    _, line = out_of_tolerance(world)
    world.now += timedelta(hours=5)
    assert world.expire() == [line]
    assert world.state(line) is LineState.IN_REVIEW
    assert world.see(line).review_cause is ReviewCause.NO_RECOUNT_MADE
    assert world.proposal(line).variance == -10


def test_a_recount_asked_just_before_the_due_time_gets_an_hour(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.now = world.see(line).due_at - timedelta(minutes=1)
    world.count(line, "ana", 90)
    world.now += timedelta(minutes=58)
    assert world.expire() == []
    world.now += timedelta(minutes=3)
    assert world.expire() == [line]


def test_the_approver_may_ask_for_recounts_beyond_n_also_of_approvers(world: World) -> None:
    bolts, line = out_of_tolerance(world)
    world.count(line, "dan", 88)
    assert world.ask_recount(line, "ben").sentence == "BOLT-10: Fay was asked to count it again."
    world.count(line, "fay", 86)
    assert world.state(line) is LineState.IN_REVIEW
    world.ask_recount(line, "ben")
    assert world.asked(line) == "eva"  # not Ben himself while there is another
    world.count(line, "eva", 84)
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 84


def test_the_last_approver_left_may_be_asked_and_then_decides_no_more(world: World) -> None:
    _, line = out_of_tolerance(world)
    for asked, quantity in (("dan", 88), ("fay", 86), ("eva", 84), ("ben", 82)):
        if world.state(line) is LineState.IN_REVIEW:
            world.ask_recount(line, "ben")
        assert world.asked(line) == asked
        world.count(line, asked, quantity)
    with pytest.raises(NotAllowed, match="Everybody who may count this has counted it"):
        world.ask_recount(line, "kim")
    with pytest.raises(NotAllowed, match="You counted this line"):
        world.approve(line, "ben")
    world.approve(line, "kim")


def test_a_recount_asked_by_the_approver_may_go_to_somebody_who_could_not_reach_it_before(world: World) -> None:
    world.remove_role("fay")
    _, line = out_of_tolerance(world)
    world.skip(line, "dan")
    assert world.state(line) is LineState.IN_REVIEW
    asked = [world.ask_recount(line, "ben").sentence]
    world.count(line, "eva", 90)
    asked.append(world.ask_recount(line, "ben").sentence)
    assert asked == ["BOLT-10: Eva was asked to count it again.", "BOLT-10: Dan was asked to count it again."]
    with world.database.read() as session:
        assert [to_count.line_id for to_count in counts.lines_to_count(session, world.person("dan"), 1)] == [line]
    world.count(line, "dan", 90)
    assert world.state(line) is LineState.IN_REVIEW


def test_a_correction_before_a_recount_was_asked_replaces_the_attempt(database: Database) -> None:
    world = World(database, NOW, recounts=0)
    _, line = out_of_tolerance(world)
    drawn = world.version(line)
    world.count(line, "ana", 99)
    world.count(line, "ana", 98)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.proposal(line).variance == -2
    assert [entry.attempt for entry in world.entries(line)] == [1, 1, 1]
    with pytest.raises(WrongState, match="facts have changed"):
        world.approve(line, "ben", version=drawn)
    world.approve(line, "ben")
    assert world.problems() == []


def test_a_correction_after_a_recount_was_asked_is_kept_and_settles_nothing(world: World) -> None:
    _, line = out_of_tolerance(world)
    correction = world.count(line, "ana", 100)
    assert correction.is_note
    assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "dan")
    world.count(line, "dan", 88)
    assert world.proposal(line).variance == -12
    assert [entry.settles for entry in world.entries(line)] == [True, False, True]


def test_the_first_counters_correction_of_a_line_in_review_is_kept_beside_the_recount(world: World) -> None:
    _, line = out_of_tolerance(world)
    world.count(line, "dan", 88)
    assert world.count(line, "ana", 100).is_note
    assert (world.proposal(line).variance, world.proposal(line).counter.name) == (-12, "Dan")


def test_the_recounters_own_correction_replaces_the_recount(world: World) -> None:
    _, line = out_of_tolerance(world)
    world.count(line, "dan", 880)
    world.count(line, "dan", 88)
    assert world.proposal(line).variance == -12


def test_a_correction_of_a_settled_line_is_kept_and_settles_nothing(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    world.count(line, "ana", 100)
    correction = world.count(line, "ana", 10)
    assert correction.is_note
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(bolts) == 100
    assert [(entry.quantity, entry.settles) for entry in world.entries(line)] == [(100, True), (10, False)]


def test_a_payload_delivered_twice_is_one_entry(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    first = world.count(line, "ana", 90, key="V1.nonce.1", source=EntrySource.REPLY)
    again = world.count(line, "ana", 90, key="V1.nonce.1", source=EntrySource.REPLY)
    assert first == again
    assert len(world.entries(line)) == 1
    assert world.asked(line) == "dan"


def test_only_counters_of_the_team_count_and_skip(world: World) -> None:
    world.add_team("Others", "Z-", counters=("zoe",))
    world.tolerate(Measure.QUANTITY, 1000)
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    for stranger in ("zoe", "ben", "kim"):
        with pytest.raises(NotAllowed, match="Only counters of Fleet Parts"):
            world.count(line, stranger, 90)
        with pytest.raises(NotAllowed, match="Only counters of Fleet Parts"):
            world.skip(line, stranger)
    assert world.state(line) is LineState.TO_COUNT
