"""What the bot is told when a person does something: interaction payloads and slash commands."""

from typing import TYPE_CHECKING

from bot.sandbox.app_settings import Shortcut
from bot.sandbox.forms import State, initial_state
from bot.sandbox.json_types import JsonObject
from bot.sandbox.modals import View
from bot.sandbox.state import Channel, Message, User

if TYPE_CHECKING:  # the workspace hands out persons, who use this
    from bot.sandbox.workspace import Workspace


def common(ws: "Workspace", user: User) -> JsonObject:
    """What every interaction begins with."""
    return {
        "user": {"id": user.id, "username": user.username, "name": user.username, "team_id": ws.team_id},
        "api_app_id": ws.ids.app_id,
        "token": "legacy-verification-token",
        "team": {"id": ws.team_id, "domain": ws.ids.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def action_of(block: JsonObject, element: JsonObject, entry: JsonObject | None, action_ts: str) -> JsonObject:
    """One entry of `actions`: which element, and what it now says."""
    action: JsonObject = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": action_ts,
    }
    for key in ("text", "value", "style", "url"):
        if key in element and element["type"] == "button":
            action[key] = element[key]
    if entry is not None:
        action |= {key: value for key, value in entry.items() if key != "type"}
    return action


def on_message(ws: "Workspace", user: User, message: Message, action: JsonObject, values: State) -> JsonObject:
    """A block_actions payload for something done in a message."""
    channel = ws.channel(message.channel)
    now = ws.clock.now()
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    shown = message.as_slack(team_id=ws.team_id, metadata=True)
    return {
        "type": "block_actions",
        **common(ws, user),
        "container": container,
        "trigger_id": ws.views.issue_trigger(user.id, now),
        "channel": {"id": channel.id, "name": _name(channel)},
        **({} if message.only_for is not None else {"message": shown}),
        "state": {"values": initial_state(message.blocks, values)},
        "response_url": ws.response_urls.issue(user.id, channel.id, now, message.ts),
        "actions": [action],
    }


def on_view(ws: "Workspace", user: User, view: View, action: JsonObject) -> JsonObject:
    """A block_actions payload for something done in a modal or on a Home tab."""
    return {
        "type": "block_actions",
        **common(ws, user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": ws.views.issue_trigger(user.id, ws.clock.now(), view.id),
        "view": ws.views.as_slack(view),
        "actions": [action],
    }


def global_shortcut(ws: "Workspace", user: User, used: Shortcut, action_ts: str) -> JsonObject:
    """A shortcut payload: whoever uses it may be anywhere, so it names no channel and can be answered nowhere."""
    return {
        "type": "shortcut",
        **common(ws, user),
        "action_ts": action_ts,
        "callback_id": used.callback_id,
        "trigger_id": ws.views.issue_trigger(user.id, ws.clock.now()),
    }


def message_shortcut(ws: "Workspace", user: User, used: Shortcut, message: Message, action_ts: str) -> JsonObject:
    """A message_action payload."""
    channel = ws.channel(message.channel)
    now = ws.clock.now()
    return {
        "type": "message_action",
        **common(ws, user),
        "action_ts": action_ts,
        "callback_id": used.callback_id,
        "trigger_id": ws.views.issue_trigger(user.id, now),
        "response_url": ws.response_urls.issue(user.id, channel.id, now, message.ts),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": _name(channel)},
        "message": message.as_slack(team_id=ws.team_id, metadata=True),
    }


def submission(ws: "Workspace", user: User, view: View) -> JsonObject:
    """A view_submission payload."""
    return {
        "type": "view_submission",
        **common(ws, user),
        "trigger_id": ws.views.issue_trigger(user.id, ws.clock.now(), view.id),
        "view": ws.views.as_slack(view),
        "response_urls": [],
    }


def closing(ws: "Workspace", user: User, view: View, *, is_cleared: bool) -> JsonObject:
    """A view_closed payload."""
    return {"type": "view_closed", **common(ws, user), "view": ws.views.as_slack(view), "is_cleared": is_cleared}


def slash_command(ws: "Workspace", user: User, channel: Channel, command: str, text: str) -> JsonObject:
    """A slash command's form."""
    now = ws.clock.now()
    return {
        "token": "legacy-verification-token",
        "team_id": ws.team_id,
        "team_domain": ws.ids.team_domain,
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": user.id,
        "user_name": user.username,
        "command": command,
        "text": text,
        "api_app_id": ws.ids.app_id,
        "is_enterprise_install": "false",
        "response_url": ws.response_urls.issue(user.id, channel.id, now, None),
        "trigger_id": ws.views.issue_trigger(user.id, now),
    }


def _name(channel: Channel) -> str:
    if channel.kind == "im":
        return "directmessage"
    return channel.name if channel.kind == "channel" else "privategroup"
