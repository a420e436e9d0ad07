"""The sheet and the form of an exercise on toys: they look as the real ones do, and say that nothing of it is real."""

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered
from bot.views.count_modal import count_modal
from models.rules.practice import Toy, outcome
from models.services.count_pages import CountPage
from models.services.counts import LineToCount
from models.services.practices import PracticeFacts

NAME = "Practice"


def practice_sheet(facts: PracticeFacts) -> Rendered:
    """The toy lines: what lies in each bin, or what would come of the count."""
    counted = sum(quantity is not None for _, quantity in facts.lines)
    text = f"*{NAME}* · {counted} of {len(facts.lines)} counted · toys only, no record is touched"
    built = [
        blocks.section(text, "practice.head"),
        *blocks.sections([_line(toy, outcome(toy, n) if n is not None else None) for toy, n in facts.lines], "toys"),
    ]
    if facts.is_open:
        button = blocks.button("Enter counts", ids.PRACTICE_COUNTS, str(facts.practice_id), primary=True)
        built += [
            blocks.actions([button], "practice.buttons"),
            blocks.context("Or write here: SKU and quantity, one a line.", "practice.hint"),
        ]
    elif counted == len(facts.lines):
        end = "That was all. In a real count nobody sees what the record says. “practice” begins another."
        built.append(blocks.context(end, "practice.end"))
    return blocks.rendered(f"{NAME}: {counted} of {len(facts.lines)} counted", built)


def practice_modal(facts: PracticeFacts) -> JsonObject:
    """The form of a real count, with toy lines; those that were counted can be corrected."""
    lines = tuple(
        LineToCount(toy.number, facts.practice_id, toy.sku, toy.name, toy.location, toy.unit) for toy, _ in facts.lines
    )
    page = CountPage(session_id=facts.practice_id, name=NAME, lines=lines, number=1, pages=1)
    return {**count_modal(page), "callback_id": ids.PRACTICE_MODAL}


def _line(toy: Toy, said: str | None) -> str:
    place = f"*{toy.location}*  {toy.name} · {toy.sku}"
    return f"{place} — in the bin: {toy.in_the_bin}" if said is None else f"{place} — {said}"
