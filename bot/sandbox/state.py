"""Who and what there is in the workspace: people, conversations, messages."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.sandbox.files import StoredFile
from bot.sandbox.json_types import JsonObject

Kind = Literal["channel", "group", "im"]

_RINGS = re.compile(r"<!(channel|here|everyone)(\|[^>]*)?>")
_RINGS_WHEN_PARSED = re.compile(r"(?<!\w)@(channel|here|everyone)\b")


@dataclass
class User:
    """Somebody, or the bot."""

    id: str
    name: str
    tz: str = "UTC"
    is_bot: bool = False
    deleted: bool = False

    def as_slack(self, team_id: str, now: datetime) -> JsonObject:
        """The user object of users.info."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return {
            "id": self.id,
            "team_id": team_id,
            "name": self.username,
            "real_name": self.name,
            "deleted": self.deleted,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": int(now.timestamp()),
            "profile": {
                "real_name": self.name,
                "real_name_normalized": self.name,
                "display_name": self.name,
                "display_name_normalized": self.name,
            },
        }

    @property
    def username(self) -> str:
        """The handle: lower case, without spaces."""
        return self.name.lower().replace(" ", ".")


@dataclass
class Message:
    """A message, as one would find it in Slack."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[JsonObject] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    metadata: JsonObject | None = None
    thread_ts: str | None = None
    reply_broadcast: bool = False
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    client_msg_id: str | None = None
    edited: JsonObject | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    only_for: str | None = None
    parsed_in_full: bool = False
    """Sent with `parse="full"` or `link_names`: a bare @channel rings then."""
    source: str = "post"
    """How it came: post, ephemeral, response_url, slash."""

    @property
    def is_reply(self) -> bool:
        """Whether it belongs under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def rings_everybody(self) -> bool:
        """Whether it notifies the whole channel: `<!channel>` and its like, not escaped, where mrkdwn is read."""
        texts = [self.text, *mrkdwn_texts(self.blocks), *mrkdwn_texts(self.attachments)]
        found = any(_RINGS.search(text) for text in texts)
        return found or (self.parsed_in_full and _RINGS_WHEN_PARSED.search(self.text) is not None)

    def as_slack(self, *, team_id: str, metadata: bool = False) -> JsonObject:
        """The message object of events, interactions and histories."""
        shown: JsonObject = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": team_id}
        optional: JsonObject = {
            "subtype": self.subtype,
            "client_msg_id": self.client_msg_id,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "thread_ts": self.thread_ts,
            "edited": self.edited,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": [file.as_slack() for file in self.files],
            "metadata": self.metadata if metadata else None,
            "reactions": [
                {"name": name, "users": list(users), "count": len(users)} for name, users in self.reactions.items()
            ],
        }
        shown.update({key: value for key, value in optional.items() if value})
        return shown


@dataclass
class Channel:
    """A public or private channel, or a direct message with the bot."""

    id: str
    name: str
    kind: Kind
    members: list[str]
    created: int
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def channel_type(self) -> str:
        """The word that message events use for the kind."""
        return self.kind

    def find(self, ts: str) -> Message | None:
        """The message of that time, parent or reply."""
        return next((message for message in self.messages if message.ts == ts), None)

    def parents(self) -> list[Message]:
        """What the channel itself shows: parents, and replies also sent to the channel."""
        return [message for message in self.messages if not message.is_reply or message.reply_broadcast]

    def replies(self, ts: str) -> list[Message]:
        """The replies to one message."""
        return [message for message in self.messages if message.is_reply and message.thread_ts == ts]

    def as_slack(self) -> JsonObject:
        """The channel object of conversations.info."""
        shown: JsonObject = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_im": self.kind == "im",
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_private": self.kind != "channel",
        }
        if self.kind == "im":
            return {**shown, "user": self.members[0]}
        return {
            **shown,
            "name": self.name,
            "name_normalized": self.name,
            "is_member": True,
            "num_members": len(self.members),
        }


def mrkdwn_texts(part: object) -> list[str]:
    """Every text in blocks that Slack reads as mrkdwn: its escapes and mentions are live."""
    if isinstance(part, list):
        return [text for item in part for text in mrkdwn_texts(item)]
    if isinstance(part, dict):
        inner = [text for key, value in part.items() if key != "text" for text in mrkdwn_texts(value)]
        text = part.get("text")
        if isinstance(text, str):
            return [*inner, text] if part.get("type") in {"mrkdwn", "markdown"} else inner
        return [*inner, *mrkdwn_texts(text)]
    return []
