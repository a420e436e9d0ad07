"""The audit trail as a file: complete, in order, each event with its seal, and safe to open in a spreadsheet."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from sqlmodel import select

from models.people import Company
from models.seals import Seal
from models.services import export_tables, journal, seals
from models.services.audit_export import AuditRow, audit_rows
from models.services.exports import write_csv
from tests.world import World


def noted(world: World, *subjects: str, actor: str = "U01BEN") -> None:
    with world.step() as session:
        for subject in subjects:
            journal.audit(session, actor=actor, action="test", subject=subject, now=world.now, detail={"why": subject})


def test_every_event_has_the_head_of_its_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_tables, "PAGE", 2)
    monkeypatch.setattr(seals, "BATCH", 3)
    start = world.now
    noted(world, *"abcd")
    world.stock("BOLT-10", "A-01", 5)
    world.seal()
    noted(world, "e")
    with world.database.read() as session:
        rows = list(audit_rows(session, since=start))
        heads = {seal.id: seal.head for seal in session.exec(select(Seal)) if seal.of_table == "auditevent"}
    assert [row.subject for row in rows] == list("abcde")
    assert [row.audit_id for row in rows] == [1, 2, 3, 4, 5]
    first, second = sorted(heads)
    assert [row.seal for row in rows] == [first, first, first, second, None]
    assert [row.seal_head for row in rows] == [heads[first]] * 3 + [heads[second], None]
    assert rows[0].detail == '{"why": "a"}'


def test_since_leaves_out_what_was_before(world: World) -> None:
    noted(world, "before")
    world.now += timedelta(hours=1)
    noted(world, "after")
    with world.database.read() as session:
        rows = list(audit_rows(session, since=world.now - timedelta(minutes=1)))
    assert [row.subject for row in rows] == ["after"]


def test_times_are_those_of_the_company_and_no_cell_is_a_formula(world: World) -> None:
    with world.database.write() as session:
        session.exec(select(Company)).one().timezone = "Europe/Berlin"
    noted(world, "=HYPERLINK(1)", actor="@U01")
    stream = StringIO(newline="")
    with world.database.read() as session:
        assert (
            write_csv(session, stream, AuditRow._fields, audit_rows(session, since=world.now - timedelta(days=1))) == 1
        )
    (row,) = csv.DictReader(StringIO(stream.getvalue()))
    assert (row["at"], row["actor"], row["subject"]) == ("2026-11-23T08:00:00+01:00", "'@U01", "'=HYPERLINK(1)")
    assert (row["seal"], row["seal_head"]) == ("", "")
