"""Coverage against examples worked by hand, which stand in a table that a controller can check."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from models.catalog import Item, Location
from models.database import Database
from models.people import Company, Team
from models.records import CountRecord, RecordChange
from models.rules.lines import LineState
from models.services import overdue_stock
from models.services.coverage_facts import CoverageFacts, coverage_facts
from models.services.overdue_stock import Overdue, overdue_by_class, overdue_of_team
from models.stock import EntryKind, StockEntry, StockLevel
from scheduler.folding import fold
from tests.bench.picking import NOW as FILLED_AT
from tests.bench.picking import fill
from tests.builders import Warehouse
from tests.services.test_pick_plan import explained
from tests.statements import statements

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def rows() -> Iterator[list[str]]:
    for line in (Path(__file__).parent / "coverage_table.txt").read_text().splitlines():
        if not line.startswith("#"):
            yield [cell.strip() for cell in line.split("|")]


def dated(cell: str) -> list[tuple[str, date]]:
    found = [part.split() for part in cell.split(";") if part.strip()]
    return [(letter.replace("-", ""), date.fromisoformat(day)) for letter, day in found]


def at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def build(database: Database, worked: str, stock: str, known: str, counts: str) -> None:
    """Write down what the row says."""
    Warehouse(database, NOW)
    with database.write() as session:
        session.exec(select(Company)).one().working_days = "" if worked == "all" else "mon,tue,wed,thu,fri"
        item, bin_ = Item(sku="S", name="S", created_at=NOW), Location(code="A-00")
        session.add_all([item, bin_])
        session.flush()
        item_id, bin_id = item.id or 0, bin_.id or 0
        opened = at(date.fromisoformat(known))
        session.add(
            StockEntry(
                item_id=item_id,
                location_id=bin_id,
                kind=EntryKind.OPENING,
                quantity=Decimal(1),
                occurred_at=opened,
                recorded_at=opened,
            )
        )
        for number, (letter, day) in enumerate(dated(stock), 1):
            place = Location(code=f"A-{number:02}")
            session.add(place)
            session.flush()
            session.add(
                StockLevel(
                    item_id=item_id, location_id=place.id or 0, abc_class=letter, created_at=at(day),
                    due_from=datetime(1970, 1, 1, tzinfo=UTC) if day.year == 1970 else at(day),
                )
            )  # fmt: skip
        for letter, day in dated(counts):
            session.add(
                CountRecord(
                    item_id=item_id, location_id=bin_id, counted_at=at(day), last_at=at(day),
                    day=day, abc_class=letter, state=LineState.RECONCILED,
                    is_rated=True, first_counted=Decimal(1), counted=Decimal(1), hit=True, exact=True,
                    has_variance=False, is_adjusted=False,
                )
            )  # fmt: skip
            session.add(RecordChange(day=day))


def facts(database: Database) -> CoverageFacts:
    with database.read() as session:
        return coverage_facts(session, NOW)


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row[0])
def test_the_table(sqlite_database: Database, row: list[str]) -> None:
    _, worked, stock, known, counts, promised, made, overdue = row
    build(sqlite_database, worked, stock, known, counts)
    for _ in range(2):  # from records, and from sums
        found = facts(sqlite_database)
        assert round(sum((one.promised for one in found.classes), Decimal(0)), 2) == Decimal(promised)
        assert sum(one.done for one in found.classes) == int(made)
        assert found.overdue == Overdue(int(overdue))
        fold(sqlite_database, NOW)


def test_the_chart_says_of_when_it_is(database: Database) -> None:
    build(database, "all", "A 2026-11-20; - 2026-11-20", "2026-09-01", "A 2026-10-01")
    chart = facts(database).chart
    assert chart.title == "Counts promised and done · since 1 Sep 2026"
    assert chart.rows_said == (
        ("Class A, 12 a year", "1 of 2.8 (36 %)"),
        ("No class, 2 a year", "0 of 0.5 (0 %)"),
    )


def test_what_is_overdue_is_counted_from_the_index_of_its_class(database: Database) -> None:
    fill(database, 3000)
    with database.read() as session, statements(database) as sent:
        found = overdue_by_class(session, FILLED_AT)
        counting = [one for one in sent if "due_from <" in one[0]]
        assert len(counting) == 3
        for one in counting:
            plan = explained(session, *one)
            assert "ix_stocklevel_class_due" in plan
            assert "SCAN stocklevel" not in plan
            assert "Seq Scan on stocklevel" not in plan
    assert 0 < found["A"].lines < overdue_stock.MOST_COUNTED


def test_no_more_are_counted_than_are_said(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(sqlite_database, 300)
    with sqlite_database.read() as session:
        whole = overdue_by_class(session, FILLED_AT)
        monkeypatch.setattr(overdue_stock, "MOST_COUNTED", 5)
        assert overdue_by_class(session, FILLED_AT) == dict.fromkeys("ABC", Overdue(5, or_more=True))
    assert not any(one.or_more for one in whole.values())


def test_of_a_team_only_its_bins_count_by_its_own_calendar(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_database, 300)
    with sqlite_database.write() as session:
        late = FILLED_AT - timedelta(days=1000)
        for level in session.exec(select(StockLevel)).all():
            level.due_from = late if (level.id or 0) % 3 == 0 and (level.id or 0) <= 30 else FILLED_AT
    with sqlite_database.read() as session:
        assert overdue_of_team(session, 1, FILLED_AT) == Overdue(10), "every third bin is in the north"
        monkeypatch.setattr(overdue_stock, "MOST_OF_TEAM", 2)
        assert overdue_of_team(session, 1, FILLED_AT).or_more
    with sqlite_database.write() as session:
        session.get_one(Team, 1).shutdowns = "2020-01-01..2026-11-24"
    with sqlite_database.read() as session:
        assert overdue_of_team(session, 1, FILLED_AT) == Overdue()
