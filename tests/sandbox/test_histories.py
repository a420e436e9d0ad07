"""Histories, metadata, reactions, and how fast the bot may go."""

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from tests.sandbox.refusals import error

PARTS = "C01PARTS"
METADATA = {"event_type": "outbox", "event_payload": {"id": "17"}}


def test_metadata_is_hidden_unless_asked_for(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PARTS, text="one", metadata=METADATA)["ts"]
    client.chat_postMessage(channel=PARTS, text="two", thread_ts=ts, metadata=METADATA)
    for read in (client.conversations_history, client.conversations_replies):
        where = {"channel": PARTS, **({"ts": ts} if read == client.conversations_replies else {})}
        assert all("metadata" not in message for message in read(**where)["messages"])
        shown = read(**where, include_all_metadata=True)["messages"]
        assert all(message["metadata"] == METADATA for message in shown)


def test_metadata_stays_through_an_update_unless_replaced(ws: Workspace, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=PARTS, text="one", metadata=METADATA)["ts"]
    client.chat_update(channel=PARTS, ts=ts, text="two")
    assert ws.message(PARTS, ts).metadata == METADATA
    client.chat_update(channel=PARTS, ts=ts, text="two", metadata={})
    assert ws.message(PARTS, ts).metadata is None


def test_metadata_has_a_form(client: WebClient) -> None:
    bad = {"event_type": "x", "payload": {}}
    assert error(client.chat_postMessage, channel=PARTS, text="x", metadata=bad) == "invalid_metadata_format"


def test_history_has_no_thread_posts_and_comes_in_pages(client: WebClient, ana: Person) -> None:
    stamps = [ana.say(PARTS, f"message {number}") for number in range(5)]
    ana.say(PARTS, "in a thread", thread_ts=stamps[0])
    first = client.conversations_history(channel=PARTS, limit=3)
    assert [message["text"] for message in first["messages"]] == ["message 4", "message 3", "message 2"]
    second = client.conversations_history(channel=PARTS, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [message["text"] for message in second["messages"]] == ["message 1", "message 0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert second["messages"][-1]["reply_count"] == 1
    thread = client.conversations_replies(channel=PARTS, ts=stamps[0])["messages"]
    assert [message["text"] for message in thread] == ["message 0", "in a thread"]


def test_history_between_two_times(client: WebClient, ana: Person) -> None:
    stamps = [ana.say(PARTS, str(number)) for number in range(4)]

    def texts(**between: Any) -> list[str]:
        return [message["text"] for message in client.conversations_history(channel=PARTS, **between)["messages"]]

    assert texts(oldest=stamps[1]) == ["3", "2"]
    assert texts(oldest=stamps[1], inclusive=True) == ["3", "2", "1"]
    assert texts(latest=stamps[1]) == ["0"]
    assert texts(latest=stamps[2], oldest=stamps[0], inclusive=True) == ["2", "1", "0"]


def test_reading_needs_membership(client: WebClient) -> None:
    assert error(client.conversations_history, channel="C02OTHER") == "not_in_channel"
    assert error(client.conversations_history, channel="C03SECRET") == "channel_not_found"
    assert error(client.conversations_replies, channel=PARTS, ts="1.000000") == "thread_not_found"
    assert error(client.conversations_history, channel=PARTS, cursor="nonsense") == "invalid_cursor"


def test_channels_and_people() -> None:
    workspace = Workspace(scopes={"channels:read", "users:read"})
    workspace.add_user("U01ANA", name="Ana", tz="Europe/Berlin")
    workspace.add_channel(PARTS, name="parts", members=["U01ANA"])
    with SandboxServer(workspace) as server:
        client = WebClient(workspace.bot_token, base_url=server.api_url, retry_handlers=[])
        assert client.conversations_info(channel=PARTS)["channel"]["name"] == "parts"
        assert client.conversations_members(channel=PARTS)["members"] == ["U01ANA", workspace.bot_user_id]
        user = client.users_info(user="U01ANA")["user"]
        assert (user["tz"], user["profile"]["display_name"]) == ("Europe/Berlin", "Ana")
        assert error(client.users_info, user="U99") == "user_not_found"


def test_reactions(ws: Workspace, client: WebClient, ana: Person) -> None:
    ts = ana.say(PARTS, "BOLT-10 42")
    client.reactions_add(channel=PARTS, timestamp=ts, name="white_check_mark")
    again = {"channel": PARTS, "timestamp": ts, "name": "white_check_mark"}
    assert error(client.reactions_add, **again) == "already_reacted"
    assert error(client.reactions_add, channel=PARTS, timestamp="1.0", name="eyes") == "message_not_found"
    assert error(client.reactions_add, channel=PARTS, timestamp=ts, name="not a name") == "invalid_name"
    assert ws.message(PARTS, ts).reactions == {"white_check_mark": [ws.bot_user_id]}
    client.reactions_remove(**again)
    assert error(client.reactions_remove, **again) == "no_reaction"


# --- speed


def limited_workspace(clock: SandboxClock, limits: Limits) -> Workspace:
    workspace = Workspace(clock=clock, limits=limits)
    workspace.add_channel(PARTS, name="parts")
    workspace.add_channel("C02", name="other")
    return workspace


def test_one_message_a_second_a_channel(clock: SandboxClock) -> None:
    workspace = limited_workspace(clock, Limits(post_burst=2))
    with SandboxServer(workspace) as server:
        client = WebClient(workspace.bot_token, base_url=server.api_url, retry_handlers=[])
        for _ in range(2):
            client.chat_postMessage(channel=PARTS, text="x")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=PARTS, text="x")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert caught.value.response["error"] == "ratelimited"
        client.chat_postMessage(channel="C02", text="another channel")
        clock.advance(timedelta(seconds=1))
        client.chat_postMessage(channel=PARTS, text="x")
        assert error(client.chat_postMessage, channel=PARTS, text="x") == "ratelimited"


def test_tiers_count_calls_a_minute(clock: SandboxClock) -> None:
    workspace = limited_workspace(clock, Limits(calls_per_minute={1: 1, 2: 2, 3: 3, 4: 4}))
    with SandboxServer(workspace) as server:
        client = WebClient(workspace.bot_token, base_url=server.api_url, retry_handlers=[])
        for _ in range(3):
            client.conversations_history(channel=PARTS)
        clock.advance(timedelta(seconds=20))
        with pytest.raises(SlackApiError) as caught:
            client.conversations_history(channel=PARTS)
        assert caught.value.response.headers["Retry-After"] == "40"
        client.auth_test()
        clock.advance(timedelta(seconds=40))
        client.conversations_history(channel=PARTS)
