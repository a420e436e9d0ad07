"""Starting sessions: one for each occurrence, caught up once within the grace; and starting by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, func, select

from models.counts import CountLine, CountSession
from models.errors import NotAllowed, NotFound
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Company
from models.plans import CountPlan
from models.services import plans
from tests.world import World


def start_due(world: World) -> CountSession | None:
    with world.step() as session:
        return plans.start_due(session, world.plan_id, world.now)


def start_now(world: World, who: str, name: str = "Daily parts") -> CountSession:
    person = world.person(who)
    with world.step() as session:
        return plans.start_by(session, person, plans.find_plan(session, name), world.now)


def next_due(world: World) -> datetime | None:
    with world.database.read() as session:
        return session.get_one(CountPlan, world.plan_id).next_due


def sessions(world: World) -> int:
    with world.database.read() as session:
        return session.exec(select(func.count()).select_from(CountSession)).one()


def edit(world: World, **values: object) -> None:
    with world.database.write() as session:
        plan = session.get_one(CountPlan, world.plan_id)
        for name, value in values.items():
            setattr(plan, name, value)


def test_what_is_due_starts_once_and_moves_on_to_the_next_day(world: World) -> None:
    world.stock("BOLT-10", "A-01", 100)
    due = world.now
    started = start_due(world)
    assert started is not None
    assert started.scheduled_for == due
    assert started.due_at == due + timedelta(hours=4)
    assert next_due(world) == due + timedelta(days=1)
    assert start_due(world) is None
    assert sessions(world) == 1


def test_nothing_starts_before_its_time_or_when_the_plan_is_off(world: World) -> None:
    edit(world, next_due=world.now + timedelta(seconds=2))
    assert start_due(world) is None
    edit(world, is_active=False)
    world.now += timedelta(hours=1)
    assert start_due(world) is None
    assert sessions(world) == 0
    with world.database.read() as session:
        assert plans.due_plan_ids(session, world.now) == []
    edit(world, is_active=True)
    assert start_due(world) is not None


def test_a_plan_without_a_next_run_does_not_start(world: World) -> None:
    edit(world, next_due=None)
    assert start_due(world) is None
    with world.database.read() as session:
        assert plans.due_plan_ids(session, world.now) == []


def test_missed_runs_are_caught_up_once_with_the_whole_working_time(world: World) -> None:
    due = world.now
    world.now += timedelta(days=2, hours=3)
    started = start_due(world)
    assert started is not None
    assert started.scheduled_for == due + timedelta(days=2)
    assert started.due_at == started.started_at + timedelta(hours=4)
    assert next_due(world) == due + timedelta(days=3)
    assert start_due(world) is None
    assert sessions(world) == 1


def test_a_run_later_than_its_grace_is_given_up_and_written_down(world: World) -> None:
    due = world.now
    edit(world, grace_seconds=3600)
    world.now += timedelta(hours=1, seconds=1)
    assert start_due(world) is None
    assert sessions(world) == 0
    assert next_due(world) == due + timedelta(days=1)
    with world.database.read() as session:
        [missed] = session.exec(select(AuditEvent).where(AuditEvent.action == "run missed"))
    assert missed.subject == "plan Daily parts"


def test_a_run_within_its_grace_starts(world: World) -> None:
    edit(world, grace_seconds=3600)
    world.now += timedelta(hours=1)
    assert start_due(world) is not None


def test_an_occurrence_that_exists_is_not_started_again_though_the_plan_was_set_back(world: World) -> None:
    due = world.now
    start_due(world)
    edit(world, next_due=due)
    assert start_due(world) is None
    assert sessions(world) == 1
    assert next_due(world) == due + timedelta(days=1)


def test_editing_the_plan_leaves_a_running_session_alone(world: World) -> None:
    world.stock("BOLT-10", "A-01", 100)
    started = start_due(world)
    assert started is not None
    edit(world, recounts=0, replies=False, name="Renamed")
    with world.database.read() as session:
        running = session.get_one(CountSession, started.id)
        assert (running.recounts, running.replies, running.name) == (1, True, "Daily parts")


def test_a_session_has_its_lines_and_asks_for_its_sheet(world: World) -> None:
    for number in range(3):
        world.stock(f"SKU-{number}", f"A-0{number}", 1)
    started = start_due(world)
    assert started is not None
    with world.database.read() as session:
        lines = session.exec(select(CountLine).order_by(col(CountLine.position))).all()
        intents = session.exec(select(OutboxMessage.intent, OutboxMessage.subject, OutboxMessage.channel)).all()
    assert [line.position for line in lines] == [1, 2, 3]
    assert {line.due_at for line in lines} == {started.due_at}
    assert intents == [(Intent.SHEET, str(started.id), "C01PARTS")]


def test_a_session_with_nothing_to_count_is_kept_and_posts_nothing(world: World) -> None:
    assert start_due(world) is not None
    with world.database.read() as session:
        assert session.exec(select(OutboxMessage.id)).all() == []
    assert start_due(world) is None


@pytest.mark.parametrize("who", ["ben", "eva", "kim"])
def test_approvers_and_stock_control_start_a_plan_and_its_schedule_goes_on(world: World, who: str) -> None:
    world.stock("BOLT-10", "A-01", 100)
    due = next_due(world)
    assert start_now(world, who, "  daily PARTS ").name == "Daily parts"
    assert next_due(world) == due


def test_others_do_not_start_a_plan(world: World) -> None:
    world.add_team("Others", "Z-", approvers=("zed",))
    world.stock("BOLT-10", "A-01", 100)
    for who in ("ana", "zed"):
        with pytest.raises(NotAllowed, match="Only approvers of Fleet Parts and stock control"):
            start_now(world, who)
    assert sessions(world) == 0


def test_a_plan_that_does_not_exist_is_answered_with_the_nearest(world: World) -> None:
    for typed, told in (("dayly part", "Did you mean Daily parts?"), ("zzz", "Plans: Daily parts.")):
        with pytest.raises(NotFound) as refusal:
            start_now(world, "ben", typed)
        assert told in str(refusal.value)


def test_starting_with_nothing_to_count_is_refused_and_leaves_no_session(world: World) -> None:
    with pytest.raises(NotFound, match="nothing to count"):
        start_now(world, "ben")
    assert sessions(world) == 0


def test_starting_without_counters_is_refused(world: World) -> None:
    world.stock("BOLT-10", "A-01", 100)
    world.remove_role("ana", "dan", "fay")
    with pytest.raises(NotAllowed, match="no counters"):
        start_now(world, "ben")
    assert sessions(world) == 0


def test_a_late_run_in_closed_time_waits_until_the_calendar_opens(world: World) -> None:
    world.stock("BOLT-10", "A-01", 100)
    friday = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    edit(world, schedule="weekly fri 07:00", next_due=friday, next_occurrence=friday, grace_seconds=4 * 86400)
    with world.database.write() as session:
        session.get_one(Company, 1).working_days = "mon-fri"
    world.now = friday + timedelta(hours=24)
    assert start_due(world) is None
    assert next_due(world) == friday + timedelta(days=3)
    with world.database.read() as session:
        assert "run put off" in session.exec(select(AuditEvent.action)).all()
    world.now = friday + timedelta(days=3)
    started = start_due(world)
    assert started is not None
    assert started.scheduled_for == friday
