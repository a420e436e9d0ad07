"""Plans that have other names and facts in Slack than in the file: they stay one plan each, and are kept."""

from collections.abc import Mapping

import pytest
from sqlmodel import col, select

from models.journal import AuditEvent
from models.plans import CountPlan, Declaration, ToleranceLimit
from models.rules.tolerance import Scope
from models.services import calendar_changes, plan_changes, setups
from models.services.plan_facts import Tolerance, read_facts
from models.services.setup_things import Fact, Facts
from tests.services.setup_example import SETUP
from tests.world import World

FILE = SETUP.replace("lines = 12\n", "lines = 12\nbins = []\n")
RENAMED = 'plan "Daily parts": is called "Morning round" since; kept, --force gives it its name back'
WITHOUT = FILE[: FILE.index("[[plan]]")]
AISLE = """
[[plan]]
name = "Aisle B"
team = "Fleet Parts"
schedule = "daily 07:00"
"""


@pytest.fixture
def declared(world: World) -> World:
    """The world as the file says it."""
    apply(world, FILE, force=True)
    assert apply(world, FILE) == []
    return world


def apply(world: World, text: str, *, force: bool = False) -> list[str]:
    with world.step() as session:
        return setups.apply(session, text, file_name="setup.toml", now=world.now, force=force)


def rename(world: World, name: str, *, plan: str) -> None:
    with world.step() as session:
        found = session.exec(select(CountPlan.id).where(CountPlan.name == plan)).one()
        assert found is not None
        seen = plan_changes.facts_of(session, found)
        kim = world.person("kim")
        plan_changes.edit(session, kim, found, name, {}, seen.tolerance, seen=seen.version, now=world.now)


def make(world: World, name: str, tolerance: Tolerance, **facts: Fact) -> None:
    said: Mapping[str, object] = {"team": "Fleet Parts", "schedule": "weekdays 07:00", **facts}
    with world.step() as session:
        plan_changes.create(session, world.person("kim"), name, read_facts(said)[0], tolerance, world.now)


def end(world: World, name: str) -> None:
    with world.step() as session:
        found = session.exec(select(CountPlan).where(CountPlan.name == name)).one()
        assert found.id is not None
        plan_changes.end(session, world.person("kim"), found.id, world.now)


def plans(world: World) -> dict[str, int | None]:
    """The active plans by name."""
    with world.database.read() as session:
        return {plan.name: plan.id for plan in session.exec(select(CountPlan).where(col(CountPlan.is_active)))}


def facts(world: World, name: str) -> Facts:
    found = plans(world)[name]
    assert found is not None
    with world.database.read() as session:
        return plan_changes.facts_of(session, found).facts


def limits(world: World) -> set[tuple[str, str]]:
    """The plan and the measure of each limit of a plan."""
    with world.database.read() as session:
        return {
            (row.scope_key, str(row.measure))
            for row in session.exec(select(ToleranceLimit).where(ToleranceLimit.scope == Scope.PLAN))
        }


def both(plan: str) -> set[tuple[str, str]]:
    return {(plan, "percent"), (plan, "value")}


# -- renamed in Slack


def test_a_plan_renamed_in_slack_is_said_to_be_at_every_apply_and_force_names_it_back(declared: World) -> None:
    world, (number,) = declared, plans(declared).values()
    rename(world, "Morning round", plan="Daily parts")
    for _ in range(2):
        assert apply(world, FILE) == [RENAMED]
        assert plans(world) == {"Morning round": number}
        assert limits(world) == both("Morning round")
    assert apply(world, FILE, force=True) == ['plan "Morning round": name "Morning round" -> "Daily parts"']
    assert plans(world) == {"Daily parts": number}
    assert limits(world) == both("Daily parts")
    assert apply(world, FILE) == apply(world, FILE, force=True) == []
    with world.database.read() as session:
        last = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
        assert last is not None
        assert (last.actor, last.action, last.subject) == ("setup file", "change plan", 'plan "Daily parts"')
        assert last.detail == '{"name": {"from": "Morning round", "to": "Daily parts"}}'


def test_a_file_that_takes_the_new_name_over_has_the_same_plan(declared: World) -> None:
    world, before = declared, plans(declared)["Daily parts"]
    rename(world, "Noon round", plan="Daily parts")
    rename(world, "Morning round", plan="Noon round")
    assert apply(world, FILE) == [RENAMED]
    renamed = FILE.replace("Daily parts", "Morning round")
    assert apply(world, renamed) == []
    assert apply(world, renamed.replace("lines = 12", "lines = 13")) == ['plan "Morning round": lines 12 -> 13']
    assert plans(world) == {"Morning round": before}
    assert apply(world, renamed + AISLE.replace("Aisle B", "Daily parts"))[-1] == 'plan "Daily parts" added'


def test_a_plan_renamed_to_and_fro_is_as_it_was(declared: World) -> None:
    rename(declared, "Morning round", plan="Daily parts")
    rename(declared, "Daily parts", plan="Morning round")
    assert apply(declared, FILE) == []
    assert apply(declared, WITHOUT)[0] == 'plan "Daily parts": is not in the file any more; deactivated'


def test_what_the_file_changes_of_a_renamed_plan_takes_effect(declared: World) -> None:
    rename(declared, "Morning round", plan="Daily parts")
    assert apply(declared, FILE.replace("lines = 12", "lines = 13").replace("percent = 2", "percent = 3")) == [
        RENAMED,
        'plan "Morning round": lines 12 -> 13',
        'tolerance of plan "Morning round": percent: plus "2" -> "3", minus "2" -> "3"',
    ]


def test_a_renamed_plan_that_the_file_drops_is_kept_with_its_limits(declared: World) -> None:
    rename(declared, "Morning round", plan="Daily parts")
    for _ in range(2):
        assert apply(declared, WITHOUT) == [
            'plan "Morning round": is not in the file any more, but was edited since; kept, --force takes it away'
        ]
    assert limits(declared) == both("Morning round")
    assert apply(declared, FILE) == [RENAMED]
    assert apply(declared, WITHOUT, force=True)[0] == 'plan "Morning round": is not in the file any more; deactivated'
    assert plans(declared) == {}


def test_a_renamed_plan_that_was_ended_stays_so_unless_forced(declared: World) -> None:
    number = plans(declared)["Daily parts"]
    rename(declared, "Morning round", plan="Daily parts")
    end(declared, "Morning round")
    removed = 'plan "Morning round": was removed since the last apply; still removed, --force brings it back'
    assert apply(declared, FILE) == [RENAMED, removed]
    apply(declared, FILE, force=True)
    assert plans(declared) == {"Daily parts": number}


def test_a_name_that_another_plan_has_since_is_not_given_back(declared: World) -> None:
    rename(declared, "Morning round", plan="Daily parts")
    make(declared, "Daily parts", {}, lines=5)
    before = plans(declared)
    kept = 'plan "Daily parts": is called "Morning round" since; kept, another plan has its name'
    assert apply(declared, FILE) == apply(declared, FILE, force=True) == [kept]
    assert plans(declared) == before
    assert facts(declared, "Daily parts")["lines"] == 5


def test_two_plans_that_changed_their_names_are_not_taken_for_each_other(declared: World) -> None:
    world, text = declared, FILE + AISLE
    apply(world, text)
    before = plans(world)
    rename(world, "Third", plan="Aisle B")
    rename(world, "Aisle B", plan="Daily parts")
    assert len(apply(world, text)) == 2
    assert plans(world) == {"Third": before["Aisle B"], "Aisle B": before["Daily parts"]}
    for _ in range(2):
        apply(world, text, force=True)
    assert plans(world) == before
    assert apply(world, text) == []


# -- made in Slack


def test_a_plan_made_in_slack_that_the_file_says_otherwise_is_kept_and_said(declared: World) -> None:
    make(declared, "Aisle B", {"percent": {"plus": "3", "minus": "3"}}, lines=20, pace="full")
    text = FILE + AISLE + "tolerance = { percent = 5, value = 9 }\n"
    limit = 'tolerance of plan "Aisle B":'
    kept = [
        'plan "Aisle B": was made in Slack; kept schedule "weekdays 07:00", --force sets all',
        f'{limit} percent: was made in Slack; kept plus "3", minus "3", --force sets all',
        f"{limit} value: is not in the plan that was made in Slack; kept so, --force adds it",
    ]
    before = facts(declared, "Aisle B")
    for _ in range(2):
        assert apply(declared, text) == kept
        assert facts(declared, "Aisle B") == before
    assert apply(declared, text.replace('07:00"\ntol', '08:00"\ntol')) == kept
    for _ in range(2):
        assert apply(declared, FILE) == [
            'plan "Aisle B": is not in the file any more, but was made in Slack; kept, --force takes it away'
        ]
    assert facts(declared, "Aisle B") == before
    assert ("Aisle B", "percent") in limits(declared)
    assert apply(declared, text, force=True) == [
        'plan "Aisle B": schedule "weekdays 07:00" -> "daily 07:00"',
        f'{limit} percent: plus "3" -> "5", minus "3" -> "5"',
        f"{limit} value added",
    ]
    assert apply(declared, text) == []
    assert (facts(declared, "Aisle B")["lines"], facts(declared, "Aisle B")["pace"]) == (20, "full"), "nobody said it"


def test_a_plan_made_in_slack_that_was_ended_there_is_not_brought_back(declared: World) -> None:
    make(declared, "Aisle B", {"percent": {"plus": "3", "minus": "3"}})
    text = FILE + AISLE + "tolerance = { percent = 5 }\n"
    apply(declared, text)
    end(declared, "Aisle B")
    removed = 'plan "Aisle B": was removed since the last apply; still removed, --force brings it back'
    assert apply(declared, text)[0] == removed
    assert "Aisle B" not in plans(declared)


def test_a_plan_made_in_slack_that_the_file_says_alike_is_the_files(declared: World) -> None:
    make(declared, "Aisle B", {}, schedule="daily 07:00", lines=20)
    assert apply(declared, FILE + AISLE) == []
    assert facts(declared, "Aisle B")["lines"] == 20
    assert apply(declared, FILE + AISLE.replace("07:00", "08:00"))[0] == (
        'plan "Aisle B": schedule "daily 07:00" -> "daily 08:00"'
    )
    assert apply(declared, FILE) == ['plan "Aisle B": is not in the file any more; deactivated']


def test_a_calendar_set_in_slack_is_kept_where_the_file_says_it_otherwise(declared: World) -> None:
    with declared.step() as session:
        calendar_changes.change(session, declared.person("kim"), None, {"quiet": "12:00-13:00"}, declared.now)
    text = FILE + '[calendar]\nholidays = "DE"\nquiet = "11:00-12:00"\n'
    kept = 'calendar: was made in Slack; kept quiet "12:00-13:00", --force sets all'
    assert apply(declared, text) == [kept, 'calendar: holidays "none" -> "DE"']
    assert apply(declared, text) == [kept]
    assert apply(declared, FILE) == [
        "calendar: is not in the file any more, but was made in Slack; kept, --force takes it away"
    ]
    assert apply(declared, text, force=True) == ['calendar: quiet "12:00-13:00" -> "11:00-12:00"']


def test_a_declaration_that_a_plan_once_left_behind_is_in_nobodys_way(declared: World) -> None:
    with declared.step() as session:
        session.add(Declaration(kind="plan", key='["Morning round"]', declared="{}"))
    rename(declared, "Morning round", plan="Daily parts")
    assert apply(declared, FILE) == [RENAMED]


def test_what_the_file_said_is_remembered_once_a_plan(declared: World) -> None:
    rename(declared, "Morning round", plan="Daily parts")
    apply(declared, FILE)
    with declared.database.read() as session:
        rows = session.exec(select(Declaration).where(col(Declaration.kind).in_(["plan", "tolerance"]))).all()
        assert sorted(row.key for row in rows) == [
            '["Morning round"]', '["plan", "Morning round", "percent"]', '["plan", "Morning round", "value"]',
        ]  # fmt: skip
