"""Classes change while stock moves, files come and people count: each level ends in its item's class, no deadlock."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from models.database import Database
from models.services import classification, imports, ledger, plans, setup_classes
from models.services.locks import Work as Lock
from tests.builders import Stock
from tests.services.classifying import classes, settings, used
from tests.services.importing import HEADER, stock_file
from tests.services.test_races import ROUNDS, counting, race
from tests.world import World

Work = Callable[[Session], object]


def classifying(world: World) -> Work:
    with world.database.read() as session:
        ranking = classification.rank(session, world.now)
    return lambda session: classification.apply(session, ranking, now=world.now, actor="test")


def creating_a_level(world: World, stock: Stock, code: str) -> Work:
    elsewhere = world.stock("OTHER", code)
    return lambda session: ledger.level_of(session, stock.item_id, elsewhere.location_id, world.now).abc_class


def importing(world: World, *rows: str) -> Work:
    file = stock_file(*rows, header=f"{HEADER},abc_class")
    return lambda session: imports.import_stock(session, file, now=world.now)


def test_whoever_changes_classes_and_imports_wait_for_each_other(postgres_database: Database, now: datetime) -> None:
    world = World(postgres_database, now)
    used(world, "X", 10)

    def pinning(session: Session) -> None:
        setup_classes.write_pin(session, ("X",), {"class": "B"})

    for work in (classifying(world), pinning):
        with postgres_database.write() as session:
            work(session)
            with postgres_database.write() as other:
                free = other.connection().exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({int(Lock.IMPORT)})")
                assert free.scalar() is False
            session.rollback()


def test_a_level_that_is_created_while_its_item_is_classified(world: World) -> None:
    for number in ROUNDS:
        stock = used(world, f"X-{number}", 10)
        race(world, classifying(world), creating_a_level(world, stock, f"B-{number:02}"))
        assert world.problems() == []


def test_two_classifications_and_an_import_of_classes(world: World) -> None:
    for number in ROUNDS:
        sku = f"X-{number}"
        used(world, sku, 10)
        row = f"{sku},x,,pcs,1,A-01,{900 + number},B"
        race(world, classifying(world), classifying(world), importing(world, row))
        assert classes(world)[sku] == "B"


def test_counting_many_lines_while_their_classes_change(world: World) -> None:
    stocks = [world.stock(f"X-{number:02}", f"A-{number:02}", 5, unit_cost=100 - number) for number in range(12)]
    lines = [world.line(stock) for stock in stocks]

    def counting_all(who: str) -> Work:
        works = [counting(world, line, who, 5) for line in lines]
        return lambda session: [work(session) for work in works]

    for cuts, rows in (("80/15/5", range(12)), ("10/20/70", range(11, -1, -1))):
        settings(world, measure="unit cost", cuts=cuts)
        corrected = [f"X-{number:02},x,,pcs,1,A-{number:02},6," for number in rows]
        race(world, classifying(world), counting_all("ana"), counting_all("dan"), importing(world, *corrected))
        assert world.problems() == []


def test_a_plan_starts_while_the_classes_of_its_items_change(postgres_database: Database, now: datetime) -> None:
    """It has the levels that a classification waits for: it must not wait for the items that this one holds."""
    world = World(postgres_database, now)
    stock = used(world, "X", 10)
    with postgres_database.write() as holding:
        assert classification._items(holding, [stock.item_id])
        with postgres_database.write() as session:
            session.connection().exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            started = plans.start_due(session, world.plan_id, now)
    assert started is not None
    assert len(world.open_lines(started.id or 0)) == 1
