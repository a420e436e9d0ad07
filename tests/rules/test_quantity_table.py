"""Runs the worked examples of quantity_table.txt."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from models.errors import BadQuantity
from models.rules.quantities_meaning import Counted, Done, NeedsUnit, Part, understand_quantity
from models.rules.quantities_units import Measure, Pack

D = Decimal
ITEMS = {
    "pcs": Measure("pcs"),
    "ea": Measure("ea", (Pack("case", D(144)), Pack("box", D(12)))),
    "m": Measure("m"),
    "kg": Measure("kg"),
    "l": Measure("l"),
    "hose": Measure("m", (Pack("roll", D(50)),)),
    "cm": Measure("cm"),
    "odd": Measure("Stk", (Pack("BX50", D(50)), Pack("dozen", D(13)), Pack("Karton", D(6)), Pack("inner box", D(5)))),
}
FORMS = {
    "pcs": "Write a whole number of pcs, like 42.",
    "ea": "Write ea, or boxes of 12 or cases of 144: “3 boxes + 4”.",
    "m": "Write m, cm or mm, like “12.5 m”.",
    "kg": "Write kg or g, like “12.5 kg”.",
    "l": "Write l or ml, like “12.5 l”.",
    "hose": "Write m, cm or mm, or rolls of 50: “3 rolls + 4”.",
    "cm": "Write cm, m or mm, like “12.5 cm”.",
    "odd": "Write Stk, or inner boxes of 5, Karton of 6 or dozen of 13: “3 inner boxes + 4”.",
}
TABLE = Path(__file__).with_name("quantity_table.txt")


def rows(*kinds: str) -> list[tuple[str, str, str, str]]:
    """The rows of the kinds ("" for what is counted): item, what is typed, the value behind the kind, the sentence."""
    found = []
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            item, typed, outcome, sentence = row.split(" | ")
            kind, value = re.fullmatch(r"(asks part|asks|part|refused|) ?(.*)", outcome).groups()  # type: ignore[union-attr]  # matches all
            plain = re.sub(
                r"\\(?:u[0-9a-f]{4}|[tnr])", lambda escape: escape[0].encode().decode("unicode_escape"), typed
            )
            if kind in kinds:
                found.append((item, plain, value, sentence.replace("(forms)", FORMS[item])))
    return found


def refused(text: str, item: str, *, asked: bool = False) -> str:
    with pytest.raises(BadQuantity) as refusal:
        understand_quantity(text, ITEMS[item], asked=asked)
    return str(refusal.value)


@pytest.mark.parametrize(("item", "typed", "quantity", "echo"), rows(""))
def test_what_can_be_meant_in_one_way_is_counted_asked_or_not(item: str, typed: str, quantity: str, echo: str) -> None:
    for asked in (False, True):
        assert understand_quantity(typed, ITEMS[item], asked=asked) == Counted(D(quantity), echo)


@pytest.mark.parametrize(("item", "typed", "_", "sentence"), rows("refused"))
def test_what_is_not_certain_is_refused_with_what_to_write(item: str, typed: str, _: str, sentence: str) -> None:
    assert refused(typed, item) == sentence


@pytest.mark.parametrize(("item", "typed", "number", "sentence"), rows("asks"))
def test_a_bare_number_of_an_item_with_packs_is_asked_about(item: str, typed: str, number: str, sentence: str) -> None:
    assert understand_quantity(typed, ITEMS[item]) == NeedsUnit(sentence, number, part=False)


@pytest.mark.parametrize(("item", "typed", "number", "sentence"), rows("asks part"))
def test_a_bare_part_is_asked_about_too(item: str, typed: str, number: str, sentence: str) -> None:
    assert understand_quantity(typed, ITEMS[item]) == NeedsUnit(sentence, number, part=True)


@pytest.mark.parametrize(("item", "typed", "quantity", "echo"), rows("part"))
def test_a_plus_at_the_start_and_more_to_come_make_a_part(item: str, typed: str, quantity: str, echo: str) -> None:
    assert understand_quantity(typed, ITEMS[item]) == Part(D(quantity), echo)


def test_the_table_is_as_large_as_it_should_be() -> None:
    assert len(rows("", "part", "asks", "asks part", "refused")) >= 240


def test_a_page_is_not_read() -> None:
    assert refused("5" * 201, "pcs") == f"“{'5' * 39}…” is too long to be a count. {FORMS['pcs']}"
    assert understand_quantity("5" + " " * 199, ITEMS["pcs"]) == Counted(D(5), "5 pcs")
    assert refused("+1" * 21, "pcs") == f"“{'+1' * 19}+…” has too many numbers; send the total. {FORMS['pcs']}"
    assert understand_quantity("1" + "+1" * 19, ITEMS["pcs"]) == Counted(D(20), f"1{' + 1' * 19} = 20 pcs")
    assert understand_quantity("1cs+" * 19 + "1cs", ITEMS["ea"]) == Counted(D(2880), "2880 ea")


@pytest.mark.parametrize("typed", ["done", "Done.", " DONE \n"])
def test_done_closes_the_parts(typed: str) -> None:
    assert understand_quantity(typed, ITEMS["ea"]) == Done()


def test_the_second_bare_number_is_taken_and_so_is_one_with_a_unit() -> None:
    assert understand_quantity("42", ITEMS["ea"], asked=True) == Counted(D(42), "42 ea")
    assert understand_quantity("1,500", ITEMS["ea"], asked=True) == Counted(D(1500), "1500 ea")
    assert understand_quantity("+42", ITEMS["ea"], asked=True) == Part(D(42), "42 ea")
    assert understand_quantity("3 boxes", ITEMS["ea"], asked=True) == Counted(D(36), "3 boxes = 36 ea")
    assert refused("1.5", "ea", asked=True) == f"1.5 ea? This is counted in whole pieces. {FORMS['ea']}"
    assert refused("1/3", "hose", asked=True) == f"“1/3” has more than three decimals in m; round it. {FORMS['hose']}"


def test_the_number_that_was_asked_about_can_be_completed_by_a_unit_alone() -> None:
    for typed, unit, quantity in (("42", "pcs", 42), ("3 + 4", "boxes", 84), ("2 1/3", "bx", 28)):
        asked = understand_quantity(typed, ITEMS["ea"])
        assert isinstance(asked, NeedsUnit)
        answer = understand_quantity(f"{asked.number} {unit}", ITEMS["ea"], asked=True)
        assert isinstance(answer, Counted)
        assert answer.quantity == quantity


@pytest.mark.parametrize("item", ITEMS)
def test_the_forms_that_are_named_are_accepted(item: str) -> None:
    example = re.search(r"“(.*)”|like (\d+)", FORMS[item])
    assert example is not None
    assert isinstance(understand_quantity(example[1] or example[2], ITEMS[item]), Counted)


@pytest.mark.parametrize(
    ("measure", "typed", "sentence"),
    [
        # Two packs of one name, whichever is meant; the capitals decide nothing.
        (Measure("ea", (Pack("Box", D(12)), Pack("box", D(24)))), "3 box", "“box” can mean two packs of this item."),
        (Measure("ea", (Pack("pack", D(6)), Pack("packet", D(4)))), "3 pkt", "“pkt” can mean two packs of this item."),
        (Measure("pcs", (Pack("unit", D(10)),)), "3 pieces", "“pieces” can mean two packs of this item."),
        # Names that nobody can write.
        (Measure("ea", (Pack("x", D(12)),)), "3 x", "“3 x” is not clear to me. Write a whole number of ea, like 42."),
        (Measure("m2"), "42m2", "“m” is not a unit of this item. Write a number of m2, like 42.5."),  # a slip, perhaps
        (Measure("100"), "42 100", "“42 100” has a space in a number; write it without, like 1000."),
        (Measure(""), "3 kg", "“kg” is not a unit of this item. Write a number, like 42.5."),
        (Measure("roll"), "3 pcs", "“pcs” is not a unit of this item. Write a number of roll, like 42.5."),
    ],
)
def test_a_unit_that_is_not_certain_is_refused(measure: Measure, typed: str, sentence: str) -> None:
    with pytest.raises(BadQuantity) as refusal:
        understand_quantity(typed, measure)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("measure", "typed", "quantity"),
    [
        (Measure("ea", (Pack("box", D(12)), Pack("bx", D(24)))), "3 bx", D(72)),  # the very name comes first
        (Measure("ea", (Pack("box", D(12)), Pack("bx", D(24)))), "3 boxes", D(36)),  # then its plural
        (Measure("ea", (Pack("each", D(1)),)), "42", D(42)),  # a pack of one makes nothing ambiguous
        (Measure("ea", (Pack("x", D(12)),)), "42", D(42)),  # nor one that cannot be written
        (Measure("box", (Pack("case", D(12)),)), "2 cs 3", D(27)),
        (Measure("box"), "3 bx", D(3)),
        (Measure("roll"), "2.5 rls", D("2.5")),
        (Measure("roll"), "2 dozen", D(24)),
        (Measure("Meter"), "2 m 50 cm", D("2.5")),
        (Measure("m2"), "42 m2", D(42)),
        (Measure("", ()), "42", D(42)),
        (Measure("kg", (Pack("bag", D("12.5")),)), "3 bags + 2.5 kg", D(40)),
        (Measure("pcs", (Pack("6pk", D(6)),)), "3 6pk", D(18)),
        # Names that would make 3 x 10 boxes and 3 1/2 boxes two things are no names.
        (Measure("pcs", (Pack("box", D(12)), Pack("10 box", D(100)))), "3 x 10 box", D(360)),
        (Measure("pcs", (Pack("box", D(12)), Pack("1/2 box", D(5)))), "3 1/2 box", D(42)),
    ],
)
def test_an_item_is_counted_in_what_it_has(measure: Measure, typed: str, quantity: Decimal) -> None:
    answer = understand_quantity(typed, measure)
    assert isinstance(answer, Counted)
    assert answer.quantity == quantity
