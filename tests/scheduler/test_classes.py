"""The clock computes classes when it is time to, once, however many clocks there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import Session, select

from models.classes import ClassRun, ClassSettings
from models.services import class_schedule
from models.services.classification import Ranking
from scheduler.failures import Failures
from scheduler.jobs import Tick, tick
from tests.databases import opened
from tests.scheduler.plans import Plans, at

DUE = at("2026-12-01 01:00")


def due(plans: Plans) -> None:
    """A stock to classify, and the time for it."""
    plans.world.stock("BOLT-10", "A-01-03", 100)
    with plans.world.database.write() as session:
        session.add(ClassSettings(measure="unit cost", schedule="daily 01:00", next_due=DUE))


def run_ids(plans: Plans) -> list[int | None]:
    with plans.world.database.read() as session:
        return list(session.exec(select(ClassRun.id)))


def test_classes_are_computed_when_it_is_time(plans: Plans) -> None:
    due(plans)
    database = plans.world.database
    assert tick(database, DUE - timedelta(seconds=1)) == Tick()
    done = tick(database, DUE)
    assert [done.classified] == run_ids(plans)
    assert done.failed == ()
    assert tick(database, DUE + timedelta(seconds=1)) == Tick()


def test_a_failure_is_tried_again_later(plans: Plans) -> None:
    due(plans)
    failures = Failures()
    with plans.world.database.write() as session:
        session.get_one(ClassSettings, 1).cuts = "nonsense"
    assert len(tick(plans.world.database, DUE, failures).failed) == 1
    with plans.world.database.write() as session:
        session.get_one(ClassSettings, 1).cuts = "80/15/5"
    assert tick(plans.world.database, DUE, failures) == Tick()
    assert tick(plans.world.database, DUE + timedelta(seconds=5), failures).classified is not None


def test_two_clocks_at_once_compute_them_once_a_day(
    plans: Plans, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They meet where it hurts: each has its ranking before either applies it."""
    due(plans)
    barrier = Barrier(2)
    rank = class_schedule.rank_if_due

    def held(session: Session, now: object) -> Ranking | None:
        found = rank(session, now)  # type: ignore[arg-type]  # handed on
        barrier.wait(timeout=30)
        return found

    monkeypatch.setattr(class_schedule, "rank_if_due", held)
    days = [DUE + timedelta(days=day) for day in range(4)]

    def run() -> list[Tick]:
        with opened(database_url) as database:
            return [tick(database, now) for now in days]

    with ThreadPoolExecutor(2) as both:
        ticks = [done for each in [both.submit(run), both.submit(run)] for done in each.result()]
    found = [done.classified for done in ticks if done.classified is not None]
    assert sorted(found) == run_ids(plans)
    assert len(found) == len(days)
    assert all(done.failed == () for done in ticks)
