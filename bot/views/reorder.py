"""Reorder advice as an answer to one person: what to order now first, then by day; too much, and dead stock, apart."""

from bot import reorder_text
from bot.views import blocks
from bot.views.blocks import Rendered
from models.rules.reorder import Advice
from models.services.reorder import ReorderRow
from models.services.reorder_reports import Frame, Missing, ReorderReport

EVERYTHING = "`python -m bot reorder` lists all of them"


def reorder_message(found: ReorderReport) -> Rendered:
    """The first items of each advice."""
    head = reorder_text.head(found)
    built = blocks.sections([f"*{head}*"], "reorder.head")
    for advice, title in reorder_text.TITLES.items():
        rows = found.first[advice]
        lines = [f"*{title}*", *(_line(row, found.frame) for row in rows)]
        more = found.counts[advice] - len(rows)
        if more:
            lines.append(f"… {more:,} more; {EVERYTHING}")
        if rows:
            built += blocks.sections(lines, f"reorder.{advice.name.lower()}")
    if any(found.first.values()):
        built.append(blocks.context(blocks.escape(reorder_text.terms_text(found.frame)), "reorder.terms"))
    said = [blocks.escape(note) for note in reorder_text.notes(found)]
    built += blocks.sections(said, "reorder.notes")
    return blocks.rendered(head, built)


def item_reorder_message(row: ReorderRow, frame: Frame) -> Rendered:
    """One item: what to do, and the figures it rests on."""
    missing = Missing()
    missing.note(row)
    head = f"*{blocks.item(row.stock.name, row.stock.sku)}*   {_advice(row, frame)}"
    lines = [*reorder_text.why(row)] if row.advised.advice in _EXPLAINED else []
    lines += reorder_text.missing_lines(missing, frame)
    built = blocks.sections([head, *map(blocks.escape, lines)], "reorder.item")
    return blocks.rendered(head, built)


_EXPLAINED = frozenset({Advice.NOW, Advice.LATER, Advice.OVERSTOCK, Advice.UNKNOWN})


def _line(row: ReorderRow, frame: Frame) -> str:
    return f"{blocks.item(row.stock.name, row.stock.sku)}   {_advice(row, frame)}"


def _advice(row: ReorderRow, frame: Frame) -> str:
    return blocks.escape(reorder_text.advice_text(row, frame))
