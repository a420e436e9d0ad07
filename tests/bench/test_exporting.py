"""Exports need flat memory; `python -m tests.bench export` says how much for a million rows."""

from pathlib import Path

import pytest

from models.database import Database
from models.services import export_tables
from tests.bench.exporting import fill, peak


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_long_export_needs_no_more_memory_than_a_short_one(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(export_tables, "PAGE", 100)
    peaks = []  # of more than two pages each: while one is read, the one before is still there
    for number, rows in enumerate((300, 10, 900)):
        fill(sqlite_database, rows)
        peaks.append(peak(sqlite_database, tmp_path / f"{number}.{ending}"))
    _, short, long = peaks
    assert long < 1.25 * short
