"""How the lines of a run are found in a large stock: by the index, a little of each class, never by a scan."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col

from models.database import Database
from models.rules.policies import parse_policies
from models.services import due_stock, random_stock, reach, selection
from models.services.plan_terms import Terms
from models.stock import StockLevel
from tests.bench.picking import NOW, fill, leveled_day
from tests.statements import statements

LINES = 20


def pick(session: Session, selection_text: str, *, is_leveled: bool = True) -> list[selection.Pick]:
    leveled = leveled_day(session) if is_leveled else None
    terms = Terms(1, parse_policies(selection_text), LINES)
    return selection.choose(session, terms, now=NOW, seed=7, leveled=leveled)


def explained(session: Session, statement: str, parameters: object) -> str:
    """How the database would answer a statement."""
    connection = session.connection()
    if session.get_bind().dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]  # as it was sent
        return "\n".join(str(row[3]) for row in rows)
    # A few thousand rows are quicker sorted; what is asked is whether the index is there for more.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    connection.execute(text("SET LOCAL enable_sort = off"))
    return "\n".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))  # type: ignore[arg-type]  # same


@pytest.fixture(autouse=True)
def _large_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few thousand stocks are many here."""
    monkeypatch.setattr(selection, "SMALL", 100)


@pytest.mark.parametrize("is_leveled", [True, False])
def test_what_is_due_is_read_in_order_from_the_index_of_its_class(database: Database, *, is_leveled: bool) -> None:
    fill(database, 3000)
    with database.read() as session, statements(database) as sent:
        assert len(pick(session, "due", is_leveled=is_leveled)) == LINES
        of_a_class = [one for one in sent if "abc_class = " in one[0] and "LIMIT" in one[0]]
        assert len(of_a_class) == 3
        for statement, parameters in of_a_class:
            plan = explained(session, statement, parameters)
            assert "ix_stocklevel_class_due" in plan
            if database.is_sqlite:
                assert "TEMP B-TREE" not in plan
                assert "SCAN" not in plan
            else:
                assert "Seq Scan on stocklevel" not in plan


@pytest.mark.parametrize(
    ("policy", "index"),
    [
        ("never", "ix_stocklevel_never_counted"),
        ("abc A", "ix_stocklevel_class_due"),
        ("negative", "ix_stocklevel_none_left"),
    ],
)
def test_the_other_quick_policies_read_no_more_than_their_index(
    sqlite_database: Database, policy: str, index: str
) -> None:
    fill(sqlite_database, 3000)
    with sqlite_database.read() as session, statements(sqlite_database) as sent:
        pick(session, policy)
        (found,) = [one for one in sent if "LIMIT" in one[0]][:1]
        plan = explained(session, *found)
    assert "TEMP B-TREE" not in plan
    assert index in plan


def test_what_was_never_counted_of_a_class_that_was_counted_lately_is_read_from_its_index(database: Database) -> None:
    fill(database, 3000)
    lately = NOW - timedelta(days=1)
    with database.write() as session:
        counted = col(StockLevel.abc_class) == "A", col(StockLevel.last_counted_at).is_not(None)
        session.execute(update(StockLevel).where(*counted).values(due_from=lately, last_counted_at=lately))
        session.execute(update(StockLevel).where(col(StockLevel.last_counted_at).is_(None)).values(due_from=NOW))
    with database.read() as session, statements(database) as sent:
        found = pick(session, "due")
        assert any(one.stock.abc_class == "A" and one.stock.last_counted_at is None for one in found)
        (never,) = [one for one in sent if "coalesce(stocklevel.abc_class" in one[0] and "LIMIT" in one[0]]
        plan = explained(session, *never)
    assert "ix_stocklevel_never_counted" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("selection_text", ["due", "random", "never"])
def test_what_is_read_does_not_grow_with_the_stock(
    sqlite_database: Database, selection_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counted(session: Session, statement: reach.Query) -> list[reach.Candidate]:
        found = reach.candidates(session, statement)
        read.append(len(found))
        return found

    fill(sqlite_database, 6000)
    for module in (due_stock, random_stock, selection):
        monkeypatch.setattr(module, "candidates", counted)
    with sqlite_database.read() as session:
        pick(session, selection_text)
    assert sum(read) <= 3 * (LINES + due_stock.AHEAD)


@pytest.mark.parametrize("policy", ["due", "never", "abc A", "location N-0"])
def test_a_plan_that_reaches_little_finds_it_by_its_bins(
    sqlite_database: Database, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_database, 3000)
    along_the_index = [one.stock.sku for one in _picked(sqlite_database, policy)]
    monkeypatch.setattr(selection, "SMALL", 1000)
    with sqlite_database.read() as session, statements(sqlite_database) as sent:
        assert [one.stock.sku for one in pick(session, policy, is_leveled=False)] == along_the_index
        found = [one for one in sent if "LIMIT" in one[0]]
        plans = [explained(session, *one) for one in found if "on_hand <= 0" not in one[0]]
    assert plans
    assert all("ix_stocklevel_bin_class" in plan and "SCAN" not in plan for plan in plans)


def _picked(database: Database, policy: str) -> list[selection.Pick]:
    with database.read() as session:
        return pick(session, policy, is_leveled=False)


def test_the_stocks_of_a_plan_are_counted_from_indexes_alone(sqlite_database: Database) -> None:
    fill(sqlite_database, 3000)
    with sqlite_database.read() as session, statements(sqlite_database) as sent:
        found = reach.class_counts(session, reach.reach_of(session, Terms(1, (), LINES)))
        (counting,) = [one for one in sent if "GROUP BY" in one[0]]
        plan = explained(session, *counting)
    assert sum(found.values()) == 1000
    assert "COVERING INDEX ix_stocklevel_bin_class" in plan
    assert "SCAN" not in plan
