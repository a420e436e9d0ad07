"""Two clocks on one database. They must meet where it hurts: each has read what is due before either starts it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlmodel import Session, select

from models.journal import Intent, OutboxMessage
from models.services import expiry
from models.services import plans as plan_service
from scheduler.jobs import Tick, tick
from tests.databases import opened
from tests.scheduler.plans import Plans, at

DAYS = 8


@pytest.fixture
def _meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold each of two clocks after it has read what is due, until the other has."""
    barrier = Barrier(2)
    for module, name in ((plan_service, "due_plan_ids"), (expiry, "lines_due")):
        find = getattr(module, name)

        def held(session: Session, now: datetime, find: object = find) -> object:
            assert callable(find)
            found = find(session, now)
            barrier.wait(timeout=30)
            return found

        monkeypatch.setattr(module, name, held)


@pytest.mark.usefixtures("_meeting")
def test_two_schedulers_at_once_give_each_occurrence_one_session(plans: Plans, database_url: str) -> None:
    bolts = plans.world.stock("BOLT-10", "A-01-03", 100)
    plan_id = plans.add("daily 07:00", at("2026-11-23 06:00"))
    plans.set(plan_id, due_in_seconds=3600)
    days = [at("2026-11-23 06:00") + timedelta(days=day) for day in range(DAYS)]

    def run() -> list[Tick]:
        with opened(database_url) as database:
            return [tick(database, now) for now in days]

    with ThreadPoolExecutor(2) as both:
        ticks = [done for each in [both.submit(run), both.submit(run)] for done in each.result()]

    assert plans.runs(plan_id) == days
    started = Counter(session_id for done in ticks for session_id in done.started)
    expired = Counter(line_id for done in ticks for line_id in done.expired)
    assert all(done.failed == () for done in ticks)
    assert len(started) == DAYS
    assert set(started.values()) == {1}
    assert len(expired) == DAYS - 1  # each day's only line, the next morning
    assert set(expired.values()) == {1}
    assert all(plans.items_of(session_id) == [bolts.item_id] for session_id in started)
    with plans.world.database.read() as session:
        sheets = set(session.exec(select(OutboxMessage.subject).where(OutboxMessage.intent == Intent.SHEET)))
    assert sheets == {str(session_id) for session_id in started}
