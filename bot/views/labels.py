"""What somebody is answered about pictures they posted: to them alone, and nothing about the stock."""

from slackblocks import Block

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered
from models.rules import wording
from models.rules.pictures import SheetLine, quoted
from models.services.labels import Found

WHICH_LINE = "I read no label in this picture. Which line is it of? Write its SKU under it."
IF_IT_IS_A_PHOTO = "If it is a picture of a line, write its SKU under it."
MOST_LINES = 10


def pictures_answer(found: Found) -> Rendered:
    """The lines that labels name, each with the button that opens it; or what else became of the pictures."""
    if found.is_asked:
        return _sentences([WHICH_LINE])
    if found.of is not None:
        return _sentences([f"The picture is on {found.of.label}."])
    said = _said(found)
    built: list[Block] = blocks.sections(map(blocks.escape, said), "labels.read")
    built += [_to_count(line) for line in found.to_count[:MOST_LINES]]
    lines = [_question(line) for line in found.to_count[:MOST_LINES]]
    return blocks.rendered("\n".join(map(blocks.escape, [*said, *lines])), built)


def _said(found: Found) -> list[str]:
    said = []
    if len(found.codes) > 1:
        said.append(f"I read {wording.all_of([quoted(code) for code in found.codes])}.")
        said += [f"{quoted(code)} is {_nowhere(found, code)}" for code in found.unknown]
    else:
        said += [f"I read {quoted(code)}; it is {_nowhere(found, code)}" for code in found.unknown]
    if len(found.unknown) == len(found.codes) and not found.elsewhere:
        said.append(IF_IT_IS_A_PHOTO)
    if len(found.to_count) > MOST_LINES:
        said.append(f"{len(found.to_count)} lines are to count there; these are the first {MOST_LINES}.")
    return [*said, *found.refused]


def _nowhere(found: Found, code: str) -> str:
    sheet = dict(found.elsewhere).get(code)
    return f"on the sheet {sheet}. Post the picture there." if sheet else "on no line of this sheet."


def _to_count(line: SheetLine) -> Block:
    button = blocks.button("Enter count", ids.ENTER_RECOUNT, str(line.line_id))
    return blocks.section(blocks.escape(_question(line)), f"labels.line.{line.line_id}", button)


def _question(line: SheetLine) -> str:
    return f"{line.sku}, {line.location}. How many?"


def _sentences(sentences: list[str]) -> Rendered:
    lines = [blocks.escape(sentence) for sentence in sentences]
    return blocks.rendered("\n".join(lines), blocks.sections(lines, "labels.read"))
