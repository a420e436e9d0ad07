"""What a typed quantity means for an item: a count, a part of one, the end of parts, or something to ask.

A count sets the record, so a text is understood in one way or not at all. On top of the grammar (`quantities_terms`):

- *Marks.* The text is read with the point and with the comma as decimal mark; a reading that cannot be meant falls
  away (1.234 of a thing counted in whole pieces). Two that stay and differ are refused, with both. Of what is weighed
  or measured a point is always the decimal mark (scales write 1.234 kg); a comma before three digits stays in doubt.
- *Bare numbers.* When an item has packs, a text of bare numbers alone is asked about once, whatever the record says,
  so that being asked tells nothing; `asked=True` then takes it in the item's own unit. Zero is zero of anything, and
  3x12 says itself what it counts: neither is asked about.
- *Parts.* A plus at the start, or "more to come", makes it a part of the count; "done" by itself closes.

What is refused within a sum is in `quantities_sums`. No library does this: pint and its like convert physical units,
but know neither the packs of an item nor that `1,234` may be two numbers, and would be more to carry than to save.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.errors import BadQuantity
from models.rules.quantities_numbers import COMMA, POINT, Value, decimal, marks_mixed, number_text, pointed
from models.rules.quantities_speech import amount, quoted, refused, what
from models.rules.quantities_sums import countable, echo, refuse_uncountable, total
from models.rules.quantities_terms import Written, read_terms
from models.rules.quantities_units import Measure


@dataclass(frozen=True)
class Counted:
    """The whole count.

    `quantity` is in the item's own unit; `echo` says how the text was understood ("3 boxes + 4 = 40 ea"), in a form
    that is understood the same when it is typed.
    """

    quantity: Decimal
    echo: str


@dataclass(frozen=True)
class NeedsUnit:
    """A bare number of an item with packs: ask once, with `sentence`.

    `number` is what was typed, so that a bare unit can answer: understand `f"{number} {answer}"`. `part`: it came
    as a part.
    """

    sentence: str
    number: str
    part: bool


@dataclass(frozen=True)
class Done:
    """The parts are all there."""


@dataclass(frozen=True)
class Part:
    """A part of the count, to be added to the others; fields as in `Counted`."""

    quantity: Decimal
    echo: str


Answer = Counted | Part | NeedsUnit | Done


def understand_quantity(text: str, measure: Measure, *, asked: bool = False) -> Answer:
    """Read a quantity as people write it. `asked`: the question of `NeedsUnit` was put, and this is the answer.

    Raises:
        BadQuantity: for what cannot be meant or can be meant in two ways; the sentence gives the accepted forms.
    """
    written = read_terms(text, measure)
    if written.done:
        return Done()
    values = tuple(_values(written))
    if marks_mixed(values):
        raise refused(f"{quoted(text)} has both a point and a comma; use one for decimals.", measure)
    answers: dict[str, Answer] = {}
    refusals: list[BadQuantity] = []
    for mark in (POINT,) if not measure.whole and pointed(values) else (POINT, COMMA):
        if all(value.read(mark) is not None for value in values):
            try:
                answer, said = _meaning(written, mark, text, measure, asked=asked)
            except BadQuantity as refusal:
                refusals.append(refusal)
            else:
                answers[said] = answer
    if not answers:
        raise refusals[0] if refusals else refused(f"{quoted(text)} is not a number I can read.", measure)
    if len(answers) > 1:
        raise BadQuantity(f"{quoted(text)} can be {' or '.join(answers)}; write the one you mean like that.")
    return next(iter(answers.values()))


def _meaning(written: Written, mark: str, text: str, measure: Measure, *, asked: bool) -> tuple[Answer, str]:
    """The answer when `mark` is the decimal mark, and what it comes to in words."""
    found = total(written, mark, text, measure)
    if not asked and _is_bare(written) and _is_worth_asking(found, measure):
        number = number_text(found, scaled=not measure.whole)
        return NeedsUnit(what(number, measure), number, written.part), number
    refuse_uncountable(written, mark, text, measure)
    kind = Part if written.part else Counted
    return kind(decimal(found), echo(written, mark, found, measure)), amount(found, measure)


def _is_bare(written: Written) -> bool:
    """Whether nothing says what the numbers count: no unit, also not behind "=", and no product."""
    terms = (*written.terms, *([written.total] if written.total else []))
    return not any(term.unit or len(term.values) > 1 for term in terms)


def _is_worth_asking(number: Fraction, measure: Measure) -> bool:
    """Whether a bare number of this item may count different things: not 0, and possible in one of its units."""
    factors = [Fraction(1), *(pack.factor for pack in measure.asked_about)]
    return len(factors) > 1 and number > 0 and any(countable(number * factor, measure) for factor in factors)


def _values(written: Written) -> Iterator[Value]:
    """Every number that was typed."""
    for term in (*written.terms, *([written.total] if written.total else [])):
        yield from term.values
        if term.holds:
            yield term.holds
