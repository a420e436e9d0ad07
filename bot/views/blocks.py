"""The pieces every message and modal is made of, and the care that text needs on its way into Slack.

Slack gives three kinds of text a meaning. `<...>` is a mention or a link: an item named `<!channel>` would ring
everybody. `*`, `_`, `~` and backticks format, and `:word:` becomes a picture. Bare addresses and `#names` become
links. `escape()` disarms the first two; every text object made here is *verbatim*, which disarms the third. Buttons,
labels and options are plain text, where nothing has a meaning, so they take text as it is.

Blocks are built with `slackblocks`, which checks lengths and counts as it builds. Each needs a `block_id` of ours: the
default is a random one, and then two equal messages would differ.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from typing import Literal

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextBlock,
    DividerBlock,
    Element,
    HeaderBlock,
    InputBlock,
    ModalView,
    Option,
    SectionBlock,
    StaticSelectMenu,
    Text,
    TextType,
)

JsonObject = dict[str, object]

SECTION_LENGTH = 3000
BUTTON_LENGTH = 75
OPTION_LENGTH = 75
LABEL_LENGTH = 2000
TITLE_LENGTH = 24
HEADER_LENGTH = 150
MESSAGE_BLOCKS = 50
CHARTS_A_MESSAGE = 2
NAME_LENGTH = 60
"""Characters of an item's name that a line shows: more than a phone's width, less than a screen of it."""

_NOTHING = "\u200b"  # zero width space, which ends a picture's name
# mrkdwn has no escape for these. What looks the same but is another character formats nothing, wherever it stands.
_LOOKALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
_MARKS = str.maketrans({lookalike: mark for mark, lookalike in _LOOKALIKES.items()})
_MARK_AT_AN_EDGE = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])")
_PICTURE = re.compile(r":(?=[\w+'-]*[^\W\d_][\w+'-]*:)")


class When(Enum):
    """How to say an instant: Slack's form in the reader's zone, and the fallback's in the company's."""

    TIME = ("{time}", "{0:%H:%M}")
    DAY = ("{date_short_pretty}", "{0.day} {0:%b}")
    DAY_TIME = ("{date_short_pretty} at {time}", "{0.day} {0:%b} at {0:%H:%M}")


@dataclass(frozen=True)
class Rendered:
    """A message: its blocks as Slack takes them, and the fallback text (notification, screen reader).

    `plainer`: the same message in older blocks, for a workspace that refuses these.
    """

    text: str
    blocks: list[JsonObject]
    plainer: "Rendered | None" = None


def escape(text: str) -> str:
    """Text from people or files, made harmless for mrkdwn: one line, no mention, no link, no format, no picture."""
    line = " ".join(text.split())
    line = _PICTURE.sub(":" + _NOTHING, line)
    line = _MARK_AT_AN_EDGE.sub(lambda mark: _LOOKALIKES[mark[0]], line)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_marks(text: str) -> str:
    """Text that `escape()` may have written, with the marks that formats are made of as they were before it."""
    return text.translate(_MARKS)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and “…”, in at most `longest` characters. Cut before escaping, not after."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def item(name: str, sku: str) -> str:
    """An item as “Bolt M10x40 · BOLT-10”, escaped, a long name cut; the SKU alone when the name says no more."""
    shown = escape(cut(" ".join(name.split()), NAME_LENGTH))
    return escape(sku) if not shown or name == sku else f"{shown} · {escape(sku)}"


def date(instant: datetime, when: When, zone: tzinfo, *, before: str = "", link: str = "") -> str:
    """An instant as Slack shows it in each reader's own zone. `before` is text of ours to go in front.

    `link`: an address that it leads to, without `<>|^` and spaces.

    Clients that cannot show it, and notifications, show the fallback in `zone`, the company's.
    """
    form, fallback = when.value
    plain_words = before + fallback.format(instant.astimezone(zone))
    target = f"^{link}" if link else ""
    return f"<!date^{int(instant.timestamp())}^{before}{form}{target}|{plain_words}>"


def plain_date(instant: datetime, when: When, zone: tzinfo) -> str:
    """An instant in the company's zone, for plain text (labels, fallbacks), which cannot follow the reader."""
    return when.value[1].format(instant.astimezone(zone))


def mention(slack_id: str) -> str:
    """Somebody by name, who is told so. Only for the person who has something to do."""
    return f"<@{slack_id}>"


def formatted(text: str) -> Text:
    """Our mrkdwn, in which every foreign piece was escaped."""
    return Text(text, type_=TextType.MARKDOWN, verbatim=True)


def plain(text: str, longest: int = SECTION_LENGTH) -> Text:
    """Plain text: nothing in it has a meaning to Slack. Cut to `longest` characters."""
    return Text(cut(text, longest), type_=TextType.PLAINTEXT)


def fitted(text: str) -> str:
    """Mrkdwn that is too long for a section, cut between words: never inside an escape, a mention or a date."""
    if len(text) <= SECTION_LENGTH:
        return text
    kept = text[: SECTION_LENGTH - 1]
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    if kept.rfind("&") > kept.rfind(";"):
        kept = kept[: kept.rfind("&")]
    return kept.rsplit(" ", 1)[0].rstrip() + "…"


def section(text: str, block_id: str, accessory: Element | None = None) -> Block:
    """A paragraph of mrkdwn; of one longer than 3000 characters, its beginning."""
    return SectionBlock(formatted(fitted(text)), block_id=block_id, accessory=accessory)


def sections(lines: Iterable[str], block_id: str) -> list[Block]:
    """Lines of mrkdwn in as few sections as hold them: `block_id`, `block_id`.2, ..."""
    texts: list[str] = []
    for line in map(fitted, lines):
        if texts and len(texts[-1]) + 1 + len(line) <= SECTION_LENGTH:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return [
        section(text, block_id if number == 1 else f"{block_id}.{number}") for number, text in enumerate(texts, start=1)
    ]


def context(text: str, block_id: str) -> Block:
    """A small grey line of mrkdwn."""
    return ContextBlock([formatted(fitted(text))], block_id=block_id)


def header(text: str, block_id: str) -> Block:
    """A headline in plain text."""
    return HeaderBlock(plain(text, HEADER_LENGTH), block_id=block_id)


def divider(block_id: str) -> Block:
    """A line across."""
    return DividerBlock(block_id=block_id)


def button(text: str, action_id: str, value: str, *, primary: bool = False, danger: bool = False) -> Button:
    """A button; its value is an opaque id. Longer texts are cut to what Slack takes."""
    style: Literal["primary", "danger"] | None = "primary" if primary else "danger" if danger else None
    return Button(plain(text, BUTTON_LENGTH), action_id=action_id, value=value, style=style)


def select(action_id: str, choices: Sequence[tuple[str, str]], *, initial: str | None = None) -> StaticSelectMenu:
    """A menu of (text, value); `initial` is the value chosen at first."""
    options = {value: Option(plain(text, OPTION_LENGTH), value=value) for text, value in choices}
    return StaticSelectMenu(
        action_id=action_id,
        options=list(options.values()),
        initial_option=None if initial is None else options[initial],
    )


def actions(elements: Sequence[Element], block_id: str) -> Block:
    """A row of buttons and menus."""
    return ActionsBlock(list(elements), block_id=block_id)


def field(label: str, element: Element, block_id: str, *, hint: str | None = None, optional: bool = False) -> Block:
    """An input of a modal. Label and hint are plain text."""
    return InputBlock(
        plain(label, LABEL_LENGTH),
        element,
        block_id=block_id,
        hint=None if hint is None else plain(hint, LABEL_LENGTH),
        optional=optional,
    )


def as_json(blocks: Iterable[Block]) -> list[JsonObject]:
    """Blocks as Slack takes them."""
    return [json.loads(repr(block)) for block in blocks]


def rendered(text: str, blocks: Sequence[Block]) -> Rendered:
    """A message of these blocks; `text` is the fallback, mrkdwn as well."""
    return Rendered(text, as_json(blocks))


def modal(
    *,
    title: str,
    blocks: Sequence[Block],
    callback_id: str,
    private_metadata: str = "",
    submit: str | None = None,
    close: str = "Cancel",
) -> JsonObject:
    """A modal view. Title, submit and close are cut to the 24 characters they may have."""
    view: JsonObject = ModalView(
        title=plain(title, TITLE_LENGTH),
        blocks=list(blocks),
        callback_id=callback_id,
        private_metadata=private_metadata or None,
        submit=None if submit is None else plain(submit, TITLE_LENGTH),
        close=plain(close, TITLE_LENGTH),
    ).to_dict()
    return view
