"""Shortcuts: which there can be, and what the bot is told of them, over Socket Mode and over signed HTTP alike."""

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.sandbox.app_settings import ShortcutKind
from bot.sandbox.person import CannotDo, Person
from bot.sandbox.workspace import SandboxClock, Workspace
from tests.sandbox.bolt import PARTS, Bot, count_modal
from tests.sandbox.refusals import error


@pytest.fixture
def ws(ws: Workspace) -> Workspace:
    ws.add_shortcut("New cycle count", "global", "new_count")
    ws.add_shortcut("Count this", "message", "count_this", "Counts the items and bins named in a message")
    return ws


def opens(body: dict[str, Any], client: WebClient) -> None:
    client.views_open(trigger_id=body["trigger_id"], view=count_modal())


def told_of_use(bot: Bot) -> dict[str, Any]:
    """The last shortcut payload; messages may be told of meanwhile."""
    return [one for one in bot.heard if one["type"] in {"shortcut", "message_action"}][-1]


def test_a_global_shortcut(ws: Workspace, bot: Bot, ana: Person) -> None:
    bot.reaction = opens
    assert ana.global_shortcut("new_count").ok
    told = told_of_use(bot)
    assert (told["type"], told["callback_id"]) == ("shortcut", "new_count")
    assert (told["user"]["id"], told["team"]["id"]) == ("U01ANA", ws.team_id)
    assert float(told["action_ts"]) == ws.clock.now().timestamp()
    assert not {"channel", "message", "response_url", "view", "actions"} & told.keys()
    assert ana.view is not None
    assert ana.view["title"]["text"] == "Count"


def test_a_message_shortcut(ws: Workspace, bot: Bot, ana: Person, ben: Person) -> None:
    bot.reaction = opens
    parent = ana.say(PARTS, "BOLT-10 looks short")
    ts = ben.say(PARTS, "and A-01-03 too", thread_ts=parent)
    assert ana.message_shortcut("count_this", PARTS, ts).ok
    told = told_of_use(bot)
    assert (told["type"], told["callback_id"], told["message_ts"]) == ("message_action", "count_this", ts)
    assert told["channel"] == {"id": PARTS, "name": "parts"}
    assert told["user"]["id"] == "U01ANA"
    message = {key: told["message"][key] for key in ("type", "user", "text", "ts", "thread_ts")}
    assert message == {
        "type": "message",
        "user": "U03BEN",
        "text": "and A-01-03 too",
        "ts": ts,
        "thread_ts": parent,
    }
    assert ana.view is not None


def test_a_message_shortcut_can_be_answered_where_the_message_is(ws: Workspace, bot: Bot, ana: Person) -> None:
    ts = ana.say("C03SECRET", "a channel without the bot")
    assert ana.message_shortcut("count_this", "C03SECRET", ts).ok
    told = told_of_use(bot)
    assert told["channel"] == {"id": "C03SECRET", "name": "privategroup"}
    answer = WebhookClient(told["response_url"])
    assert answer.send(text="2 lines to count").status_code == 200
    assert [message.text for message in ana.ephemerals("C03SECRET")] == ["2 lines to count"]
    # It is no power over somebody's message.
    assert answer.send(text="mine now", replace_original=True).status_code == 404
    assert answer.send(text="", delete_original=True).status_code == 404
    assert ws.message("C03SECRET", ts).text == "a channel without the bot"


def test_the_trigger_lasts_three_seconds(ws: Workspace, bot: Bot, ana: Person, clock: SandboxClock) -> None:
    ana.global_shortcut("new_count")
    clock.advance(timedelta(seconds=3.01))
    late = bot.heard[-1]["trigger_id"]
    assert error(bot.app.client.views_open, trigger_id=late, view=count_modal()) == "expired_trigger_id"


def test_a_bot_that_does_not_listen_is_told_of(ws: Workspace, bot: Bot, ana: Person) -> None:
    ws.add_shortcut("Forgotten", "global", "forgotten")
    result = ana.global_shortcut("forgotten")
    assert (result.ok, result.problem) == (False, "The app did not respond.")


def test_what_people_cannot_do(ws: Workspace, ana: Person, client: WebClient) -> None:
    ts = ana.say(PARTS, "BOLT-10")
    with pytest.raises(CannotDo, match=r"no global shortcut 'count_this', but \['new_count'\]"):
        ana.global_shortcut("count_this")
    with pytest.raises(CannotDo, match="no message shortcut"):
        ana.message_shortcut("new_count", PARTS, ts)
    with pytest.raises(CannotDo, match="not in C04REVIEW"):
        ana.message_shortcut("count_this", "C04REVIEW", ts)
    hidden = str(client.chat_postEphemeral(channel=PARTS, user="U01ANA", text="only you")["message_ts"])
    with pytest.raises(CannotDo, match="everybody sees"):
        ana.message_shortcut("count_this", PARTS, hidden)
    ana.say(PARTS, "reply", thread_ts=ts)
    ana.delete(PARTS, ts)
    with pytest.raises(CannotDo, match="everybody sees"):
        ana.message_shortcut("count_this", PARTS, ts)


@pytest.mark.parametrize(
    ("name", "callback_id", "description", "complaint"),
    [
        ("x" * 25, "c", "d", "must be less than 25 characters .*/features/shortcuts/2/name"),
        ("x", "c" * 256, "d", "must be less than 256 characters .*/features/shortcuts/2/callback_id"),
        ("x", "c", "d" * 151, "must be less than 151 characters .*/features/shortcuts/2/description"),
        ("x", "", "d", "must be more than 0 characters"),
        ("x", "count_this", "d", "callback_id already exists: count_this"),
    ],
)
def test_what_slack_refuses(ws: Workspace, name: str, callback_id: str, description: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        ws.add_shortcut(name, "message", callback_id, description)


def test_the_sizes_that_are_still_allowed(ws: Workspace) -> None:
    ws.add_shortcut("x" * 24, "global", "c" * 255, "d" * 150)


@pytest.mark.parametrize("kind", ["global", "message"])
def test_five_of_each_kind(ws: Workspace, kind: ShortcutKind) -> None:
    for number in range(4):
        ws.add_shortcut(f"Shortcut {number}", kind, f"more_{number}")
    with pytest.raises(ValueError, match=f"no more than 5 {kind} shortcuts"):
        ws.add_shortcut("One more", kind, "one_more")


def test_shortcuts_need_their_scope() -> None:
    with pytest.raises(ValueError, match="commands"):
        Workspace(scopes={"chat:write"}).add_shortcut("New cycle count", "global", "new_count")
