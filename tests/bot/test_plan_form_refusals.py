"""*New cycle count*: what the form refuses, to whom, and where it answers."""

from typing import Any  # Any: what is entered in a form

import pytest

from bot import ids
from bot.sandbox.faults import slack_error
from models.people import Company, Role
from tests.bot.planning import (
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
from tests.bot.workplace import Workplace

pytestmark = pytest.mark.usefixtures("aisles")

MORE = {"more": ["yes"]}


@pytest.mark.parametrize(
    ("entries", "errors"),
    [
        ({"name": None}, {"name": "Give the plan a name."}),
        ({"name": "daily PARTS"}, {"name": "There is a plan “Daily parts” already; choose another name."}),
        ({"bins": "A-07"}, {"bins": "No bin of Fleet Parts begins with “A-07”; did you mean “A-01”?"}),
        (
            {"bins": "a-01"},
            {"bins": "“a-01” lies outside of the bins of Fleet Parts, which begin with A- or B-; did you mean “A-01”?"},
        ),
        (
            {
                "repeats": "weekly",
                "weekdays": ["mon"],
                "more": ["yes"],
                "first_day": "2026-11-24",
                "last_day": "2026-11-25",
            },
            {"last_day": "“weekly mon 07:00 from 2026-11-24 until 2026-11-25” has no run to come between its days"},
        ),
        ({"lines": "201"}, {"lines": "Write a whole number from 1 to 200."}),
        ({"choice": []}, {"choice": "Choose at least one."}),
        ({"choice": ["abc"]}, {"policy.abc": "“abc” needs classes, like “A B”."}),
        (
            {"choice": ["zero", "due"], "policy_zero": "B"},
            {"policy.zero": "“zero” takes nothing after its name but a share, not “B”; leave it blank."},
        ),
        (
            {"choice": ["due", "random"], "policy_due": "100%"},
            {"choice": "The other shares leave nothing for “random”; lower one of them."},
        ),
        (
            {"choice": ["location", "category"], "policy_location": "A-", "policy_category": '"Oil"'},
            {"policy.category": "No item is in a category “Oil”; did you mean “Oils”?"},
        ),
        (
            {"choice": ["location", "category", "abc"], "policy_location": "Q-", "policy_category": '"Oil"'},
            {
                "policy.location": "“Q-” lies outside",
                "policy.category": "No item is in a category “Oil”; did you mean “Oils”?",
                "policy.abc": "“abc” needs classes, like “A B”.",
            },
        ),
        (
            {"choice": ["velocity"], "policy_velocity": "90d, random 20%"},
            {"policy.velocity": "Only “velocity” is said here; choose “random” above."},
        ),
        (
            {"choice": ["due", "random"], "policy_random": "3%"},
            {"policy.random": "Of 12 lines “random” would never have one; raise its share or the lines, or leave"},
        ),
        (
            MORE | {"repeats": "daily", "last_day": "2026-11-20"},
            {"last_day": "“daily 07:00 until 2026-11-20” has no run"},
        ),
        ({"choice": ["control"], "policy_control": "BOLT-9"}, {"policy.control": "There is no SKU “BOLT-9”"}),
        ({"repeats": "weekly", "weekdays": []}, {"weekdays": "Choose at least one day."}),
        ({"repeats": "monthly", "month_day": "32"}, {"month_day": "“32” is not a day of the month"}),
        ({"repeats": "once", "date": "2026-11-22"}, {"date": "“once 2026-11-22 07:00” is over"}),
        ({"repeats": "cron", "cron": "\N{ASTERISK OPERATOR} 7"}, {"cron": "“cron * 7” can never run"}),
        ({"repeats": "cron", "cron": "soon"}, {"cron": "“cron soon” can never run"}),
        ({"repeats": "cron", "cron": None}, {"cron": "Write cron's five fields"}),
        ({"more": ["yes"], "due_in": "soon"}, {"due_in": "“soon” is not a length of time."}),
        ({"more": ["yes"], "last_day": "soon"}, {"last_day": "“soon” is not a date; write year, month and day"}),
        (
            {"more": ["yes"], "first_day": "2026-12-02", "last_day": "2026-12-01"},
            {"last_day": "The last day, 2026-12-01, is before the first, 2026-12-02"},
        ),
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
    assert "“Aisle A” is planned: first run Tue 24 Nov 07:00, about 1 line." in place.kim.reads(form(place))
    assert place.kim.ephemerals() == []


def test_where_the_bot_cannot_tell_it_says_so_in_the_form(place: Workplace) -> None:
    place.ws.add_channel("C09AWAY", name="away", members=["U01KIM"], bot_member=False)
    assert place.kim.slash("C09AWAY", "/count new").ok
    assert not submit(place, name="Aisle A").closed
    assert "“Aisle A” is planned" in place.kim.reads(form(place))


def test_a_form_that_slack_does_not_open_is_asked_for_again(place: Workplace) -> None:
    place.ws.faults.on(method="views.open", action=slack_error("internal_error"))
    assert command(place, "kim", "new") == "Slack did not open the form. Please try again."


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
