"""Four eyes: what makes the first of two decisions void, and that the card says so."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.authority import Endorsement
from models.errors import AlreadyDecided, NotAllowed, WrongState
from models.people import Role
from models.stock import EntryKind
from tests.services.authorizing import approve_everywhere, card, confirm, two_above, withdraw
from tests.services.test_everywhere import in_review
from tests.world import World

CHANGED = "The facts have changed since this card was drawn. Look at it again; nothing was changed."


@pytest.fixture
def world(world: World) -> World:
    """Above 50 EUR it takes two; Max approves for every team."""
    return two_above(world)


def test_a_limit_that_was_lowered_meanwhile_counts(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "max")
    approve_everywhere(world, "max", 40)
    with pytest.raises(WrongState, match="Max may not decide this any more"):
        confirm(world, line, "eva")


def test_a_role_that_was_lost_meanwhile_counts(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    world.remove_role("ben", role=Role.APPROVER)
    with pytest.raises(WrongState, match="Ben may not decide this any more"):
        confirm(world, line, "eva")
    assert world.approve(line, "eva").is_kept


def test_a_late_movement_voids_it_and_the_card_says_so(world: World) -> None:
    bolts, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    seen = world.version(line)
    world.issue(bolts, 1, occurred_at=world.entries(line)[0].counted_at - timedelta(seconds=1))
    with pytest.raises(WrongState) as refusal:
        confirm(world, line, "eva", version=seen)
    assert str(refusal.value) == CHANGED
    first = card(world, line).first
    assert first is not None
    assert (first.stands, first.withdrawn, first.who) == (False, False, "Ben")
    with pytest.raises(WrongState, match="There is nothing to confirm here any more"):
        confirm(world, line, "eva")


def test_a_correction_of_the_record_is_noticed(world: World) -> None:
    bolts, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    world.post(bolts, EntryKind.IMPORT, -10)
    with pytest.raises(WrongState, match="Ask for a recount: the record was corrected since this count"):
        confirm(world, line, "eva")


def test_another_decision_replaces_it_and_needs_its_own_second(world: World) -> None:
    bolts, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    seen = world.version(line)
    assert world.adjust(line, "eva", 92).is_kept
    with pytest.raises(AlreadyDecided, match="Eva decided this first, at "):
        confirm(world, line, "max", version=seen)
    with pytest.raises(NotAllowed, match="You decided this first"):
        confirm(world, line, "eva")
    confirm(world, line, "ben")
    assert world.on_hand(bolts) == 92


@pytest.mark.parametrize("decide", ["ask_recount", "reject"])
def test_what_posts_nothing_takes_one_and_voids_it(world: World, decide: str) -> None:
    bolts, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    getattr(world, decide)(line, "eva")
    with pytest.raises(WrongState):
        confirm(world, line, "max")
    assert (world.on_hand(bolts), card(world, line).first) == (100, None)


def test_the_first_takes_it_back(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "ben")
    with pytest.raises(NotAllowed, match="Ben decided this first, so only Ben takes it back"):
        withdraw(world, line, "eva")
    seen = world.version(line)
    withdraw(world, line, "ben")
    first = card(world, line).first
    assert first is not None
    assert (first.stands, first.withdrawn) == (False, True)
    for version in (seen, None):
        with pytest.raises(WrongState):
            confirm(world, line, "eva", version=version)
    with pytest.raises(WrongState, match="There is nothing to take back here any more"):
        withdraw(world, line, "ben")
    world.approve(line, "ben")
    assert confirm(world, line, "eva").decision is not None


def test_the_same_click_twice_is_told_that_it_is_kept(world: World) -> None:
    _, line = in_review(world, unit_cost=10)
    seen = world.version(line)
    world.approve(line, "ben")
    with pytest.raises(AlreadyDecided, match="Ben decided this first, at "):
        world.approve(line, "ben", version=seen)
    with world.database.read() as session:
        assert len(session.exec(select(Endorsement.id)).all()) == 1
