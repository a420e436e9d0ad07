"""Gross variance by cause: the largest first, the rest as others, and shares that add up."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.cause_chart import CauseAmount, gross_by_cause
from tests.charting import CHARTS, FIVE, causes

AMOUNTS = st.builds(
    CauseAmount,
    st.text(min_size=1, max_size=60),
    st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False, allow_infinity=False),
    st.integers(0, 10**6),
)


def test_shares_and_running_shares_of_a_worked_example() -> None:
    chart = causes(("Damaged", "25"), ("Unrecorded issue", "50"), ("Miscount", "15"), ("Other", "10"))
    assert [(bar.name, bar.share * 100, bar.cumulative * 100) for bar in chart.bars] == [
        ("Unrecorded issue", 50, 50),
        ("Damaged", 25, 75),
        ("Miscount", 15, 90),
        ("Other", 10, 100),
    ]
    assert chart.headline == "100.00 EUR in all; the first 3 causes make up 90 %"


def test_overs_and_shorts_of_a_cause_are_added_up_and_causes_of_no_value_left_out() -> None:
    chart = causes(("Damaged", "25"), ("Miscount", "0"), ("Damaged", "5"))
    assert [(bar.name, bar.gross, bar.lines) for bar in chart.bars] == [("Damaged", 30, 6)]


def test_an_amount_without_a_cause_is_said_to_have_none() -> None:
    assert [bar.name for bar in causes((" ", "5"), ("", "2"), ("Lost\n or  stolen", "1")).bars] == [
        "No cause",
        "Lost or stolen",
    ]


def test_equal_amounts_stand_in_the_order_of_their_names() -> None:
    assert [bar.name for bar in causes(("B", "1"), ("A", "1"), ("C", "2")).bars] == ["C", "A", "B"]


def test_what_does_not_fit_is_others_at_the_end_however_large() -> None:
    chart = causes(*[(f"Cause {number}", "10") for number in range(20)])
    assert len(chart.bars) == 8
    last = chart.bars[-1]
    assert (last.name, last.gross, last.lines, last.is_rest) == ("Others (13 causes)", 130, 39, True)
    assert chart.headline == "200.00 EUR in all"


def test_eight_causes_fit_without_others() -> None:
    assert not any(bar.is_rest for bar in causes(*[(f"Cause {number}", "10") for number in range(8)]).bars)


@pytest.mark.parametrize(
    ("name", "alt"),
    [
        (
            "causes",
            (
                "Gross variance by cause · last 90 days: Unrecorded issue 212.50 EUR (52 %), Damaged 99.00 EUR (24 %), "
                "Lost or stolen 60.00 EUR (15 %), and the rest 10 %. 412.50 EUR in all; the first 3 causes make "
                "up 90 %. Not in it: 2 lines of unknown cost."
            ),
        ),
        ("causes-one", "Gross variance by cause · last 90 days: Damaged 12.00 EUR (100 %). 12.00 EUR in all."),
        (
            "causes-none",
            "Gross variance by cause · last 90 days: no variance with a value yet. Not in it: 3 lines of unknown cost.",
        ),
    ],
)
def test_the_alternative_text_says_the_numbers(name: str, alt: str) -> None:
    assert CHARTS[name]().alt == alt


def test_the_table_has_a_row_a_bar() -> None:
    table = causes(*FIVE[:2]).table
    assert table.columns == ("Cause", "Gross", "Share", "Running share", "Lines")
    assert table.rows == (
        ("Unrecorded issue", "212.50 EUR", "68 %", "68 %", "3"),
        ("Damaged", "99.00 EUR", "32 %", "100 %", "3"),
    )


def test_a_row_says_all_there_is_of_a_cause() -> None:
    assert causes(*FIVE[:2]).rows_said == (
        ("Unrecorded issue", "212.50 EUR (68 %), 68 % so far"),
        ("Damaged", "99.00 EUR (32 %), 100 % so far"),
    )


@pytest.mark.parametrize(("gross", "lines"), [("-1", 1), ("1", -1)])
def test_gross_values_have_no_sign(gross: str, lines: int) -> None:
    with pytest.raises(ValueError, match="is not a gross value"):
        CauseAmount("Damaged", Decimal(gross), lines)


@given(st.lists(AMOUNTS, max_size=30), st.integers(2, 10))
def test_whatever_the_causes(amounts: list[CauseAmount], most: int) -> None:
    chart = gross_by_cause(amounts, currency="EUR", most=most)
    assert len(chart.bars) <= most
    assert chart.total == sum(one.gross for one in amounts)
    named = [bar for bar in chart.bars if not bar.is_rest]
    assert all(before.gross >= after.gross > 0 for before, after in pairwise(named))
    assert all(before.cumulative < after.cumulative for before, after in pairwise(chart.bars))
    assert all(0 < bar.share <= bar.cumulative <= 1 for bar in chart.bars)
    if chart.bars:
        assert chart.bars[-1].cumulative == 1
        assert sum((bar.share for bar in chart.bars), Fraction(0)) == 1
    assert len(chart.table.rows) == len(chart.bars)
