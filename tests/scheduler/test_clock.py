from datetime import datetime
from queue import SimpleQueue
from threading import Event, Thread

import pytest

from scheduler import folding, sealing
from scheduler.clock import start_clock
from tests.scheduler.plans import Plans, at


def test_the_clock_ticks_again_and_again_by_the_time_it_is_given(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SECONDS", 3600)  # sealing asks for the time too
    monkeypatch.setattr(folding, "SECONDS", 3600)  # and so does adding up
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    times = iter([at("2026-11-23 05:59"), at("2026-11-23 06:00"), at("2026-11-23 06:00:01")])
    looks: SimpleQueue[datetime] = SimpleQueue()

    def read_clock() -> datetime:
        now = next(times, at("2026-11-23 06:00:02"))
        looks.put(now)
        return now

    clock = start_clock(plans.world.database, read_clock=read_clock)
    try:
        seen = [looks.get(timeout=30) for _ in range(3)]  # the third look comes after the second tick has ended
        assert plans.runs(plan_id) == [at("2026-11-23 06:00")]
        assert seen[:2] == [at("2026-11-23 05:59"), at("2026-11-23 06:00")]
    finally:
        clock.stop()


def test_stopping_waits_for_the_tick_under_way(plans: Plans) -> None:
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    entered, released = Event(), Event()

    def read_clock() -> datetime:
        entered.set()
        released.wait(timeout=30)
        return at("2026-11-23 06:00")

    clock = start_clock(plans.world.database, read_clock=read_clock)
    assert entered.wait(timeout=30)
    stopping = Thread(target=clock.stop)
    stopping.start()
    stopping.join(timeout=0.2)
    assert stopping.is_alive()
    released.set()
    stopping.join(timeout=30)
    assert plans.runs(plan_id) == [at("2026-11-23 06:00")]
