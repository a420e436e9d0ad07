"""Toy stock to practise on: what lies in each toy bin, what its made-up record says, and what would come of a count.

The real rules judge it, by a tolerance of 2 %. As in a real count the record is not said before; afterwards it is,
because here it is worth nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from models.errors import WrongState
from models.rules import wording
from models.rules.quantities_asked import Given
from models.rules.quantities_meaning import Counted, Done, Part
from models.rules.quantities_units import Pack
from models.rules.references import SheetLine
from models.rules.tolerance import Limit, Measure, Scope, Side, judge

TOLERANCE = tuple(Limit(Scope.PLAN, "Practice", Measure.PERCENT, side, Decimal(2)) for side in Side)


@dataclass(frozen=True)
class Toy:
    """A toy line. `in_the_bin` tells in words what is to be counted, `there` in base units; `on_hand` is the record."""

    number: int
    sku: str
    name: str
    location: str
    unit: str
    in_the_bin: str
    there: Decimal
    on_hand: Decimal
    packs: tuple[Pack, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """Somebody said that a toy line cannot be counted, and why."""

    reason: str


@dataclass(frozen=True)
class AskedAbout:
    """Somebody is asked what a bare number means (`models.rules.quantities_asked`)."""

    number: str


Said = Given | Skipped | AskedAbout


@dataclass(frozen=True)
class Standing:
    """What was entered of a toy line: a count, why there is none, or parts, by what gave them.

    `asked` is the bare number that was asked about last ("" for none).
    """

    counted: Decimal | None = None
    skipped: str = ""
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    asked: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.counted is not None or bool(self.skipped)


NO_PARTS = "You have given no part of this. Write its quantity."
HAS_PARTS = "You have counted parts of this. Write “done” when they are all, or the whole number."

_BOX = Pack("box", Decimal(12))

TOYS = (
    Toy(1, "TOY-1", "Toy bolt", "T-01", "pcs", "3 boxes of 12, and 4 loose ones", Decimal(40), Decimal(40), (_BOX,)),
    Toy(2, "TOY-2", "Toy ball", "T-01", "pcs", "a net of 15, and 2 that rolled away", Decimal(17), Decimal(20)),
    Toy(3, "TOY-3", "Toy rope", "T-02", "m", "one of 5 m, and one of 2.5 m", Decimal("7.5"), Decimal("7.4")),
    Toy(4, "TOY-4", "Toy car", "T-03", "pcs", "nothing, and that is a count too", Decimal(0), Decimal(3)),
)


def toy_of(number: int) -> Toy:
    """The toy line of that number; KeyError for any other number."""
    return {toy.number: toy for toy in TOYS}[number]


def sheet_line(toy: Toy, standing: Standing) -> SheetLine:
    """A toy line as a reply may name it."""
    return SheetLine(
        toy.number, toy.sku, toy.name, toy.location, toy.unit, not standing.is_over, toy.packs, standing.asked
    )


def after(standing: Standing, said: Said, key: str) -> Standing:
    """What stands when that was said too; `key` is what it came with: a part of the same key is a correction.

    Raises WrongState for the end of parts where there are none, and for a skip where there are some.
    """
    match said:
        case AskedAbout(number):
            return replace(standing, asked=number)
        case Counted(quantity, _):
            return Standing(counted=quantity)
        case Part(quantity, _):
            return Standing(parts={**standing.parts, key: quantity})
        case Done():
            if not standing.parts:
                raise WrongState(NO_PARTS)
            return Standing(counted=sum(standing.parts.values(), Decimal(0)))
        case Skipped(reason):
            if standing.parts:
                raise WrongState(HAS_PARTS)
            return Standing(skipped=reason)


def outcome(toy: Toy, counted: Decimal) -> str:
    """What a count of the toy would bring about."""
    verdict = judge(expected=toy.on_hand, counted=counted, unit_cost=None, limits=TOLERANCE, currency="")
    if not verdict.within:
        what = "outside tolerance, somebody else would count again, blind"
    elif verdict.variance:
        what = "within tolerance, so the record would take your count"
    else:
        what = "a match"
    said = f"you counted {wording.quantity(counted)}, the record said {wording.quantity(toy.on_hand)}: {what}."
    return said if counted == toy.there else f"{said} In the bin there are {wording.quantity(toy.there)}."
