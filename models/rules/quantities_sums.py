"""Adding up a typed quantity for an item, and refusing the sums that cannot be meant or are in doubt.

- *Bare numbers* beside a unit are in the item's own: 3 boxes + 4. Not before a pack (4 + 3 boxes may be 7 boxes), and
  not beside a unit that is converted (2 m + 5 for an item in cm).
- *Side by side* (2 cs 1 bx 5) is read as digits are: from large to small, and a bare number at the end must be less
  than one of the pack before it, which must be the smallest (3 cases 2 may be two boxes), and in the same cell.
  Everything else wants a plus.
- *Products.* A pack said to hold something must hold that. 3x12 boxes is refused when boxes hold 12, for it may be
  three of them. Nothing is multiplied with nought (0x12).
- *Limits.* Every term by itself is whole where the item is counted in whole pieces, and a whole number of
  thousandths elsewhere; the total is below a billion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import prod

from models.errors import BadQuantity
from models.rules import wording
from models.rules.quantities import DECIMALS, TOO_LARGE
from models.rules.quantities_numbers import Value
from models.rules.quantities_speech import amount, hold, quoted, refused, said_base
from models.rules.quantities_terms import Joint, Term, Written
from models.rules.quantities_units import Measure, Unit
from models.rules.quantities_words import UnitKind

_LONGEST_SAID = 40
_LONGEST_ECHO = 120  # characters before the = sign; a longer sum is known to who wrote it


@dataclass(frozen=True)
class Addend:
    """A term whose numbers are known: `number` of its unit (of the item's own if it has none), as it was written."""

    number: Fraction
    term: Term
    said: str

    @property
    def factor(self) -> Fraction:
        """How many base units one is."""
        return self.term.unit.factor if self.term.unit else Fraction(1)

    @property
    def quantity(self) -> Fraction:
        """In base units."""
        return self.number * self.factor


def addend(term: Term, mark: str, measure: Measure) -> Addend:
    """The term with `mark` as its decimal mark; every value of it must be readable so."""
    number = prod((_read(value, mark) for value in term.values), start=Fraction(1))
    said = " × ".join(value.said(mark, scaled=not measure.whole) for value in term.values)  # noqa: RUF001 - the sign for times is meant
    # Beside a product the unit is that of its last number: 2 x 1 box.
    unit = measure.said(term.unit, _read(term.values[-1], mark)) if term.unit else ""
    return Addend(number, term, f"{said} {unit}".rstrip())


def total(written: Written, mark: str, text: str, measure: Measure) -> Fraction:
    """What it comes to, in base units.

    Raises:
        BadQuantity: when the sum is in doubt.
    """
    addends = [addend(term, mark, measure) for term in written.terms]
    _refuse_doubtful_units(addends, text, measure)
    for before, after in pairwise(addends):
        _refuse_doubtful_side(before, after, text, measure)
    for each in addends:
        _refuse_products(each, mark, text, measure)
    found = sum((each.quantity for each in addends), Fraction(0))
    if written.total:
        claimed = addend(written.total, mark, measure).quantity
        if claimed != found:
            raise BadQuantity(f"{quoted(text)} comes to {amount(found, measure)}; check it and write it again.")
    return found


def echo(written: Written, mark: str, found: Fraction, measure: Measure) -> str:
    """How it was understood, in a form that is understood the same: "3 boxes + 4 = 40 ea", or only "42 ea"."""
    said = amount(found, measure)
    first = written.terms[0]
    is_plain = len(written.terms) == 1 and len(first.values) == 1 and not first.values[0].fraction
    if is_plain and (first.unit is None or first.unit.kind is UnitKind.BASE):
        return said
    left = " + ".join(addend(term, mark, measure).said for term in written.terms)
    return said if len(left) > _LONGEST_ECHO else f"{left} = {said}"


def countable(quantity: Fraction, measure: Measure) -> bool:
    """Whether there can be so much of the item."""
    steps = quantity if measure.whole else quantity * 10**DECIMALS
    return steps.denominator == 1 and quantity < TOO_LARGE


def refuse_uncountable(written: Written, mark: str, text: str, measure: Measure) -> None:
    """Refuse a sum of which a term, or all together, cannot be there.

    Raises:
        BadQuantity: with the limit that it breaks.
    """
    addends = [addend(term, mark, measure) for term in written.terms]
    if sum(each.quantity for each in addends) >= TOO_LARGE:
        raise BadQuantity(f"{quoted(text)} is too large to be a count; check it and write it again.")
    for each in addends:
        if countable(each.quantity, measure):
            continue
        if measure.whole:
            said = each.said if each.term.unit else f"{each.said} {said_base(measure)}".rstrip()
            raise refused(f"{wording.cut(said, _LONGEST_SAID)}? This is counted in whole pieces.", measure)
        raise refused(f"{quoted(text)} has more than three decimals in {said_base(measure)}; round it.", measure)


def _read(value: Value, mark: str) -> Fraction:
    return value.read(mark) or Fraction(0)


def _refuse_doubtful_units(addends: Iterable[Addend], text: str, measure: Measure) -> None:
    units: list[Unit | None] = [each.term.unit for each in addends]
    if None not in units:
        return
    behind = units[units.index(None) :]
    converts = any(unit is not None and unit.kind is UnitKind.METRIC for unit in units)
    if converts or any(unit is not None and unit.kind is not UnitKind.BASE for unit in behind):
        raise refused(f"{quoted(text)} can be read in two ways; write the unit of each number.", measure)


def _refuse_doubtful_side(before: Addend, after: Addend, text: str, measure: Measure) -> None:
    """Refuse terms side by side unless they go from large to small like the digits of a number."""
    if after.term.joint is Joint.PLUS:
        return
    if after.term.unit is None:
        is_rest = (
            after.term.joint is Joint.SIDE
            and before.term.unit is not None
            and before.term.unit.kind is UnitKind.PACK
            and len(after.term.values) == 1
            and after.number < before.factor
            and not any(1 < pack.factor < before.factor for pack in measure.asked_about)
        )
    else:
        is_rest = before.term.unit is not None and after.factor < before.factor
    if not is_rest:
        raise refused(f"{quoted(text)} can be read in two ways; write + between what is to be added.", measure)


def _refuse_products(each: Addend, mark: str, text: str, measure: Measure) -> None:
    unit, values = each.term.unit, [_read(value, mark) for value in each.term.values]
    if len(values) > 1 and 0 in values:
        raise BadQuantity(f"{quoted(text)} multiplies with nought; write 0 when there is none.")
    if len(values) > 1 and unit and unit.kind is UnitKind.PACK and unit.factor in values:
        all_packs, loose = amount(each.quantity, measure), amount(each.number, measure)
        raise BadQuantity(f"{quoted(text)} can be {all_packs} or {loose}; write the one you mean like that.")
    if unit and each.term.holds:
        if unit.kind is not UnitKind.PACK:
            raise refused(f"{quoted(text)} is not clear to me.", measure)
        if _read(each.term.holds, mark) != unit.factor:
            raise refused(f"{hold(unit, measure)} of this item.", measure)
