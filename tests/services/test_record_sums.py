"""Sums of records: always exact, whether the clock has folded a day or not, and whoever folds or counts meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from models.records import CountRecord
from models.rules.tolerance import Measure
from models.services import record_sums
from models.services.record_sums import CAUSES, Draft, Scope, Sums
from scheduler.folding import fold
from tests.services.test_races import race
from tests.world import World


def sums(world: World, scope: Scope | None = None, first: date | None = None, last: date | None = None) -> Sums:
    with world.database.read() as session:
        return record_sums.read(session, scope or Scope(), first, last).get((), Sums())


def drafted(world: World, day: date) -> Draft:
    with world.database.read() as session:
        return record_sums.draft(session, day)


def pending(world: World) -> list[date]:
    with world.database.read() as session:
        return record_sums.pending_days(session)


def counted(world: World, days: int = 3) -> None:
    """On each of so many days: bolts right, nuts two short of 10 at 2 EUR each, approved."""
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 50, unit_cost=2)
    for _ in range(days):
        world.start()
        line = world.line(nuts)
        expected = world.on_hand(nuts)
        world.count(world.line(bolts), "ana", world.on_hand(bolts))
        world.count(line, "ana", expected - 2)
        world.count(line, "dan", expected - 2)
        world.approve(line, "ben")
        world.now += timedelta(days=1)


def test_the_answer_is_the_same_before_and_after_folding_and_in_between(world: World) -> None:
    counted(world)
    before = sums(world)
    assert (before.counts, before.lines, before.hits, before.exact, before.variances) == (6, 6, 3, 3, 3)
    assert (before.net_value, before.gross_value) == (-12, 12)
    assert len(pending(world)) == 3
    assert len(fold(world.database, world.now)) == 3
    assert pending(world) == []
    assert sums(world) == before
    assert world.problems() == []
    counted(world, 1)
    assert len(pending(world)) == 1
    assert sums(world).lines == 8
    assert fold(world.database, world.now) != ()
    assert fold(world.database, world.now) == ()
    assert sums(world).lines == 8


def test_sums_are_of_a_team_a_plan_a_class_and_of_days(world: World) -> None:
    counted(world)
    for _ in range(2):
        assert sums(world, Scope(team_id=world.team_id)).lines == 6
        assert sums(world, Scope(team_id=99)).lines == 0
        assert sums(world, Scope(plan_id=world.plan_id)).lines == 6
        assert sums(world, Scope(abc_class="A")).lines == 0
        assert sums(world, first=date(2026, 11, 24), last=date(2026, 11, 24)).lines == 2
        assert sums(world, first=date(2026, 11, 24)).lines == 4
        with world.database.read() as session:
            weeks = record_sums.read(session, Scope(), None, None, weekly=True)
            causes = record_sums.read(session, Scope(), None, None, ("cause",), of=CAUSES)
        assert [(key, found.lines) for key, found in weeks.items()] == [((date(2026, 11, 23),), 6)]
        assert [(key, found.lines, found.gross_value) for key, found in causes.items()] == [
            (("cause not known",), 3, 12)
        ]
        fold(world.database, world.now)


def test_a_line_that_is_open_again_is_in_no_sum_until_it_is_closed(world: World) -> None:
    counted(world, 1)
    fold(world.database, world.now)
    with world.database.read() as session:
        line = session.exec(select(col(CountRecord.line_id)).where(col(CountRecord.has_variance))).one()
    assert line is not None
    world.take_back(line, "ben")
    assert sums(world).lines == 1
    assert sums(world).gross_value == 0
    fold(world.database, world.now)
    assert sums(world).lines == 1
    world.reject(line, "ben")
    assert (sums(world).lines, sums(world).hits, sums(world).gross_value) == (2, 1, 0)


def test_what_is_counted_while_a_day_is_added_up_keeps_it_pending(world: World) -> None:
    counted(world, 1)
    day = date(2026, 11, 23)
    world.now -= timedelta(days=1)
    seen = drafted(world, day)
    fuses = world.stock("FUSE-15", "A-03", 5)
    world.count(world.line(fuses), "ana", 5)
    with world.database.write() as session:
        assert record_sums.fold(session, seen)
    assert pending(world) == [day]
    assert sums(world).lines == 3
    assert fold(world.database, world.now) == (day,)
    assert sums(world).lines == 3


def test_a_slower_clock_leaves_what_a_quicker_one_wrote(world: World) -> None:
    counted(world, 1)
    day = date(2026, 11, 23)
    world.now -= timedelta(days=1)
    slow = drafted(world, day)
    fuses = world.stock("FUSE-15", "A-03", 5)
    world.count(world.line(fuses), "ana", 5)
    assert fold(world.database, world.now) == (day,)
    with world.database.write() as session:
        assert not record_sums.fold(session, slow)
    assert pending(world) == []
    assert sums(world).lines == 3


def test_what_changed_after_a_day_was_added_up_is_not_taken_for_what_was_seen(world: World) -> None:
    """SQLite gives the highest id again once its row is deleted, unless it is told not to."""
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 50)
    world.start()
    world.count(world.line(bolts), "ana", 100)
    day = date(2026, 11, 23)
    slow = drafted(world, day)
    assert fold(world.database, world.now) == (day,)
    world.count(world.line(nuts), "ana", 50)
    with world.database.write() as session:
        assert not record_sums.fold(session, slow)
    assert pending(world) == [day]
    assert fold(world.database, world.now) == (day,)
    assert world.problems() == []


def test_clocks_that_fold_at_once_write_a_day_once(world: World) -> None:
    counted(world, 1)
    seen = drafted(world, date(2026, 11, 23))
    results = race(world, *[lambda session: record_sums.fold(session, seen)] * 4)
    assert sorted(map(bool, results)) == [False, False, False, True]
    assert world.problems() == []


def test_counting_and_folding_at_once_lose_nothing(world: World) -> None:
    """Counters count, one after the other, while two clocks fold as fast as they can."""
    stocks = [world.stock(f"BOLT-{number}", f"A-{number:02}", 10) for number in range(12)]
    world.start()
    lines = [world.line(stock) for stock in stocks]
    at_work, now = {1}, world.now

    def folding() -> None:
        while at_work:
            fold(world.database, now)

    def counting() -> None:
        try:
            for line in lines:
                world.count(line, "ana", 10)
        finally:
            at_work.clear()

    with ThreadPoolExecutor(3) as everybody:
        jobs = [everybody.submit(folding), everybody.submit(folding), everybody.submit(counting)]
        for job in jobs:
            job.result()
    fold(world.database, now)
    assert pending(world) == []
    assert sums(world).lines == 12
    assert world.problems() == []


@pytest.mark.parametrize("percent", [None, 5])
def test_lines_without_a_cost_are_counted_and_have_no_value(world: World, percent: int | None) -> None:
    if percent:
        world.tolerate(Measure.PERCENT, percent)
    stock = world.stock("FUSE-15", "A-03", 100, unit_cost=None)
    line = world.line(stock)
    world.count(line, "ana", 99)
    if not percent:
        world.count(line, "dan", 99)
        world.approve(line, "eva")
    for _ in range(2):
        found = sums(world)
        assert (found.lines, found.unknown_cost, found.gross_value, found.variances) == (1, 1, 0, 1)
        fold(world.database, world.now)
