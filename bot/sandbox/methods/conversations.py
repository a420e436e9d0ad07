"""conversations.*: reading channels and threads, opening direct messages."""

from collections.abc import Iterable

from bot.sandbox.errors import SlackError
from bot.sandbox.json_types import JsonObject
from bot.sandbox.methods.registry import Ask, method
from bot.sandbox.state import Channel, Kind, Message

HISTORY_SCOPES: dict[Kind, str] = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
READ_SCOPES: dict[Kind, str] = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}
MOST = 999


@method("conversations.history", tier=3, required=("channel",))
def history(ask: Ask) -> JsonObject:
    """Parents, newest first. Posts inside of threads are not here, and metadata only on request."""
    channel = _readable(ask)
    return _page(ask, channel, list(reversed(channel.parents())))


@method("conversations.replies", tier=3, required=("channel", "ts"))
def replies(ask: Ask) -> JsonObject:
    """A parent and its replies, oldest first."""
    channel = _readable(ask)
    asked = channel.find(ask.required("ts"))
    if asked is None:
        raise SlackError("thread_not_found")
    parent = channel.find(asked.thread_ts or asked.ts) or asked
    return _page(ask, channel, [parent, *channel.replies(parent.ts)], always=parent)


@method("conversations.open", tier=3, scope="im:write")
def open_direct(ask: Ask) -> JsonObject:
    """Open the direct message with one person."""
    ws = ask.ws
    users = [one.strip() for one in (ask.text("users") or "").split(",") if one.strip()]
    if not users and ask.text("channel"):
        return {"channel": ask.channel().as_slack() if ask.flag("return_im") else {"id": ask.channel().id}}
    if len(users) != 1:
        raise SlackError("users_list_not_supplied" if not users else "method_not_supported_for_channel_type")
    if users[0] not in ws.conversations.users:
        raise SlackError("user_not_found")
    if users[0] == ws.bot_user_id:
        raise SlackError("cannot_dm_bot")
    if ws.conversations.users[users[0]].deleted:
        raise SlackError("user_disabled")
    ask.before_store()
    channel = ws.conversations.direct(users[0])
    ws.record.stored(ask.call)
    return {"channel": channel.as_slack() if ask.flag("return_im") else {"id": channel.id}}


@method("conversations.info", tier=3, required=("channel",))
def info(ask: Ask) -> JsonObject:
    """A channel."""
    channel = ask.channel()
    ask.need_scope(READ_SCOPES[channel.kind])
    is_member = ask.ws.bot_user_id in channel.members
    return {"channel": {**channel.as_slack(), **({} if channel.kind == "im" else {"is_member": is_member})}}


@method("conversations.members", tier=4, required=("channel",))
def members(ask: Ask) -> JsonObject:
    """Who is in a channel."""
    channel = ask.channel()
    ask.need_scope(READ_SCOPES[channel.kind])
    start = _offset(ask)
    limit = ask.number("limit", 100)
    chosen = channel.members[start : start + limit]
    return {"members": chosen, "response_metadata": {"next_cursor": _cursor(start + limit, len(channel.members))}}


def _readable(ask: Ask) -> Channel:
    channel = ask.channel()
    ask.need_scope(HISTORY_SCOPES[channel.kind])
    if ask.ws.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _page(ask: Ask, channel: Channel, messages: Iterable[Message], always: Message | None = None) -> JsonObject:
    chosen = [message for message in messages if message is always or _in_range(ask, message)]
    start, limit = _offset(ask), ask.number("limit", 100)
    if not 1 <= limit <= MOST + 1:
        raise SlackError("invalid_limit")
    shown = [_shown(ask, channel, message) for message in chosen[start : start + limit]]
    cursor = _cursor(start + limit, len(chosen))
    page: JsonObject = {"messages": shown, "has_more": bool(cursor), "pin_count": 0}
    return {**page, "response_metadata": {"next_cursor": cursor}} if cursor else page


def _in_range(ask: Ask, message: Message) -> bool:
    oldest, latest, inclusive = ask.text("oldest") or "0", ask.text("latest"), ask.flag("inclusive")
    ts = _moment(message.ts)
    if ts < _moment(oldest) or (ts == _moment(oldest) and not inclusive):
        return False
    return not latest or ts < _moment(latest) or (ts == _moment(latest) and inclusive)


def _moment(ts: str) -> tuple[int, int]:
    seconds, _, fraction = ts.partition(".")
    try:
        return int(seconds), int(fraction.ljust(6, "0")[:6] or 0)
    except ValueError:
        raise SlackError("invalid_ts_latest") from None


def _shown(ask: Ask, channel: Channel, message: Message) -> JsonObject:
    shown = message.as_slack(team_id=ask.ws.team_id, metadata=ask.flag("include_all_metadata"))
    under = channel.replies(message.ts)
    if under:
        people = list(dict.fromkeys(reply.user for reply in under))
        shown |= {"reply_count": len(under), "reply_users_count": len(people), "latest_reply": under[-1].ts}
        shown |= {"reply_users": people, "is_locked": False, "subscribed": False}
    if message.is_reply:
        parent = channel.find(message.thread_ts or "")
        shown["parent_user_id"] = parent.user if parent else None
    return shown


def _cursor(position: int, total: int) -> str:
    return f"next:{position}" if position < total else ""


def _offset(ask: Ask) -> int:
    cursor = ask.text("cursor")
    if not cursor:
        return 0
    prefix, _, position = cursor.partition(":")
    if prefix != "next" or not position.isdigit():
        raise SlackError("invalid_cursor")
    return int(position)
