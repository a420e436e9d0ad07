"""The coming runs of plans: which, when and why then, and how many lines each has as far as that is known."""

from datetime import UTC, datetime, timedelta

import pytest

from models.classes import ClassFrequency
from models.people import Company, Team
from models.plans import CountPlan, Pace
from models.rules.policies import parse_policies
from models.services import plan_changes, plan_schedule
from models.services.plan_schedule import CutPlan, ScheduledRun, expected_lines
from models.services.plan_terms import Terms
from tests.services.choosing import leveled_for, picks, stocked
from tests.statements import statements
from tests.world import World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def edit(world: World, **values: object) -> None:
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).sqlmodel_update(values)


def calendar(world: World, **values: str) -> None:
    with world.database.write() as session:
        session.get_one(Company, 1).sqlmodel_update(values)


def runs(world: World) -> tuple[ScheduledRun, ...]:
    with world.database.read() as session:
        return plan_schedule.schedule(session, team_ids=None, now=world.now).runs


@pytest.mark.parametrize(
    ("select_text", "pace", "quotas", "lines", "by_class"),
    [
        ("due", Pace.LEVEL, {"A": 3, "B": 2, "C": 0}, 5, (("A", 3), ("B", 2))),
        ("due", Pace.LEVEL, {"A": 8, "B": 4, "C": 1}, 10, (("A", 8), ("B", 2))),  # ten lines a run
        ("due", Pace.LEVEL, {"A": 0}, 0, ()),
        ("due", Pace.LEVEL, {}, 0, ()),
        ("due", Pace.LEVEL, None, 10, ()),  # a run that is alone
        ("due", Pace.FULL, {"A": 3}, 10, ()),
        ("due 50%", Pace.LEVEL, {"A": 8}, 5, (("A", 5),)),
        ("due 50%", Pace.FULL, {"A": 8}, 5, ()),
        ("due 50%, random 20%", Pace.LEVEL, {"A": 2, "": 1}, 5, (("A", 2), ("", 1))),
        ("value", Pace.LEVEL, {"A": 3}, 10, ()),
    ],
)
def test_how_many_lines_a_run_has(
    select_text: str, pace: Pace, quotas: dict[str, int] | None, lines: int, by_class: tuple[tuple[str, int], ...]
) -> None:
    terms = Terms(1, parse_policies(select_text), lines=10, pace=pace)
    assert expected_lines(terms, quotas) == (lines, by_class)


def test_four_weeks_are_listed_from_now_on(world: World) -> None:
    edit(world, schedule="weekly mon 07:00")
    world.now = at("2026-11-23 07:00")
    assert [run.at for run in runs(world)] == [
        at("2026-11-30 07:00"), at("2026-12-07 07:00"), at("2026-12-14 07:00"), at("2026-12-21 07:00")
    ]  # fmt: skip
    assert {run.due_at - run.at for run in runs(world)} == {timedelta(hours=4)}


def test_a_run_that_moves_says_from_when_and_why(world: World) -> None:
    edit(world, schedule="weekly tue,fri 11:45")
    calendar(world, holidays="DE", working_days="mon-fri", quiet="tue 11:30-13:00", shutdowns="2026-12-04")
    found = [(run.occurrence, run.at, run.moved_because) for run in runs(world)][:4]
    assert found == [
        (at("2026-11-24 11:45"), at("2026-11-24 13:00"), "moved from 11:45: quiet until 13:00"),
        (at("2026-11-27 11:45"), at("2026-11-27 11:45"), ""),
        (at("2026-12-01 11:45"), at("2026-12-01 13:00"), "moved from 11:45: quiet until 13:00"),
        (at("2026-12-04 11:45"), at("2026-12-07 11:45"), "moved from Fri 4 Dec 11:45: shutdown"),
    ]


def test_a_run_that_the_next_one_covers_is_not_listed(world: World) -> None:
    calendar(world, working_days="mon-fri")
    edit(world, schedule="daily 07:00")
    world.now = at("2026-11-27 08:00")  # a Friday
    assert [run.at for run in runs(world)][:2] == [at("2026-11-30 07:00"), at("2026-12-01 07:00")]


def test_paused_ended_and_orphaned_plans_are_not_listed(world: World) -> None:
    with world.database.write() as session:
        other = world.plan(session, "Second", world.team_id)
    assert {run.plan for run in runs(world)} == {"Daily parts", "Second"}
    with world.database.write() as session:
        plan_changes.pause(session, world.person("kim"), other, world.now)
    assert {run.plan for run in runs(world)} == {"Daily parts"}
    with world.database.write() as session:
        plan_changes.resume(session, world.person("kim"), other, world.now)
        plan_changes.end(session, world.person("kim"), world.plan_id, world.now)
    assert {run.plan for run in runs(world)} == {"Second"}
    with world.database.write() as session:
        session.get_one(Team, world.team_id).is_active = False
    assert runs(world) == ()


@pytest.mark.parametrize(
    ("select_text", "what"),
    [
        ("due 70%, random 30%", "70 % of the lines what is due, 30 % random sample"),
        ("negative 10%, zero, due", "what is due, chosen by stock control"),
        ("value", "chosen by stock control"),
        ("turnover 500, adjusted 7d, inaccurate, low, never", "never counted before, chosen by stock control"),
    ],
)
def test_what_would_give_the_on_hand_away_is_not_named(world: World, select_text: str, what: str) -> None:
    edit(world, selection=select_text)
    assert {run.what for run in runs(world)} == {what}
    with world.database.read() as session:
        openly = plan_schedule.schedule(session, team_ids=None, now=world.now, to_counters=False)
    assert all("chosen by stock control" not in run.what for run in openly.runs)


def test_the_levelled_lines_of_a_day_are_those_of_its_run_and_add_up_over_a_month(world: World) -> None:
    """Of 40 A every five working days, eight come due a day: seven or eight or nine, and eight on average."""
    calendar(world, working_days="mon-fri")
    with world.database.write() as session:
        session.add(ClassFrequency(abc_class="A", counts_per_year=52))
    for number in range(40):
        stocked(world, f"A-{number:02}", f"A-{number:02}", 5, abc_class="A", days=0.5)
    edit(world, pace=Pace.LEVEL, lines=20, schedule="daily 07:30")
    found = runs(world)
    per_day = 40 * 52 / 261
    assert {run.lines for run in found} <= {7, 8}
    assert abs(sum(run.lines for run in found) - per_day * len(found)) < 1
    world.now = found[0].at
    assert len(picks(world, "due", lines=20, leveled=leveled_for(world, "daily 07:30"))) == found[0].lines


def test_a_plan_that_runs_every_minute_is_listed_in_part(small_world: World) -> None:
    edit(small_world, schedule="cron * * * * *", pace=Pace.LEVEL)
    with small_world.database.read() as session:
        found = plan_schedule.schedule(session, team_ids=None, now=small_world.now)
    assert len(found.runs) == plan_schedule.MOST_RUNS
    assert found.cut == (CutPlan("Daily parts", found.runs[-1].at),)


@pytest.mark.parametrize(("most", "cut"), [(168, 0), (167, 1)])
def test_a_plan_is_cut_only_when_it_has_more_runs(
    small_world: World, monkeypatch: pytest.MonkeyPatch, most: int, cut: int
) -> None:
    edit(small_world, schedule="cron 30 * * * *")  # 168 runs a week
    monkeypatch.setattr(plan_schedule, "MOST_RUNS", most)
    with small_world.database.read() as session:
        found = plan_schedule.schedule(session, team_ids=None, now=small_world.now, weeks=1)
    assert (len(found.runs), len(found.cut)) == (most, cut)


def test_plans_of_one_reach_count_its_classes_once(small_world: World) -> None:
    small_world.stock("BOLT-1", "A-01", 1)
    with small_world.database.write() as session:
        for number in range(4):
            plan_id = small_world.plan(session, f"Plan {number}", small_world.team_id)
            session.get_one(CountPlan, plan_id).pace = Pace.LEVEL
        session.get_one(CountPlan, plan_id).bins = "A-"
    edit(small_world, pace=Pace.LEVEL)
    with statements(small_world.database) as queries:
        runs(small_world)
    assert sum("GROUP BY" in query for query, _ in queries) == 2, "one reach is the team's, one the aisle's"
