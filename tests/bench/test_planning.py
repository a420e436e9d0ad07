"""A simulated year, small enough for every test run; `python -m tests.bench plan` is the large one."""

from datetime import date

import pytest

from models.rules.levelling import DEFAULT_FREQUENCIES, float_days
from tests.bench.simulation import FIRST_DAY, Outcome, simulation

ITEMS = 840  # 5 lines a day and team, so that 80 % of it is 4
NEW_YEAR = date(FIRST_DAY.year + 1, 1, 1)
SPRING = date(FIRST_DAY.year, 3, 1)


def simulate(capacity: float, *, seed: int = 1, end: date = NEW_YEAR) -> Outcome:
    with simulation(items=ITEMS, capacity=capacity, seed=seed, look_closely=capacity < 1) as simulated:
        return simulated.run(end)


@pytest.fixture(scope="module")
def ample() -> Outcome:
    return simulate(1.2)


@pytest.fixture(scope="module")
def short() -> Outcome:
    return simulate(0.8)


@pytest.mark.parametrize("which", ["ample", "short"])
def test_no_day_is_over_capacity_and_no_class_over_its_quota(which: str, request: pytest.FixtureRequest) -> None:
    outcome: Outcome = request.getfixturevalue(which)
    assert (outcome.over_capacity, outcome.over_quota) == ([], [])
    assert outcome.counts.total() > ITEMS


def test_with_capacity_to_spare_every_item_is_counted_in_its_interval_and_float(ample: Outcome) -> None:
    assert ample.late.total() == 0
    for letter, length in ample.promised.items():
        assert ample.longest[letter] <= length + float_days(length)
    assert not any(ample.warnings.values())


def test_with_capacity_to_spare_each_class_is_counted_about_as_often_as_promised(ample: Outcome) -> None:
    for frequency in DEFAULT_FREQUENCIES:
        done = ample.counts[frequency.abc_class] / ample.items[frequency.abc_class]
        assert done == pytest.approx(float(frequency.counts_per_year), rel=0.2)


def test_a_shortfall_falls_on_the_least_overdue_and_the_preview_had_said_so(short: Outcome) -> None:
    assert short.misplaced == []
    assert short.late.total() > 0
    assert all(any("cannot be counted" in warning for warning in said) for said in short.warnings.values())


def test_nobody_waits_for_ever_with_too_little_capacity(short: Outcome) -> None:
    for letter, length in short.promised.items():
        assert short.longest[letter] < 2 * length + 2 * float_days(length)


def test_the_same_seed_gives_the_same_days_and_another_one_does_not(ample: Outcome) -> None:
    chosen = simulate(1.2, end=SPRING).chosen
    assert chosen == ample.chosen[: len(chosen)]
    assert chosen != simulate(1.2, seed=2, end=SPRING).chosen[: len(chosen)]
