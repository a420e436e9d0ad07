"""What could not be counted, for the approvers of a session that is closed."""

from collections.abc import Sequence
from datetime import tzinfo

from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.photos import photo_lines
from models.rules import wording
from models.services.skip_lists import SkipList, SkippedLine

SHOWN = 20


def skip_list(facts: SkipList) -> Rendered:
    """One line a skip: where, what, why and who said so; then the bins that were closed, and those nobody got to."""
    name = blocks.escape(facts.name)
    if not facts.said:
        return _sections([f"*{name}*: everything that could not be counted was counted since."])
    number = len(facts.said)
    what = "1 line could not be counted and comes" if number == 1 else f"{number} lines could not be counted and come"
    lines = [f"*{name}*: {what} back with a later count.", *(_line(line, facts.zone) for line in facts.said[:SHOWN])]
    if number > SHOWN:
        lines.append(f"… {number - SHOWN} more")
    if facts.closed:
        who = wording.all_of(list(dict.fromkeys(blocks.escape(line.who or "") for line in facts.closed)))
        lines.append(f"Closed without a count by {who}: {_bins(facts.closed)}.")
    if facts.expired:
        lines.append(f"Not counted by the due time: {_bins(facts.expired)}.")
    return _sections(lines)


def _line(line: SkippedLine, zone: tzinfo) -> str:
    why = blocks.escape(blocks.cut(line.reason, blocks.NAME_LENGTH))
    place = f"*{blocks.escape(line.location)}*  {blocks.item(line.name, line.sku)}"
    said = f"{place} — {why} ({blocks.escape(line.who or '')})"
    return " · ".join([said, *photo_lines(line.photos, zone)])


def _bins(lines: Sequence[SkippedLine]) -> str:
    bins = list(dict.fromkeys(line.location for line in lines))
    more = [f"{len(bins) - SHOWN} more"] if len(bins) > SHOWN else []
    return wording.all_of([*map(blocks.escape, bins[:SHOWN]), *more])


def _sections(lines: list[str]) -> Rendered:
    return blocks.rendered(lines[0], blocks.sections(lines, "skips"))
