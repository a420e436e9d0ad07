"""Two who confirm, confirming against another decision and against what changes the facts: one effect."""

from datetime import timedelta
from decimal import Decimal

from models.errors import AlreadyDecided, CycleCountError, WrongState
from models.rules.lines import LineState
from models.services import confirming
from tests.builders import Stock
from tests.services.authorizing import confirm, four_eyes, stands, two_above
from tests.services.test_decision_races import adjusting, rejecting
from tests.services.test_races import ROUNDS, Work, in_review, moving, race, split
from tests.services.test_reversals import taking_back
from tests.world import World


def confirming_(world: World, line: int, who: str) -> Work:
    person, seen, now = world.person(who), world.version(line), world.now
    return lambda session: confirming.confirm(session, person=person, line_id=line, version=seen, now=now)


def withdrawing(world: World, line: int, who: str) -> Work:
    person, seen, now = world.person(who), world.version(line), world.now
    return lambda session: confirming.withdraw(session, person=person, line_id=line, version=seen, now=now)


def approved_first(world: World, number: int) -> tuple[Stock, int]:
    """90 of 100 at 1 EUR apiece; Ben has approved it first."""
    two_above(world)
    four_eyes(world, 1)
    bolts, line = in_review(world, number)
    world.clock(f"1{number}:51")
    assert world.approve(line, "ben").is_kept
    return bolts, line


def test_two_who_confirm_at_once_post_it_once(world: World) -> None:
    for number in ROUNDS:
        bolts, line = approved_first(world, number)
        works = [confirming_(world, line, who) for who in ("eva", "max", "kim")]
        won, lost = split(race(world, *works))
        assert (len(won), len(lost)) == (1, 2)
        assert all(isinstance(one, AlreadyDecided) for one in lost)
        assert {str(one).split(" approved this at ")[0] for one in lost} <= {
            "Ben and Eva",
            "Ben and Max",
            "Ben and Kim",
        }
        assert [row.quantity for row in world.adjustments(bolts)] == [-10]
        assert len(world.decided(line)) == 1


def test_confirming_against_an_adjustment_of_somebody_else(world: World) -> None:
    """Either it is posted and the other comes too late, or the adjustment stands and waits for its own second."""
    for number in ROUNDS:
        bolts, line = approved_first(world, number)
        confirmed, adjusted = race(world, confirming_(world, line, "eva"), adjusting(world, line, "max"))
        if isinstance(confirmed, CycleCountError):
            assert str(confirmed).startswith("Max decided this first, at ")
            assert (world.on_hand(bolts), stands(world, line)) == (100, True)
            confirm(world, line, "eva")
            assert world.on_hand(bolts) == 95
        else:
            assert isinstance(adjusted, AlreadyDecided)
            assert world.on_hand(bolts) == 90
        assert len(world.decided(line)) == 1


def test_confirming_against_a_rejection(world: World) -> None:
    for number in ROUNDS:
        bolts, line = approved_first(world, number)
        won, lost = split(race(world, confirming_(world, line, "eva"), rejecting(world, line, "max")))
        assert (len(won), len(lost)) == (1, 1)
        assert isinstance(lost[0], AlreadyDecided)
        assert (world.on_hand(bolts), world.state(line)) in [(90, LineState.RECONCILED), (100, LineState.REJECTED)]


def test_confirming_against_a_late_movement(world: World) -> None:
    """Whoever came first, the line waits again, and nothing is posted that nobody has seen."""
    for number in ROUNDS:
        bolts, line = approved_first(world, number)
        early = world.entries(line)[0].counted_at - timedelta(seconds=1)
        confirmed, moved = race(world, confirming_(world, line, "eva"), moving(world, bolts, -4, early))
        assert not isinstance(moved, Exception)
        assert (world.state(line), stands(world, line)) == (LineState.IN_REVIEW, False)
        if isinstance(confirmed, CycleCountError):
            assert isinstance(confirmed, WrongState)
            assert world.decided(line) == []
        world.approve(line, "ben")
        confirm(world, line, "eva")
        assert world.on_hand(bolts) == 90


def test_confirming_against_the_first_who_takes_it_back(world: World) -> None:
    for number in ROUNDS:
        bolts, line = approved_first(world, number)
        won, lost = split(race(world, confirming_(world, line, "eva"), withdrawing(world, line, "ben")))
        assert (len(won), len(lost)) == (1, 1)
        assert world.on_hand(bolts) == Decimal(90 if world.decided(line) else 100)


def test_two_who_confirm_that_a_decision_is_taken_back(world: World) -> None:
    for number in ROUNDS:
        bolts, line = approved_first(world, number)
        confirm(world, line, "eva")
        with world.step() as session:
            assert taking_back(world, line, "ben")(session)
        assert stands(world, line)
        won, lost = split(race(world, *[confirming_(world, line, who) for who in ("eva", "max")]))
        assert (len(won), len(lost)) == (1, 1)
        assert [row.quantity for row in world.adjustments(bolts)] == [-10, 10]
