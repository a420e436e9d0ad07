"""The page, in a real browser: what people see and do, and that texts stay texts."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace
from tests.bot.pictures import photo
from tests.sandbox.bolt import PARTS, connected, plain
from tests.sandbox.browsing import IN_BROWSER, shot, small_workspace
from tests.sandbox.page_bot import NASTY, WIRE, PageBot, count_modal, post_sheet
from tests.sandbox.test_blocks import ACCEPTED

pytestmark = IN_BROWSER


@pytest.fixture
def ws() -> Workspace:
    return small_workspace()


@pytest.fixture
def bot(ws: Workspace, server: SandboxServer) -> Iterator[PageBot]:
    bot = PageBot(ws, server)
    with connected(bot.app, ws):
        yield bot


def test_talking_in_channel_and_thread(ws: Workspace, bot: PageBot, page: Page) -> None:
    post_sheet(bot)
    page.get_by_label("Message", exact=True).fill(NASTY)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log", name="Messages").get_by_text(NASTY).last).to_be_visible()
    page.get_by_role("button", name="Reply in thread").first.click()
    page.get_by_label("Reply", exact=True).fill("BOLT-10 42")
    page.get_by_label("Reply", exact=True).press("Enter")
    expect(page.get_by_role("log", name="Replies").get_by_text("BOLT-10 42")).to_be_visible()
    page.get_by_role("button", name="Close thread").click()
    expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    said = ws.messages(PARTS)[-1]
    assert (said.text, said.rings_everybody) == (WIRE, False)


def test_editing_and_deleting(ws: Workspace, ana: Person, page: Page) -> None:
    ts = ana.say(PARTS, "BOLT-10 42")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Edit message").fill("BOLT-10 43")
    page.get_by_role("button", name="Save edit").click()
    expect(page.get_by_text("BOLT-10 43")).to_be_visible()
    expect(page.get_by_text("edited")).to_be_visible()
    assert ws.message(PARTS, ts).text == "BOLT-10 43"
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("BOLT-10 43")).to_be_hidden()


def test_a_modal_from_click_to_submit(bot: PageBot, page: Page) -> None:
    post_sheet(bot)
    expect(page.get_by_text(NASTY)).to_be_visible()
    page.get_by_role("button", name="Enter counts").click()
    dialog = page.get_by_role("dialog", name="Daily parts 1/2")
    count = dialog.get_by_label("A-01-03")
    save = dialog.get_by_role("button", name="Save, next page")
    for typed, complaint in {
        "": "Please complete this required field.",
        "1.5": "Please enter a whole number.",
        "13": "13 pcs? Nobody has 13.",
    }.items():
        count.fill(typed)
        save.click()
        expect(dialog.get_by_text(complaint)).to_be_visible()
        expect(count).to_have_value(typed)
        expect(count).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Blocked by a pallet").check()
    count.fill("12")
    save.click()
    expect(dialog).to_be_hidden()
    values = bot.told[-1]["view"]["state"]["values"]
    assert values["q"]["n"]["value"] == "12"
    assert values["r"]["r"]["selected_option"]["value"] == "blocked"


def test_what_is_typed_stays_while_the_bot_updates_the_modal(ws: Workspace, bot: PageBot, page: Page) -> None:
    post_sheet(bot)
    page.get_by_role("button", name="Enter counts").click()
    page.get_by_label("A-01-03").fill("12")
    view = ws.person("U01ANA").view
    assert view is not None
    bot.app.client.views_update(view_id=view["id"], view={**count_modal(), "title": plain("Daily parts 2/2")})
    expect(page.get_by_role("dialog", name="Daily parts 2/2")).to_be_visible()
    expect(page.get_by_label("A-01-03")).to_have_value("12")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    ws.wait_until_quiet()
    assert bot.told[-1]["type"] == "view_closed"


def test_slash_commands_answer_only_you(page: Page) -> None:
    page.get_by_label("Message", exact=True).fill("/count status")
    page.get_by_label("Message", exact=True).press("Enter")
    expect(page.get_by_text("You said status")).to_be_visible()
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    page.get_by_label("You are").select_option("Ben")
    expect(page.get_by_role("button", name="# review")).to_be_visible()
    expect(page.get_by_text("You said status")).to_be_hidden()


def test_choosing_in_a_message(bot: PageBot, page: Page) -> None:
    post_sheet(bot)
    page.get_by_label("Reason").select_option("Damaged")
    expect(page.get_by_label("Reason")).to_have_value("damaged")
    page.get_by_role("button", name="Enter counts").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert bot.told[-1]["actions"][0]["selected_option"]["value"] == "damaged"


def test_an_input_in_a_message_goes_along_with_the_next_click(bot: PageBot, page: Page) -> None:
    note = {"type": "plain_text_input", "action_id": "note", "initial_value": "nothing"}
    more = {"type": "button", "action_id": "more", "text": plain("Send it")}
    blocks: list[dict[str, Any]] = [
        {"type": "input", "block_id": "n", "label": plain("Note"), "element": note},
        {"type": "actions", "block_id": "m", "elements": [more]},
    ]
    bot.app.client.chat_postMessage(channel=PARTS, text="note", blocks=blocks)
    expect(page.get_by_label("Note")).to_have_value("nothing")
    page.get_by_label("Note").fill("a pallet")
    page.get_by_label("Note").press("Tab")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_label("Note")).to_have_value("a pallet")
    expect(page.get_by_role("button", name="Send it")).to_be_enabled()
    assert bot.told[-1]["state"]["values"]["n"]["note"]["value"] == "a pallet"


def test_home(ws: Workspace, bot: PageBot, page: Page) -> None:
    page.get_by_role("button", name="Home of Cycle Count").click()
    expect(page.get_by_text("2 wait for you")).to_be_visible()
    page.get_by_role("button", name="Review").click()
    ws.wait_for(lambda: [one for one in bot.told if one.get("type") == "block_actions"])


def test_changes_come_by_themselves(bot: PageBot, page: Page) -> None:
    ts = post_sheet(bot)
    expect(page.get_by_role("button", name="Enter counts")).to_be_visible()
    bot.app.client.chat_update(channel=PARTS, ts=ts, text="Closed: 11 counted")
    expect(page.get_by_text("Closed: 11 counted")).to_be_visible()
    expect(page.get_by_role("button", name="Enter counts")).to_be_hidden()
    bot.app.client.reactions_add(channel=PARTS, timestamp=ts, name="white_check_mark")
    expect(page.get_by_label(f"white_check_mark by {bot.app.client.auth_test()['user']}")).to_have_count(0)
    expect(page.get_by_label("white_check_mark by Cycle Count")).to_be_visible()


def test_a_bot_that_is_gone_is_told(ws: Workspace, bot: PageBot, page: Page) -> None:
    post_sheet(bot)
    expect(page.get_by_role("status")).to_be_empty()
    ws.courier.transport = None
    page.get_by_role("button", name="Enter counts").click()
    expect(page.get_by_role("alert")).to_have_text("The app did not respond.")
    ws.use_socket_mode()


def test_a_permalink_leads_to_its_message(bot: PageBot, page: Page) -> None:
    ts = post_sheet(bot)
    link = bot.app.client.chat_getPermalink(channel=PARTS, message_ts=ts)["permalink"]
    page.goto(str(link))
    expect(page.locator(".sought")).to_contain_text("Daily parts")


def test_every_kind_of_block_is_drawn(bot: PageBot, page: Page) -> None:
    # Pictures aside: nothing outside of this machine is asked for here.
    drawn = {name: blocks for name, blocks in ACCEPTED.items() if "image" not in name and len(blocks) < 5}
    for name, blocks in drawn.items():
        if name not in {"a table", "100 options", "markdown", "section"}:
            bot.app.client.chat_postMessage(channel=PARTS, text=name, blocks=blocks)
    bot.app.client.chat_postMessage(channel=PARTS, text="the last one")
    expect(page.get_by_text("the last one")).to_be_visible()
    expect(page.get_by_role("cell", name="SKU").first).to_be_visible()
    expect(page.get_by_role("img", name="Accuracy: IRA")).to_have_count(2)
    expect(page.get_by_role("button", name="More actions")).to_be_visible()
    shot(page, "blocks")


def test_a_picture_is_entered_in_a_modal(ws: Workspace, bot: PageBot, page: Page) -> None:
    post_sheet(bot)
    page.get_by_role("button", name="Enter counts").click()
    dialog = page.get_by_role("dialog", name="Daily parts 1/2")
    dialog.get_by_label("A-01-03").fill("12")
    dialog.get_by_label("Photo").set_input_files(
        {"name": "shelf.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    dialog.get_by_role("button", name="Save, next page").click()
    expect(dialog.get_by_text("Please choose files of these types: png.")).to_be_visible()
    dialog.get_by_label("Photo").set_input_files({"name": "shelf.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    dialog.get_by_role("button", name="Save, next page").click()
    expect(dialog).to_be_hidden()
    (file,) = bot.told[-1]["view"]["state"]["values"]["f"]["f"]["files"]
    assert (file["name"], ws.files.find(file["id"]).content) == ("shelf.png", b"\x89PNG")


def test_a_picture_is_sent_with_a_reply_and_seen(ws: Workspace, bot: PageBot, page: Page) -> None:
    post_sheet(bot)
    page.get_by_role("button", name="Reply in thread").first.click()
    chosen = page.get_by_label("Pictures")
    chosen.set_input_files({"name": "shelf.png", "mimeType": "image/png", "buffer": photo("BOLT-10")})
    page.get_by_label("Reply", exact=True).fill("BOLT-10 42")
    page.get_by_role("button", name="Reply", exact=True).click()
    replies = page.get_by_role("log", name="Replies")
    expect(replies.get_by_text("BOLT-10 42")).to_be_visible()
    shown = replies.get_by_role("img", name="shelf.png")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 460)
    expect(chosen).to_have_value("")
    shot(page, "picture")
    page.get_by_label("Pictures").set_input_files({"name": "alone.png", "mimeType": "image/png", "buffer": photo()})
    page.get_by_role("button", name="Reply", exact=True).click()  # a picture needs no words
    expect(replies.get_by_role("img", name="alone.png")).to_be_visible()
    assert [file.name for said in ws.thread(PARTS, ws.messages(PARTS)[-1].ts) for file in said.files] == [
        "shelf.png",
        "alone.png",
    ]
