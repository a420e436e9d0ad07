"""What a miscount looks like when it was only a slip: a hint for whoever judges a variance, never a correction.

The count and the record are compared in the item's own unit. Tried in this order, the likeliest first:

- *A pack for a piece*, or a piece for a pack: one number is the other times what a pack of the item holds.
- *A power of ten*: a zero or the decimal mark in the wrong place (10, 100 or 1000 times).
- *Two digits swapped*: 108 for 180. The digits stand side by side, and both numbers have as many of them.

It stays a question, for two numbers may be so by chance. It tells what the record says: for approvers only, and only
of entries that are stored. Nothing is said about nought and about a negative record, from which nobody can slip.
"""

from decimal import Decimal
from fractions import Fraction

from models.rules import wording
from models.rules.quantities_speech import many, said_base
from models.rules.quantities_units import Measure

_TIMES = "\N{MULTIPLICATION SIGN}"
_POWERS = (10, 100, 1000)


def likely_slip(counted: Decimal, on_hand: Decimal, measure: Measure) -> str | None:
    """The slip that would explain the variance, as a short question; None if none would."""
    if on_hand <= 0:
        return None
    return _pack(counted, on_hand, measure) or _power(counted, on_hand) or _swap(counted, on_hand)


def _pack(counted: Decimal, on_hand: Decimal, measure: Measure) -> str | None:
    for pack in measure.asked_about:
        times = _times(counted, on_hand, pack.factor)
        if times:
            loose = "pieces" if measure.whole else said_base(measure) or "loose ones"
            there, written = many(pack, measure), loose
            if Fraction(counted) * pack.factor != on_hand:
                there, written = written, there
            return f"{times}: {there} counted as {written}?"
    return None


def _power(counted: Decimal, on_hand: Decimal) -> str | None:
    for power in _POWERS:
        times = _times(counted, on_hand, Fraction(power))
        if times and counted == counted.to_integral_value() and on_hand == on_hand.to_integral_value():
            zeros = "a zero" if power == _POWERS[0] else "zeros"
            return f"{times}: {zeros} {'missing' if counted < on_hand else 'too many'}?"
        if times:
            return f"{times}: the decimal mark moved?"
    return None


def _times(counted: Decimal, on_hand: Decimal, factor: Fraction) -> str | None:
    """How one number is `factor` times the other ("12 x 10 is the record"), when it is."""
    said = wording.quantity(Decimal(factor.numerator) / factor.denominator)
    if Fraction(counted) * factor == on_hand:
        return f"{wording.quantity(counted)} {_TIMES} {said} is the record"
    if Fraction(on_hand) * factor == counted:
        return f"{wording.quantity(on_hand)} {_TIMES} {said} was counted"
    return None


def _swap(counted: Decimal, on_hand: Decimal) -> str | None:
    decimals = max(_decimals(counted), _decimals(on_hand))
    said, recorded = (f"{value:.{decimals}f}".replace(".", "") for value in (counted, on_hand))
    places = [place for place, pair in enumerate(zip(said, recorded, strict=False)) if pair[0] != pair[1]]
    if len(said) != len(recorded) or len(places) != 2 or places[1] - places[0] != 1:  # noqa: PLR2004 - two digits
        return None
    first, second = places
    if (said[first], said[second]) != (recorded[second], recorded[first]):
        return None
    return f"{wording.quantity(counted)} for {wording.quantity(on_hand)}: two digits swapped?"


def _decimals(value: Decimal) -> int:
    return len(f"{value.normalize():f}".partition(".")[2])
