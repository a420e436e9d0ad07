"""What Slack's client makes of what a person types."""

import re
from collections.abc import Iterable

from bot.sandbox.json_types import JsonObject
from bot.sandbox.state import User


def escaped(text: str) -> str:
    """The three characters that mean something on the wire."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, users: Iterable[User]) -> str:
    """The text of a message: escaped, and `@Name` turned into a mention."""
    wire = escaped(text)
    for user in sorted(users, key=lambda user: -len(user.name)):
        wire = re.sub(rf"(?<!\w)@{re.escape(escaped(user.name))}(?!\w)", f"<@{user.id}>", wire)
    return wire


def as_rich_text(text: str, block_id: str) -> list[JsonObject]:
    """The blocks beside the text. Bots read the text, so one section with all of it is enough."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]
