"""Asking about a bare number once: 12 what? And what the answer means.

A question is remembered as the number it was about: "12", or "+12" for a part. The same number again, bare, is then
taken in the item's own unit; a unit by itself ("boxes") completes it; any other bare number is asked about anew. All
this depends on what was typed and on the item's packs alone, so that being asked tells nothing of the record.
"""

from decimal import Decimal
from fractions import Fraction

from models.errors import BadQuantity
from models.rules import wording
from models.rules.quantities_meaning import Answer, Counted, Done, NeedsUnit, Part, understand_quantity
from models.rules.quantities_speech import said_base
from models.rules.quantities_units import Measure

Given = Counted | Part | Done
"""What somebody means with certainty."""

_MOST_FORMS = 3


def understand_asked(text: str, measure: Measure, *, asked: str = "") -> Answer:
    """Read a quantity of somebody who was asked about the bare number `asked` before ("": about none).

    Raises:
        BadQuantity: as `understand_quantity`.
    """
    try:
        answer = understand_quantity(text, measure)
    except BadQuantity:
        if not asked or any(letter.isdigit() for letter in text):
            raise
        try:
            return understand_quantity(f"{asked} {text}", measure, asked=True)
        except BadQuantity:
            pass
        raise
    if isinstance(answer, NeedsUnit) and asked.removeprefix("+") == answer.number:
        return understand_quantity(text, measure, asked=True)
    return answer


def whole_quantity(text: str, measure: Measure) -> Decimal:
    """Read the whole of something, in its own unit where none is written; for whoever was told the unit.

    Raises:
        BadQuantity: as `understand_quantity`, and for a part.
    """
    return _whole(understand_quantity(text, measure, asked=True)).quantity


def certain_quantity(text: str, measure: Measure, *, begin: str) -> Counted:
    """Read the whole of something where nothing is remembered of what was asked.

    Raises:
        BadQuantity: as `understand_quantity`; for a part; and for a bare number of what comes in packs, with the
            question, whose answers start with `begin` ("" for nothing).
    """
    answer = understand_quantity(text, measure)
    if isinstance(answer, NeedsUnit) and not answer.part:
        raise BadQuantity(sentence(answer, measure, sku=begin, again=f"1x{answer.number}"))
    return _whole(answer)


def _whole(answer: Answer) -> Counted:
    if isinstance(answer, Counted):
        return answer
    raise BadQuantity("Write the whole quantity, as one number.")


def remembered(question: NeedsUnit) -> str:
    """The number of a question, as `understand_asked` wants it."""
    return f"+{question.number}" if question.part else question.number


def sentence(question: NeedsUnit, measure: Measure, *, sku: str = "", again: str = "") -> str:
    """What to ask: "12 what? Boxes hold 12. Write “12 pcs” or “12 boxes”."; with `sku` the answers begin with it.

    `again` is what to write where the item's own unit cannot be named, if the same again is no answer.
    """
    number = remembered(question)
    named = [measure.said(unit, Fraction(1 if question.number == "1" else 2)) for unit in measure.asked_about]
    base = said_base(measure)
    forms = [f"{number} {name}" for name in (base, *named) if name]
    forms += [] if base or not again else [again]
    answers = [f"“{sku} {form}”" if sku else f"“{form}”" for form in forms if _can_be_meant(form, measure)]
    same = [] if base or again else ["the same again"]
    return f"{question.sentence} Write {wording.any_of([*answers[:_MOST_FORMS], *same])}."


def _can_be_meant(form: str, measure: Measure) -> bool:
    try:
        understand_quantity(form, measure)
    except BadQuantity:
        return False
    return True
