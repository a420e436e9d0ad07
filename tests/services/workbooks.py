"""Reading an XLSX file back, from its XML: what type each cell is, and what stands in it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has wall clocks

Value = str | float | datetime | None


@dataclass(frozen=True)
class SheetRead:
    """A sheet: its rows, and whether its header stays in sight."""

    rows: list[list[Value]]
    is_frozen: bool
    widths: list[float]

    def records(self) -> list[dict[str, Value]]:
        """The rows under the header, by its names without what is said in brackets."""
        names = [re.sub(r" \(.*\)$", "", str(name)) for name in self.rows[0]]
        return [dict(zip(names, row + [None] * (len(names) - len(row)), strict=True)) for row in self.rows[1:]]


def read_workbook(path: Path) -> dict[str, SheetRead]:
    """Every sheet by name; fails when any cell is a formula, a link or an error."""
    with ZipFile(path) as file:
        assert file.testzip() is None
        assert not [name for name in file.namelist() if "externalLink" in name or "vba" in name.casefold()]
        dates = _date_styles(ET.fromstring(file.read("xl/styles.xml")))
        links = {link.get("Id"): link.get("Target") for link in ET.fromstring(file.read("xl/_rels/workbook.xml.rels"))}
        book = ET.fromstring(file.read("xl/workbook.xml"))
        return {
            str(sheet.get("name")): _sheet(file.read(f"xl/{links[sheet.get(_RELATION)]}"), dates)
            for sheet in book.iter(f"{_MAIN}sheet")
        }


def _sheet(text: bytes, dates: set[int]) -> SheetRead:
    root = ET.fromstring(text)
    assert not list(root.iter(f"{_MAIN}f"))
    assert not list(root.iter(f"{_MAIN}hyperlink"))
    rows = []
    for row in root.iter(f"{_MAIN}row"):
        cells: list[Value] = []
        for cell in row:
            place = _column(str(cell.get("r")))
            cells += [None] * (place - len(cells)) + [_value(cell, dates)]
        rows.append(cells)
    panes = [pane.get("state") for pane in root.iter(f"{_MAIN}pane")]
    widths = [float(column.get("width") or 0) for column in root.iter(f"{_MAIN}col")]
    return SheetRead(rows, panes == ["frozen"], widths)


def _value(cell: ET.Element, dates: set[int]) -> Value:
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
        return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
    assert cell.get("t") in (None, "n")
    number = float(cell.findtext(f"{_MAIN}v") or "nan")
    if int(cell.get("s") or 0) in dates:
        return _DAY_ZERO + timedelta(seconds=round(number * 86400))
    return number


def _date_styles(styles: ET.Element) -> set[int]:
    formats = {int(one.get("numFmtId") or 0): str(one.get("formatCode")) for one in styles.iter(f"{_MAIN}numFmt")}
    cells = styles.find(f"{_MAIN}cellXfs")
    assert cells is not None
    return {place for place, style in enumerate(cells) if "yy" in formats.get(int(style.get("numFmtId") or 0), "")}


def _column(reference: str) -> int:
    number = 0
    for letter in re.sub(r"[0-9]", "", reference):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
