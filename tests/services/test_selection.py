"""What a run chooses: the longest uncounted of the team's bins, never what is open elsewhere, in walk order."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.catalog import Item, Location
from models.counts import CountLine
from models.plans import CountPlan
from models.rules.lines import LineState
from models.stock import DUE_AT_ONCE, StockLevel
from tests.builders import Stock
from tests.world import World


def chosen(world: World, session_id: int | None = None) -> list[str]:
    """SKUs of the newest session's lines (or a given one's), in the order of the sheet."""
    with world.database.read() as session:
        newest = (
            session_id
            or session.exec(select(CountLine.session_id).order_by(col(CountLine.session_id).desc()).limit(1)).first()
        )
        return list(
            session.exec(
                select(Item.sku)
                .join(CountLine, col(CountLine.item_id) == col(Item.id))
                .where(CountLine.session_id == newest)
                .order_by(col(CountLine.position))
            )
        )


def waited_since(world: World, stock: Stock, days_ago: int) -> None:
    with world.database.write() as session:
        session.get_one(StockLevel, stock.level_id).due_from = world.now - timedelta(days=days_ago)


def limit_lines(world: World, lines: int) -> None:
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).lines = lines


def test_the_longest_uncounted_are_chosen_and_walked_in_the_order_of_the_bins(world: World) -> None:
    limit_lines(world, 2)
    for sku, code, days in (("NEW", "A-01", 1), ("OLD", "A-10", 30), ("OLDER", "A-2", 60)):
        waited_since(world, world.stock(sku, code, 1), days)
    world.start()
    assert chosen(world) == ["OLDER", "OLD"]  # A-2 before A-10


def test_what_was_rejected_comes_before_everything_else(world: World) -> None:
    limit_lines(world, 1)
    old, rejected = world.stock("OLD", "A-01", 1), world.stock("REJECTED", "A-02", 1)
    waited_since(world, old, 300)
    with world.database.write() as session:
        session.get_one(StockLevel, rejected.level_id).due_from = DUE_AT_ONCE
    world.start()
    assert chosen(world) == ["REJECTED"]


def test_walk_order_comes_before_codes(world: World) -> None:
    for sku, code, turn in (("THIRD", "A-01", None), ("SECOND", "A-02", 9), ("FIRST", "A-03", 1)):
        stock = world.stock(sku, code, 1)
        with world.database.write() as session:
            session.get_one(Location, stock.location_id).walk_order = turn
    world.start()
    assert chosen(world) == ["FIRST", "SECOND", "THIRD"]


@pytest.mark.parametrize("code", ["C-01", "a-01", "AA-01", "XA-01", "A_01", "A"])
def test_a_bin_outside_the_teams_prefixes_is_never_chosen(world: World, code: str) -> None:
    world.stock("OURS", "A-01", 1)
    world.stock("THEIRS", code, 1)
    world.start()
    assert chosen(world) == ["OURS"]


@pytest.mark.parametrize(("prefix", "code"), [("%", "A-01"), ("A_", "AB01"), ("A\\", "A-01")])
def test_a_prefix_is_taken_letter_by_letter(world: World, prefix: str, code: str) -> None:
    team = world.add_team("Others", prefix, counters=("zoe",))
    with world.database.write() as session:
        plan = world.plan(session, "Theirs", team)
    world.stock("NOT-THEIRS", code, 1)
    theirs = world.stock("THEIRS", f"{prefix}01", 1)
    started = world.start(plan)
    assert chosen(world, started.id) == [theirs.sku]


def test_a_team_without_bins_gets_nothing_to_count(world: World) -> None:
    team = world.add_team("Nobody")
    with world.database.write() as session:
        plan = world.plan(session, "Theirs", team)
    world.stock("OURS", "A-01", 1)
    started = world.start(plan)
    assert chosen(world, started.id) == []


def test_empty_bins_are_counted_too(world: World) -> None:
    world.stock("EMPTY", "A-01", 0)
    world.start()
    assert chosen(world) == ["EMPTY"]


def test_overlapping_runs_skip_what_is_open_and_take_the_next(world: World) -> None:
    limit_lines(world, 2)
    for number in range(4):
        waited_since(world, world.stock(f"SKU-{number}", f"A-0{number}", 1), 100 - number)
    first, second = world.start(), world.start()
    assert chosen(world, first.id) == ["SKU-0", "SKU-1"]
    assert chosen(world, second.id) == ["SKU-2", "SKU-3"]


@pytest.mark.parametrize("state", [LineState.RECOUNT, LineState.IN_REVIEW])
def test_what_waits_for_a_recount_or_a_decision_is_open_too(world: World, state: LineState) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 90)
    if state is LineState.IN_REVIEW:
        world.count(line, "dan", 90)
    assert world.state(line) is state
    started = world.start()
    assert chosen(world, started.id) == []


@pytest.mark.parametrize("how", ["counted", "skipped"])
def test_what_is_closed_can_be_chosen_again_and_what_was_skipped_keeps_its_turn(world: World, how: str) -> None:
    limit_lines(world, 1)
    old, new = world.stock("OLD", "A-01", 100), world.stock("NEW", "A-02", 100)
    waited_since(world, old, 300)
    waited_since(world, new, 200)
    line = world.line(old)
    if how == "counted":
        world.count(line, "ana", 100)
    else:
        world.skip(line, "ana")
    started = world.start()
    assert chosen(world, started.id) == (["NEW"] if how == "counted" else ["OLD"])


def test_lines_are_locked_in_the_order_of_their_stock_whatever_the_walk(world: World) -> None:
    stocks = [world.stock(f"SKU-{number}", f"A-0{9 - number}", 1) for number in range(5)]
    started = world.start()
    assert chosen(world, started.id) == [stock.sku for stock in reversed(stocks)]
    lines = [world.line(stock) for stock in stocks]
    assert lines == sorted(lines)
