"""The chain is followed in flat memory; `python -m tests.bench seal` says how fast."""

from models.database import Database
from tests.bench.sealing import fill, peak, sealed


def test_following_a_long_chain_needs_no_more_memory_than_a_short_one(sqlite_database: Database) -> None:
    peaks = []
    for name, rows in (("warming up", 3000), ("short", 3000), ("long", 24_000)):
        fill(sqlite_database, rows, name)
        assert sealed(sqlite_database)
        with sqlite_database.read() as session:
            peaks.append(peak(session))
    _, short, long = peaks
    assert long < 1.25 * short
