"""Files: what the bot is told of them, who may fetch their content, and what is left of a deleted one."""

import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from bot.sandbox.forms import complaints
from bot.sandbox.person import CannotDo, Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace
from tests.sandbox.bolt import Bot
from tests.sandbox.refusals import refusal

PARTS = "C01PARTS"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8cfc0000003010100c9fe92"
    "ef0000000049454e44ae426082"
)


class NoDetours(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(url: str, token: str | None) -> tuple[int, bytes]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        with urllib.request.build_opener(NoDetours).open(
            urllib.request.Request(url, headers=headers), timeout=5
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def event(ws: Workspace) -> dict[str, Any]:
    told: dict[str, Any] = [one.payload["event"] for one in ws.deliveries if one.kind == "events_api"][-1]
    return told


def share(ws: Workspace, ana: Person, text: str = "") -> tuple[str, dict[str, Any]]:
    ts = ana.say(PARTS, text, files=[ana.upload("Shelf 1.PNG", PIXEL, "image/png")])
    file: dict[str, Any] = ws.message(PARTS, ts).files[0].as_slack()
    return ts, file


def test_a_message_with_a_file_is_told_of_as_a_file_share(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts, file = share(ws, ana, "the shelf")
    ws.wait_until_quiet()
    told = event(ws)
    assert (told["subtype"], told["ts"], told["text"], told["files"]) == ("file_share", ts, "the shelf", [file])
    assert (file["name"], file["mimetype"], file["filetype"], file["size"]) == (
        "Shelf 1.PNG",
        "image/png",
        "png",
        len(PIXEL),
    )


def test_the_content_is_for_who_brings_the_token_and_may_read_files(
    ws: Workspace, server: SandboxServer, ana: Person
) -> None:
    _, file = share(ws, ana)
    for address in ("url_private", "url_private_download"):
        assert fetch(file[address], ws.bot_token) == (200, PIXEL)
        assert fetch(file[address], None)[0] == 302
        assert fetch(file[address], "xoxb-somebody-else")[0] == 302
        assert fetch(file[address], ws.app_token)[0] == 302
    assert ws.bot_token not in repr(ws.calls)


@pytest.mark.usefixtures("server")
def test_without_the_scope_nothing_is_read_and_no_form_asks_for_files() -> None:
    ws = Workspace(scopes={"chat:write", "commands"})
    ana = ws.add_user("U01ANA", name="Ana")
    ws.add_channel(PARTS, name="parts", members=["U01ANA"])
    with SandboxServer(ws) as server:
        file = ana.upload("a.png", PIXEL, "image/png").as_slack()
        assert fetch(file["url_private"], ws.bot_token)[0] == 302
        client = WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[])
        trigger = ws.views.issue_trigger("U01ANA", ws.clock.now())
        element = {"type": "file_input", "action_id": "photo"}
        block = {
            "type": "input",
            "block_id": "photo",
            "label": {"type": "plain_text", "text": "Photo"},
            "element": element,
        }
        text = {"type": "plain_text", "text": "Form"}
        view = {"type": "modal", "title": text, "submit": text, "blocks": [block]}
        assert refusal(client.views_open, trigger_id=trigger, view=view)["needed"] == "files:read"


def test_a_deleted_file_is_gone_and_what_was_nothing_else_goes_with_it(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts, file = share(ws, ana)
    ana.delete_file(file["id"])
    ws.wait_until_quiet()
    assert (event(ws)["subtype"], event(ws)["deleted_ts"]) == ("message_deleted", ts)
    assert event(ws)["previous_message"]["files"] == [file]
    assert fetch(file["url_private"], ws.bot_token)[0] == 404
    assert ws.messages(PARTS) == []


def test_a_message_with_a_text_stays_without_its_file(ws: Workspace, bot: Bot, ana: Person, ben: Person) -> None:
    ts, file = share(ws, ana, "the shelf")
    with pytest.raises(CannotDo, match="has no file"):
        ben.delete_file(file["id"])
    ana.delete_file(file["id"])
    ws.wait_until_quiet()
    assert event(ws)["subtype"] == "message_changed"
    assert event(ws)["message"]["files"] == [{"id": file["id"], "mode": "tombstone"}]
    assert event(ws)["previous_message"]["files"] == [file]
    assert ana.reads(ws.message(PARTS, ts)) == "the shelf"


def test_a_picture_is_attached_to_a_reply_on_the_page(page: Page, ws: Workspace, bot: Bot, ana: Person) -> None:
    parent = ana.say(PARTS, "A sheet")
    page.locator(f'[data-ts="{parent}"]').get_by_role("button", name="Reply in thread").click()
    page.get_by_label("Pictures").set_input_files({"name": "shelf.png", "mimeType": "image/png", "buffer": PIXEL})
    page.get_by_role("complementary").get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_role("img", name="shelf.png")).to_be_visible()
    (reply,) = ws.thread(PARTS, parent)
    assert (reply.subtype, reply.files[0].content) == ("file_share", PIXEL)


@pytest.mark.parametrize(
    ("names", "size", "said"),
    [
        (["a.png"], 1, None),
        (["a.png", "b.JPEG"], 10_000_000, None),
        (["a.png", "b.png", "c.png"], 1, "Please choose at most 2 files."),
        (["a.pdf"], 1, "Please choose files of these types: png, jpg."),
        (["a.png"], 10_000_001, "A file can have at most 10 MB."),
    ],
)
def test_what_the_client_lets_nobody_enter_in_a_form(
    ana: Person, names: list[str], size: int, said: str | None
) -> None:
    files = [ana.upload(name, b"x" * size, "image/png").as_slack() for name in names]
    element = {"type": "file_input", "action_id": "a", "max_files": 2, "filetypes": ["png", "jpg"]}
    blocks = [{"type": "input", "block_id": "photos", "optional": True, "element": element}]
    found = complaints(blocks, {"photos": {"a": {"type": "file_input", "files": files}}})
    assert found == ({} if said is None else {"photos": said})
