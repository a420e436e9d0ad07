"""The decision table, judged by the pure rules; and that it holds every combination there is."""

from collections.abc import Callable
from itertools import combinations, product

import pytest

from models.rules.tolerance import Limit, Measure, Scope, Side, has_authority, judge, variance_value
from tests.rules.decision_rows import AuthorityRow, Row, authority_rows, tolerance_rows

TOLERANCE, AUTHORITY = tolerance_rows(), authority_rows()
LEVELS = list(combinations(Scope, 2))
ON_ONE_SIDE = list(product(Measure, Side))


@pytest.mark.parametrize("row", TOLERANCE, ids=lambda row: row.where)
def test_what_settles_and_what_goes_to_review(row: Row) -> None:
    verdict = judge(
        expected=row.book, counted=row.counted, unit_cost=row.unit_cost, limits=row.as_limits(), currency="EUR"
    )
    assert row.outcome.startswith(("settles: ", "to review: "))
    assert (verdict.within, verdict.limit_applied) == (row.settles, row.named)


@pytest.mark.parametrize(
    "row", [row for row in AUTHORITY if not row.outcome.startswith("refused: ")], ids=lambda row: row.where
)
def test_who_has_the_authority(row: AuthorityRow) -> None:
    may = has_authority(limit=row.limit, value=variance_value(row.posted, row.unit_cost))
    assert may is row.outcome.startswith(("posts ", "waits for a second"))
    assert may is not row.outcome.startswith("over the limit, ")


# -- nothing is left out

Key = tuple[Scope, Measure, Side]


def judging(row: Row) -> list[Limit]:
    """The limits of a row that stand on the side of its variance, the nearest first."""
    limits = [limit for limit in row.as_limits() if limit.side is row.side]
    return sorted(limits, key=lambda limit: list(Scope).index(limit.scope))


def of_one_limit(*, off: bool) -> list[tuple[Key, bool]]:
    """Of the rows with one limit, on one side: which, and whether it settles."""
    rows = [(row, limits[0]) for row in TOLERANCE if len(limits := row.as_limits()) == 1 and judging(row) == limits]
    return [
        ((limit.scope, limit.measure, limit.side), row.settles) for row, limit in rows if (limit.amount is None) is off
    ]


def test_each_level_measure_and_side_is_there_alone_reached_and_passed() -> None:
    assert set(product(product(Scope, Measure, Side), (True, False))) <= set(of_one_limit(off=False))


def test_each_level_measure_and_side_is_off_with_nothing_behind() -> None:
    assert {(key, False) for key in product(Scope, Measure, Side)} == set(of_one_limit(off=True))


@pytest.mark.parametrize(("is_off", "outcomes"), [(False, {True, False}), (True, {False})])
def test_each_level_is_there_against_each_farther_one(is_off: bool, outcomes: set[bool]) -> None:  # noqa: FBT001 - both cases
    pairs = [(row, limits) for row in TOLERANCE if len(limits := judging(row)) == 2]
    seen = {
        (near.scope, far.scope, near.measure, near.side, row.settles)
        for row, (near, far) in pairs
        if near.measure is far.measure and (near.amount is None) is is_off and far.amount is not None
    }
    assert {(*two, *rest, settles) for two in LEVELS for rest in ON_ONE_SIDE for settles in outcomes} <= seen


def test_each_level_speaks_of_one_side_and_a_farther_one_of_the_other() -> None:
    pairs = [(row, limits) for row in TOLERANCE if len(limits := row.as_limits()) == 2 and len(judging(row)) == 1]
    seen = {
        (near.scope, far.scope, far.measure, far.side)
        for row, (near, far) in pairs
        if far.side is row.side and near.measure is far.measure
    }
    assert {(*two, *rest) for two in LEVELS for rest in ON_ONE_SIDE} <= seen


def test_each_set_of_measures_settles_and_refuses_on_both_sides() -> None:
    seen = {
        (frozenset(limit.measure for limit in judging(row) if limit.amount is not None), row.side, row.settles)
        for row in TOLERANCE
    }
    sets = [frozenset(found) for size in (1, 2, 3) for found in combinations(Measure, size)]
    assert set(product(sets, Side, (True, False))) <= seen


CASES: dict[str, Callable[[Row], bool]] = {
    "nothing expected": lambda row: row.book == 0,
    "nothing found": lambda row: row.counted == 0 < row.book,
    "the book below nothing": lambda row: row.book < 0,
    "no cost": lambda row: row.unit_cost == 0,
    "unknown cost": lambda row: row.unit_cost is None,
    "exact": lambda row: any(limit.amount == 0 for limit in row.as_limits()),
}
NEVER = {
    # Nothing is less than nothing, and no count is below it.
    *product(["nothing expected", "the book below nothing"], [Side.MINUS], Measure),
    *product(["nothing found"], [Side.PLUS], Measure),
}


def test_each_case_without_obvious_arithmetic_meets_each_measure_on_each_side_it_has() -> None:
    seen = {
        (case, row.side, limit.measure)
        for row in TOLERANCE
        for case, is_one in CASES.items()
        if is_one(row)
        for limit in judging(row)
    }
    assert set(product(CASES, Side, Measure)) - NEVER <= seen


def test_each_kind_of_person_meets_each_case() -> None:
    whos = {row.who.split()[0] for row in AUTHORITY}
    assert whos == {"limit", "no", "controller", "counter", "of", "counted"}
    cases: dict[str, Callable[[Row], bool]] = {**CASES, "ordinary": lambda row: row.book > 0 < row.counted}
    del cases["exact"]
    seen = {(row.who.split()[0], case, row.side) for row in AUTHORITY for case, is_one in cases.items() if is_one(row)}
    for who in ("limit", "no", "controller"):
        assert {(who, case) for case in cases} <= {(who, case) for who, case, _ in seen}
    assert {("limit", case, side) for case in ("no cost", "unknown cost", "ordinary") for side in Side} <= seen


def test_it_is_as_large_as_it_should_be() -> None:
    assert len(TOLERANCE) >= 450
    assert len(AUTHORITY) >= 70
    assert sum(row.is_real for row in [*TOLERANCE, *AUTHORITY]) >= 140
