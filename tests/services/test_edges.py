"""Edges of the core: costs that change, texts as long as people make them, clocks that disagree, and stuck lines."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from models.catalog import Item
from models.counts import CountSession, LineSkip
from models.errors import BadInput, BadQuantity, NotAllowed
from models.rules.lines import LineState
from models.rules.tolerance import Measure, Scope
from models.services import counts
from tests.builders import Stock
from tests.world import World


def in_review(world: World, *, unit_cost: int | None = 1) -> tuple[Stock, int]:
    bolts = world.stock("BOLT-10", "A-01", 100, unit_cost=unit_cost)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    return bolts, line


def price(world: World, stock: Stock, cost: int) -> None:
    with world.database.write() as session:
        session.get_one(Item, stock.item_id).unit_cost = Decimal(cost)


def test_a_variance_is_valued_at_the_unit_cost_of_the_count(world: World) -> None:
    bolts, line = in_review(world, unit_cost=1)
    price(world, bolts, 100)  # would be over Ben's limit
    assert world.proposal(line).value == -10
    decision = world.approve(line, "ben").decision
    assert decision is not None
    assert decision.unit_cost == 1


def test_a_unit_cost_that_was_unknown_at_the_count_may_be_filled_in(world: World) -> None:
    bolts, line = in_review(world, unit_cost=None)
    assert world.approve(line, "ben").decision is None
    price(world, bolts, 2)
    assert world.proposal(line).value == -20
    decision = world.approve(line, "ben").decision
    assert decision is not None
    assert decision.unit_cost == 2


def test_limits_with_the_longest_names_are_stored(world: World) -> None:
    sku, category = "S" * 80, "C" * 80
    world.tolerate(Measure.QUANTITY, "5.5", scope=Scope.ITEM, key=sku)
    world.tolerate(Measure.PERCENT, "99.5", scope=Scope.CATEGORY, key=category)
    world.tolerate(Measure.VALUE, "123456789.1234", scope=Scope.CATEGORY, key=category)
    stock = world.stock(sku, "A-01", 100, category=category)
    line = world.line(stock)
    world.count(line, "ana", 99)
    assert world.state(line) is LineState.RECONCILED
    [judgement] = world.judgements(world.entries(line)[0])
    assert judgement.limit_applied.startswith("5.5 (item SSS")
    assert world.decided(line)[0].note == judgement.limit_applied


def test_a_long_reason_for_skipping_is_cut_and_a_long_note_refused(world: World) -> None:
    bolts, line = in_review(world)
    with pytest.raises(BadInput, match="500"):
        world.adjust(line, "ben", 95, note="x" * 501)
    with pytest.raises(BadInput, match="500"):
        world.reject(line, "ben", note="x" * 501)
    world.reject(line, "ben", note="x" * 500)
    again = world.line(bolts)
    world.skip(again, "ana", "y" * 5000)
    with world.database.read() as session:
        [skip] = session.exec(select(LineSkip))
    assert skip.reason == "y" * 199 + "…"


@pytest.mark.parametrize("quantity", [-1, "-0.001"])
def test_less_than_nothing_is_never_stored(world: World, quantity: int | str) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    line = world.line(bolts)
    with pytest.raises(BadQuantity):
        world.count(line, "ana", quantity)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    with pytest.raises(BadQuantity):
        world.adjust(line, "ben", quantity)


def test_a_count_is_never_dated_before_its_sheet(world: World) -> None:
    """Slack's clock and ours differ; a count dated before an earlier one of that stock would move its ledger."""
    bolts = world.stock("BOLT-10", "A-01", 100)
    first = world.line(bolts)
    world.count(first, "ana", 100)
    second = world.line(bolts)
    world.count(second, "dan", 90, at=world.see(first).due_at - timedelta(days=1))
    world.count(second, "ana", 90)
    world.approve(second, "ben")
    with world.database.read() as session:
        started_at = session.get_one(CountSession, world.see(second).session_id).started_at
    assert world.entries(second)[0].counted_at == started_at


def test_a_line_in_review_is_never_stuck_when_everybody_has_counted_it(world: World) -> None:
    bolts, line = in_review(world)
    for _ in range(3):
        world.ask_recount(line, "kim")
        world.count(line, world.asked(line) or "", 90)
    for who in ("ben", "eva"):
        with pytest.raises(NotAllowed):
            world.approve(line, who)
    world.adjust(line, "kim", 91)
    assert world.on_hand(bolts) == 91


def test_a_counter_is_offered_what_they_may_count_and_no_number(world: World) -> None:
    mine, theirs = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 50)
    line_mine, line_theirs = world.line(mine), world.line(theirs)
    world.count(line_theirs, "ana", 40)
    session_id = world.see(line_mine).session_id

    def offered(who: str) -> list[int]:
        with world.database.read() as session:
            found = counts.lines_to_count(session, world.person(who), session_id)
        assert not any(str(number) in str(found) for number in (100, 50, 40))
        return [line.line_id for line in found]

    assert offered("ana") == [line_mine]
    assert offered("dan") == [line_mine, line_theirs]
    assert offered("ben") == []
