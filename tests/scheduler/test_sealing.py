"""The clock seals what was committed, in a job of its own."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlmodel import Session, func, select

from models.journal import AuditEvent
from models.rules.sealing import Mark
from models.seals import Seal
from models.services import seals
from scheduler import sealing
from scheduler.clock import start_clock
from scheduler.sealing import Sealing, seal
from tests.world import World


def test_two_looks_fit_into_ten_seconds() -> None:
    """A row that is committed right after a look, while others write, waits for the second look after that."""
    assert 2 * sealing.SECONDS < 10


def test_the_clock_seals(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SECONDS", 1)
    made, begin = Event(), seals.seal

    def noticed(session: Session, drafted: seals.Draft, now: datetime) -> Seal | None:
        done = begin(session, drafted, now)
        if done is not None and done.of_table == "auditevent":
            made.set()
        return done

    monkeypatch.setattr(seals, "seal", noticed)
    world.line(world.stock("BOLT-10", "A-01", 100))
    clock = start_clock(world.database, read_clock=lambda: datetime.now(UTC))
    try:
        assert made.wait(timeout=30)
    finally:
        clock.stop()
    with world.database.read() as session:
        events = session.exec(select(func.count()).select_from(AuditEvent)).one()
        assert session.exec(select(func.max(Seal.last_id)).where(Seal.of_table == "auditevent")).one() == events


def test_what_fails_rests_and_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.stock("BOLT-10", "A-01", 100)
    memory = Sealing()

    def unreachable(_session: Session) -> dict[str, Mark]:
        raise OSError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(seals, "look", unreachable)
        assert seal(world.database, world.now, memory) == ()
    assert "sealing failed (reference " in caplog.text
    assert seal(world.database, world.now + timedelta(seconds=0.5), memory) == ()
    assert seal(world.database, world.now + timedelta(seconds=1), memory) == (1,)


def test_with_nothing_to_seal_nothing_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.stock("BOLT-10", "A-01", 100)
    assert seal(world.database, world.now) == (1,)
    monkeypatch.setattr(world.database, "write", None)
    memory = Sealing()
    assert seal(world.database, world.now, memory) == ()
    assert memory.failures.take_references() == ()
