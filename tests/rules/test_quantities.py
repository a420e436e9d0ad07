from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.errors import BadQuantity
from models.rules.quantities import parse_quantity

NUMBERISH = st.text(alphabet="0123456789.,-+ eExX_'−٤４½\u2009\u00a0kgpcs", max_size=14)  # noqa: RUF001 - on purpose
UNITS = st.sampled_from(["pcs", "kg", "m2", "box of 50", "", "ea", "100ft", "e5"])


def refused(text: str, unit: str = "kg") -> str:
    with pytest.raises(BadQuantity) as refusal:
        parse_quantity(text, unit=unit)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("text", "unit", "quantity"),
    [
        ("42", "pcs", "42"),
        (" 42 ", "pcs", "42"),
        ("\u00a042\u2009", "pcs", "42"),
        ("0", "pcs", "0"),
        ("0.000", "kg", "0"),
        ("007", "pcs", "7"),
        ("42.", "pcs", "42"),
        ("42.5", "kg", "42.5"),
        ("42.125", "kg", "42.125"),
        ("1.000", "kg", "1"),
        ("12.0", "pcs", "12"),
        ("42 pcs", "pcs", "42"),
        ("42pcs", "pcs", "42"),
        ("42 PCS.", "pcs", "42"),
        ("42 pieces", "pcs", "42"),
        ("42 ea", "pcs", "42"),
        ("42 Stück", "Stk", "42"),
        ("2.5 kg", "kg", "2.5"),
        ("3 rolls", "roll", "3"),
        ("3 boxes", "box", "3"),
        ("1 pair", "pairs", "1"),
        ("42 m2", "m2", "42"),
        ("4 box  of 50", "box of 50", "4"),
        ("999999999.999", "kg", "999999999.999"),
        ("0" * 50 + "5", "kg", "5"),
    ],
)
def test_plain_numbers_are_read_exactly(text: str, unit: str, quantity: str) -> None:
    assert parse_quantity(text, unit=unit) == Decimal(quantity)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write the quantity as a number, like 42; write 0 when there is none."),
        (" . ", "Write the quantity as a number, like 42; write 0 when there is none."),
        ("1,5", "“1,5” can mean two things; use a point for decimals (1.5) and nothing between thousands (1000)."),
        ("1,000", "“1,000” can mean two things; use a point for decimals (1.5) and nothing between thousands (1000)."),
        ("1'000", "“1'000” can mean two things; use a point for decimals (1.5) and nothing between thousands (1000)."),
        ("1_000", "“1_000” can mean two things; use a point for decimals (1.5) and nothing between thousands (1000)."),
        ("1\u2009000", "“1 000” has a space in it; write one number without spaces, like 1000."),
        ("-5", "“-5” is less than nothing; write what is there, 0 or more."),
        ("−5", "“−5” is less than nothing; write what is there, 0 or more."),  # noqa: RUF001 - that minus
        ("-0", "“-0” is less than nothing; write what is there, 0 or more."),
        ("1.2345", "“1.2345” has more than three decimals; round it to three."),
        ("1.0000", "“1.0000” has more than three decimals; round it to three."),
        ("1000000000", "“1000000000” is too large to be a count; check it and write it again."),
        ("9" * 60, f"“{'9' * 40}…” is too large to be a count; check it and write it again."),
        (".5", "“.5” begins with a point; write 0.5 if that is what you mean."),
        ("42 pcs", "“pcs”? This is counted in kg; write the number of kg."),
        ("42g", "“g”? This is counted in kg; write the number of kg."),
        ("４２", "“４２” is not written in the digits 0 to 9; write it like 42."),  # noqa: RUF001 - those digits
        ("٤٢", "“٤٢” is not written in the digits 0 to 9; write it like 42."),
        ("1e5", "“1e5” is not a plain number; write it like 42 or 42.5."),
        ("0x1F", "“0x1F” is not a plain number; write it like 42 or 42.5."),
        ("NaN", "“NaN” is not a plain number; write it like 42 or 42.5."),
        ("inf", "“inf” is not a plain number; write it like 42 or 42.5."),
        ("½", "“½” is not a plain number; write it like 42 or 42.5."),
        ("1/2", "“1/2” is not a plain number; write it like 42 or 42.5."),
        ("+5", "“+5” is not a plain number; write it like 42 or 42.5."),
        ("1.000.000", "“1.000.000” is not a plain number; write it like 42 or 42.5."),
        ("42..", "“42..” is not a plain number; write it like 42 or 42.5."),
        ("~40", "“~40” is not a plain number; write it like 42 or 42.5."),
        ("40?", "“40?” is not a plain number; write it like 42 or 42.5."),
        ("none", "“none” is not a plain number; write it like 42 or 42.5."),
        ("(5)", "“(5)” is not a plain number; write it like 42 or 42.5."),
        ("5" * 201, f"“{'5' * 40}…” is not a plain number; write it like 42 or 42.5."),
    ],
)
def test_what_is_not_certain_is_refused_with_what_to_write(text: str, sentence: str) -> None:
    assert refused(text) == sentence


@pytest.mark.parametrize("unit", ["pcs", "ea", "each", "Piece", "pieces", "unit", "units", "PCS"])
def test_pieces_are_whole(unit: str) -> None:
    assert refused("12.5", unit) == f"12.5 {unit}? This is counted in whole pieces."


def test_a_thousand_pieces_with_a_point_are_not_taken_for_one() -> None:
    assert refused("1.000", "pcs") == "“1.000” can mean two things; write 1000 for a thousand, and 1 for one."


@pytest.mark.parametrize(("text", "unit"), [("42100ft", "100ft"), ("1e5", "e5"), ("42 100", "100"), ("42m2", "m2")])
def test_a_unit_with_digits_is_never_split_off_the_number(text: str, unit: str) -> None:
    refused(text, unit)


@given(st.integers(0, 999_999_999_999))
def test_every_quantity_the_books_can_hold_is_read_back(thousandths: int) -> None:
    quantity = Decimal(thousandths).scaleb(-3)
    assert parse_quantity(f"{quantity:f}", unit="kg") == quantity
    assert parse_quantity(f"{quantity:f} kg", unit="kg") == quantity


@given(NUMBERISH | st.text(max_size=30), UNITS | st.text(max_size=8))
@example("1\u20282", "kg")
@example("..", "")
def test_any_text_is_a_quantity_or_a_sentence(text: str, unit: str) -> None:
    try:
        quantity = parse_quantity(text, unit=unit)
    except BadQuantity:
        return
    assert 0 <= quantity < 10**9
    assert quantity == quantity.quantize(Decimal("0.001"))
    digits = "".join(letter for letter in text if letter in "0123456789.")
    assert quantity == Decimal(digits.rstrip(".") or "0") or any(letter.isdigit() or letter == "." for letter in unit)
