"""Whether what was sealed still is as it was sealed; run first of all invariants (`models.services.checks`).

The chain is followed from its first seal, a few seals and a page of rows at a time, so that memory stays flat. What is
wrong is named: the row, the seal, or the receipt. Nobody can tell by the database alone that somebody sealed all of it
anew and made the receipts anew as well: for that, a head that is read in Slack is looked up (`seal_receipts.find`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlmodel import Session, col, func

from models.rules import sealing
from models.rules.sealing import ENCODINGS, FIRST_HEAD, Batch, Difference, Entry
from models.seals import Seal, SealReceipt
from models.services import seals
from models.tables import METADATA

SEALS_AT_ONCE = 100

_SEAL = METADATA.tables["seal"]

_ROWS: Mapping[str, str] = MappingProxyType({"stockentry": "ledger row", "auditevent": "audit event"})
_WORDS: Mapping[Difference, str] = MappingProxyType(
    {
        Difference.CHANGED: "was changed after it was sealed",
        Difference.MISSING: "is missing and was sealed",
        Difference.INSERTED: "was inserted among rows that were sealed without it",
    }
)


def sealed_rows_stand(session: Session) -> Iterator[str]:
    """No sealed row was changed, deleted or inserted, and each seal follows from the one before it."""
    chain = _Chain()
    for seal in _all_seals(session):
        yield from chain.follow(session, seal)


def published_heads_are_in_the_chain(session: Session) -> Iterator[str]:
    """Each head that was shown in Slack still is the head of its seal: the chain was not made anew, or cut."""
    for receipt in session.execute(
        select(SealReceipt)
        .outerjoin(Seal, col(Seal.id) == col(SealReceipt.seal_id))
        .where(func.coalesce(col(Seal.head), "") != col(SealReceipt.head))
        .order_by(col(SealReceipt.id))
    ).scalars():
        yield (
            f"receipt {receipt.id}: the head {sealing.shown(receipt.head)} of seal {receipt.seal_id}, shown in"
            f" {receipt.channel} at {_said(receipt.published_at)}, is not in the chain: it was made anew, or cut, since"
        )


SEAL_CHECKS = (sealed_rows_stand, published_heads_are_in_the_chain)


@dataclass(frozen=True)
class Standing:
    """How far the chain reaches. `waiting` rows are not sealed yet."""

    seals: int
    rows: int
    waiting: int
    head: str


def standing(session: Session) -> Standing | None:
    """How far the chain reaches; None as long as nothing is sealed."""
    last = seals.newest(session)
    if last is None:
        return None
    waiting = 0
    for name, table in seals.SEALED.items():
        unsealed = table.c.id > (seals.last_sealed(session, name) or 0)
        waiting += session.execute(select(func.count()).select_from(table).where(unsealed)).scalar_one()
    rows = session.execute(select(func.sum(Seal.rows))).scalar_one()
    return Standing(seals=last.id, rows=int(rows), waiting=waiting, head=last.head)


@dataclass(frozen=True)
class _Stored:
    """A seal as it is stored; `batch` is None when it cannot be read any more."""

    seal_id: int
    head: str = ""
    batch: Batch | None = None


class _Chain:
    """Where one stands in the chain while following it.

    `_heads` are what the next seal may follow: the head as it is stored, and as it should be. When they differ that
    was told already, and need not be told of the next seal as well. Without any, nobody knows what comes next.
    `_ends` are the last rows of the tables; behind seals that are missing nobody knows which rows they had.
    """

    def __init__(self) -> None:
        self._number = 0
        self._heads = {FIRST_HEAD}
        self._ends: dict[str, int | None] = dict.fromkeys(ENCODINGS)

    def follow(self, session: Session, seal: _Stored) -> Iterator[str]:
        """Go on to a seal; says what is wrong with it and with its rows."""
        if seal.seal_id != self._number + 1:
            yield _missing(self._number + 1, seal.seal_id - 1)
            self._lose_the_thread()
        batch = seal.batch
        should_be = set() if batch is None else {sealing.head_of(head, batch) for head in self._heads}
        is_sound = batch is not None and (not self._heads or seal.head in should_be)
        if not is_sound:
            before = (
                f" does not follow from seal {self._number}: one of the two" if self._heads and self._number else ""
            )
            yield f"seal {seal.seal_id}{before} was changed after it was made"
        self._number = seal.seal_id
        sealed = None if batch is None else _listing(batch)
        if batch is None or sealed is None:
            self._lose_the_thread()
        else:
            self._heads = {seal.head} if is_sound else {seal.head, *should_be}
            yield from self._differences(session, batch, sealed)

    def _lose_the_thread(self) -> None:
        self._heads, self._ends = set(), {}

    def _differences(self, session: Session, batch: Batch, sealed: list[Entry]) -> Iterator[str]:
        after = self._ends.get(batch.of_table, sealed[0].row_id - 1)
        found = seals.entries(session, batch.of_table, batch.encoding, after, sealed[-1].row_id)
        for row_id, difference in sealing.differences(sealed, found):
            when = f"seal {batch.id}, {_said(batch.sealed_at)}"
            yield f"{_ROWS[batch.of_table]} {row_id} {_WORDS[difference]} ({when})"
        self._ends[batch.of_table] = sealed[-1].row_id


def _all_seals(session: Session) -> Iterator[_Stored]:
    """The chain in its order, a few at a time; each seal brings the list of its rows."""
    key, after = _SEAL.c.id, 0
    while ids := session.execute(select(key).where(key > after).order_by(key).limit(SEALS_AT_ONCE)).scalars().all():
        for seal_id in ids:
            yield _stored(session, seal_id)
        after = ids[-1]


def _stored(session: Session, seal_id: int) -> _Stored:
    try:
        row = session.execute(select(_SEAL).where(_SEAL.c.id == seal_id)).mappings().one()
    except seals.UNREADABLE:
        return _Stored(seal_id)
    numbers = ("encoding", "first_id", "last_id", "rows")
    if not isinstance(row["listing"], bytes) or not all(isinstance(row[name], int) for name in numbers):
        return _Stored(seal_id)  # SQLite takes anything
    return _Stored(seal_id, row["head"], Batch(**{field.name: row[field.name] for field in fields(Batch)}))


def _listing(batch: Batch) -> list[Entry] | None:
    """The rows a seal lists; None when it makes no sense."""
    if batch.of_table not in ENCODINGS or not 1 <= batch.encoding <= len(ENCODINGS[batch.of_table]):
        return None
    try:
        found = list(sealing.entries_of(batch.listing))
    except ValueError:
        return None
    is_its_own = found and (found[0].row_id, found[-1].row_id, len(found)) == (
        batch.first_id,
        batch.last_id,
        batch.rows,
    )
    return found if is_its_own else None


def _missing(first: int, last: int) -> str:
    return f"seal {first} is missing" if first == last else f"seals {first} to {last} are missing"


def _said(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
