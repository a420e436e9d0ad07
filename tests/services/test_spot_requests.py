"""What one request for spot counts may hold, and what is read of it before anybody has to wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from sqlalchemy import ColumnElement, Connection, event, text
from sqlmodel import col, func, select

from models.catalog import Item, Location
from models.counts import CountLine
from models.database import Database
from models.errors import BadInput, NotFound, WrongState
from models.people import Team
from models.rules.lines import LineState
from models.services import countable, spot_counts
from models.services.spot_counts import SpotCounts
from tests.world import SECOND, World

TOO_MANY = "Ask for at most 20 at a time. These are 21, so nothing was started."


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


def test_names_may_have_spaces_between_them(world: World) -> None:
    parts(world, 3)
    world.stock("PART-00 PART-01", "B-01", 1)
    with world.database.read() as session:

        def names(text: str) -> list[str]:
            return [thing.name for thing in countable.find_things(session, text)]

        assert names("part-00 PART-02") == ["PART-00", "PART-02"]
        assert names("PART-02, PART-00 A-01") == ["PART-02", "PART-00", "A-01"]
        assert names("PART-00 PART-01") == ["PART-00 PART-01"], "that is a name of its own"
        with pytest.raises(NotFound, match="There is no SKU or bin “PART-00 NOPE”"):
            names("PART-00 NOPE")


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


def refused(world: World, name: str) -> str:
    """What Ana is told, who may not start it."""
    with pytest.raises(WrongState) as refusal:
        world.spot_count("ana", name)
    return str(refusal.value)


def test_five_spot_counts_of_one_person_may_be_open(world: World) -> None:
    names = parts(world, 9)
    for name in names[:5]:
        world.spot_count("ana", name)
    assert refused(world, names[5]) == (
        "You may have 5 spot counts open at once, and Spot count PART-00, Spot count PART-01, Spot count PART-02, "
        "Spot count PART-03 and Spot count PART-04 are not counted yet. Have one of them counted first, or ask Kim."
    )
    world.spot_count("dan", names[5])
    for name in names[6:]:
        world.spot_count("kim", name)
    line = open_line_of(world, "PART-02")
    world.count(line, "dan", 7)  # is recounted: still nobody is done with it
    world.stock("NEW", "A-90", 1)
    assert refused(world, "NEW").startswith("You may have 5 spot counts")
    world.count(line, "fay", 7)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.spot_count("ana", "NEW").counts[0].lines == 1


def test_stock_control_has_no_limit(world: World) -> None:
    for name in parts(world, 7):
        assert world.spot_count("kim", name).counts


def test_a_request_for_many_teams_is_as_many_spot_counts(world: World) -> None:
    for number in range(6):
        world.add_team(f"Team {number}", f"T{number}-", counters=("ana", "zed"))
        world.stock("BOLT-10", f"T{number}-01", 1)
    assert refused(world, "BOLT-10") == (
        "These would be 6, one for each team; you may have 5 spot counts open at once. "
        "Ask for fewer things, or ask Kim."
    )
    world.stock("NUT-10", "A-01", 1)
    world.spot_count("ana", "NUT-10")
    for number in range(1, 6):
        world.stock("WASHER", f"T{number}-01", 1)
    assert refused(world, "WASHER") == (
        "These would be 5, one for each team; you may have 5 spot counts open at once, "
        "and Spot count NUT-10 is not counted yet. Ask for fewer things, or ask Kim."
    )


@pytest.mark.parametrize("_round", range(3))
def test_two_requests_at_once_do_not_pass_the_limit(world: World, _round: int) -> None:
    names = parts(world, 6)
    for name in names[:4]:
        world.spot_count("ana", name)
    ana = world.person("ana")
    barrier = Barrier(2)
    answers: list[object] = []

    def work(name: str) -> None:
        with world.database.read() as session:
            request = spot_counts.prepare(session, ana, countable.find_things(session, name))
        barrier.wait()
        try:
            with world.database.write() as session:
                answers.append(spot_counts.start(session, person=ana, request=request, now=world.now))
        except WrongState as refusal:
            answers.append(refusal)

    threads = [Thread(target=work, args=(name,)) for name in names[4:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["SpotCounts", "WrongState"]


def open_line_of(world: World, sku: str) -> int:
    with world.database.read() as session:
        found = select(CountLine.id).join(Item, col(Item.id) == col(CountLine.item_id)).where(Item.sku == sku)
        return session.exec(found).one() or 0
