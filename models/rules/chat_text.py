"""Chat text as a person saw it: what a chat service sends, turned back into plain lines.

Slack escapes `&`, `<` and `>` in what people type, and puts its own marks in `<...>`: a link `<http://x|x>` (made by
itself of anything that looks like an address), a mention `<@U1>`. A phone makes quotes and dashes curly. None of that
may decide whether a SKU is recognised, so replies are read in plain text, and compared in `folded` text.
"""

import re

_MARK = re.compile(r"<([^<>\n]*)>")
_EMOJI = re.compile(r"(?<!\S)(?::[a-z0-9_+'-]+:)+(?!\S)")
_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # & last: "&amp;lt;" was typed as "&lt;"
_FOLDS = str.maketrans(
    dict.fromkeys("‘’‚‛′＇`´", "'")  # noqa: RUF001 - the quotes that phones type
    | dict.fromkeys("“”„‟″＂", '"')  # noqa: RUF001 - same
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")  # noqa: RUF001 - same, dashes
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", None)  # invisible, left by copying from web pages
)


def plain_lines(text: str) -> list[str]:
    """The lines of a chat message as they were seen: marks and emoji resolved, single spaces, never blank."""
    return [" ".join(line.split()) for line in spaced_lines(text)]


def spaced_lines(text: str) -> list[str]:
    """As `plain_lines`, with the spaces as they were: a tab is a cell's end, a thin space groups thousands."""
    seen = _MARK.sub(lambda mark: _seen(mark[1]), text)
    for entity, character in _ENTITIES:
        seen = seen.replace(entity, character)
    return [line for part in _LINE_END.split(seen) if (line := _EMOJI.sub(" ", part).strip())]


def folded(text: str) -> str:
    """`text` as it is compared: small letters, straight quotes and dashes, single spaces."""
    return " ".join(text.translate(_FOLDS).casefold().split())


def ending(text: str, rest: str) -> str:
    """The end of `text` that reads `rest` when it is folded; `rest` itself if there is none such."""
    # Folding rarely changes the length, so the likeliest start comes first.
    likely = max(0, len(text) - len(rest))
    starts = (*range(likely, -1, -1), *range(likely + 1, len(text)))
    return next((found for start in starts if folded(found := text[start:]) == rest), rest).strip()


def _seen(mark: str) -> str:
    """What a reader saw of `<mark>`: a link's label, else its address; nothing of a mention."""
    address, bar, label = mark.partition("|")
    if mark.startswith(("@", "#", "!")):
        return " "  # a person, a channel, @here: talk, not a SKU
    return label if bar and label else address.removeprefix("mailto:").removeprefix("tel:")
