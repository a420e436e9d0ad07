"""The result of a session: on its closed sheet, and as a message in the sheet's thread."""

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.rules import wording
from models.services.sheets import SheetFacts, SheetLine, SheetResult
from models.services.signed import Signed

SHOWN_SKIPS = 10
SIGN_OFF = "Save & reconcile"


def summary(facts: SheetFacts, head: str | None = None, signed: Signed | None = None) -> Rendered:
    """The message in the thread; of a session that is open again it says that the result is still to come.

    `head` is that of the newest seal: shown where nobody who can reach the database can change it. As long as nobody
    has `signed` it, or something was decided since, it has the button for that.
    """
    if facts.result is None:
        text = f"*{blocks.escape(facts.name)}* is open again: a movement was recorded late. The result follows."
    else:
        lines = result_lines(facts, facts.result)
        people = by_person(facts)
        text = "\n".join([*lines, *([f"Counted by {people}"] if people else []), *_signed(facts, signed)])
    built = [blocks.section(text, "summary.result")]
    if facts.result is not None and (signed is None or not signed.stands):
        sign_off = blocks.button(SIGN_OFF, ids.SIGN_OFF, str(facts.session_id))
        built.append(blocks.actions([sign_off], "summary.buttons"))
    if head is not None:
        built.append(blocks.context(f"Sealed up to {head}", "summary.seal"))
    return blocks.rendered(text, built)


def result_lines(facts: SheetFacts, result: SheetResult) -> list[str]:
    """What came of a closed session, one thing a line."""
    closed = blocks.date(result.closed_at, When.TIME, facts.zone, before="closed ")
    skipped = f", {len(facts.skipped)} skipped" if facts.skipped else ""
    rejected = f", {result.rejected} rejected" if result.rejected else ""
    lines = [f"*{blocks.escape(facts.name)}* · {closed} · {result.counted or 'nothing'} counted{rejected}{skipped}"]
    if result.counted:
        parts = [_right(facts, result)]
        if result.unknown_cost < result.counted:
            parts.append(f"net {wording.money(result.net_value, facts.currency)}")
            parts.append(f"gross {wording.money(result.gross_value, facts.currency)}")
        lines.append(" · ".join(parts))
    if result.unknown_cost:
        number = result.unknown_cost
        lines.append(f"{number} without a unit cost, so {'it is' if number == 1 else 'they are'} not in the values")
    if facts.skipped:
        shown = ", ".join(_skipped(line) for line in facts.skipped[:SHOWN_SKIPS])
        more = len(facts.skipped) - SHOWN_SKIPS
        lines.append(f"Skipped: {shown}{f', … {more} more' if more > 0 else ''}")
    return lines


def by_person(facts: SheetFacts) -> str:
    """How many lines each counted first: “Ana 4, Dan 2”."""
    return ", ".join(f"{blocks.escape(name)} {number}" for name, number in facts.by_person)


def _signed(facts: SheetFacts, signed: Signed | None) -> list[str]:
    """By whom and when, and whether that is what it says still."""
    if signed is None:
        return []
    when = blocks.date(signed.at, When.TIME, facts.zone)
    return [f"Signed off by {blocks.escape(signed.who)}, {when}{'' if signed.stands else '; changed since'}"]


def _right(facts: SheetFacts, result: SheetResult) -> str:
    if not facts.blind:
        return "not blind, so it says nothing about accuracy"
    by_others = result.counted - result.by_asker - result.left_open
    if not by_others:
        how = "in parts that were left open" if result.left_open else "by who asked for it"
        return f"counted {how}, so it says nothing about accuracy"
    right = f"{result.right_at_first} of {by_others} right at the first count"
    asked = f", {result.by_asker} counted by who asked for it" if result.by_asker else ""
    return right + asked + (f", {result.left_open} with parts left open" if result.left_open else "")


def _skipped(line: SheetLine) -> str:
    place = blocks.escape(line.location)
    return f"{place} ({blocks.escape(blocks.cut(line.reason, blocks.NAME_LENGTH))})" if line.reason else place
