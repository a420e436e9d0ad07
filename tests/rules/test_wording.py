"""Numbers as people read them."""

from decimal import Decimal

import pytest

from models.rules import wording


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("0", "0"),
        ("0.000", "0"),
        ("-0.000", "0"),
        ("12.000", "12"),
        ("12.500", "12.5"),
        ("0.001", "0.001"),
        ("100", "100"),
        ("1E+3", "1,000"),
        ("3596", "3,596"),
        ("-3596.25", "-3,596.25"),
        ("999999999.999", "999,999,999.999"),
    ],
)
def test_a_quantity_has_no_trailing_zeros(value: str, said: str) -> None:
    assert wording.quantity(Decimal(value)) == said


@pytest.mark.parametrize(("value", "said"), [("20", "+20"), ("-12", "-12"), ("0", "0"), ("-0.0", "0"), ("0.5", "+0.5")])
def test_a_change_has_a_sign(value: str, said: str) -> None:
    assert wording.signed(Decimal(value)) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("-3596", "-3,596.00 EUR"),
        ("0", "0.00 EUR"),
        ("-0.001", "0.00 EUR"),
        ("0.005", "0.00 EUR"),
        ("0.015", "0.02 EUR"),
        ("0.0125", "0.01 EUR"),
    ],
)
def test_money_has_cents_and_a_currency(value: str, said: str) -> None:
    assert wording.money(Decimal(value), "EUR") == said


@pytest.mark.parametrize(
    ("value", "said"), [("-10", "-10 %"), ("2.5", "2.5 %"), ("33.333", "33.3 %"), ("-0.04", "0 %"), ("1000", "1,000 %")]
)
def test_a_percentage_has_at_most_one_decimal(value: str, said: str) -> None:
    assert wording.percent(Decimal(value)) == said


@pytest.mark.parametrize(
    ("names", "either", "both"),
    [
        ([], "", ""),
        (["Ben"], "Ben", "Ben"),
        (["Ben", "Eva"], "Ben or Eva", "Ben and Eva"),
        (["Ben", "Eva", "Kim"], "Ben, Eva or Kim", "Ben, Eva and Kim"),
    ],
)
def test_names_are_joined_as_people_do(names: list[str], either: str, both: str) -> None:
    assert wording.any_of(names) == either
    assert wording.all_of(names) == both
