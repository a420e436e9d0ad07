"""Whoever is master of the database changes what was sealed: `check` names the row, the seal or the receipt."""

from dataclasses import fields
from datetime import date, datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from models.database import Database
from models.rules import sealing
from models.rules.sealing import ENCODINGS
from models.seals import Seal, SealReceipt
from models.services import journal, seal_receipts, seals
from models.services.checks import run_checks
from models.stock import EntryKind
from models.tables import METADATA
from tests.services.tampering import flipped, tamper, tampering, told
from tests.world import World

AT = "2026-11-23 07:00 UTC"
# What a cell becomes; others get the smallest change there is.
CHANGES: dict[str, object] = {
    "item_id": 1, "location_id": 1, "kind": EntryKind.ISSUE, "line_id": None, "import_key": "", "reverses_id": 1,
    "posting_date": date(2026, 12, 1), "moved_by": "",
}  # fmt: skip
COPIED = (
    "INSERT INTO auditevent (id, at, actor, action, subject, detail) SELECT {id}, at, actor, action, subject, detail"
)
COPY = COPIED + " FROM auditevent WHERE id = 1"


@pytest.fixture
def world(database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> World:
    """Five ledger rows and nine audit events in batches of three: seals 1 and 3, and seals 2, 4, 5 and 6."""
    monkeypatch.setattr(seals, "BATCH", 3)
    world = World(database, now)
    for number in range(3):
        world.stock(f"SKU-{number}", f"A-0{number}", 10 + number)
    noted(world, 3)
    world.seal()
    line = world.line(world.stock("BOLT-10", "A-09", 100, unit_cost="0.35"))
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    world.seal()
    noted(world, 2)
    world.seal()
    with database.read() as session:
        made = session.exec(select(Seal.of_table, Seal.first_id, Seal.last_id).order_by(col(Seal.id))).all()
    assert made == [
        ("stockentry", 1, 3), ("auditevent", 1, 3), ("stockentry", 4, 5), ("auditevent", 4, 6), ("auditevent", 7, 7),
        ("auditevent", 8, 9),
    ]  # fmt: skip
    assert told(database) == []
    return world


def noted(world: World, number: int) -> None:
    with world.step() as session:
        for one in range(number):
            journal.audit(session, actor="U01BEN", action="test", subject=f"thing {one}", now=world.now)


@pytest.mark.parametrize("column", [name for name in ENCODINGS["stockentry"][-1] if name != "id"])
def test_a_changed_cell_of_the_ledger(world: World, column: str) -> None:
    table = METADATA.tables["stockentry"]
    with tampering(world.database) as session:
        before = session.execute(select(table.c[column]).where(table.c.id == 5)).scalar_one()
        value = CHANGES.get(column, flipped(before))
        assert value != before
        session.execute(update(table).where(table.c.id == 5).values({column: value}))
    assert told(world.database) == [f"ledger row 5 was changed after it was sealed (seal 3, {AT})"]


@pytest.mark.parametrize("column", [name for name in ENCODINGS["auditevent"][0] if name != "id"])
def test_a_changed_cell_of_the_audit_trail(world: World, column: str) -> None:
    table = METADATA.tables["auditevent"]
    with tampering(world.database) as session:
        value = flipped(session.execute(select(table.c[column]).where(table.c.id == 2)).scalar_one())
        session.execute(update(table).where(table.c.id == 2).values({column: value}))
    assert told(world.database) == [f"audit event 2 was changed after it was sealed (seal 2, {AT})"]


def test_nothing_in_a_cell_is_not_the_empty_text(world: World) -> None:
    tamper(world.database, "UPDATE stockentry SET reason = '' WHERE id = 1 AND reason IS NULL")
    assert told(world.database) == [f"ledger row 1 was changed after it was sealed (seal 1, {AT})"]


@pytest.mark.parametrize(("row", "seal"), [(1, 2), (2, 2), (3, 2), (4, 4), (7, 5), (9, 6)])
def test_a_deleted_row(world: World, row: int, seal: int) -> None:
    tamper(world.database, f"DELETE FROM auditevent WHERE id = {row}")
    assert told(world.database) == [f"audit event {row} is missing and was sealed (seal {seal}, {AT})"]


def test_a_deleted_batch_and_one_that_comes_back_under_its_ids(world: World) -> None:
    tamper(world.database, "DELETE FROM auditevent WHERE id > 7")
    gone = [f"audit event {row} is missing and was sealed (seal 6, {AT})" for row in (8, 9)]
    assert told(world.database) == gone
    tamper(world.database, COPY.format(id=9))
    assert told(world.database) == [gone[0], f"audit event 9 was changed after it was sealed (seal 6, {AT})"]


@pytest.mark.parametrize("row", [0, 2, 5, 7])
def test_an_inserted_row_in_a_gap(world: World, row: int) -> None:
    """Such as a rollback leaves, or below the first row; made here by leaving a row out of what is sealed."""
    made_anew(world, leaving_out=row)
    assert told(world.database) == []
    tamper(world.database, COPY.format(id=row))
    (problem,) = told(world.database)
    assert problem.startswith(f"audit event {row} was inserted among rows that were sealed without it (seal ")


def test_a_row_that_got_another_id(world: World) -> None:
    tamper(world.database, "UPDATE auditevent SET id = 99 WHERE id = 4")
    assert told(world.database) == [f"audit event 4 is missing and was sealed (seal 4, {AT})"]


def test_several_at_once_are_each_named(world: World) -> None:
    tamper(
        world.database,
        "UPDATE stockentry SET quantity = quantity - 1000 WHERE id = 2",
        "DELETE FROM auditevent WHERE id = 3",
        "UPDATE auditevent SET actor = 'U01EVA' WHERE id = 8",
    )
    assert [problem.split(" (")[0] for problem in told(world.database)] == [
        "ledger row 2 was changed after it was sealed",
        "audit event 3 is missing and was sealed",
        "audit event 8 was changed after it was sealed",
    ]


@pytest.mark.parametrize("cell", ["'garbage'", "CAST(x'ff' AS TEXT)"])
def test_what_cannot_be_read_any_more_is_named_before_anything_stumbles_over_it(
    sqlite_database: Database, now: datetime, cell: str
) -> None:
    world = World(sqlite_database, now)
    noted(world, 3)
    world.seal()
    tamper(sqlite_database, f"UPDATE auditevent SET at = {cell}, detail = {cell} WHERE id = 2")
    assert told(sqlite_database) == [f"audit event 2 was changed after it was sealed (seal 1, {AT})"]


# -- the chain itself


@pytest.mark.parametrize("seal", [1, 3, 6])
@pytest.mark.parametrize("column", [column.name for column in METADATA.tables["seal"].columns if column.name != "id"])
def test_a_changed_seal(world: World, column: str, seal: int) -> None:
    table = METADATA.tables["seal"]
    with tampering(world.database) as session:
        value = flipped(session.execute(select(table.c[column]).where(table.c.id == seal)).scalar_one())
        value = {"last_id": 40, "head": "0" * 64}.get(column, value)
        session.execute(update(table).where(table.c.id == seal).values({column: value}))
    found = told(world.database)
    before = f" does not follow from seal {seal - 1}: one of the two" if seal > 1 else ""
    assert found[0] == f"seal {seal}{before} was changed after it was made"
    others = [problem for problem in found if problem.startswith("seal")][1:]
    assert others == [], "the seals that follow it are as they were"


@pytest.mark.parametrize(("seal", "rows"), [(1, "1 is"), (3, "3 is")])
def test_a_missing_seal(world: World, seal: int, rows: str) -> None:
    tamper(world.database, f"DELETE FROM seal WHERE id = {seal}")
    assert told(world.database) == [f"seal {rows} missing"]
    tamper(world.database, "DELETE FROM seal WHERE id IN (2, 3, 4)")
    assert told(world.database) == [f"seals {1 if seal == 1 else 2} to 4 are missing"]


def test_a_seal_rewritten_to_fit_its_changed_rows_does_not_fit_the_next(world: World) -> None:
    tamper(world.database, "UPDATE auditevent SET actor = 'U01EVA' WHERE id = 5")
    rewritten(world, 4)
    assert told(world.database) == ["seal 5 does not follow from seal 4: one of the two was changed after it was made"]


def test_what_is_no_seal_any_more_is_named(sqlite_database: Database, now: datetime) -> None:
    world = World(sqlite_database, now)
    noted(world, 1)
    world.seal()
    for change in ("encoding = 'x'", "listing = 'text'", "sealed_at = 'never'", "of_table = 'member'"):
        tamper(sqlite_database, f"UPDATE seal SET {change}")
        assert told(sqlite_database) == ["seal 1 was changed after it was made"]


# -- made anew


def made_anew(world: World, *, leaving_out: int = 0) -> None:
    """Somebody throws the chain away and has everything sealed anew."""
    tamper(world.database, "DELETE FROM seal", f"DELETE FROM auditevent WHERE id = {leaving_out}")
    assert world.seal()


def rewritten(world: World, seal_id: int) -> None:
    """Somebody makes one seal anew, so that it fits the rows as they are now and the seal before it."""
    with tampering(world.database) as session:
        seal, before = session.get_one(Seal, seal_id), session.get(Seal, seal_id - 1)
        rows = seals.entries(session, seal.of_table, seal.encoding, seal.first_id - 1, seal.last_id)
        seal.listing = sealing.listed(rows)
        batch = sealing.Batch(**{field.name: getattr(seal, field.name) for field in fields(sealing.Batch)})
        seal.head = sealing.head_of(sealing.FIRST_HEAD if before is None else before.head, batch)


def shown(world: World) -> seal_receipts.Head:
    """The newest head, shown in Slack."""
    with world.step() as session:
        head = seal_receipts.newest_head(session)
        assert head is not None
        seal_receipts.published(session, head, channel="C01PARTS", ts="1700000000.000100", now=world.now)
    return head


def test_a_chain_made_anew_does_not_have_the_heads_that_were_shown(world: World) -> None:
    head = shown(world)
    assert told(world.database) == []
    tamper(world.database, "UPDATE stockentry SET quantity = quantity - 1000 WHERE id = 5")
    made_anew(world)
    told_of = f"the head {head.shown} of seal 6, shown in C01PARTS at {AT}, is not in the chain"
    assert told(world.database) == [f"receipt 1: {told_of}: it was made anew, or cut, since"]
    with world.database.read() as session:
        assert seal_receipts.find(session, head.shown) is None


def test_a_chain_cut_at_its_end_does_not_either(world: World) -> None:
    shown(world)
    tamper(world.database, "DELETE FROM seal WHERE id = 6", "DELETE FROM auditevent WHERE id > 7")
    (problem,) = told(world.database)
    assert problem.startswith("receipt 1: the head ")


def test_a_last_seal_rewritten_after_its_head_was_shown(world: World) -> None:
    shown(world)
    tamper(world.database, "UPDATE auditevent SET actor = 'U01EVA' WHERE id = 9")
    rewritten(world, 6)
    (problem,) = told(world.database)
    assert problem.startswith("receipt 1: the head ")


def test_receipts_made_anew_as_well_are_found_by_a_head_from_slack_alone(world: World) -> None:
    head = shown(world)
    tamper(world.database, "DELETE FROM sealreceipt", "UPDATE stockentry SET quantity = 0 WHERE id = 5")
    made_anew(world)
    shown(world)
    assert told(world.database) == []
    with world.database.read() as session:
        assert seal_receipts.find(session, head.shown) is None


def test_a_head_is_found_by_its_first_digits(world: World) -> None:
    head = shown(world)
    noted(world, 1)
    world.seal()
    with world.database.read() as session:
        for digits in (head.shown, head.digits, head.digits.upper()):
            found = seal_receipts.find(session, digits)
            assert found is not None
            assert found.id == head.seal_id == 6


def test_rows_and_receipts_are_refused_a_change_without_tampering(world: World) -> None:
    shown(world)
    for name in ("seal", "sealreceipt"):
        with pytest.raises(IntegrityError, match="append-only"), world.database.write() as session:
            session.execute(delete(METADATA.tables[name]))


def test_a_message_that_shows_the_same_head_again_is_one_receipt(world: World) -> None:
    shown(world)
    shown(world)
    with world.database.read() as session:
        assert session.exec(select(func.count()).select_from(SealReceipt)).one() == 1


def test_check_runs_it(world: World) -> None:
    tamper(world.database, "UPDATE auditevent SET actor = 'U01EVA' WHERE id = 8")
    with world.database.read() as session:
        assert run_checks(session) == [f"audit event 8 was changed after it was sealed (seal 6, {AT})"]
