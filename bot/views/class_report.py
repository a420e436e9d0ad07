"""What a classification has changed: how many items moved up and down, and of the first ones, why."""

from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.services.class_reports import Change, Move, RunReport

NEVER = "ABC classes were never computed here. Stock control does it with `python -m bot classify`."
EVERY_CHANGE = "`python -m bot classify --last` lists all of them"


def class_report_message(report: RunReport | None) -> Rendered:
    """The report of a run, for a review channel, or for whoever asks for the last one (None: there was none yet)."""
    if report is None:
        return blocks.rendered(NEVER, [blocks.section(NEVER, "classes.head")])
    head = _head(report)
    when = blocks.date(report.at, When.DAY_TIME, report.zone)
    lines = [f"*{head}*{_directions(report.moves)}"]
    if report.moves:
        lines.append(", ".join(f"{move.before or 'new'} → {move.after} {move.items:,}" for move in report.moves))
    lines.append(f"Computed {when} by {blocks.escape(report.basis)}")
    built = blocks.sections(lines, "classes.head")
    if report.changes:
        built += blocks.sections(map(_change, report.changes), "classes.changes")
    more = report.changed - len(report.changes)
    if more > 0:
        built.append(blocks.context(f"… {more:,} more; {EVERY_CHANGE}", "classes.more"))
    return blocks.rendered(head, built)


def _head(report: RunReport) -> str:
    whose = f" of {blocks.escape(report.team)}" if report.team else f" of {report.items:,}"
    if not report.changed:
        return f"No item{whose} changed its ABC class"
    if report.changed == 1:
        return f"1 item{whose} changed its ABC class"
    return f"{report.changed:,} items{whose} changed their ABC class"


def _directions(moves: tuple[Move, ...]) -> str:
    """How many are counted more often from now on, less often, and for the first time by a class."""
    new = sum(move.items for move in moves if not move.before)
    up = sum(move.items for move in moves if move.before and move.after < move.before)
    down = sum(move.items for move in moves if move.before and move.after > move.before)
    found = [f"{number:,} {word}" for number, word in ((up, "up"), (down, "down"), (new, "new")) if number]
    return f" · {', '.join(found)}" if found else ""


def _change(change: Change) -> str:
    return f"{blocks.item(change.name, change.sku)}   {blocks.escape(change.reason)}"
