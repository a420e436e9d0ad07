"""The back-test on demand that was generated; `python -m tests.bench forecast` runs it on real demand."""

from datetime import date, timedelta
from io import StringIO
from random import Random
from statistics import fmean

import pytest

from models.rules.backtest import Score
from models.rules.intermittent import Method
from tests.bench import forecasting
from tests.bench.forecasting import CHOSEN, Daily, Outcome, back_test, report

FIRST = date(2025, 1, 6)
DAYS = 365


def generated(seed: int = 1, items: int = 150) -> Daily:
    """Spare parts: a demand now and then, every third one wanted no more after half of the year."""
    random = Random(seed)
    daily: dict[str, dict[date, float]] = {}
    for number in range(items):
        often, size = random.uniform(0.02, 0.3), random.randint(1, 40)
        ends = DAYS // 2 if number % 3 == 0 else DAYS
        wanted = [day for day in range(ends) if random.random() < often]
        daily[f"PART-{number}"] = {FIRST + timedelta(day): float(random.randint(1, size)) for day in wanted}
    daily["PART-0"][FIRST] = daily["PART-1"][FIRST + timedelta(DAYS - 1)] = 1
    return daily


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return back_test(generated(), 1)


def rmsse(outcome: Outcome, name: str) -> float:
    return fmean(found.rmsse for found in outcome.scores[name])


def test_the_last_fifth_of_the_days_is_held_out_and_every_item_scored_by_every_method(outcome: Outcome) -> None:
    assert (outcome.training_weeks, outcome.held_out_weeks) == (41, 10)
    assert len(outcome.patterns) + outcome.left_out.total() == 150
    assert {len(scores) for scores in outcome.scores.values()} == {len(outcome.patterns)}
    assert outcome.choices.total() == len(outcome.patterns)


def test_on_parts_that_end_the_choice_beats_what_never_forgets(outcome: Outcome) -> None:
    assert rmsse(outcome, CHOSEN) < rmsse(outcome, Method.CROSTON)
    assert rmsse(outcome, CHOSEN) < rmsse(outcome, Method.NAIVE)


def test_the_choice_knows_nothing_of_the_days_held_out() -> None:
    cut = FIRST + timedelta(DAYS - round(DAYS * forecasting.HELD_OUT))
    daily = generated()
    turned = {
        sku: {day: taken if day < cut else 1000 + taken for day, taken in its.items()} for sku, its in daily.items()
    }
    before, after = back_test(daily, 4), back_test(turned, 4)
    assert before.choices == after.choices
    assert before.patterns == after.patterns
    assert before.scores[CHOSEN] != after.scores[CHOSEN]


def test_the_report_has_a_row_for_every_method_and_for_the_choice(outcome: Outcome) -> None:
    out = StringIO()
    report(outcome, out)
    for name in (*Method, CHOSEN):
        assert sum(line.startswith(f"{name} ") for line in out.getvalue().splitlines()) == 2


def test_the_same_seed_gives_the_same_scores(outcome: Outcome) -> None:
    again: list[Score] = back_test(generated(), 1).scores[CHOSEN]
    assert again == outcome.scores[CHOSEN]
