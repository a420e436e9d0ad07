"""Plans on a working calendar: what moves says so, and nothing runs twice when the calendar changes."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from models.counts import CountSession
from models.people import Company
from models.plans import CountPlan
from models.services import calendar_changes, people, plan_changes, plan_schedule, plan_times
from models.services.sheets import sheet_facts
from scheduler.jobs import tick
from tests.world import World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(world: World, text: str, *, now: str, **calendar: str) -> None:
    """The world's plan runs to a schedule on a company calendar, as of `now`."""
    world.now = at(now)
    with world.database.write() as session:
        company = session.get_one(Company, 1)
        for name, words in calendar.items():
            setattr(company, name, words)
        plan = session.get_one(CountPlan, world.plan_id)
        plan.schedule = text
        plan.runs_after = plan.next_due = plan.next_occurrence = None
        session.flush()
        plan_times.schedule_again(session, None, world.now)


def next_run(world: World) -> tuple[datetime | None, datetime | None]:
    with world.database.read() as session:
        plan = session.get_one(CountPlan, world.plan_id)
        return plan.next_occurrence, plan.next_due


def listed(world: World) -> list[datetime]:
    """When the coming runs are, as people read it; the first of them is the one that is stored."""
    with world.database.read() as session:
        found = plan_schedule.schedule(session, team_ids=None, now=world.now).runs
    assert next_run(world) == ((found[0].occurrence, found[0].at) if found else (None, None))
    return [run.at for run in found]


def change_calendar(world: World, now: str, **parts: str) -> None:
    world.now = at(now)
    with world.database.write() as session:
        kim = people.require_person(session, "U01KIM")
        calendar_changes.change(session, kim, None, dict(parts), world.now)


def sessions(world: World) -> list[CountSession]:
    with world.database.read() as session:
        return list(session.exec(select(CountSession).where(CountSession.plan_id == world.plan_id)).all())


def tick_at(world: World, text: str) -> None:
    world.now = at(text)
    assert not tick(world.database, world.now).failed


def test_a_run_on_a_holiday_moves_to_the_next_working_day_and_the_sheet_says_so(world: World) -> None:
    world.stock("BOLT-10", "A-01-03", 5)
    schedule(world, "weekly fri 07:00", now="2026-12-20 00:00", holidays="DE", working_days="mon-fri")
    assert next_run(world) == (at("2026-12-25 07:00"), at("2026-12-28 07:00"))
    tick_at(world, "2026-12-25 07:00")
    assert sessions(world) == []
    tick_at(world, "2026-12-28 07:00:05")
    (started,) = sessions(world)
    assert started.scheduled_for == at("2026-12-25 07:00")
    assert started.due_at == at("2026-12-28 11:00")
    with world.database.read() as session:
        said = sheet_facts(session, started.id or 0).moved_because
    assert said == "moved from Fri 25 Dec 07:00: Christmas Day"
    assert next_run(world) == (at("2027-01-01 07:00"), at("2027-01-04 07:00"))


def test_a_run_in_a_quiet_window_moves_to_its_end(world: World) -> None:
    schedule(world, "daily 11:45", now="2026-11-23 08:00", quiet="11:30-13:00")
    tick_at(world, "2026-11-23 13:00")
    (started,) = sessions(world)
    assert started.scheduled_for == at("2026-11-23 11:45")
    assert started.moved_because == "moved from 11:45: quiet until 13:00"


def test_a_moved_run_that_was_missed_is_caught_up_within_the_grace_of_its_new_time(world: World) -> None:
    schedule(world, "weekly sun 07:00", now="2026-11-28 00:00", working_days="mon-fri")
    tick_at(world, "2026-12-01 06:00")  # 23 hours after Monday 07:00, two days after Sunday 07:00
    assert [one.scheduled_for for one in sessions(world)] == [at("2026-11-29 07:00")]


def test_a_calendar_that_changes_moves_what_has_not_started_and_starts_nothing_twice(world: World) -> None:
    schedule(world, "daily 07:00", now="2026-11-23 06:00")
    tick_at(world, "2026-11-23 07:00")
    kim = world.person("kim")
    world.now = at("2026-11-23 07:30")
    with world.database.write() as session:
        calendar_changes.change(session, kim, None, {"quiet": "06:00-09:00"}, world.now)
    for minute in range(0, 24 * 60, 30):
        tick(world.database, world.now + timedelta(minutes=minute))
    assert [one.scheduled_for for one in sessions(world)] == [at("2026-11-23 07:00")]
    tick_at(world, "2026-11-24 09:00")
    assert [one.scheduled_for for one in sessions(world)] == [at("2026-11-23 07:00"), at("2026-11-24 07:00")]
    assert sessions(world)[1].moved_because == "moved from 07:00: quiet until 09:00"


def test_a_run_that_waits_is_not_lost_when_the_calendar_lets_it_go(world: World) -> None:
    for text in ("monthly 31 10:00", "once 2026-11-30 10:00"):
        schedule(world, text, now="2026-11-29 00:00", quiet="last working day of the month", working_days="mon-fri")
        assert next_run(world) == (at("2026-11-30 10:00"), at("2026-12-01 10:00"))
        world.now = at("2026-11-30 15:00")
        with world.database.write() as session:
            kim = people.require_person(session, "U01KIM")
            calendar_changes.change(session, kim, None, {"quiet": "none"}, world.now)
        assert next_run(world) == (at("2026-11-30 10:00"), at("2026-11-30 15:00"))
    tick_at(world, "2026-11-30 15:00:01")
    assert [one.scheduled_for for one in sessions(world)] == [at("2026-11-30 10:00")]


def test_a_run_that_has_started_is_announced_for_no_later_time(world: World) -> None:
    schedule(world, "daily 07:00", now="2026-11-23 06:00")
    tick_at(world, "2026-11-23 07:00")
    world.now = at("2026-11-23 10:00")
    with world.database.write() as session:
        kim = people.require_person(session, "U01KIM")
        calendar_changes.change(session, kim, None, {"quiet": "06:00-13:00"}, world.now)
    assert next_run(world) == (at("2026-11-24 07:00"), at("2026-11-24 13:00"))
    with world.database.read() as session:
        first = plan_schedule.schedule(session, team_ids=None, now=world.now).runs[0]
    assert first.at == at("2026-11-24 13:00")


def test_two_clocks_start_a_moved_run_once(world: World) -> None:
    schedule(world, "weekly sun 07:00", now="2026-11-28 00:00", working_days="mon-fri")
    world.now = at("2026-11-30 07:00")
    for _ in range(3):
        assert not tick(world.database, world.now).failed
    assert len(sessions(world)) == 1


def test_a_paused_plan_does_not_run_and_a_resumed_one_goes_on(world: World) -> None:
    schedule(world, "daily 07:00", now="2026-11-23 06:00")
    kim = world.person("kim")
    with world.database.write() as session:
        plan_changes.pause(session, kim, world.plan_id, world.now)
    tick_at(world, "2026-11-23 07:00")
    assert (sessions(world), next_run(world)) == ([], (None, None))
    with world.database.write() as session:
        plan_changes.resume(session, kim, world.plan_id, world.now)
    assert next_run(world) == (at("2026-11-24 07:00"), at("2026-11-24 07:00"))


def test_the_calendar_of_a_team_takes_the_place_of_the_companys(world: World) -> None:
    schedule(world, "daily 07:00", now="2026-11-27 08:00", working_days="mon-fri")  # a Friday
    assert next_run(world)[1] == at("2026-11-30 07:00")
    with world.database.write() as session:
        kim = people.require_person(session, "U01KIM")
        calendar_changes.change(session, kim, "Fleet Parts", {"working_days": "mon-sun"}, world.now)
    assert next_run(world)[1] == at("2026-11-28 07:00")


def test_a_single_run_that_moves_has_its_working_time_from_then_on(world: World) -> None:
    world.stock("BOLT-10", "A-01-03", 5)
    schedule(world, "once 2026-11-29 07:00", now="2026-11-28 00:00", working_days="mon-fri")
    tick_at(world, "2026-11-30 07:00:05")
    (started,) = sessions(world)
    assert (started.scheduled_for, started.due_at) == (at("2026-11-29 07:00"), at("2026-11-30 11:00"))


def test_a_run_that_is_caught_up_in_closed_time_is_put_off_and_starts_once(world: World) -> None:
    world.stock("BOLT-10", "A-01-03", 5)
    schedule(world, "weekly fri 07:00", now="2026-11-27 06:00", working_days="mon-fri")
    tick_at(world, "2026-11-28 06:30")  # no clock ran for a day
    assert sessions(world) == []
    assert next_run(world) == (at("2026-11-27 07:00"), at("2026-11-30 07:00"))
    assert listed(world)[:2] == [at("2026-11-30 07:00"), at("2026-12-04 07:00")]
    change_calendar(world, "2026-11-28 07:00", quiet="12:00-13:00")
    tick_at(world, "2026-11-28 07:10")
    assert listed(world)[:2] == [at("2026-11-30 07:00"), at("2026-12-04 07:00")]
    tick_at(world, "2026-11-30 07:00:05")
    (started,) = sessions(world)
    assert (started.scheduled_for, started.due_at) == (at("2026-11-27 07:00"), at("2026-11-30 11:00"))
    for hour in range(24):
        tick(world.database, world.now + timedelta(hours=hour))
    assert len(sessions(world)) == 1
    assert next_run(world) == (at("2026-12-04 07:00"), at("2026-12-04 07:00"))
