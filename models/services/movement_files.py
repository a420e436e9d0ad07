"""Reading moves.csv: receipts, issues and transfers from the system of record.

A quantity is positive; the kind gives it its sign. A time without an offset is a wall clock in the company's zone.

What makes importing a file twice harmless is the *identity* of a row: all its columns, and whether it is the first,
second, ... such row of the file. It is taken from what the cells mean, not how they are written (`5` and `5.000` are
the same), except for times: a wall clock stays a wall clock, so that a change of the company's zone does not turn old
rows into new ones. Who moved it (`moved_by`) belongs to it where it is said: a row without is what it was before there
was that column. A file that begins to say it may repeat rows that were imported without: such a row goes by both.
"""

import hashlib
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, TextIO
from zoneinfo import ZoneInfo

from models.errors import BadInput
from models.services import csv_files
from models.services.csv_files import Cells, Columns, Problems
from models.services.csv_times import noted_instant, written_time
from models.stock import LONGEST_MOVER, EntryKind

COLUMNS = Columns(required=("sku", "location", "kind", "quantity", "occurred_at"), optional=("reference", "moved_by"))

SIGNS = {EntryKind.RECEIPT: 1, EntryKind.ISSUE: -1, EntryKind.TRANSFER_IN: 1, EntryKind.TRANSFER_OUT: -1}


_TIME_OF_DAY = re.compile(r"[T ][0-9]{2}")


class MovementRow(NamedTuple):
    """One movement. `quantity` is signed, in base units; `key` is the row's identity (sha256, hex).

    `key_without_mover` is what it was if it was imported before its file said who moved it; without that, the same.
    """

    line: int
    sku: str
    location: str
    kind: EntryKind
    quantity: Decimal
    occurred_at: datetime
    reference: str
    moved_by: str | None
    key: str
    key_without_mover: str


class MovementFile(NamedTuple):
    """A file as far as it could be read. The caller adds what it knows to be wrong, then raises the problems."""

    problems: Problems
    rows: list[MovementRow]


def read_movements(
    source: Path | TextIO, *, now: datetime, timezone: ZoneInfo, decimal_mark: str = "."
) -> MovementFile:
    """Read the whole file; problems are in the result.

    Raises:
        BadInput: it cannot be opened, or the decimal mark is none.
    """
    csv_files.check_decimal_mark(decimal_mark)
    problems = Problems(csv_files.name_of(source))
    rows: list[MovementRow] = []
    seen: Counter[str] = Counter()
    alike: Counter[str] = Counter()
    for row in csv_files.rows_of(source, COLUMNS, problems):
        cells = Cells(row, problems)
        sku = cells.text("sku", longest=80, required=True)
        location = cells.text("location", longest=80, required=True)
        kind = cells.read("kind", _kind)
        quantity = cells.read("quantity", lambda text: _quantity(text, decimal_mark))
        written = cells.read("occurred_at", _time)
        reference = cells.text("reference", longest=200)
        moved_by = cells.text("moved_by", longest=LONGEST_MOVER)
        for column in ("kind", "quantity", "occurred_at"):
            if not row[column]:
                cells.note(f"{column} is missing")
        instant = None if written is None else noted_instant(cells, written, timezone, now)
        if not cells.are_right or kind is None or quantity is None or written is None or instant is None:
            continue
        identity = "\x1f".join(
            (sku, location, kind, str(quantity.normalize()), written.isoformat(timespec="microseconds"), reference)
        )
        plain = _key(identity, alike)
        key = _key(f"{identity}\x1f{moved_by}" if moved_by else identity, seen)
        rows.append(
            MovementRow(
                row.line,
                sku,
                location,
                kind,
                SIGNS[kind] * quantity,
                instant,
                reference,
                moved_by or None,
                key,
                plain if moved_by else key,
            )
        )
    return MovementFile(problems, rows)


def _key(identity: str, before: Counter[str]) -> str:
    """The identity of the next such row of the file; counts it."""
    before[identity] += 1
    return hashlib.sha256(f"{identity}\x1f{before[identity]}".encode()).hexdigest()


def _kind(text: str) -> EntryKind:
    kind = next((kind for kind in SIGNS if kind == text.upper()), None)
    if kind is None:
        reason = "is not made by a file" if text.upper() in set(EntryKind) else "is no kind of movement"
        raise BadInput(f'"{text[:40]}" {reason}; the kinds are {", ".join(SIGNS)}')
    return kind


def _quantity(text: str, decimal_mark: str) -> Decimal:
    quantity = csv_files.number(text, decimals=3, decimal_mark=decimal_mark)
    if quantity <= 0:
        raise BadInput(f'"{text}" is not more than 0; the kind says whether stock comes or goes')
    return quantity


def _time(text: str) -> datetime:
    written = written_time(text)
    if not _TIME_OF_DAY.search(text):
        # At midnight it would fall before counts of that day which had already seen it.
        raise BadInput(
            f'"{text}" has no time of day, which decides between before and after a count; write it like {text}T14:05'
        )
    return written
