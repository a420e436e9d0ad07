"""The form of a cycle count that is there already: it shows the plan as it is, and changes it."""

import pytest
from sqlmodel import select

from models.people import Team
from models.plans import CountPlan, ToleranceLimit
from models.rules.tolerance import Measure, Side
from tests.bot.planning import (
    audit,
    command,
    ended,
    enter,
    entered,
    fields,
    form,
    plan,
    preview,
    submit,
)
from tests.bot.workplace import PARTS, Workplace

pytestmark = pytest.mark.usefixtures("aisles")


PERIOD = ["first_day", "last_day"]
RARE = ["pace", "due_in", "quantity", "percent", "value", "recounts", "replies", "blind", "at_due"]


@pytest.fixture
def editing(place: Workplace) -> Workplace:
    """With the form of Daily parts open for Kim."""
    place.world.tolerate(Measure.PERCENT, 2)
    place.world.tolerate(Measure.QUANTITY, 5)
    with place.database.write() as session:
        daily = session.exec(select(CountPlan)).one()
        daily.selection, daily.bins, daily.schedule = "due 70%, abc A", "A-", "weekly Monday,thu 7:00"
        daily.grace_seconds = 3600
    assert command(place, "kim", "edit daily parts") == ""
    return place


def test_the_form_shows_a_plan_as_it_is(editing: Workplace) -> None:
    assert form(editing)["title"]["text"] == "Edit cycle count"
    shown = {name: entered(editing, name) for name in fields(editing)}
    assert shown == {
        "name": "Daily parts",
        "team": str(editing.world.team_id),
        "repeats": "weekly",
        "weekdays": ["mon", "thu"],
        "time": "07:00",
        "choice": ["due", "abc"],
        "policy.due": "70%",
        "policy.abc": "A",
        "lines": "12",
        "bins": "A-",
        "categories": [],
        "more": [],
    }
    enter(editing, more=["yes"])
    assert {name: entered(editing, name) for name in [*PERIOD, *RARE]} == {
        "first_day": None,
        "last_day": None,
        "pace": "full",
        "due_in": "4h",
        "quantity": "5",
        "percent": "2",
        "value": None,
        "recounts": "1",
        "replies": ["yes"],
        "blind": "yes",
        "at_due": "expire",
    }


def test_saving_it_as_it_is_changes_nothing(editing: Workplace) -> None:
    before = plan(editing, "Daily parts").model_dump()
    assert submit(editing).closed
    assert plan(editing, "Daily parts").model_dump() == before
    assert audit(editing) == []


def test_a_change_is_saved_and_written_down(editing: Workplace) -> None:
    assert submit(editing, name="Aisle A", lines="10", policy_abc="A 10%", more=["yes"], percent="3").closed
    assert editing.told("kim", PARTS).startswith("“Aisle A” is saved: next run ")
    changed = plan(editing, "Aisle A")
    assert (changed.lines, changed.selection, changed.grace_seconds) == (10, "due 70%, abc A 10%", 3600)
    assert changed.schedule == "weekly Monday,thu 7:00"
    with editing.database.read() as session:
        limits = session.exec(select(ToleranceLimit)).all()
    assert {(one.measure, one.amount) for one in limits} == {(Measure.PERCENT, 3), (Measure.QUANTITY, 5)}
    assert {action for _, action, _ in audit(editing)} == {"change plan", "change tolerance"}


def test_a_first_and_a_last_day_can_be_changed_and_taken_away(editing: Workplace) -> None:
    assert submit(editing, more=["yes"], first_day="2026-12-01").closed
    assert plan(editing, "Daily parts").schedule == "weekly mon,thu 07:00 from 2026-12-01"
    command(editing, "kim", "edit daily parts")
    enter(editing, more=["yes"])
    assert (entered(editing, "first_day"), entered(editing, "last_day")) == ("2026-12-01", None)
    enter(editing, repeats="once")  # which has no such days
    assert not {*PERIOD} & {*fields(editing)}
    enter(editing, repeats="weekly")
    assert submit(editing, first_day=None, last_day="2026-12-03").closed
    assert plan(editing, "Daily parts").schedule == "weekly mon,thu 07:00 until 2026-12-03"


def test_limits_that_differ_by_side_are_left_alone(place: Workplace) -> None:
    place.world.tolerate(Measure.PERCENT, 2, sides=(Side.PLUS,))
    place.world.tolerate(Measure.VALUE, None)
    command(place, "kim", "edit Daily parts")
    enter(place, more=["yes"])
    assert not {"percent", "value"} & set(fields(place))
    assert "Tolerance, percent: plus 2, minus none. It stays so" in place.kim.reads(form(place))
    assert submit(place, lines="5").closed
    with place.database.read() as session:
        limits = session.exec(select(ToleranceLimit)).all()
    assert {(one.measure, one.side, one.amount) for one in limits} == {
        (Measure.PERCENT, Side.PLUS, 2),
        (Measure.VALUE, Side.PLUS, None),
        (Measure.VALUE, Side.MINUS, None),
    }


def test_a_plan_that_is_over_can_still_be_changed(place: Workplace) -> None:
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().schedule = "once 2026-11-01 07:00:05"
    command(place, "kim", "edit Daily parts")
    assert "it has no run to come" in preview(place)
    assert submit(place, lines="5").closed
    assert plan(place, "Daily parts").schedule == "once 2026-11-01 07:00:05"
    assert place.told("kim", PARTS) == "“Daily parts” is saved; it has no run to come."


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(editing: Workplace) -> None:
    with editing.database.write() as session:
        editing.world.member(session, "eva").is_controller = True
    assert command(editing, "eva", "edit Daily parts") == ""
    assert submit(editing, "eva", lines="7").closed
    refused = submit(editing, lines="5")
    assert refused.errors is not None
    assert refused.errors["name"].startswith("“Daily parts” is not as you saw it any more: Eva ")
    assert plan(editing, "Daily parts").lines == 7
    assert entered(editing, "lines") == "5"


def test_a_plan_that_ended_meanwhile_stays_so(editing: Workplace) -> None:
    ended(editing)
    refused = submit(editing, lines="5")
    assert refused.errors is not None
    assert refused.errors["name"].startswith("“Daily parts” has ended")
    assert not plan(editing, "Daily parts").is_active


def test_a_paused_plan_stays_paused(editing: Workplace) -> None:
    editing.kim.close_view()
    command(editing, "kim", "pause Daily parts")
    command(editing, "kim", "edit Daily parts")
    assert submit(editing, lines="5").closed
    assert editing.told("kim", PARTS) == "“Daily parts” is saved; it is paused."
    assert plan(editing, "Daily parts").is_paused
    assert plan(editing, "Daily parts").next_due is None


def test_the_preview_of_a_plan_that_is_there_speaks_of_its_next_run(editing: Workplace) -> None:
    assert preview(editing).startswith("*Next run Thu 26 Nov 07:00*\n")
    command(editing, "kim", "pause Daily parts")
    command(editing, "kim", "edit Daily parts")
    assert preview(editing).startswith("*Paused. If it is resumed by then, next run Thu 26 Nov 07:00*\n")


def test_the_team_of_a_plan_can_change(place: Workplace) -> None:
    place.world.add_team("Tyres", "T-", counters=("yan",))
    command(place, "kim", "edit Daily parts")
    assert submit(place, team="Tyres").closed
    with place.database.read() as session:
        assert session.get_one(Team, plan(place, "Daily parts").team_id).name == "Tyres"
