"""The preview says what the run then does, and the schedule what the preview said."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.classes import ClassFrequency
from models.counts import CountLine
from models.people import Company
from models.plans import CountPlan, Pace
from models.rules.schedules import parse_schedule
from models.services import plan_preview, plan_schedule, plan_times
from models.services.plan_preview import Nothing, Preview
from models.services.plan_terms import terms_of
from scheduler.jobs import tick
from tests.world import World


@pytest.fixture
def stocked(world: World) -> World:
    """Sixty stocks of three classes, on five working days a week, and a levelled plan of ten lines."""
    for number in range(60):
        letter = "A" if number < 12 else "B" if number < 30 else "C"
        world.stock(f"SKU-{number:02}", f"A-{number:02}", 5, unit_cost=number, abc_class=letter)
    with world.database.write() as session:
        session.get_one(Company, 1).working_days = "mon-fri"
        session.add_all(
            ClassFrequency(abc_class=letter, counts_per_year=count)
            for letter, count in (("A", 52), ("B", 26), ("C", 12))
        )
    edit(world, pace=Pace.LEVEL, lines=10)
    return world


def edit(world: World, **values: object) -> None:
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).sqlmodel_update(values | {"next_due": None})
        session.flush()
        plan_times.schedule_again(session, None, world.now)


def preview(session: Session, world: World) -> Preview:
    plan = session.get_one(CountPlan, world.plan_id)
    return plan_preview.preview(session, terms_of(plan), parse_schedule(plan.schedule, "UTC"), world.now)


@pytest.mark.parametrize("selection", ["due", "due 50%, random 30%, value 20%", "never", "abc A, location A-1"])
@pytest.mark.parametrize("schedule", ["daily 07:30", "weekly sun 07:30", "once 2026-11-24 07:30"])
def test_the_run_has_the_lines_that_the_preview_foresaw(stocked: World, selection: str, schedule: str) -> None:
    edit(stocked, selection=selection, schedule=schedule)
    with stocked.database.read() as session:
        foreseen = preview(session, stocked)
    assert foreseen.first_run is not None
    stocked.now = foreseen.first_run.at
    (session_id,) = tick(stocked.database, stocked.now).started
    with stocked.database.read() as session:
        lines = session.exec(
            select(CountLine.policy, Item.abc_class, Location.code)
            .join(Item, col(Item.id) == col(CountLine.item_id))
            .join(Location, col(Location.id) == col(CountLine.location_id))
            .where(CountLine.session_id == session_id)
            .order_by(col(CountLine.position))
        ).all()
    assert foreseen.lines == len(lines) > 0
    if "random" not in selection:  # the sample of a run that is not there yet is another one
        assert foreseen.first_bins == tuple(code for *_, code in lines)[:5]
        assert dict(foreseen.by_class) == {letter: [one[1] for one in lines].count(letter) for _, letter, _ in lines}
    assert dict(foreseen.by_policy) == {policy: [one[0] for one in lines].count(policy) for policy, *_ in lines}


def test_a_plan_that_cannot_keep_the_frequencies_says_so_for_each_class_that_falls_short(stocked: World) -> None:
    """In 261 days A needs 2.39 lines a day, B 1.79, C 1.38: 5.57. Of 3, 0.61 are left for B: 6 of 18 items."""
    edit(stocked, lines=3)
    with stocked.database.read() as session:
        assert preview(session, stocked).warnings == (
            "12 B items cannot be counted 26 times a year with 3 lines a day; it takes 6 lines a day.",
            "30 C items cannot be counted 12 times a year with 3 lines a day; it takes 6 lines a day.",
        )
    edit(stocked, lines=6)
    with stocked.database.read() as session:
        assert preview(session, stocked).warnings == ()
    edit(stocked, selection="due 50%, never")
    with stocked.database.read() as session:
        assert preview(session, stocked).warnings[0] == (
            "12 B items cannot be counted 26 times a year with 3 lines a day for what is due; it takes 6 lines a day."
        )


def test_a_plan_without_stock_in_reach_says_that(stocked: World) -> None:
    edit(stocked, bins="A-9")
    with stocked.database.read() as session:
        found = preview(session, stocked)
    assert (found.in_reach, found.lines, found.first_bins) == (0, 0, ())
    assert found.warnings == ("No stock is in these bins and categories, so there is nothing to count.",)


def test_the_schedule_foresees_the_lines_of_the_runs_by_class(stocked: World) -> None:
    """Nothing is late and nobody is away, so each day brings just its quotas once everything was counted."""
    with stocked.database.read() as session:
        planned = plan_schedule.schedule(session, team_ids=None, now=stocked.now, weeks=1).runs
    assert [run.at.weekday() for run in planned] == [1, 2, 3, 4, 0]
    for run in planned[:2]:
        stocked.now = run.at
        (session_id,) = tick(stocked.database, run.at).started
        with stocked.database.read() as session:
            classes = session.exec(
                select(Item.abc_class)
                .join(CountLine, col(CountLine.item_id) == col(Item.id))
                .where(CountLine.session_id == session_id)
            ).all()
        assert {letter: classes.count(letter) for letter in set(classes)} == dict(run.by_class)
        assert run.lines == len(classes)


def test_the_schedule_leaves_out_paused_plans_and_names_no_hidden_policy(stocked: World) -> None:
    edit(stocked, selection="negative, due")
    with stocked.database.read() as session:
        runs = plan_schedule.schedule(session, team_ids=None, now=stocked.now).runs
    assert {run.what for run in runs} == {"what is due, chosen by stock control"}
    assert max(run.at for run in runs) <= stocked.now + timedelta(weeks=4)
    edit(stocked, is_paused=True)
    with stocked.database.read() as session:
        assert plan_schedule.schedule(session, team_ids=None, now=stocked.now).runs == ()


@pytest.mark.parametrize(
    ("selection", "nothing"),
    [("due", Nothing.NOT_DUE), ("zero", Nothing.NO_SUCH), ("due, negative", Nothing.NO_SUCH), ("never", Nothing.HELD)],
)
def test_a_run_without_lines_says_why(stocked: World, selection: str, nothing: Nothing) -> None:
    edit(stocked, selection="never", lines=200)
    lines = stocked.open_lines(stocked.start().id or 0)
    if nothing is not Nothing.HELD:
        for line_id in lines:
            stocked.count(line_id, "ana", 5)
    edit(stocked, selection=selection, schedule="weekdays 07:30")
    with stocked.database.read() as session:
        found = preview(session, stocked)
    assert (found.lines, found.nothing, found.first_lines) == (0, nothing, None)
    assert (found.in_reach, found.held) == (60, 60 if nothing is Nothing.HELD else 0)


def test_so_little_stock_that_a_run_owes_it_no_line_says_which_run_does(stocked: World) -> None:
    """Two C items counted 12 times a year owe 24 lines in 261 days: one about every eleventh working day."""
    edit(stocked, bins="A-30,A-31")
    with stocked.database.read() as session:
        found = preview(session, stocked)
    assert (found.in_reach, found.lines, found.nothing) == (2, 0, Nothing.NO_QUOTA)
    assert found.first_lines is not None
    stocked.now = found.first_lines.at
    for before in range(1, 6):  # and none that comes sooner
        stocked.now = found.first_lines.at - timedelta(days=before, minutes=1)
        with stocked.database.read() as session:
            then = preview(session, stocked)
        assert then.lines == (1 if then.first_run == found.first_lines else 0)
    edit(stocked, grace_seconds=60)
    stocked.now = found.first_lines.at
    (session_id,) = tick(stocked.database, stocked.now).started
    assert len(stocked.open_lines(session_id)) == 1


def test_what_is_on_open_sheets_is_left_out_and_said(stocked: World) -> None:
    edit(stocked, selection="never", pace=Pace.FULL)
    stocked.start()
    with stocked.database.read() as session:
        found = preview(session, stocked)
    assert (found.in_reach, found.held, found.lines) == (60, 10, 10)
    assert found.first_bins == ("A-10", "A-11", "A-12", "A-13", "A-14")


def test_of_a_random_sample_nothing_is_said_but_its_size(stocked: World) -> None:
    edit(stocked, selection="random 50%, abc A")
    with stocked.database.read() as session:
        found = preview(session, stocked)
    assert (found.lines, found.drawn, found.by_class) == (10, 5, (("A", 5),))
    assert found.by_policy == (("abc", 5), ("random", 5))
    edit(stocked, selection="random")
    with stocked.database.read() as session:
        found = preview(session, stocked)
    assert (found.lines, found.drawn, found.by_class, found.first_bins) == (10, 10, (), ())


def test_a_preview_writes_nothing(stocked: World) -> None:
    with stocked.database.read() as session:
        preview(session, stocked)
        assert not session.new
        assert not session.dirty
        assert session.exec(select(CountLine)).all() == []


def test_the_first_run_is_moved_as_it_will_be(stocked: World) -> None:
    stocked.now += timedelta(days=1)
    edit(stocked, schedule="weekly sun 07:30")
    with stocked.database.read() as session:
        run = preview(session, stocked).first_run
    assert run is not None
    assert (run.occurrence, run.at) == (
        datetime(2026, 11, 29, 7, 30, tzinfo=UTC),
        datetime(2026, 11, 30, 7, 30, tzinfo=UTC),
    )
    assert run.moved_because == "moved from Sun 29 Nov 07:30: not a working day"


def test_what_a_plan_can_do_is_that_of_all_its_runs_not_of_the_first(stocked: World) -> None:
    """Of two runs a week, one on a Monday covers a day and one on a Friday four: 2.5 days a run, 13.9 lines."""
    edit(stocked, lines=12, schedule="weekly mon,fri 07:30")
    said = []
    for days in range(0, 7, 3):
        with stocked.database.read() as session:
            found = plan_preview.preview(
                session,
                terms_of(session.get_one(CountPlan, stocked.plan_id)),
                parse_schedule("weekly mon,fri 07:30", "UTC"),
                stocked.now + timedelta(days=days),
            )
        said.append(found.warnings)
    assert said == [("17 C items cannot be counted 12 times a year with 12 lines a run; it takes 14 lines a run.",)] * 3


def test_a_year_that_is_shut_down_is_no_measure_of_the_next(stocked: World) -> None:
    edit(stocked, lines=6)
    with stocked.database.write() as session:
        session.get_one(Company, 1).shutdowns = "2026-11-01..2027-11-22"
    with stocked.database.read() as session:
        found = preview(session, stocked)
    assert found.first_run is not None
    assert found.first_run.at == datetime(2027, 11, 23, 7, 0, tzinfo=UTC)
    assert found.warnings == ()  # of a single working day in the year there would be hundreds of lines a day
    assert 3 <= found.lines <= 6
