"""`python -m bot import --counts`: what it says, and that it does not keep what it reads."""

import sys
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import func, select

from models.database import Database
from models.records import CountRecord
from models.services import prior_count_files, prior_counts
from models.stock import StockLevel
from tests.bot.shell import Shell

STOCK = "sku,name,category,unit,unit_cost,location,on_hand\nBOLT-10,Bolt,,pcs,0.35,A-01,120\nNUT-1,Nut,,pcs,1,A-02,5\n"
HEADER = "sku,location,counted,expected,counted_at,counter"


@pytest.fixture
def stocked(sqlite_shell: Shell) -> Shell:
    sqlite_shell.write("stock.csv", STOCK)
    assert sqlite_shell("import", "stock.csv").returncode == 0
    return sqlite_shell


def said(shell: Shell, *lines: str, header: str = HEADER) -> str:
    shell.write("prior.csv", "\n".join([header, *lines, ""]))
    done = shell("import", "--counts", "prior.csv")
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()[0]


def test_one_line_says_what_came_of_it(stocked: Shell) -> None:
    row = "BOLT-10,A-01,118,120,2026-03-02T08:00,Old Ben"
    none = "(that takes the column blind, with yes where the counter did not see what was expected)"
    assert said(stocked, row) == f"counts: 1 imported, 0 known already; 0 say something about accuracy {none}"
    assert said(stocked, row) == "counts: 0 imported, 1 known already"
    blind = f"{HEADER},blind"
    assert said(stocked, f"{row},yes", header=blind) == "counts: 0 imported, 1 known already, 1 of them rated anew"
    assert said(
        stocked, f"{row},yes", "NUT-1,A-02,5,,2026-03-03,,yes", "NUT-1,A-02,5,6,2026-03-04,,yes", header=blind
    ) == ("counts: 2 imported, 1 known already; 1 say something about accuracy (1 have no expected)")
    assert stocked("check").stdout.startswith("All is well")


def test_with_stock_and_an_error_nothing_is_imported(sqlite_shell: Shell, sqlite_database: Database) -> None:
    sqlite_shell.write("stock.csv", STOCK)
    sqlite_shell.write("prior.csv", f"{HEADER}\nBOLT-10,A-01,1,1,2026-03-02,,\nBOLT-99,A-01,1,1,2026-03-02,\n")
    done = sqlite_shell("import", "stock.csv", "--counts", "prior.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "prior.csv line 2: there are 7 cells, the header has 6\n"
        'prior.csv line 3: there is no item "BOLT-99"; did you mean BOLT-10?\n'
    )
    with sqlite_database.read() as session:
        assert session.exec(select(StockLevel)).all() == []


def test_with_the_stock_that_it_names(sqlite_shell: Shell, sqlite_database: Database) -> None:
    sqlite_shell.write("stock.csv", STOCK)
    sqlite_shell.write("prior.csv", f"{HEADER}\nBOLT-10,A-01,1,1,2026-03-02T10:00,\n")
    assert sqlite_shell("import", "stock.csv", "--counts", "prior.csv").returncode == 0
    with sqlite_database.read() as session:
        level = session.exec(select(StockLevel).where(StockLevel.on_hand == Decimal(120))).one()
        assert level.last_counted_at is not None
    assert sqlite_shell("check").returncode == 0


@pytest.mark.parametrize("ending", ["none.csv", "folder"])
def test_a_file_that_cannot_be_read(stocked: Shell, ending: str) -> None:
    (stocked.folder / "folder").mkdir()
    done = stocked("import", "--counts", ending)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{ending}: cannot be read (")


def test_a_long_file_is_stored_in_parts_and_none_of_it_is_kept(
    stocked: Shell, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prior_counts, "BATCH", 300)
    peaks = []
    for year, rows in ((2020, 900), (2021, 900), (2022, 2700)):
        lines = (
            f"BOLT-10,A-01,{number},,{year}-03-{number % 28 + 1:02}T08:00:{number % 60:02},Counter {number}"
            for number in range(rows)
        )
        path = Path(stocked.write("prior.csv", "\n".join([HEADER, *lines])))
        tracemalloc.start()
        assert stocked("import", "--counts", str(path)).returncode == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    _, short, long = peaks
    assert long < 1.5 * short
    with sqlite_database.read() as session:
        assert session.exec(select(func.count()).select_from(CountRecord)).one() == 4500


def test_somebody_at_a_terminal_sees_how_far_it_is(stocked: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prior_count_files, "EVERY", 2)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    rows = [f"BOLT-10,A-01,{number},,2026-03-02,," for number in range(3)]
    stocked.write("prior.csv", "\n".join([f"{HEADER},blind", *rows, ""]))
    done = stocked("import", "--counts", "prior.csv")
    assert done.returncode == 0
    assert done.stderr == "\rprior.csv: 2 rows read\x1b[K\rprior.csv: 2 rows stored\x1b[K\r\x1b[K"
