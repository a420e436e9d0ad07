"""Starting a plan by a button, on each engine: once for each time it was drawn."""

import threading

import pytest
from sqlmodel import select

from models.counts import CountSession
from models.database import Database
from models.errors import CycleCountError, NotAllowed, NotFound, WrongState
from models.plans import CountPlan
from models.services import plan_runs
from models.services.plan_offers import offered
from tests.builders import Stock
from tests.conftest import NOW
from tests.world import SECOND, World


@pytest.fixture
def world(database: Database) -> World:
    """Four items, of which a run takes one."""
    world = World(database, NOW, lines=1)
    for number in range(4):
        world.stock(f"BOLT-{number}", f"A-0{number}", 10, category=("Fasteners", "Oils", "")[number % 3])
    return world


def run(world: World, who: str, seen: int, plan_id: int | None = None) -> int:
    with world.step() as session:
        started = plan_runs.start_seen(
            session, person=world.person(who), plan_id=plan_id or world.plan_id, seen=seen, now=world.now
        )
        return started.id or 0


def test_what_was_seen_last_is_started_from_once(world: World) -> None:
    first = run(world, "ben", 0)
    with world.database.read() as session:
        assert plan_runs.last_session(session, world.plan_id) == first
    with pytest.raises(WrongState, match="“Daily parts” was started since you saw it"):
        run(world, "kim", 0)
    assert run(world, "kim", first) > first


def test_two_clicks_at_once_start_one_session(world: World) -> None:
    refusals: list[CycleCountError] = []
    both = threading.Barrier(2)

    def click(who: str, seconds: int) -> None:
        with world.database.read() as session:
            seen = plan_runs.last_session(session, world.plan_id)
            person = world.person(who)
        both.wait(10)
        try:
            with world.database.write() as session:
                now = NOW + seconds * SECOND
                plan_runs.start_seen(session, person=person, plan_id=world.plan_id, seen=seen, now=now)
        except CycleCountError as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=click, args=(who, number)) for number, who in enumerate(("ben", "kim"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with world.database.read() as session:
        assert len(session.exec(select(CountSession)).all()) == 1
    assert [type(refusal) for refusal in refusals] == [WrongState]


def test_who_may_not_start_it_learns_nothing_else(world: World) -> None:
    run(world, "ben", 0)
    with pytest.raises(NotAllowed, match="Only approvers of Fleet Parts and stock control start its plans"):
        run(world, "ana", 0)


def test_a_plan_that_is_gone_or_has_ended(world: World) -> None:
    with pytest.raises(NotFound, match="There is no such plan any more"):
        run(world, "kim", 0, plan_id=999)
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).is_active = False
    with pytest.raises(WrongState, match="“Daily parts” has ended"):
        run(world, "kim", 0)


def test_what_a_form_offers(world: World) -> None:
    other = world.add_team("Aisle Z", "Z-")
    with world.database.read() as session:
        found = offered(session)
        assert found.teams == ((other, "Aisle Z"), (world.team_id, "Fleet Parts"))
        assert (found.categories, found.is_cut) == (("Fasteners", "Oils"), False)
        chosen = offered(session, team=str(world.team_id), categories=["Gone", "Oils"])
        assert chosen.teams[0] == (world.team_id, "Fleet Parts")
        assert chosen.categories == ("Gone", "Oils", "Fasteners")
        assert chosen.team_name(str(other)) == "Aisle Z"
        assert chosen.team_name("x") == ""


def test_a_menu_holds_a_hundred(world: World) -> None:
    def add(number: int) -> Stock:
        return world.stock(f"X-{number}", "A-09", category=f"Category {number:03}")

    for number in range(100):
        add(number)
    with world.database.read() as session:
        found = offered(session, categories=["Oils"])
    assert (len(found.categories), found.categories[0], found.is_cut) == (100, "Oils", True)


def test_the_plan_of_the_button_is_started_and_not_another_of_nearly_its_name(world: World) -> None:
    with world.database.write() as session:  # as a set-up of long ago could make it
        world.plan(session, "DAILY PARTS", world.team_id)
    started = run(world, "kim", 0)
    with world.database.read() as session:
        assert session.get_one(CountSession, started).plan_id == world.plan_id
