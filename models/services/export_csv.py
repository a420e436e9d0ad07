"""Writing rows as CSV, for other systems: one row at a time, so that a large export needs little memory.

Times are ISO 8601 with the offset of the company's zone; quantities are in base units, values in the company's
currency, without thousands marks.
"""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.rules.spreadsheet_text import for_csv
from models.services import people
from models.services.export_tables import Cell


def write_csv(session: Session, stream: TextIO, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write a header and the rows; returns how many. Times are given in the company's zone."""
    zone = ZoneInfo(people.company(session).timezone)
    writer = csv.writer(stream)
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow([_cell(value, zone) for value in row])
        written += 1
    return written


def _cell(value: Cell, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return "0" if not value else f"{value.normalize():f}"
    if isinstance(value, int):
        return str(value)
    return for_csv(value)
