"""Who is reminded of what, and what approvers say to a session that is due."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from models.counts import CountLine, CountSession
from models.errors import NotAllowed, WrongState
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Company
from models.plans import AtDue, CountPlan
from models.rules.lines import LineState
from models.rules.reminders import Reminded
from models.services import reminder_facts, reminders
from models.services.expiry import CLOSING
from scheduler.jobs import tick
from tests.services.adding import add
from tests.world import World

SEVEN = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def sheet(world: World) -> int:
    """A sheet of three lines, from 07:00 to 11:00; its plan runs again tomorrow."""
    for number in range(1, 4):
        world.stock(f"BOLT-{number}", f"A-0{number}", 100)
    session_id = world.start().id or 0
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).next_due = SEVEN + timedelta(days=1)
    return session_id


def told(world: World, intent: Intent) -> int:
    """How often an intent was asked for."""
    with world.database.read() as session:
        rows = session.exec(select(OutboxMessage.touched).where(OutboxMessage.intent == intent)).all()
    return sum(rows)


def at(world: World, time: str) -> tuple[int, ...]:
    """The clock looks at that time; the sessions it reminds of."""
    world.clock(time)
    return tick(world.database, world.now).reminded


def see(world: World, session_id: int) -> CountSession:
    with world.database.read() as session:
        return session.get_one(CountSession, session_id)


def named(world: World, session_id: int) -> set[str | None]:
    with world.database.read() as session:
        return {
            member.name
            for member in reminder_facts.who_has_open_lines(session, session.get_one(CountSession, session_id))
        }


def states(world: World, session_id: int) -> list[LineState]:
    with world.database.read() as session:
        query = select(CountLine).where(CountLine.session_id == session_id).order_by(col(CountLine.position))
        return [line.state for line in session.exec(query)]


def extend(world: World, who: str, session_id: int, seen: int = 0) -> str:
    person = world.person(who)
    with world.step() as session:
        return reminders.extend(session, person=person, session_id=session_id, seen=seen, now=world.now)


def close(world: World, who: str, session_id: int, seen: int = 0) -> str:
    person = world.person(who)
    with world.step() as session:
        return reminders.close_without(session, person=person, session_id=session_id, seen=seen, now=world.now)


def test_a_sheet_is_reminded_of_half_way_and_half_an_hour_before_and_then_the_approvers_are_asked(
    world: World, sheet: int
) -> None:
    assert at(world, "08:59") == ()
    assert at(world, "09:00") == (sheet,)
    assert at(world, "09:01") == ()
    assert at(world, "10:30") == (sheet,)
    assert told(world, Intent.REMINDER) == 2
    assert told(world, Intent.OVERDUE) == 0
    assert at(world, "11:00") == (sheet,)
    assert (told(world, Intent.REMINDER), told(world, Intent.OVERDUE)) == (2, 1)
    assert see(world, sheet).reminded is Reminded.DUE
    assert states(world, sheet) == [LineState.TO_COUNT] * 3
    assert tick(world.database, world.now + CLOSING - timedelta(seconds=1)).expired == ()
    assert len(tick(world.database, world.now + CLOSING).expired) == 3
    assert states(world, sheet) == [LineState.SKIPPED] * 3


def test_what_is_counted_is_reminded_of_no_more(world: World, sheet: int) -> None:
    for line_id in sorted(world.open_lines(sheet)):
        world.count(line_id, "ana", 100)
    assert [at(world, time) for time in ("09:00", "10:30", "11:00")] == [(), (), ()]
    assert told(world, Intent.REMINDER) == told(world, Intent.OVERDUE) == 0


def test_only_those_with_something_open_are_named(world: World, sheet: int) -> None:
    first, second, third = sorted(world.open_lines(sheet))
    assert named(world, sheet) == {"Ana", "Dan", "Fay"}
    world.count(first, "ana", 100)
    assert named(world, sheet) == {"Ana"}, "she is at work on the lines that are left"
    world.count(second, "ana", 90)
    world.count(third, "ana", 100)
    assert world.asked(second) == "dan"
    assert named(world, sheet) == {"Dan"}


def test_nobody_is_reminded_in_a_quiet_window(world: World, sheet: int) -> None:
    with world.database.write() as session:
        session.get_one(Company, 1).quiet = "08:30-10:45"
    assert at(world, "09:00") == ()
    assert at(world, "10:40") == ()
    assert at(world, "10:45") == (sheet,)
    assert told(world, Intent.REMINDER) == 1
    assert see(world, sheet).reminded is Reminded.LAST


def test_an_approver_puts_the_due_time_off_once_for_each_time_it_was_asked(world: World, sheet: int) -> None:
    at(world, "11:00")
    assert extend(world, "ben", sheet) == "Daily parts is due at 12:00 now."
    assert see(world, sheet).due_at == SEVEN + timedelta(hours=5)
    with pytest.raises(WrongState, match=r"Ben extended this at 11:00\. Nothing was changed\."):
        extend(world, "eva", sheet)
    with pytest.raises(WrongState, match=r"Ben extended this at 11:00\. Nothing was changed\."):
        close(world, "eva", sheet)
    again = tick(world.database, SEVEN + timedelta(hours=4, minutes=40))
    assert (again.expired, again.reminded) == ((), (sheet,)), "the last reminder comes again"
    assert at(world, "11:45") == ()
    assert at(world, "12:00") == (sheet,)
    assert told(world, Intent.OVERDUE) >= 2
    assert extend(world, "ben", sheet, seen=1) == "Daily parts is due at 13:00 now."
    with world.database.read() as session:
        actions = session.exec(select(AuditEvent.actor).where(AuditEvent.action == reminder_facts.EXTENDED)).all()
    assert list(actions) == ["U01BEN", "U01BEN"]


def test_an_approver_closes_without_what_is_left_and_recounts_go_on(world: World, sheet: int) -> None:
    first, *_ = sorted(world.open_lines(sheet))
    world.count(first, "ana", 90)
    at(world, "10:59")
    assert close(world, "ben", sheet) == "Daily parts is closed without 2 lines."
    assert states(world, sheet) == [LineState.RECOUNT, LineState.SKIPPED, LineState.SKIPPED]
    with pytest.raises(WrongState, match=r"Ben closed this at 10:59\. Nothing was changed\."):
        extend(world, "eva", sheet)
    assert world.problems() == []


def test_parts_of_a_line_are_not_thrown_away_when_it_is_closed(world: World, sheet: int) -> None:
    first, *_ = sorted(world.open_lines(sheet))
    add(world, first, "ana", 40)
    assert named(world, sheet) == {"Ana"}, "who gives a part is at work"
    assert close(world, "ben", sheet) == "Daily parts is closed without 2 lines."
    assert states(world, sheet) == [LineState.IN_REVIEW, LineState.SKIPPED, LineState.SKIPPED]
    assert world.problems() == []


@pytest.mark.parametrize("who", ["ana", "zed"])
def test_others_are_told_who_can(world: World, sheet: int, who: str) -> None:
    world.add_team("East", "X-", counters=("zed",))
    for act in (extend, close):
        with pytest.raises(NotAllowed, match=r"Only approvers of Fleet Parts decide this\. Ben or Eva can\."):
            act(world, who, sheet)
    assert states(world, sheet) == [LineState.TO_COUNT] * 3


def test_what_was_counted_meanwhile_needs_no_answer(world: World, sheet: int) -> None:
    at(world, "11:00")
    for line_id in sorted(world.open_lines(sheet)):
        world.count(line_id, "ana", 100)
    with pytest.raises(WrongState, match="Everything was counted meanwhile"):
        extend(world, "ben", sheet)


def test_the_next_run_of_the_plan_finds_them_back_in_the_pool(world: World, sheet: int) -> None:
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).next_due = SEVEN + timedelta(hours=4)
    world.clock("11:00")
    done = tick(world.database, world.now)
    assert len(done.expired) == 3
    (following,) = done.started
    assert states(world, following) == [LineState.TO_COUNT] * 3


def test_lines_that_stay_open_are_asked_about_too(world: World, sheet: int) -> None:
    with world.database.write() as session:
        session.get_one(CountSession, sheet).at_due = AtDue.KEEP
    at(world, "11:00")
    with world.database.read() as session:
        assert reminder_facts.overdue_facts(session, sheet).expires_at is None
    assert tick(world.database, world.now + CLOSING).expired == ()
    assert close(world, "ben", sheet) == "Daily parts is closed without 3 lines."
