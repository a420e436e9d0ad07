"""The form of *Can't count these*: which lines, why, and how it looks there."""

from slackblocks import CheckboxGroup, Element, Option, PlainTextInput, StaticMultiSelectMenu

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject
from bot.views.photos import photo_field
from models.rules.skips import LONGEST_NOTE, SkipReason
from models.services.counts import LineToCount

LINES, REASON, NOTE = "lines", "reason", "note"
MOST_BOXES = 10
MOST_OPTIONS = 100


def skip_modal(session_id: int, name: str, lines: list[LineToCount]) -> JsonObject:
    """Lines to tick (a menu, when they are many), the reason, a note and photos."""
    return blocks.modal(
        title=name,
        blocks=[
            blocks.field("Which can't be counted?", _choice(lines[:MOST_OPTIONS]), LINES),
            blocks.field(
                "Why?",
                blocks.select(REASON, [(reason.capitalize(), reason.value) for reason in SkipReason]),
                REASON,
            ),
            blocks.field(
                "Note",
                PlainTextInput(action_id=NOTE, max_length=LONGEST_NOTE),
                NOTE,
                hint="Needed when the reason is “Other”.",
                optional=True,
            ),
            photo_field(),
        ],
        callback_id=ids.SKIP_MODAL,
        private_metadata=str(session_id),
        submit="Can't count them",
    )


def _choice(lines: list[LineToCount]) -> Element:
    options = [
        Option(blocks.plain(f"{line.location} · {line.name}", blocks.OPTION_LENGTH), value=str(line.line_id))
        for line in lines
    ]
    if len(options) <= MOST_BOXES:
        return CheckboxGroup(action_id=LINES, options=options)
    return StaticMultiSelectMenu(action_id=LINES, options=options)
