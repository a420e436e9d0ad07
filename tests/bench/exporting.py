"""What it takes to export many counts: the peak memory of the command itself, against that of a hundredth as many."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text
from sqlmodel import Session

from models.catalog import Item, Location
from models.counts import CountSession, DecisionKind, EntrySource
from models.database import Database
from models.people import Company, Member, Team
from models.plans import AtDue
from models.rules.lines import LineState
from models.services import exports
from models.services.export_xlsx import About, write_xlsx
from models.tables import METADATA
from tests.bench.picking import opened

FEW = 10_000
SOME = 100_000
CHUNK = 20_000
CACHE = 64
"""MB that SQLite may keep of the database; few rows do not fill it."""
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
LINE, ENTRY, JUDGEMENT, DECISION = (
    METADATA.tables[name] for name in ("countline", "countentry", "judgement", "decision")
)


def fill(database: Database, rows: int) -> None:
    """So many counted and decided lines of one item, one a second; added to what is there."""
    with database.write() as session:
        facts = _facts(session)
        begin = session.execute(text("SELECT coalesce(max(id), 0) + 1 FROM countline")).scalar_one()
        for start in range(begin, begin + rows, CHUNK):
            numbers = range(start, min(start + CHUNK, begin + rows))
            _write(session, numbers, *facts)
    with database.write() as session:
        session.execute(text("ANALYZE"))


def _facts(session: Session) -> tuple[int, int, int, int]:
    """The ids of a session, an item, a bin and a member, made when they are not there."""
    if session.get(Company, 1) is None:
        session.add(Company(timezone="Europe/Berlin"))
        item, location = Item(sku="BOLT-10", name="Bolt M10x40", created_at=NOW), Location(code="A-01-03")
        team = Team(name="North", channel="CNORTH", review_channel="CREVIEW")
        session.add_all([item, location, team, Member(slack_id="U01ANA", name="Ana")])
        session.flush()
        session.add(
            CountSession(
                team_id=team.id or 0, name="Daily parts", scheduled_for=NOW, started_at=NOW, due_at=NOW, recounts=1,
                replies=True, at_due=AtDue.EXPIRE,
            )
        )  # fmt: skip
        session.flush()
    return (1, 1, 1, 1)


def _write(session: Session, numbers: range, session_id: int, item_id: int, location_id: int, member_id: int) -> None:
    at = {number: NOW + timedelta(seconds=number) for number in numbers}
    session.execute(
        insert(LINE),
        [
            {
                "id": number, "session_id": session_id, "item_id": item_id, "location_id": location_id,
                "position": 1, "state": LineState.RECONCILED, "version": 2, "due_at": NOW, "policy": "due",
                "reason": "last counted 40 working days ago", "recounts_asked": 0, "found": False, "review_calls": 0,
            }
            for number in numbers
        ],
    )  # fmt: skip
    session.execute(
        insert(ENTRY),
        [
            {
                "id": number, "line_id": number, "member_id": member_id, "quantity": Decimal(number % 200),
                "attempt": 1, "settles": True, "counted_at": at[number], "recorded_at": at[number],
                "source": EntrySource.MODAL, "source_key": f"key {number}", "typed": "",
            }
            for number in numbers
        ],
    )  # fmt: skip
    session.execute(
        insert(JUDGEMENT),
        [
            {
                "entry_id": number, "judged_at": at[number], "expected": Decimal(100),
                "variance": Decimal(number % 200 - 100), "unit_cost": Decimal("0.35"), "within": False,
                "limit_applied": "2 % (plan Daily parts)",
            }
            for number in numbers
        ],
    )  # fmt: skip
    session.execute(
        insert(DECISION),
        [
            {
                "line_id": number, "line_version": 2, "kind": DecisionKind.APPROVE, "member_id": member_id,
                "entry_id": number, "quantity": Decimal(number % 200), "posted": Decimal(number % 200 - 100),
                "reason": "cause not known", "note": "=1+1", "decided_at": at[number],
            }
            for number in numbers
        ],
    )  # fmt: skip


def peak(database: Database, path: Path) -> int:
    """The most memory that an export of history to a file takes, in bytes of Python's own."""
    tracemalloc.start()
    try:
        with database.snapshot() as session:
            table = exports.table(session, "history")
            if path.suffix == ".xlsx":
                write_xlsx(path, table, About("history", ZoneInfo("UTC"), "EUR", NOW))
            else:
                with path.open("w", newline="") as stream:
                    exports.write_csv(session, stream, table.names, table.rows)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measured(url: str, path: Path) -> tuple[float, float]:
    """Seconds, and the peak memory of the process in MB, of `python -m bot export history --out PATH`."""
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "export", "history", "--out", str(path)],
        env=os.environ | {"DATABASE_URL": url},
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return time.perf_counter() - started, usage.ru_maxrss / scale


def run(parsed: argparse.Namespace) -> int:
    """`python -m tests.bench export`; 1 when many rows take a quarter more memory than few, SQLite's cache aside."""
    flat = True
    sys.stdout.write(f"{'engine':11} {'file':5} {'rows':>10} {'MB':>8} {'seconds':>8} {'file MB':>8} {'peak':>6}\n")
    with opened(parsed.url) as database, tempfile.TemporaryDirectory(prefix="cycle-count-bench-") as folder:
        url = database.engine.url.render_as_string(hide_password=False)
        peaks: dict[str, float] = {}
        written = 0
        for rows in sorted({FEW, min(SOME, parsed.rows), parsed.rows}):
            fill(database, rows - written)
            written = rows
            for kind in ("csv", "xlsx"):
                path = Path(folder) / f"history.{kind}"
                seconds, memory = measured(url, path)
                ratio = memory / peaks.setdefault(kind, memory)
                flat = flat and ratio <= 1.25
                size = path.stat().st_size / 2**20
                sys.stdout.write(
                    f"{database.engine.dialect.name:11} {kind:5} {rows:10,} {memory:8.1f} {seconds:8.1f} {size:8.1f}"
                    f" {ratio:6.2f}\n"
                )
    return int(not flat)
