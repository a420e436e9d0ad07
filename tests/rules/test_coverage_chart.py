"""Coverage by class: what was promised, what was done, and that one class does not make up for another."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.coverage_chart import ClassCoverage, CoverageChart
from tests.charting import CHARTS, coverage

NUMBERS = st.decimals(min_value=0, max_value=10**6, places=2, allow_nan=False, allow_infinity=False)
CLASSES = st.builds(ClassCoverage, st.sampled_from(["A", "B", "C", ""]), NUMBERS, NUMBERS, st.integers(0, 10**6))


@pytest.mark.parametrize(
    ("promised", "done", "said"),
    [
        ("120", 96, "96 of 120 (80 %)"),
        ("2000", 1999, "1,999 of 2,000 (99 %)"),
        ("400", 410, "410 of 400 (102 %)"),
        ("0.4", 1, "1 of 0.4 (250 %)"),
        ("9.96", 5, "5 of 10 (50 %)"),
        ("12.6", 0, "0 of 13 (0 %)"),
        ("0", 3, "3, none promised"),
    ],
)
def test_done_and_promised_in_words(promised: str, done: int, said: str) -> None:
    assert ClassCoverage("A", Decimal(12), Decimal(promised), done).said == said


def test_what_one_class_got_beyond_its_promise_makes_up_for_no_other() -> None:
    chart = coverage(("A", "12", "100", 0), ("B", "4", "100", 200))
    assert chart.headline == "100 of 200 promised counts made (50 %)"


def test_the_table_has_a_row_a_class() -> None:
    table = coverage(("A", "12", "120", 96), ("", "0", "0", 3)).table
    assert table.columns == ("Class", "Each item", "Promised", "Done", "Kept")
    assert table.rows == (("A", "12 a year", "120", "96", "80 %"), ("No class", "0 a year", "0", "3", "-"))


def test_a_row_says_all_there_is_of_a_class() -> None:
    assert coverage(("A", "12", "120", 96), ("", "0", "0", 3)).rows_said == (
        ("Class A, 12 a year", "96 of 120 (80 %)"),
        ("No class, 0 a year", "3, none promised"),
    )


@pytest.mark.parametrize(
    ("name", "alt"),
    [
        (
            "coverage",
            (
                "Counts promised and done · last 12 months: class A 96 of 120 (80 %), class B 410 of 400 (102 %), "
                "class C 1,200 of 2,000 (60 %). 1,696 of 2,520 promised counts made (67 %)."
            ),
        ),
        ("coverage-none", "Counts promised and done · last 12 months: nothing counted yet."),
    ],
)
def test_the_alternative_text_says_the_numbers(name: str, alt: str) -> None:
    assert CHARTS[name]().alt == alt


def test_counts_nobody_promised_are_said_to_be_so() -> None:
    assert coverage(("", "0", "0", 3)).headline == "No counts promised"


@pytest.mark.parametrize(("per_year", "promised", "done"), [("-1", "1", 1), ("1", "-1", 1), ("1", "1", -1)])
def test_counts_are_never_below_zero(per_year: str, promised: str, done: int) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        ClassCoverage("A", Decimal(per_year), Decimal(promised), done)


@given(st.lists(CLASSES, max_size=6))
def test_whatever_the_classes(classes: list[ClassCoverage]) -> None:
    chart = CoverageChart(tuple(classes))
    assert len(chart.table.rows) == len(classes)
    assert all(one.kept is None or one.kept >= 0 for one in classes)
    assert chart.is_empty == all(not one.promised and not one.done for one in classes)
    assert chart.alt.endswith(".")
