"""Which lines of a sheet a picture is of: by what its caption names, or by the labels that can be read in it.

A caption is talk: "BOLT-10, box torn" and "the shelf of A-01-03". It says which lines only when it leaves no choice;
a SKU that lies in two bins of the sheet needs its bin too. A label holds a SKU, a bin, or the barcode of an item.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.rules.chat_text import folded, plain_lines, spaced_lines
from models.rules.references import References, SheetLine
from models.rules.replies import Understood
from models.rules.skips import read_skip

__all__ = ["ANSWERS_WITHIN", "Labelled", "SheetLine", "is_caption", "lines_of_code", "named_lines", "quoted"]

ANSWERS_WITHIN = timedelta(minutes=10)
"""A picture without words is of what its writer counted so long before; words are about a picture so long after it."""

_SHORTEST_RETAIL_CODE = 8
_LONGEST_ECHO = 60


@dataclass(frozen=True)
class Labelled:
    """A line of a sheet, and the barcode of its item (None for an item without one)."""

    line: SheetLine
    barcode: str | None


def named_lines(text: str, lines: Sequence[SheetLine]) -> tuple[SheetLine, ...]:
    """The lines that a text names, in the order of the sheet; none when it names none, or leaves a choice."""
    said = " \n ".join(plain_lines(text))
    return tuple(References(lines).named(said)) if said else ()


def is_caption(text: str, says: Understood, lines: Sequence[SheetLine]) -> bool:
    """Whether a text names lines and says nothing else of them: it counts and skips nothing, nor may it."""
    named = named_lines(text, lines)
    if not named or says.counts or says.skips or _holds_a_number(text, named):
        return False
    references = References(lines)
    return all(read_skip(one, references) is None for one in spaced_lines(text))


def _holds_a_number(text: str, named: Iterable[SheetLine]) -> bool:
    """Whether a digit stands in a text beside the SKUs, bins and names of the lines that it names."""
    rest = folded(" ".join(plain_lines(text)))
    names = {folded(name) for line in named for name in (line.sku, line.location, line.item_name)}
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, " ")
    return any(letter.isdigit() for letter in rest)


def lines_of_code(code: str, known: Iterable[Labelled]) -> tuple[SheetLine, ...]:
    """The lines that a code read from a label means: those of its SKU or barcode, else all lines of its bin."""
    items = [one.line for one in known if _same(code, one.line.sku) or (one.barcode and _same(code, one.barcode))]
    return tuple(items or [one.line for one in known if _same(code, one.line.location)])


def quoted(code: str) -> str:
    """A code as a sentence repeats it."""
    short = " ".join(code.split())
    return f"“{short if len(short) <= _LONGEST_ECHO else f'{short[:_LONGEST_ECHO]}…'}”"


def _same(code: str, known: str) -> bool:
    if folded(code) == folded(known):
        return True
    # One product code is written with 8 to 14 digits: the shorter forms leave leading zeros out.
    digits = all(one.isascii() and one.isdigit() and len(one) >= _SHORTEST_RETAIL_CODE for one in (code, known))
    return digits and code.lstrip("0") == known.lstrip("0")
