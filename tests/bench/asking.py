"""What is asked of many counts and of few, and how long each answer takes: `python -m tests.bench history`.

Both databases are filled alike (`tests.bench.history`) and asked the same, each time for another item, bin, person,
team or plan. The ratio of the medians says what a thousand times as many counts cost. It should be under `AIM`.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import event, func, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, col

from models.catalog import Item
from models.counts import CountLine
from models.database import Database
from models.migrate import migrate
from models.records import CountRecord
from models.rules.lines import LineState
from models.rules.periods import Period, parse_period
from models.services import accuracy_facts, history, item_card, records
from models.services.history import Key, Only, Query
from models.services.history_words import Asked
from models.services.lookup import Subject
from models.services.people import Person
from scheduler.folding import fold
from tests.bench.history import MEMBERS, NOW, PLANS, TEAMS, fill

ROUNDS = 25
AIM = 2.0
TO_COUNT = 12
"""Lines that a counter who asks has open: their items are left out of every answer."""

Ask = Callable[[Session, int], object]

KIM = Person(1, "U1", "Person 1", is_controller=True, counts=frozenset(), approves={}, session_limits={})
ANA = Person(2, "U2", "Person 2", is_controller=False, counts=frozenset({1}), approves={}, session_limits={})
TODAY = NOW.date()


def period(text: str) -> Period:
    """A period as people type it."""
    found = parse_period(text, TODAY)
    assert found is not None
    return found


def page(query: Callable[[int], Query], person: Person = KIM) -> Ask:
    """A page of history."""
    return lambda session, turn: history.history(session, person, query(turn))


def accuracy(asked: Callable[[int], Asked], person: Person = KIM) -> Ask:
    """Accuracy of something."""
    return lambda session, turn: accuracy_facts.accuracy_facts(session, person, asked(turn), NOW)


def one_of(number: int, turn: int) -> int:
    """Another id each time, the same in both databases as far as both have it."""
    return turn * 7 % number + 1


def questions(items: int) -> dict[str, Ask]:
    """What is asked, by how it is called in the table."""

    def card(session: Session, turn: int) -> object:
        return item_card.item_card(session, KIM, session.get_one(Item, one_of(items, turn)))

    def older(turn: int) -> Query:
        return Query(older_than=Key(NOW - timedelta(days=20 * turn), 1))

    def team(turn: int) -> int:
        return one_of(TEAMS, turn)

    return {
        "history": page(lambda _: Query()),
        "history, a later page": page(older),
        "history, by somebody who counts": page(lambda _: Query(), ANA),
        "history of an item": page(lambda turn: Query(Subject(item_id=one_of(items, turn)))),
        "history of a bin": page(lambda turn: Query(Subject(location_id=one_of(items, turn)))),
        "history of a team": page(lambda turn: Query(Subject(team_id=team(turn)))),
        "history of a plan": page(lambda turn: Query(Subject(plan_id=one_of(PLANS, turn)))),
        "history of a person": page(lambda turn: Query(Subject(member_id=one_of(MEMBERS, turn)))),
        "history last quarter": page(lambda _: Query(period=period("last quarter"))),
        "history of a team since monday": page(lambda t: Query(Subject(team_id=team(t)), period("since monday"))),
        "history only variances": page(lambda _: Query(only=Only.VARIANCES)),
        "history of a team, only adjusted": page(lambda t: Query(Subject(team_id=team(t)), only=Only.ADJUSTED)),
        "history of an item, only variances": page(
            lambda turn: Query(Subject(item_id=one_of(items, turn)), only=Only.VARIANCES)
        ),
        "history of a person, only variances": page(
            lambda turn: Query(Subject(member_id=one_of(MEMBERS, turn)), only=Only.VARIANCES)
        ),
        "history of an item in a team": page(lambda t: Query(Subject(item_id=one_of(items, t), team_id=team(t)))),
        "item card": card,
        "accuracy last quarter": accuracy(lambda _: Asked(period=period("last quarter"))),
        "accuracy last quarter, by who counts": accuracy(lambda _: Asked(period=period("last quarter")), ANA),
        "accuracy of a team this month": accuracy(lambda t: Asked(Subject(team_id=team(t)), period("this month"))),
        "accuracy of a bin this year": accuracy(
            lambda turn: Asked(Subject(location_id=one_of(items, turn)), period("this year"))
        ),
    }


def timed(asked: Sequence[tuple[Database, Ask]]) -> list[float]:
    """The median milliseconds of answers, each in a session of its own, as at the edge.

    The databases are asked in turn, so that what else the machine does slows all of them alike.
    """
    taken: list[list[float]] = [[] for _ in asked]
    for turn in range(ROUNDS + 1):
        for place, (database, ask) in enumerate(asked):
            started = time.perf_counter()
            with database.read() as session:
                ask(session, turn)
            taken[place].append((time.perf_counter() - started) * 1000)
    return [median(times[1:]) for times in taken]


def make(database: Database, rows: int) -> int:
    """Fill, open some lines for a counter, and add everything up; returns how many items there are."""
    fill(database, rows)
    with database.write() as session:
        newest = select(func.max(CountLine.id)).where(
            col(CountLine.item_id) <= TO_COUNT, col(CountLine.session_id) == 10
        )
        open_now = newest.group_by(col(CountLine.item_id))
        session.execute(update(CountLine).where(col(CountLine.id).in_(open_now)).values(state=LineState.TO_COUNT))
        records.note_days(session, session.scalars(select(col(CountRecord.day)).distinct()))
        items = session.scalar(select(func.count()).select_from(Item)) or 0
    while fold(database, NOW):
        pass
    return items


@contextmanager
def opened(url: str | None, rows: int) -> Iterator[tuple[Database, int]]:
    """A filled database, and how many items it has."""
    with TemporaryDirectory(prefix="cycle-count-bench-") as folder:
        url = url or f"sqlite:///{(Path(folder) / 'history.db').as_posix()}"
        migrate(url)
        filling = Database(url)
        if filling.is_sqlite:
            event.listen(filling.engine, "connect", _write_fast)
        items = make(filling, rows)
        filling.close()
        database = Database(url)
        try:
            yield database, items
        finally:
            database.close()


def _write_fast(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """The file is thrown away: nothing needs to survive a power cut, and what is written refers to what is there."""
    for pragma in ("foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000"):
        connection.cursor().execute(f"PRAGMA {pragma}")


def run(parsed: argparse.Namespace) -> int:
    """`python -m tests.bench history`: 1 when an answer missed the aim."""
    few, many = parsed.rows
    urls = parsed.url or (None, None)
    with ExitStack() as open_now:
        started = time.perf_counter()
        small, small_items = open_now.enter_context(opened(urls[0], few))
        large, large_items = open_now.enter_context(opened(urls[1], many))
        sys.stdout.write(f"{few:,} and {many:,} counts written in {time.perf_counter() - started:.0f} s\n\n")
        sys.stdout.flush()
        sys.stdout.write(f"| {'asked':38} | {few:,}, ms | {many:,}, ms | ratio |\n|---|---|---|---|\n")
        missed = 0
        asked_of_many = questions(large_items)
        for name, ask in questions(small_items).items():
            one, other = timed([(small, ask), (large, asked_of_many[name])])
            missed += other / one >= AIM
            said = " missed" if other / one >= AIM else ""
            sys.stdout.write(f"| {name:38} | {one:.1f} | {other:.1f} | {other / one:.1f}{said} |\n")
            sys.stdout.flush()
    sys.stdout.write(f"\n{missed} of {len(asked_of_many)} missed the aim of a ratio under {AIM}\n")
    return int(missed > 0)
