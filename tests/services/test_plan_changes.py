"""Plans made and changed in Slack: who may, what is refused, and what is written down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from models.errors import NotAllowed, NotFound, WrongState
from models.people import Role, Team
from models.plans import CountPlan
from models.rules.tolerance import Measure
from models.services import plan_changes
from models.services.plan_changes import BadPlan, PlanFacts
from models.services.plan_facts import read_facts
from tests.services.plan_changing import LIMITS, NEW, audited, create, edit, limits, plan, problems, seen
from tests.world import World

# -- making, editing, ending


def test_a_plan_is_made(world: World) -> None:
    made = plan(world, create(world, " Lunch ", NEW, LIMITS))
    assert (made.name, made.lines, made.selection, made.pace) == ("Lunch", 5, "due", "level")
    assert made.next_due == made.next_occurrence == world.clock("12:00")
    assert limits(world) == {
        ("Lunch", "percent", "plus"): 2, ("Lunch", "percent", "minus"): 2, ("Lunch", "value", "plus"): None,
    }  # fmt: skip
    facts = read_facts(NEW)[0]
    assert seen(world, made.id) == PlanFacts("Lunch", facts, LIMITS)
    assert audited(world) == [
        ("U01KIM", "add plan", 'plan "Lunch"', facts),
        ("U01KIM", "add tolerance", 'tolerance of plan "Lunch": percent', LIMITS["percent"]),
        ("U01KIM", "add tolerance", 'tolerance of plan "Lunch": value', LIMITS["value"]),
    ]


def test_an_edit_writes_down_what_was_and_what_is(world: World) -> None:
    world.tolerate(Measure.PERCENT, 1)
    world.tolerate(Measure.QUANTITY, 3)
    edit(world, {"lines": 20, "bins": "A-"}, tolerance={"percent": {"plus": "2", "minus": "1"}})
    assert (plan(world).lines, plan(world).bins) == (20, "A-")
    assert audited(world) == [
        ("U01KIM", "change plan", 'plan "Daily parts"',
         {"bins": {"from": "", "to": "A-"}, "lines": {"from": 12, "to": 20}}),
        ("U01KIM", "remove tolerance", 'tolerance of plan "Daily parts": quantity', {}),
        ("U01KIM", "change tolerance", 'tolerance of plan "Daily parts": percent', {"plus": {"from": "1", "to": "2"}}),
    ]  # fmt: skip


def test_an_edit_of_nothing_writes_nothing(world: World) -> None:
    edit(world, {"due_in": "240m", "schedule": " daily  07:00", "bins": "", "categories": []})  # type: ignore[dict-item]  # as a form gives it
    assert audited(world) == []


def test_facts_that_are_left_out_stay(world: World) -> None:
    edit(world, {"lines": 20, "paused": True, "blind": False})
    before, kim = seen(world), world.person("kim")
    with world.step() as session:
        plan_changes.edit(
            session, kim, world.plan_id, before.name, {"lines": 7}, {}, seen=before.version, now=world.now
        )
    assert (plan(world).lines, plan(world).is_paused, plan(world).blind) == (7, True, False)


def test_only_an_edit_that_changes_the_times_schedules_again(world: World) -> None:
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).next_due = world.now  # due this very moment
    due = world.now
    edit(world, {"lines": 20})
    assert plan(world).next_due == due
    edit(world, {"schedule": "daily 09:00"})
    assert plan(world).next_due == plan(world).next_occurrence == world.clock("09:00")


def test_a_plan_is_renamed_with_its_limits(world: World) -> None:
    world.tolerate(Measure.PERCENT, 2)
    ended = create(world, "Old", NEW, LIMITS)
    world.stock("BOLT-10", "A-01", 100)
    session_id = world.start().id
    with world.step() as session:
        plan_changes.end(session, world.person("kim"), ended, world.now)
    world.tolerate(Measure.QUANTITY, 7, key="Parts, daily")  # left over, or ahead of its plan
    edit(world, {"lines": 13}, name="Parts, daily")
    assert (plan(world).name, plan(world).lines) == ("Parts, daily", 13)
    assert {key[:2] for key in limits(world)} == {
        ("Parts, daily", "percent"), ("Old", "percent"), ("Old", "value"),
    }  # fmt: skip
    assert audited(world)[-2:] == [
        ("U01KIM", "remove tolerance", 'tolerance of plan "Parts, daily": quantity', {}),
        ("U01KIM", "change plan", 'plan "Parts, daily"',
         {"name": {"from": "Daily parts", "to": "Parts, daily"}, "lines": {"from": 12, "to": 13}}),
    ]  # fmt: skip
    assert session_id is not None
    with pytest.raises(BadPlan) as refused:
        edit(world, {}, name="Old")
    assert refused.value.problems == {"name": "“Old” was the name of a plan that has ended; choose another name."}
    edit(world, {}, name="parts, DAILY")  # its own name in other capitals


def test_a_plan_is_paused_and_resumed(world: World) -> None:
    kim = world.person("kim")
    for _ in range(2):  # a second click does nothing
        with world.step() as session:
            plan_changes.pause(session, kim, world.plan_id, world.now)
    assert (plan(world).is_paused, plan(world).next_due, plan(world).next_occurrence) == (True, None, None)
    for _ in range(2):
        with world.step() as session:
            plan_changes.resume(session, kim, world.plan_id, world.now)
    assert not plan(world).is_paused
    assert plan(world).next_due == world.clock("07:00") + timedelta(days=1)
    assert [event[1:] for event in audited(world)] == [
        ("change plan", 'plan "Daily parts"', {"paused": {"from": False, "to": True}}),
        ("run dropped", "plan Daily parts", {"was_due": "2026-11-23 07:00:00+00:00"}),
        ("change plan", 'plan "Daily parts"', {"paused": {"from": True, "to": False}}),
    ]


def test_a_plan_that_has_ended_is_not_changed_and_its_name_wakes_it_up(world: World) -> None:
    world.tolerate(Measure.PERCENT, 2)
    kim, before = world.person("kim"), seen(world)
    with world.step() as session:
        plan_changes.end(session, kim, world.plan_id, world.now)
    assert (plan(world).is_active, plan(world).next_due) == (False, None)
    assert limits(world)["Daily parts", "percent", "plus"] == 2  # its open sessions are judged by it
    assert audited(world) == [("U01KIM", "remove plan", 'plan "Daily parts"', {})]
    verbs: list[Callable[[Session], object]] = [
        lambda session: plan_changes.pause(session, kim, world.plan_id, world.now),
        lambda session: plan_changes.resume(session, kim, world.plan_id, world.now),
        lambda session: plan_changes.end(session, kim, world.plan_id, world.now),
        lambda session: plan_changes.edit(
            session, kim, world.plan_id, "Daily parts", before.facts, {}, seen=before.version, now=world.now
        ),
    ]
    for verb in verbs:
        with pytest.raises(WrongState) as refused, world.step() as session:
            verb(session)
        assert str(refused.value) == "“Daily parts” has ended: Kim ended it at 07:00. Nothing was changed."
    assert create(world, "Daily parts") == world.plan_id
    assert (plan(world).is_active, plan(world).lines) == (True, 5)
    assert limits(world) == {}


def test_a_plan_that_never_was(world: World) -> None:
    with pytest.raises(NotFound), world.step() as session:
        plan_changes.pause(session, world.person("kim"), 999, world.now)
    with pytest.raises(NotFound), world.step() as session:
        plan_changes.facts_of(session, 999)


# -- what is refused


def test_everything_wrong_is_said_at_once_and_nothing_is_written(world: World) -> None:
    world.stock("BOLT-10", "A-01-01", category="Fasteners")
    found = problems(
        world,
        {
            "team": "Fleet Part", "schedule": "dayly 07:00", "select": "due 80%, random 30%", "bins": "Q-", "lines": 0,
            "categories": '["Nuts"]', "due_in": "4", "recounts": 9, "at_due": "never", "pace": "quick", "blind": "yes",
        },
        name="daily parts",
        tolerance={"percent": {"plus": "two", "minus": "-1"}, "value": {"plus": "1.23456"}, "quantity": {"plus": " "}},
    )  # fmt: skip
    assert found == {
        "name": "There is a plan “Daily parts” already; choose another name.",
        "team": "There is no team “Fleet Part”; did you mean “Fleet Parts”?",
        "schedule": "“dayly 07:00” is not a schedule; did you mean “daily 07:00”?",
        "select": "The shares add up to 110 %; they may not pass 100 %.",
        "categories": "No item is in a category “Nuts”; write it as in the stock file.",
        "lines": "Write a whole number from 1 to 200.",
        "pace": "Write “level” or “full”.",
        "blind": "Write true or false.",
        "due_in": "“4” is not a length of time. Say which unit it is. Write it like 4h, 90m, 2d or 1h30m.",
        "recounts": "Write a whole number from 0 to 5.",
        "at_due": "Write “expire” or “keep”.",
        "tolerance.percent": "The limit must be a number from 0 to 1,000,000,000,000. Or write “off”.",
        "tolerance.value": "The limit 1.23456 has more than 4 decimals. Or write “off”.",
    }
    with world.database.read() as session:
        assert len(session.exec(select(CountPlan)).all()) == 1


def test_what_is_missing(world: World) -> None:
    assert problems(world, {"team": None, "schedule": None}, name=" ") == {
        "name": "Give the plan a name.",
        "team": "Say which team counts.",
        "schedule": "Say when it runs, like “daily 07:00”.",
    }
    assert problems(world, {}, name="x" * 81) == {"name": "A name has at most 80 characters, on one line."}
    assert problems(world, {}, name="two\nlines") == {"name": "A name has at most 80 characters, on one line."}


def test_a_team_that_nobody_counts_for(world: World) -> None:
    world.add_team("Yard", "Y-")
    assert problems(world, {"team": "Yard"}) == {"team": "Yard has no counters, so nobody would count. Add one first."}


def test_a_team_that_is_no_more(world: World) -> None:
    world.add_team("Yard", "Y-", counters=("ana",))
    with world.database.write() as session:
        session.exec(select(Team).where(Team.name == "Yard")).one().is_active = False
    assert problems(world, {"team": "Yard"}) == {"team": "There is no team “Yard”. Teams: Fleet Parts."}


def test_bins_are_those_of_the_team(world: World) -> None:
    world.add_team("Yard", "Y-", counters=("ana",))
    outside = {"bins": "“A-” lies outside of the bins of Yard, which begin with Y-."}
    assert problems(world, {"team": "Yard", "bins": "A-,Y-"}) == outside
    world.stock("BOLT-10", "A-01-01")
    assert problems(world, {"bins": "A-02"}) == {
        "bins": "No bin of Fleet Parts begins with “A-02”; did you mean “A-01”?"
    }
    assert problems(world, {"team": "Yard", "bins": "Y-02"}) == {
        "bins": "No bin of Yard begins with “Y-02”; it has none yet."
    }
    world.stock("BOLT-10", "Y1-01")
    wide = NEW | {"team": "Yard", "bins": "Y"}
    assert problems(world, wide) == {"bins": "No bin of Yard begins with “Y”; it has none yet."}
    create(world, "Wide", NEW | {"bins": "A"})  # wider than the team's: those of the team in it


def test_a_schedule_that_is_over_or_finds_no_time(world: World) -> None:
    over = "“once 2026-11-01 07:00” is over, so it would not run; give it a later time."
    assert problems(world, {"schedule": "once 2026-11-01 07:00"}) == {"schedule": over}
    once = create(world, "Once", NEW | {"schedule": "once 2026-11-23 12:00"})
    world.now += timedelta(days=1)
    edit(world, {"lines": 3}, plan_id=once)  # it may go on saying what it said
    with pytest.raises(BadPlan):
        edit(world, {"schedule": "once 2026-11-23 13:00"}, plan_id=once)


@pytest.mark.parametrize("who", ["ana", "ben", "leo"])
def test_only_stock_control_changes_plans(world: World, who: str) -> None:
    world.add_team("Yard", "Y-", counters=("leo",))
    person, before, now = world.person(who), seen(world), world.now
    verbs: list[Callable[[Session], object]] = [
        lambda session: plan_changes.create(session, person, "Lunch", NEW, {}, now),
        lambda session: plan_changes.edit(
            session, person, world.plan_id, "Daily parts", before.facts, {}, seen=before.version, now=now
        ),
        lambda session: plan_changes.pause(session, person, world.plan_id, now),
        lambda session: plan_changes.resume(session, person, world.plan_id, now),
        lambda session: plan_changes.end(session, person, world.plan_id, now),
    ]
    for verb in verbs:
        with pytest.raises(NotAllowed) as refused, world.step() as session:
            verb(session)
        assert str(refused.value) == "Only stock control makes and changes plans. Ask Kim."
    assert audited(world) == []


def test_a_controller_who_is_none_any_more(world: World) -> None:
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "kim")
        world.member(session, "kim").is_controller = False
    with pytest.raises(NotAllowed, match="Nobody is, yet"), world.step() as session:
        plan_changes.pause(session, world.person("kim"), world.plan_id, world.now)
