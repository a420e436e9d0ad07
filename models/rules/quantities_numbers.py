"""Numbers, exactly: what `1,234` can be, and how a number is written so that it can be only one.

A mark between digits is a decimal mark to some and a thousands mark to others, so a number is read once with the
point as the decimal mark and once with the comma, and each reading that is well formed counts:

    1.5      one and a half with the point; no number with the comma (groups of thousands have three digits)
    1,234    a thousand and more with the point, 1.234 with the comma
    1.234,5  only with the comma          1 234  1'234   a thousand and more with either (space = no-break space)
    1.2340   only with the point: four digits are no group of thousands

Which one is meant is not decided here, and neither is `scaled`: that the item is weighed or measured, where scales
write 1.234 kg and nobody groups thousands with a point. Values are fractions, so that a third of a box of 12 is four
and nothing is ever rounded.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.rules.quantities import DECIMALS
from models.rules.quantities_tokens import GROUP_SPACE

POINT, COMMA = ".", ","

_MOST_PLACES = 40  # decimals that are looked for: far more than a large pack turns into whole thousandths
_GROUPED = {
    mark: re.compile(rf"[1-9][0-9]{{0,2}}([{group}'{GROUP_SPACE}])[0-9]{{3}}(?:\1[0-9]{{3}})*")
    for mark, group in ((POINT, COMMA), (COMMA, POINT))
}


@dataclass(frozen=True)
class Value:
    """A number as typed: digits with their marks (none in a plain 1/2), and the fraction behind them (0/1 if none)."""

    digits: str
    fraction: Fraction = Fraction(0)

    def read(self, mark: str) -> Fraction | None:
        """The value when `mark` is the decimal mark; None when it cannot be."""
        if not self.digits:
            return self.fraction
        whole, found, decimals = self.digits.partition(mark)
        if found and not (decimals.isascii() and decimals.isdigit()):
            return None
        if not whole.isdigit():
            if not _GROUPED[mark].fullmatch(whole):
                return None
            whole = "".join(letter for letter in whole if letter.isdigit())
        return int(whole) + Fraction(int(decimals or 0), 10 ** len(decimals)) + self.fraction

    def said(self, mark: str, *, scaled: bool = False) -> str:
        """The number for people, in a form that can be read in one way: 1234, 1.5, 1 1/2."""
        value = self.read(mark) or Fraction(0)
        if not self.fraction:
            return number_text(value, scaled=scaled)
        whole = number_text(value - self.fraction, scaled=scaled)
        return f"{self.fraction}" if not self.digits else f"{whole} {self.fraction}"


def marks_mixed(values: Iterable[Value]) -> bool:
    """Whether some numbers have a point and others a comma, and none has both to say which is which."""
    found = {"".join(sorted({letter for letter in value.digits if letter in ".,"})) for value in values}
    return {POINT, COMMA} <= found and ",." not in found


def pointed(values: Iterable[Value]) -> bool:
    """Whether these are numbers as scales write them: with a decimal point and without any other mark."""
    found = tuple(values)
    return all(value.read(POINT) is not None and COMMA not in value.digits for value in found) and any(
        POINT in value.digits for value in found
    )


def number_text(value: Fraction, *, scaled: bool = False) -> str:
    """A number read in one way: no marks for thousands, and 1.2340 for what could be a thousand (not if `scaled`)."""
    places = next((n for n in range(_MOST_PLACES) if (value * 10**n).denominator == 1), None)
    if places is None:
        whole, rest = divmod(value, 1)
        return f"{whole} {rest}" if whole else f"{rest}"
    if not places:
        return f"{value}"
    digits = f"{int(value * 10**places):0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}"
    return f"{text}0" if not scaled and _GROUPED[COMMA].fullmatch(text) else text


def decimal(value: Fraction) -> Decimal:
    """A whole number of thousandths as a Decimal, without zeros at the end."""
    whole, thousandths = divmod(int(value * 10**DECIMALS), 10**DECIMALS)
    decimals = f"{thousandths:0{DECIMALS}d}".rstrip("0")
    return Decimal(f"{whole}.{decimals}" if decimals else f"{whole}")
