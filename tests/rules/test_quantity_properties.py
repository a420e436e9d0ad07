"""What holds for every text and every item: an answer or a sentence, and never a number that was not written."""

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import assume, example, given
from hypothesis import strategies as st

from models.errors import BadQuantity
from models.rules import quantities_tokens
from models.rules.quantities import LONGEST
from models.rules.quantities_meaning import Answer, Counted, Done, NeedsUnit, Part, understand_quantity
from models.rules.quantities_tokens import Kind, folded, tokens
from models.rules.quantities_units import Measure, Pack

D = Decimal
BOXED = Measure("ea", (Pack("box", D(12)), Pack("case", D(144))))
UNIT_NAMES = st.sampled_from(
    ["ea", "pcs", "Stk", "m", "cm", "mm", "kg", "g", "l", "ml", "roll", "box", "m2", "100", "", "x", "Stück", "pair"]
)
PACK_NAMES = st.sampled_from(
    [
        *(
            "box",
            "Box",
            "boxes",
            "bx",
            "case",
            "cs",
            "carton",
            "dozen",
            "dz",
            "pack",
            "pkt",
            "packet",
            "BX50",
            "6pk",
            "x",
        ),
        *("inner box", "box of 12", "1/2 box", "10 box", "ctn.", "m", "of", "done", "pcs", "12", "Karton", "m²", "a-b"),
    ]
)
FACTORS = st.integers(1, 10**6).map(lambda thousandths: D(thousandths).scaleb(-3)) | st.integers(1, 500).map(D)
PACKS = st.lists(st.builds(Pack, PACK_NAMES | st.text(min_size=1, max_size=20), FACTORS), max_size=4)
MEASURES = st.builds(Measure, UNIT_NAMES | st.text(max_size=20), PACKS.map(tuple))
PIECES = st.sampled_from(
    [
        *(
            "0",
            "1",
            "3",
            "12",
            "40",
            "1,234",
            "1.234",
            "1.5",
            "1,5",
            "1'000",
            "1\u202f000",
            "½",
            "1/2",
            "1 1/2",
            "٤",
            "²",
        ),
        *(
            "+",
            "-",
            "x",
            "*",
            "=",
            ".",
            ",",
            ";",
            ":",
            "/",
            "@",
            "&",
            "of",
            "and",
            "more to come",
            "done",
            "\n",
            "\t",
            " ",
        ),
        *(
            "box",
            "boxes",
            "bx",
            "cs",
            "case",
            "ea",
            "pcs",
            "dozen",
            "dz",
            "m",
            "cm",
            "mm",
            "kg",
            "g",
            "l",
            "ml",
            "BX50",
        ),
        *("rolls", "inner box", "Karton", "pkt", "\u00a0", "\u200b", "?", "none", "6pk", "m2"),
    ]
)
WRITTEN = st.lists(PIECES, max_size=9).flatmap(
    lambda pieces: st.sampled_from(["", " ", "  "]).map(lambda space: space.join(pieces))
)
TEXTS = WRITTEN | st.text(max_size=60) | st.text(alphabet="0123456789.,+x /½\t\nbox", max_size=16)


def heard(text: str, measure: Measure, *, asked: bool = False) -> Answer | str:
    """The answer, or the sentence of the refusal."""
    try:
        return understand_quantity(text, measure, asked=asked)
    except BadQuantity as refusal:
        return str(refusal)


@given(text=TEXTS, measure=MEASURES, asked=st.booleans())
@example(text="1⅟2", measure=BOXED, asked=True)
@example(text="\u202e12", measure=BOXED, asked=True)
@example(text="3 \u017f", measure=Measure("s", (Pack("\u017f", D(2)),)), asked=False)
@example(text="x" * 10_000, measure=BOXED, asked=False)
def test_any_text_gives_an_answer_or_a_short_sentence(text: str, measure: Measure, *, asked: bool) -> None:
    answer = heard(text, measure, asked=asked)
    if isinstance(answer, Counted | Part):
        assert 0 <= answer.quantity < 10**9
        assert answer.quantity == answer.quantity.quantize(D("0.001"))
        assert any(letter.isdigit() or letter in "½¼¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞" for letter in text)
    elif not isinstance(answer, Done):
        assert not (asked and isinstance(answer, NeedsUnit))
        sentence = answer if isinstance(answer, str) else answer.sentence
        assert sentence.endswith((".", "?"))
        assert len(sentence) < 300


@st.composite
def in_own_units(draw: st.DrawFn) -> tuple[str, Measure]:
    """An item, and a text that uses the names of its units."""
    measure = draw(MEASURES)
    names = st.sampled_from([measure.unit, *(pack.name for pack in measure.packs), "", "cm", "dz", "bx"])
    numbers = st.sampled_from(["0", "1", "3", "12", "1.2345", "1.5", "1,5", "½", "1 1/2", "1,234"])
    terms = st.tuples(numbers, st.sampled_from(["", " ", " x "]), names).map("".join)
    return draw(st.sampled_from([" + ", " ", ", ", "\n"])).join(draw(st.lists(terms, min_size=1, max_size=3))), measure


@given(in_own_units() | st.tuples(TEXTS, MEASURES))
@example(("3 box", Measure("ea", (Pack("box", D(12)), Pack("boxes", D(24))))))
@example(("1125 mm", Measure("m")))
@example(("1.2343 m", Measure("mm")))
@example(("42 ea", Measure("ea", (Pack("box", D(12)),))))
def test_the_echo_is_understood_as_the_same_quantity(typed: tuple[str, Measure]) -> None:
    text, measure = typed
    answer = heard(text, measure, asked=True)
    if isinstance(answer, Counted | Part):
        again = heard(answer.echo, measure, asked=True)
        assert isinstance(again, Counted)
        assert again.quantity == answer.quantity


@given(TEXTS, MEASURES)
def test_being_asked_changes_nothing_but_that(text: str, measure: Measure) -> None:
    before, after = heard(text, measure), heard(text, measure, asked=True)
    if not isinstance(before, NeedsUnit):
        # What two readings are said to be may differ: before the question they are bare numbers.
        assert after == before or (isinstance(before, str) and " can be " in before)
    elif not isinstance(after, str):
        assert isinstance(after, Part if before.part else Counted)


SPACES = st.sampled_from(["", " ", "  ", "\u00a0", "\u200b "])
PLUSES = st.sampled_from(["+", " + ", " +", "+ ", " and ", " & ", "\n+ ", " ＋ ", "\t+\t"])  # noqa: RUF001 - a phone's plus
TIMES = st.sampled_from(["x", "X", "*", " x ", " × ", " ✕ "])  # noqa: RUF001 - what is typed for times
WORDS = {
    1: st.sampled_from(["ea", "EA", "pcs", "pc.", "each", "pieces", "Stk", "Stück"]),
    12: st.sampled_from(["box", "boxes", "bx", "BOX", "bxs", "Boxes"]),
    144: st.sampled_from(["case", "cases", "cs", "CS", "cs."]),
}


@st.composite
def number(draw: st.DrawFn, value: int) -> str:
    """A whole number the ways it is written that can only be that number."""
    grouped = f"{value:,}"
    ways = [str(value), f"0{value}"]
    if value >= 1000:
        ways += [grouped.replace(",", mark) for mark in ("'", "’", "\u00a0", "\u202f", "\u2009")]  # noqa: RUF001 - the marks themselves
    if value >= 10**6:
        ways += [grouped, grouped.replace(",", ".")]
    text = draw(st.sampled_from(ways))
    fullwidth = str.maketrans("0123456789", "０１２３４５６７８９")  # noqa: RUF001 - what is typed in Japan
    return text.translate(fullwidth) if draw(st.booleans()) else text


@st.composite
def term(draw: st.DrawFn, factor: int) -> tuple[str, int]:
    """A number of a unit, perhaps as a product, and how many pieces that is."""
    times = draw(st.integers(1, 9)) if draw(st.booleans()) else None
    count = draw(st.integers(1, 3000).filter(lambda count: count not in (12, 144)))
    text = draw(number(count)) + draw(SPACES) + draw(WORDS[factor])
    return (text, count * factor) if times is None else (f"{times}{draw(TIMES)}{text}", times * count * factor)


@st.composite
def marked_sum(draw: st.DrawFn) -> tuple[str, int]:
    """Terms with their units, joined with a plus, in any order, perhaps with loose ones at the end."""
    parts: Sequence[tuple[str, int]] = draw(
        st.lists(st.sampled_from([1, 12, 144]).flatmap(term), min_size=1, max_size=5)
    )
    text, total = parts[0]
    for more, quantity in parts[1:]:
        text, total = text + draw(PLUSES) + more, total + quantity
    if draw(st.booleans()):
        loose = draw(st.integers(1, 2000))
        text, total = text + draw(PLUSES) + draw(number(loose)), total + loose
    return text, total


@given(marked_sum())
def test_a_sum_is_what_its_parts_come_to(written: tuple[str, int]) -> None:
    text, total = written
    assume(len(text) <= LONGEST)
    answer = understand_quantity(text, BOXED)
    assert isinstance(answer, Counted)
    assert answer.quantity == total
    assert answer.echo.endswith(f"{total} ea")


@given(
    *(st.integers(0, 11) for _ in range(3)),
    st.sampled_from([" ", ", ", "; ", "  ", "\n", "\u00a0"]),
    st.data(),
)
def test_side_by_side_from_large_to_small_adds_up(
    cases: int, boxes: int, loose: int, between: str, data: st.DataObject
) -> None:
    text = between.join(
        f"{count}{data.draw(SPACES)}{data.draw(WORDS[factor])}" for count, factor in ((cases, 144), (boxes, 12))
    )
    answer = understand_quantity(f"{text}{between}{loose}", BOXED)
    assert isinstance(answer, Counted)
    assert answer.quantity == 144 * cases + 12 * boxes + loose


@given(st.integers(0, 10**9 - 1), st.sampled_from(["m", "kg", "l"]), st.sampled_from([".", ","]), st.data())
def test_a_decimal_point_is_exact_and_a_comma_in_doubt_refused_with_both_readings(
    thousandths: int, unit: str, mark: str, data: st.DataObject
) -> None:
    whole, rest = divmod(thousandths, 1000)
    digits = f"{rest:03d}" if data.draw(st.booleans()) else f"{rest:03d}".rstrip("0")
    text = f"{whole}{mark}{digits}" if digits else str(whole)
    answer = heard(f"{text} {unit}", Measure(unit))
    if mark == "," and len(digits) == 3 and 1 <= whole < 1000:
        assert isinstance(answer, str)
        assert f"{whole}{digits} {unit}" in answer
        assert f"{whole}.{digits} {unit}".replace(".000 ", " ") in answer or digits.endswith("0")
    else:
        assert isinstance(answer, Counted)
        assert answer.quantity == D(thousandths).scaleb(-3)


@given(st.integers(0, 10**6 - 1), st.sampled_from([("m", "cm", 100), ("m", "mm", 1000), ("kg", "g", 1000)]))
def test_metric_units_are_converted_exactly(count: int, units: tuple[str, str, int]) -> None:
    large, small, size = units
    down, up = (
        understand_quantity(f"{count} {large}", Measure(small)),
        understand_quantity(f"{count} {small}", Measure(large)),
    )
    assert isinstance(down, Counted)
    assert isinstance(up, Counted)
    assert down.quantity == count * size
    assert up.quantity * size == count


@given(st.text(alphabet="0123456789\u00a0 .,'+x/box½\n\t:", max_size=400))
@example("1\u00a0" * 100)
@example("1," * 100)
@example("1/" * 100)
def test_every_character_is_read_once(text: str) -> None:
    """The tokens are the text, cut into pieces: no character belongs to two, and so none is gone over again."""
    plain = folded(text)
    found = [token for token in tokens(plain) if token.kind not in (Kind.LINE, Kind.CELL)]
    spaces = f" \t\n{quantities_tokens.GROUP_SPACE}"
    assert "".join(token.text for token in found).replace(quantities_tokens.GROUP_SPACE, "") == "".join(
        letter for letter in plain if letter not in spaces
    )
    assert len(plain) <= 7 * len(text)
