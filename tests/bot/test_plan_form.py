"""*New cycle count*: the form, its preview, what it refuses, and the same form for a plan that is there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any  # Any: what is entered in a form
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot import ids
from bot.sandbox.faults import slack_error
from models.database import Database
from models.people import Company, Role, Team
from models.plans import AtDue, CountPlan, Pace, ToleranceLimit
from models.rules.policies import DEFINITIONS, Policy
from models.rules.tolerance import Measure, Side
from tests.bot.planning import (
    add_shortcuts,
    audit,
    command,
    element,
    enter,
    entered,
    fields,
    form,
    plan,
    plan_names,
    preview,
    submit,
)
from tests.bot.workplace import PARTS, Workplace, workplace
from tests.conftest import NOW

COMMON = ["name", "team", "repeats", "time", "choice", "lines", "bins", "categories", "more"]
RARE = ["pace", "due_in", "percent", "value", "recounts", "replies", "blind", "at_due"]


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """Six items in aisles A and B, two categories, two classes; and the shortcuts of the manifest."""
    add_shortcuts(place)
    for number in range(1, 5):
        place.world.stock(f"BOLT-{number}", f"A-0{number}", 10 * number, category="Fasteners", abc_class="A")
    for number in range(1, 3):
        place.world.stock(f"OIL-{number}", f"B-0{number}", 5, category="Oils", abc_class="B")
    return place


@pytest.fixture
def bare(sqlite_database: Database) -> Iterator[Workplace]:
    """Without any stock."""
    with workplace(sqlite_database, NOW) as place:
        yield place


@pytest.fixture
def opened(place: Workplace) -> Workplace:
    """With the form open for Kim, who is stock control."""
    assert command(place, "kim", "new") == ""
    return place


# -- a plan is made


def test_a_name_is_enough(opened: Workplace) -> None:
    assert fields(opened) == COMMON
    result = submit(opened, name="Aisle A")
    assert result.closed, result.errors
    assert opened.told("kim", PARTS) == "Aisle A is planned: first run Tue 24 Nov 07:00, about 1 line."
    made = plan(opened, "Aisle A")
    assert (made.schedule, made.selection, made.lines, made.pace) == ("weekdays 07:00", "due", 12, Pace.LEVEL)
    assert (made.bins, made.categories, made.blind, made.recounts, made.replies) == ("", "[]", True, 1, True)
    assert made.next_due == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert audit(opened) == [("U01KIM", "add plan", 'plan "Aisle A"')]


def test_the_same_submission_again_makes_no_second_plan(opened: Workplace) -> None:
    assert submit(opened, name="Aisle A").closed
    again = opened.ws.deliver_again()
    assert again.answer == {"response_action": "clear"}
    assert plan_names(opened) == ["Daily parts", "Aisle A"]
    assert len(audit(opened)) == 1


def test_everything_can_be_said(opened: Workplace) -> None:
    result = submit(
        opened,
        name="Month end",
        repeats="monthly",
        month_day="31",
        time="16:30",
        choice=["abc", "random", "location"],
        policy_abc="a 50%",
        policy_random="20%",
        policy_location="B-",
        lines="20",
        bins="B-, A-0",
        categories=["Oils", "Fasteners"],
        more=["yes"],
        pace="full",
        due_in="2h 30m",
        percent="2",
        value="25.5",
        recounts="2",
        replies=[],
        blind="no",
        at_due="keep",
    )
    assert result.closed, result.errors
    made = plan(opened, "Month end")
    assert made.schedule == "monthly 31 16:30"
    assert made.selection == "abc A 50%, random 20%, location B-"
    assert (made.lines, made.bins, made.categories) == (20, "A-0,B-", '["Fasteners", "Oils"]')
    assert (made.pace, made.due_in_seconds, made.recounts) == (Pace.FULL, 9000, 2)
    assert (made.replies, made.blind, made.at_due) == (False, False, AtDue.KEEP)
    with opened.database.read() as session:
        limits = session.exec(select(ToleranceLimit)).all()
    assert {(one.scope_key, one.measure, one.side, one.amount) for one in limits} == {
        ("Month end", measure, side, amount)
        for measure, amount in ((Measure.PERCENT, 2), (Measure.VALUE, 25.5))
        for side in Side
    }


@pytest.mark.parametrize(
    ("entries", "schedule", "shown"),
    [
        ({"repeats": "daily", "time": "06:00"}, "daily 06:00", ["time"]),
        ({"repeats": "weekly", "weekdays": ["mon", "thu"]}, "weekly mon,thu 07:00", ["weekdays", "time"]),
        ({"repeats": "monthly"}, "monthly 1 07:00", ["month_day", "time"]),
        ({"repeats": "once", "time": "09:15"}, "once 2026-11-24 09:15", ["date", "time"]),
        ({"repeats": "cron", "cron": "30 6 * * sat"}, "cron 30 6 * * sat", ["cron"]),
    ],
)
def test_how_often_asks_for_what_belongs_to_it(
    opened: Workplace, entries: dict[str, Any], schedule: str, shown: list[str]
) -> None:
    enter(opened, name="Aisle A", **entries)
    assert fields(opened)[3 : 3 + len(shown)] == shown
    assert fields(opened)[3 + len(shown)] == "choice"
    assert submit(opened).closed
    assert plan(opened, "Aisle A").schedule == schedule


def test_what_was_chosen_before_is_there_again(opened: Workplace) -> None:
    enter(opened, name="Aisle A", repeats="weekly", weekdays=["tue", "fri"], more=["yes"], due_in="90m", percent="3")
    enter(opened, repeats="daily", more=[])
    assert fields(opened) == COMMON
    enter(opened, repeats="weekly", more=["yes"])
    assert entered(opened, "weekdays") == ["tue", "fri"]
    assert (entered(opened, "due_in"), entered(opened, "percent"), entered(opened, "name")) == ("90m", "3", "Aisle A")
    enter(opened, more=[])
    assert submit(opened).closed
    assert plan(opened, "Aisle A").due_in_seconds == timedelta(minutes=90).total_seconds()


def test_every_policy_has_its_line_and_a_field_when_it_takes_something(opened: Workplace) -> None:
    options = element(opened, "choice")["options"]
    assert {one["value"]: one["description"]["text"] for one in options} == {
        str(policy): text for policy, text in DEFINITIONS.items()
    }
    assert not [name for name in fields(opened) if name.startswith("policy.")]
    enter(opened, choice=["abc"])
    assert "policy.abc" in fields(opened)
    enter(opened, choice=[str(policy) for policy in Policy])
    assert [name for name in fields(opened) if name.startswith("policy.")] == [f"policy.{one}" for one in Policy]
    hint = next(one for one in form(opened)["blocks"] if one["block_id"] == "policy.abc")["hint"]["text"]
    assert "A B 20%" in hint


def test_a_share_that_is_typed_shows_as_long_as_its_policy_is_chosen(opened: Workplace) -> None:
    enter(opened, choice=["due", "random"], policy_due="70%", policy_random="10%")
    enter(opened, choice=["due"])
    assert entered(opened, "policy.due") == "70%"
    assert submit(opened, name="Some").closed
    assert plan(opened, "Some").selection == "due 70%"


def test_without_categories_there_is_no_field_for_them(bare: Workplace) -> None:
    command(bare, "kim", "new")
    assert "categories" not in fields(bare)
    assert submit(bare, name="Aisle A").closed


def test_of_many_categories_a_hundred_are_offered_and_the_chosen_ones_stay(place: Workplace) -> None:
    for number in range(120):
        place.world.stock(f"X-{number}", "A-09", category=f"Z {number:03}")
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().categories = '["Z 119"]'
    command(place, "kim", "edit Daily parts")
    values = [one["value"] for one in element(place, "categories")["options"]]
    assert (len(values), values[0], values[1]) == (100, "Z 119", "Fasteners")
    assert entered(place, "categories") == ["Z 119"]


# -- the preview


def test_the_preview_follows_what_is_entered(opened: Workplace) -> None:
    assert preview(opened).startswith("*First run Tue 24 Nov 07:00*\n")
    assert "6 stocks are in its bins and categories" in preview(opened)
    enter(opened, choice=["never"])
    assert "6 lines: 4 A, 2 B" in preview(opened)
    assert "First bins: A-01, A-02, A-03, A-04, B-01 …" in preview(opened)
    enter(opened, bins="B-")
    assert "2 lines: 2 B\nFirst bins: B-01, B-02\n2 stocks" in preview(opened)
    enter(opened, bins=None, categories=["Fasteners"], lines="3")
    assert "3 lines: 3 A\nFirst bins: A-01, A-02, A-03\n4 stocks" in preview(opened)
    enter(opened, choice=["never", "abc"], policy_abc="A 30%")
    assert "By never 2, abc 1" in preview(opened)
    enter(opened, repeats="once", date="2026-12-24", time="10:00")
    assert preview(opened).startswith("*First run Thu 24 Dec 10:00*")
    assert plan_names(opened) == ["Daily parts"]


def test_the_preview_says_that_the_calendar_moved_the_run(place: Workplace) -> None:
    with place.database.write() as session:
        company = session.get_one(Company, 1)
        company.working_days, company.timezone = "mon-fri", "Europe/Berlin"
    command(place, "kim", "new")
    enter(place, repeats="once", date="2026-11-29")
    assert preview(place).startswith("*First run Mon 30 Nov 07:00* · moved from Sun 29 Nov 07:00: not a working day")
    assert submit(place, name="Aisle A").closed
    assert plan(place, "Aisle A").next_due == datetime(2026, 11, 30, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_the_preview_warns_of_what_cannot_be_kept(place: Workplace) -> None:
    for number in range(60):
        place.world.stock(f"MANY-{number}", f"A-{number:03}", 1, abc_class="A")
    command(place, "kim", "new")
    enter(place, repeats="monthly", lines="1")
    assert "• " in preview(place)
    assert "A items cannot be counted 12 times a year" in preview(place)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"bins": "C-"}, "“C-” lies outside of the bins of Fleet Parts, which begin with A- or B-."),
        ({"choice": ["abc"]}, "“abc” needs classes, like “abc A B”."),
        ({"choice": ["due", "random"], "policy_due": "80%", "policy_random": "30%"}, "The shares add up to 110 %"),
        ({"repeats": "cron", "cron": "0 7 30 2 *"}, "can never run"),
        ({"repeats": "once", "date": "2026-11-01"}, "is over, so it would not run; give it a later time."),
        ({"lines": "0"}, "Write a whole number from 1 to 200."),
        ({"lines": "777"}, "Write a whole number from 1 to 200."),
        ({"lines": "1.5"}, "Write a whole number from 1 to 200."),
        ({"lines": None}, "Write a whole number from 1 to 200."),
        ({"repeats": "weekly", "weekdays": []}, "Choose at least one day."),
        ({"choice": []}, "Choose at least one."),
    ],
)
def test_the_preview_says_what_is_wrong_so_far(opened: Workplace, entries: dict[str, Any], told: str) -> None:
    enter(opened, **entries)
    assert preview(opened).startswith("*Preview*\n• ")
    assert told in preview(opened)


def test_without_a_team_the_preview_asks_for_one(place: Workplace) -> None:
    place.world.add_team("Tyres", "T-", counters=("yan",))
    command(place, "kim", "new Tyre check")
    assert entered(place, "name") == "Tyre check"
    assert entered(place, "team") is None
    assert preview(place) == "*Preview*\n• Choose a team: then this shows the first run and what would be counted."
    refused = submit(place, force=True)
    assert refused.errors == {"team": "Say which team counts."}
    enter(place, team="Tyres", bins="A-")
    assert "“A-” lies outside of the bins of Tyres" in preview(place)
    assert submit(place, bins=None).closed


def test_an_update_is_one_call_that_names_the_content_it_replaces(opened: Workplace) -> None:
    before = len(opened.ws.calls)
    enter(opened, lines="5")
    (call,) = opened.ws.calls[before:]
    assert call.method == "views.update"
    assert call.params["hash"]


# -- what stock control who counts may see


def test_who_counts_there_does_not_see_what_the_balance_would_choose(place: Workplace) -> None:
    place.world.stock("GONE-1", "A-07", 0)
    command(place, "kim", "new")
    enter(place, choice=["zero"])
    assert "1 line: 1 without class\nFirst bins: A-07" in preview(place)
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "kim")
    enter(place, lines="5")
    assert "Up to 5 lines. You count, so you do not see what “zero” would choose." in preview(place)
    assert "A-07" not in preview(place)
    shown = preview(place)
    enter(place, bins="B-")  # where nothing is empty
    assert preview(place) == shown.replace("7 stocks are", "2 stocks are")
    enter(place, choice=["never"], bins=None)
    assert "First bins: A-01" in preview(place)
    enter(place, choice=["due"])  # which puts what is below nothing first
    assert "First bins" not in preview(place)
    assert "You count, so you do not see which." in preview(place)
    enter(place, choice=["zero"])
    assert submit(place, name="Empty").closed
    assert place.told("kim", PARTS).endswith("up to 5 lines.")


def test_who_counts_for_another_team_of_the_same_bins_does_not_see_it_either(place: Workplace) -> None:
    place.world.stock("GONE-1", "A-07", 0)
    east = place.world.add_team("East", "A-", counters=("zed",))
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "kim")
    command(place, "kim", "new")
    enter(place, team=str(east), choice=["zero"])
    assert "You count, so you do not see what “zero” would choose." in preview(place)
    assert "A-07" not in preview(place)


# -- refusals


@pytest.mark.parametrize(
    ("entries", "errors"),
    [
        ({"name": None}, {"name": "Give the plan a name."}),
        ({"name": "daily PARTS"}, {"name": "There is a plan “Daily parts” already; choose another name."}),
        ({"bins": "A-07"}, {"bins": "No bin of Fleet Parts begins with “A-07”; did you mean “A-01”?"}),
        ({"lines": "201"}, {"lines": "Write a whole number from 1 to 200."}),
        ({"choice": []}, {"choice": "Choose at least one."}),
        ({"choice": ["abc"]}, {"policy.abc": "“abc” needs classes, like “abc A B”."}),
        (
            {"choice": ["due", "random"], "policy_due": "100%"},
            {"choice": "The other shares leave nothing for “random”; lower one of them."},
        ),
        (
            {"choice": ["location", "category"], "policy_location": "A-", "policy_category": '"Oil"'},
            {"policy.category": "No item is in a category “Oil”; did you mean “Oils”?"},
        ),
        (
            {"choice": ["abc"], "policy_abc": "A, random 20%"},
            {"policy.abc": "Only “abc” is written here; choose “random” above."},
        ),
        ({"choice": ["control"], "policy_control": "BOLT-9"}, {"policy.control": "There is no SKU “BOLT-9”"}),
        ({"repeats": "weekly", "weekdays": []}, {"weekdays": "Choose at least one day."}),
        ({"repeats": "monthly", "month_day": "32"}, {"month_day": "“32” is not a day of the month"}),
        ({"repeats": "once", "date": "2026-11-22"}, {"date": "“once 2026-11-22 07:00” is over"}),
        ({"repeats": "cron", "cron": "soon"}, {"cron": "“cron soon” can never run"}),
        ({"repeats": "cron", "cron": None}, {"cron": "Write cron's five fields"}),
        ({"more": ["yes"], "due_in": "soon"}, {"due_in": "“soon” is not a length of time."}),
        ({"more": ["yes"], "recounts": "6"}, {"recounts": "Write a whole number from 0 to 5."}),
        ({"more": ["yes"], "percent": "x"}, {"percent": "The limit must be a number."}),
        (
            {"bins": "C-", "lines": "0", "choice": ["abc"]},
            {"bins": "“C-” lies", "lines": "Write a whole", "policy.abc": "“abc” needs"},
        ),
    ],
)
def test_each_refusal_stands_under_its_field_and_nothing_is_lost(
    opened: Workplace, entries: dict[str, Any], errors: dict[str, str]
) -> None:
    refused = submit(opened, force=True, **({"name": "Aisle A"} | entries))
    assert refused.errors is not None
    assert refused.errors.keys() == errors.keys()
    for block_id, sentence in errors.items():
        assert refused.errors[block_id].startswith(sentence)
    assert plan_names(opened) == ["Daily parts"]
    for block_id, value in entries.items():
        assert entered(opened, block_id.replace("policy_", "policy.")) == value


def test_a_refusal_of_a_field_that_does_not_show_brings_it_back(opened: Workplace) -> None:
    enter(opened, name="Aisle A", more=["yes"], due_in="soon")
    enter(opened, more=[])
    result = submit(opened)
    assert not result.closed
    assert result.errors is None
    assert entered(opened, "due_in") == "soon"
    assert "“soon” is not a length of time." in preview(opened)
    assert plan_names(opened) == ["Daily parts"]


def test_a_team_without_counters_is_refused(place: Workplace) -> None:
    place.world.add_team("Tyres", "T-")
    command(place, "kim", "new")
    refused = submit(place, name="Tyres", team="Tyres")
    assert refused.errors == {"team": "Tyres has no counters, so nobody would count. Add one first."}


def test_a_quiet_calendar_that_leaves_no_time_is_refused_under_the_schedule(place: Workplace) -> None:
    with place.database.write() as session:
        session.get_one(Company, 1).quiet = "00:00-24:00"
    command(place, "kim", "new")
    refused = submit(place, name="Aisle A")
    assert refused.errors is not None
    assert "finds no time in the two years" in refused.errors["time"]


def test_a_submission_that_overtakes_its_fields_shows_them(opened: Workplace) -> None:
    """Kim chooses "weekly" and saves before the days were drawn: they are shown, and nothing is saved yet."""
    view = opened.ws.views.top("U01KIM")
    assert view is not None
    enter(opened, name="Aisle A")
    weekly = next(one for one in element(opened, "repeats")["options"] if one["value"] == "weekly")
    view.state["repeats"]["plan_field"]["selected_option"] = weekly
    result = opened.kim.submit()
    assert (result.closed, result.errors) == (False, None)
    assert "weekdays" in fields(opened)
    assert plan_names(opened) == ["Daily parts"]
    assert opened.kim.submit().closed
    assert plan(opened, "Aisle A").schedule == "weekly mon 07:00"


# -- who may


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("ana", "Only stock control makes and changes plans. Ask Kim."),
        ("ben", "Only stock control makes and changes plans. Ask Kim."),
        ("zoe", "You are in no counting team yet. Ask Kim to add you."),
    ],
)
def test_others_are_told_who_can(place: Workplace, who: str, told: str) -> None:
    assert command(place, who, "new") == told
    assert command(place, who, "edit Daily parts") == told
    assert place.who(who).view is None
    assert place.who(who).global_shortcut(ids.NEW_PLAN).ok
    assert told in place.who(who).reads(form(place, who))
    assert fields(place, who) == []


def test_the_role_is_asked_for_each_time(opened: Workplace) -> None:
    with opened.database.write() as session:
        opened.world.member(session, "kim").is_controller = False
        opened.world.give_role(session, opened.world.team_id, Role.APPROVER, "kim")
        opened.world.member(session, "eva").is_controller = True
    enter(opened, lines="5")
    assert preview(opened) == "*Preview*\n• Only stock control makes and changes plans. Ask Eva."
    refused = submit(opened, name="Aisle A")
    assert refused.errors == {"name": "Only stock control makes and changes plans. Ask Eva."}
    assert plan_names(opened) == ["Daily parts"]


@pytest.mark.parametrize(
    ("block_id", "entry"),
    [
        ("choice", {"type": "multi_static_select", "selected_options": [{"value": "everything"}]}),
        ("repeats", {"type": "static_select", "selected_option": {"value": "hourly"}}),
        ("team", {"type": "static_select", "selected_option": {"value": "999"}}),
        ("categories", {"type": "multi_static_select", "selected_options": [{"value": "Nothing"}]}),
    ],
)
def test_values_that_were_never_offered_are_refused(opened: Workplace, block_id: str, entry: dict[str, Any]) -> None:
    enter(opened, name="Aisle A")
    view = opened.ws.views.top("U01KIM")
    assert view is not None
    view.state[block_id]["plan_field"] = entry
    refused = opened.kim.submit(force=True)
    assert refused.errors
    assert plan_names(opened) == ["Daily parts"]


# -- where the answer comes


def test_the_shortcut_is_answered_in_the_form(place: Workplace) -> None:
    assert place.kim.global_shortcut(ids.NEW_PLAN).ok
    result = submit(place, name="Aisle A")
    assert not result.closed
    assert "Aisle A is planned: first run Tue 24 Nov 07:00, about 1 line." in place.kim.reads(form(place))
    assert place.kim.ephemerals() == []


def test_where_the_bot_cannot_tell_it_says_so_in_the_form(place: Workplace) -> None:
    place.ws.add_channel("C09AWAY", name="away", members=["U01KIM"], bot_member=False)
    assert place.kim.slash("C09AWAY", "/count new").ok
    assert not submit(place, name="Aisle A").closed
    assert "Aisle A is planned" in place.kim.reads(form(place))


def test_a_form_that_slack_does_not_open_is_asked_for_again(place: Workplace) -> None:
    place.ws.faults.on(method="views.open", action=slack_error("internal_error"))
    assert command(place, "kim", "new") == "Slack did not open the form. Please try again."


# -- the same for a plan that is there


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
    assert {name: entered(editing, name) for name in RARE} == {
        "pace": "full",
        "due_in": "4h",
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
    assert submit(editing, name="Aisle A", lines="5", policy_abc="A 10%", more=["yes"], percent="3").closed
    assert editing.told("kim", PARTS).startswith("Aisle A is saved: next run ")
    changed = plan(editing, "Aisle A")
    assert (changed.lines, changed.selection, changed.grace_seconds) == (5, "due 70%, abc A 10%", 3600)
    assert changed.schedule == "weekly Monday,thu 7:00"
    with editing.database.read() as session:
        limits = session.exec(select(ToleranceLimit)).all()
    assert {(one.measure, one.amount) for one in limits} == {(Measure.PERCENT, 3), (Measure.QUANTITY, 5)}
    assert {action for _, action, _ in audit(editing)} == {"change plan", "change tolerance"}


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
    assert place.told("kim", PARTS) == "Daily parts is saved; it has no run to come."


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
    assert command(editing, "kim", "end Daily parts") == "Daily parts has ended. What is being counted goes on."
    refused = submit(editing, lines="5")
    assert refused.errors is not None
    assert refused.errors["name"].startswith("“Daily parts” has ended")
    assert not plan(editing, "Daily parts").is_active


def test_a_paused_plan_stays_paused(editing: Workplace) -> None:
    editing.kim.close_view()
    command(editing, "kim", "pause Daily parts")
    command(editing, "kim", "edit Daily parts")
    assert submit(editing, lines="5").closed
    assert editing.told("kim", PARTS) == "Daily parts is saved; it is paused."
    assert plan(editing, "Daily parts").is_paused
    assert plan(editing, "Daily parts").next_due is None


def test_the_team_of_a_plan_can_change(place: Workplace) -> None:
    place.world.add_team("Tyres", "T-", counters=("yan",))
    command(place, "kim", "edit Daily parts")
    assert submit(place, team="Tyres").closed
    with place.database.read() as session:
        assert session.get_one(Team, plan(place, "Daily parts").team_id).name == "Tyres"


def test_a_defect_is_told_on_top_of_the_form_which_stays(opened: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError

    enter(opened, name="Aisle A", bins="A-")
    with monkeypatch.context() as patched:
        patched.setattr("models.services.plan_preview.preview", broken)
        enter(opened, lines="5")
    assert "That broke on my side (reference " in opened.kim.reads(form(opened))
    assert len(opened.kim.views) == 2
    assert opened.ws.calls[-1].method == "views.push"
    opened.kim.close_view()
    assert {name: entered(opened, name) for name in ("name", "bins", "lines")} == {
        "name": "Aisle A",
        "bins": "A-",
        "lines": "5",
    }
    assert submit(opened).closed
