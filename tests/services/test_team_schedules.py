"""The documented schedule: whose it is, on which days nothing is counted, and which occurrence a run is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.errors import NotAllowed, NotFound
from models.people import Company, Team
from models.plans import CountPlan
from models.services import plan_schedule, team_schedules
from models.services.team_schedules import ClosedDay, TeamSchedule
from tests.world import World

# NOW is Monday, 23 November 2026.


def calendar(world: World, team_id: int | None = None, **said: str) -> None:
    """Set parts of the company's calendar, or of a team's."""
    with world.database.write() as session:
        row = session.get_one(Company, 1) if team_id is None else session.get_one(Team, team_id)
        for key, text in said.items():
            setattr(row, key, text)


def plan(world: World, schedule: str, plan_id: int | None = None, **values: object) -> None:
    with world.database.write() as session:
        row = session.get_one(CountPlan, plan_id or world.plan_id)
        row.schedule = schedule
        for key, value in values.items():
            setattr(row, key, value)


def schedule(world: World, *team_ids: int, weeks: int = 4) -> TeamSchedule:
    with world.database.read() as session:
        return team_schedules.team_schedule(session, team_ids=frozenset(team_ids) or None, now=world.now, weeks=weeks)


def asked(world: World, who: str, name: str = "") -> frozenset[int] | None:
    with world.database.read() as session:
        return team_schedules.teams_asked_for(session, world.person(who), name)


def test_whose_schedule_somebody_sees(world: World) -> None:
    tyres = world.add_team("Tyres", "T-", counters=("zed", "ana"), approvers=("yan",))
    own = world.team_id
    assert (asked(world, "dan"), asked(world, "ben")) == (frozenset({own}), frozenset({own}))
    assert asked(world, "ana") == frozenset({own, tyres})
    assert asked(world, "yan") == frozenset({tyres})
    assert asked(world, "kim") is None
    assert asked(world, "kim", " tyres ") == asked(world, "ana", "Tyres") == frozenset({tyres})
    with pytest.raises(NotAllowed) as refusal:
        asked(world, "dan", "Tyres")
    assert str(refusal.value) == (
        "You see the schedule of your own teams: Fleet Parts. Stock control sees that of Tyres."
    )
    for who in ("dan", "kim"):
        with pytest.raises(NotFound) as unknown:
            asked(world, who, "Tires")
        assert str(unknown.value) == "There is no team “Tires”. Did you mean Tyres?"


def test_runs_of_the_teams_asked_for_the_next_first(world: World) -> None:
    tyres = world.add_team("Tyres", "T-", counters=("zed",))
    with world.database.write() as session:
        other = world.plan(session, "Tyre check", tyres)
    plan(world, "weekly wed 07:00")
    plan(world, "weekly tue 07:00", other)
    found = schedule(world)
    assert found.teams == ("Fleet Parts", "Tyres")
    assert [run.plan for run in found.runs] == ["Tyre check", "Daily parts"] * 4
    assert {run.plan for run in schedule(world, tyres).runs} == {"Tyre check"}
    assert schedule(world, tyres).teams == ("Tyres",)
    assert len(schedule(world, tyres, weeks=8).runs) == 8


def test_holidays_and_shutdowns_are_named_and_weekends_are_not(world: World) -> None:
    calendar(world, holidays="DE", working_days="mon-fri", shutdowns="2026-11-28..2026-12-02; 2026-12-10; 2027-01-04")
    assert schedule(world, weeks=6).closed == (
        ClosedDay(date(2026, 11, 30), "shutdown until 2 Dec"),
        ClosedDay(date(2026, 12, 10), "shutdown"),
        ClosedDay(date(2026, 12, 25), "Christmas Day"),
        ClosedDay(date(2027, 1, 1), "New Year's Day"),
        ClosedDay(date(2027, 1, 4), "shutdown"),
    )


def test_a_shutdown_under_way_is_named_today(world: World) -> None:
    calendar(world, shutdowns="2026-11-20..2026-11-24")
    assert schedule(world).closed == (ClosedDay(date(2026, 11, 23), "shutdown until 24 Nov"),)


def test_a_day_that_only_some_teams_are_off_says_which(world: World) -> None:
    tyres = world.add_team("Tyres", "T-", counters=("zed",))
    calendar(world, shutdowns="2026-11-25; 2026-11-27")
    calendar(world, tyres, shutdowns="2026-11-26; 2026-11-27")
    assert schedule(world).closed == (
        ClosedDay(date(2026, 11, 25), "shutdown", ("Fleet Parts",)),
        ClosedDay(date(2026, 11, 26), "shutdown", ("Tyres",)),
        ClosedDay(date(2026, 11, 27), "shutdown"),
    )
    assert schedule(world, tyres).closed[0] == ClosedDay(date(2026, 11, 26), "shutdown")


def test_the_days_are_those_of_the_companys_zone(world: World) -> None:
    calendar(world, timezone="Pacific/Auckland", shutdowns="2026-11-23; 2026-12-21")
    world.now = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)  # half past midnight on the 24th there
    assert [closed.day for closed in schedule(world).closed] == [date(2026, 12, 21)]


def test_every_run_is_an_occurrence_of_its_plan_and_a_moved_one_stays_it(world: World) -> None:
    plan(world, "daily 07:30")
    before = schedule(world, weeks=1)
    calendar(world, quiet="07:00-09:00", working_days="mon-fri")
    after = schedule(world, weeks=1)
    own_times = [datetime(2026, 11, day, 7, 30, tzinfo=UTC) for day in range(23, 30)]
    assert [run.occurrence for run in before.runs] == [run.at for run in before.runs] == own_times
    assert {run.occurrence for run in after.runs} <= set(own_times)
    moved = {run.at: (run.plan_id, run.occurrence) for run in after.runs}
    assert moved[datetime(2026, 11, 24, 9, 0, tzinfo=UTC)] == (world.plan_id, own_times[1])


def test_each_run_of_several_plans_has_its_own_occurrence(world: World) -> None:
    tyres = world.add_team("Tyres", "T-", counters=("zed",))
    with world.database.write() as session:
        world.plan(session, "Tyre check", tyres)
    found = schedule(world)
    assert len({(run.plan_id, run.occurrence) for run in found.runs}) == len(found.runs) == 2 * 28


def test_what_is_paused_or_ended_is_not_scheduled(world: World) -> None:
    plan(world, "daily 07:00", is_paused=True)
    assert schedule(world).runs == ()
    plan(world, "daily 07:00", is_paused=False, is_active=False)
    assert schedule(world).runs == ()


def test_four_weeks_and_no_day_more(world: World) -> None:
    found = schedule(world)
    assert found.until == world.now + timedelta(weeks=plan_schedule.WEEKS)
    assert found.runs[-1].at <= found.until
