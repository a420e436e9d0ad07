"""chat.*: posting, updating, deleting."""

from bot.sandbox.checks.messages import prepared_blocks, prepared_metadata
from bot.sandbox.errors import SlackError, rate_limited
from bot.sandbox.files import StoredFile
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.methods.registry import Ask, method
from bot.sandbox.state import Channel, Message

UNREADABLE = "This content can't be displayed."


@method("chat.postMessage", tier=4, scope="chat:write", required=("channel",))
def post_message(ask: Ask) -> JsonObject:
    """Post to a channel, a thread, or to a person (then it is a direct message)."""
    ws = ask.ws
    channel = _writable(ask)
    thread_ts = thread_of(ask, channel)
    content = _content(ask)
    wait = ws.rates.wait_before_post(channel.id, ws.clock.now())
    if wait:
        raise rate_limited(wait)
    ask.call.reader = channel.id
    ask.before_store()
    broadcast = ask.flag("reply_broadcast") and thread_ts is not None
    message = Message(
        ts=ws.conversations.next_ts(),
        channel=channel.id,
        user=ws.bot_user_id,
        thread_ts=thread_ts,
        reply_broadcast=broadcast,
        subtype="thread_broadcast" if broadcast else None,
        bot_id=ws.ids.bot_id,
        app_id=ws.ids.app_id,
        metadata=_metadata(ask),
        parsed_in_full=ask.text("parse") == "full" or ask.flag("link_names"),
        **content,
    )
    ws.conversations.post(message)
    ws.record.stored(ask.call)
    return {"channel": channel.id, "ts": message.ts, "message": _shown(ask, message)}


@method("chat.postEphemeral", tier=4, scope="chat:write", required=("channel", "user"))
def post_ephemeral(ask: Ask) -> JsonObject:
    """Show something to one member of a channel; nobody can find it again."""
    ws = ask.ws
    channel = _writable(ask)
    user = ask.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = thread_of(ask, channel)
    content = _content(ask)
    ask.call.reader = user
    ask.before_store()
    message = Message(
        ts=ws.conversations.next_ts(),
        channel=channel.id,
        user=ws.bot_user_id,
        thread_ts=thread_ts,
        bot_id=ws.ids.bot_id,
        app_id=ws.ids.app_id,
        only_for=user,
        source="ephemeral",
        **content,
    )
    ws.conversations.show_only_to(message)
    ws.record.stored(ask.call)
    return {"message_ts": message.ts}


@method("chat.update", tier=3, scope="chat:write", required=("channel", "ts"))
def update(ask: Ask) -> JsonObject:
    """Change a message of the bot's; `text` without `blocks` removes the blocks."""
    ws = ask.ws
    channel = ask.joined_channel()
    message = _own(ask, channel, "cant_update_message")
    content = _content(ask)
    metadata = _metadata(ask) if "metadata" in ask.params else message.metadata
    ask.call.reader = channel.id
    ask.before_store()
    previous = ws.conversations.before(message)
    message.text, message.blocks, message.attachments = content["text"], content["blocks"], content["attachments"]
    message.metadata = metadata
    message.edited = {"user": ws.ids.bot_id, "ts": ws.conversations.next_ts()}
    ws.conversations.edited(message, previous)
    ws.record.stored(ask.call)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": _shown(ask, message)}


@method("chat.delete", tier=3, scope="chat:write", required=("channel", "ts"))
def delete(ask: Ask) -> JsonObject:
    """Delete a message of the bot's."""
    channel = ask.joined_channel()
    message = _own(ask, channel, "cant_delete_message")
    ask.before_store()
    ask.ws.conversations.delete(message)
    ask.ws.record.stored(ask.call)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", tier=4, required=("channel", "message_ts"))
def get_permalink(ask: Ask) -> JsonObject:
    """The address of a message."""
    channel = ask.channel()
    message = channel.find(ask.required("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    base = ask.ws.response_urls.base
    link = f"{base}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _writable(ask: Ask) -> Channel:
    ws = ask.ws
    target = ask.required("channel")
    channel = ws.conversations.channels.get(target)
    if not ws.app.messages_tab and (target in ws.conversations.users or (channel is not None and channel.kind == "im")):
        raise SlackError("messages_tab_disabled")
    if target in ws.conversations.users and target != ws.bot_user_id:
        return ws.conversations.direct(target)
    channel = ask.joined_channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def shared_files(ask: Ask, channel: Channel, text: str, thread_ts: str | None, files: list[StoredFile]) -> Message:
    """The message in which a file of the bot's is shared: by its user, and with no word that an app wrote it."""
    ws = ask.ws
    return Message(
        ts=ws.conversations.next_ts(),
        channel=channel.id,
        user=ws.bot_user_id,
        text=text,
        files=files,
        thread_ts=thread_ts,
        subtype="file_share",
    )


def thread_of(ask: Ask, channel: Channel) -> str | None:
    """The thread that a post is to go into; SlackError when there is none."""
    thread_ts = ask.text("thread_ts")
    if not thread_ts:
        return None
    parent = channel.find(thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        # Slack shows such a post in unexpected places; here it is a mistake to be seen at once.
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def _own(ask: Ask, channel: Channel, refusal: str) -> Message:
    message = channel.find(ask.required("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != ask.ws.bot_user_id:
        raise SlackError(refusal)
    return message


def _content(ask: Ask) -> dict[str, Json]:
    limits = ask.ws.limits
    text = ask.text("text") or ""
    blocks = ask.json("blocks", "invalid_blocks_format")
    attachments = ask.json("attachments", "invalid_attachments")
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if len(text) > limits.message_text:
        raise SlackError("msg_too_long")
    prepared = prepared_blocks(blocks, limits, ask.ws.files.is_showable) if blocks else []
    return {"text": text or UNREADABLE, "blocks": prepared, "attachments": attachments or []}


def _metadata(ask: Ask) -> JsonObject | None:
    return prepared_metadata(ask.json("metadata", "invalid_metadata_format"))


def _shown(ask: Ask, message: Message) -> JsonObject:
    return message.as_slack(team_id=ask.ws.team_id, metadata=True)
