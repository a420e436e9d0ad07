"""A message in the plainest blocks there are, for a workspace that refuses the ones we chose (`invalid_blocks`).

Sections and rows of buttons have been in Slack from the beginning. What a message says and what it lets people do
stays; how it looks may not.
"""

from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered

_KEPT = ("section", "actions")


def plain_version(message: Rendered) -> Rendered:
    """The same message in sections and buttons only."""
    while message.plainer is not None:
        message = message.plainer
    kept: list[JsonObject] = []
    for number, block in enumerate(message.blocks):
        if block.get("type") in _KEPT:
            kept.append(block)
        elif words := _words(block):
            kept += blocks.as_json(blocks.sections(words.splitlines(), f"plain.{number}"))
    return Rendered(message.text, kept)


def _words(value: object) -> str:
    """Every text in a block, in order, a line each."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            return str(value["text"])
        value = list(value.values())
    if isinstance(value, list):
        return "\n".join(words for words in map(_words, value) if words)
    return ""
