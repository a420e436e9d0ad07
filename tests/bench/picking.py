"""The pick of one run's lines out of many stock rows, against plain SQL that fetches the same rows.

The plain SQL knows already which rows those are: it reads them by their ids. So it is the least that any way of
choosing could cost, and the ratio says what choosing adds: reading each class by the index a little further than
needed, leaving out what is being counted, and ranking.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text
from sqlmodel import Session, col

from models.catalog import Item, Location
from models.database import Database
from models.migrate import migrate
from models.people import Company, Team, TeamLocation
from models.rules.coverage import Covered, covered
from models.rules.policies import parse_policies
from models.rules.runs import next_run
from models.rules.schedules import parse_schedule
from models.services import selection
from models.services.calendars import calendar_of
from models.services.plan_terms import Leveled, Terms
from models.services.reach import COLUMNS, Query, candidates, class_counts, reach_of
from models.stock import StockLevel
from models.tables import METADATA

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
ROUNDS = 15
CHUNK = 50_000
ITEM, LOCATION, LEVEL = (METADATA.tables[name] for name in ("item", "location", "stocklevel"))
CLASSES = "AABBBCCCCC"

Value = TypeVar("Value")


def fill(database: Database, rows: int, seed: int = 1) -> None:
    """Stock `rows` items, one a bin, last counted at random within 400 days; a tenth never; of one team of three."""
    random = Random(seed)
    with database.write() as session:
        session.add(Company(timezone="UTC"))
        team = Team(name="North", channel="CNORTH", review_channel="CREVIEW", working_days="mon,tue,wed,thu,fri")
        session.add(team)
        session.flush()
        session.add(TeamLocation(team_id=team.id or 0, prefix="N-"))
        for begin in range(1, rows + 1, CHUNK):
            numbers = range(begin, min(begin + CHUNK, rows + 1))
            created = NOW - timedelta(days=400)
            letters = {number: random.choice(CLASSES) for number in numbers}
            session.execute(
                insert(ITEM),
                [
                    {
                        "id": number, "sku": f"S{number}", "name": f"Item {number}", "category": "", "unit": "pcs",
                        "unit_cost": Decimal(number % 500 + 1), "abc_class": letters[number], "created_at": created,
                    }
                    for number in numbers
                ],
            )  # fmt: skip
            session.execute(
                insert(LOCATION), [{"id": number, "code": f"{'NES'[number % 3]}-{number:07}"} for number in numbers]
            )
            levels = []
            for number in numbers:
                counted = None if random.random() < 0.1 else NOW - timedelta(minutes=random.randint(0, 400 * 1440))
                levels.append(
                    {
                        "item_id": number, "location_id": number, "on_hand": Decimal(random.randint(0, 100)),
                        "abc_class": letters[number], "created_at": created, "last_counted_at": counted,
                        "due_from": counted or created,
                    }
                )  # fmt: skip
            session.execute(insert(LEVEL), levels)
        session.execute(text("ANALYZE"))


def leveled_day(session: Session) -> Leveled:
    """The next run of a daily plan of the team."""
    rhythm = parse_schedule("daily 07:00", ZoneInfo("UTC").key)
    calendar = calendar_of(session, session.get_one(Team, 1))
    run = next_run(rhythm, calendar, NOW)
    assert run is not None
    found: Covered = covered(rhythm, calendar, run)
    return Leveled(run, found)


def timed(work: Callable[[], Value]) -> tuple[float, Value]:
    """The median milliseconds of `ROUNDS` runs after a first one, and what the last returned."""
    result, taken = work(), []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        result = work()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken), result


@contextmanager
def opened(url: str | None) -> Iterator[Database]:
    """The database to measure on."""
    with tempfile.TemporaryDirectory(prefix="cycle-count-bench-") as folder:
        url = url or f"sqlite:///{(Path(folder) / 'stock.db').as_posix()}"
        migrate(url)
        database = Database(url)
        try:
            yield database
        finally:
            database.close()


def run(parsed: argparse.Namespace) -> int:
    """`python -m tests.bench pick`."""
    with opened(parsed.url) as database:
        started = time.perf_counter()
        fill(database, parsed.rows)
        sys.stdout.write(f"{parsed.rows:,} stock rows written in {time.perf_counter() - started:.0f} s\n\n")
        with database.read() as session:
            measure(session, parsed.lines)
    return 0


def measure(session: Session, lines: int) -> None:
    """Print the table."""
    reach = reach_of(session, Terms(1, parse_policies("due"), lines))
    assert reach is not None
    counting, counts = timed(lambda: class_counts(session, reach))
    leveled = leveled_day(session)
    sys.stdout.write(f"{'chosen by':30} {'lines':>5} {'ms':>9} {'plain SQL ms':>13} {'ratio':>7}\n")
    for text_of, run_of in (
        ("due", leveled), ("due", None), ("random", None), ("never", None), ("abc A", None), ("negative", None),
        ("value", None), ("due 70%, random 30%", leveled),
    ):  # fmt: skip
        terms = Terms(1, parse_policies(text_of), lines)
        taken, picks = timed(partial(selection.choose, session, terms, now=NOW, seed=7, leveled=run_of, counts=counts))
        plain, _ = timed(partial(candidates, session, _by_id([pick.stock.level_id for pick in picks])))
        name = f"{text_of}, levelled" if run_of else text_of
        sys.stdout.write(f"{name:30} {len(picks):5} {taken:9.1f} {plain:13.2f} {taken / plain:7.1f}\n")
    sys.stdout.write(f"\nstocks of the plan counted by class, which its quotas need: {counting:.0f} ms\n")


def _by_id(ids: list[int]) -> Query:
    """The same columns of the same rows, fetched by their ids and nothing else."""
    return (
        select(*COLUMNS)
        .select_from(StockLevel)
        .join(Location, col(Location.id) == col(StockLevel.location_id))
        .join(Item, col(Item.id) == col(StockLevel.item_id))
        .where(col(StockLevel.id).in_(ids))
    )
