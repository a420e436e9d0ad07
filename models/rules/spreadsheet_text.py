"""Texts as spreadsheets take them: what somebody typed in Slack must not run on the machine of whoever opens a file.

A CSV file has no types. A spreadsheet takes a cell for a formula when it begins with one of a few characters, and some
programs look past blanks, past letters that cannot be seen, or take the full-width letter for the plain one. Such a
cell gets an apostrophe in front, which spreadsheets take for "this is text". Where semicolons or tabs part the cells
(German Excel opens every CSV file so), a cell may also begin in the middle of ours; there it gets one too.

In an XLSX file a text is a text by its type. What is left to mend there are letters that XML does not have, texts that
are too long for a cell, and the one shape that the library we write with takes for mark-up.
"""

import re
import unicodedata

LONGEST_CELL = 32_767
"""UTF-16 units in a cell of an XLSX file."""

CUT = "… (cut; the CSV file has all of it)"

_STARTS_FORMULA = frozenset("=+-@\N{MINUS SIGN}")
_QUOTE = '"'  # stripped with the cell that it opens
_BEGINS_CELL = re.compile(r"[;\t\r\n]")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def for_csv(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would begin to read a formula."""
    if not text.isascii() or not text.isalnum():
        if text[:1] in ("\t", "\r", "\n") or is_formula(text):
            text = f"'{text}"
        if _BEGINS_CELL.search(text):
            text = _in_the_middle(text)
    return text


def for_xlsx(text: str) -> str:
    """The text as a cell of type text can hold it."""
    text = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    if len(text) * 2 > LONGEST_CELL and len(text.encode("utf-16-le")) > LONGEST_CELL * 2:
        kept = text.encode("utf-16-le")[: (LONGEST_CELL - len(CUT)) * 2]
        text = kept.decode("utf-16-le", errors="ignore") + CUT
    # Between these two marks the library expects XML and writes it as it is.
    return f" {text}" if text.startswith("<r>") and text.endswith("</r>") else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a cell of this text for a formula."""
    for letter in text:
        if letter == _QUOTE or unicodedata.category(letter) in _UNSEEN:
            continue
        return unicodedata.normalize("NFKC", letter)[0] in _STARTS_FORMULA
    return False


def _in_the_middle(text: str) -> str:
    parts = re.split(r"([;\t\r\n]+)", text)
    for place in range(2, len(parts), 2):
        if is_formula(parts[place]):
            parts[place] = f"'{parts[place]}"
    return "".join(parts)
