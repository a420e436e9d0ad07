"""Demand from the ledger: what was issued, and what counts found, spread since the count before."""

from datetime import datetime, timedelta

import pytest

from models.causes import OwnCause
from models.rules.causes import Reason
from models.rules.demand import weeks_before
from models.services import demand
from models.services.demand import ItemDemand
from models.stock import EntryKind
from tests.builders import Stock
from tests.services.reordering import DAY, counted, counted_at
from tests.statements import statements
from tests.world import World

WEEKS = 8


def demands(world: World, at: datetime | None = None) -> dict[int, ItemDemand]:
    with world.database.read() as session:
        return {found.item_id: found for found in demand.demands(session, weeks_before(at or world.now, WEEKS))}


def of(world: World, stock: Stock, *, at: datetime | None = None) -> ItemDemand:
    return demands(world, at)[stock.item_id]


def later(world: World, days: float) -> None:
    world.now += timedelta(days=days)


def rounded(amounts: list[float]) -> list[float]:
    return [round(amount, 3) for amount in amounts]


def test_an_issue_is_demand_of_its_week(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    began = world.now - timedelta(hours=1)
    later(world, 8 * 7)
    world.issue(bolts, 5, occurred_at=world.now - 8 * DAY)
    world.issue(bolts, "2.5", occurred_at=world.now - DAY)
    world.receive(bolts, 50)
    found = of(world, bolts)
    assert rounded(found.recorded) == [0, 0, 0, 0, 0, 0, 5, 2.5]
    assert rounded(found.found) == [0] * 8
    assert found.since == began
    assert found.last_at == found.last_recorded_at
    assert found.last_at is not None
    assert world.now - found.last_at < 2 * DAY


def test_a_bin_that_moves_to_another_is_no_demand(world: World) -> None:
    one, other = world.stock("BOLT-10", "A-01", 100), world.stock("BOLT-10", "A-02", 0)
    later(world, 56)
    world.post(one, EntryKind.TRANSFER_OUT, -30)
    world.post(other, EntryKind.TRANSFER_IN, 30)
    found = of(world, one)
    assert (found.recorded, found.found, found.last_at) == ([0] * 8, [0] * 8, None)


def test_the_first_count_is_spread_since_the_stock_was_opened(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    began = world.now - timedelta(hours=1)
    counted(world, bolts, 72, on=began + 28 * DAY)
    found = of(world, bolts, at=began + 28 * DAY)
    assert rounded(found.recorded) == [0] * 8
    assert rounded(found.found) == [0, 0, 0, 0, 7, 7, 7, 7]


def test_the_next_count_is_spread_since_the_one_before_it_also_when_that_found_nothing(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    later(world, 28)
    counted(world, bolts, 100)  # nothing was wrong
    first = counted_at(world, bolts)
    counted(world, bolts, 86, on=first + 14 * DAY)
    found = of(world, bolts, at=first + 14 * DAY)
    assert rounded(found.found) == [0, 0, 0, 0, 0, 0, 7, 7]
    assert found.last_at == first + 14 * DAY


def test_another_bin_of_the_item_has_counts_of_its_own(world: World) -> None:
    began = world.now - timedelta(hours=1)
    one, other = world.stock("BOLT-10", "A-01", 100), world.stock("BOLT-10", "B-01", 100)
    counted(world, other, 100, on=began + 28 * DAY)
    counted(world, one, 65, on=began + 35 * DAY)
    assert rounded(of(world, one, at=counted_at(world, one)).found) == [0, 0, 0, 7, 7, 7, 7, 7]


@pytest.mark.parametrize(
    ("reason", "is_demand"),
    [
        *[(reason, True) for reason in (Reason.UNRECORDED_ISSUE, Reason.DAMAGED, Reason.LOST_OR_STOLEN)],
        *[(reason, False) for reason in (Reason.COUNT_ERROR, Reason.MISPLACED, Reason.UNKNOWN, Reason.UNIT_ERROR)],
        ("used in training", True),
        ("wrong box", False),
    ],
)
def test_what_the_cause_says_decides(world: World, reason: Reason | str, is_demand: bool) -> None:  # noqa: FBT001
    with world.database.write() as session:
        session.add(OwnCause(name="used in training", consuming=True))
        session.add(OwnCause(name="wrong box", consuming=False))
    bolts = world.stock("BOLT-10", "A-01", 100)
    later(world, 60)
    counted(world, bolts, 90, reason)
    assert any(of(world, bolts).found) is is_demand
    assert world.on_hand(bolts) == 90


def test_a_consuming_cause_that_ended_goes_on_being_demand(world: World) -> None:
    with world.database.write() as session:
        session.add(OwnCause(name="used in training", consuming=True))
    bolts = world.stock("BOLT-10", "A-01", 100)
    later(world, 60)
    counted(world, bolts, 90, "used in training")
    with world.database.write() as session:
        session.get_one(OwnCause, "used in training").is_active = False
    assert any(of(world, bolts).found)


def test_what_was_found_again_and_an_unrecorded_receipt_go_against_it(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    later(world, 28)
    counted(world, bolts, 100)
    first = counted_at(world, bolts)
    for days, quantity, reason in ((7, 86, Reason.LOST_OR_STOLEN), (14, 93, Reason.UNRECORDED_RECEIPT)):
        counted(world, bolts, quantity, reason, on=first + days * DAY)
    found = of(world, bolts, at=first + 14 * DAY)
    assert rounded(found.found) == [0, 0, 0, 0, 0, 0, 14, -7]
    assert found.last_at == first + 7 * DAY


def test_a_decision_that_was_taken_back_was_no_demand_and_its_count_no_count(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    later(world, 28)
    counted(world, bolts, 100)
    first = counted_at(world, bolts)
    line = counted(world, bolts, 90, on=first + 7 * DAY)
    world.take_back(line, "eva")
    assert rounded(of(world, bolts).found) == [0] * 8
    world.reject(line, "eva")
    counted(world, bolts, 86, on=first + 14 * DAY)
    assert rounded(of(world, bolts, at=counted_at(world, bolts)).found) == [0, 0, 0, 0, 0, 0, 7, 7]


def test_a_count_before_the_weeks_that_are_looked_at_is_known(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    later(world, 10)
    counted(world, bolts, 95)
    first = counted_at(world, bolts)
    counted(world, bolts, 25, on=first + 10 * 7 * DAY)
    assert rounded(of(world, bolts, at=counted_at(world, bolts)).found) == [7] * 8


def test_many_items_take_one_statement(world: World) -> None:
    for number in range(3):
        bolts = world.stock(f"BOLT-{number}", "A-01", 100)
        world.issue(bolts, 1)
    with statements(world.database) as sent:
        found = demands(world)
    assert len(found) == 3
    assert len(sent) == 1
    with world.database.read() as session:
        some = demand.demands(session, weeks_before(world.now, WEEKS), lambda item_id: item_id == bolts.item_id)
        assert [one.item_id for one in some] == [bolts.item_id]
