"""The quantity in a line of a reply: what it gives for a line of the sheet, and the answers that name no SKU."""

import re
from collections.abc import Sequence
from functools import lru_cache

from models.errors import BadQuantity
from models.rules.chat_text import folded
from models.rules.quantities_asked import Given, understand_asked
from models.rules.quantities_meaning import Counted, NeedsUnit, Part
from models.rules.quantities_units import Measure
from models.rules.references import SheetLine

_MORE = ("more to come", "more coming")


def given(text: str, line: SheetLine) -> Given | NeedsUnit | str:
    """What a text gives for a line; the sentence of the refusal when that is nothing certain."""
    return _given(text, line.measure, line.asked)


def is_quantity(text: str, line: SheetLine) -> bool:
    """Whether a text gives something for a line, be it a question."""
    return not isinstance(given(text, line), str)


def answered(text: str, lines: Sequence[SheetLine]) -> tuple[SheetLine, Counted | Part] | None:
    """The answer to the only question that is open: “boxes”, “12 boxes” or “12” again, without the SKU; else None."""
    asked = [line for line in lines if line.asked and line.countable]
    if len(asked) != 1 or is_more(text):
        return None
    line, number = asked[0], asked[0].asked.removeprefix("+")
    said = text.strip().removeprefix("+").strip()
    if has_digit(said) and not re.match(rf"{re.escape(number)}(?![0-9.,'])", said):
        return None
    is_part = line.asked.startswith("+") and has_digit(said)
    found = given(f"+{said}" if is_part else text, line)
    return (line, found) if isinstance(found, Counted | Part) else None


def is_more(text: str) -> bool:
    """Whether that says that the count above it is a part."""
    return folded(text).strip(".") in _MORE


def has_digit(text: str) -> bool:
    """Whether a digit of any script is in it."""
    return any(letter.isdigit() for letter in text)


@lru_cache(maxsize=1024)
def _given(text: str, measure: Measure, asked: str) -> Given | NeedsUnit | str:
    """What a text gives for an item, or why not; remembered, because a reply is read several times."""
    try:
        return understand_asked(text, measure, asked=asked)
    except BadQuantity as refusal:
        return str(refusal)
