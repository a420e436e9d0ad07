"""Writing rows as an XLSX file, for people: numbers and times are what they are, and a text is never a formula.

The rows go to sheets of at most `ROWS_A_SHEET`, each under the same header, and are kept on the disk until the file is
put together, so that a large one needs little memory. XLSX has no time zones: a time is the wall clock of the company,
whose zone the header names. A last sheet, About, says what the file holds.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any  # Any: the library publishes no types for its formats and sheets
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.rules.spreadsheet_text import for_xlsx
from models.services import people
from models.services.export_tables import Cell, Column, Content, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook

ROWS_A_SHEET = 1_048_575
"""A sheet has 1,048,576 rows, of which one is the header."""

EXACT_DIGITS = 15
"""Digits of a number that a spreadsheet keeps; a longer one is written as text."""

_MANY_DIGITS = 10**8
"""Below this, with at most seven decimals, no number of ours has more digits than that."""

_WIDTHS: Mapping[Content, int] = MappingProxyType(
    {Content.TEXT: 16, Content.NUMBER: 12, Content.MONEY: 14, Content.TIME: 20, Content.DAY: 12}
)
_WIDE: Mapping[str, int] = MappingProxyType(
    {"item": 32, "note": 40, "chosen_because": 40, "detail": 60, "subject": 24, "limit": 32}
)
_FORMATS: Mapping[Content, str] = MappingProxyType(
    {Content.MONEY: "#,##0.00##", Content.TIME: "yyyy-mm-dd hh:mm:ss", Content.DAY: "yyyy-mm-dd"}
)
_FAR_PAST = 1900
"""The first year that a spreadsheet has a number for."""


@dataclass(frozen=True)
class About:
    """What the About sheet says. `facts` are what there is to say beside zone, currency, time and number of rows."""

    what: str
    zone: ZoneInfo
    currency: str
    made_at: datetime
    facts: tuple[tuple[str, str], ...] = ()


def about(session: Session, what: str, facts: tuple[tuple[str, str], ...], now: datetime) -> About:
    """What there is to say of an export that is made `now`."""
    company = people.company(session)
    said = tuple((word.capitalize() if word != "sku" else "SKU", text) for word, text in facts)
    return About(what, ZoneInfo(company.timezone), company.currency, now, said or (("Filters", "none"),))


def write_xlsx(path: Path, table: Table, about: About) -> int:
    """Write the file, in place of one that is there; returns how many rows it has.

    Raises:
        OSError: it cannot be written; what is there then is no whole file.
    """
    # What is kept on the disk meanwhile goes where the file goes, and is gone in the end, whatever happens.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        with _workbook(path, folder, about) as book:
            sheets = _Sheets(book, table.columns, about)
            for row in table.rows:
                sheets.write(row)
            sheets.finish()
            _tell(book, about, sheets.written)
        return sheets.written


@contextmanager
def _workbook(path: Path, folder: str, about: About) -> Iterator["Workbook"]:
    """A workbook that is put together at the end of the block; closed without that when the block fails."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - late: most of what the bot does writes no spreadsheet
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - same

    # Texts go in by `write_string` alone, which makes neither formulas nor links of them.
    options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
    book = Workbook(str(path), options)
    book.set_properties({"title": about.what, "created": about.made_at.astimezone(about.zone).replace(tzinfo=None)})
    try:
        yield book
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error
    finally:
        for sheet in book.worksheets():
            if not sheet.row_data_fh.closed:
                sheet.row_data_fh.close()


class _Sheets:
    """The sheets of rows: a new one is begun when one is full."""

    def __init__(self, book: "Workbook", columns: tuple[Column, ...], about: About) -> None:
        self.written = 0
        self._book = book
        self._columns = columns
        self._about = about
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._formats = [self._format(column.content) for column in columns]
        self._sheet: Any = None
        self._row = 0
        self._number = 0
        self._begin()

    def write(self, row: tuple[Cell, ...]) -> None:
        """Write one row."""
        if self._row == ROWS_A_SHEET:
            self.finish()
            self._begin()
        self._row += 1
        self.written += 1
        for place, value in enumerate(row):
            if value is not None:
                _write_cell(self._sheet, self._row, place, value, self._formats[place], self._about.zone)

    def finish(self) -> None:
        """Say where the rows of the sheet end."""
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
        # SKUs such as 00123 are texts on purpose: no warning triangle on each.
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self._row + 1}"})

    def _begin(self) -> None:
        self._number += 1
        self._row = 0
        name = self._about.what if self._number == 1 else f"{self._about.what} {self._number}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            heading = self._heading(column)
            width = max(_WIDE.get(column.name, _WIDTHS[column.content]), len(heading) + 3)
            self._sheet.set_column(place, place, width)
            self._sheet.write_string(0, place, heading, self._bold)

    def _heading(self, column: Column) -> str:
        if column.content is Content.TIME:
            return f"{column.name} ({self._about.zone.key})"
        return f"{column.name} ({self._about.currency})" if column.content is Content.MONEY else column.name

    def _format(self, content: Content) -> object:
        return self._book.add_format({"num_format": _FORMATS[content]}) if content in _FORMATS else None


def _write_cell(sheet: Any, row: int, place: int, value: Cell, form: object, zone: ZoneInfo) -> None:  # noqa: ANN401 - see import
    if isinstance(value, datetime):
        local = value.astimezone(zone).replace(tzinfo=None)
        if local.year < _FAR_PAST:
            sheet.write_string(row, place, value.astimezone(zone).isoformat(timespec="seconds"))
        else:
            sheet.write_datetime(row, place, local.replace(microsecond=0), form)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, form)
    elif isinstance(value, (int, Decimal)):
        number = Decimal(value)
        if abs(number) >= _MANY_DIGITS and len(number.normalize().as_tuple().digits) > EXACT_DIGITS:
            sheet.write_string(row, place, f"{number:f}")
        else:
            sheet.write_number(row, place, value, form)
    elif isinstance(value, str) and value:
        sheet.write_string(row, place, for_xlsx(value))


def _tell(book: "Workbook", about: About, rows: int) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 60)
    bold = book.add_format({"bold": True})
    made = about.made_at.astimezone(about.zone)
    facts = (
        ("What", about.what),
        *about.facts,
        ("Rows", f"{rows:,}"),
        ("Made", f"{made:%Y-%m-%d %H:%M} ({about.zone.key})"),
        ("Times", f"{about.zone.key}, as its clocks show them; the CSV file has each with its offset"),
        ("Currency", about.currency),
        ("Quantities", "in the item's own unit"),
    )
    for row, (name, text) in enumerate(facts):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, for_xlsx(text))
