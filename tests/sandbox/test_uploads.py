"""The app uploads a file in Slack's three steps; each refuses what Slack refuses, and a content comes once."""

import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from bot.sandbox.faults import slack_error
from bot.sandbox.server import SandboxServer
from bot.sandbox.uploads import UPLOAD
from bot.sandbox.workspace import Workspace
from tests.sandbox.refusals import error
from tests.sandbox.test_files import fetch

PARTS, OTHER, SECRET = "C01PARTS", "C02OTHER", "C03SECRET"
CONTENT = b"bin,sku\r\nA-01-03,BOLT-10\r\n"


def announced(client: WebClient, name: str = "receipt.csv", content: bytes = CONTENT) -> tuple[str, str]:
    answer = client.files_getUploadURLExternal(filename=name, length=len(content))
    return answer["file_id"], answer["upload_url"]


def put(url: str, content: bytes = CONTENT, method: str = "POST") -> int:
    request = urllib.request.Request(url, data=content, method=method, headers={"Content-Type": "text/csv"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def complete(client: WebClient, *file_ids: str, **how: Any) -> Any:
    return client.files_completeUploadExternal(files=[{"id": one, "title": "Receipt"} for one in file_ids], **how)


def test_a_file_is_shared_in_a_thread_and_can_be_fetched(
    ws: Workspace, server: SandboxServer, client: WebClient
) -> None:
    parent = client.chat_postMessage(channel=PARTS, text="sheet")["ts"]
    file_id, url = announced(client)
    assert put(url) == 200
    (file,) = complete(client, file_id, channel_id=PARTS, thread_ts=parent, initial_comment="As signed")["files"]
    (message,) = ws.thread(PARTS, parent)
    assert (message.text, message.subtype, message.user) == ("As signed", "file_share", ws.bot_user_id)
    (found,) = client.conversations_replies(channel=PARTS, ts=parent)["messages"][1:]
    assert [(one["id"], one["name"], one["title"]) for one in found["files"]] == [(file_id, "receipt.csv", "Receipt")]
    assert fetch(file["url_private"], ws.bot_token) == (200, CONTENT)
    assert server.url in file["url_private"]


def test_the_sdk_uploads_with_a_form_of_its_own(ws: Workspace, client: WebClient) -> None:
    client.files_upload_v2(channel=PARTS, filename="receipt.csv", content="a,b\n", initial_comment="here")
    assert ws.messages(PARTS)[-1].files[0].content == b"a,b\n"


def test_an_address_takes_one_content_of_the_length_that_was_announced(client: WebClient) -> None:
    _, url = announced(client)
    assert put(url, CONTENT + b"x") == 400
    assert put(url, method="PUT") == 405
    assert put(url) == 200
    assert put(url) == 404
    assert put(f"{url}x") == 404


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"filename": "a.csv", "length": 0}, "missing_argument"),
        ({"filename": "a.csv", "length": -1}, "invalid_arguments"),
        ({"filename": "a.csv", "length": "many"}, "invalid_arguments"),
        ({"filename": "", "length": 4}, "invalid_arguments"),
        ({"filename": "a.csv", "length": 2_000_000, "snippet_type": "csv"}, "snippet_too_large"),
        ({"filename": "a.csv", "length": 2_000_000_000}, "file_upload_size_restricted"),
        ({"filename": "a.csv", "length": 4, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
def test_what_is_not_announced(client: WebClient, asked: dict[str, Any], refused: str) -> None:
    assert error(client.files_getUploadURLExternal, **asked) == refused


def test_only_what_came_is_completed_and_only_once(ws: Workspace, client: WebClient) -> None:
    file_id, url = announced(client)
    assert error(complete, client, file_id, channel_id=PARTS) == "file_not_found", "its content has not come"
    put(url)
    assert error(complete, client, file_id, "F99999999", channel_id=PARTS) == "file_not_found"
    assert error(complete, client, file_id, file_id, channel_id=PARTS) == "invalid_arguments"
    complete(client, file_id, channel_id=PARTS)
    assert error(complete, client, file_id, channel_id=PARTS) == "file_not_found"
    assert len(ws.messages(PARTS)) == 1


def test_where_a_file_cannot_be_shared(ws: Workspace, client: WebClient) -> None:
    file_id, url = announced(client)
    put(url)
    assert error(complete, client, file_id, channel_id=OTHER) == "not_in_channel"
    assert error(complete, client, file_id, channel_id=SECRET) == "channel_not_found"
    assert error(complete, client, file_id, channel_id="C99") == "channel_not_found"
    assert error(complete, client, file_id, channel_id=PARTS, thread_ts="1.000001") == "thread_not_found"
    assert error(complete, client, file_id, thread_ts="1.000001") == "invalid_arguments"
    assert error(complete, client, file_id, channel_id=PARTS, initial_comment="x" * 40_001) == "msg_too_long"
    ws.archive(PARTS)
    assert error(complete, client, file_id, channel_id=PARTS) == "is_archived"


def test_without_the_scope_nothing_is_uploaded() -> None:
    ws = Workspace(scopes={"chat:write", "files:read"})
    with SandboxServer(ws) as server:
        client = WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[])
        assert error(client.files_getUploadURLExternal, filename="a.csv", length=1) == "missing_scope"
        assert error(client.files_completeUploadExternal, files=[{"id": "F1"}]) == "missing_scope"


def test_faults_meet_each_of_the_three_steps(ws: Workspace, client: WebClient) -> None:
    ws.faults.on(method="files.getUploadURLExternal", action=slack_error("file_uploads_disabled"))
    assert error(announced, client) == "file_uploads_disabled"
    file_id, url = announced(client)
    ws.faults.on(method=UPLOAD, action="500")
    assert put(url) == 500
    assert put(url) == 200
    ws.faults.on(method="files.completeUploadExternal", phase="after_store", action=slack_error("fatal_error"))
    assert error(complete, client, file_id, channel_id=PARTS) == "fatal_error"
    assert len(ws.messages(PARTS)) == 1, "Slack had it"


@pytest.mark.usefixtures("bot")
def test_the_page_shows_it_as_a_file_to_download(client: WebClient, page: Page) -> None:
    file_id, url = announced(client)
    put(url)
    complete(client, file_id, channel_id=PARTS, initial_comment="As signed")
    link = page.get_by_role("link", name="receipt.csv")
    expect(link).to_be_visible()
    with page.expect_download() as coming:
        link.click()
    assert coming.value.path().read_bytes() == CONTENT
