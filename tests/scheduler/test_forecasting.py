"""The clock forecasts what is to be forecast anew, in a job of its own."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlmodel import Session, select

from models.services import forecasting as services
from models.services.forecasting import Forecast
from models.supply import ItemForecast
from scheduler import forecasting
from scheduler.clock import start_clock
from scheduler.failures import Failures
from tests.world import World


def forecast_ids(world: World) -> set[int]:
    with world.database.read() as session:
        return {row.item_id for row in session.exec(select(ItemForecast))}


def test_the_clock_forecasts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasting, "SECONDS", 1)
    made, store = Event(), services.store

    def noticed(session: Session, rows: list[Forecast]) -> None:
        store(session, rows)
        made.set()

    monkeypatch.setattr(services, "store", noticed)
    bolts = world.stock("BOLT-10", "A-01", 100)
    clock = start_clock(world.database, read_clock=lambda: datetime.now(UTC))
    try:
        assert made.wait(timeout=30)
    finally:
        clock.stop()
    assert forecast_ids(world) == {bolts.item_id}


def test_many_items_take_many_goes_and_each_go_is_small(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = {world.stock(f"BOLT-{number}", "A-01", 1).item_id for number in range(5)}
    monkeypatch.setattr(forecasting, "ITEMS", 2)
    monkeypatch.setattr(forecasting, "GOES", 2)
    assert forecasting.forecast(world.database, world.now) == 4
    assert forecasting.forecast(world.database, world.now) == 1
    assert forecast_ids(world) == ids


def test_with_nothing_to_forecast_nothing_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.stock("BOLT-10", "A-01", 100)
    assert forecasting.forecast(world.database, world.now) == 1
    monkeypatch.setattr(world.database, "write", None)
    failures = Failures()
    assert forecasting.forecast(world.database, world.now, failures) == 0
    assert failures.take_references() == ()


def test_what_fails_rests_and_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.stock("BOLT-10", "A-01", 100)
    failures = Failures()

    def unreachable(_session: Session, _before: datetime, _most: int) -> list[int]:
        raise OSError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(services, "stale", unreachable)
        assert forecasting.forecast(world.database, world.now, failures) == 0
    assert "forecasting failed (reference " in caplog.text
    assert forecasting.forecast(world.database, world.now + timedelta(seconds=0.5), failures) == 0
    assert forecasting.forecast(world.database, world.now + timedelta(seconds=1), failures) == 1
