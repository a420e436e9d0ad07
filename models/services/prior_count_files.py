"""Reading prior.csv: physical counts that were made before, whatever they were made with.

`expected` may be blank: then nobody knows what the record said, and the count says nothing about accuracy. `counter` is
anybody's name. A time without an offset is a wall clock in the company's zone; a day without a time is its beginning.

What makes importing a file twice harmless is the *identity* of a row: what was counted where, when, by whom and against
what, and whether it is the first, second, ... such row of the file. `blind` is no part of it: that can be mended later.

A file may have millions of rows. It is read twice, so that none of them is kept: first whole, for its problems, then
for its counts. Of equal rows the first reading keeps eight bytes each.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.errors import BadInput
from models.records import LONGEST_COUNTER
from models.services import csv_files
from models.services.csv_files import Cells, Columns, Problems, Row
from models.services.csv_times import noted_instant, written_time

COLUMNS = Columns(required=("sku", "location", "counted", "expected", "counted_at", "counter"), optional=("blind",))

_BLIND = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
_DIGEST = 8  # bytes that tell rows apart well enough to find those that may be equal

Progress = Callable[[int], None]
"""Called with the number of rows read so far, now and then."""

EVERY = 50_000


class PriorCount(NamedTuple):
    """One earlier count, in base units. `expected` None: not known. `key` is the row's identity (sha256, hex)."""

    line: int
    sku: str
    location: str
    counted: Decimal
    expected: Decimal | None
    counted_at: datetime
    counter: str
    blind: bool
    key: str


class _Read(NamedTuple):
    """A count whose identity is not numbered yet."""

    row: PriorCount
    identity: str


@dataclass
class PriorCountFile:
    """A file as far as it could be read. The caller adds what it knows to be wrong, then raises the problems.

    `skus` and `bins` are the names in it, each with the line that it is first on and how many rows have it.
    `says_blind`: it has that column.
    """

    path: Path
    timezone: ZoneInfo
    now: datetime
    decimal_mark: str
    problems: Problems
    rows: int = 0
    says_blind: bool = False
    skus: dict[str, tuple[int, int]] = field(default_factory=dict)
    bins: dict[str, tuple[int, int]] = field(default_factory=dict)
    repeated: frozenset[int] = frozenset()

    def counts(self, progress: Progress | None = None) -> Iterator[PriorCount]:
        """Read it again, each count with its key.

        Raises:
            BadFile: it was changed meanwhile, and has errors now.
        """
        seen: Counter[bytes] = Counter()
        for number, (count, identity) in enumerate(self._read(), 1):
            digest = hashlib.sha256(identity.encode()).digest()
            if int.from_bytes(digest[:_DIGEST]) in self.repeated:
                seen[digest] += 1
            numbered = f"{identity}\x1f{seen.get(digest, 1)}"
            yield count._replace(key=hashlib.sha256(numbered.encode()).hexdigest())
            if progress is not None and not number % EVERY:
                progress(number)
        self.problems.raise_if_any()

    def look_through(self, progress: Progress | None) -> None:
        """Read it for what it names, which rows may be there twice, and its problems."""
        digests = array("Q")
        for count, identity in self._read():
            self.rows += 1
            digests.append(int.from_bytes(hashlib.sha256(identity.encode()).digest()[:_DIGEST]))
            for names, name in ((self.skus, count.sku), (self.bins, count.location)):
                first, before = names.get(name, (count.line, 0))
                names[name] = (first, before + 1)
            if progress is not None and not self.rows % EVERY:
                progress(self.rows)
        self.repeated = frozenset(one for one, other in pairwise(sorted(digests)) if one == other)

    def _read(self) -> Iterator[_Read]:
        for row in csv_files.rows_of(self.path, COLUMNS, self.problems):
            self.says_blind = self.says_blind or "blind" in row
            read = self._count(row)
            if read is not None:
                yield read

    def _count(self, row: Row) -> _Read | None:
        cells = Cells(row, self.problems)
        sku = cells.text("sku", longest=80, required=True)
        location = cells.text("location", longest=80, required=True)
        counted = cells.read("counted", self._counted)
        expected = cells.read("expected", self._number)
        written = cells.read("counted_at", written_time)
        counter = cells.text("counter", longest=LONGEST_COUNTER)
        blind = cells.read("blind", _blind)
        for column in ("counted", "counted_at"):
            if not row[column]:
                cells.note(f"{column} is missing" + ("; write 0 when there was none" if column == "counted" else ""))
        at = None if written is None else noted_instant(cells, written, self.timezone, self.now)
        if not cells.are_right or counted is None or written is None or at is None:
            return None
        quantities = ["" if number is None else str(number.normalize()) for number in (counted, expected)]
        identity = "\x1f".join((sku, location, *quantities, written.isoformat(timespec="microseconds"), counter))
        return _Read(PriorCount(row.line, sku, location, counted, expected, at, counter, bool(blind), ""), identity)

    def _number(self, text: str) -> Decimal:
        return csv_files.number(text, decimals=3, decimal_mark=self.decimal_mark)

    def _counted(self, text: str) -> Decimal:
        quantity = self._number(text)
        if quantity < 0:
            raise BadInput(f'"{text}" is less than nothing; nobody counts that')
        return quantity


def read_prior_counts(
    path: Path, *, now: datetime, timezone: ZoneInfo, decimal_mark: str = ".", progress: Progress | None = None
) -> PriorCountFile:
    """Look through the whole file; problems are in the result.

    Raises:
        BadInput: it cannot be opened, or the decimal mark is none.
    """
    csv_files.check_decimal_mark(decimal_mark)
    file = PriorCountFile(path, timezone, now, decimal_mark, Problems(csv_files.name_of(path)))
    file.look_through(progress)
    return file


def _blind(text: str) -> bool:
    if text.casefold() not in _BLIND:
        raise BadInput(f'blind is "{text[:40]}"; write yes where the counter did not see what was expected, else no')
    return _BLIND[text.casefold()]
