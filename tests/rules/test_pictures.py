"""Which lines a caption or a label means."""

import pytest

from models.rules.pictures import Labelled, SheetLine, lines_of_code, named_lines, quoted


def line(line_id: int, sku: str, location: str) -> SheetLine:
    return SheetLine(line_id, sku, sku.title(), location, "pcs", countable=True)


LINES = [
    line(1, "BOLT-10", "A-01-03"),
    line(2, "NUT-10", "A-01-04"),
    line(3, "NUT-10", "B-02-01"),
    line(4, "WASH", "B-02-01"),
    line(5, "BOLT 10 LONG", "C-01"),
    line(6, "BOLT 10", "C-02"),
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("BOLT-10", [1]),
        ("bolt-10, the box is torn", [1]),
        ("the shelf of A-01-03", [1]),
        ("look at BOLT-10 and WASH", [1, 4]),
        ("wash your hands", []),  # a SKU without a digit is a word, unless it is written as one
        ("NUT-10", []),  # in two bins
        ("NUT-10 in B-02-01", [3]),
        ("B-02-01 NUT-10", [3]),
        ("B-02-01", []),  # holds two items
        ("A-01-04 is a mess", [2]),
        ("BOLT-100", []),
        ("BOLT-10 and NUT-10", []),
        ("bolt 10 long", [5]),
        ("bolt 10", [6]),
        ("on my way", []),
        ("", []),
        ("BOLT\u201110 &amp; <@U01DAN>", [1]),
    ],
)
def test_what_a_caption_names(text: str, named: list[int]) -> None:
    assert [one.line_id for one in named_lines(text, LINES)] == named


KNOWN = [
    Labelled(LINES[0], "4006381333931"),
    Labelled(LINES[1], None),
    Labelled(LINES[2], None),
    Labelled(LINES[3], "036000291452"),
]


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("BOLT-10", [1]),
        ("bolt-10", [1]),
        ("4006381333931", [1]),
        ("04006381333931", [1]),  # the same product code with 14 digits
        ("0036000291452", [4]),
        ("36000291452", [4]),
        ("NUT-10", [2, 3]),
        ("B-02-01", [3, 4]),
        ("0BOLT-10", []),
        ("4006381333932", []),
    ],
)
def test_what_a_label_means(code: str, meant: list[int]) -> None:
    assert [one.line_id for one in lines_of_code(code, KNOWN)] == meant


def test_short_numbers_keep_their_zeros() -> None:
    assert lines_of_code("007", [Labelled(line(1, "7", "A"), None)]) == ()


def test_a_long_code_is_repeated_in_part() -> None:
    assert quoted("4006\n381") == "“4006 381”"
    assert quoted("x" * 100) == f"“{'x' * 60}…”"
