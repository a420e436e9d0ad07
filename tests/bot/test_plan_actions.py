"""The plans: the list, its menus, and the commands; who may do what, and that nothing is done twice."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot import ids
from bot.ids import PlanRef, PlanVerb
from bot.sandbox.faults import slack_error
from models.counts import CountSession
from models.database import Database
from models.plans import CountPlan
from tests.bot.outbound import SECOND
from tests.bot.planning import audit, command, ended, fields, form, listed, plan, plan_names, submit, with_two_plans
from tests.bot.workplace import PARTS, Workplace, workplace
from tests.conftest import NOW

ONLY = "Only stock control makes and changes plans. Ask Kim."
NO_TEAM = "You are in no counting team yet. Ask Kim to add you."


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """Two plans, of which Daily parts takes one line a run."""
    return with_two_plans(place)


def menu(place: Workplace, who: str, plan_name: str = "Daily parts") -> tuple[str, list[str]]:
    """The newest list's menu of a plan: its message, and the values of its entries."""
    message = place.who(who).ephemerals()[-1]
    block_id = f"plan.{plan(place, plan_name).id}"
    block = next(one for one in message.blocks if one["block_id"] == block_id)
    return message.ts, [one["value"] for one in block["accessory"]["options"]]


def choose(place: Workplace, who: str, verb: str, plan_name: str = "Daily parts", *, at: str | None = None) -> str:
    """Choose in the menu of the newest list (or the one `at`); returns what the list says then."""
    place.now()
    ts, values = menu(place, who, plan_name)
    value = next(one for one in values if one.startswith(f"{verb}."))
    block_id = f"plan.{plan(place, plan_name).id}"
    result = place.who(who).choose(PARTS, at or ts, value, block_id=block_id)
    assert result.ok, result.problem
    return place.read(place.who(who).ephemerals()[-1], who)


def sessions(place: Workplace) -> int:
    with place.database.read() as session:
        return len(session.exec(select(CountSession)).all())


# -- the list


def test_who_sees_which_plans_and_menus(place: Workplace) -> None:
    seen = {who: listed(place, who) for who in ("ana", "fay", "ben", "kim")}
    assert {who: ("Daily parts" in text, "Tyre check" in text) for who, text in seen.items()} == {
        "ana": (True, False),
        "fay": (True, True),
        "ben": (True, False),
        "kim": (True, True),
    }
    assert "Run now" not in seen["ana"] + seen["fay"]
    assert "[ Run now ]" in seen["ben"]
    _, values = menu(place, "kim")
    assert [value.split(".")[0] for value in values] == ["edit", "run", "pause", "end"]
    assert listed(place, "zoe") == NO_TEAM


def test_ended_plans_are_not_listed_and_paused_ones_say_so(place: Workplace) -> None:
    command(place, "kim", "pause Daily parts")
    ended(place, "Tyre check")
    assert listed(place, "kim").split("\n")[0] == "Daily parts · paused"
    assert "Tyre check" not in listed(place, "kim")
    _, values = menu(place, "kim")
    assert [value.split(".")[0] for value in values] == ["edit", "run", "resume", "end"]


def test_names_ring_nobody(place: Workplace) -> None:
    with place.database.write() as session:
        session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one().name = "<!channel> *daily*"
    listed(place, "kim")
    for verb in ("pause", "resume", "run"):
        choose(place, "kim", verb, "<!channel> *daily*")
        assert "<!channel>" not in str(place.kim.ephemerals()[-1].blocks)
    command(place, "kim", "end <!channel> *daily*")
    assert "<!channel>" not in str(form(place)["blocks"])
    place.kim.submit()
    assert "<!channel>" not in place.kim.ephemerals()[-1].text
    command(place, "kim", "start <!channel> *daily*")
    assert "has ended" in place.kim.ephemerals()[-1].text
    assert "<!channel>" not in place.kim.ephemerals()[-1].text


# -- the menus


def test_pause_and_resume(place: Workplace) -> None:
    listed(place, "kim")
    told = choose(place, "kim", "pause")
    assert told.startswith("“Daily parts” is paused: no run by itself until it is resumed. “Run now” still starts one.")
    assert told.split("\n")[1] == "Daily parts · paused"
    assert plan(place, "Daily parts").next_due is None
    place.wait(SECOND)
    told = choose(place, "kim", "resume")
    assert told.startswith(
        "“Daily parts” runs again: next run Tue 24 Nov 07:00.\nDaily parts · next Tue 24 Nov 07:00\n"
    )
    assert plan(place, "Daily parts").next_due == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert [action for _, action, _ in audit(place)] == ["change plan", "change plan"]


def test_a_second_click_changes_nothing(place: Workplace) -> None:
    listed(place, "kim")
    choose(place, "kim", "pause")
    place.ws.deliver_again()
    assert [action for _, action, _ in audit(place)] == ["change plan"]
    assert plan(place, "Daily parts").is_paused


def test_run_now_runs_once_for_each_list_it_is_clicked_in(place: Workplace) -> None:
    listed(place, "kim")
    told = choose(place, "kim", "run")
    assert told.startswith("“Daily parts” is started: 1 line, due today at 11:00. Its sheet comes in #parts.\n")
    assert place.woken == 1
    place.wait(SECOND)
    place.ws.deliver_again()
    assert sessions(place) == 1
    told = place.read(place.kim.ephemerals()[-1], "kim")
    assert told.startswith("“Daily parts” was started since you saw it, so nothing was started now.\n")
    place.wait(SECOND)
    assert choose(place, "kim", "run").startswith("“Daily parts” is started: 1 line")
    assert sessions(place) == 2
    place.wait(SECOND)
    assert choose(place, "kim", "run").startswith("Daily parts has nothing to count")
    assert sessions(place) == 2


def test_approvers_run_their_teams_plans_by_a_button(place: Workplace) -> None:
    listed(place, "ben")
    place.now()
    assert place.ben.click_ephemeral(action_id=ids.PLAN_MENU).ok
    assert place.read(place.ben.ephemerals()[-1]).startswith("“Daily parts” is started: 1 line")
    assert sessions(place) == 1


def test_end_asks_first(place: Workplace) -> None:
    listed(place, "kim")
    choose(place, "kim", "end")
    assert "Daily parts will not run again. What is being counted goes on." in place.kim.reads(form(place))
    assert plan_names(place) == ["Daily parts", "Tyre check"]
    assert place.kim.submit().closed
    assert place.told("kim", PARTS) == "“Daily parts” has ended. What is being counted goes on."
    assert plan_names(place) == ["Tyre check"]
    told = place.everything_told("kim")
    again = place.ws.deliver_again()
    assert again.answer == {"response_action": "clear"}
    assert place.everything_told("kim") == told
    assert audit(place) == [("U01KIM", "remove plan", 'plan "Daily parts"')]


def test_an_end_that_comes_too_late_says_so(place: Workplace) -> None:
    listed(place, "kim")
    choose(place, "kim", "end")
    ended(place)
    assert place.kim.submit().closed
    assert place.told("kim", PARTS).startswith("“Daily parts” has ended: ")
    command(place, "kim", "plans")
    assert len(audit(place)) == 1


@pytest.mark.parametrize("verb", list(PlanVerb))
def test_a_menu_of_a_plan_that_has_ended(place: Workplace, verb: PlanVerb) -> None:
    ended(place)
    forge(place, "kim", ids.plan_value(PlanRef(verb, place.world.plan_id, 0)))
    told = place.read(place.kim.ephemerals()[-1], "kim").split("\n")[0]
    assert "has ended" in told
    assert place.kim.view is None
    assert sessions(place) == 0


def test_edit_opens_the_form(place: Workplace) -> None:
    listed(place, "kim")
    choose(place, "kim", "edit")
    assert submit(place, lines="3").closed
    assert place.told("kim", PARTS).startswith("“Daily parts” is saved: next run ")
    assert plan(place, "Daily parts").lines == 3


def test_a_list_that_cannot_be_shown_again_is_answered_beside_it(place: Workplace) -> None:
    listed(place, "kim")
    place.ws.faults.on(method="response_url", action="500")
    assert (
        choose(place, "kim", "pause")
        == "“Daily parts” is paused: no run by itself until it is resumed. “Run now” still starts one."
    )


def test_a_form_that_slack_does_not_open_is_asked_for_again(place: Workplace) -> None:
    listed(place, "kim")
    place.ws.faults.on(method="views.open", action=slack_error("internal_error"))
    assert choose(place, "kim", "edit").startswith("Slack did not open the form. Please try again.\n")


# -- the commands


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("pause", "Which plan? “/count plans” lists them; then write “/count pause” and its name."),
        ("edit", "Which plan? “/count plans” lists them; then write “/count edit” and its name."),
        ("resume Dayly parts", "There is no plan “Dayly parts”. Did you mean Daily parts?"),
        (
            "pause daily PARTS",
            "“Daily parts” is paused: no run by itself until it is resumed. “Run now” still starts one.",
        ),
        ("resume Daily parts", "“Daily parts” was not paused: next run Mon 23 Nov 07:00."),
    ],
)
def test_commands_do_the_same_by_name(place: Workplace, typed: str, told: str) -> None:
    assert command(place, "kim", typed) == told


def test_a_paused_plan_is_found_by_name(place: Workplace) -> None:
    command(place, "kim", "pause Daily parts")
    assert command(place, "kim", "pause Daily parts").startswith("“Daily parts” is paused")
    told = command(place, "ben", "start Daily parts")
    assert told.startswith("“Daily parts” is started: 1 line")
    assert told.endswith("Its sheet comes in #parts. The plan stays paused.")
    assert command(place, "kim", "resume Daily parts").startswith("“Daily parts” runs again: next run")
    assert len(audit(place)) == 2


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        (
            "once 2026-11-20 07:00",
            (
                "“once 2026-11-20 07:00” passed while the plan was paused, so it would not run. "
                "Start it with “Run now”, or give it a later time."
            ),
        ),
        (
            "daily 07:00 until 2026-11-20",
            "“daily 07:00 until 2026-11-20” came to its last day while the plan was paused; give it a later one.",
        ),
    ],
)
def test_a_plan_that_is_over_since_it_was_paused_is_not_resumed(place: Workplace, schedule: str, told: str) -> None:
    with place.database.write() as session:
        daily = session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one()
        daily.schedule, daily.is_paused = schedule, True
    assert command(place, "kim", "resume Daily parts") == told
    assert plan(place, "Daily parts").is_paused


def test_a_run_in_another_year_says_which(place: Workplace) -> None:
    with place.database.write() as session:
        session.exec(select(CountPlan).where(CountPlan.name == "Daily parts")).one().schedule = "once 2027-01-04 07:00"
    command(place, "kim", "pause Daily parts")
    assert command(place, "kim", "resume Daily parts") == ("“Daily parts” runs again: next run Mon 4 Jan 2027 07:00.")
    assert "Daily parts · next Mon 4 Jan 2027 07:00\nFleet Parts · once, Mon 4 Jan 2027 07:00 · 1" in listed(
        place, "ana"
    )


def test_end_asks_first_by_command_too(place: Workplace) -> None:
    assert command(place, "kim", "end daily parts") == ""
    assert "Daily parts will not run again. What is being counted goes on." in place.kim.reads(form(place))
    assert "Daily parts" in plan_names(place)
    assert place.kim.submit().closed
    assert place.told("kim", PARTS) == "“Daily parts” has ended. What is being counted goes on."
    assert plan_names(place) == ["Tyre check"]


@pytest.mark.parametrize(
    ("who", "word"), [("kim", word) for word in ("start", *PlanVerb) if word != PlanVerb.RUN] + [("ben", "start")]
)
def test_a_plan_that_has_ended_is_known_by_name(place: Workplace, who: str, word: str) -> None:
    ended(place)
    assert command(place, who, f"{word} daily PARTS") == (
        "“Daily parts” has ended. Stock control can make it again with “/count new Daily parts”."
    )


@pytest.mark.parametrize("word", ["edit", "pause", "resume", "end"])
def test_only_stock_control_changes_plans(place: Workplace, word: str) -> None:
    for who, told in (("ana", ONLY), ("ben", ONLY), ("zoe", NO_TEAM)):
        assert command(place, who, f"{word} Daily parts") == told
        assert command(place, who, f"{word} No such plan") == told
        assert place.who(who).view is None
    assert audit(place) == []


# -- what was never drawn for somebody


MAY_NOT = [(who, verb, told) for who, told in (("ana", ONLY), ("ben", ONLY), ("zoe", NO_TEAM)) for verb in PlanVerb]
MAY_NOT.remove(("ben", PlanVerb.RUN, ONLY))  # approvers may


@pytest.mark.parametrize(("who", "verb", "told"), MAY_NOT)
def test_a_forged_menu_is_authorized_from_the_database(place: Workplace, who: str, verb: PlanVerb, told: str) -> None:
    if verb is PlanVerb.RUN and who == "ana":
        told = "Only approvers of Fleet Parts and stock control start its plans."
    forge(place, who, ids.plan_value(PlanRef(verb, place.world.plan_id, 0)))
    assert place.who(who).view is None
    assert place.read(place.who(who).ephemerals()[-1], who).startswith(told)
    assert audit(place) == []
    assert sessions(place) == 0


@pytest.mark.parametrize("value", ["pause.9999.0", "run.9999.0", "edit.9999.0"])
def test_a_plan_that_is_not_there(place: Workplace, value: str) -> None:
    forge(place, "kim", value)
    assert place.read(place.kim.ephemerals()[-1], "kim").startswith("There is no such plan any more.")


@pytest.mark.parametrize("value", ["", "drop.1.0", "pause", "pause.x.0", "pause.1.-1", f"run.{'9' * 40}.0"])
def test_a_value_that_is_not_ours(place: Workplace, value: str) -> None:
    forge(place, "kim", value)
    assert place.read(place.kim.ephemerals()[-1], "kim").startswith(ids.NOT_MINE)
    assert audit(place) == []


def forge(place: Workplace, who: str, value: str) -> None:
    """Click a button that we never drew for this person, in an answer of their own."""
    place.now()
    place.who(who).slash(PARTS, "/count status")
    seen = place.who(who).ephemerals()[-1]
    button = {
        "type": "button",
        "action_id": ids.PLAN_MENU,
        "text": {"type": "plain_text", "text": "Do"},
        "value": value,
    }
    seen.blocks = [{"type": "actions", "block_id": "forged", "elements": [button]}]
    result = place.who(who).click(PARTS, seen.ts, action_id=ids.PLAN_MENU, seen=seen)
    assert result.ok, result.problem


def test_without_stock_the_form_has_no_field_for_categories(sqlite_database: Database) -> None:
    with workplace(sqlite_database, NOW) as bare:
        command(bare, "kim", "new")
        assert "categories" not in fields(bare)
        assert submit(bare, name="Aisle A").closed
