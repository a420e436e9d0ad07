from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.quantities_units import Measure, Pack
from models.rules.slips import likely_slip

D = Decimal
PIECES = Measure("pcs")
TENS = Measure("ea", (Pack("box", D(10)),))
BOXED = Measure("ea", (Pack("box", D(12)), Pack("case", D(144))))
HOSE = Measure("m", (Pack("roll", D(50)),))
BAGS = Measure("kg", (Pack("bag", D("12.5")),))
SOLD_BY_THE_BOX = Measure("box", (Pack("case", D(6)),))


@pytest.mark.parametrize(
    ("measure", "counted", "on_hand", "hint"),
    [
        (TENS, "12", "120", "12 x 10 is the record: boxes counted as pieces?"),
        (TENS, "120", "12", "12 x 10 was counted: pieces counted as boxes?"),
        (BOXED, "3", "36", "3 x 12 is the record: boxes counted as pieces?"),
        (BOXED, "2", "288", "2 x 144 is the record: cases counted as pieces?"),
        (BOXED, "288", "2", "2 x 144 was counted: pieces counted as cases?"),
        (BOXED, "1000", "12000", "1,000 x 12 is the record: boxes counted as pieces?"),
        (HOSE, "3", "150", "3 x 50 is the record: rolls counted as m?"),
        (HOSE, "25", "0.5", "0.5 x 50 was counted: m counted as rolls?"),
        (BAGS, "4", "50", "4 x 12.5 is the record: bags counted as kg?"),
        (SOLD_BY_THE_BOX, "7", "42", "7 x 6 is the record: cases counted as box?"),
        (Measure("", (Pack("box", D(12)),)), "3", "36", "3 x 12 is the record: boxes counted as loose ones?"),
        (Measure("box", (Pack("piece", D("0.1")),)), "120", "12", "120 x 0.1 is the record: piece counted as box?"),
        (PIECES, "12", "120", "12 x 10 is the record: a zero missing?"),
        (PIECES, "120", "12", "12 x 10 was counted: a zero too many?"),
        (PIECES, "12", "1200", "12 x 100 is the record: zeros missing?"),
        (PIECES, "12000", "12", "12 x 1,000 was counted: zeros too many?"),
        (BAGS, "1.5", "15", "1.5 x 10 is the record: the decimal mark moved?"),
        (BAGS, "1234", "1.234", "1.234 x 1,000 was counted: the decimal mark moved?"),
        (PIECES, "108", "180", "108 for 180: two digits swapped?"),
        (PIECES, "21", "12", "21 for 12: two digits swapped?"),
        (PIECES, "1243", "1234", "1,243 for 1,234: two digits swapped?"),
        (BAGS, "12.45", "12.54", "12.45 for 12.54: two digits swapped?"),
        (BAGS, "12.5", "15.2", "12.5 for 15.2: two digits swapped?"),
        (BAGS, "1.05", "1.5", "1.05 for 1.5: two digits swapped?"),
        (BOXED, "12", "21", "12 for 21: two digits swapped?"),
        (BOXED, "100", "1000", "100 x 10 is the record: a zero missing?"),
    ],
)
def test_a_slip_that_explains_the_variance_is_asked_about(
    measure: Measure, counted: str, on_hand: str, hint: str
) -> None:
    assert likely_slip(D(counted), D(on_hand), measure) == hint.replace(" x ", " \N{MULTIPLICATION SIGN} ")


UNEXPLAINED = {
    BOXED: "36 36, 36.000 36, 0 36, 36 0, 0 0, 3 -36, -3 36, 35 36, 3 37",
    # No packs; 012, which nobody writes; a digit more; digits not side by side; two swaps; no swap; ten thousand times.
    PIECES: "3 36, 12 102, 12 210, 321 123, 2143 1234, 22 11, 1 10000",
    Measure("ea", (Pack("each", D(1)),)): "5 6",
}


@pytest.mark.parametrize(
    ("measure", "numbers"), [(measure, pair) for measure, pairs in UNEXPLAINED.items() for pair in pairs.split(", ")]
)
def test_other_variances_have_no_such_explanation(measure: Measure, numbers: str) -> None:
    counted, on_hand = map(D, numbers.split())
    assert likely_slip(counted, on_hand, measure) is None


QUANTITIES = st.integers(1, 10**9 - 1).map(lambda thousandths: D(thousandths).scaleb(-3))
PACKS = st.lists(
    st.builds(
        Pack, st.sampled_from(["box", "case", "Karton", "BX50"]), st.integers(1, 500_000).map(lambda n: D(n).scaleb(-3))
    ),
    max_size=3,
).map(tuple)


@given(QUANTITIES, st.integers(2, 500), st.sampled_from(["pcs", "kg"]))
def test_packs_counted_as_pieces_are_always_seen_either_way(pieces: Decimal, factor: int, unit: str) -> None:
    measure = Measure(unit, (Pack("box", D(factor)),))
    loose = "pieces" if unit == "pcs" else "kg"
    assert str(likely_slip(pieces, pieces * factor, measure)).endswith(f"is the record: boxes counted as {loose}?")
    assert str(likely_slip(pieces * factor, pieces, measure)).endswith(f"was counted: {loose} counted as boxes?")


@given(st.integers(10, 10**9), st.data())
def test_two_neighbours_swapped_are_always_seen(number: int, data: st.DataObject) -> None:
    digits = str(number)
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    hint = likely_slip(D(swapped), D(number), PIECES)
    if swapped == digits or swapped.startswith("0"):
        assert hint is None or "swapped" not in hint
    else:
        assert hint == f"{int(swapped):,} for {number:,}: two digits swapped?" or " \N{MULTIPLICATION SIGN} 10" in str(
            hint
        )


@given(QUANTITIES, QUANTITIES, st.builds(Measure, st.sampled_from(["pcs", "m", "", "box"]), PACKS))
def test_the_hint_is_a_short_question_and_seen_from_both_sides(
    counted: Decimal, on_hand: Decimal, measure: Measure
) -> None:
    hint, other = likely_slip(counted, on_hand, measure), likely_slip(on_hand, counted, measure)
    assert (hint is None) == (other is None)
    if hint is not None:
        assert counted != on_hand
        assert hint.endswith("?")
        assert len(hint) < 120
