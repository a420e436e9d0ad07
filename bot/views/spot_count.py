"""Spot counts: what was started, as an answer; and *Count this*, the form with what a message names.

None of it says anything of the record: whoever asks may be the one who counts.
"""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from slackblocks import Block, CheckboxGroup, Option, PlainTextInput

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered, When
from models.services.countable import MOST_THINGS, Thing
from models.services.spot_counts import SpotCount, SpotCounts

TITLE = "Count this"
FOUND, OTHER = "found", "other"
FOUND_BLOCKS = (FOUND, f"{FOUND}.2")
"""Slack takes ten boxes a block; so many blocks hold all that is found in a message."""
MOST_BOXES = 10

_ITEM, _BIN = "i", "l"
_OTHER_LENGTH = 200


def started_message(found: SpotCounts, *, again: bool = False) -> Rendered:
    """Each count that was started, and what is in none of them. `again`: by an earlier try of the same."""
    lines = _started_lines(found, again=again)
    return blocks.rendered("\n".join(lines), blocks.sections(lines, "spot"))


def count_this(things: Sequence[Thing]) -> JsonObject:
    """What was found in the message, ticked, and a field for anything else."""
    built: list[Block] = []
    if not things:
        built.append(blocks.section("I found no SKU and no bin in this message.", "none"))
    for number, block_id in enumerate(FOUND_BLOCKS):
        some = things[number * MOST_BOXES : (number + 1) * MOST_BOXES]
        if some:
            label = "Found in the message" if number == 0 else "Found as well"
            built.append(blocks.field(label, _boxes(some, block_id), block_id, optional=True))
    if len(things) > MOST_THINGS:
        left = f"… {len(things) - MOST_THINGS} more are named; one request takes {MOST_THINGS}."
        built.append(blocks.context(left, "more"))
    label = "Anything else: SKU or bin" if things else "SKU or bin"
    field = PlainTextInput(action_id=OTHER, max_length=_OTHER_LENGTH)
    built.append(blocks.field(label, field, OTHER, hint="Several: commas between them.", optional=bool(things)))
    return blocks.modal(title=TITLE, blocks=built, callback_id=ids.COUNT_THIS_FORM, submit="Start the count")


def started_view(found: SpotCounts, *, again: bool = False) -> JsonObject:
    """The end of the form: what was started. `again`: by an earlier try of the same."""
    return _said(_started_lines(found, again=again))


def sentence_view(sentence: str) -> JsonObject:
    """A form that only says something, such as why there is none."""
    return _said([blocks.escape(sentence)])


def read_boxes(values: Iterable[str]) -> tuple[set[int], set[int]]:
    """Ids of the items and of the bins whose boxes are ticked; BadInput for a value that is not ours."""
    items: set[int] = set()
    bins: set[int] = set()
    for value in values:
        (bins if value.startswith(_BIN) else items).add(ids.parse_id(value[1:]))
    return items, bins


def _started_lines(found: SpotCounts, *, again: bool) -> list[str]:
    first = ["You have started this already, and nothing was started again:"] if again else []
    return [*first, *(_started(count, found.zone) for count in found.counts), *map(blocks.escape, found.remarks)]


def _started(count: SpotCount, zone: ZoneInfo) -> str:
    lines = "1 line" if count.lines == 1 else f"{count.lines} lines"
    if count.waiting > count.lines:
        lines += f", the longest uncounted of {count.waiting:,}"
    due = blocks.date(count.due_at, When.DAY_TIME, zone, before="due ")
    others = " You asked for it, so somebody else counts it first." if count.for_others else ""
    return f"{blocks.escape(count.name)}: {lines}, {due}. The sheet comes in <#{count.channel}>.{others}"


def _boxes(things: Sequence[Thing], action_id: str) -> CheckboxGroup:
    options = [Option(blocks.plain(_label(thing), blocks.OPTION_LENGTH), value=_value(thing)) for thing in things]
    return CheckboxGroup(action_id=action_id, options=options, initial_options=options)


def _label(thing: Thing) -> str:
    return f"{thing.name} · {thing.description or 'bin'}"


def _value(thing: Thing) -> str:
    return f"{_ITEM}{thing.item_id}" if thing.item_id is not None else f"{_BIN}{thing.location_id}"


def _said(lines: Sequence[str]) -> JsonObject:
    return blocks.modal(
        title=TITLE, blocks=blocks.sections(lines, "said"), callback_id=ids.COUNT_THIS_FORM, close="Close"
    )
