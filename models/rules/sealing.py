"""How rows are sealed into a hash chain: the bytes of a row, the list of a batch, and the head that follows from both.

A *row* is written as fields: one letter for the type, the length of what follows in four bytes, and that. First come
the name of its table and the number of the encoding, which says which columns follow and in what order. So no two
different rows are written alike, and nothing depends on the database engine:

    n  nothing (NULL), which is not the empty text        s  a text, in UTF-8, as it is
    i  a whole number, in digits                          x  bytes
    d  a number, in plain digits without closing zeros
    t  a time, in UTC to the microsecond, such as 2026-11-23T07:00:00.000000Z
    y  a day, such as 2026-11-23

A *batch* lists its rows in the order of their ids, each as its id and the SHA-256 of its bytes. So the row that was
changed can be named. The *head* is the SHA-256 of the head before it, of what the seal says of itself, and of the list.
"""

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from models.errors import BadInput

Value = str | int | Decimal | datetime | date | bytes | None

ENCODINGS: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "stockentry": (
            (
                "id", "item_id", "location_id", "kind", "quantity", "unit_cost", "occurred_at", "recorded_at",
                "reference", "reason", "line_id", "import_key", "reverses_id",
            ),
            (
                "id", "item_id", "location_id", "kind", "quantity", "unit_cost", "occurred_at", "recorded_at",
                "reference", "reason", "line_id", "import_key", "reverses_id", "posting_date", "moved_by",
            ),
        ),
        "auditevent": (("id", "at", "actor", "action", "subject", "detail"),),
    }
)  # fmt: skip
"""The columns of each table by encoding, 1 first. A new column is a new encoding at the end; none is ever changed."""

FIRST_HEAD = hashlib.sha256(b"cycle count: nothing is sealed yet").hexdigest()
"""What the first seal follows."""

SHOWN_DIGITS = 20
FEWEST_DIGITS = 16
"""So many hexadecimal digits of a head are shown, and so many are needed to look it up."""

_ENTRY = struct.Struct(">q32s")
_BETWEEN_DIGITS = re.compile(r"[\s\-\u2013\u2014…._`*]+")
_DIGITS = re.compile(r"[0-9a-f]+")


class Entry(NamedTuple):
    """One row in a batch: its id, and the SHA-256 of its bytes."""

    row_id: int
    digest: bytes


@dataclass(frozen=True)
class Batch:
    """What a seal says of itself, in the names of its columns. `listing` is its rows (`listed`)."""

    id: int
    of_table: str
    encoding: int
    first_id: int
    last_id: int
    rows: int
    sealed_at: datetime
    listing: bytes


class Difference(StrEnum):
    """How a row differs from what was sealed."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"


@dataclass(frozen=True)
class Mark:
    """How far a table reaches, and the transactions that were writing to it when one looked, which was after that."""

    last_id: int
    writers: frozenset[str] = frozenset()


def canonical(table: str, encoding: int, values: Iterable[Value]) -> bytes:
    """The bytes of a row; `values` are in the order of its encoding's columns.

    Raises:
        TypeError: for a value of another type.
        ValueError: for a time without a zone, or what is no number.
    """
    return _fields(table, encoding, *values)


def digest(content: bytes) -> bytes:
    """The SHA-256, 32 bytes."""
    return hashlib.sha256(content).digest()


def listed(entries: Iterable[Entry]) -> bytes:
    """The list of a batch, 40 bytes a row."""
    return b"".join(_ENTRY.pack(*entry) for entry in entries)


def entries_of(listing: bytes) -> Iterator[Entry]:
    """The rows in the list of a batch; ValueError when it is none."""
    if len(listing) % _ENTRY.size:
        raise ValueError("the list of a batch ends in the middle of a row")
    return (Entry(*fields) for fields in _ENTRY.iter_unpack(listing))


def head_of(previous: str, batch: Batch) -> str:
    """The head of a batch that follows the head `previous`, 64 hexadecimal digits."""
    return hashlib.sha256(_fields(previous, *astuple(batch))).hexdigest()


def shown(head: str) -> str:
    """A head as people read it: 3f7a-91c2-0b1d-77e0-a4c1."""
    return "-".join(head[at : at + 4] for at in range(0, SHOWN_DIGITS, 4))


def read_head(text: str) -> str:
    """The first digits of a head as somebody copied it; BadInput when these are none, or too few to tell it by."""
    digits = _BETWEEN_DIGITS.sub("", text).lower()
    if not _DIGITS.fullmatch(digits) or not FEWEST_DIGITS <= len(digits) <= len(FIRST_HEAD):
        raise BadInput(f"“{text}” is not a head; copy all of it from Slack, like {shown(FIRST_HEAD)}.")
    return digits


def differences(sealed: Iterable[Entry], found: Iterable[Entry]) -> Iterator[tuple[int, Difference]]:
    """Where what is found is not what was sealed; both in the order of their ids."""
    others = iter(found)
    other = next(others, None)
    for entry in sealed:
        while other is not None and other.row_id < entry.row_id:
            yield other.row_id, Difference.INSERTED
            other = next(others, None)
        if other is None or other.row_id > entry.row_id:
            yield entry.row_id, Difference.MISSING
            continue
        if other.digest != entry.digest:
            yield entry.row_id, Difference.CHANGED
        other = next(others, None)
    while other is not None:
        yield other.row_id, Difference.INSERTED
        other = next(others, None)


def settled(before: Mark | None, now: Mark) -> tuple[int | None, Mark | None]:
    """The id below which nothing can appear any more (None: not known yet), and the mark to remember for the next look.

    Whoever adds a row takes its id while writing to the table. So a row with an id up to that of a mark, if it is still
    to appear, belongs to one of the mark's writers: when none of them is at it any more, all is there or never will be.
    A later look never has to wait for who began after the first one, so it comes to an end while others go on writing.
    """
    if not now.writers:
        return now.last_id, None
    if before is None:
        return None, now
    if before.writers.isdisjoint(now.writers):
        return before.last_id, now
    return None, before


def _fields(*values: Value) -> bytes:
    return b"".join(kind + len(content).to_bytes(4, "big") + content for kind, content in map(_written, values))


def _written(value: Value) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"n", b""
        case str():
            return b"s", value.encode()
        case bytes():
            return b"x", value
        case date():
            # A time is a day too.
            return (b"t", _time(value).encode()) if isinstance(value, datetime) else (b"y", value.isoformat().encode())
        case Decimal():
            return b"d", _number(value).encode()
        case int():
            return b"i", b"%d" % value
        case _:
            raise TypeError(f"a {type(value).__name__} is not sealed")


def _time(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone is ambiguous: {value.isoformat()}")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _number(value: Decimal) -> str:
    """Plain digits: 90, 2.5, 0; the same for equal numbers."""
    if not value.is_finite():
        raise ValueError(f"{value} is no number")
    digits = f"{value:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits
