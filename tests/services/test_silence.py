"""A recount that nobody begins is asked of somebody else, and is still the same recount."""

from datetime import timedelta

import pytest

from models.database import Database
from models.people import Company
from models.rules.lines import LineState
from models.services import silence
from models.services.silence import SILENCE
from tests.builders import Stock
from tests.services.adding import add
from tests.world import World


@pytest.fixture
def bolts(world: World) -> Stock:
    return world.stock("BOLT-10", "A-01", 100)


def look(world: World) -> list[int]:
    """What the clock does about silent counters."""
    with world.database.read() as session:
        found = silence.recounts_unanswered(session, world.now)
    done = []
    for line_id in found:
        with world.step() as session:
            if silence.pass_on(session, line_id, world.now):
                done.append(line_id)
    return done


def test_after_a_while_somebody_else_is_asked(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    assert world.asked(line) == "dan"
    world.now += SILENCE - timedelta(minutes=1)
    assert look(world) == []
    world.now += timedelta(minutes=2)
    assert look(world) == [line]
    assert world.asked(line) == "fay"
    assert world.see(line).recounts_asked == 2
    world.count(line, "fay", 90)
    assert world.state(line) is LineState.IN_REVIEW, "one recount was allowed, and one was made"
    assert world.problems() == []


def test_who_did_not_answer_is_not_asked_again_and_may_still_count(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.now += SILENCE + timedelta(minutes=1)
    assert look(world) == [line]
    world.now += SILENCE + timedelta(minutes=1)
    assert look(world) == [], "Ana counted it, Dan did not answer: it stays with Fay"
    assert world.asked(line) == "fay"
    world.count(line, "dan", 100)
    assert world.state(line) is LineState.RECONCILED
    assert world.problems() == []


def test_at_its_due_time_it_goes_to_the_approvers_as_before(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.now = world.see(line).due_at
    assert look(world) == []
    assert world.expire() == [line]
    assert world.state(line) is LineState.IN_REVIEW


def test_nobody_is_asked_in_a_quiet_window(world: World, bolts: Stock) -> None:
    with world.database.write() as session:
        session.get_one(Company, 1).quiet = "07:10-08:00"
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.now += SILENCE + timedelta(minutes=1)
    assert look(world) == []
    world.clock("08:00")
    assert look(world) == [line]


def test_a_recount_that_is_being_added_up_has_begun(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    add(world, line, "dan", 40)
    world.now += SILENCE + timedelta(minutes=1)
    assert look(world) == []
    assert world.asked(line) == "dan"


def test_a_recount_that_was_made_meanwhile_is_left_alone(database: Database, world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.now += SILENCE + timedelta(minutes=1)
    world.count(line, "dan", 90)
    with database.write() as session:
        assert not silence.pass_on(session, line, world.now)
    assert world.state(line) is LineState.IN_REVIEW
