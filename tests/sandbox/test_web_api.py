"""The Web API refuses what Slack refuses, asked by the unmodified client."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace
from tests.sandbox.refusals import error, refusal

PARTS = "C01PARTS"
SECTION = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "hello"}}


# --- tokens and scopes


def test_auth_test_says_who_the_bot_is(ws: Workspace, client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (ws.bot_user_id, ws.team_id)


def test_tokens(ws: Workspace, server: SandboxServer) -> None:
    def with_token(token: str | None) -> WebClient:
        return WebClient(token, base_url=server.api_url, retry_handlers=[])

    assert error(with_token(None).auth_test) == "not_authed"
    assert error(with_token("xoxb-somebody-else").auth_test) == "invalid_auth"
    app, bot = with_token(ws.app_token), with_token(ws.bot_token)
    assert app.apps_connections_open(app_token=ws.app_token)["url"].startswith(f"ws://127.0.0.1:{server.port}/link?")
    assert error(bot.apps_connections_open, app_token=ws.bot_token) == "not_allowed_token_type"
    assert error(app.chat_postMessage, channel=PARTS, text="x") == "not_allowed_token_type"


def test_tokens_are_in_no_record(ws: Workspace, client: WebClient) -> None:
    client.chat_postMessage(channel=PARTS, text="x")
    assert ws.bot_token not in repr(ws.calls)


SCOPED: dict[str, tuple[str, dict[str, Any]]] = {
    "chat.postMessage": ("chat:write", {"channel": PARTS, "text": "x"}),
    "chat.update": ("chat:write", {"channel": PARTS, "ts": "1", "text": "x"}),
    "chat.delete": ("chat:write", {"channel": PARTS, "ts": "1"}),
    "chat.postEphemeral": ("chat:write", {"channel": PARTS, "user": "U01ANA", "text": "x"}),
    "conversations.history": ("channels:history", {"channel": PARTS}),
    "conversations.replies": ("channels:history", {"channel": PARTS, "ts": "1"}),
    "conversations.open": ("im:write", {"users": "U01ANA"}),
    "conversations.info": ("channels:read", {"channel": PARTS}),
    "conversations.members": ("channels:read", {"channel": PARTS}),
    "users.info": ("users:read", {"user": "U01ANA"}),
    "reactions.add": ("reactions:write", {"channel": PARTS, "timestamp": "1", "name": "eyes"}),
    "reactions.remove": ("reactions:write", {"channel": PARTS, "timestamp": "1", "name": "eyes"}),
}


@pytest.mark.parametrize("method", SCOPED)
def test_a_missing_scope_is_named(method: str) -> None:
    needed, params = SCOPED[method]
    workspace = Workspace(scopes={"commands"})
    workspace.add_user("U01ANA", name="Ana")
    workspace.add_channel(PARTS, name="parts", members=["U01ANA"])
    with SandboxServer(workspace) as server:
        client = WebClient(workspace.bot_token, base_url=server.api_url, retry_handlers=[])
        answer = refusal(client.api_call, method, params=params)
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", needed, "commands")


def test_history_needs_the_scope_of_the_kind_of_channel() -> None:
    workspace = Workspace(scopes={"channels:history"})
    workspace.add_user("U03BEN", name="Ben")
    workspace.add_channel("C04REVIEW", name="review", members=["U03BEN"], private=True)
    with SandboxServer(workspace) as server:
        client = WebClient(workspace.bot_token, base_url=server.api_url, retry_handlers=[])
        assert refusal(client.conversations_history, channel="C04REVIEW")["needed"] == "groups:history"
        direct = workspace.dm_channel("U03BEN")
        assert refusal(client.conversations_history, channel=direct)["needed"] == "im:history"


def test_an_unknown_method(client: WebClient) -> None:
    assert error(client.api_call, "chat.shout") == "unknown_method"
    assert error(client.chat_scheduleMessage, channel=PARTS, post_at=1, text="x") == "unknown_method"


def test_a_body_that_is_no_json(ws: Workspace, server: SandboxServer) -> None:
    request = urllib.request.Request(
        f"{server.api_url}chat.postMessage",
        b"{",
        {"Content-Type": "application/json", "Authorization": f"Bearer {ws.bot_token}"},
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["error"] == "invalid_json"


def test_only_this_machine_by_its_own_name_is_answered(server: SandboxServer) -> None:
    request = urllib.request.Request(server.url, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value:
        assert caught.value.code == 403


# --- posting


def test_where_the_bot_may_post(ws: Workspace, client: WebClient) -> None:
    assert error(client.chat_postMessage, channel="C99", text="x") == "channel_not_found"
    assert error(client.chat_postMessage, channel="C02OTHER", text="x") == "not_in_channel"
    assert error(client.chat_postMessage, channel="C03SECRET", text="x") == "channel_not_found"
    ws.archive(PARTS)
    assert error(client.chat_postMessage, channel=PARTS, text="x") == "is_archived"


def test_a_message_needs_a_text_that_fits(client: WebClient) -> None:
    assert error(client.api_call, "chat.postMessage", json={"channel": PARTS, "text": ""}) == "no_text"
    assert client.chat_postMessage(channel=PARTS, text="x" * 40_000)["ok"]
    assert error(client.chat_postMessage, channel=PARTS, text="x" * 40_001) == "msg_too_long"


def test_bad_blocks_are_explained(client: WebClient) -> None:
    answer = refusal(client.chat_postMessage, channel=PARTS, text="x", blocks=[{"type": "sheet"}, SECTION])
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == ["[ERROR] unsupported type: sheet [json-pointer:/blocks/0/type]"]
    assert error(client.chat_postMessage, channel=PARTS, text="x", blocks="[{") == "invalid_blocks_format"


def test_blocks_come_as_json_or_in_a_form(ws: Workspace, client: WebClient) -> None:
    client.chat_postMessage(channel=PARTS, text="x", blocks=[SECTION])
    client.api_call("chat.postMessage", params={"channel": PARTS, "text": "x", "blocks": json.dumps([SECTION])})
    assert [message.blocks for message in ws.messages(PARTS)] == [[SECTION], [SECTION]]
    assert [call.params["blocks"] for call in ws.calls] == [[SECTION], [SECTION]]


def test_a_message_to_a_person_is_a_direct_message(ws: Workspace, client: WebClient, ana: Person) -> None:
    assert client.chat_postMessage(channel="U01ANA", text="psst")["channel"] == ws.dm_channel("U01ANA")
    assert client.conversations_open(users="U01ANA")["channel"]["id"] == ws.dm_channel("U01ANA")
    assert [message.text for message in ana.inbox()] == ["psst"]


def test_direct_messages_are_not_opened_with_somebody_who_has_left(ws: Workspace, client: WebClient) -> None:
    ws.conversations.users["U01ANA"].deleted = True
    assert error(client.conversations_open, users="U01ANA") == "user_disabled"


def test_threads(ws: Workspace, client: WebClient) -> None:
    parent = client.chat_postMessage(channel=PARTS, text="sheet")["ts"]
    reply = client.chat_postMessage(channel=PARTS, text="reply", thread_ts=parent)["ts"]
    client.chat_postMessage(channel=PARTS, text="for all", thread_ts=parent, reply_broadcast=True)
    assert [message.text for message in ws.messages(PARTS)] == ["sheet", "for all"]
    assert [message.text for message in ws.thread(PARTS, parent)] == ["reply", "for all"]
    assert error(client.chat_postMessage, channel=PARTS, text="x", thread_ts="1.000000") == "thread_not_found"
    assert error(client.chat_postMessage, channel=PARTS, text="x", thread_ts=reply) == "cannot_reply_to_message"


def test_update_without_blocks_removes_them(ws: Workspace, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PARTS, text="one", blocks=[SECTION])["ts"]
    client.chat_update(channel=PARTS, ts=ts, text="two")
    (message,) = ws.messages(PARTS)
    assert (message.text, message.blocks) == ("two", [])
    assert message.edited is not None


def test_only_own_messages_can_be_changed(ws: Workspace, client: WebClient, ana: Person) -> None:
    ts = ana.say(PARTS, "mine")
    assert error(client.chat_update, channel=PARTS, ts=ts, text="x") == "cant_update_message"
    assert error(client.chat_delete, channel=PARTS, ts=ts) == "cant_delete_message"
    assert error(client.chat_update, channel=PARTS, ts="1.000000", text="x") == "message_not_found"
    assert error(client.chat_delete, channel=PARTS, ts="1.000000") == "message_not_found"


def test_deleting(ws: Workspace, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PARTS, text="one")["ts"]
    client.chat_delete(channel=PARTS, ts=ts)
    assert ws.messages(PARTS) == []


def test_a_missing_fallback_text_shows(ws: Workspace, client: WebClient) -> None:
    client.api_call("chat.postMessage", json={"channel": PARTS, "blocks": [SECTION]})
    assert ws.messages(PARTS)[0].text == "This content can't be displayed."


def test_ephemerals_reach_members_only_and_are_in_no_history(ws: Workspace, client: WebClient, ana: Person) -> None:
    client.chat_postEphemeral(channel=PARTS, user="U01ANA", text="only you")
    assert error(client.chat_postEphemeral, channel="C04REVIEW", user="U01ANA", text="x") == "user_not_in_channel"
    assert [message.text for message in ana.ephemerals(PARTS)] == ["only you"]
    assert ws.person("U03BEN").ephemerals() == []
    assert client.conversations_history(channel=PARTS)["messages"] == []


def test_permalink(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PARTS, text="one")["ts"]
    link = client.chat_getPermalink(channel=PARTS, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{PARTS}/p{ts.replace('.', '')}")
    assert error(client.chat_getPermalink, channel=PARTS, message_ts="1.000000") == "message_not_found"


@pytest.mark.parametrize(
    ("text", "rings"),
    [
        ("<!channel>", True),
        ("<!here|here>", True),
        ("all: <!everyone>", True),
        ("&lt;!channel&gt;", False),
        ("@channel", False),
        ("<@U01ANA>", False),
    ],
)
def test_what_rings_everybody(ws: Workspace, client: WebClient, text: str, *, rings: bool) -> None:
    client.chat_postMessage(channel=PARTS, text=text)
    client.chat_postMessage(
        channel=PARTS, text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    )
    client.chat_postMessage(
        channel=PARTS, text="x", blocks=[{"type": "header", "text": {"type": "plain_text", "text": text}}]
    )
    assert [message.rings_everybody for message in ws.messages(PARTS)] == [rings, rings, False]


def test_parsing_in_full_makes_bare_mentions_ring(ws: Workspace, client: WebClient) -> None:
    client.chat_postMessage(channel=PARTS, text="@channel", parse="full")
    assert ws.messages(PARTS)[0].rings_everybody
