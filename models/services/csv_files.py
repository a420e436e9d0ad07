"""Reading a CSV file that people and other systems made: strict about what it says, patient about how.

UTF-8 with or without BOM; comma, semicolon or tab, found from the header; quoted cells may hold line breaks. Nothing
is guessed: a number has the decimal mark the reader was told, a missing cell is not a zero. Problems are collected,
each with the line it is on (where the row begins, counting lines as a text editor does), so that somebody can mend a
file in one go. Whoever reads raises `BadFile` at the end if there is any.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TextIO, TypeVar

from models.errors import BadFile, BadInput
from models.rules.nearest import nearest

Value = TypeVar("Value")

TOO_LARGE = Decimal(10**9)
DELIMITERS = (",", ";", "\t")
DECIMAL_MARKS = (".", ",")

# `surrogateescape` turns a byte that is not UTF-8 into one of these, which valid UTF-8 never gives.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ECHO = 40


@dataclass
class Problems:
    """What is wrong with a file, line by line. `None` as the line means the file as a whole."""

    file: str
    found: list[tuple[int | None, str]] = field(default_factory=list)

    def add(self, line: int | None, sentence: str) -> None:
        """Note that `line` is wrong and how."""
        self.found.append((line, sentence))

    def raise_if_any(self) -> None:
        """Raise BadFile with every problem, in the order of lines, if there is one."""
        if self.found:
            raise BadFile(self.file, sorted(self.found, key=lambda problem: problem[0] or 0))


class Row(dict[str, str]):
    """The cells of one row by column name, trimmed; `line` is where the row begins."""

    def __init__(self, line: int, cells: Iterable[tuple[str, str]]) -> None:
        super().__init__(cells)
        self.line = line


class Cells:
    """Reads the cells of one row, noting what is wrong with any of them."""

    def __init__(self, row: Row, problems: Problems) -> None:
        self._row = row
        self._problems = problems
        self._before = len(problems.found)

    @property
    def are_right(self) -> bool:
        """Whether nothing was noted since this row was begun."""
        return len(self._problems.found) == self._before

    def note(self, sentence: str) -> None:
        """Note that something is wrong with this row."""
        self._problems.add(self._row.line, sentence)

    def text(self, column: str, *, longest: int, required: bool = False) -> str:
        """The text of a cell; noted when it is needed and blank, too long, or holds control characters."""
        text = self._row.get(column, "")
        if required and not text:
            self.note(f"{column} is missing")
        elif len(text) > longest:
            self.note(f"{column} is longer than {longest} characters")
        elif _CONTROL.search(text):
            self.note(f"{column} holds a control character")
        return text

    def read(self, column: str, read: Callable[[str], Value]) -> Value | None:
        """What `read` makes of a cell, None when it is blank; the BadInput it raises is noted."""
        text = self._row.get(column, "")
        try:
            return read(text) if text else None
        except BadInput as error:
            self.note(str(error))
            return None


@dataclass(frozen=True)
class Columns:
    """The columns a kind of file has. Others are refused: a misspelt column would otherwise be lost in silence."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        return self.required + self.optional


def name_of(source: Path | TextIO) -> str:
    """What to call the file in a sentence."""
    return source.name if isinstance(source, Path) else str(getattr(source, "name", "file"))


def rows_of(source: Path | TextIO, columns: Columns, problems: Problems) -> Iterator[Row]:
    """Yield the rows that can be read, noting problems; nothing is yielded when the header is wrong.

    Raises:
        BadInput: the file is not there or cannot be opened.
    """
    with _opened(source) as stream:
        lines = _Lines(stream, problems)
        header = next(lines, None)
        if header is None or not header.strip():
            problems.add(1, f"the header is missing; the first line names the columns: {','.join(columns.required)}")
            return
        delimiter = _delimiter(header, columns)
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter))]
        if lines.bad or not _header_is_right(names, columns, problems):
            return
        yield from _data_rows(lines, names, delimiter, problems)


def number(text: str, *, decimals: int, decimal_mark: str = ".") -> Decimal:
    """Read a number with at most `decimals` decimals; zeros at the end do not count.

    Raises:
        BadInput: with the rest of the sentence "line N: ...".
    """
    shown = text if len(text) <= _ECHO else f"{text[:_ECHO]}…"
    found = re.fullmatch(rf"[+-]?[0-9]+(?:{re.escape(decimal_mark)}([0-9]+))?", text)
    if found is None:
        hint = ""
        other = DECIMAL_MARKS[decimal_mark == "."]
        if re.fullmatch(rf"[+-]?[0-9]+{re.escape(other)}[0-9]+", text):
            hint = f" (change it with --decimal-mark {other})"
        raise BadInput(f'"{shown}" is not a number; decimal mark is "{decimal_mark}"{hint}')
    if len((found[1] or "").rstrip("0")) > decimals:
        raise BadInput(f'"{shown}" has more than {decimals} decimals')
    value = Decimal(text.replace(decimal_mark, "."))
    if abs(value) >= TOO_LARGE:
        raise BadInput(f'"{shown}" is too large; a billion or more is surely a mistake')
    return value


def whole_number(text: str, *, largest: int) -> int:
    """Read a whole number from 0 to `largest`; raise BadInput with the rest of the sentence "line N: ..."."""
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > largest:
        raise BadInput(f'"{text[:_ECHO]}" is not a whole number from 0 to {largest}')
    return int(text)


def check_decimal_mark(mark: str) -> None:
    """Raise BadInput unless `mark` is a point or a comma."""
    if mark not in DECIMAL_MARKS:
        raise BadInput(f'The decimal mark is "." or ",", not "{mark}".')


class _Lines(Iterator[str]):
    """The lines of a stream, counted; those that hold NUL bytes or are not UTF-8 are noted as problems."""

    def __init__(self, stream: TextIO, problems: Problems) -> None:
        self._stream = stream
        self._problems = problems
        self.count = 0
        self.bad: set[int] = set()

    def __next__(self) -> str:
        line = next(self._stream)
        self.count += 1
        if not line.isascii() and _NOT_UTF8.search(line):
            self._note("the text is not UTF-8; save the file as “CSV UTF-8”")
        elif "\0" in line:
            self._note("there is a NUL byte; export the file again as plain CSV text")
        return line

    def _note(self, sentence: str) -> None:
        self.bad.add(self.count)
        self._problems.add(self.count, sentence)


def _opened(source: Path | TextIO) -> AbstractContextManager[TextIO]:
    if not isinstance(source, Path):
        return nullcontext(source)
    try:
        return source.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise BadInput(f"{source}: cannot be read ({(error.strerror or 'unknown error').lower()}).") from error


def _delimiter(header: str, columns: Columns) -> str:
    """The delimiter that finds the most known columns in the header."""

    def known(delimiter: str) -> int:
        return sum(name.strip().lower() in columns.known for name in next(csv.reader([header], delimiter=delimiter)))

    return max(DELIMITERS, key=known)


def _header_is_right(names: list[str], columns: Columns, problems: Problems) -> bool:
    before = len(problems.found)
    for name in dict.fromkeys(names):
        if name not in columns.known:
            close = nearest(name, [known for known in columns.known if known not in names])
            hint = f'did you mean "{close}"?' if close else f"the columns are {', '.join(columns.known)}"
            problems.add(1, f'unknown column "{name[:_ECHO]}"; {hint}')
        elif names.count(name) > 1:
            problems.add(1, f'the column "{name}" is there {names.count(name)} times')
    for name in columns.required:
        if name not in names:
            problems.add(1, f'the column "{name}" is missing')
    return len(problems.found) == before


def _data_rows(lines: _Lines, names: list[str], delimiter: str, problems: Problems) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        begins = lines.count + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            problems.add(begins, "a quotation mark is opened and not closed, or stands in the wrong place")
            if lines.count - begins > 1:
                return  # it has swallowed lines: what follows cannot be told apart
            continue
        if cells is None:
            return
        if lines.bad and any(line in lines.bad for line in range(begins, lines.count + 1)):
            continue
        if not any(cell.strip() for cell in cells):
            continue  # spreadsheets leave blank rows behind
        if len(cells) == len(names):
            yield Row(begins, zip(names, map(_cell, cells), strict=True))
        else:
            problems.add(begins, f"there are {len(cells)} cells, the header has {len(names)}")


def _cell(text: str) -> str:
    """A cell as one line, trimmed; composed letters, so that a file from a Mac names the same SKU."""
    plain = " ".join(text.split())
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)
