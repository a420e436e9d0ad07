"""Accuracy as rows: by week, team, plan and class, of closed blind counts, without what is hidden."""

from datetime import date, timedelta
from decimal import Decimal

from models.services.accuracy_export import AccuracyRow, accuracy_rows
from models.services.export_tables import BEGINNING, Wanted
from tests.builders import Stock
from tests.world import World


def rows(world: World, **wanted: object) -> list[AccuracyRow]:
    with world.database.snapshot() as session:
        return list(accuracy_rows(session, since=BEGINNING, wanted=Wanted(**wanted)))  # type: ignore[arg-type]  # as they are


def counted(world: World) -> list[Stock]:
    """Six stocks of class A, five right, one 3 of 10 short; a week later one of class B, right."""
    stocks = [world.stock(f"A-{number}", f"A-0{number}", 10, unit_cost=2, abc_class="A") for number in range(6)]
    for stock in stocks:
        line = world.line(stock)
        world.count(line, "ana", 7 if stock is stocks[0] else 10)
        if stock is stocks[0]:
            world.count(line, "dan", 7)
            world.approve(line, "ben")
    world.now += timedelta(days=7)
    other = world.stock("B-1", "B-01", 10, unit_cost=None, abc_class="B")
    world.count(world.line(other), "ana", 10)
    return [*stocks, other]


def test_a_row_for_each_week_team_plan_class_and_sample(world: World) -> None:
    counted(world)
    first, second = rows(world)
    assert first == AccuracyRow(
        week=date(2026, 11, 23), team="Fleet Parts", plan="Daily parts", abc_class="A", sample="normal", lines=6,
        hits=5, exact=5, accuracy=Decimal("0.8333"), low=Decimal("0.4365"), high=Decimal("0.9699"),
        net_value=Decimal(-6),         gross_value=Decimal(6), value_counted=Decimal(120), unknown_cost=0,
    )  # fmt: skip
    assert (second.week, second.abc_class, second.lines, second.hits) == (date(2026, 11, 30), "B", 1, 1)
    assert (second.accuracy, second.low, second.high, second.unknown_cost) == (None, None, None, 1), (
        "too few for a share"
    )


def test_what_is_hidden_is_taken_off(world: World) -> None:
    stocks = counted(world)
    first, *_ = rows(world, hidden=frozenset({stocks[0].item_id}))
    assert (first.lines, first.hits, first.net_value, first.gross_value) == (5, 5, 0, 0)
    assert [row.abc_class for row in rows(world, hidden=frozenset({stocks[-1].item_id}))] == ["A"]


def test_by_time_and_team(world: World) -> None:
    counted(world)
    assert [row.abc_class for row in rows(world, until=world.now - timedelta(days=2))] == ["A"]
    other = world.add_team("Other", "Z-")
    assert rows(world, team_id=other) == []
    assert len(rows(world, team_id=world.team_id, plan_id=world.plan_id)) == 2
