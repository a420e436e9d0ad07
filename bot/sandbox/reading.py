"""What a person reads: messages and views with their texts made ready for the page, or as plain lines."""

from typing import TYPE_CHECKING

from bot.sandbox.forms import HOLDERS
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.mrkdwn import EMOJI, Reader, Span, SpanKind, plain
from bot.sandbox.state import Message

if TYPE_CHECKING:  # the workspace hands out persons, who use this
    from bot.sandbox.workspace import Workspace

STYLES: tuple[SpanKind, ...] = ("code", "bold", "italic", "strike")


def reader_for(ws: "Workspace", user_id: str) -> Reader:
    """The reading of that person, now."""
    names = {user.id: user.name for user in ws.conversations.users.values()}
    channels = {channel.id: channel.name for channel in ws.conversations.channels.values()}
    return Reader(names, channels, ws.conversations.users[user_id].tz, ws.clock.now())


def with_spans(reader: Reader, part: Json) -> Json:
    """A copy of blocks in which every text object also has its `spans`, and every rich text its own."""
    if isinstance(part, list):
        return [with_spans(reader, one) for one in part]
    if not isinstance(part, dict):
        return part
    copied = {key: with_spans(reader, value) for key, value in part.items()}
    if isinstance(part.get("text"), str):
        if part.get("type") in {"mrkdwn", "markdown"}:
            copied["spans"] = as_json(reader.mrkdwn(part["text"]))
        elif part.get("type") in {"plain_text", "raw_text", "raw_number"}:
            copied["spans"] = as_json(reader.plain_text(part["text"]))
    if part.get("type") in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
        copied["spans"] = as_json(rich_spans(reader, part["elements"]))
    return copied


def as_json(spans: list[Span]) -> Json:
    """Spans for the page."""
    return [{"k": one.kind, "s": one.text, "u": one.url, "c": as_json(one.inner)} for one in spans]


def rich_spans(reader: Reader, pieces: list[JsonObject]) -> list[Span]:
    """The spans of rich text."""
    return [_styled(_piece(reader, piece), piece.get("style", {})) for piece in pieces]


def _piece(reader: Reader, piece: JsonObject) -> Span:
    kind: str = piece["type"]
    if kind == "link":
        return Span("link", piece.get("text") or piece["url"], url=piece["url"])
    if kind == "emoji":
        return Span("emoji", EMOJI.get(piece["name"], f":{piece['name']}:"))
    if kind == "user":
        return Span("mention", f"@{reader.names.get(piece['user_id'], piece['user_id'])}")
    if kind == "channel":
        return Span("mention", f"#{reader.channels.get(piece['channel_id'], piece['channel_id'])}")
    if kind == "broadcast":
        return Span("ring", "@" + piece["range"])
    return Span("text", str(piece.get("text") or piece.get("fallback") or piece.get("value") or ""))


def _styled(span: Span, style: dict[str, bool]) -> Span:
    for kind in STYLES:
        if style.get(kind):
            span = Span("code", span.text) if kind == "code" else Span(kind, inner=[span])
    return span


def as_lines(reader: Reader, message: Message) -> str:
    """A message as text, with its buttons: for transcripts and failing tests."""
    if not message.blocks or message.bot_id is None:
        files = [f"({file.name})" for file in message.files if not file.is_deleted]
        return "\n".join([*([plain(reader.mrkdwn(message.text))] if message.text or not files else []), *files])
    return blocks_as_lines(reader, message.blocks)


def view_as_lines(reader: Reader, view: JsonObject) -> str:
    """A modal or Home tab as text."""
    title = [view["title"]["text"]] if view.get("title") else []
    buttons = [f"[ {view[key]['text']} ]" for key in ("submit", "close") if view.get(key)]
    return "\n".join(
        [*title, blocks_as_lines(reader, view["blocks"], view["state"]["values"]), " ".join(buttons)]
    ).rstrip()


def blocks_as_lines(reader: Reader, blocks: list[JsonObject], values: Json = None) -> str:
    """Blocks as text."""
    return "\n".join(line for block in blocks for line in _block_lines(reader, block, values or {}) if line)


def _block_lines(reader: Reader, block: JsonObject, values: Json) -> list[str]:
    kind = block["type"]
    if kind == "divider":
        return ["---"]
    if kind == "input":
        entered = values.get(block["block_id"], {}).get(block["element"].get("action_id"))
        hint = f" ({block['hint']['text']})" if block.get("hint") else ""
        return [f"{block['label']['text']}{hint}: {_entered(block['element'], entered)}"]
    if kind == "rich_text":
        return [_rich_line(reader, part) for part in block["elements"]]
    if kind in {"table", "data_table"}:
        return [" | ".join(_cell(reader, cell) for cell in row) for row in block["rows"]]
    if kind == "data_visualization":
        return [block["title"], *_chart_lines(block["chart"])]
    parts = [block.get("title"), block.get("subtitle"), block.get("text"), block.get("body"), block.get("subtext")]
    lines = [_text(reader, part) for part in [*parts, *block.get("fields", [])] if part]
    if kind == "image":
        lines.append(f"({block['alt_text']})")
    inside = [block.get("accessory"), *block.get("elements", []), *block.get("actions", [])]
    shown = [_element(reader, one) for one in inside if one]
    children = [line for child in block.get("child_blocks", []) for line in _block_lines(reader, child, values)]
    return [*lines, " ".join(shown), *children]


def _chart_lines(chart: JsonObject) -> list[str]:
    """The numbers of a chart, a line a series."""
    series = chart.get("series") or [{"name": "", "data": chart.get("segments", [])}]
    return [
        f"{one['name']}: " + ", ".join(f"{point['label']} {point['value']}" for point in one["data"]) for one in series
    ]


def _element(reader: Reader, element: JsonObject) -> str:
    if element["type"] in {"mrkdwn", "plain_text"}:
        return _text(reader, element)
    if element["type"] == "image":
        return f"({element['alt_text']})"
    chosen = element.get("initial_option")
    label = element.get("text") or (chosen and chosen["text"]) or element.get("placeholder")
    return f"[ {_text(reader, label) if label else element['type']} ]"


def _text(reader: Reader, text: Json) -> str:
    if isinstance(text, str):
        return text
    return plain(reader.mrkdwn(text["text"]) if text["type"] == "mrkdwn" else reader.plain_text(text["text"]))


def _rich_line(reader: Reader, part: JsonObject) -> str:
    if part["type"] == "rich_text_list":
        return "\n".join("- " + plain(rich_spans(reader, item["elements"])) for item in part["elements"])
    return plain(rich_spans(reader, part["elements"]))


def _cell(reader: Reader, cell: JsonObject) -> str:
    if cell["type"] == "rich_text":
        return " ".join(_rich_line(reader, part) for part in cell["elements"])
    return str(cell["text"])


def _entered(element: JsonObject, entry: Json) -> str:
    value = (entry or {}).get(HOLDERS[element["type"]].key)
    if element["type"] == "file_input" and value:
        return ", ".join(one["name"] for one in value)
    if isinstance(value, list) and value:
        return ", ".join(one["text"]["text"] if isinstance(one, dict) else str(one) for one in value)
    if isinstance(value, dict) and "text" in value:
        return str(value["text"]["text"])
    return "____" if value in (None, "", []) else str(value)
