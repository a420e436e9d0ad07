"""What one request for spot counts may hold, and what is read of it before anybody has to wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import ColumnElement, Connection, event, text
from sqlmodel import func, select

from models.catalog import Item, Location
from models.database import Database
from models.errors import BadInput, WrongState
from models.people import Team
from models.services import countable, spot_counts
from models.services.spot_counts import SpotCounts
from tests.world import SECOND, World

TOO_MANY = "These are 21 things, and one request takes 20. Ask for the others in another one."


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL that is run meanwhile."""
    seen: list[str] = []

    def see(_connection: Connection, _cursor: object, sql: str, *_: object) -> None:
        seen.append(sql)

    event.listen(database.engine, "before_cursor_execute", see)
    yield seen
    event.remove(database.engine, "before_cursor_execute", see)


def parts(world: World, number: int) -> list[str]:
    return [world.stock(f"PART-{n:02}", f"A-{n:02}", 1).sku for n in range(number)]


def test_twenty_things_fit_in_one_request_and_no_more(world: World) -> None:
    names = parts(world, 21)
    assert world.spot_count("ana", *names[:20]).counts[0].lines == 20
    with pytest.raises(BadInput) as refusal:
        world.spot_count("ana", *names)
    assert str(refusal.value) == TOO_MANY
    with world.database.read() as session, pytest.raises(BadInput) as refusal:
        countable.find_things(session, ", ".join(names))
    assert str(refusal.value) == TOO_MANY


def test_a_name_with_many_commas_is_one_name(world: World) -> None:
    name = ",".join("ABCDEFGHIJKLMNOPQRSTUVWX")
    world.stock(name, "A-01", 1)
    with world.database.read() as session:
        assert [thing.name for thing in countable.find_things(session, name.lower())] == [name]


def test_a_name_that_is_written_twice_is_one_thing(world: World) -> None:
    parts(world, 1)
    with world.database.read() as session:
        assert [thing.name for thing in countable.find_things(session, "part-00, PART-00; part-00")] == ["PART-00"]


def test_names_are_looked_up_together_however_many_there_are(world: World) -> None:
    names = parts(world, 20)
    with statements(world.database) as seen, world.database.read() as session:
        assert [thing.name for thing in countable.find_things(session, ", ".join(names))] == names
    assert len([sql for sql in seen if "SELECT" in sql]) == 2


@pytest.mark.parametrize("column", [Item.sku, Location.code], ids=["items", "bins"])
def test_a_name_is_found_by_an_index(database: Database, column: str) -> None:
    with database.read() as session:
        if database.is_sqlite:
            how = "EXPLAIN QUERY PLAN "
        else:
            how = "EXPLAIN "
            session.execute(text("SET LOCAL enable_seqscan = off"))  # of a few rows it would rather read all
        found: ColumnElement[bool] = func.lower(column).in_(["a", "b"])
        compiled = select(column).where(found).compile(database.engine, compile_kwargs={"literal_binds": True})
        plan = str(session.execute(text(f"{how}{compiled}")).all())
    assert "_lower_" in plan


def test_who_left_the_team_since_the_request_was_read_starts_nothing(world: World) -> None:
    names = parts(world, 1)
    with world.database.read() as session:
        things = countable.find_things(session, names[0])
        request = spot_counts.prepare(session, world.person("ana"), things)
        by_control = spot_counts.prepare(session, world.person("kim"), things)
    world.remove_role("ana")
    world.add_team("Tyres", "T-", counters=("ana",))

    def start(who: str, what: spot_counts.Request) -> SpotCounts:
        person = world.person(who)
        with world.step() as session:
            return spot_counts.start(session, person=person, request=what, now=world.now)

    changed = "Fleet Parts has changed just now, and nothing was started. Please ask again."
    with pytest.raises(WrongState) as refusal:
        start("ana", request)
    assert str(refusal.value) == changed
    with world.database.write() as session:
        session.get_one(Team, world.team_id).is_active = False
    with pytest.raises(WrongState) as refusal:
        start("kim", by_control)
    assert str(refusal.value) == changed


def test_what_a_request_started_is_read_back_by_who_asked_and_when(world: World) -> None:
    parts(world, 2)
    world.add_team("Tyres", "T-", counters=("yan",))
    world.stock("PART-00", "T-01", 1)
    first, second = world.now, world.now + SECOND
    world.spot_count("kim", "PART-00")
    world.spot_count("kim", "A-01")
    with world.database.read() as session:
        kim, ana = world.person("kim"), world.person("ana")
        found = [
            [(count.name, count.channel, count.lines, count.waiting) for count in counts]
            for counts in (
                spot_counts.started_at(session, kim, first).counts,
                spot_counts.started_at(session, kim, second).counts,
                spot_counts.started_at(session, ana, first).counts,
            )
        ]
    assert found == [
        [("Spot count PART-00", "C01PARTS", 1, 1), ("Spot count PART-00", "CTYRES", 1, 1)],
        [("Spot count A-01", "C01PARTS", 1, 1)],
        [],
    ]
