"""Home: what it shows to whom, and what can be done there."""

from datetime import UTC, datetime, timedelta
from typing import Any  # Any: views of a Slack workspace are JSON

import pytest
from sqlmodel import select

from bot import ids
from bot.ids import PlanRef, PlanVerb
from bot.sandbox.faults import slack_error
from models.counts import CountSession
from models.people import Role
from models.plans import CountPlan, Pace
from tests.bot.outbound import SECOND
from tests.bot.planning import add_shortcuts, enter, form, plan, plan_names, submit
from tests.bot.workplace import Workplace

ONLY = "Only stock control makes and changes plans. Ask Kim."


@pytest.fixture
def place(place: Workplace) -> Workplace:
    """Bolts and fuses that nobody counts yet; the plan runs tomorrow."""
    add_shortcuts(place)
    place.world.stock("BOLT-1", "A-01", 1234)
    place.world.stock("FUSE-1", "A-02", 5678)
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().next_due = datetime(2026, 11, 24, 7, tzinfo=UTC)
    return place


def home(place: Workplace, who: str) -> str:
    """What somebody reads on Home, as it stands."""
    return place.who(who).reads(published(place, who))


def published(place: Workplace, who: str) -> dict[str, Any]:
    view = place.ws.home(place.who(who).id)
    assert view is not None
    return view


def opened(place: Workplace, who: str) -> str:
    """What somebody reads who opens Home now."""
    place.now()
    place.who(who).open_home()
    place.ws.wait_until_quiet()
    place.settle()
    return home(place, who)


def do(place: Workplace, who: str, value: str, *, action_id: str = ids.HOME_PLAN_MENU) -> None:
    """Choose an entry of a plan's menu on Home, by its first word."""
    place.now()
    view = published(place, who)
    options = [
        option["value"]
        for block in view["blocks"]
        if block.get("accessory", {}).get("action_id") == action_id
        for option in block["accessory"].get("options", [])
    ]
    chosen = next(one for one in options if one.startswith(f"{value}."))
    result = place.who(who).choose_in_view(view["id"], chosen, action_id=action_id)
    assert result.ok, result.problem


def click(place: Workplace, who: str, action_id: str) -> None:
    place.now()
    result = place.who(who).click_in_view(published(place, who)["id"], action_id)
    assert result.ok, result.problem


# -- what it shows


def test_a_counter_sees_what_to_count_and_what_comes(place: Workplace) -> None:
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().selection = "due 50%, zero"
    place.start()
    text = opened(place, "ana")
    assert text.split("\n")[:4] == [
        "Now",
        "Daily parts · Fleet Parts",
        "2 lines for you · due 11:00",
        "[ Enter counts ]",
    ]
    runs = "".join(f"{day} Nov  07:00  Daily parts · up to 12 lines\n" for day in ("Tue 24", "Wed 25", "Thu 26"))
    assert f"Next 7 days\n{runs}" in text
    assert text.endswith("Sat 28 Nov  07:00  Daily parts · up to 12 lines\n“/count schedule” for all")
    assert "Cycle counts" not in text
    assert "New cycle count" not in text
    assert "1234" not in text.replace(",", "")


def test_a_week_without_runs_says_so(place: Workplace) -> None:
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().schedule = "monthly 31 07:00"
    assert opened(place, "ana").endswith(
        "Next 7 days\nMon 30 Nov  07:00  Daily parts · up to 12 lines\n“/count schedule” for all"
    )
    with place.database.write() as session:
        plan = session.exec(select(CountPlan)).one()
        plan.schedule, plan.pace = "daily 07:00", Pace.LEVEL
        plan.bins = "Z-"
    assert opened(place, "ana").endswith("Next 7 days\nNothing is due.\n“/count schedule” for all")
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().schedule = "monthly 1 07:00"
    assert "Next 7 days\nNothing is scheduled until Mon 30 Nov.\n" in opened(place, "ana")


def test_an_approver_sees_the_plans_of_the_team(place: Workplace) -> None:
    text = opened(place, "ben")
    assert "Nothing is being counted right now." in text
    assert "Next 7 days" in text
    assert "Cycle counts\nDaily parts · next Tue 24 Nov 07:00\n" in text
    assert "[ Run now ]" in text
    assert "New cycle count" not in text


def test_stock_control_sees_every_plan_and_what_is_being_counted(place: Workplace) -> None:
    place.world.add_team("Tyres", "T-", counters=("fay",))
    place.start()
    text = opened(place, "kim")
    assert "Daily parts · Fleet Parts\n0 of 2 counted · due 11:00" in text
    assert "Enter counts" not in text
    assert "Cycle counts\n[ New cycle count ]\nDaily parts · being counted now · next Tue 24 Nov 07:00\n" in text
    assert "Next 7 days" not in text


def test_strangers_are_told_whom_to_ask(place: Workplace) -> None:
    assert opened(place, "zoe") == "You are in no counting team yet. Ask Kim to add you."


def test_the_other_tab_of_the_same_event_publishes_nothing(place: Workplace) -> None:
    place.kim.open_messages()
    place.ws.wait_until_quiet()
    assert place.ws.home(place.kim.id) is None


def test_due_another_day_says_which(place: Workplace) -> None:
    with place.database.write() as session:
        session.exec(select(CountPlan)).one().due_in_seconds = int(timedelta(days=3).total_seconds())
    place.start()
    assert "2 lines for you · due Nov 26" in opened(place, "ana")


def test_long_lists_fit(place: Workplace) -> None:
    with place.database.write() as session:
        for number in range(120):
            place.world.plan(session, f"Plan {number:03}", place.world.team_id)
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "kim")
    text = opened(place, "kim")
    assert len(published(place, "kim")["blocks"]) <= 100
    assert "… 81 more; “/count edit” and a name finds them" in text
    assert text.count("07:00  Plan ") + text.count("07:00  Daily parts") == 5
    assert "“/count schedule” for all" in text


def test_when_slack_does_not_take_it_nothing_else_breaks(place: Workplace) -> None:
    place.ws.faults.on(method="views.publish", action=slack_error("internal_error"))
    place.kim.open_home()
    place.ws.wait_until_quiet()
    assert place.ws.home(place.kim.id) is None
    assert "[ New cycle count ]" in opened(place, "kim")


# -- what can be done there


def test_counts_are_entered_from_home(place: Workplace) -> None:
    place.start()
    opened(place, "ana")
    click(place, "ana", ids.HOME_ENTER_COUNTS)
    assert form(place, "ana")["callback_id"] == ids.COUNT_MODAL
    place.ana.close_view()
    for line in (1, 2):
        place.world.count(line, "dan", 1234 if line == 1 else 5678)
    click(place, "ana", ids.HOME_ENTER_COUNTS)
    assert place.ana.view is None
    assert "Nothing is being counted right now." in home(place, "ana")
    assert home(place, "ana").split("\n")[0] != "Now"  # what was wrong stands on top


def test_a_plan_made_on_home_stands_there(place: Workplace) -> None:
    opened(place, "kim")
    click(place, "kim", ids.HOME_NEW_PLAN)
    assert submit(place, name="Aisle A").closed
    assert home(place, "kim").split("\n")[0] == "“Aisle A” is planned: first run Tue 24 Nov 07:00, no lines so far."
    assert "Aisle A · next Tue 24 Nov 07:00" in home(place, "kim")
    assert place.kim.ephemerals() == []


def test_the_menus_do_what_they_say(place: Workplace) -> None:
    opened(place, "kim")
    do(place, "kim", "pause")
    assert home(place, "kim").startswith(
        "“Daily parts” is paused: no run by itself until it is resumed. “Run now” still starts one.\n"
    )
    assert "Daily parts · paused" in home(place, "kim")
    do(place, "kim", "resume")
    assert home(place, "kim").startswith("“Daily parts” runs again: next run Tue 24 Nov 07:00.\n")
    place.wait(SECOND)
    do(place, "kim", "run")
    assert home(place, "kim").startswith("“Daily parts” is started: 2 lines, due today at 11:00.")
    place.wait(SECOND)
    place.ws.deliver_again()
    assert home(place, "kim").startswith("“Daily parts” was started since you saw it")
    do(place, "kim", "edit")
    enter(place, lines="4")
    assert submit(place).closed
    assert home(place, "kim").startswith("“Daily parts” is saved: next run Tue 24 Nov 07:00")
    do(place, "kim", "end")
    assert place.kim.submit().closed
    assert home(place, "kim").startswith("“Daily parts” has ended. What is being counted goes on.\n")
    assert plan_names(place) == []


def test_an_approver_runs_a_plan_now(place: Workplace) -> None:
    opened(place, "ben")
    woken = place.woken
    click(place, "ben", ids.HOME_PLAN_MENU)
    assert home(place, "ben").startswith("“Daily parts” is started: 2 lines, due today at 11:00.")
    assert place.woken == woken + 1


@pytest.mark.parametrize("verb", list(PlanVerb))
def test_a_role_that_is_gone_is_not_believed(place: Workplace, verb: PlanVerb) -> None:
    """Kim's Home still shows the menus when she is not stock control any more."""
    if verb is PlanVerb.RESUME:
        with place.database.write() as session:
            session.exec(select(CountPlan)).one().is_paused = True
    opened(place, "kim")
    with place.database.write() as session:
        place.world.member(session, "kim").is_controller = False
        place.world.member(session, "eva").is_controller = True
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "kim")
    do(place, "kim", verb)
    told = home(place, "kim").split("\n")[0]
    if verb is PlanVerb.RUN:
        assert told == "Only approvers of Fleet Parts and stock control start its plans."
    else:
        assert told == "Only stock control makes and changes plans. Ask Eva."
    assert place.kim.view is None
    assert plan(place, "Daily parts").is_active
    assert "New cycle count" not in home(place, "kim")
    with place.database.read() as session:
        assert session.exec(select(CountSession)).all() == []


@pytest.mark.parametrize("who", ["ana", "ben", "zoe"])
def test_a_forged_click_on_home_is_answered_there(place: Workplace, who: str) -> None:
    opened(place, who)
    view = place.ws.views.homes[place.who(who).id]
    for action_id, value in (
        (ids.HOME_NEW_PLAN, "new"),
        (ids.HOME_PLAN_MENU, ids.plan_value(PlanRef(PlanVerb.PAUSE, place.world.plan_id, 0))),
        (ids.HOME_ENTER_COUNTS, "x"),
    ):
        button = {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Do"}}
        view.payload["blocks"] = [{"type": "actions", "block_id": "forged", "elements": [{**button, "value": value}]}]
        assert place.who(who).click_in_view(view.id, action_id).ok
        assert place.who(who).view is None
    assert not plan(place, "Daily parts").is_paused


def test_a_form_that_slack_does_not_open_is_asked_for_again(place: Workplace) -> None:
    opened(place, "kim")
    place.ws.faults.on(method="views.open", action=slack_error("internal_error"), times=None)
    click(place, "kim", ids.HOME_NEW_PLAN)
    assert home(place, "kim").startswith("Slack did not open the form. Please try again.\n")
    do(place, "kim", "edit")
    assert home(place, "kim").startswith("Slack did not open the form. Please try again.\n")


def test_a_defect_is_told_on_top_of_home(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(place, "kim")

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("models.services.plan_changes.pause", broken)
    do(place, "kim", "pause")
    assert "That broke on my side (reference " in place.kim.reads(form(place))
