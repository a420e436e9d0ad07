"""How wide a text is in the font of the charts, and what to do when it is too wide: cut it, or go on below.

The font is ours, so its advances are known without asking a renderer; it has no kerning, so they simply add up.
"""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

Weight = Literal["regular", "bold"]

FOLDER = Path(__file__).parent / "font"
FONT_FILES = (FOLDER / "NotoSans-Regular.ttf", FOLDER / "NotoSans-Bold.ttf")
FAMILY = "Noto Sans"
ASCENT, DESCENT = 0.8, 0.22
"""How far letters reach above and below the line they stand on, in font sizes; accents on capitals a little further."""
_UNKNOWN = "?"
_THOUSANDTHS = 1000


@cache
def _advances(weight: Weight) -> dict[str, int]:
    stored = json.loads((FOLDER / "widths.json").read_text(encoding="utf-8"))[weight]
    return {letter: int(advance) for advance, letters in stored.items() for letter in letters}


def drawable(words: str) -> str:
    """The text on one line, in letters that the font has: of others their plain form, or "?"."""
    known = _advances("regular")
    return "".join(_letter(letter, known) for letter in " ".join(words.split()))


def _letter(letter: str, known: dict[str, int]) -> str:
    if letter in known:
        return letter
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if part in known)
    if plain or unicodedata.category(letter) in {"Mn", "Cf", "Cc"}:
        return plain
    return _UNKNOWN


def width(words: str, size: float, weight: Weight = "regular") -> float:
    """The width of a drawable text."""
    advances = _advances(weight)
    return sum(advances[letter] for letter in words) * size / _THOUSANDTHS


def fitted(words: str, most: float, size: float, weight: Weight = "regular") -> str:
    """A drawable text, or its beginning and "…", in a width of `most`."""
    if width(words, size, weight) <= most:
        return words
    kept = words
    while kept and width(f"{kept.rstrip()}…", size, weight) > most:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(words: str, most: float, size: float, *, lines: int = 2, weight: Weight = "regular") -> list[str]:
    """A drawable text in at most so many lines of a width; what is left over at the end is cut."""
    rest = words.split(" ")
    done: list[str] = []
    while rest and len(done) < lines - 1:
        taken = 1
        while taken < len(rest) and width(" ".join(rest[: taken + 1]), size, weight) <= most:
            taken += 1
        done.append(fitted(" ".join(rest[:taken]), most, size, weight))
        rest = rest[taken:]
    if rest:
        done.append(fitted(" ".join(rest), most, size, weight))
    return done
