"""What goes wrong on purpose, between the bot and Slack."""

import threading
import urllib.error
from http.client import HTTPException
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.calls import Call
from bot.sandbox.faults import ratelimited, slack_error
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace

PARTS = "C01PARTS"


def post(client: WebClient, text: str = "x") -> Any:
    return client.chat_postMessage(channel=PARTS, text=text)


def test_a_refusal_before_anything_is_stored(ws: Workspace, client: WebClient) -> None:
    ws.faults.on(method="chat.postMessage", action=slack_error("channel_not_found"))
    with pytest.raises(SlackApiError, match="channel_not_found"):
        post(client)
    assert ws.messages(PARTS) == []
    post(client)
    assert [call.error for call in ws.calls] == ["channel_not_found", None]
    assert [call.stored for call in ws.calls] == [False, True]


def test_too_fast(ws: Workspace, client: WebClient) -> None:
    ws.faults.on(method="chat.postMessage", action=ratelimited(retry_after=7), times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            post(client)
        assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    post(client)


def test_slacks_own_trouble(ws: Workspace, client: WebClient) -> None:
    ws.faults.on(method="chat.postMessage", phase="after_store", action="500")
    with pytest.raises(SlackApiError) as caught:
        post(client)
    assert caught.value.response.status_code == 500
    assert len(ws.messages(PARTS)) == 1


def test_a_lost_answer(ws: Workspace, client: WebClient) -> None:
    ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")
    with pytest.raises((urllib.error.URLError, OSError, HTTPException)):
        post(client)
    assert [message.text for message in ws.messages(PARTS)] == ["x"]
    (call,) = ws.calls
    assert (call.status, call.stored) == (None, True)


def test_an_answer_that_never_comes(ws: Workspace, server: SandboxServer) -> None:
    ws.faults.on(method="chat.postMessage", phase="before_store", action="timeout")
    impatient = WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[], timeout=1)
    impatient.timeout = 0.2  # type: ignore[assignment]  # whole seconds in its signature, any in its socket
    with pytest.raises(TimeoutError):
        post(impatient)
    assert ws.messages(PARTS) == []


def test_a_function_is_called_at_its_point_and_the_call_goes_on(ws: Workspace, client: WebClient) -> None:
    seen: list[tuple[Call, int]] = []
    for phase in ("before_store", "after_store"):
        ws.faults.on(
            method="chat.postMessage",
            phase=phase,
            action=lambda call: seen.append((call, len(ws.messages(PARTS)))),
        )
    post(client)
    assert [stored for _, stored in seen] == [0, 1]
    assert seen[0][0].params["text"] == "x"


def test_a_function_may_wait_for_other_calls(ws: Workspace, client: WebClient, server: SandboxServer) -> None:
    # It runs without the workspace's lock, or this would never end.
    ws.faults.on(
        method="chat.postMessage",
        action=lambda _: ws.wait_for(lambda: ws.messages(PARTS)),
        when=lambda call: call.params["text"] == "first",
    )
    thread = threading.Thread(target=post, args=(client, "first"))
    thread.start()
    post(WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[]), "second")
    thread.join(10)
    assert [message.text for message in ws.messages(PARTS)] == ["second", "first"]


def test_a_fault_counts_how_often_it_was_reached(ws: Workspace, client: WebClient) -> None:
    never = ws.faults.on(method="chat.update", action="500")
    always = ws.faults.on(method=None, action=lambda _: None, times=None)
    post(client)
    client.auth_test()
    assert (never.hits, always.hits) == (0, 2)
    ws.faults.clear()
    post(client)
    assert always.hits == 2


def test_a_lost_modal_has_not_used_up_its_trigger(ws: Workspace, client: WebClient) -> None:
    trigger = ws.views.issue_trigger("U01ANA", ws.clock.now())
    title = {"type": "plain_text", "text": "x"}
    view = {"type": "modal", "title": title, "blocks": [{"type": "divider"}]}
    ws.faults.on(method="views.open", phase="before_store", action=slack_error("internal_error"))
    with pytest.raises(SlackApiError, match="internal_error"):
        client.views_open(trigger_id=trigger, view=view)
    assert client.views_open(trigger_id=trigger, view=view)["ok"]
