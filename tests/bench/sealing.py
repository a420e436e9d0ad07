"""How many rows a second are sealed, and followed by `check`; and what that needs in memory."""

import argparse
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import insert
from sqlmodel import Session

from models.catalog import Item, Location
from models.database import Database
from models.services.seal_checks import sealed_rows_stand
from models.stock import EntryKind
from models.tables import METADATA
from scheduler.sealing import seal
from tests.bench.picking import opened

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
CHUNK = 50_000


def fill(database: Database, rows: int, name: str = "BOLT-10") -> None:
    """So many ledger rows of one item in one bin."""
    with database.write() as session:
        item, location = Item(sku=name, name=name, created_at=NOW), Location(code=name)
        session.add_all([item, location])
        session.flush()
        row = {
            "item_id": item.id, "location_id": location.id, "kind": EntryKind.RECEIPT, "quantity": Decimal("2.5"),
            "unit_cost": Decimal("0.35"), "occurred_at": NOW, "recorded_at": NOW, "reference": "PO-881",
        }  # fmt: skip
        for begin in range(0, rows, CHUNK):
            number = min(CHUNK, rows - begin)
            session.execute(insert(METADATA.tables["stockentry"]), [row] * number)


def sealed(database: Database) -> int:
    """Seal all there is; returns how many seals that took."""
    seals = 0
    while made := seal(database, NOW):
        seals += len(made)
    return seals


def followed(session: Session) -> int:
    """Follow the chain; returns how many things are wrong."""
    return sum(1 for _ in sealed_rows_stand(session))


def peak(session: Session) -> int:
    """The most memory that following takes, in bytes; nothing may be wrong."""
    tracemalloc.start()
    try:
        assert followed(session) == 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def run(parsed: argparse.Namespace) -> int:
    """`python -m tests.bench seal`."""
    with opened(parsed.url) as database:
        fill(database, parsed.rows)
        started = time.perf_counter()
        seals = sealed(database)
        sealing = parsed.rows / (time.perf_counter() - started)
        with database.read() as session:
            started = time.perf_counter()
            wrong = followed(session)
            following = parsed.rows / (time.perf_counter() - started)
            memory = peak(session) / 2**20
    sys.stdout.write(
        f"{parsed.rows:,} rows in {seals:,} seals: {sealing:,.0f} rows a second sealed, {following:,.0f} followed,"
        f" in {memory:.1f} MB at most\n"
    )
    return int(wrong > 0)
