"""Everything that stands in a message, as chat text: what it says, its blocks, and what is attached to it.

A message of an app says little in its `text` (that is the notification) and all of it in its blocks.
"""

import html
from collections.abc import Iterator

from bot.payloads import JsonObject
from bot.views import blocks

_LITERAL = ("plain_text", "text")  # in these nothing has a meaning to Slack; other texts are escaped
_TEXTS = ("text", "fallback", "title", "pretext")


def text_of(message: JsonObject) -> str:
    """The text of a message, a line for each of its parts, each once."""
    parts = [*_texts({"text": message.get("text")}), *_texts(message.get("blocks"))]
    parts += _texts(message.get("attachments"))
    return blocks.with_marks("\n".join(dict.fromkeys(parts)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        is_literal = value.get("type") in _LITERAL
        for key, inner in value.items():
            if isinstance(inner, str) and key in _TEXTS:
                yield html.escape(inner, quote=False) if is_literal else inner
            else:
                yield from _texts(inner)
