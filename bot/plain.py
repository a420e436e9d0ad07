"""A message in the plainest blocks there are, for a workspace that refuses the ones we chose (`invalid_blocks`).

Sections and rows of buttons have been in Slack from the beginning. What a message says and what it lets people do
stays; how it looks may not. A row of a table becomes a line.
"""

from collections.abc import Callable, Collection

from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered

_KEPT = ("section", "actions")
_BETWEEN_CELLS = " · "


def plain_version(message: Rendered) -> Rendered:
    """The same message in sections and buttons only."""
    while message.plainer is not None:
        message = message.plainer
    return _with_sections(message, lambda kind: kind not in _KEPT)


def without(message: Rendered, kinds: Collection[str]) -> Rendered:
    """The same message with sections in the place of these kinds of blocks."""
    return _with_sections(message, lambda kind: kind in kinds) if kinds else message


def _with_sections(message: Rendered, is_refused: Callable[[str], bool]) -> Rendered:
    kept: list[JsonObject] = []
    for number, block in enumerate(message.blocks):
        if not is_refused(str(block.get("type"))):
            kept.append(block)
        elif lines := _table_lines(block) or _words(block).splitlines():
            kept += blocks.as_json(blocks.sections(lines, f"plain.{number}"))
    return Rendered(message.text, kept)


def _table_lines(block: JsonObject) -> list[str]:
    """The rows of a table, what is in no cell left out; none of another block."""
    rows = block.get("rows")
    if block.get("type") != "table" or not isinstance(rows, list):
        return []
    lines = [_BETWEEN_CELLS.join(filter(None, map(_cell, row))) for row in rows]
    return [f"*{lines[0]}*", *lines[1:]]


def _cell(cell: object) -> str:
    """What a cell says, as mrkdwn; a link stays one."""
    if isinstance(cell, list):
        return "".join(map(_cell, cell))
    if not isinstance(cell, dict):
        return ""
    if "text" in cell:
        said = blocks.escape(str(cell["text"]))
        return f"<{cell['url']}|{said}>" if "url" in cell else said
    return _cell(cell.get("elements"))


def _words(value: object) -> str:
    """Every text in a block as mrkdwn, in order, a line each."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            said = str(value["text"])
            return blocks.escape(said) if value.get("type") == "plain_text" else said
        value = list(value.values())
    if isinstance(value, list):
        return "\n".join(words for words in map(_words, value) if words)
    return ""
