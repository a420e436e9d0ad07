"""How much waits for whom; that each line is told as its card tells it is an invariant of the stock machine."""

from decimal import Decimal

from models.people import Role
from models.services import waiting
from models.services.review_totals import WaitingTotals, waiting_totals
from tests.services.test_bulk import counted
from tests.statements import statements
from tests.world import World


def totals(world: World, who: str) -> WaitingTotals:
    person = world.person(who)
    with world.database.read() as session:
        return waiting_totals(session, person)


def test_the_largest_first_gross_and_the_oldest(world: World) -> None:
    counted(world, "BOLT", 90)
    started = world.now
    counted(world, "FUSE", 130)
    counted(world, "BELT", 95, unit_cost=None)
    found = totals(world, "ben")
    assert [line.sku for line in found.lines] == ["BELT", "FUSE", "BOLT"]
    assert (found.gross_value, found.unknown, found.is_partial) == (Decimal(40), 1, False)  # +30 and -10 are 40
    assert found.oldest is not None
    assert found.oldest < started


def test_who_decides_nothing_has_nothing_waiting(world: World) -> None:
    counted(world, "BOLT", 90)
    assert totals(world, "ana") == WaitingTotals()
    _, line = counted(world, "FUSE", 90)
    world.approve(line, "ben")
    assert [one.sku for one in totals(world, "kim").lines] == ["BOLT"]


def test_an_approver_who_counts_sees_what_is_left_for_them(world: World) -> None:
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.APPROVER, "ana")
    counted(world, "BOLT", 90)
    assert totals(world, "ana").lines == ()
    assert len(totals(world, "ben").lines) == 1


def test_other_teams_are_others(world: World) -> None:
    world.add_team("Tyres", "T-", counters=("gil",), approvers=("hal",))
    counted(world, "BOLT", 90)
    assert totals(world, "hal").lines == ()


def test_it_says_what_the_list_says(world: World) -> None:
    for number in range(4):
        counted(world, f"SKU-{number}", 80 + number)
    kim = world.person("kim")
    with world.database.read() as session:
        listed = [(one.sku, one.value) for one in waiting.waiting_for(session, kim).lines]
    assert [(line.sku, line.value) for line in totals(world, "kim").lines] == listed


def test_the_statements_do_not_grow_with_the_lines(world: World) -> None:
    kim = world.person("kim")
    asked = []
    for number in range(2):
        counted(world, f"A{number}", 90)
        counted(world, f"B{number}", 90)
        with world.database.read() as session, statements(world.database) as seen:
            waiting_totals(session, kim)
        asked.append(len(seen))
    assert asked[0] == asked[1]
