"""What every reading of a quantity shares: the bounds, the units counted in whole pieces, and the signs for minus.

A count sets the record, so a number is either certain or refused; nothing is guessed. Zero is a quantity: an empty
bin is a finding. Leaving the field blank is not zero. What people may write is read by `quantities_meaning`.
"""

from decimal import Decimal

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
LONGEST = 200
"""More text than this is no number, whatever it is."""
