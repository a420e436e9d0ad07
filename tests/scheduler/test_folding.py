"""The clock adds up what was counted, in a job of its own."""

from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from sqlmodel import Session

from models.services import record_sums
from models.services.record_sums import Draft, Scope
from scheduler import folding
from scheduler.clock import start_clock
from scheduler.folding import Folding, fold
from tests.world import World


def counted(world: World) -> None:
    world.count(world.line(world.stock("BOLT-10", "A-01", 100)), "ana", 100)


def test_the_clock_adds_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "SECONDS", 1)
    made, begin = Event(), record_sums.fold

    def noticed(session: Session, drafted: Draft) -> bool:
        done = begin(session, drafted)
        made.set()
        return done

    monkeypatch.setattr(record_sums, "fold", noticed)
    counted(world)
    clock = start_clock(world.database, read_clock=lambda: datetime.now(UTC))
    try:
        assert made.wait(timeout=30)
    finally:
        clock.stop()
    with world.database.read() as session:
        assert record_sums.pending_days(session) == []
        assert record_sums.read(session, Scope(), None, None)[()].lines == 1


def test_what_fails_rests_and_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counted(world)
    memory = Folding()

    def unreachable(_session: Session) -> list[date]:
        raise OSError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(record_sums, "pending_days", unreachable)
        assert fold(world.database, world.now, memory) == ()
    assert "adding up failed (reference " in caplog.text
    assert fold(world.database, world.now + timedelta(seconds=0.5), memory) == ()
    assert fold(world.database, world.now + timedelta(seconds=1), memory) == (date(2026, 11, 23),)


def test_very_many_days_are_added_up_a_look_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_sums, "DAYS_A_LOOK", 2)
    for _ in range(3):
        stock = world.stock("BOLT-10", "A-01", 0)
        world.count(world.line(stock), "ana", world.on_hand(stock))
        world.now += timedelta(days=1)
    looks = [len(fold(world.database, world.now)) for _ in range(3)]
    assert looks == [2, 1, 0]
