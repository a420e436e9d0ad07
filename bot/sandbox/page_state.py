"""What the page shows to one person: channels, messages, thread, modal, Home, with every text made ready."""

from bot.sandbox.files import SHOWN_ON_THE_PAGE
from bot.sandbox.forms import initial_state
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.modals import View
from bot.sandbox.mrkdwn import EMOJI, Reader, unescaped
from bot.sandbox.reading import as_json, reader_for, with_spans
from bot.sandbox.state import Channel, Message
from bot.sandbox.workspace import Workspace

LAST_MESSAGES = 200


def page_state(ws: Workspace, me: str, channel_id: str, thread_ts: str) -> JsonObject:
    """Everything the page needs, as that person sees it."""
    with ws.changes.lock:
        reader = reader_for(ws, me)
        mine = [one for one in ws.conversations.channels.values() if me in one.members]
        channel = next((one for one in mine if one.id == channel_id), None)
        modals = ws.views.stacks.get(me, [])
        home = ws.views.homes.get(me)
        return {
            "count": ws.changes.count,
            "me": {"id": me, "name": reader.names[me], "tz": reader.tz},
            "bot": reader.names[ws.bot_user_id],
            "connected": ws.courier.transport is not ws.sockets or ws.sockets.connected > 0,
            "people": [{"id": user, "name": name} for user, name in reader.names.items() if user != ws.bot_user_id],
            "has_home": ws.app.home_tab,
            "shortcuts": [
                {"name": one.name, "kind": one.kind, "callback_id": one.callback_id, "description": one.description}
                for one in ws.app.shortcuts
            ],
            "channels": [{"id": one.id, "name": _name(ws, one), "kind": one.kind} for one in mine],
            "channel": channel and _channel(ws, reader, me, channel, thread_ts),
            "view": _view(ws, reader, modals[-1]) | {"depth": len(modals)} if modals else None,
            "home": _view(ws, reader, home) if home else None,
        }


def _name(ws: Workspace, channel: Channel) -> str:
    return ws.conversations.users[ws.bot_user_id].name if channel.kind == "im" else channel.name


def _channel(ws: Workspace, reader: Reader, me: str, channel: Channel, thread_ts: str) -> JsonObject:
    hidden = [one for one in ws.conversations.ephemerals if one.only_for == me and one.channel == channel.id]
    top = [*channel.parents(), *(one for one in hidden if not one.is_reply)]
    parent = channel.find(thread_ts) if thread_ts else None
    under = channel.replies(thread_ts) if parent else []
    under += [one for one in hidden if parent and one.is_reply and one.thread_ts == thread_ts]

    def shown(messages: list[Message]) -> list[JsonObject]:
        ordered = sorted(messages, key=lambda one: one.ts)
        return [_message(ws, reader, me, channel, one) for one in ordered[-LAST_MESSAGES:]]

    return {
        "id": channel.id,
        "name": _name(ws, channel),
        "kind": channel.kind,
        "archived": channel.is_archived,
        "messages": shown(top),
        "thread": {"ts": thread_ts, "messages": shown([parent, *under])} if parent else None,
    }


def _message(ws: Workspace, reader: Reader, me: str, channel: Channel, message: Message) -> JsonObject:
    under = channel.replies(message.ts)
    return {
        "ts": message.ts,
        "user": message.user,
        "name": reader.names.get(message.user, "Slackbot"),
        "is_bot": message.bot_id is not None or message.user == ws.bot_user_id,
        "mine": message.user == me and message.subtype != "tombstone",
        "time": reader.clock(message.ts),
        "raw": unescaped(message.text),
        "spans": as_json(reader.mrkdwn(message.text)),
        "blocks": with_spans(reader, message.blocks) if message.bot_id is not None else [],
        "state": initial_state(message.blocks, ws.entered.get((me, message.ts))),
        "files": [
            {"id": file.id, "name": file.name, "is_picture": file.mimetype in SHOWN_ON_THE_PAGE}
            for file in message.files
            if not file.is_deleted
        ],
        "edited": message.edited is not None,
        "gone": message.subtype == "tombstone",
        "only_you": message.only_for is not None,
        "is_reply": message.is_reply,
        "thread_ts": message.thread_ts or message.ts,
        "replies": 0 if message.is_reply else len(under),
        "reactions": [
            {"emoji": EMOJI.get(name, f":{name}:"), "name": name, "who": _names(reader, users)}
            for name, users in message.reactions.items()
        ],
    }


def _view(ws: Workspace, reader: Reader, view: View) -> JsonObject:
    shown: Json = ws.views.as_slack(view)
    keys = ("id", "type", "hash", "title", "submit", "close", "callback_id")
    return {
        **{key: shown[key] for key in keys},
        "blocks": with_spans(reader, shown["blocks"]),
        "state": shown["state"]["values"],
    }


def _names(reader: Reader, users: list[str]) -> str:
    return ", ".join(reader.names.get(user, user) for user in users)
