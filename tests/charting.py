"""Charts that tests look at: the ordinary, the empty and the awkward."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from models.rules.accuracy_chart import WEEK, AccuracyChart, AccuracyWeek, accuracy_by_week
from models.rules.cause_chart import CauseAmount, CauseChart, gross_by_cause
from models.rules.charts import AnyChart
from models.rules.coverage_chart import ClassCoverage, CoverageChart

FIRST = date(2026, 9, 7)


def weeks(*counted: tuple[int, int], first: date = FIRST, subject: str = "Fleet Parts") -> AccuracyChart:
    """Lines and hits, week after week."""
    return accuracy_by_week(
        [
            AccuracyWeek(first + timedelta(weeks=number), lines, hits)
            for number, (lines, hits) in enumerate(counted)
            if lines
        ],
        subject,
    )


def causes(*amounts: tuple[str, str], unknown_cost: int = 0, subject: str = "last 90 days") -> CauseChart:
    """Names and gross values, three lines each."""
    return gross_by_cause(
        [CauseAmount(name, Decimal(gross), 3) for name, gross in amounts],
        currency="EUR",
        subject=subject,
        unknown_cost=unknown_cost,
    )


def coverage(*classes: tuple[str, str, str, int], subject: str = "last 12 months") -> CoverageChart:
    """Class, counts a year, promised, done."""
    return CoverageChart(
        tuple(
            ClassCoverage(name, Decimal(per_year), Decimal(promised), done)
            for name, per_year, promised, done in classes
        ),
        subject,
    )


def year() -> AccuracyChart:
    """52 weeks over the turn of a year; three of them with too few lines, two without any."""
    counted = [(40 + week * 7 % 23, 31 + week * 7 % 23 + week * 5 % 6 + week // 13) for week in range(52)]
    counted[10], counted[11], counted[30], counted[36], counted[45] = (3, 3), (4, 2), (0, 0), (0, 0), (2, 0)
    return weeks(*counted, first=date(2025, 12, 1))


FIVE = (
    ("Unrecorded issue", "212.50"),
    ("Damaged", "99"),
    ("Lost or stolen", "60"),
    ("Miscount", "30"),
    ("Other", "11"),
)
LONG = "Unrecorded issue to a work order of the night shift, found when the cabinet was cleared"

CHARTS: dict[str, Callable[[], AnyChart]] = {
    "accuracy": lambda: weeks((52, 50), (48, 41), (3, 3), (60, 60), (44, 43), (39, 33), (51, 49), (50, 48)),
    "accuracy-year": year,
    "accuracy-one-week": lambda: weeks((12, 11)),
    "accuracy-few-lines": lambda: weeks((3, 3), (2, 1)),
    "accuracy-all-right": lambda: weeks(*[(25, 25)] * 12),
    "accuracy-all-wrong": lambda: weeks((20, 0), (20, 0), (20, 1)),
    "accuracy-ends-in-a-gap": lambda: weeks((52, 50), (48, 31), (60, 40), (3, 3), (2, 2), subject="A" * 60),
    "accuracy-none": weeks,
    "causes": lambda: causes(*FIVE, unknown_cost=2),
    "causes-long-names": lambda: causes(
        (LONG, "96.20"), (LONG + " again", "80"), ("Ł" * 40, "70"), ("Шпилька & <гайка>", "9")
    ),
    "causes-one-word": lambda: causes(("i" * 200, "96.20"), ("M" * 200, "80"), ("l" * 200, "1")),
    "causes-one-huge": lambda: causes(("Unrecorded issue", "1234567.89"), ("Damaged", "3.10"), ("Miscount", "0.40")),
    "causes-many": lambda: causes(*[(f"Cause {number}", str(100 - number)) for number in range(1, 14)]),
    "causes-one": lambda: causes(("Damaged", "12")),
    "causes-none": lambda: causes(unknown_cost=3),
    "coverage": lambda: coverage(("A", "12", "120", 96), ("B", "4", "400", 410), ("C", "2", "2000", 1200)),
    "coverage-no-class": lambda: coverage(("A", "12", "12", 0), ("B", "4", "0.4", 1), ("", "0", "0", 3)),
    "coverage-none": lambda: coverage(("A", "12", "0", 0), ("B", "4", "0", 0)),
}

SUBJECTS = st.text(max_size=60)
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def accuracies(draw: st.DrawFn) -> AnyChart:
    found = []
    for number in sorted(draw(st.sets(st.integers(0, 80), max_size=30))):
        lines = draw(st.integers(0, 3000))
        found.append(AccuracyWeek(FIRST + WEEK * number, lines, draw(st.integers(0, lines))))
    return accuracy_by_week(found, draw(SUBJECTS))


PARETOS = st.builds(
    lambda amounts, subject, unknown: gross_by_cause(amounts, currency="EUR", subject=subject, unknown_cost=unknown),
    st.lists(st.builds(CauseAmount, st.text(max_size=120), AMOUNTS, st.integers(0, 9)), max_size=15),
    SUBJECTS,
    st.integers(0, 5),
)
COVERAGES = st.builds(
    CoverageChart,
    st.lists(
        st.builds(ClassCoverage, st.sampled_from(["A", "B", "C", ""]), AMOUNTS, AMOUNTS, st.integers(0, 10**7)),
        max_size=5,
    ).map(tuple),
    SUBJECTS,
)
ANY_CHART: st.SearchStrategy[AnyChart] = st.one_of(accuracies(), PARETOS, COVERAGES)
