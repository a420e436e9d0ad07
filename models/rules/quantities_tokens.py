"""The pieces a typed quantity is made of: numbers, words and signs, in one pass from left to right.

`folded` first makes one character of what phones, spreadsheets and keyboards of the world type for the same thing:
full-width digits, the signs for times, every dash, ½ (which becomes `1/2` with a space on both sides), and the spaces
that do not break (one of them between digits groups thousands; an ordinary space never does). Invisible characters go.
Small letters.

A token is then one of these; what fits none is `OTHER`, and whoever reads the tokens refuses it:

    NUMBER   digits, with marks between digits: 42  1.5  1,5  1'000  1 000 (no-break space)   read later, not here
    WORD     letters, or the whole name of a unit of the item that is not letters only: box  m2  "box of 12"
    PLUS  TIMES  SLASH  MINUS  EQUALS  STOP (.)  COMMA (, ;)  COLON  CELL (tab)  LINE

Only the digits 0-9 count. Time grows with the length of the text (at most `quantities.LONGEST` characters are read by
the callers) times the number of unit names that are not letters only; no pattern here can go back.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.rules.quantities import MINUS

GROUP_SPACE = "\u00a0"
"""What every space that does not break becomes: between digits it groups thousands."""


class Kind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    WORD = "word"
    PLUS = "plus"
    TIMES = "times"
    SLASH = "slash"
    MINUS = "minus"
    EQUALS = "equals"
    STOP = "stop"
    COMMA = "comma"
    COLON = "colon"
    CELL = "cell"
    LINE = "line"
    OTHER = "other"


@dataclass(frozen=True)
class Token:
    """A piece of the text. `joined`: no space stands between it and the token before."""

    kind: Kind
    text: str
    joined: bool


def _vulgar_fractions() -> dict[int, str]:
    """½ and its like: the code point, and what to write for it."""
    found = {}
    for code in (*range(0xBC, 0xBF), *range(0x2150, 0x215F)):
        above, _, below = unicodedata.normalize("NFKC", chr(code)).partition("\N{FRACTION SLASH}")
        found[code] = f" {above}/{below} "  # with spaces: ½5 must not become 1/25
    return found


_FOLDS = (
    str.maketrans(
        {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width forms of ! to ~
        | dict.fromkeys(MINUS, "-")
        | dict.fromkeys("×✕✖⨯⨉хХ＊∗⋅", "*")  # noqa: RUF001 - signs for times, and what a Russian keyboard has for x
        | dict.fromkeys("⁄∕／", "/")  # noqa: RUF001 - same, for fractions
        | dict.fromkeys("➕﹢＋", "+")  # noqa: RUF001 - same
        | dict.fromkeys("’‘ʼ＇", "'")  # noqa: RUF001 - same, the Swiss mark for thousands
        | dict.fromkeys("\u2007\u2008\u2009\u200a\u202f", GROUP_SPACE)
        | dict.fromkeys("\u1680\u2002\u2003\u2004\u2005\u2006\u205f\u3000", " ")
        | dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n")
        # Not the signs that turn the direction of writing: with them nobody knows what was seen.
        | dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff\u00ad", None)
    )
    | _vulgar_fractions()
)

_TOKEN = re.compile(
    r"(?P<gap>[ \u00a0]+)"
    r"|(?P<number>[0-9]+(?:(?:\u00a0(?=[0-9]{3}(?![0-9]))|[.,'])[0-9]+)*)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<line>\n)|(?P<cell>\t)|(?P<plus>[+&])|(?P<times>\*)|(?P<slash>/)|(?P<minus>-)|(?P<equals>=)"
    r"|(?P<stop>\.)|(?P<comma>[,;])|(?P<colon>:)|(?P<other>.)",
    re.DOTALL,
)
_SIGNS = {"x": Kind.TIMES, "and": Kind.PLUS, "plus": Kind.PLUS, "und": Kind.PLUS}
_BREAKS = (Kind.LINE, Kind.CELL)

RESERVED = frozenset((*_SIGNS, "of", "more", "to", "come", "coming", "done"))
"""Words with a meaning of their own: no unit can be written with them."""


def folded(text: str) -> str:
    """`text` as it is read: see above. It may be a little longer than it was."""
    return unicodedata.normalize("NFC", text).translate(_FOLDS).casefold()


def tokens(text: str, names: Sequence[str] = ()) -> tuple[Token, ...]:
    """Split folded text. `names`: the folded unit names that are not letters only, the longest first."""
    found: list[Token] = []
    position, spaced = 0, True
    while position < len(text):
        name = _name_at(text, position, names)
        match = None if name else _TOKEN.match(text, position)
        group, piece = ("word", name) if match is None else (str(match.lastgroup), match[0])
        position += len(piece)
        if group != "gap":
            kind = _SIGNS.get(piece, Kind(group))
            if found and kind in _BREAKS and found[-1].kind in _BREAKS:
                # Empty cells and blank lines say nothing; a line's end is the stronger break.
                kind = Kind.LINE if Kind.LINE in (kind, found.pop().kind) else Kind.CELL
            found.append(Token(kind, piece, joined=not spaced))
        spaced = group == "gap"
    while found and found[-1].kind in _BREAKS:
        found.pop()
    return tuple(found[1:] if found and found[0].kind in _BREAKS else found)


def _name_at(text: str, position: int, names: Sequence[str]) -> str:
    """The name that stands here as a word of its own, else nothing: in 42m2 there is no unit m2, perhaps a slip."""
    if position and text[position - 1].isalnum():
        return ""
    for name in names:
        end = position + len(name)
        if text.startswith(name, position) and not (text[end : end + 1].isalnum() and name[-1].isalnum()):
            return name
    return ""
