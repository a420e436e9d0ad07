"""The order of a walk: which bin comes first when somebody takes a count sheet along the shelves.

A warehouse may number its bins in the order one walks past them (`walk_order`). Bins without such a number follow
after those that have one, by their code, read as people read it: A-2 comes before A-10.
"""

import re

_DIGITS = re.compile("([0-9]+)")

NaturalPart = tuple[int, int, str]
WalkKey = tuple[bool, int, tuple[NaturalPart, ...], str]


def walk_key(code: str, walk_order: int | None) -> WalkKey:
    """Sort key of a bin on the walk. Capitals do not matter, and no two different bins have the same key."""
    return (walk_order is None, walk_order or 0, _natural(code), code)


def _natural(code: str) -> tuple[NaturalPart, ...]:
    """The code in pieces that compare as numbers where they are numbers: digits sort before letters."""
    pieces = _DIGITS.split(code.casefold())
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece)
