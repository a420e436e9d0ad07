"""Locking a period against posting into it: after the lock nothing lands in it, and nobody is stuck."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import Database
from models.errors import BadFile
from models.periods import PeriodLock
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services import bulk, decisions, imports, movement_imports, periods
from tests.services.importing import BERLIN, bolts, load, stock_file
from tests.services.test_periods import AFTER, COUNTED, FIRST, in_review, unlock
from tests.services.test_races import ROUNDS, Work, approving, race
from tests.world import World


def locking(world: World) -> Work:
    person, now = world.person("kim"), world.now
    return lambda session: periods.lock(session, "2026-10", by=person, now=now)


def moving_in(world: World) -> Work:
    file, now = f"BOLT-10,A-01,ISSUE,1,2026-10-30T08:00,{now_text(world)}", world.now

    def work(session: Session) -> object:
        header = "sku,location,kind,quantity,occurred_at,reference"
        return movement_imports.import_movements(session, stock_file(file, header=header), now=now, timezone=BERLIN)

    return work


def now_text(world: World) -> str:
    return world.now.isoformat()


def importing(world: World) -> Work:
    now = world.now
    return lambda session: imports.import_stock(session, stock_file(f"P-{now_text(world)},P,,pcs,1,A-09,5"),
                                                now=now, as_of=COUNTED)  # fmt: skip


def test_a_lock_and_a_posting_at_the_same_moment(world: World) -> None:
    """Whichever is first: after the lock nothing lands in the period (the world's fixture checks that)."""
    for number in ROUNDS:
        stock, line = in_review(world, f"P{number}", at=COUNTED + timedelta(minutes=number))
        locked, approved = race(world, locking(world), approving(world, line, "ben"))
        assert not isinstance(locked, Exception)
        assert not isinstance(approved, Exception)
        with world.database.read() as session:
            last = session.exec(select(PeriodLock.last_entry_id).order_by(col(PeriodLock.id).desc())).first()
        row = world.adjustments(stock)[-1]
        assert (row.posting_date == FIRST) == (row.id is not None and last is not None and row.id > last)
        assert world.problems() == []
        unlock(world)


@pytest.mark.parametrize("file", [moving_in, importing])
def test_a_lock_and_a_file_at_the_same_moment(world: World, file: Callable[[World], Work]) -> None:
    world.now = COUNTED
    load(world, bolts(100))
    for number in ROUNDS:
        world.now = AFTER + timedelta(minutes=number)
        locked, imported = race(world, locking(world), file(world))
        assert not isinstance(locked, Exception)
        if isinstance(imported, Exception):
            assert isinstance(imported, BadFile)
        assert world.problems() == []
        unlock(world)


def approving_all(world: World, who: str, lines: list[int]) -> Work:
    person, seen = world.person(who), [(line, world.version(line)) for line in lines]
    return lambda session: bulk.approve_many(session, person=person, seen=seen, reason=Reason.UNKNOWN, now=AFTER)


def test_nobody_waits_in_a_circle(world: World) -> None:
    """Two who decide several lines, in each other's way, and somebody who locks in between."""
    for number in ROUNDS:
        lines = [
            in_review(world, f"P{number}-{place}", f"A-0{place}", COUNTED + timedelta(minutes=5 * number + place))[1]
            for place in range(3)
        ]
        race(world, locking(world), *(approving_all(world, who, lines) for who in ("ben", "eva")))
        assert all(world.state(line) is LineState.RECONCILED for line in lines)
        assert world.problems() == []
        unlock(world)


def test_who_posts_does_not_wait_behind_who_waits_to_lock(postgres_database: Database) -> None:
    """Else Ben, who has a line that Eva wants, could wait for the lock, the lock for Eva, and Eva for Ben."""
    world = World(postgres_database, AFTER)
    lines = [in_review(world, f"P{place}", f"A-0{place}", COUNTED + timedelta(minutes=place))[1] for place in range(2)]
    approve = {
        who: approving(world, line, who) for who, line in zip(("eva", "ben"), lines, strict=True)
    }  # fmt: skip
    locked: list[object] = []
    lock = Thread(target=lambda: locked.extend(race(world, locking(world))))
    with world.database.write() as evas:
        approve["eva"](evas)
        lock.start()
        with world.database.read() as look:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while lock.is_alive() and not look.execute(waiting).scalar_one():
                look.rollback()
        with world.database.write() as bens:
            bens.execute(text("SET LOCAL lock_timeout = '5s'"))
            assert isinstance(approve["ben"](bens), decisions.Ruling)
    lock.join()
    assert isinstance(locked[0], str)
    assert world.problems() == []
