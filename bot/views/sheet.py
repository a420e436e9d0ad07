"""The count sheet: one message in the team's channel, updated in place until the last line is settled.

It is read by people who still have to count blind. It can only show what `SheetFacts` holds, and those hold no number
about the stock while the session is open.
"""

from collections import Counter
from collections.abc import Sequence

from slackblocks import Block

from bot import ids
from bot.views import blocks, summary
from bot.views.blocks import Rendered, When
from models.rules.policies import Policy
from models.services.claims import MOST_LINES
from models.services.sheets import LineWord, SheetFacts, SheetLine

SHOWN_LINES = 30
"""A sheet of up to so many lines is shown whole; a longer one would fill several screens of the channel."""
BAR_LENGTH = 12

_CHOSEN = {
    "": "due",  # lines of before policies were stored
    Policy.NEVER: "never counted before",
    Policy.RANDOM: "drawn at random",
    Policy.CONTROL: "of the control group",
    Policy.ABC: "for their class",
    Policy.CATEGORY: "for their category",
    Policy.LOCATION: "for their bin",
    Policy.VELOCITY: "that moved most",
}
"""What chose a line, behind a number of them; what is not here says it itself."""

_SAID_BY_THE_NAME = ("spot count",)

_TO_DO = (LineWord.TO_COUNT, LineWord.ADDING_UP, LineWord.RECOUNT)


def sheet(facts: SheetFacts) -> Rendered:
    """The sheet as it stands: what to do and by when, how far it is, the lines, and the way in."""
    if facts.result is not None:
        text = "\n".join(summary.result_lines(facts, facts.result))
        return blocks.rendered(text, [blocks.section(text, "sheet.result")])
    name, due = blocks.escape(facts.name), blocks.date(facts.due_at, When.DAY_TIME, facts.zone, before="due ")
    built: list[Block] = [
        blocks.section(f"*{name}* · {_places(facts)} · {due}\n{_progress(facts)}", "sheet.head"),
        *blocks.sections(_lines(facts), "sheet.lines"),
    ]
    if facts.can_be_counted:
        value = str(facts.session_id)
        buttons = [blocks.button("Enter counts", ids.ENTER_COUNTS, value, primary=True)]
        if facts.can_be_taken:
            buttons.append(blocks.button(f"Take {MOST_LINES}", ids.TAKE_LINES, value))
        buttons.append(blocks.button("Can't count these", ids.CANNOT_COUNT, value))
        buttons.append(blocks.button("Found here", ids.FOUND_HERE, value))
        built.append(blocks.actions(buttons, "sheet.buttons"))
        if facts.replies:
            built.append(blocks.context("Or reply in the thread: SKU and quantity, one a line.", "sheet.hint"))
    else:
        built.append(blocks.context("Nothing is left to count. The approvers decide the rest.", "sheet.hint"))
    if notes := _notes(facts):
        built.append(blocks.context(" · ".join(notes), "sheet.notes"))
    return blocks.rendered(f"{name}: {facts.counted} of {len(facts.lines)} counted, {due}", built)


def _notes(facts: SheetFacts) -> list[str]:
    """What is special about this run."""
    notes = []
    if facts.moved_because:
        notes.append(blocks.escape(facts.moved_because[:1].upper() + facts.moved_because[1:]))
    if chosen := [f"{number} {_CHOSEN.get(by, by)}" for by, number in facts.chosen if by not in _SAID_BY_THE_NAME]:
        notes.append("Chosen: " + ", ".join(map(blocks.escape, chosen)))
    if not facts.blind:
        notes.append("Not blind: the form shows the record")
    return notes


def _places(facts: SheetFacts) -> str:
    lines, bins = len(facts.lines), len({line.location for line in facts.lines})
    in_bins = f"{bins} bin" if bins == 1 else f"{bins} bins"
    return in_bins if bins == lines else f"{lines} items in {in_bins}"


def _progress(facts: SheetFacts) -> str:
    total, skipped = len(facts.lines), len(facts.skipped)
    full = BAR_LENGTH * (facts.counted + skipped) // total if total else 0
    bar = "█" * full + "░" * (BAR_LENGTH - full)
    parts = [f"{facts.counted} of {total}", summary.by_person(facts), f"{skipped} skipped" if skipped else ""]
    return f"{bar}  {' · '.join(part for part in parts if part)}"


def _lines(facts: SheetFacts) -> list[str]:
    shown = _shown(facts.lines)
    texts = [_line(line) for line in shown]
    left = Counter(line.word for line in facts.lines) - Counter(line.word for line in shown)
    if left:
        words = ", ".join(f"{left[word]} {word}" for word in LineWord if left[word])
        texts.append(f"… {left.total()} more: {words}")
    return texts


def _shown(lines: Sequence[SheetLine]) -> list[SheetLine]:
    """The lines to show, in walk order: those that somebody has to walk to come before those that are done."""
    if len(lines) <= SHOWN_LINES:
        return list(lines)
    chosen = sorted(range(len(lines)), key=lambda n: (lines[n].word not in _TO_DO, n))[:SHOWN_LINES]
    return [lines[n] for n in sorted(chosen)]


def _line(line: SheetLine) -> str:
    place = f"*{blocks.escape(line.location)}*  {blocks.item(line.name, line.sku)}"
    if line.found:
        place += " (found here)"
    if line.word is LineWord.TO_COUNT:
        return f"{place} · {blocks.escape(line.who)}" if line.who else place
    state = str(line.word)
    if line.who is not None:
        who = blocks.escape(line.who)
        state = f"{state} of {who}" if line.word is LineWord.RECOUNT else f"{state}, {who}"
    elif line.reason:
        state = f"{state}: {blocks.escape(blocks.cut(line.reason, blocks.NAME_LENGTH))}"
    return f"{place} — {state}"
