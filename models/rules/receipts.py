"""Comparing two receipts of one session, row by row: of two sign-offs, or of a file and what was signed.

A receipt is rows of cells by column; the column `line` tells the rows apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Cells = Mapping[str, str]

LINE = "line"
TOLD = ("state", "expected", "first_count", "accepted", "posted", "value", "decision", "cause")
"""The columns that say that something happened to a line, and not only who wrote it down and when."""


@dataclass(frozen=True)
class Change:
    """A cell that is another now. A whole row has come or gone when `column` is empty."""

    place: str
    column: str
    was: str
    now: str

    @property
    def said(self) -> str:
        """As people read it: “BOLT-10 in A-01-03: posted was -12, is 0”."""
        if not self.column:
            return f"{self.place}: {'is there and was not' if self.now else 'is missing'}"
        return f"{self.place}: {self.column} was {self.was or 'empty'}, is {self.now or 'empty'}"


def changes(was: Sequence[Cells], now: Sequence[Cells], columns: Sequence[str] | None = None) -> Iterator[Change]:
    """What differs, in the order of the rows as they are now, and of the columns; only of `columns`, if given."""
    before = {row.get(LINE, ""): row for row in was}
    for row in now:
        old = before.pop(row.get(LINE, ""), None)
        if old is None:
            yield Change(_place(row), "", "", row.get(LINE, "") or "?")
            continue
        for column in columns or list(dict.fromkeys([*old, *row])):
            if old.get(column, "") != row.get(column, ""):
                yield Change(_place(old), column, old.get(column, ""), row.get(column, ""))
    for row in before.values():
        yield Change(_place(row), "", row.get(LINE, "") or "?", "")


def _place(row: Cells) -> str:
    return f"{row.get('sku', '')} in {row.get('bin', '')}"
