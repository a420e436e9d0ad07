"""Exports for other systems: complete, each row once, and safe to open in a spreadsheet."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import InternalError
from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountEntry
from models.database import Database
from models.people import Company
from models.services import export_tables, exports
from models.services.exports import AdjustmentRow, HistoryRow, adjustment_rows, history_rows, write_csv
from tests.builders import Stock
from tests.conftest import NOW
from tests.world import World


def bolts_of(world: World) -> Stock:
    return world.stock("BOLT-10", "A-01", 100, unit_cost="0.35")


def counted(world: World, bolts: Stock | None = None) -> int:
    """A line of which 90 of 100 were counted twice and approved; returns its id."""
    bolts = bolts or bolts_of(world)
    line = world.line(bolts)
    world.count(line, "ana", "88.5")
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    return line


def as_csv(session: Session, world: World) -> list[dict[str, str]]:
    stream = StringIO(newline="")
    rows = history_rows(session, since=world.now - timedelta(days=1))
    assert write_csv(session, stream, HistoryRow._fields, rows) == len(stream.getvalue().splitlines()) - 1
    return list(csv.DictReader(StringIO(stream.getvalue())))


def test_history_has_a_row_for_each_entry(world: World) -> None:
    line = counted(world)
    with world.database.read() as session:
        first, second = history_rows(session, since=world.now - timedelta(days=1))
    assert (first.sku, first.location, first.plan, first.team) == ("BOLT-10", "A-01", "Daily parts", "Fleet Parts")
    assert (first.attempt, first.counter, first.counter_id, first.counted) == (1, "Ana", "U01ANA", Decimal("88.5"))
    assert (first.expected, first.variance, first.value) == (Decimal(100), Decimal("-11.5"), Decimal("-4.025"))
    assert (first.within_tolerance, first.line_id, first.line_state) == ("no", line, "RECONCILED")
    assert (second.attempt, second.counter, second.variance) == (2, "Dan", Decimal(-10))
    for row in (first, second):
        assert (row.decision, row.decided_by, row.reason) == ("approve", "Ben", "cause not known")
    assert (first.posted, second.posted) == (None, Decimal(-10))


def test_posted_adds_up_to_the_adjustments_of_the_ledger(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_tables, "PAGE", 2)
    bolts = bolts_of(world)
    nuts = world.stock("NUT-1", "A-02", 10)  # in the same session, so that no other opens the bolts again
    before = world.now - timedelta(hours=1)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    other = world.line(nuts)
    world.count(other, "ana", 12)
    world.count(other, "ana", 13)  # corrects the 12
    world.count(other, "dan", 13)
    world.approve(other, "ben")
    world.issue(bolts, 4, occurred_at=before)
    with world.database.read() as session:
        assert [row.posted for row in history_rows(session, since=before) if row.line_id == line] == [
            None,
            Decimal(-10),
        ], "with the approvers again, what was posted stays posted"
    world.approve(line, "eva")
    with world.database.read() as session:
        rows = list(history_rows(session, since=before))
        adjusted = [row.quantity for row in adjustment_rows(session, since=before)]
    assert [(row.counter, row.settles, row.posted) for row in rows if row.line_id == line] == [
        ("Ana", "yes", None),
        ("Dan", "yes", Decimal(-6)),
    ]
    assert [(row.counted, row.posted) for row in rows if row.line_id == other] == [
        (Decimal(12), None),
        (Decimal(13), None),
        (Decimal(13), Decimal(3)),
    ]
    assert sum(row.posted for row in rows if row.posted is not None) == sum(adjusted) == Decimal(-3)


def test_a_count_without_variance_is_decided_by_the_limit(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 100)
    with world.database.read() as session:
        (row,) = history_rows(session, since=world.now - timedelta(days=1))
    assert (row.variance, row.within_tolerance, row.decision, row.posted) == (
        Decimal(0),
        "yes",
        "within tolerance",
        Decimal(0),
    )
    assert row.decided_by == "tolerance limit"


def test_a_line_still_open_has_no_decision(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 90)
    with world.database.read() as session:
        (row,) = history_rows(session, since=world.now - timedelta(days=1))
    assert (row.line_state, row.decision, row.decided_by, row.posted) == ("RECOUNT", None, None, None)


def test_since_is_inclusive_and_pages_join_without_a_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_tables, "PAGE", 2)
    instant = world.now + timedelta(hours=1)
    lines = [world.line(world.stock(f"S-{number}", f"A-{number}", 5)) for number in range(5)]
    world.now += timedelta(hours=2)
    for line in lines:  # all at the same instant: the page break falls between equal times
        world.count(line, "ana", 5, at=instant)
    with world.database.read() as session:
        everything = [row.entry_id for row in history_rows(session, since=instant)]
        assert everything == list(session.exec(select(CountEntry.id).order_by(col(CountEntry.id))))
        assert len(everything) == 5
        assert list(history_rows(session, since=instant + timedelta(seconds=1))) == []


def test_adjustments_are_there_once_with_their_ledger_id(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_tables, "PAGE", 1)
    line = counted(world)
    nuts = world.stock("NUT-1", "A-02", 10, unit_cost=None)
    other = world.line(nuts)
    world.count(other, "ana", 12)
    world.count(other, "dan", 12)
    world.adjust(other, "eva", 11, note="=HYPERLINK(1)")
    with world.database.read() as session:
        bolt, nut = adjustment_rows(session, since=world.now - timedelta(days=1))
        late = list(adjustment_rows(session, since=nut.recorded_at + timedelta(seconds=1)))
    assert bolt.ledger_id != nut.ledger_id
    assert (bolt.sku, bolt.quantity, bolt.value, bolt.line_id) == ("BOLT-10", Decimal(-10), Decimal("-3.5"), line)
    assert (bolt.decision, bolt.decided_by) == ("approve", "Ben")
    assert (nut.sku, nut.quantity, nut.value, nut.note) == ("NUT-1", Decimal(1), None, "=HYPERLINK(1)")
    assert bolt.occurred_at < bolt.recorded_at
    assert late == []


def test_a_line_adjusted_twice_keeps_its_decisions_apart(world: World) -> None:
    bolts = bolts_of(world)
    line = counted(world, bolts)
    world.issue(bolts, 4, occurred_at=world.now - timedelta(hours=1))
    world.approve(line, "eva")
    with world.database.read() as session:
        rows = list(adjustment_rows(session, since=world.now - timedelta(days=1)))
    assert [(row.quantity, row.decided_by) for row in rows] == [(Decimal(-10), "Ben"), (Decimal(4), "Eva")]


def test_cells_are_plain_and_times_are_local(world: World) -> None:
    counted(world)
    with world.database.write() as session:
        session.get_one(Company, 1).timezone = "Europe/Berlin"
    with world.database.read() as session:
        row = as_csv(session, world)[0]
        counted_at = next(iter(history_rows(session, since=world.now - timedelta(days=1)))).counted_at
    assert (row["counted"], row["variance"], row["value"], row["expected"]) == ("88.5", "-11.5", "-4.025", "100")
    assert row["counted_at"].endswith("+01:00")
    assert row["counted_at"][:13] == f"{counted_at + timedelta(hours=1):%Y-%m-%dT%H}"


def test_columns_are_the_fields() -> None:
    assert HistoryRow._fields[:2] == ("entry_id", "counted_at")
    assert AdjustmentRow._fields[0] == "ledger_id"


@pytest.mark.parametrize("what", sorted(exports.EXPORTS.keys() - {"reorder"}))
def test_rows_that_arrive_meanwhile_are_in_the_next_export(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(export_tables, "PAGE", 1)
    bolts, nuts = bolts_of(world), world.stock("NUT-1", "A-02", 10)
    counted(world, bolts)
    with world.database.snapshot() as session:
        before = list(exports.table(session, what).rows)
        assert before
    with world.database.snapshot() as session:
        rows = iter(exports.table(session, what).rows)
        found = [next(rows)]
        line = world.line(nuts)
        world.count(line, "ana", 12, at=world.now - timedelta(seconds=1))
        world.count(line, "dan", 12)
        world.approve(line, "ben")
        world.count(world.line(bolts), "fay", 90)
        found += rows
    assert found == before
    with world.database.snapshot() as session:
        assert list(exports.table(session, what).rows) != before


def test_a_snapshot_is_for_reading(postgres_database: Database) -> None:
    with postgres_database.snapshot() as session, pytest.raises(InternalError, match="read-only"):
        session.execute(insert(Item).values(sku="X", name="X", category="", unit="pcs", created_at=NOW))
