"""Demand is read in flat memory, however long the ledger is."""

import tracemalloc
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import insert

from models.rules.demand import weeks_before
from models.services import demand
from models.stock import EntryKind
from models.tables import METADATA
from tests.world import World

CHUNK = 5000


def peak(world: World) -> int:
    """The most memory that reading takes, in bytes."""
    with world.database.read() as session:
        tracemalloc.start()
        try:
            assert sum(1 for _ in demand.demands(session, weeks_before(world.now, 52))) == 10
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_a_long_ledger_takes_no_more_memory_than_a_short_one(small_world: World) -> None:
    stocks = [small_world.stock(f"BOLT-{number}", "A-01", 10**6) for number in range(10)]
    rows = [
        {
            "item_id": stocks[number % 10].item_id, "location_id": stocks[0].location_id, "kind": EntryKind.ISSUE,
            "quantity": Decimal(-1), "occurred_at": small_world.now - timedelta(minutes=10 * number),
            "recorded_at": small_world.now, "reference": "",
        }
        for number in range(CHUNK)
    ]  # fmt: skip
    peaks = []
    for times in (2, 0, 4):  # the first reading warms up
        for _ in range(times):
            with small_world.database.write() as session:
                session.execute(insert(METADATA.tables["stockentry"]), rows)
                levels = METADATA.tables["stocklevel"]
                session.execute(levels.update().values(on_hand=levels.c.on_hand - Decimal(CHUNK // 10)))
        peaks.append(peak(small_world))
    _, short, long = peaks
    assert long < 1.25 * short
