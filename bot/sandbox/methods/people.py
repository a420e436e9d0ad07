"""Who is who, reactions, and the connection itself."""

import re
from urllib.parse import urlsplit

from bot.sandbox.errors import SlackError
from bot.sandbox.json_types import JsonObject
from bot.sandbox.methods.registry import Ask, method
from bot.sandbox.state import Message

EMOJI = re.compile(r"[a-z0-9_'+-]+(::skin-tone-[2-6])?")


@method("auth.test", tier=4, kind="any")
def auth_test(ask: Ask) -> JsonObject:
    """Whose token it is."""
    ws = ask.ws
    if ask.token == ws.app_token:
        return {"app_name": ws.conversations.users[ws.bot_user_id].name, "app_id": ws.ids.app_id}
    return {
        "url": ws.response_urls.base,
        "team": "Sandbox",
        "user": ws.conversations.users[ws.bot_user_id].username,
        "team_id": ws.team_id,
        "user_id": ws.bot_user_id,
        "bot_id": ws.ids.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", tier=1, kind="app")
def connections_open(ask: Ask) -> JsonObject:
    """An address for one Socket Mode connection."""
    host = urlsplit(ask.ws.response_urls.base).netloc
    return {"url": f"ws://{host}/link?ticket={ask.ws.sockets.issue_ticket()}&app_id={ask.ws.ids.app_id}"}


@method("users.info", tier=4, scope="users:read", required=("user",))
def users_info(ask: Ask) -> JsonObject:
    """A person."""
    user = ask.ws.conversations.users.get(ask.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.as_slack(ask.ws.team_id, ask.ws.clock.now())}


@method("reactions.add", tier=3, scope="reactions:write", required=("channel", "name", "timestamp"))
def reactions_add(ask: Ask) -> JsonObject:
    """React to a message."""
    message = _message(ask)
    name = _emoji(ask)
    if ask.ws.bot_user_id in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    ask.call.reader = message.channel
    ask.before_store()
    ask.ws.conversations.react(message, ask.ws.bot_user_id, name)
    ask.ws.record.stored(ask.call)
    return {}


@method("reactions.remove", tier=2, scope="reactions:write", required=("channel", "name", "timestamp"))
def reactions_remove(ask: Ask) -> JsonObject:
    """Take a reaction back."""
    message = _message(ask)
    ask.before_store()
    ask.ws.conversations.unreact(message, ask.ws.bot_user_id, _emoji(ask))
    ask.ws.record.stored(ask.call)
    return {}


def _message(ask: Ask) -> Message:
    channel = ask.joined_channel()
    message = channel.find(ask.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    return message


def _emoji(ask: Ask) -> str:
    name = ask.required("name")
    if not EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    return name
