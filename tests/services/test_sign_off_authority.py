"""Who signs where authority was handed over, and what a first decision that is void says in the lists."""

from datetime import timedelta

import pytest

from models.errors import NotAllowed
from models.people import Role
from models.services.waiting import waiting_in
from tests.services.authorizing import hand_over, stands, two_above
from tests.services.signing import counted, sign
from tests.services.test_transfers import misplaced, transfer
from tests.world import World


def all_by_eva(world: World) -> int:
    """A closed session of one line that Eva, who approves too, counted alone, and Ben approved."""
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "eva")
    line = world.line(world.stock("BOLT-1", "A-01", 100))
    world.count(line, "eva", 90)
    world.now += timedelta(hours=6)
    world.expire()
    world.approve(line, "ben")
    return world.see(line).session_id


def test_who_acts_for_the_only_counter_does_not_sign_in_their_place(world: World) -> None:
    session_id = all_by_eva(world)
    hand_over(world, "eva", "max")
    with pytest.raises(NotAllowed, match=r"You counted all of it, so somebody else signs it off. Ben or Kim can."):
        sign(world, "eva", session_id)
    with pytest.raises(
        NotAllowed, match=r"You act for Eva, who counted all of it, so somebody else .* Ben or Kim can."
    ):
        sign(world, "max", session_id)
    hand_over(world, "ben", "max")
    sign(world, "max", session_id)


def test_who_may_not_sign_is_told_of_who_acts_for_an_approver(world: World) -> None:
    _, _, session_id = counted(world)
    hand_over(world, "eva", "max")
    with pytest.raises(NotAllowed, match=r"Only approvers of Fleet Parts sign this off. Ben, Eva or Max can."):
        sign(world, "ana", session_id)


def test_a_transfer_that_is_void_waits_for_no_second_on_either_side(world: World) -> None:
    two_above(world)
    pair = misplaced(world, unit_cost=10)
    transfer(world, pair.short, pair.over, "ben")
    assert stands(world, pair.short)
    world.receive(pair.there, 3, occurred_at=world.now - timedelta(minutes=30))
    assert not stands(world, pair.short)
    with world.database.read() as session:
        against = [line.against for line in waiting_in(session, world.team_id).lines]
    assert len(against) == 2
    assert not any("second" in one for one in against)
