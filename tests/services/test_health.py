"""Whether the bot does its work, by what is late."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.journal import Intent, OutboxMessage, OutboxState
from models.plans import CountPlan
from models.services import journal
from models.services.expiry import CLOSING
from models.services.health import FAILED_LATELY, LATE, Health, health
from tests.world import World

SECOND = timedelta(seconds=1)
WELL = Health(0, None, 0, 0, 0, None)


@pytest.fixture
def resting(world: World) -> World:
    """Nothing is planned."""
    with world.database.write() as session:
        session.exec(select(CountPlan)).one().is_paused = True
    return world


def now_of(world: World) -> Health:
    with world.database.read() as session:
        return health(session, world.now)


def ask(world: World, after: timedelta = timedelta(0)) -> None:
    """Ask for a message."""
    with world.database.write() as session:
        journal.notify(session, Intent.HOME, "U1", channel="home", now=world.now, not_before=world.now + after)


def deliver(world: World, state: OutboxState) -> None:
    with world.database.write() as session:
        for row in session.exec(select(OutboxMessage)):
            row.state = state


def test_messages_that_wait_are_late_after_a_while(resting: World) -> None:
    ask(resting)
    asked = resting.now
    resting.now = asked + LATE - SECOND
    assert now_of(resting) == WELL
    resting.now = asked + LATE
    assert now_of(resting) == Health(1, asked, 0, 0, 0, None)
    assert not now_of(resting).is_well
    assert now_of(resting).is_clock_well
    deliver(resting, OutboxState.SENT)
    assert now_of(resting) == WELL


def test_what_is_to_be_sent_later_is_not_late(resting: World) -> None:
    ask(resting, after=timedelta(hours=1))
    resting.now += timedelta(minutes=50)
    assert now_of(resting) == WELL


def test_what_was_given_up_is_told_for_a_week(resting: World) -> None:
    ask(resting)
    deliver(resting, OutboxState.FAILED)
    assert now_of(resting) == Health(0, None, 1, 0, 0, None)
    resting.now += FAILED_LATELY - SECOND
    assert not now_of(resting).is_well
    resting.now += SECOND
    assert now_of(resting).is_well


def test_a_run_that_does_not_start_is_late(world: World) -> None:
    with world.database.read() as session:
        due = session.exec(select(CountPlan)).one().next_due
    assert due is not None
    world.now = due + LATE - SECOND
    assert now_of(world) == WELL
    world.now = due + LATE
    assert now_of(world) == Health(0, None, 0, 1, 0, None)
    assert not now_of(world).is_clock_well


def test_lines_that_should_have_expired_are_late(resting: World) -> None:
    resting.stock("BOLT", "A-01", 10)
    started = resting.start()
    resting.now = started.due_at + CLOSING + LATE - SECOND
    assert now_of(resting).lines_late == 0
    resting.now = started.due_at + CLOSING + LATE
    assert now_of(resting).lines_late == 1
    resting.expire()
    assert now_of(resting).lines_late == 0


def test_what_is_not_sealed_in_time_is_late(resting: World) -> None:
    bolts = resting.stock("BOLT", "A-01", 10)
    resting.count(resting.line(bolts), "ana", 10)
    assert now_of(resting).unsealed_since is None, "without a clock that seals there is nothing to miss"
    resting.seal()
    asked = resting.now
    with resting.step() as session:
        journal.audit(session, actor="U1", action="test", subject="x", now=resting.now)
    resting.now = asked + LATE - SECOND
    assert now_of(resting).unsealed_since is None
    resting.now = asked + LATE
    assert now_of(resting).unsealed_since == asked
    resting.seal()
    assert now_of(resting).unsealed_since is None
