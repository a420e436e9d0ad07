"""Quantities as people type them: plain numbers, in the unit the item is counted in.

A count sets the record, so a number is either certain or refused; nothing is guessed. That is why a comma is never
read (1,5 is one and a half to some and fifteen to a hurried thumb; 1,000 is a thousand or one), why a space inside a
number is not read either, and why only the digits 0-9 count: Python's own Decimal would take `1_000`, `1e5`, `NaN`
and the digits of every script. Zero is a quantity: an empty bin is a finding. Leaving the field blank is not zero.

Packs, sums, fractions and units other than the item's own are read by `quantities_meaning`.
"""

import re
from decimal import Decimal

from models.errors import BadQuantity

TOO_LARGE = Decimal(10**9)
DECIMALS = 3

WHOLE_UNITS = frozenset(
    (
        *("pc", "pcs", "pce", "pces", "ea", "each", "eaches", "piece", "pieces", "unit", "units", "item", "items"),
        *("stk", "stck", "stück", "stücke", "stueck"),
    )
)
"""Units that are counted in whole pieces. To a counter they are one unit: 42 pieces of a pcs item is clear."""

MINUS = "-−–—‒‐‑－﹣➖"  # noqa: RUF001 - phones and spreadsheets type all of these for minus
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])(['’,_\s٬٫])(?=[0-9])")  # noqa: RUF001 - grouping marks of the world
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_GROUPED_PIECES = re.compile(r"[0-9]{1,3}\.[0-9]{3}")
_ECHO = 40  # characters of what was typed that a sentence repeats
LONGEST = 200
"""More text than this is no number, whatever it is."""


def parse_quantity(text: str, *, unit: str) -> Decimal:
    """Read a quantity in `unit`, the item's own: "42", "42.5", "42 pcs". At most three decimals, below a billion.

    A point that ends the text ends the sentence (“42.”). Units of `WHOLE_UNITS` take whole numbers only.

    Raises:
        BadQuantity: with a sentence that says how to write it, for everything that is not certainly a quantity.
    """
    typed = " ".join(text.split())
    shown = typed if len(typed) <= _ECHO else f"{typed[:_ECHO]}…"
    if not typed.strip("."):
        raise BadQuantity("Write the quantity as a number, like 42; write 0 when there is none.")
    if len(typed) > LONGEST:
        raise BadQuantity(f"“{shown}” is not a plain number; write it like 42 or 42.5.")
    number = _without_unit(typed.removesuffix("."), unit)
    if number[0] in MINUS:
        raise BadQuantity(f"“{shown}” is less than nothing; write what is there, 0 or more.")
    if not _NUMBER.fullmatch(number):
        raise BadQuantity(_why_not(number, shown, unit))
    whole, _, decimals = number.partition(".")
    if len(whole.lstrip("0")) > len(str(TOO_LARGE)) or (value := Decimal(number)) >= TOO_LARGE:
        raise BadQuantity(f"“{shown}” is too large to be a count; check it and write it again.")
    if unit.casefold() in WHOLE_UNITS:
        # 1.000 pieces is far more often a thousand than one, and a count is never guessed.
        if _GROUPED_PIECES.fullmatch(number):
            raise BadQuantity(f"“{shown}” can mean two things; write 1000 for a thousand, and 1 for one.")
        if value != value.to_integral_value():
            raise BadQuantity(f"{number} {unit}? This is counted in whole pieces.")
    if len(decimals) > DECIMALS:
        raise BadQuantity(f"“{shown}” has more than three decimals; round it to three.")
    return value


def _without_unit(typed: str, unit: str) -> str:
    """What is left of "42 pcs" when the item is counted in pcs: "42". Any other text stays as it is."""
    spaced = re.fullmatch(r"(\S+) (.+)", typed)
    if spaced and _is_unit(spaced[2], unit):
        return spaced[1]
    # Written together only a unit of letters can be told from the number: 42m2 may be 42 m2 or a slip.
    joined = re.fullmatch(r"(.*?[0-9])\s?([^\W\d_]+)", typed)
    if joined and _is_unit(joined[2], unit):
        return joined[1]
    return typed


def _is_unit(word: str, unit: str) -> bool:
    """Whether `word` names the item's unit: itself, its plural, or another word for whole pieces."""
    said, own = word.casefold(), " ".join(unit.casefold().split())
    if said in WHOLE_UNITS and own in WHOLE_UNITS:
        return True
    is_word = any(letter.isalpha() for letter in own)  # "42 100" is never 42 of a unit called "100"
    return is_word and (said in (own, f"{own}s", f"{own}es") or own == f"{said}s")


def _why_not(number: str, shown: str, unit: str) -> str:
    """The sentence for text that is not a plain number."""
    between = _BETWEEN_DIGITS.search(number)
    if between and not re.search(r"[^\W\d_]", number):
        if between[1] == " ":
            return f"“{shown}” has a space in it; write one number without spaces, like 1000."
        return f"“{shown}” can mean two things; use a point for decimals (1.5) and nothing between thousands (1000)."
    if re.fullmatch(r"\.[0-9]+", number):
        return f"“{shown}” begins with a point; write 0{number} if that is what you mean."
    other = re.fullmatch(r"[0-9]+(?:\.[0-9]+)?\s?([^\W\d_]+)", number)
    if other and unit and other[1].casefold() not in ("e", "x"):
        return f"“{other[1]}”? This is counted in {unit}; write the number of {unit}."
    if any(letter.isdecimal() and not letter.isascii() for letter in number):
        return f"“{shown}” is not written in the digits 0 to 9; write it like 42."
    return f"“{shown}” is not a plain number; write it like 42 or 42.5."
