"""The words for units: which are said for the same thing, their plurals, and the metric ones in their smallest part.

The lists say how a unit may be *written*. Whether an item has it is not said here: `bx` means nothing for an item
without boxes. Reading a word a unit does not have is a refusal; reading it as the wrong one is a wrong count, so
letters that mean two things in the trade (`c`, `ct`, `b`, `m` for a thousand) are left out.
"""

from enum import StrEnum
from functools import lru_cache

from models.rules.quantities import WHOLE_UNITS
from models.rules.quantities_tokens import folded


class UnitKind(StrEnum):
    """How a unit belongs to an item."""

    BASE = "base"
    PACK = "pack"
    METRIC = "metric"


DOZEN = "dozen"

_PACKS = (
    ("box", "boxes", "bx", "bxs"),
    ("case", "cases", "cs"),
    ("carton", "cartons", "ctn", "ctns"),
    ("crate", "crates", "crt", "crts"),
    ("pallet", "pallets", "plt", "plts", "pal"),
    ("pack", "packs", "pk", "pks", "pkt", "pkts"),
    ("packet", "packets", "pkt", "pkts"),
    ("package", "packages", "pkg", "pkgs"),
    ("roll", "rolls", "rl", "rls"),
    ("reel", "reels"),
    ("bag", "bags", "bg", "bgs"),
    ("sack", "sacks"),
    ("bottle", "bottles", "btl", "btls"),
    ("can", "cans"),
    ("drum", "drums"),
    ("bundle", "bundles", "bdl", "bdls"),
    ("sleeve", "sleeves", "slv"),
    ("tray", "trays"),
    ("tube", "tubes"),
    ("bin", "bins"),
    ("set", "sets"),
    ("sheet", "sheets"),
    ("pair", "pairs", "pr", "prs"),
    (DOZEN, "dozens", "doz", "dz"),
)
METRIC = (
    {"m": 1000, "cm": 10, "mm": 1},
    {"kg": 1000, "g": 1},
    {"l": 1000, "ml": 1},
)
"""Units of one kind, the largest first, each with how many of the smallest it holds."""

_METRIC_WORDS = (
    ("m", "metre", "metres", "meter", "meters", "mtr", "mtrs"),
    ("cm", "centimetre", "centimetres", "centimeter", "centimeters"),
    ("mm", "millimetre", "millimetres", "millimeter", "millimeters"),
    ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"),
    ("g", "gram", "grams", "gramme", "grammes"),
    ("l", "litre", "litres", "liter", "liters", "ltr", "ltrs"),
    ("ml", "millilitre", "millilitres", "milliliter", "milliliters"),
)
_FAMILIES = (tuple(sorted(WHOLE_UNITS)), *_PACKS, *_METRIC_WORDS)
_PLURALS = {words[0]: words[1] for words in _PACKS if words[0] != DOZEN}
_FAMILIES_OF: dict[str, frozenset[int]] = {
    word: frozenset(number for number, words in enumerate(_FAMILIES) if word in words)
    for words in _FAMILIES
    for word in words
}


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """A unit's name as it is compared: folded, single spaces, without the point of an abbreviation."""
    return " ".join(folded(name).split()).rstrip(".")


def plural(name: str) -> str:
    """The name of several: boxes for box. A Karton stays as it is, for want of grammar; so does a dozen."""
    last = key(name).rpartition(" ")[2]  # an inner box is a box
    many = _PLURALS.get(last)
    return name if many is None or name.endswith(".") else f"{name}{many[len(last) :]}"


def is_plural(word: str, name: str) -> bool:
    """Whether one of two keys is the English plural of the other; a single letter (m, l) has none."""
    return min(len(word), len(name)) > 1 and (word in (f"{name}s", f"{name}es") or name in (f"{word}s", f"{word}es"))


def same_kind(word: str, name: str) -> bool:
    """Whether two keys are words for the same unit: bx and carton are not, bx and box are."""
    return bool(_FAMILIES_OF.get(word, frozenset()) & _FAMILIES_OF.get(name, frozenset()))


def metric_relatives(name: str) -> dict[str, tuple[int, int]]:
    """The other units of the kind of key `name`: (how many of the smallest each holds, how many `name` holds)."""
    for scale in METRIC:
        for unit, size in scale.items():
            if same_kind(unit, name):
                return {other: (its, size) for other, its in scale.items() if other != unit}
    return {}
