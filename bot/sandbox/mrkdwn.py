"""Reading mrkdwn as Slack shows it: to one person, in their time zone.

The result is a tree of spans, not HTML: the page builds elements from it and sets text, so that nothing in an
item's name can become markup, and `plain` turns the same tree into text for transcripts.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

SpanKind = Literal[
    "text", "bold", "italic", "strike", "code", "pre", "quote", "break", "mention", "ring", "link", "date", "emoji"
]

EMOJI = {
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "ballot_box_with_check": "☑️",
    "x": "❌",
    "warning": "⚠️",
    "question": "❓",
    "eyes": "👀",
    "package": "📦",
    "clipboard": "📋",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "alarm_clock": "⏰",
    "arrows_counterclockwise": "🔄",
    "repeat": "🔁",
    "lock": "🔒",
    "bell": "🔔",
    "mag": "🔍",
    "pencil": "📝",
    "pencil2": "✏️",
    "tada": "🎉",
    "wave": "👋",
    "thumbsup": "👍",
    "+1": "👍",
    "thumbsdown": "👎",
    "-1": "👎",
    "bar_chart": "📊",
    "chart_with_upwards_trend": "📈",
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "red_circle": "🔴",
    "no_entry": "⛔",
    "gear": "⚙️",
    "calendar": "📆",
    "house": "🏠",
}

_MARK = r"(?<![\w{m}])\{m}(?=[^\s{m}])(?P<{name}>[^{m}\n]*?[^\s{m}])\{m}(?![\w{m}])"
_TOKEN = re.compile(
    "|".join(
        [
            r"```\n?(?P<pre>.+?)\n?```",
            r"`(?P<code>[^`\n]+)`",
            r"<(?P<angle>[^<>\n]+)>",
            _MARK.replace("{m}", "*").replace("{name}", "bold"),
            _MARK.replace("{m}", "_").replace("{name}", "italic"),
            _MARK.replace("{m}", "~").replace("{name}", "strike"),
            r"(?<![\w:]):(?P<emoji>[a-z0-9_+'-]+):(?![\w:])",
            r"(?P<newline>\n)",
        ]
    ),
    re.DOTALL,
)
_LINK = re.compile(r"(https?://|mailto:)\S+")
_DATE = re.compile(r"!date\^(?P<at>\d{1,12})\^(?P<format>[^^|]+)(\^(?P<link>[^|]*))?(\|(?P<fallback>.*))?")


@dataclass(frozen=True)
class Span:
    """A piece of text, or a group of pieces, with what it is."""

    kind: SpanKind
    text: str = ""
    inner: "list[Span]" = field(default_factory=list)
    url: str = ""


@dataclass(frozen=True)
class Reader:
    """Somebody reading, and the names they see for ids."""

    names: dict[str, str]
    channels: dict[str, str]
    tz: str
    now: datetime

    def mrkdwn(self, text: str) -> list[Span]:
        """Read text with mrkdwn in it."""
        return _quoted(self, text)

    def plain_text(self, text: str) -> list[Span]:
        """Read a plain_text object: only emoji are replaced."""
        spans: list[Span] = []
        for position, part in enumerate(re.split(r"(?<![\w:]):([a-z0-9_+'-]+):(?![\w:])", text)):
            if position % 2:
                spans.append(_emoji(part))
            elif part:
                spans.append(Span("text", part))
        return spans

    def clock(self, ts: str) -> str:
        """When a message came, as its reader's clock shows it."""
        return _local(self, float(ts)).strftime("%H:%M")


def plain(spans: list[Span]) -> str:
    """The text alone, as somebody would read it out."""
    return "".join("\n" if span.kind == "break" else span.text + plain(span.inner) for span in spans)


def unescaped(text: str) -> str:
    """Undo the three escapes of Slack."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _quoted(reader: Reader, text: str) -> list[Span]:
    spans: list[Span] = []
    plain_lines: list[str] = []

    def flush() -> None:
        if plain_lines:
            spans.extend(_inline(reader, "\n".join(plain_lines)))
            plain_lines.clear()

    in_code = False
    for line in text.split("\n"):
        in_code ^= line.count("```") % 2 == 1
        if line.startswith(("&gt; ", "> ")) and not in_code:
            flush()
            spans.append(Span("quote", inner=_inline(reader, line.partition(" ")[2])))
        else:
            plain_lines.append(line)
    flush()
    return spans


def _inline(reader: Reader, text: str) -> list[Span]:
    spans: list[Span] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            spans.append(Span("text", unescaped(text[end : match.start()])))
        spans.append(_span(reader, match))
        end = match.end()
    if end < len(text):
        spans.append(Span("text", unescaped(text[end:])))
    return spans


def _span(reader: Reader, match: re.Match[str]) -> Span:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    name, value = next(iter(found.items()))
    if name == "newline":
        return Span("break")
    if name == "emoji":
        return _emoji(value)
    if name == "angle":
        return _angle(reader, value)
    if name == "pre":
        return Span("pre", unescaped(value))
    if name == "code":
        return Span("code", unescaped(value))
    groups: dict[str, SpanKind] = {"bold": "bold", "italic": "italic", "strike": "strike"}
    return Span(groups[name], inner=_inline(reader, value))


def _angle(reader: Reader, inside: str) -> Span:
    target, _, label = inside.partition("|")
    label = unescaped(label)
    if target.startswith("@"):
        return Span("mention", "@" + (reader.names.get(target[1:]) or label or target[1:]))
    if target.startswith("#"):
        return Span("mention", "#" + (reader.channels.get(target[1:]) or label or target[1:]))
    if target in {"!channel", "!here", "!everyone"}:
        return Span("ring", "@" + target[1:])
    if target.startswith("!date^"):
        return _date(reader, inside)
    if _LINK.fullmatch(target):
        return Span("link", label or unescaped(target), url=unescaped(target))
    return Span("text", label or unescaped(f"<{inside}>"))


def _emoji(name: str) -> Span:
    return Span("emoji", EMOJI.get(name, f":{name}:"))


def _local(reader: Reader, at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(reader.tz))


def _date(reader: Reader, inside: str) -> Span:
    match = _DATE.fullmatch(inside)
    if match is None:
        return Span("text", unescaped(inside.partition("|")[2] or inside))
    when = _local(reader, int(match["at"]))
    shown = re.sub(r"\{(\w+)\}", lambda token: _date_part(reader, when, token[1]), match["format"])
    return Span("date", unescaped(shown), url=match["link"] or "")


def _date_part(reader: Reader, when: datetime, name: str) -> str:
    today = reader.now.astimezone(ZoneInfo(reader.tz)).date()
    if name.endswith("_pretty"):
        near = {today: "today", today - timedelta(days=1): "yesterday", today + timedelta(days=1): "tomorrow"}
        if when.date() in near:
            return near[when.date()]
        name = name.removesuffix("_pretty")
    formats = {
        "date_num": "%Y-%m-%d",
        "date_slash": "%m/%d/%Y",
        "date": "%B %-d, %Y",
        "date_short": "%b %-d, %Y",
        "date_long": "%A, %B %-d, %Y",
        "day_divider": "%A, %B %-d",
        "time": "%H:%M",
        "time_secs": "%H:%M:%S",
    }
    if name == "ago":
        return _ago(reader.now - when)
    # %-d is not known to every platform's C library.
    return when.strftime(formats[name].replace("%-d", str(when.day))) if name in formats else "{" + name + "}"


def _ago(passed: timedelta) -> str:
    minutes = round(abs(passed.total_seconds()) / 60)
    amount = f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"  # noqa: PLR2004 - two hours
    return f"{amount} ago" if passed >= timedelta(0) else f"in {amount}"
