"""How much variance needs nobody, and who may decide the rest.

A limit has a measure (quantity, percent, value), a side (counted more, counted less) and a scope. Each measure and
side is looked up on its own: item, then category, ABC class, plan, company; the first one found applies. "off" ends
the search and does not judge. An entry passes when it passes every limit that applies; when none applies, only an
exact match passes. 0 means exact.

Two cases have no obvious arithmetic. *Expected 0*: a percentage of nothing says nothing, so percent limits are left
out. *Unknown unit cost*: it is not 0, so a value limit cannot be passed, and only an approver without a limit may
decide the variance.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.rules import wording


class Scope(StrEnum):
    """Where a tolerance limit comes from, the nearest first."""

    ITEM = "item"
    CATEGORY = "category"
    ABC_CLASS = "class"
    PLAN = "plan"
    COMPANY = "company"


class Measure(StrEnum):
    """What a tolerance limit measures."""

    QUANTITY = "quantity"
    PERCENT = "percent"
    VALUE = "value"


class Side(StrEnum):
    """Counted more than expected (plus), or less (minus)."""

    PLUS = "plus"
    MINUS = "minus"


@dataclass(frozen=True)
class Limit:
    """One limit as configured. `amount` None is "off"; it is in base units, percent or currency, by `measure`."""

    scope: Scope
    scope_key: str
    measure: Measure
    side: Side
    amount: Decimal | None


@dataclass(frozen=True)
class Verdict:
    """What one entry means: its signed variance, and whether it needs nobody.

    `limit_applied` names what decided: every limit that was passed, or those that were not.
    """

    variance: Decimal
    within: bool
    limit_applied: str


_SCOPES = tuple(Scope)


def judge(
    *, expected: Decimal, counted: Decimal, unit_cost: Decimal | None, limits: Iterable[Limit], currency: str
) -> Verdict:
    """Judge `counted` against `expected` (base units) by the limits that concern this item and plan.

    `limits` may hold every side, measure and scope of this item, its category and class, the plan and the company.
    """
    variance = counted - expected
    if variance == 0:
        return Verdict(variance, within=True, limit_applied="exact match")
    applicable = [
        limit
        for limit in applicable_limits(limits, Side.PLUS if variance > 0 else Side.MINUS)
        if not (limit.measure is Measure.PERCENT and expected == 0)
    ]
    if not applicable:
        return Verdict(variance, within=False, limit_applied="exact match, no limit set")
    failed = [limit for limit in applicable if not _passes(limit, variance, expected, unit_cost)]
    named = failed or applicable
    return Verdict(variance, within=not failed, limit_applied="; ".join(_named(limit, currency) for limit in named))


def applicable_limits(limits: Iterable[Limit], side: Side) -> list[Limit]:
    """The limit in force for each measure on one side: the nearest scope wins, "off" leaves the measure out."""
    nearest: dict[Measure, Limit] = {}
    for limit in sorted(limits, key=lambda limit: _SCOPES.index(limit.scope)):
        if limit.side is side:
            nearest.setdefault(limit.measure, limit)
    return [nearest[measure] for measure in Measure if measure in nearest and nearest[measure].amount is not None]


def _passes(limit: Limit, variance: Decimal, expected: Decimal, unit_cost: Decimal | None) -> bool:
    amount = limit.amount
    if amount is None:
        return True
    if limit.measure is Measure.QUANTITY:
        return abs(variance) <= amount
    if limit.measure is Measure.PERCENT:
        return abs(variance) * 100 <= amount * abs(expected)
    return unit_cost is not None and abs(variance) * unit_cost <= amount


def allowed(limits: Iterable[Limit], currency: str) -> str:
    """What needs nobody, in words: “2 % (category Filters), 25.00 EUR (company); over: exact”.

    One of two sides that differ is told by itself. Without any limit only an exact match passes.
    """
    known = list(limits)
    over, short = (
        ", ".join(_named(limit, currency) for limit in applicable_limits(known, side)) or "exact" for side in Side
    )
    return over if over == short else f"over: {over}; short: {short}"


def times_tolerance(
    *, expected: Decimal, counted: Decimal, unit_cost: Decimal | None, limits: Iterable[Limit]
) -> Decimal | None:
    """How often the limits would have to be taken for `counted` to pass all of them; 1 or less is within tolerance.

    None when no limit applies, when one is 0 (exact, however often it is taken), or when a value limit cannot be
    judged for want of a unit cost.
    """
    variance = counted - expected
    if variance == 0:
        return Decimal(0)
    found = [
        limit
        for limit in applicable_limits(limits, Side.PLUS if variance > 0 else Side.MINUS)
        if not (limit.measure is Measure.PERCENT and expected == 0)
    ]
    times = [_times(limit, variance, expected, unit_cost) for limit in found]
    known = [one for one in times if one is not None]
    return max(known) if known and len(known) == len(times) else None


def _times(limit: Limit, variance: Decimal, expected: Decimal, unit_cost: Decimal | None) -> Decimal | None:
    if limit.measure is Measure.QUANTITY:
        size: Decimal | None = abs(variance)
    elif limit.measure is Measure.PERCENT:
        size = abs(variance) * 100 / abs(expected)
    else:
        size = None if unit_cost is None else abs(variance) * unit_cost
    if size is None or not limit.amount:
        return Decimal(0) if size == 0 else None
    return size / limit.amount


def _named(limit: Limit, currency: str) -> str:
    amount = limit.amount or Decimal(0)
    if limit.measure is Measure.PERCENT:
        size = f"{wording.quantity(amount)} %"
    elif limit.measure is Measure.VALUE:
        size = wording.money(amount, currency)
    else:
        size = wording.quantity(amount)
    source = "company" if limit.scope is Scope.COMPANY else f"{limit.scope} {limit.scope_key}"
    return f"{size} ({source})"


def has_authority(*, limit: Decimal | None, value: Decimal | None) -> bool:
    """Whether an approver with `limit` may post a variance of `value` (both in currency, `value` signed).

    `limit` None is no limit; `value` None is unknown, which only somebody without a limit may decide.
    """
    if limit is None:
        return True
    return value is not None and abs(value) <= limit


def total_value(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of absolute values: overs and shorts are not netted. None when one of them is unknown."""
    total = Decimal(0)
    for value in values:
        if value is None:
            return None
        total += abs(value)
    return total


def largest_value(values: Iterable[Decimal | None]) -> Decimal | None:
    """The one furthest from zero, signed: what a limit is asked for. None when one of them is unknown."""
    largest = Decimal(0)
    for value in values:
        if value is None:
            return None
        largest = max(largest, value, key=abs)
    return largest


def variance_value(variance: Decimal, unit_cost: Decimal | None) -> Decimal | None:
    """Variance in currency at the unit cost of the time; None when there is a variance and its cost is unknown."""
    if variance == 0:
        return Decimal(0)
    return None if unit_cost is None else variance * unit_cost
