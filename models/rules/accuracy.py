"""Inventory record accuracy (IRA): how often the record was right when somebody looked.

A line is a *hit* when its first blind count was within the accuracy tolerance of what the ledger said at that
instant. Recounts and decisions do not matter here: they mend the record, they do not make it right afterwards. The
share of hits says how much the record can be trusted; because a few dozen lines are a sample, it comes with a 95 %
Wilson interval, and below `FEWEST_LINES` there is no percentage at all.

Beside the share stand values, of the variance that was believed in the end: a slip of the pencil that the recount
caught was no money. *Net* lets overs and shorts cancel (what the balance sheet feels); *gross* never does
(what the warehouse feels): two bins that swapped a box are net 0 and gross two boxes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from types import MappingProxyType

ACCURACY_TOLERANCE: Mapping[str, Decimal] = MappingProxyType({"A": Decimal(0), "B": Decimal(1), "C": Decimal(2)})
"""Percent of expected that a first count may be off and still be a hit, by ABC class. No class: 0 (exact)."""

FEWEST_LINES = 5
"""Below this, one line more or less would move the share by more than 20 points: numbers of lines say more."""

Z_95 = 1.959963984540054  # the normal quantile that leaves 2.5 % on each side


@dataclass(frozen=True)
class FirstCount:
    """The first blind count of a line, against the ledger at the count instant. A `unit_cost` of None is unknown.

    `posted` is the variance that was believed in the end and went into the ledger (0 for a rejected count); None
    when the first count is all there is.
    """

    expected: Decimal
    counted: Decimal
    unit_cost: Decimal | None = None
    abc_class: str | None = None
    posted: Decimal | None = None


@dataclass(frozen=True)
class Accuracy:
    """What a set of first counts says. Values are in the company's currency; shares run from 0 to 1.

    Lines of unknown cost are in `lines`, `hits` and `exact`, not in the values; `unknown_cost` says how many.
    `value_counted` is the book value of the lines that were counted: sum of |expected| x unit cost.
    """

    lines: int
    hits: int
    exact: int
    net_value: Decimal
    gross_value: Decimal
    value_counted: Decimal
    unknown_cost: int

    @property
    def hit_rate(self) -> float | None:
        """IRA = hits / lines; None when the lines are too few for a percentage."""
        return self.hits / self.lines if self.lines >= FEWEST_LINES else None

    @property
    def exact_rate(self) -> float | None:
        """Lines counted exactly as expected / lines; None when the lines are too few for a percentage."""
        return self.exact / self.lines if self.lines >= FEWEST_LINES else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of `hit_rate`; None when the lines are too few for a percentage."""
        return wilson(self.hits, self.lines) if self.lines >= FEWEST_LINES else None

    @property
    def gross_share(self) -> Decimal | None:
        """Gross variance value / value counted; None when nothing of value was counted."""
        return self.gross_value / self.value_counted if self.value_counted else None


def accuracy_percent(abc_class: str | None) -> Decimal:
    """The accuracy tolerance of a class in percent; exact (0) for an item without a class."""
    return ACCURACY_TOLERANCE.get(abc_class or "", Decimal(0))


def is_hit(expected: Decimal, counted: Decimal, percent: Decimal) -> bool:
    """Whether |counted - expected| <= `percent` % of |expected|. Of an expected 0 no percentage exists: exact."""
    return abs(counted - expected) * 100 <= abs(expected) * percent


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of hits / n, as shares from 0 to 1.

    Formula: (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n) with p = hits / n and z = 1.96 (Wilson 1927). Unlike the
    textbook p ± z·√(p(1-p)/n) it keeps inside 0..1 and still has a width when every line was a hit.

    Raises:
        ValueError: unless 0 <= hits <= n and n > 0.
    """
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} hits in {n} lines is not a share")
    share = hits / n
    z_squared = Z_95 * Z_95
    middle = share + z_squared / (2 * n)
    reach = Z_95 * sqrt(share * (1 - share) / n + z_squared / (4 * n * n))
    scale = 1 + z_squared / n
    # At the ends the formula gives 0 and 1 exactly; floating point would miss them by a hair.
    low = 0.0 if hits == 0 else (middle - reach) / scale
    high = 1.0 if hits == n else (middle + reach) / scale
    return low, high


def summarize(lines: Iterable[FirstCount]) -> Accuracy:
    """Add up first counts. Each line is judged alone: overs and shorts are never netted, except in `net_value`."""
    count = hits = exact = unknown = 0
    net = gross = value = Decimal(0)
    for line in lines:
        count += 1
        variance = line.counted - line.expected
        hits += is_hit(line.expected, line.counted, accuracy_percent(line.abc_class))
        exact += variance == 0
        if line.unit_cost is None:
            unknown += 1
            continue
        believed = variance if line.posted is None else line.posted
        net += believed * line.unit_cost
        gross += abs(believed) * line.unit_cost
        value += abs(line.expected) * line.unit_cost
    return Accuracy(
        lines=count,
        hits=hits,
        exact=exact,
        net_value=net,
        gross_value=gross,
        value_counted=value,
        unknown_cost=unknown,
    )
