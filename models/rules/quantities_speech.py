"""The sentences about quantities: which forms an item takes, and what was understood.

Everything said here is a function of what was typed and of how the item is counted. What the record says is not known
to these rules, so no sentence can hint at it. Quantities are said without marks for thousands ("1234 pcs"), because
an echo must be typed again and mean the same: with one, `1,234 m` would be refused as two things.
"""

from fractions import Fraction

from models.errors import BadQuantity
from models.rules import wording
from models.rules.quantities_numbers import number_text
from models.rules.quantities_units import LONGEST_NAME, Measure, Unit
from models.rules.quantities_words import UnitKind

_MOST_NAMED = 3  # packs that a sentence names
_LOOSE = 4  # single pieces of the example, where a pack holds more
_LONGEST_SHOWN = 40  # characters of what was typed that a sentence repeats


def refused(reason: str, measure: Measure) -> BadQuantity:
    """A refusal: the reason, then what this item takes."""
    return BadQuantity(f"{reason} {forms(measure)}")


def quoted(text: str) -> str:
    """What was typed, on one line, shortened."""
    return f"“{wording.cut(' '.join(text.split()), _LONGEST_SHOWN)}”"


def forms(measure: Measure) -> str:
    """The accepted forms: "Write pcs, or boxes of 12: “3 boxes + 4”."."""
    packs = measure.asked_about
    metric = [unit.name for unit in measure.units if unit.kind is UnitKind.METRIC]
    said = said_base(measure)
    if not packs:
        if metric:
            return f"Write {wording.any_of([said, *metric])}, like “12.5 {said}”."
        whole, example = ("a whole number", "42") if measure.whole else ("a number", "42.5")
        return f"Write {whole} of {said}, like {example}." if said else f"Write {whole}, like {example}."
    loose = wording.any_of([said or "a number", *metric])
    example = f"3 {many(packs[0], measure)} + {_LOOSE if packs[0].factor > _LOOSE else 1}"
    return f"Write {loose}, or {wording.any_of(packs_held(measure))}: “{example}”."


def packs_held(measure: Measure) -> list[str]:
    """The packs of an item, each with what it holds: "boxes of 12"; the smallest few."""
    return [
        f"{many(pack, measure)} of {number_text(pack.factor, scaled=not measure.whole)}"
        for pack in measure.asked_about[:_MOST_NAMED]
    ]


def what(number: str, measure: Measure) -> str:
    """Ask what a bare number counts: "12 what? Boxes hold 12, cases 144."."""
    unit = "" if measure.whole else f" {said_base(measure)}".rstrip()
    packs = measure.asked_about[:_MOST_NAMED]
    held = [f"{many(pack, measure)} {number_text(pack.factor, scaled=not measure.whole)}{unit}" for pack in packs]
    held[0] = hold(packs[0], measure) + unit
    return f"{number} what? {', '.join(held)}."


def hold(pack: Unit, measure: Measure) -> str:
    """What one holds, at the start of a sentence: "Boxes hold 12"."""
    name = many(pack, measure)
    return f"{name[:1].upper()}{name[1:]} hold {number_text(pack.factor, scaled=not measure.whole)}"


def many(pack: Unit, measure: Measure) -> str:
    """The name of several packs."""
    return measure.said(pack, Fraction(2))


def amount(value: Fraction, measure: Measure) -> str:
    """A quantity in the item's own unit: "40 ea"."""
    return f"{number_text(value, scaled=not measure.whole)} {said_base(measure)}".rstrip()


def said_base(measure: Measure) -> str:
    """The item's own unit, when a text can name it; else nothing, so that what is said can be typed."""
    return wording.cut(measure.base.name, LONGEST_NAME) if measure.can_say(measure.base) else ""
