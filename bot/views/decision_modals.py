"""The forms of *Adjust*, *Reject* and *Take back*."""

from collections.abc import Sequence

from slackblocks import Block, NumberInput, PlainTextInput

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject, When
from bot.views.causes import cause_menu
from models.rules import wording
from models.rules.quantities_units import Measure
from models.services.adjusting import LineUnderReview
from models.services.reversals import SettledLine

QUANTITY, REASON, NOTE = "quantity", "reason", "note"
NOTE_LENGTH = 500


def adjust_modal(line: LineUnderReview, causes: Sequence[str]) -> JsonObject:
    """What was counted and expected, the quantity that was there, why, and a note."""
    counted = f"{wording.quantity(line.counted)} {line.unit}"
    when = blocks.date(line.at, When.DAY_TIME, line.zone)
    facts = f"Counted {counted} ({blocks.escape(line.counter)}, {when}), on-hand then {wording.quantity(line.expected)}"
    result = "On-hand becomes what you enter"
    if line.since:
        facts += f", {wording.signed(line.since)} since"
        result += f" {'+' if line.since > 0 else '-'} {wording.quantity(abs(line.since))}"
    if line.dated:
        result += f", {line.dated}"
    place = f"*{blocks.item(line.name, line.sku)}* in {blocks.escape(line.location)}"
    return _modal(
        "Adjust",
        ids.ADJUST_MODAL,
        line.line_id,
        line.version,
        [
            blocks.section(f"{place}\n{facts}. {result}.", "facts"),
            blocks.field(
                "Quantity that was there at the count",
                NumberInput(is_decimal_allowed=not Measure(line.unit).whole, action_id=QUANTITY),
                QUANTITY,
                hint=line.unit,
            ),
        ],
        causes,
        hint="An adjustment needs a cause.",
    )


def reject_modal(line_id: int, version: int, sku: str, location: str, causes: Sequence[str]) -> JsonObject:
    """Why the count is not believed. Nothing is posted."""
    text = f"*{blocks.escape(sku)}* in {blocks.escape(location)}: nothing is posted, and it is due again at once."
    return _modal("Reject", ids.REJECT_MODAL, line_id, version, [blocks.section(text, "facts")], causes)


def reverse_modal(line: SettledLine) -> JsonObject:
    """What was posted and what on-hand becomes without it, and a note that says why."""
    decided = f"{blocks.escape(line.who)}, {blocks.date(line.at, When.DAY_TIME, line.zone)}" if line.who else ""
    if line.posted:
        effect = (
            f"{wording.signed(-line.posted)} {line.unit} is posted, on-hand becomes {wording.quantity(line.becomes)}"
        )
    else:
        effect = "Nothing has to be posted"
    place = f"*{blocks.item(line.name, line.sku)}* in {blocks.escape(line.location)}"
    text = f"{place}\n{effect}. The count waits for a decision again."
    if line.also:
        also = blocks.escape(wording.all_of(list(line.also)))
        text += f"\nIt was a transfer: the side in {also} is taken back with it."
    if decided:
        text += f"\nDecided by {decided}."
    return blocks.modal(
        title="Take back",
        blocks=[
            blocks.section(text, "facts"),
            blocks.field(
                "Why is it taken back?",
                PlainTextInput(action_id=NOTE, multiline=True, max_length=NOTE_LENGTH),
                NOTE,
            ),
        ],
        callback_id=ids.REVERSE_MODAL,
        private_metadata=ids.line_value(line.line_id, line.version),
        submit="Take back",
    )


def _modal(
    title: str,
    callback_id: str,
    line_id: int,
    version: int,
    built: list[Block],
    causes: Sequence[str],
    *,
    hint: str | None = None,
) -> JsonObject:
    return blocks.modal(
        title=title,
        blocks=[
            *built,
            blocks.field("Why?", cause_menu(REASON, causes), REASON, hint=hint),
            blocks.field(
                "Note",
                PlainTextInput(action_id=NOTE, multiline=True, max_length=NOTE_LENGTH),
                NOTE,
                hint="Needed when the reason is “Other”.",
                optional=True,
            ),
        ],
        callback_id=callback_id,
        private_metadata=ids.line_value(line_id, version),
        submit=title,
    )
