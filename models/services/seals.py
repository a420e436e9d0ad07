"""Sealing: committed rows of the ledger and the audit trail are put into the hash chain afterwards, batch by batch.

A chain written in each transaction would put every writer in one queue; so nobody who counts or decides waits for it.
Only rows are sealed below which no other can appear any more: `look` and `models.rules.sealing.settled` find out how
far that is, `draft` reads and hashes a batch, and `seal` adds it to the chain, one at a time in the whole system.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from typing import cast

from sqlalchemy import ColumnElement, Enum, Row, String, Table, select, text, type_coerce
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, func

from models.rules import sealing
from models.rules.sealing import ENCODINGS, Batch, Entry, Mark, Value
from models.seals import Seal
from models.services.locks import Work, one_at_a_time
from models.tables import METADATA

BATCH = 1000
"""Rows in a seal, at most; and rows read at a time."""

SEALED: Mapping[str, Table] = MappingProxyType({name: METADATA.tables[name] for name in ENCODINGS})
"""The tables that are sealed, by name."""

UNREADABLE = (ValueError, LookupError, ArithmeticError, TypeError, DatabaseError)
"""What the driver or a column's type says of cells that it cannot read: somebody wrote something else there."""

# An INSERT takes this lock on its table before it takes an id, and keeps it until its transaction has ended and all
# can see what it wrote. (Sequences keep no ids in stock: CACHE is 1.)
_WRITERS = text(
    "SELECT held.virtualtransaction FROM pg_locks held"
    " WHERE held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND held.relation = CAST(:name AS regclass) AND held.mode = 'RowExclusiveLock' AND held.granted"
)


@dataclass(frozen=True)
class Draft:
    """A batch that was read and hashed, and waits to be put into the chain behind the row `after` of its table."""

    table: str
    after: int | None
    entries: tuple[Entry, ...]


def look(session: Session) -> dict[str, Mark]:
    """How far each table reaches now, and who is writing to it; those that are sealed to their end are left out.

    SQLite has one writer at a time, and ids of a transaction that is not committed are beyond all that can be seen.
    """
    found: dict[str, Mark] = {}
    for name, table in SEALED.items():
        # First the end, then the writers: whoever has a smaller id and is not seen here has finished.
        end = session.execute(select(func.max(table.c.id))).scalar()
        if end is not None and end > (last_sealed(session, name) or 0):
            found[name] = Mark(end, _writers(session, name))
    return found


def draft(session: Session, table: str, up_to: int) -> Draft | None:
    """The next rows of a table up to an id, at most a batch; None when all of them are sealed."""
    after = last_sealed(session, table)
    entries = tuple(_page(session, table, len(ENCODINGS[table]), after, up_to))
    return Draft(table, after, entries) if entries else None


def seal(session: Session, drafted: Draft, now: datetime) -> Seal | None:
    """Put a batch into the chain; None when somebody else has sealed these rows meanwhile."""
    one_at_a_time(session, Work.SEAL)
    if last_sealed(session, drafted.table) != drafted.after:
        return None
    before = newest(session)
    batch = Batch(
        id=1 if before is None else before.id + 1,
        of_table=drafted.table,
        encoding=len(ENCODINGS[drafted.table]),
        first_id=drafted.entries[0].row_id,
        last_id=drafted.entries[-1].row_id,
        rows=len(drafted.entries),
        sealed_at=now,
        listing=sealing.listed(drafted.entries),
    )
    previous = sealing.FIRST_HEAD if before is None else before.head
    made = Seal(**asdict(batch), head=sealing.head_of(previous, batch))
    session.add(made)
    session.flush()
    return made


def newest(session: Session) -> Seal | None:
    """The last seal of the chain."""
    return session.execute(select(Seal).order_by(col(Seal.id).desc()).limit(1)).scalar_one_or_none()


def last_sealed(session: Session, table: str) -> int | None:
    """The id of the last row of a table that is sealed."""
    return session.execute(select(func.max(Seal.last_id)).where(col(Seal.of_table) == table)).scalar()


def entries(session: Session, table: str, encoding: int, after: int | None, up_to: int) -> Iterator[Entry]:
    """The rows of a table with ids above `after` and up to `up_to`, as they are now; read a page at a time."""
    while page := _page(session, table, encoding, after, up_to):
        yield from page
        after = page[-1].row_id


def _page(session: Session, table: str, encoding: int, after: int | None, up_to: int) -> list[Entry]:
    columns = [_as_sealed(SEALED[table].c[name]) for name in ENCODINGS[table][encoding - 1]]
    key = SEALED[table].c.id
    wanted = key <= up_to if after is None else (key > after) & (key <= up_to)
    try:
        rows = session.execute(select(*columns).where(wanted).order_by(key).limit(BATCH)).all()
    except UNREADABLE:
        ids = session.execute(select(key).where(wanted).order_by(key).limit(BATCH)).scalars().all()
        return [_alone(session, table, encoding, columns, row_id) for row_id in ids]
    return [_entry(table, encoding, row) for row in rows]


def _alone(session: Session, table: str, encoding: int, columns: list[ColumnElement[Value]], row_id: int) -> Entry:
    """One row; what cannot be read has a digest that nothing has."""
    try:
        row = session.execute(select(*columns).where(SEALED[table].c.id == row_id)).one()
    except UNREADABLE:
        return Entry(row_id, bytes(32))
    return _entry(table, encoding, row)


def _entry(table: str, encoding: int, row: Row[*tuple[Value, ...]]) -> Entry:
    row_id = cast("int", row[0])  # every encoding begins with it
    return Entry(row_id, sealing.digest(sealing.canonical(table, encoding, row)))


def _as_sealed(column: ColumnElement[Value]) -> ColumnElement[Value]:
    """A kind is sealed as the word that is stored, whatever kinds the code knows by then."""
    return type_coerce(column, String) if isinstance(column.type, Enum) else column


def _writers(session: Session, table: str) -> frozenset[str]:
    if session.get_bind().dialect.name == "sqlite":
        return frozenset()
    return frozenset(session.execute(_WRITERS, {"name": table}).scalars())
