"""Accuracy week by week: shares, intervals, gaps, and the sentence that a screen reader says."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.accuracy_chart import WEEK, AccuracyWeek, accuracy_by_week
from models.rules.chart_words import TITLE_LENGTH, share_words, week_words
from tests.charting import CHARTS, FIRST, weeks, year


@st.composite
def counted(draw: st.DrawFn) -> AccuracyWeek:
    lines = draw(st.integers(0, 5000))
    return AccuracyWeek(FIRST + WEEK * draw(st.integers(-60, 60)), lines, draw(st.integers(0, lines)))


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Fraction(0), "0 %"),
        (Fraction(1, 1000), "1 %"),  # somebody was right
        (Fraction(1, 2), "50 %"),
        (Fraction(199, 200), "99 %"),  # somebody was wrong
        (Fraction(1), "100 %"),
        (Fraction(5, 2), "250 %"),
        (0.938, "94 %"),
    ],
)
def test_only_all_is_100_percent_and_only_none_is_0(share: Fraction | float, said: str) -> None:
    assert share_words(share) == said


@pytest.mark.parametrize(
    ("lines", "hits", "said", "interval"),
    [
        (0, 0, "none counted", "-"),
        (4, 4, "too few", "-"),
        (5, 5, "100 %", "57 to 100 %"),
        (52, 50, "96 %", "87 to 99 %"),
        (20, 0, "0 %", "0 to 16 %"),
        (200, 199, "99 %", "97 to 99 %"),
    ],
)
def test_a_week_in_words(lines: int, hits: int, said: str, interval: str) -> None:
    week = AccuracyWeek(FIRST, lines, hits)
    assert (week.share_said, week.interval_said) == (said, interval)
    assert (week.share is None) == (week.interval is None) == (lines < 5)


def test_weeks_that_nobody_counted_are_filled_in() -> None:
    chart = accuracy_by_week([AccuracyWeek(FIRST + 3 * WEEK, 8, 8), AccuracyWeek(FIRST, 6, 5)])
    assert [(week.monday, week.lines) for week in chart.weeks] == [
        (date(2026, 9, 7), 6),
        (date(2026, 9, 14), 0),
        (date(2026, 9, 21), 0),
        (date(2026, 9, 28), 8),
    ]


def test_a_period_is_in_the_chart_from_its_first_day_to_its_last() -> None:
    chart = accuracy_by_week([AccuracyWeek(FIRST, 6, 5)], first=date(2026, 9, 2), last=date(2026, 9, 20))
    assert [(week.monday, week.lines) for week in chart.weeks] == [
        (date(2026, 8, 31), 0),
        (date(2026, 9, 7), 6),
        (date(2026, 9, 14), 0),
    ]
    assert chart.headline == "83 % in the week of 7 Sep (44 to 97 %, 6 lines)"
    nothing = accuracy_by_week([], first=date(2026, 9, 2), last=date(2026, 9, 20))
    assert (len(nothing.weeks), nothing.headline) == (3, "Nothing counted yet")


@pytest.mark.parametrize(
    ("name", "alt"),
    [
        ("accuracy-none", "Accuracy by week · Fleet Parts: nothing counted yet."),
        (
            "accuracy-few-lines",
            "Accuracy by week · Fleet Parts: too few lines for a percentage, 5 lines in 2 weeks.",
        ),
        (
            "accuracy-one-week",
            (
                "Accuracy by week · Fleet Parts, 1 week to the week of 7 Sep 2026: 92 % in the week of 7 Sep "
                "(95 % interval 65 to 99 %, 12 lines)."
            ),
        ),
        (
            "accuracy-all-right",
            (
                "Accuracy by week · Fleet Parts, 12 weeks to the week of 23 Nov 2026: 100 % in the week of 23 Nov "
                "(95 % interval 87 to 100 %, 25 lines), 100 % in every other week too."
            ),
        ),
        (
            "accuracy",
            (
                "Accuracy by week · Fleet Parts, 8 weeks to the week of 26 Oct 2026: 96 % in the week of 26 Oct "
                "(95 % interval 87 to 99 %, 50 lines); lowest 85 % in the week of 12 Oct, highest 100 % in the week of "
                "28 Sep. 1 week with fewer than 5 lines: no share."
            ),
        ),
    ],
)
def test_the_alternative_text_says_the_numbers(name: str, alt: str) -> None:
    assert CHARTS[name]().alt == alt


def test_the_table_has_a_row_a_week() -> None:
    table = weeks((52, 50), (3, 3), (0, 0), (1204, 1100)).table
    assert table.columns == ("Week of", "Right", "95 % interval", "Lines")
    assert table.rows == (
        ("7 Sep", "96 %", "87 to 99 %", "52"),
        ("14 Sep", "too few", "-", "3"),
        ("21 Sep", "none counted", "-", "0"),
        ("28 Sep", "91 %", "90 to 93 %", "1,204"),
    )


def test_a_row_says_all_there_is_of_a_week() -> None:
    assert weeks((52, 50), (3, 3), (0, 0), (1204, 1100)).rows_said == (
        ("7 Sep", "96 % (87 to 99 %), 52 lines"),
        ("14 Sep", "3 lines, too few"),
        ("21 Sep", "none counted"),
        ("28 Sep", "91 % (90 to 93 %), 1,204 lines"),
    )


def test_a_year_is_thinned_to_its_newest_weeks() -> None:
    last = year().last(20)
    assert (len(last.weeks), week_words(last.weeks[-1].monday, year=True)) == (20, "23 Nov 2026")
    assert last.weeks == year().weeks[-20:]


@pytest.mark.parametrize(
    ("monday", "lines", "hits"), [(FIRST, 3, 4), (FIRST, -1, 0), (FIRST, 3, -1), (FIRST + timedelta(days=1), 3, 3)]
)
def test_what_is_no_week_is_refused(monday: date, lines: int, hits: int) -> None:
    with pytest.raises(ValueError, match="not a"):
        AccuracyWeek(monday, lines, hits)


def test_a_week_is_there_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        accuracy_by_week([AccuracyWeek(FIRST, 5, 5), AccuracyWeek(FIRST, 6, 6)])


@given(st.lists(counted(), max_size=20, unique_by=lambda week: week.monday), st.text(max_size=80))
def test_whatever_was_counted(found: list[AccuracyWeek], subject: str) -> None:
    chart = accuracy_by_week(found, subject)
    assert len(chart.title) <= TITLE_LENGTH
    assert [week for week in chart.weeks if week.lines] == sorted(
        (week for week in found if week.lines), key=lambda week: week.monday
    )
    assert all(
        after.monday - before.monday == WEEK for before, after in zip(chart.weeks, chart.weeks[1:], strict=False)
    )
    for week in chart.measured:
        assert week.share is not None
        assert week.interval is not None
        low, high = week.interval
        assert 0 <= low <= week.share <= high <= 1
    assert len(chart.table.rows) == len(chart.weeks)
    assert chart.alt.startswith(chart.title)
