"""The sheet and the form of an exercise on toys: they look as the real ones do, and say that nothing of it is real."""

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered
from bot.views.count_modal import count_modal
from models.rules.practice import Standing, Toy, outcome
from models.services.count_pages import CountPage
from models.services.counts import LineToCount
from models.services.practices import PracticeFacts

NAME = "Practice"


HINT = (
    "Or write here: SKU and quantity, one a line, like “TOY-1 2 boxes + 3”. “TOY-1 +12” is a part and “TOY-1 done” the "
    "end of the parts; “TOY-2 blocked” says that it cannot be counted."
)


def practice_sheet(facts: PracticeFacts) -> Rendered:
    """The toy lines: what lies in each bin, or what would come of the count."""
    text = f"*{NAME}* · {facts.counted} of {len(facts.lines)} counted · toys only, no record is touched"
    built = [
        blocks.section(text, "practice.head"),
        *blocks.sections([_line(toy, standing) for toy, standing in facts.lines], "toys"),
    ]
    if facts.is_open:
        button = blocks.button("Enter counts", ids.PRACTICE_COUNTS, str(facts.practice_id), primary=True)
        built += [
            blocks.actions([button], "practice.buttons"),
            blocks.context(HINT, "practice.hint"),
        ]
    elif facts.is_done:
        end = "That was all. In a real count nobody sees what the record says. “practice” begins another."
        built.append(blocks.context(end, "practice.end"))
    return blocks.rendered(f"{NAME}: {facts.counted} of {len(facts.lines)} counted", built)


def practice_modal(facts: PracticeFacts) -> JsonObject:
    """The form of a real count, with toy lines; those that were counted can be corrected."""
    lines = tuple(
        LineToCount(
            toy.number, facts.practice_id, toy.sku, toy.name, toy.location, toy.unit,
            packs=toy.packs, adding_up="you" if standing.parts else "",
        )
        for toy, standing in facts.lines
    )  # fmt: skip
    page = CountPage(session_id=facts.practice_id, name=NAME, lines=lines, number=1, pages=1)
    return {**count_modal(page), "callback_id": ids.PRACTICE_MODAL}


def _line(toy: Toy, standing: Standing) -> str:
    place = f"*{toy.location}*  {toy.name} · {toy.sku}"
    if standing.counted is not None:
        return f"{place} — {outcome(toy, standing.counted)}"
    if standing.skipped:
        return f"{place} — can't be counted: {blocks.escape(standing.skipped)}"
    adding = ", adding up" if standing.parts else ""
    return f"{place}{adding} — in the bin: {toy.in_the_bin}"
