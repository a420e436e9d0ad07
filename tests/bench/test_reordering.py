"""A simulated year, small enough for every test run; `python -m tests.bench reorder` is the large one."""

from dataclasses import replace
from io import StringIO

import pytest

from tests.bench.drifting import Counting, Drift, Result, customers, year
from tests.bench.reordering import compare, report, total

ITEMS = 60


@pytest.fixture(scope="module")
def drifting() -> dict[Counting, Result]:
    return {counting: total(results) for counting, results in compare(Drift(), ITEMS, 1).items()}


def test_counting_makes_nothing_worse(drifting: dict[Counting, Result]) -> None:
    counted, uncorrected = drifting[Counting.DEMAND], drifting[Counting.NONE]
    assert counted.short < uncorrected.short
    assert counted.empty_days < uncorrected.empty_days
    assert counted.error_days < uncorrected.error_days
    assert counted.overstock_days <= 1.05 * uncorrected.overstock_days


def test_what_counts_find_is_worth_more_as_demand_than_as_a_correction_alone(drifting: dict[Counting, Result]) -> None:
    assert drifting[Counting.DEMAND].short < drifting[Counting.RECORD].short


def test_every_store_has_the_same_customers(drifting: dict[Counting, Result]) -> None:
    assert len({result.wanted for result in drifting.values()}) == 1


def test_where_nothing_goes_wrong_counting_changes_nothing() -> None:
    nothing = Drift(unrecorded=0, damage=0, misbooked=0, miscounted=0)
    drawn = customers(ITEMS // 2, nothing, 1)
    counted, uncorrected = (year(drawn, nothing, 1, counting) for counting in (Counting.DEMAND, Counting.NONE))
    assert counted.counts > 0
    assert replace(counted, counts=0) == uncorrected


def test_the_report_has_a_row_for_every_store() -> None:
    out = StringIO()
    report("some", Drift(), 5, compare(Drift(), 5, 1), out)
    lines = out.getvalue().splitlines()
    assert [line[:26].rstrip() for line in lines[6:10]] == list(Counting)
    assert lines[-1].endswith("of 1 seeds")
