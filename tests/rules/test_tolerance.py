"""Tolerance: a table worked by hand, and what must hold for any numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.tolerance import (
    Limit,
    Measure,
    Scope,
    Side,
    Verdict,
    allowed,
    applicable_limits,
    has_authority,
    judge,
    variance_value,
)

ITEM, CATEGORY, ABC_CLASS, PLAN, COMPANY = Scope
QUANTITY, PERCENT, VALUE = Measure
PLUS, MINUS = Side


def limit(measure: Measure, amount: str | None, scope: Scope = PLAN, side: Side | None = None) -> list[Limit]:
    """A limit on one side, or on both; None is "off"."""
    sides = Side if side is None else (side,)
    return [Limit(scope, scope.value, measure, s, None if amount is None else Decimal(amount)) for s in sides]


def judged(expected: str, counted: str, limits: list[Limit], cost: str | None = "1") -> Verdict:
    return judge(
        expected=Decimal(expected),
        counted=Decimal(counted),
        unit_cost=None if cost is None else Decimal(cost),
        limits=limits,
        currency="EUR",
    )


NONE: list[Limit] = []
PLUS_5 = limit(PERCENT, "5", side=PLUS)
BOTH_2 = limit(PERCENT, "2") + limit(VALUE, "25")


@pytest.mark.parametrize(
    ("expected", "counted", "limits", "cost", "within"),
    [
        # no limit: an exact match
        ("100", "100", NONE, "1", True),
        ("100", "100.001", NONE, "1", False),
        ("0", "0", NONE, "1", True),
        ("0", "1", NONE, "1", False),
        ("1", "0", NONE, "1", False),
        # percent, one side: the other side is not limited, so it is exact
        ("100", "105", PLUS_5, "1", True),
        ("100", "106", PLUS_5, "1", False),
        ("100", "105.001", PLUS_5, "1", False),
        ("100", "95", PLUS_5, "1", False),
        ("100", "100", PLUS_5, "1", True),
        # 0 means exact
        ("100", "100", limit(PERCENT, "0"), "1", True),
        ("100", "101", limit(PERCENT, "0"), "1", False),
        ("100", "101", limit(QUANTITY, "0"), "1", False),
        ("100", "101", limit(VALUE, "0"), "1", False),
        ("100", "101", limit(VALUE, "0"), "0", True),  # given away: one more is worth nothing
        # quantity and value
        ("100", "97", limit(QUANTITY, "3"), "1", True),
        ("100", "96.999", limit(QUANTITY, "3"), "1", False),
        ("100", "90", limit(VALUE, "25"), "2.5", True),
        ("100", "90", limit(VALUE, "25"), "2.5001", False),
        # every limit that is set must pass
        ("1000", "980", BOTH_2, "1", True),
        ("1000", "980", BOTH_2, "2", False),
        ("100", "97", BOTH_2, "1", False),
        # expected 0: percent is left out; another limit judges; alone it leaves exact
        ("0", "1", limit(PERCENT, "50"), "1", False),
        ("0", "0", limit(PERCENT, "50"), "1", True),
        ("0", "1", BOTH_2, "1", True),
        ("0", "26", BOTH_2, "1", False),
        # a negative book: percent of its size
        ("-100", "-95", limit(PERCENT, "5"), "1", True),
        ("-100", "-94", limit(PERCENT, "5"), "1", False),
        ("-100", "0", limit(PERCENT, "50"), "1", False),
        ("-10", "0", limit(QUANTITY, "10"), "1", True),
        # an unknown cost cannot pass a value limit, whatever the others say; without one it does not matter
        ("100", "99", limit(VALUE, "1000"), None, False),
        ("100", "99", BOTH_2, None, False),
        ("100", "99", limit(PERCENT, "5"), None, True),
        ("100", "100", limit(VALUE, "1000"), None, True),
        # "off" ends the search for its measure and side, and then does not judge
        ("100", "90", limit(QUANTITY, None, ITEM) + limit(QUANTITY, "50", COMPANY), "1", False),
        ("100", "90", limit(QUANTITY, None, ITEM) + limit(QUANTITY, "0") + limit(VALUE, "10"), "1", True),
        ("100", "110", limit(VALUE, None, ITEM, PLUS) + limit(VALUE, "0") + limit(QUANTITY, "10"), "1", True),
        ("100", "90", limit(VALUE, None, ITEM, PLUS) + limit(VALUE, "0") + limit(QUANTITY, "10"), "1", False),
    ],
)
def test_the_table(expected: str, counted: str, limits: list[Limit], cost: str | None, within: bool) -> None:  # noqa: FBT001 - a column
    assert judged(expected, counted, limits, cost).within is within


def test_the_nearest_scope_wins_for_each_measure_and_side_on_its_own() -> None:
    limits = [
        *limit(QUANTITY, "1", COMPANY),
        *limit(QUANTITY, "2", PLAN),
        *limit(QUANTITY, "3", ABC_CLASS),
        *limit(QUANTITY, "4", CATEGORY),
        *limit(QUANTITY, "5", ITEM, PLUS),
        *limit(VALUE, "7", COMPANY),
    ]
    plus = {found.measure: found.amount for found in applicable_limits(limits, PLUS)}
    minus = {found.measure: found.amount for found in applicable_limits(limits, MINUS)}
    assert plus == {QUANTITY: 5, VALUE: 7}
    assert minus == {QUANTITY: 4, VALUE: 7}


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_is_found_when_it_is_the_only_one(scope: Scope) -> None:
    assert judged("100", "99", limit(QUANTITY, "1", scope)).within


def test_the_verdict_names_what_decided() -> None:
    limits = limit(PERCENT, "2", COMPANY) + limit(VALUE, "25")
    assert judged("1000", "1000", limits).limit_applied == "exact match"
    assert judged("1000", "999", []).limit_applied == "exact match, no limit set"
    assert judged("1000", "985", limits).limit_applied == "2 % (company); 25.00 EUR (plan plan)"
    assert judged("1000", "975", limits).limit_applied == "2 % (company)"
    assert judged("1000", "998.5", limit(QUANTITY, "1.5", ITEM)).limit_applied == "1.5 (item item)"


@pytest.mark.parametrize(
    ("approval_limit", "value", "may"),
    [
        (None, "1000000", True),
        (None, None, True),
        ("500", "500", True),
        ("500", "-500", True),
        ("500", "500.01", False),
        ("500", "-500.01", False),
        ("500", None, False),
        ("0", "0", True),
        ("0", "0.01", False),
    ],
)
def test_authority_is_a_limit_at_least_as_large_as_the_absolute_value(
    approval_limit: str | None,
    value: str | None,
    may: bool,  # noqa: FBT001 - a column
) -> None:
    assert (
        has_authority(
            limit=None if approval_limit is None else Decimal(approval_limit),
            value=None if value is None else Decimal(value),
        )
        is may
    )


def test_the_value_of_no_variance_is_0_also_at_an_unknown_cost() -> None:
    assert variance_value(Decimal(0), None) == 0
    assert variance_value(Decimal(-3), Decimal("0.5")) == Decimal("-1.5")
    assert variance_value(Decimal(-3), None) is None


QUANTITIES = st.decimals(min_value=-10_000, max_value=10_000, places=3)
AMOUNTS = st.none() | st.decimals(min_value=0, max_value=1000, places=2)
LIMITS = st.lists(
    st.builds(
        Limit,
        st.sampled_from(Scope),
        st.just("x"),
        st.sampled_from(Measure),
        st.sampled_from(Side),
        AMOUNTS,
    ),
    unique_by=lambda found: (found.scope, found.measure, found.side),
    max_size=12,
)
COSTS = st.none() | st.decimals(min_value=0, max_value=1000, places=4)


def verdict(expected: Decimal, counted: Decimal, cost: Decimal | None, limits: list[Limit]) -> Verdict:
    return judge(expected=expected, counted=counted, unit_cost=cost, limits=limits, currency="EUR")


@given(QUANTITIES, COSTS, LIMITS)
def test_no_variance_always_passes(expected: Decimal, cost: Decimal | None, limits: list[Limit]) -> None:
    assert verdict(expected, expected, cost, limits).within


@given(QUANTITIES, QUANTITIES, COSTS, LIMITS)
def test_the_order_limits_are_stored_in_does_not_matter(
    expected: Decimal, counted: Decimal, cost: Decimal | None, limits: list[Limit]
) -> None:
    assert verdict(expected, counted, cost, limits) == verdict(expected, counted, cost, limits[::-1])


@given(QUANTITIES, QUANTITIES, COSTS, LIMITS)
def test_what_passes_still_passes_nearer_to_the_expected(
    expected: Decimal, counted: Decimal, cost: Decimal | None, limits: list[Limit]
) -> None:
    nearer = expected + (counted - expected) / 2
    if verdict(expected, counted, cost, limits).within:
        assert verdict(expected, nearer, cost, limits).within


@given(QUANTITIES, QUANTITIES, COSTS, LIMITS)
def test_only_the_side_of_the_variance_judges(
    expected: Decimal, counted: Decimal, cost: Decimal | None, limits: list[Limit]
) -> None:
    side = Side.PLUS if counted > expected else Side.MINUS
    own = [found for found in limits if found.side is side]
    assert verdict(expected, counted, cost, limits) == verdict(expected, counted, cost, own)


@given(QUANTITIES, QUANTITIES, LIMITS)
def test_a_variance_of_unknown_value_never_passes_where_a_value_limit_is_in_force(
    expected: Decimal, counted: Decimal, limits: list[Limit]
) -> None:
    side = Side.PLUS if counted > expected else Side.MINUS
    in_force = any(found.measure is Measure.VALUE for found in applicable_limits(limits, side))
    if in_force and counted != expected:
        assert not verdict(expected, counted, None, limits).within


@given(QUANTITIES, QUANTITIES, COSTS)
def test_with_every_limit_off_only_an_exact_match_passes(
    expected: Decimal, counted: Decimal, cost: Decimal | None
) -> None:
    off = [Limit(Scope.ITEM, "x", measure, side, None) for measure in Measure for side in Side]
    company = [Limit(Scope.COMPANY, "", measure, side, Decimal(10**9)) for measure in Measure for side in Side]
    assert verdict(expected, counted, cost, off + company).within is (counted == expected)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (NONE, "exact"),
        (limit(PERCENT, "2", COMPANY), "2 % (company)"),
        (limit(PERCENT, "2", COMPANY) + limit(PERCENT, None, ITEM), "exact"),
        (limit(PERCENT, "2", COMPANY) + limit(VALUE, "25", CATEGORY), "2 % (company), 25.00 EUR (category category)"),
        (limit(QUANTITY, "3", ITEM, MINUS), "over: exact; short: 3 (item item)"),
        (limit(QUANTITY, "0", ITEM), "0 (item item)"),
    ],
)
def test_what_is_allowed_in_words(limits: list[Limit], said: str) -> None:
    assert allowed(limits, "EUR") == said
