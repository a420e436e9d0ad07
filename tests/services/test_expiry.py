"""What the due time does: uncounted lines go back to the pool or stay, and only when their time is really up."""

from datetime import datetime, timedelta

from models.database import Database
from models.plans import AtDue
from models.rules.lines import LineState
from models.services import expiry
from tests.world import World


def test_a_plan_may_keep_its_uncounted_lines_open(database: Database, now: datetime) -> None:
    world = World(database, now, at_due=AtDue.KEEP)
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.now += timedelta(days=30)
    assert world.expire() == []
    with database.write() as session:
        assert not expiry.expire_line(session, line, world.now)
    world.count(line, "ana", 100)
    assert world.state(line) is LineState.RECONCILED
    assert world.problems() == []


def test_a_recount_expires_also_where_uncounted_lines_are_kept(database: Database, now: datetime) -> None:
    world = World(database, now, at_due=AtDue.KEEP)
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 90)
    world.now += timedelta(hours=5)
    assert world.expire() == [line]
    assert world.state(line) is LineState.IN_REVIEW
    assert world.problems() == []


def test_a_line_whose_time_is_not_up_any_more_does_not_expire(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    with world.database.write() as session:
        assert not expiry.expire_line(session, line, world.see(line).due_at - timedelta(seconds=1))
    assert world.state(line) is LineState.TO_COUNT


def test_a_line_that_was_counted_meanwhile_does_not_expire(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 100)
    with world.database.write() as session:
        assert not expiry.expire_line(session, line, world.now + timedelta(days=1))
    assert world.state(line) is LineState.RECONCILED


def test_at_the_due_time_itself_a_line_expires(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.now = world.see(line).due_at
    assert world.expire() == [line]
    assert world.state(line) is LineState.SKIPPED
