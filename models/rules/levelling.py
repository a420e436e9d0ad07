"""Levelled work: each class counted as often as promised, and no day a mountain.

A class has a frequency (counts a year) and from it an *interval*: working days of a year / counts. The *quota* of a
class is what must be counted a day so that all its items come around in one interval: items / interval. It is
seldom a whole number, so a run takes the quota rounded down or up, and which of the two follows from the number of
the working day alone (`lines_today`): nothing is carried along, and yet the sum never drifts from the exact quota.

A levelled run takes of each class at most its quota, and only what is due. What is not taken waits inside its
*float* (a fifth of the interval, at least a day). What has used up its float comes first. What has used half of it
may also take what is left of the run's capacity once every class had its quota: that is called catch-up.

Days are working days throughout. Fractions keep intervals exact: 250 days / 12 counts is 20.83 days, and a hundred
rounded intervals would miss a year by a week. A class for which no frequency is set is counted as seldom as the
least frequent one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from models.rules import wording

FLOAT_SHARE = Fraction(1, 5)
SHORTEST_FLOAT = Fraction(1)


@dataclass(frozen=True)
class Frequency:
    """How often a year each item of a class is counted."""

    abc_class: str
    counts_per_year: int | Decimal


DEFAULT_FREQUENCIES = (Frequency("A", 12), Frequency("B", 4), Frequency("C", 2))
"""What holds when nobody has said anything."""


@dataclass(frozen=True)
class Shortfall:
    """A class that a capacity does not reach: `uncounted_items` of its `items` are counted less often than promised.

    `lines_needed` is how many lines would do for every class. Both it and the capacity are lines a period: a working
    day, or a run of a plan.
    """

    abc_class: str
    items: int
    counts_per_year: int | Decimal
    uncounted_items: int
    capacity: int | Fraction
    lines_needed: int


def interval(days_per_year: int | Fraction, counts_per_year: int | Decimal) -> Fraction:
    """The working days between two counts of an item, on average (or the runs, given the runs a year).

    Raises:
        ValueError: unless both are more than 0.
    """
    if days_per_year <= 0 or counts_per_year <= 0:
        raise ValueError(f"{counts_per_year} counts in {days_per_year} days have no interval")
    return Fraction(days_per_year) / Fraction(counts_per_year)


def intervals(days_per_year: int | Fraction, frequencies: Iterable[Frequency]) -> dict[str, Fraction]:
    """The interval of each class that has a frequency."""
    return {found.abc_class: interval(days_per_year, found.counts_per_year) for found in frequencies}


def interval_of(abc_class: str, known: Mapping[str, Fraction]) -> Fraction:
    """The interval of a class; of one without a frequency, the longest of those `known`."""
    return known[abc_class] if abc_class in known else max(known.values())


def float_days(length: Fraction) -> Fraction:
    """How many working days a count may be late: a fifth of its interval, at least one."""
    return max(SHORTEST_FLOAT, length * FLOAT_SHARE)


def quota(items: int, days: int | Fraction, length: Fraction) -> Fraction:
    """The lines that `days` working days owe to a class of so many items with an interval of that length."""
    return items * days / length


def lines_today(quota_per_day: Fraction, index: int | Fraction, days: int | Fraction, phase: Fraction) -> int:
    """The whole lines of a run that covers the last `days` working days up to the one with number `index`.

    It is the quota of those days rounded down or up, so never more than a line above it. Runs that follow each other
    add up to the quota of all their days, rounded once. `phase` (0 to 1) shifts the days on which it is rounded up.
    """
    return floor(index * quota_per_day + phase) - floor((index - days) * quota_per_day + phase)


def run_quotas(
    items_by_class: Mapping[str, int], known: Mapping[str, Fraction], index: int | Fraction, days: int | Fraction
) -> dict[str, int]:
    """The whole lines of each class in a run (see `lines_today`), the classes rounding up on different days."""
    classes = sorted(items_by_class, key=class_order)
    return {
        name: lines_today(
            quota(items_by_class[name], 1, interval_of(name, known)), index, days, Fraction(place, len(classes))
        )
        for place, name in enumerate(classes)
    }


def class_order(abc_class: str) -> tuple[bool, str]:
    """Sort key of classes: A, B, C ..., and what has none ("") last."""
    return (not abc_class, abc_class)


def demand(
    items_by_class: Mapping[str, int], per_year: int | Fraction, frequencies: Sequence[Frequency]
) -> dict[str, Fraction]:
    """The lines each class needs a period, of which there are so many in a year: working days, or runs."""
    known = intervals(per_year, frequencies)
    return {name: quota(items, 1, interval_of(name, known)) for name, items in items_by_class.items()}


def shortfalls(
    items_by_class: Mapping[str, int],
    frequencies: Sequence[Frequency],
    per_year: int | Fraction,
    capacity: int | Fraction,
) -> list[Shortfall]:
    """The classes that cannot be counted as often as promised, when the capacity serves them in the order A, B, C.

    `capacity` is the lines of each of the `per_year` periods of a year. Empty when it does for everything.
    """
    needs = demand(items_by_class, per_year, frequencies)
    least = min(frequencies, key=lambda found: found.counts_per_year)
    by_class = {found.abc_class: found for found in frequencies}
    left = Fraction(capacity)
    short = []
    for name in sorted(items_by_class, key=class_order):
        items, need = items_by_class[name], needs[name]
        if need > left:
            short.append(
                Shortfall(
                    abc_class=name,
                    items=items,
                    counts_per_year=by_class.get(name, least).counts_per_year,
                    uncounted_items=items - floor(items * left / need),
                    capacity=capacity,
                    lines_needed=ceil(sum(needs.values())),
                )
            )
        left = max(left - need, Fraction(0))
    return short


def shortfall_text(short: Shortfall, period: str = "day", purpose: str = "") -> str:
    """The sentence: "4 A items cannot be counted 12 times a year with 10 lines a day; it takes 12 lines a day.".

    `period` is what the lines are of, `purpose` what they are for, where others are for something else.
    """
    kind = f"{short.abc_class} " if short.abc_class else ""
    noun = f"{kind}item{'s' * (short.uncounted_items != 1)}{'' if kind else ' without a class'}"
    often = {1: "once", 2: "twice"}.get(int(short.counts_per_year), "") if _is_whole(short.counts_per_year) else ""
    times = often or f"{wording.quantity(Decimal(short.counts_per_year))} times"
    return (
        f"{wording.quantity(Decimal(short.uncounted_items))} {noun} cannot be counted {times} a year "
        f"with {_lines(short.capacity)} a {period}{purpose and f' {purpose}'}; "
        f"it takes {_lines(short.lines_needed)} a {period}."
    )


def _is_whole(number: int | Decimal) -> bool:
    return number == int(number)


def _lines(number: int | Fraction) -> str:
    """So many lines, a part of one with one decimal, rounded down (a capacity is not made larger in words)."""
    tenths = Decimal(floor(number * 10)) / 10
    return f"{wording.quantity(tenths)} line{'s' * (tenths != 1)}"
