"""Shortcuts, live modals and the Home tab, in a real browser, by mouse and by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace
from tests.sandbox.bolt import PARTS, connected
from tests.sandbox.browsing import IN_BROWSER, shot, small_workspace
from tests.sandbox.planning import DUE, OIL, RANDOM, WEEKLY, PlanBot, plan_home, plan_modal

pytestmark = IN_BROWSER


@pytest.fixture
def ws() -> Workspace:
    workspace = small_workspace()
    workspace.add_shortcut("New cycle count", "global", "new_count", "Plans what is counted, and when")
    workspace.add_shortcut("Count this", "message", "count_this", "Counts the items named in a message")
    return workspace


@pytest.fixture
def bot(ws: Workspace, server: SandboxServer) -> Iterator[PlanBot]:
    bot = PlanBot(ws, server)
    with connected(bot.app, ws):
        yield bot


@pytest.fixture
def modal(page: Page) -> Locator:
    """The planning modal, opened by its shortcut."""
    page.get_by_role("button", name="Shortcuts", exact=True).click()
    page.get_by_role("button", name="New cycle count").click()
    dialog = page.get_by_role("dialog", name="New cycle count")
    expect(dialog).to_be_visible()
    return dialog


def actions(bot: PlanBot) -> list[tuple[str, Any]]:
    """What the bot was told of in blocks: which element, and its value."""
    told = [body["actions"][0] for body in bot.told if body["type"] == "block_actions"]
    keys = ("value", "selected_option", "selected_options", "selected_date", "selected_time")
    return [(one["action_id"], next((one[key] for key in keys if key in one), None)) for one in told]


def values(bot: PlanBot) -> dict[str, Any]:
    state = bot.told[-1]["view"]["state"]["values"]
    return {block_id: next(iter(entries.values())) for block_id, entries in state.items()}


# --- shortcuts


def test_the_shortcut_by_keyboard(bot: PlanBot, page: Page) -> None:
    button = page.get_by_role("button", name="Shortcuts", exact=True)
    entry = page.get_by_role("button", name="New cycle count")
    button.focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_focused()
    expect(page.get_by_text("Plans what is counted, and when")).to_be_visible()
    shot(page, "shortcuts")
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="New cycle count")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    assert bot.told[-1]["type"] == "shortcut"


def test_a_message_shortcut(ws: Workspace, bot: PlanBot, ana: Person, page: Page) -> None:
    ts = ana.say(PARTS, "BOLT-10")
    ws.person("U03BEN").say(PARTS, "OF-712", thread_ts=ts)
    page.get_by_role("button", name="Message shortcuts").click()
    shot(page, "message-shortcuts")
    page.get_by_role("button", name="Count this").click()
    expect(page.get_by_text("Counting BOLT-10")).to_be_visible()
    # What only one person sees has none: one menu, as before.
    expect(page.get_by_role("button", name="Message shortcuts")).to_have_count(1)
    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("log", name="Replies")
    thread.get_by_role("button", name="Message shortcuts").last.click()
    page.get_by_role("button", name="Count this").last.click()
    ws.wait_for(lambda: [one["message"]["text"] for one in bot.told] == ["BOLT-10", "OF-712"])


def test_without_shortcuts_there_are_no_menus(bot: PlanBot, ana: Person, page: Page, ws: Workspace) -> None:
    ana.say(PARTS, "BOLT-10")
    expect(page.get_by_role("button", name="Message shortcuts")).to_be_visible()
    with ws.changes.lock:
        ws.app = type(ws.app)()
        ws.changes.happened()
    expect(page.get_by_role("button", name="Message shortcuts")).to_be_hidden()
    expect(page.get_by_role("button", name="Shortcuts", exact=True)).to_be_hidden()


def test_commands_do_not_work_in_threads(bot: PlanBot, ana: Person, page: Page) -> None:
    ana.say(PARTS, "BOLT-10")
    page.get_by_role("button", name="Reply in thread").click()
    page.get_by_label("Reply", exact=True).fill("/count status")
    page.get_by_label("Reply", exact=True).press("Enter")
    expect(page.get_by_role("alert")).to_have_text("/count is not supported in threads. Sorry!")


# --- the modal


def test_every_element_begins_with_its_initial_value(bot: PlanBot, page: Page, modal: Locator) -> None:
    expect(modal.get_by_label("Name")).to_be_focused()
    expect(modal.get_by_label("Repeating")).to_be_checked()
    expect(modal.get_by_label("Lines a run")).to_have_value("10")
    expect(modal.get_by_label("Period")).to_have_value("daily")
    expect(modal.get_by_label("First run")).to_have_value("2026-12-01")
    expect(modal.get_by_label("At", exact=True)).to_have_value("07:00")
    expect(modal.get_by_role("group", name="Categories").get_by_label("Oil")).to_be_checked()
    expect(modal.get_by_label("Bolts")).not_to_be_checked()
    expect(modal.get_by_label("Due")).to_be_checked()
    expect(modal.get_by_label("Note")).to_have_value("Mind\nthe gap")
    shot(page, "modal-top")
    modal.get_by_label("Name").fill("Daily parts")
    modal.get_by_role("button", name="Start").click()
    expect(modal).to_be_hidden()
    assert values(bot) == {
        "name": {"type": "plain_text_input", "value": "Daily parts"},
        "kind": {
            "type": "radio_buttons",
            "selected_option": {"text": values(bot)["kind"]["selected_option"]["text"], "value": "repeating"},
        },
        "lines": {"type": "number_input", "value": "10"},
        "period": {"type": "static_select", "selected_option": values(bot)["period"]["selected_option"]},
        "start": {"type": "datepicker", "selected_date": "2026-12-01"},
        "at": {"type": "timepicker", "selected_time": "07:00"},
        "categories": {"type": "multi_static_select", "selected_options": [OIL]},
        "policies": {"type": "checkboxes", "selected_options": [DUE]},
        "bins": {"type": "plain_text_input", "value": None},
        "note": {"type": "plain_text_input", "value": "Mind\nthe gap"},
        "blind": {"type": "radio_buttons", "selected_option": values(bot)["blind"]["selected_option"]},
    }
    assert (values(bot)["period"]["selected_option"]["value"], values(bot)["blind"]["selected_option"]["value"]) == (
        "daily",
        "yes",
    )


def test_choices_are_told_with_all_that_was_entered(ws: Workspace, bot: PlanBot, page: Page, modal: Locator) -> None:
    modal.get_by_label("Note").fill("Not told yet")
    modal.get_by_label("Period").select_option("weekly")
    expect(modal.get_by_text("Weekly: 10 lines")).to_be_visible()
    assert values(bot)["note"]["value"] == "Not told yet"
    modal.get_by_label("Once", exact=True).check()
    modal.get_by_label("Random").check()
    modal.get_by_label("Fuses").check()
    expect(modal.get_by_label("Bolts")).to_be_disabled()  # two at most
    modal.get_by_label("First run").fill("2027-01-04")
    modal.get_by_label("At", exact=True).fill("11:30")
    modal.get_by_label("Period").focus()
    ws.wait_for(lambda: len(actions(bot)) == 6)
    assert [(name, value) for name, value in actions(bot) if name != "kind"] == [
        ("period", WEEKLY),
        ("policies", [DUE, RANDOM]),
        ("categories", [OIL, {"text": values(bot)["categories"]["selected_options"][1]["text"], "value": "fuses"}]),
        ("start", "2027-01-04"),
        ("at", "11:30"),
    ]
    expect(modal.get_by_label("Note")).to_have_value("Not told yet")
    expect(modal.get_by_label("Period")).to_be_focused()
    modal.get_by_label("Period").select_option("")  # optional: it can be emptied again
    ws.wait_for(lambda: actions(bot)[-1] == ("period", None))


def test_typing_is_told_after_a_pause_and_goes_on_undisturbed(
    ws: Workspace, bot: PlanBot, page: Page, modal: Locator
) -> None:
    lines = modal.get_by_label("Lines a run")
    lines.fill("")
    ws.wait_for(lambda: actions(bot) == [("lines", None)])
    page.keyboard.type("125", delay=20)  # quicker than the pause: told once
    expect(modal.get_by_text("Daily: 125 lines")).to_be_visible()
    assert actions(bot)[1:] == [("lines", "125")]
    # The update drew this very field anew, as its hint changed; the caret stays between 1 and 2.
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("0")
    expect(modal.get_by_text("Daily: 1025 lines")).to_be_visible()
    expect(modal.get_by_text("Now 1025;")).to_be_visible()
    expect(lines).to_be_focused()
    page.keyboard.type("9")
    expect(lines).to_have_value("10925")
    shot(page, "modal-typing")


def test_a_field_that_an_update_leaves_alone_is_not_touched(
    bot: PlanBot, page: Page, modal: Locator, ws: Workspace, ana: Person
) -> None:
    name = modal.get_by_label("Name")
    name.evaluate("element => { element.marked = true; }")
    name.focus()
    page.keyboard.type("Dai")
    expect(name).to_have_value("Dai")
    ws.wait_for(lambda: actions(bot) == [("name", "Dai")])
    assert ana.view is not None
    bot.app.client.views_update(view_id=ana.view["id"], view=plan_modal({"bins": {"b": {"value": "B-01"}}}))
    expect(modal.get_by_text("Daily: 10 lines, B-01")).to_be_visible()
    page.keyboard.type("ly")
    expect(name).to_have_value("Daily")
    assert name.evaluate("element => element.marked === true")


def test_enter_tells_and_does_not_submit(ws: Workspace, bot: PlanBot, page: Page, modal: Locator) -> None:
    modal.get_by_label("Name").fill("Daily")
    bins = modal.get_by_label("Bins")
    expect(bins).to_have_accessible_description("Prefixes, with commas: A-01, B Press Enter to use what you typed.")
    bins.fill("A-01, B")
    bins.press("Enter")
    expect(modal.get_by_text("Daily: 10 lines, A-01, B")).to_be_visible()
    assert actions(bot) == [("name", "Daily"), ("bins", "A-01, B")]
    expect(modal).to_be_visible()
    note = modal.get_by_label("Note")
    note.fill("One")
    note.press("Enter")
    note.press_sequentially("Two")
    expect(note).to_have_value("One\nTwo")
    modal.get_by_label("Name").fill("Daily parts")
    modal.get_by_label("Name").press("Enter")  # as in any form
    expect(modal).to_be_hidden()
    ws.wait_until_quiet()
    assert bot.told[-1]["type"] == "view_submission"
    assert values(bot)["note"]["value"] == "One\nTwo"


def test_what_was_told_comes_before_the_submission(ws: Workspace, bot: PlanBot, page: Page, modal: Locator) -> None:
    start = modal.get_by_role("button", name="Start")
    bot.gate.clear()
    modal.get_by_label("Name").fill("Daily parts")
    start.click()  # which leaves the field, so that the bot is told of it
    ws.wait_for(lambda: len(ws.deliveries) == 2)
    expect(start).to_be_disabled()
    assert [one.payload["type"] for one in ws.courier.unsettled()] == ["block_actions"]
    bot.gate.set()
    expect(modal).to_be_hidden()
    assert [body["type"] for body in bot.told] == ["shortcut", "block_actions", "view_submission"]


def test_complaints_stand_under_their_fields(bot: PlanBot, page: Page, modal: Locator) -> None:
    modal.get_by_label("Lines a run").fill("0")
    modal.get_by_role("button", name="Start").click()
    expect(modal.get_by_text("Please enter a number of at least 1.")).to_be_visible()
    expect(modal.get_by_label("Name")).to_be_focused()
    expect(modal.get_by_label("Lines a run")).to_have_attribute("aria-invalid", "true")
    shot(page, "modal-complaints")


def test_an_overflow_menu_in_a_modal(ws: Workspace, bot: PlanBot, page: Page, modal: Locator) -> None:
    for _ in range(2):  # the same twice
        modal.get_by_role("button", name="More actions").click()
        modal.get_by_role("button", name="Another sample").click()
    ws.wait_for(lambda: len(actions(bot)) == 2)
    assert {name for name, _ in actions(bot)} == {"example"}
    modal.get_by_role("button", name="More actions").click()
    expect(page.locator(".menu.placed")).to_be_visible()
    shot(page, "modal-bottom")
    page.keyboard.press("Escape")  # closes the menu only
    expect(modal).to_be_visible()


# --- Home


def test_home_by_buttons_and_menus(ws: Workspace, bot: PlanBot, page: Page) -> None:
    page.get_by_role("button", name="Home of Cycle Count").click()
    home = page.get_by_label("Home tab")
    expect(home.get_by_text("Daily parts · running")).to_be_visible()
    search = home.get_by_label("Find a plan")
    search.fill("Parts")
    search.press("Enter")
    ws.wait_for(lambda: actions(bot) == [("search", "Parts")])
    search.press_sequentially(" of B")
    home.get_by_role("button", name="More actions").click()
    expect(page.locator(".menu.placed")).to_be_visible()
    shot(page, "home")
    page.get_by_role("button", name="Pause").click()
    expect(home.get_by_text("Daily parts · paused")).to_be_visible()
    told = bot.told[-1]
    assert (told["container"]["type"], told["view"]["type"]) == ("view", "home")
    assert told["actions"][0]["selected_option"]["value"] == "pause"
    expect(search).to_have_value("Parts of B")
    home.get_by_label("Show").select_option("weekly")
    ws.wait_for(lambda: actions(bot)[-1] == ("sort", WEEKLY))
    home.get_by_role("button", name="New cycle count").click()
    expect(page.get_by_role("dialog", name="New cycle count")).to_be_visible()


def test_looking_at_the_direct_message_is_told(ws: Workspace, bot: PlanBot, page: Page) -> None:
    bot.app.client.chat_postMessage(channel="U01ANA", text="3 lines for you")
    page.get_by_role("button", name="Cycle Count", exact=True).click()
    expect(page.get_by_text("3 lines for you")).to_be_visible()
    ws.wait_for(lambda: [one["tab"] for one in bot.told] == ["messages"])


def test_an_overflow_menu_in_a_message(ws: Workspace, bot: PlanBot, page: Page) -> None:
    section = plan_home()["blocks"][1]
    section["accessory"]["action_id"] = "plan_in_message"
    bot.app.client.chat_postMessage(channel=PARTS, text="plan", blocks=[section])
    more = page.get_by_role("button", name="More actions")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    ws.wait_for(lambda: len(actions(bot)) == 1)
    assert bot.told[-1]["actions"][0]["selected_option"]["value"] == "end"
