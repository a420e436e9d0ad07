from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import replies
from models.rules.quantities_meaning import Counted, Done, Part
from models.rules.quantities_units import Pack
from models.rules.replies import SheetLine, Understood, understand

D = Decimal
FORM = "Write a whole number of pcs, like 42."


def line(line_id: int, sku: str, location: str, name: str = "", unit: str = "pcs") -> SheetLine:
    return SheetLine(line_id, sku, name or f"Item {sku}", location, unit, countable=True)


SHEET = (
    line(1, "BOLT-10", "A-01-03", "Bolt M10x40"),
    line(2, "BOLT-1", "A-01-04"),
    line(3, "FUSE-15", "A-01-05", "Fuse 15 A"),
    line(4, "FUSE-15", "B-02-01", "Fuse 15 A"),
    line(5, "10002", "C-1"),
    line(6, "SEAL", "10002"),
    line(7, 'Pipe 3/4"', "D 1", unit="m"),
    line(8, "BOLT", "E-1"),
    line(9, "BOLT 10", "E-2"),
    line(10, "OIL", "DOCK", "Oil filter W 712"),
    line(11, "X&Y <1>", "DOCK", unit="kg"),
    line(12, "20", "20"),
)
ONE_LEFT = tuple(replace(each, countable=each.line_id == 1) for each in SHEET)


def counted(text: str, sheet: tuple[SheetLine, ...] = SHEET) -> dict[int, Decimal | None]:
    found = understand(text, sheet)
    assert found.questions == ()
    return {count.line_id: count.quantity for count in found.counts}


def asked(text: str, sheet: tuple[SheetLine, ...] = SHEET) -> str:
    found = understand(text, sheet)
    assert found.counts == ()
    return "\n".join(found.questions)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("BOLT-10 42", {1: D(42)}),
        ("bolt-10: 42", {1: D(42)}),
        ("BOLT-10:42", {1: D(42)}),
        ("BOLT-10 = 42 pcs", {1: D(42)}),
        ("BOLT-10, 42.", {1: D(42)}),
        ("A-01-03: 42", {1: D(42)}),
        ("a-01-03 42", {1: D(42)}),
        ("A-01-03 BOLT-10 42", {1: D(42)}),
        ("BOLT-10 A-01-03 42", {1: D(42)}),
        ("BOLT-10 (A-01-03): 42", {1: D(42)}),
        ("A-01-03 · Bolt M10x40 · BOLT-10 42", {1: D(42)}),
        ("A-01-03 / BOLT-10 42", {1: D(42)}),
        ("BOLT-10 0", {1: D(0)}),
        ("- BOLT-10 5", {1: D(5)}),
        ("• BOLT-10 5", {1: D(5)}),
        ("1. BOLT-10 5\n2) BOLT-1 6", {1: D(5), 2: D(6)}),
        ("*BOLT-10* 42", {1: D(42)}),
        ("`BOLT-10` *42*", {1: D(42)}),
        ("_BOLT-10 42_", {1: D(42)}),
        ("BOLT-10 42 :+1:", {1: D(42)}),
        ("BOLT‑10 42", {1: D(42)}),  # noqa: RUF001 - the dash that a web page has
        ("<http://BOLT-10|BOLT-10> 7", {1: D(7)}),
        ("<@U0BOT> BOLT-10 7", {1: D(7)}),
        ("BOLT-10 42\n\nBOLT-1 7\nB-02-01: 0", {1: D(42), 2: D(7), 4: D(0)}),
        ("BOLT-1 5", {2: D(5)}),
        ("BOLT 5", {8: D(5)}),
        ("BOLT 10 5", {9: D(5)}),
        ("B-02-01 5", {4: D(5)}),
        ("FUSE-15 B-02-01: 5", {4: D(5)}),
        ("B-02-01 Fuse 15 A 5", {4: D(5)}),
        ("C-1 10002 5", {5: D(5)}),
        ("C-1: 5", {5: D(5)}),
        ("SEAL 10002 5", {6: D(5)}),
        ("20 5", {12: D(5)}),  # SKU and bin of one line
        ('Pipe 3/4" 2.5', {7: D("2.5")}),
        ("pipe 3/4” 2.5 m", {7: D("2.5")}),
        ("D 1 2.5", {7: D("2.5")}),
        ("X&amp;Y &lt;1&gt; 2.5 kg", {11: D("2.5")}),
        ("BOLT-10 42\nbolt-10: 42", {1: D(42)}),  # the same number twice is one count
        ("hello, first half:\nBOLT-10 42\nBOLT-1 7\nmore to come", {1: D(42), 2: D(7)}),  # of the sheet, perhaps
        ("BOLT-10 1\u202f000", {1: D(1000)}),
        ("BOLT-10 1\u00a0234\u00a0567 pcs", {1: D(1234567)}),
        ("A-01-03\tBolt M10x40\tBOLT-10\t42\nA-01-04\t\tBOLT-1\t3 pcs", {1: D(42), 2: D(3)}),
        ("BOLT-10 3x12+4", {1: D(40)}),
        ('Pipe 3/4" 1,5 m + 20 cm', {7: D("1.7")}),
        ("X&amp;Y &lt;1&gt; 1.234 kg", {11: D("1.234")}),
        ("FUSE-15 B-02-01 2 doz", {4: D(24)}),
    ],
)
def test_a_reply_that_can_be_read_in_one_way_is_counted(text: str, counts: dict[int, Decimal]) -> None:
    assert counted(text) == counts


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("BOLT-l0 42", "BOLT-l0 is not on this sheet. Did you mean BOLT-10 (A-01-03)?"),
        ("A-01-30: 4", "A-01-30 is not on this sheet. Did you mean A-01-03 (BOLT-10)?"),
        ("FUSE15 4", "FUSE15 is not on this sheet. Did you mean FUSE-15 (A-01-05 or B-02-01)?"),
        ("Fuse 15A 4", "Fuse 15A is not on this sheet. Did you mean FUSE-15 (A-01-05 or B-02-01)?"),
        ("10020 4", "10020 is not on this sheet. Did you mean 10002 (C-1)?"),
        ("zzz 4", "“zzz” is not on this sheet. Write SKU and quantity, one a line."),
        ("FUSE-15 3", "FUSE-15 is in A-01-05 and B-02-01. Write the bin too, like A-01-05 FUSE-15 and the quantity."),
        ("DOCK 3", "DOCK holds OIL and X&Y <1>. Write the SKU too, like DOCK OIL and the quantity."),
        ("DOCK 2.5", "DOCK holds OIL and X&Y <1>. Write the SKU too, like DOCK OIL and the quantity."),  # only kg may
        ("10002 5", "That can mean 10002 (C-1) or SEAL (10002). Write both bin and SKU."),
        ("BOLT 10", "“BOLT 10” can be read in two ways. Write bin, SKU and quantity in one line."),
        ("20", "I found no number for 20 (20). Write 20 and the quantity."),
        ("20 20", "“20 20” can be read in two ways. Write bin, SKU and quantity in one line."),
        ("A-01-03 10002", "“A-01-03 10002” can be read in two ways. Write bin, SKU and quantity in one line."),
        ("BOLT-10", "I found no number for BOLT-10 (A-01-03). Write BOLT-10 and the quantity."),
        ("BOLT-10: none", "I found no number for BOLT-10 (A-01-03). Write BOLT-10 and the quantity."),
        (
            "the DOCK is closed",
            "“the DOCK is closed” is not clear to me. Begin with the SKU or bin, then the quantity.",
        ),
        ("42 BOLT-10", "“42 BOLT-10” is not clear to me. Begin with the SKU or bin, then the quantity."),
        ("Item BOLT-10 42", "“Item BOLT-10 42” is not clear to me. Begin with the SKU or bin, then the quantity."),
        ("Item SEAL 5", "“Item SEAL 5” is not clear to me. Begin with the SKU or bin, then the quantity."),
        ("~BOLT-10 42~", "“~BOLT-10 42~” is not clear to me. Begin with the SKU or bin, then the quantity."),
        ("BOLT-10 -5", "BOLT-10 (A-01-03): “-5” is less than nothing; write what is there, 0 or more."),
        ("BOLT-10 − 5", "BOLT-10 (A-01-03): “− 5” is less than nothing; write what is there, 0 or more."),  # noqa: RUF001 - the minus sign that phones type
        ("BOLT-10 12.5", f"BOLT-10 (A-01-03): 12.5 pcs? This is counted in whole pieces. {FORM}"),
        ("BOLT-10 42 FUSE 3", f"BOLT-10 (A-01-03): “fuse” is not a unit of this item. {FORM}"),
        ("BOLT-10 (5)", f"BOLT-10 (A-01-03): “(5)” is not clear to me. {FORM}"),
        ("&gt; BOLT-10 4", replies.QUOTED),
        ("42", "Which item is “42”? Write the SKU or bin before it."),
        ("back in 5 minutes", "“back in” is not on this sheet. Write SKU and quantity, one a line."),
        ("it is about 5 in there", "“it is about 5 in there” is not clear to me. Write SKU and quantity, one a line."),
        ("1" * 501, f"“{'1' * 60}…” is too long to be a count. Write SKU and quantity, one a line."),
    ],
)
def test_what_is_not_certain_is_asked_about(text: str, question: str) -> None:
    assert asked(text) == question


@pytest.mark.parametrize(
    "text",
    [
        "ok, thanks",
        "on my way",
        "",
        " \n ",
        "<@U012AB3> ok",
        ":100: :tada:",
        "see you at the dock",
        "oil looks fine",
        "?",
    ],
)
def test_talk_is_left_alone(text: str) -> None:
    assert understand(text, SHEET) == Understood((), ())


@pytest.mark.parametrize(
    ("text", "quantity"), [("42", D(42)), (" 42 pcs ", D(42)), ("• 42", D(42)), ("0", D(0)), ("ok\n42", D(42))]
)
def test_a_bare_number_is_the_only_line_left(text: str, quantity: Decimal) -> None:
    assert counted(text, ONE_LEFT) == {1: quantity}


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("-5", "BOLT-10 (A-01-03): “-5” is less than nothing; write what is there, 0 or more."),
        ("- 5", "BOLT-10 (A-01-03): “- 5” is less than nothing; write what is there, 0 or more."),
        ("1 000", "BOLT-10 (A-01-03): “1 000” has a space in a number; write it without, like 1000."),
        ("42 kg", f"BOLT-10 (A-01-03): “kg” is not a unit of this item. {FORM}"),
        ("2.5", f"BOLT-10 (A-01-03): 2.5 pcs? This is counted in whole pieces. {FORM}"),
        ("77001 4", "“77001” is not on this sheet. Write SKU and quantity, one a line."),
        ("42\n43", "BOLT-10 (A-01-03) comes more than once in this message. Write it once, with one number."),
        ("BOLT-10 42\n43", "BOLT-10 (A-01-03) comes more than once in this message. Write it once, with one number."),
    ],
)
def test_a_bare_number_is_refused_like_any_other(text: str, question: str) -> None:
    assert asked(text, ONE_LEFT) == question


def test_a_bare_number_with_nothing_left_is_not_given_to_anything() -> None:
    nothing_left = tuple(replace(each, countable=False) for each in SHEET)
    assert asked("42", nothing_left) == "Nothing is left for you to count here. To correct a number, write its SKU too."


def test_a_named_line_is_understood_though_it_is_counted_already() -> None:
    assert counted("BOLT-1 5", ONE_LEFT) == {2: D(5)}


def test_two_numbers_for_one_line_count_nothing_for_it_and_leave_the_others() -> None:
    found = understand("BOLT-10 42\nBOLT-1 7\nA-01-03: 43", SHEET)
    assert [(count.line_id, count.quantity) for count in found.counts] == [(2, D(7))]
    assert found.questions == (
        "BOLT-10 (A-01-03) comes more than once in this message. Write it once, with one number.",
    )


def test_a_number_is_not_kept_when_another_for_the_same_line_was_not_understood() -> None:
    found = understand("BOLT-10 42\nBOLT-10 4x\nBOLT-1 7", SHEET)
    assert [count.line_id for count in found.counts] == [2]
    assert len(found.questions) == 2


def test_what_was_typed_is_kept_as_it_was_seen() -> None:
    (count,) = understand("•  Bolt-10   = 42 pcs", SHEET).counts
    assert (count.line_id, count.quantity, count.typed) == (1, D(42), "• Bolt-10 = 42 pcs")


def test_skus_that_differ_only_in_capitals_need_their_bin() -> None:
    sheet = (line(1, "ab-1", "A-1"), line(2, "AB-1", "A-2"))
    assert asked("AB-1 5", sheet) == "That can mean ab-1 (A-1) or AB-1 (A-2). Write both bin and SKU."
    assert counted("A-2 AB-1 5", sheet) == {2: D(5)}


def test_a_name_is_no_reference_and_an_empty_one_no_part_of_it() -> None:
    sheet = (SheetLine(1, "NUT", "", "A-1", "pcs", countable=True), line(2, "M6", "A-2", "Hex nut"))
    assert counted("NUT = 42", sheet) == {1: D(42)}
    assert asked("NUT = = 42", sheet) == f"NUT (A-1): “= 42” is not clear to me. {FORM}"
    assert asked("Hex nut 42", sheet) == "Hex nut is not on this sheet. Did you mean M6 (A-2)?"


def test_a_pasted_page_is_asked_about_in_a_few_sentences() -> None:
    found = understand("\n".join(f"row{number} 1" for number in range(600)), SHEET)
    assert len(found.questions) == replies.MOST_QUESTIONS + 1
    assert found.questions[0] == "I read the first 500 lines only. Send the others in another message."
    assert found.questions[-1] == "491 more lines were not understood. Send fewer lines at a time."


def test_many_bins_of_one_sku_are_named_in_part() -> None:
    sheet = tuple(line(number, "NUT", f"A-{number}") for number in range(1, 9))
    assert asked("NUT 5", sheet).startswith("NUT is in A-1, A-2, A-3, A-4, A-5 and 3 more. Write the bin too")


BOXED = (
    SheetLine(1, "BOLT-10", "Bolt M10x40", "A-01-03", "pcs", countable=True, packs=(Pack("box", D(50)),)),
    line(2, "NUT", "A-01-04"),
)
ASKED = (replace(BOXED[0], asked="12"), BOXED[1])
QUESTION = "BOLT-10 (A-01-03): 12 what? Boxes hold 50. Write “BOLT-10 12 pcs” or “BOLT-10 12 boxes”."


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("BOLT-10 3 boxes + 4", Counted(D(154), "3 boxes + 4 = 154 pcs")),
        ("BOLT-10 12 pcs", Counted(D(12), "12 pcs")),
        ("BOLT-10\t3\tboxes", Counted(D(150), "3 boxes = 150 pcs")),
        ("BOLT-10 0", Counted(D(0), "0 pcs")),
        ("BOLT-10 +3 bx", Part(D(150), "3 boxes = 150 pcs")),
        ("BOLT-10 3 bx, more to come", Part(D(150), "3 boxes = 150 pcs")),
        ("BOLT-10 3 bx\nMore to come.", Part(D(150), "3 boxes = 150 pcs")),
        ("BOLT-10 done", Done()),
        ("A-01-03: Done.", Done()),
    ],
)
def test_packs_parts_and_the_end_of_parts_are_understood(text: str, given: Counted | Part | Done) -> None:
    for sheet in (BOXED, ASKED):
        found = understand(text, sheet)
        assert [(one.line_id, one.given) for one in found.counts] == [(1, given)]
        assert (found.questions, found.asked) == ((), ())


@pytest.mark.parametrize("text", ["BOLT-10 12", "BOLT-10: 12.", "A-01-03 3 + 9"])
def test_a_bare_number_of_an_item_with_packs_is_asked_about_and_then_taken(text: str) -> None:
    asked = understand(text, BOXED)
    assert (asked.counts, asked.questions) == ((), ())
    assert [(one.line_id, one.number, one.sentence) for one in asked.asked] == [(1, "12", QUESTION)]
    again = understand(text, ASKED)
    assert [(one.line_id, one.quantity) for one in again.counts] == [(1, D(12))]
    assert again.asked == ()


def test_a_bare_part_is_asked_about_as_a_part() -> None:
    for text in ("BOLT-10 +12", "BOLT-10 12\nmore to come"):
        (asked,) = understand(text, BOXED).asked
        assert asked.number == "+12"
        assert asked.sentence.endswith("Write “BOLT-10 +12 pcs” or “BOLT-10 +12 boxes”.")


def test_a_unit_alone_completes_the_number_that_was_asked_about() -> None:
    assert counted("BOLT-10 boxes", ASKED) == {1: D(600)}
    assert counted("BOLT-10 pcs", ASKED) == {1: D(12)}
    (part,) = understand("BOLT-10 boxes", (replace(BOXED[0], asked="+12"),)).counts
    assert part.given == Part(D(600), "12 boxes = 600 pcs")
    assert asked("BOLT-10 drums", ASKED) == "I found no number for BOLT-10 (A-01-03). Write BOLT-10 and the quantity."
    assert asked("BOLT-10 boxes", BOXED) == "I found no number for BOLT-10 (A-01-03). Write BOLT-10 and the quantity."


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("boxes", 600), ("12 boxes", 600), ("Pcs.", 12), ("12 pcs", 12), ("12", 12), (" 12 bx ", 600)],
)
def test_the_only_open_question_is_answered_without_the_sku(text: str, quantity: int) -> None:
    assert counted(text, ASKED) == {1: D(quantity)}
    (part,) = understand(text, (replace(BOXED[0], asked="+12"), BOXED[1])).counts
    assert isinstance(part.given, Part)
    assert part.quantity == quantity


@pytest.mark.parametrize("text", ["done", "ok", "boxes of what?", "more", "which boxes"])
def test_talk_is_no_answer(text: str) -> None:
    assert understand(text, ASKED) == Understood((), ())


@pytest.mark.parametrize("text", ["13 boxes", "120 pcs", "12.5 boxes", "1"])
def test_another_number_without_its_sku_is_no_answer(text: str) -> None:
    assert understand(text, ASKED).counts == ()
    two = (ASKED[0], replace(ASKED[1], packs=(Pack("box", D(50)),), asked="12"))
    assert understand("12 boxes", two).counts == ()
    assert understand("12 boxes", (replace(ASKED[0], countable=False), ASKED[1], line(3, "SEAL", "A-2"))).counts == ()


def test_another_bare_number_is_asked_about_anew() -> None:
    (again,) = understand("BOLT-10 13", ASKED).asked
    assert again.number == "13"


def test_equal_quantities_in_other_words_are_one_count_and_different_ones_none() -> None:
    assert counted("BOLT-10 2 boxes\nA-01-03: 100 pcs", BOXED) == {1: D(100)}
    assert "comes more than once" in asked("BOLT-10 2 boxes\nA-01-03: +100 pcs", BOXED)


KEYS = st.sampled_from(["BOLT-10", "BOLT-1", "BOLT", "BOLT 10", "10", "10002", "A-1", "A-1-0", "x", 'q"', "5", "DOCK"])
SHEETS = st.lists(st.tuples(KEYS, KEYS), min_size=1, max_size=5, unique=True).map(
    lambda pairs: tuple(line(number, sku, location) for number, (sku, location) in enumerate(pairs, start=1))
)
WRITTEN = st.lists(KEYS | st.sampled_from([":", "=", "-", "42", "7 pcs", "\n", "(", "x2", "• ", "&gt;", "thanks"])).map(
    " ".join
)


@given(SHEETS, WRITTEN | st.text(max_size=40), st.sets(st.integers(1, 5)))
def test_any_text_gives_at_most_one_count_a_line_with_a_number_that_was_written(
    sheet: tuple[SheetLine, ...], text: str, open_ids: set[int]
) -> None:
    found = understand(text, tuple(replace(each, countable=each.line_id in open_ids) for each in sheet))
    ids = [count.line_id for count in found.counts]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= {each.line_id for each in sheet}
    for count in found.counts:
        assert f"{count.quantity}" in count.typed
    assert all(question.endswith((".", "?")) for question in found.questions)


@given(SHEETS, st.integers(0, 9999))
def test_bin_sku_and_number_is_never_given_to_another_line(sheet: tuple[SheetLine, ...], number: int) -> None:
    for wanted in sheet:
        for text in (
            f"{wanted.location} {wanted.sku} {number}",
            f"{wanted.sku} {number}",
            f"{wanted.location}: {number}",
        ):
            found = understand(text, sheet)
            assert bool(found.counts) != bool(found.questions)
            for count in found.counts:
                other = next(each for each in sheet if each.line_id == count.line_id)
                assert wanted.sku in (other.sku, other.location) or wanted.location in (other.sku, other.location)
                assert count.quantity == number
        full = understand(f"{wanted.location} {wanted.sku} {number}", sheet)
        assert {count.line_id for count in full.counts} <= {
            each.line_id for each in sheet if {each.sku, each.location} == {wanted.sku, wanted.location}
        }


@given(SHEETS, st.text(st.characters(exclude_categories=("N", "Cs")), max_size=30))
def test_text_without_a_digit_never_counts(sheet: tuple[SheetLine, ...], text: str) -> None:
    assert understand(text, sheet).counts == ()
