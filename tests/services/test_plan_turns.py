"""Every occurrence of a plan has one turn: what lay before the plan, or had its turn, comes back by no change."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from models.counts import CountSession
from models.errors import WrongState
from models.journal import AuditEvent
from models.people import Company
from models.plans import CountPlan
from models.services import calendar_changes, plan_changes, plan_schedule, plan_times, setups
from models.services.plan_changes import BadPlan
from models.services.setup_things import Facts
from scheduler.jobs import tick
from tests.services.setup_example import SETUP
from tests.world import World

MORNING_CLOSED = {"quiet": "06:00-13:00"}
FILE = SETUP.replace("Europe/Berlin", "UTC").replace("U05KIM", "U01KIM").replace("U03BEN", "U01BEN").replace(
    "U04EVA", "U01EVA").replace("U02DAN", "U01DAN")  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def make(world: World, schedule: str, *, now: str) -> int:
    """Stock control makes a plan; the world's own ends, so that it is the only one."""
    world.now = at(now)
    kim = world.person("kim")
    with world.database.write() as session:
        plan_changes.end(session, kim, world.plan_id, world.now)
        plan = plan_changes.create(session, kim, "Turns", {"team": "Fleet Parts", "schedule": schedule}, {}, world.now)
        world.plan_id = plan.id or 0
    return world.plan_id


def change_calendar(world: World, now: str, parts: dict[str, str]) -> None:
    world.now = at(now)
    kim = world.person("kim")
    with world.database.write() as session:
        calendar_changes.change(session, kim, None, dict(parts), world.now)


def edit(world: World, now: str, facts: Facts) -> None:
    world.now = at(now)
    kim = world.person("kim")
    with world.database.write() as session:
        before = plan_changes.facts_of(session, world.plan_id)
        plan_changes.edit(session, kim, world.plan_id, before.name, facts, {}, seen=before.version, now=world.now)


def pause(world: World, now: str) -> None:
    world.now = at(now)
    with world.database.write() as session:
        plan_changes.pause(session, world.person("kim"), world.plan_id, world.now)


def resume(world: World, now: str) -> None:
    world.now = at(now)
    with world.database.write() as session:
        plan_changes.resume(session, world.person("kim"), world.plan_id, world.now)


def tick_at(world: World, now: str) -> None:
    world.now = at(now)
    assert not tick(world.database, world.now).failed


def first_run(world: World) -> datetime | None:
    """When the plan runs next, which is what the list of coming runs begins with."""
    with world.database.read() as session:
        stored = session.get_one(CountPlan, world.plan_id).next_due
        found = plan_schedule.schedule(session, team_ids=None, now=world.now).runs
    assert [run.at for run in found][:1] == ([] if stored is None else [stored])
    return stored


def occurrences(world: World) -> list[datetime]:
    with world.database.read() as session:
        return list(session.exec(select(CountSession.scheduled_for).where(CountSession.plan_id == world.plan_id)))


def dropped(world: World) -> list[tuple[str, str]]:
    """Who gave up a run that had come, and when that was to start."""
    with world.database.read() as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.action == "run dropped")).all()
        return [(event.actor, json.loads(event.detail)["was_due"]) for event in events]


def test_what_lay_before_the_plan_was_made_does_not_come_later_that_day(world: World) -> None:
    make(world, "daily 07:00", now="23 12:08")
    change_calendar(world, "23 12:10", MORNING_CLOSED)
    assert first_run(world) == at("24 13:00")
    tick_at(world, "23 13:00")
    assert occurrences(world) == []


def test_a_plan_made_while_its_time_is_closed_begins_with_the_next_one(world: World) -> None:
    change_calendar(world, "23 12:00", MORNING_CLOSED)
    make(world, "daily 07:00", now="23 12:08")
    assert first_run(world) == at("24 13:00")


@pytest.mark.parametrize("change", ["resumed", "given another time"])
def test_what_lay_before_the_plan_was_resumed_or_timed_anew_does_not_come(world: World, change: str) -> None:
    make(world, "daily 07:30", now="22 06:00")
    if change == "resumed":
        pause(world, "22 06:10")
        resume(world, "23 12:08")
    else:
        edit(world, "23 12:08", {"schedule": "daily 07:00"})
    change_calendar(world, "23 12:10", MORNING_CLOSED)
    assert first_run(world) == at("24 13:00")


def test_a_run_that_waits_still_comes_also_when_the_calendar_is_wrong_for_a_while(world: World) -> None:
    make(world, "daily 07:00", now="23 06:00")
    change_calendar(world, "23 06:30", MORNING_CLOSED)
    assert first_run(world) == at("23 13:00")
    change_calendar(world, "23 10:00", {"shutdowns": "2026-11-23"})
    assert first_run(world) == at("24 13:00")
    change_calendar(world, "23 10:10", {"shutdowns": "none"})
    assert first_run(world) == at("23 13:00")
    tick_at(world, "23 13:00")
    assert occurrences(world) == [at("23 07:00")]


@pytest.mark.parametrize(
    ("schedule", "kept"),
    [
        ("daily 07:00 until 2026-12-31", 1),
        ("daily 07:00 from 2026-11-23", 1),
        ("cron 0 7 * * * until 2026-11-24", 1),
        ("daily 07:00 from 2026-11-24", 0),
        ("daily 07:05", 0),
    ],
)
@pytest.mark.parametrize(("calendar", "starts"), [(MORNING_CLOSED, "23 13:00"), ({}, "23 07:00")])
def test_an_edit_of_the_days_keeps_the_run_that_has_come_and_others_say_that_they_drop_it(
    world: World, schedule: str, kept: int, calendar: dict[str, str], starts: str
) -> None:
    make(world, "daily 07:00", now="23 06:00")
    change_calendar(world, "23 06:30", calendar)
    edit(world, "23 09:00", {"schedule": schedule})  # it waits for 13:00, or is due and the clock stands still
    assert dropped(world) == [("U01KIM", str(at(starts)))][kept:]
    tick_at(world, "23 13:00")
    assert occurrences(world) == [at("23 07:00")][:kept]


def test_a_first_day_that_is_left_out_brings_back_nothing_of_before(world: World) -> None:
    change_calendar(world, "23 06:00", MORNING_CLOSED)
    make(world, "daily 07:00 from 2026-12-01", now="23 06:10")
    edit(world, "23 09:00", {"schedule": "daily 07:00"})
    assert first_run(world) == at("24 13:00")
    assert dropped(world) == []


def test_pausing_a_plan_and_the_set_up_file_say_which_run_they_drop(world: World) -> None:
    world.now = at("22 12:00")
    with world.database.write() as session:
        setups.apply(session, FILE, file_name="setup.toml", now=world.now)
        world.plan_id = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one().id or 0
    with world.database.write() as session:
        later = FILE.replace("daily 07:00", "daily 08:00")
        setups.apply(session, later, file_name="setup.toml", now=at("23 07:30"))
    assert dropped(world) == [("setup file", "2026-11-23 07:00:00+00:00")]
    pause(world, "23 08:01")
    assert dropped(world)[1:] == [("U01KIM", "2026-11-23 08:00:00+00:00")]


def test_what_was_missed_does_not_come_back(world: World) -> None:
    make(world, "daily 07:00", now="20 06:00")
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).grace_seconds = 3600
    tick_at(world, "23 10:00")  # no clock ran for three days, and an hour is the most it is caught up after
    assert occurrences(world) == []
    change_calendar(world, "23 10:10", MORNING_CLOSED)
    assert first_run(world) == at("24 13:00")


def test_a_calendar_that_changes_before_the_missed_run_is_found_out_brings_it_back_no_more(world: World) -> None:
    make(world, "once 2026-11-23 07:00", now="20 06:00")
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).grace_seconds = 3600
    change_calendar(world, "23 10:00", MORNING_CLOSED)
    tick_at(world, "23 10:10")
    assert (occurrences(world), first_run(world)) == ([], None)


def test_a_missed_once_stays_missed_whatever_becomes_of_calendar_and_zone(world: World) -> None:
    make(world, "once 2026-11-23 07:00", now="20 06:00")
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).grace_seconds = 3600
    tick_at(world, "23 10:00")
    change_calendar(world, "23 10:10", MORNING_CLOSED)
    assert first_run(world) is None
    with world.database.write() as session:
        session.get_one(Company, 1).timezone = "America/New_York"  # where it is 05:20 yet
        plan_times.schedule_again(session, None, at("23 10:20"))
    assert first_run(world) is None


def test_a_once_paused_over_its_time_is_not_resumed_but_told_what_to_do(world: World) -> None:
    make(world, "once 2026-11-23 07:00", now="20 06:00")
    pause(world, "23 06:00")
    change_calendar(world, "23 06:30", MORNING_CLOSED)
    with pytest.raises(WrongState) as refused:
        resume(world, "23 10:00")
    assert str(refused.value) == (
        "“once 2026-11-23 07:00” passed while the plan was paused, so it would not run. Start it with “Run now”, or "
        "give it a later time."
    )
    with pytest.raises(BadPlan) as wrong:
        edit(world, "23 10:05", {"paused": False})
    assert wrong.value.problems == {"schedule": str(refused.value)}
    with world.database.read() as session:
        assert session.get_one(CountPlan, world.plan_id).is_paused
    edit(world, "23 10:10", {"schedule": "once 2026-11-23 14:00"})
    resume(world, "23 10:20")
    assert first_run(world) == at("23 14:00")


def test_a_zone_that_changes_leaves_a_run_that_is_due_to_the_clock(world: World) -> None:
    world.now = at("22 12:00")
    with world.database.write() as session:
        setups.apply(session, FILE, file_name="setup.toml", now=world.now)
        world.plan_id = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one().id or 0
    with world.database.write() as session:  # the clock stands still since 07:00
        berlin = FILE.replace('"UTC"', '"Europe/Berlin"')
        setups.apply(session, berlin, file_name="setup.toml", now=at("23 09:00"))
    tick_at(world, "23 09:01")
    assert occurrences(world) == [at("23 07:00")]
    assert first_run(world) == datetime(2026, 11, 24, 7, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("zone", "moves_on"),
    [
        ("Europe/Berlin", "24 06:00"),  # 07:00 there
        ("America/New_York", "24 12:00"),
        ("Asia/Tokyo", "23 22:00"),  # is tomorrow's there
    ],
)
def test_a_zone_that_changes_brings_back_no_run_of_the_same_day(world: World, zone: str, moves_on: str) -> None:
    world.now = at("22 12:00")
    with world.database.write() as session:
        setups.apply(session, FILE, file_name="setup.toml", now=world.now)
        world.plan_id = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one().id or 0
    tick_at(world, "23 07:00")
    world.now = at("23 07:02")
    with world.database.write() as session:
        setups.apply(session, FILE.replace('"UTC"', f'"{zone}"'), file_name="setup.toml", now=world.now)
    assert occurrences(world) == [at("23 07:00")]
    assert first_run(world) == at(moves_on)
    tick_at(world, "23 20:00")
    assert occurrences(world) == [at("23 07:00")]


def test_a_plan_of_the_version_before_keeps_the_run_that_waits_and_no_other(world: World) -> None:
    make(world, "daily 07:00", now="20 06:00")
    for day in ("24", "23"):
        with world.database.write() as session:
            plan = session.get_one(CountPlan, world.plan_id)
            plan.runs_after, plan.next_occurrence, plan.next_due = None, at(f"{day} 07:00"), at(f"{day} 13:00")
        change_calendar(world, "23 10:00", {"quiet": "06:00-21:00"})
        assert first_run(world) == at(f"{day} 21:00")
        change_calendar(world, "23 10:00", {"quiet": "none"})
