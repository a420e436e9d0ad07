"""What an item can be counted in: its own unit, its packs, a dozen, and metric units of the same kind.

A word is looked up in three steps, and the first that finds something decides:

1. the very name of the unit or of a pack, as the item has it (`box`, `BX50`, `box of 12`);
2. the plural of such a name, or its singular;
3. another word for it (`bx`, `cs`, `ea`, `kilo`).

A step may find two units of different size: then the word means two things, and it is for the reader to refuse it. A
dozen is 12, unless the item has a pack of that name; nothing that is weighed or measured comes by the dozen. Metric
units are offered when the item's own unit is one of them.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from models.rules import wording
from models.rules.quantities import WHOLE_UNITS
from models.rules.quantities_tokens import RESERVED
from models.rules.quantities_words import DOZEN, UnitKind, is_plural, key, metric_relatives, plural, same_kind


@dataclass(frozen=True)
class Pack:
    """A pack the item comes in: `factor` base units each, more than 0."""

    name: str
    factor: Decimal


LONGEST_NAME = 20
"""Characters of a unit's name that a sentence repeats."""


@dataclass(frozen=True)
class Unit:
    """Something to count in.

    `factor` is how many base units it is, exactly: a hundredth for cm when the item is counted in m.
    """

    name: str
    factor: Fraction
    kind: UnitKind


@dataclass(frozen=True)
class Measure:
    """How an item is counted: its unit, and the packs it comes in."""

    unit: str
    packs: tuple[Pack, ...] = ()

    @cached_property
    def base(self) -> Unit:
        """The item's own unit."""
        return Unit(" ".join(self.unit.split()), Fraction(1), UnitKind.BASE)

    @cached_property
    def whole(self) -> bool:
        """Whether the item is counted in whole pieces."""
        return key(self.unit) in WHOLE_UNITS

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Everything the item can be counted in, its own unit first, then its packs from the smallest."""
        packs = [Unit(" ".join(pack.name.split()), Fraction(pack.factor), UnitKind.PACK) for pack in self.packs]
        own = (self.base, *sorted(packs, key=lambda pack: (pack.factor, pack.name)))
        added = [
            Unit(name, Fraction(its, size), UnitKind.METRIC)
            for name, (its, size) in metric_relatives(key(self.unit)).items()
        ] or [Unit(DOZEN, Fraction(12), UnitKind.PACK)]
        return (*own, *(unit for unit in added if not any(same_kind(key(each.name), unit.name) for each in own)))

    @cached_property
    def asked_about(self) -> tuple[Unit, ...]:
        """The packs of the item itself that make a bare number ambiguous: those that can be written."""
        own = {key(pack.name) for pack in self.packs}
        return tuple(
            unit
            for unit in self.units
            if unit.kind is UnitKind.PACK and unit.factor != 1 and key(unit.name) in own and self.can_say(unit)
        )

    @cached_property
    def odd_names(self) -> tuple[str, ...]:
        """Names that are not letters only, and their plurals, as `tokens` wants them."""
        names = {key(unit.name) for unit in self.units}
        odd = [name for name in names if _is_writable(name) and not name.isalpha()]
        several = [f"{name}{ending}" for name in odd for ending in ("s", "es") if name[-1].isalpha()]
        return tuple(sorted({*odd, *several}, key=lambda name: (-len(name), name)))

    def find(self, word: str) -> tuple[Unit, ...]:
        """The unit that a word stands for: none when the item has no such unit, several when it has two of the name."""
        said = key(word)
        for step in (str.__eq__, is_plural, same_kind):
            found = {
                unit.factor: unit
                for unit in reversed(self.units)
                if _is_writable(key(unit.name)) and step(said, key(unit.name))
            }
            if found:
                return tuple(found.values())
        return ()

    def said(self, unit: Unit, number: Fraction) -> str:
        """A unit's name beside a number, in a form that is understood as that unit: 1 box, 3 boxes."""
        several = plural(unit.name)
        is_several = unit.kind is UnitKind.PACK and number > 1
        named = several if is_several and self._means(several, unit) else unit.name
        return wording.cut(named, LONGEST_NAME)

    def can_say(self, unit: Unit) -> bool:
        """Whether the name of a unit of this item is understood as that unit."""
        return self._means(unit.name, unit)

    def _means(self, word: str, unit: Unit) -> bool:
        return [found.factor for found in self.find(word)] == [unit.factor]


def _is_writable(name: str) -> bool:
    """Whether a text can name the unit of this key: 42 100 is never 42 of a unit called 100."""
    # With a name like "1/2 box" or "10 box", 3 1/2 box and 3 x 10 box would be two things.
    starts_well = name[:1].isalpha() or (name[:1].isdigit() and " " not in name and "/" not in name)
    return starts_well and any(letter.isalpha() for letter in name) and name not in RESERVED
