"""The count modal: one field a line, a page at a time. Blind: all it knows is the place, the item and its units.

Whole pieces without packs have a number field. Everything else that can be written takes text: "3 boxes + 4", "1.5 m",
and "+12" or "done" for a line that is being added up.

A recount looks the same as a first count, so that the form does not say what it is. Only a plan that was made not
blind shows what the record says, and only before the first count.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from slackblocks import Block, Element, NumberInput, PlainTextInput

from bot import ids
from bot.payloads import NOT_MINE
from bot.views import blocks
from bot.views.blocks import JsonObject
from models.errors import BadInput
from models.rules import wording
from models.rules.quantities import LONGEST
from models.rules.quantities_speech import packs_held
from models.rules.quantities_units import Measure
from models.services.count_pages import CountPage
from models.services.counts import LineToCount

_INPUT = "quantity"
_MOST_NAMED = 12


def block_of(line_id: int) -> str:
    """The block id of a line's field."""
    return f"line.{line_id}"


def count_modal(page: CountPage, notes: Sequence[str] = ()) -> JsonObject:
    """A page of fields. `notes`: sentences about what was saved with the page before."""
    built: list[Block] = [blocks.context(blocks.escape(note), f"note.{n}") for n, note in enumerate(notes)]
    built += [_field(line) for line in page.lines]
    return blocks.modal(
        title=_title(page),
        blocks=built,
        callback_id=ids.COUNT_MODAL,
        private_metadata=_metadata(page),
        submit="Save" if page.is_last else "Save, next page",
    )


def saved_view(page: CountPage, left: Sequence[LineToCount], notes: Sequence[str]) -> JsonObject:
    """The end of the form, when there is something to say: lines still to count, or numbers kept as notes."""
    lines = [blocks.escape(note) for note in notes]
    if left:
        places = ", ".join(dict.fromkeys(blocks.escape(line.location) for line in left[:_MOST_NAMED]))
        more = f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
        count, them = ("1 line is", "it") if len(left) == 1 else (f"{len(left)} lines are", "them")
        still = f"{count} still to count: {places}{more}"
        lines.insert(0, f"Saved. {still}. *Enter counts* on the sheet brings {them} back.")
    else:
        lines.insert(0, "Saved. All counted, thank you.")
    return blocks.modal(
        title=blocks.cut(page.name, blocks.TITLE_LENGTH),
        blocks=blocks.sections(lines, "saved"),
        callback_id=ids.COUNT_MODAL,
        close="Close",
    )


@dataclass(frozen=True)
class Shown:
    """Which page a submitted modal showed (`models.services.count_pages.CountPage`)."""

    session_id: int
    line_ids: list[int]
    number: int
    is_single: bool
    ends_in_own: bool


def read_metadata(text: str) -> Shown:
    """The page, from a submitted modal's metadata."""
    try:
        found = json.loads(text)
        session_id, line_ids, number = found["s"], found["l"], found["p"]
    except (ValueError, KeyError, TypeError):
        raise BadInput(NOT_MINE) from None
    if not isinstance(line_ids, list) or not all(type(one) is int for one in (session_id, number, *line_ids)):
        raise BadInput(NOT_MINE)
    return Shown(session_id, line_ids, number, bool(found.get("o")), bool(found.get("m")))


def _metadata(page: CountPage) -> str:
    ids_of_lines = [line.line_id for line in page.lines]
    flags = {"o": page.is_single, "m": page.ends_in_own}
    set_flags = {name: 1 for name, is_set in flags.items() if is_set}
    return json.dumps({"s": page.session_id, "p": page.number, "l": ids_of_lines, **set_flags})


def _title(page: CountPage) -> str:
    if page.pages == 1:
        return blocks.cut(page.name, blocks.TITLE_LENGTH)
    suffix = f" {page.number}/{page.pages}"
    return blocks.cut(page.name, blocks.TITLE_LENGTH - len(suffix)) + suffix


def _field(line: LineToCount) -> Block:
    measure = Measure(line.unit, line.packs)
    said = [line.sku, line.unit, ", ".join(packs_held(measure)), _adding_up(line), _record(line)]
    return blocks.field(
        f"{line.location} · {blocks.cut(line.name, blocks.NAME_LENGTH)}",
        _input(line, measure),
        block_of(line.line_id),
        hint=" · ".join(part for part in said if part),
        optional=True,
    )


def _input(line: LineToCount, measure: Measure) -> Element:
    if measure.whole and not measure.asked_about and not line.adding_up:
        return NumberInput(is_decimal_allowed=False, action_id=_INPUT)
    return PlainTextInput(action_id=_INPUT, max_length=LONGEST)


def _adding_up(line: LineToCount) -> str:
    """Who is adding the line up; what they counted so far is nobody else's to know."""
    return f"adding up, {line.adding_up}: +12 for a part, done, or the whole number" if line.adding_up else ""


def _record(line: LineToCount) -> str:
    return "" if line.on_hand is None else f"the record says {wording.quantity(line.on_hand)}"
