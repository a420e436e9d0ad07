"""Two people at the same line of parts at the same moment: nothing is lost, and one count comes of it."""

from decimal import Decimal

import pytest

from models.counts import EntrySource
from models.errors import WrongState
from models.rules.lines import LineState
from models.services import adding_up
from models.services.adding_up import Deed
from tests.services.adding import add, open_parts
from tests.services.test_races import Work, race
from tests.world import World


def deed(world: World, line_id: int, who: str) -> Deed:
    return Deed(world.person(who), line_id, world.now, EntrySource.MODAL, f"{who} {line_id}")


def giving(world: World, line_id: int, who: str, quantity: int) -> Work:
    given, now = deed(world, line_id, who), world.now
    return lambda session: adding_up.add(session, given, Decimal(quantity), now=now)


def closing(world: World, line_id: int, who: str) -> Work:
    given, now = deed(world, line_id, who), world.now
    return lambda session: adding_up.done(session, given, now=now)


def test_parts_that_come_at_once_are_all_there(world: World) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 60))
    race(world, *(giving(world, line, who, 20) for who in ("ana", "dan", "fay")))
    assert [part.quantity for part in open_parts(world, line)] == [20, 20, 20]


@pytest.mark.parametrize("number", range(3))
def test_two_who_say_done_at_once_make_one_count(world: World, number: int) -> None:
    line = world.line(world.stock(f"BOLT-{number}", "A-01", 40))
    add(world, line, "ana", 20)
    add(world, line, "dan", 20)
    results = race(world, closing(world, line, "ana"), closing(world, line, "dan"))
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert [entry.quantity for entry in world.entries(line)] == [40]
    assert world.state(line) is LineState.RECONCILED


@pytest.mark.parametrize("number", range(3))
def test_a_part_that_comes_with_done_is_in_the_sum_or_refused(world: World, number: int) -> None:
    line = world.line(world.stock(f"BOLT-{number}", "A-01", 40))
    add(world, line, "ana", 20)
    given, _ = race(world, giving(world, line, "dan", 20), closing(world, line, "ana"))
    (entry,) = world.entries(line)
    assert entry.quantity == (20 if isinstance(given, WrongState) else 40)
    assert open_parts(world, line) == []
