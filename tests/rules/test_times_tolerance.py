"""How often a tolerance would have to be taken for a variance to pass, worked by hand; and that judging agrees."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.tolerance import Limit, Measure, judge, times_tolerance
from tests.rules.test_tolerance import BOTH_2, NONE, PERCENT, PLUS_5, QUANTITY, VALUE, limit


def times(expected: str, counted: str, limits: list[Limit], cost: str | None = "1") -> Decimal | None:
    return times_tolerance(
        expected=Decimal(expected), counted=Decimal(counted), unit_cost=None if cost is None else Decimal(cost),
        limits=limits,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "counted", "limits", "cost", "found"),
    [
        ("100", "100", NONE, "1", "0"),
        ("100", "90", NONE, "1", None),  # nothing that could be stretched
        ("100", "110", PLUS_5, "1", "2"),
        ("100", "90", PLUS_5, "1", None),  # short is not limited
        ("100", "94", limit(QUANTITY, "3"), "1", "2"),
        ("100", "90", limit(VALUE, "25"), "5", "2"),
        ("1000", "960", BOTH_2, "1", "2"),  # twice 2 %; 40 EUR are 1.6 times 25
        ("1000", "960", BOTH_2, "2", "3.2"),  # 80 EUR
        ("100", "90", limit(VALUE, "25"), None, None),
        ("100", "90", limit(PERCENT, "0"), "1", None),  # exact, however often
        ("100", "90", limit(VALUE, "0"), "0", "0"),
        ("0", "5", limit(PERCENT, "5"), "1", None),  # a percentage of nothing
        ("0", "6", limit(PERCENT, "5") + limit(QUANTITY, "3"), "1", "2"),
        ("-100", "-90", limit(PERCENT, "5"), "1", "2"),
    ],
)
def test_times(expected: str, counted: str, limits: list[Limit], cost: str | None, found: str | None) -> None:
    assert times(expected, counted, limits, cost) == (None if found is None else Decimal(found))


amounts = st.decimals(min_value=0, max_value=1000, places=2)


@given(expected=amounts, counted=amounts, sizes=st.lists(amounts.filter(bool), min_size=1, max_size=3))
def test_once_is_what_judging_says(expected: Decimal, counted: Decimal, sizes: list[Decimal]) -> None:
    limits = [one for measure, size in zip(Measure, sizes, strict=False) for one in limit(measure, str(size))]
    verdict = judge(expected=expected, counted=counted, unit_cost=Decimal(1), limits=limits, currency="EUR")
    found = times(str(expected), str(counted), limits)
    assert verdict.within == (found is not None and found <= 1)


@given(expected=amounts, counted=amounts, size=amounts.filter(bool), factor=st.sampled_from([2, 3]))
def test_more_often_is_a_larger_limit(expected: Decimal, counted: Decimal, size: Decimal, factor: int) -> None:
    limits = limit(QUANTITY, str(size)) + limit(VALUE, str(size))
    stretched = [replace(one, amount=(one.amount or Decimal(0)) * factor) for one in limits]
    verdict = judge(expected=expected, counted=counted, unit_cost=Decimal(1), limits=stretched, currency="EUR")
    found = times(str(expected), str(counted), limits)
    assert verdict.within == (found is not None and found <= factor)
