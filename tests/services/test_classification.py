"""Classes from the ledger: what ranks items, what stands, what a run writes down, and that a look writes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from models.catalog import Item
from models.journal import AuditEvent, Intent, OutboxMessage
from models.rules.causes import Reason
from models.rules.classes import ClassMeasure
from models.services import classification, item_values
from models.stock import EntryKind, StockLevel
from tests.services.classifying import changes, classes, classify, runs, set_item, settings, used
from tests.services.importing import HEADER, load, stock_file
from tests.world import World


def values(world: World, measure: ClassMeasure, window_days: int = 365) -> dict[str, object]:
    """What each item is ranked by, as money or a number, by SKU."""
    with world.database.read() as session:
        skus = dict(session.exec(select(Item.id, Item.sku)).all())
        return {
            skus[item.item_id]: None if item.value is None else item_values.in_units(measure, item.value)
            for item in item_values.values(session, measure, window_days, world.now)
        }


def everything(world: World) -> list[list[object]]:
    tables = ("item", "stocklevel", "classrun", "classchange", "auditevent", "outboxmessage")
    with world.database.read() as session:
        return [list(session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))) for table in tables]


def test_usage_is_what_was_issued_at_today_s_cost(world: World) -> None:
    used(world, "X", 10, unit_cost="2.5")
    used(world, "Y", "0.125", unit_cost="0.0125")
    world.stock("Z", "A-01", 50)
    assert values(world, ClassMeasure.USAGE_VALUE) == {"X": 25, "Y": Decimal("0.0015625"), "Z": 0}


def test_only_the_window_counts(world: World) -> None:
    stock = world.stock("X", "A-01", 100)
    for days, quantity in ((31, 1), (30, 2), (1, 4)):
        world.issue(stock, quantity, occurred_at=world.now - timedelta(days=days, minutes=-1))
    world.issue(stock, 8, occurred_at=world.now + timedelta(hours=1))
    assert values(world, ClassMeasure.USAGE_VALUE, 30) == {"X": 6}
    assert values(world, ClassMeasure.MOVEMENTS, 30) == {"X": 2}


@pytest.mark.parametrize(
    ("reason", "counted", "used_up"),
    [
        (Reason.UNRECORDED_ISSUE, 90, 10),
        (Reason.DAMAGED, 90, 10),
        (Reason.LOST_OR_STOLEN, 90, 10),
        (Reason.MISPLACED, 90, 0),
        (Reason.COUNT_ERROR, 90, 0),
        (Reason.UNRECORDED_RECEIPT, 110, 0),
    ],
)
def test_adjustments_with_a_consuming_cause_are_usage(
    small_world: World, reason: Reason, counted: int, used_up: int
) -> None:
    world = small_world
    stock = world.stock("X", "A-01", 100)
    line = world.line(stock)
    world.count(line, "ana", counted)
    world.count(line, "dan", counted)
    world.adjust(line, "eva", counted, reason=reason)
    assert values(world, ClassMeasure.USAGE_VALUE) == {"X": used_up}


def test_what_came_back_counts_against_what_went_out(world: World) -> None:
    stock = used(world, "X", 30)
    line = world.line(stock)
    for who in ("ana", "dan"):
        world.count(line, who, 980)
    world.adjust(line, "eva", 980, reason=Reason.UNRECORDED_RECEIPT)
    assert values(world, ClassMeasure.USAGE_VALUE) == {"X": 20}


def test_on_hand_value_is_that_of_all_bins_and_never_below_zero(world: World) -> None:
    world.stock("X", "A-01", 5, unit_cost=3)
    world.stock("X", "B-01", 2, unit_cost=3)
    world.stock("Y", "A-01", -4)
    assert values(world, ClassMeasure.ON_HAND_VALUE) == {"X": 21, "Y": 0}


def test_movements_are_rows_of_receipts_issues_and_transfers(world: World) -> None:
    stock = world.stock("X", "A-01", 100, unit_cost=None)
    for kind, quantity in (
        (EntryKind.RECEIPT, 5),
        (EntryKind.ISSUE, -2),
        (EntryKind.TRANSFER_OUT, -1),
        (EntryKind.TRANSFER_IN, 1),
        (EntryKind.IMPORT, 7),
    ):
        world.post(stock, kind, quantity)
    world.stock("Y", "A-01", 1)
    assert values(world, ClassMeasure.MOVEMENTS) == {"X": 4, "Y": 0}


def test_what_has_no_unit_cost_has_no_value_that_is_known(world: World) -> None:
    used(world, "X", 10, unit_cost=None)
    used(world, "Y", 10, unit_cost=0)
    for measure in (ClassMeasure.USAGE_VALUE, ClassMeasure.ON_HAND_VALUE, ClassMeasure.UNIT_COST):
        assert values(world, measure) == {"X": None, "Y": 0}


def test_items_are_classed_and_their_levels_follow(world: World) -> None:
    used(world, "MUCH", 80)
    used(world, "SOME", 15)
    used(world, "FEW", 5)
    world.stock("MUCH", "B-07", 3)
    report = classify(world)
    assert classes(world) == {"MUCH": "A", "SOME": "B", "FEW": "C"}
    with world.database.read() as session:
        copies = session.exec(
            select(Item.sku, StockLevel.abc_class).join(StockLevel, col(StockLevel.item_id) == col(Item.id))
        ).all()
    assert sorted(copies) == [("FEW", "C"), ("MUCH", "A"), ("MUCH", "A"), ("SOME", "B")]
    assert report.ranking.before == {"": 3}
    assert report.ranking.after == {"A": 1, "B": 1, "C": 1}


def test_the_report_names_what_changed_and_why(world: World) -> None:
    used(world, "MUCH", 80)
    used(world, "SOME", 15)
    used(world, "FEW", 5)
    classify(world)
    used(world, "FEW", 400)
    report = classify(world)
    assert [change.sku for change in report.changes] == ["FEW", "MUCH", "SOME"]
    assert report.changes[0] == (
        "FEW", "Few", "C", "A", "C -> A: rank 1, 405.00 EUR a year, together 81 % of the value",
    )  # fmt: skip
    assert report.ranking.before == report.ranking.after == {"A": 1, "B": 1, "C": 1}
    assert changes(world)[-3:] == [("C", "A"), ("A", "B"), ("B", "C")]


def test_a_run_is_written_down_also_when_nothing_changed(world: World) -> None:
    used(world, "X", 80)
    classify(world)
    report = classify(world)
    assert (report.changes, len(runs(world)), len(changes(world))) == ([], 2, 1)
    assert [(run.actor, run.basis, run.items) for run in runs(world)] == [
        ("test", "usage value of the last 365 days, shared 80/15/5", 1)
    ] * 2
    with world.database.read() as session:
        audited = session.exec(select(AuditEvent.action, AuditEvent.subject).order_by(col(AuditEvent.id))).all()
    assert audited == [("classify items", f"class run {run.id}") for run in runs(world)]


def test_a_look_writes_nothing(world: World) -> None:
    used(world, "X", 80)
    before = everything(world)
    report = classify(world, dry_run=True)
    assert [(change.sku, change.after) for change in report.changes] == [("X", "A")]
    assert report.run_id is None
    assert everything(world) == before


def test_classes_from_the_file_and_pins_stand_and_take_part(world: World) -> None:
    header = f"{HEADER},abc_class"
    load(
        world,
        stock_file("PIN,x,,pcs,1,A-01,500,C", "FILE,x,,pcs,1,A-01,300,C", "FREE,x,,pcs,1,A-01,200,", header=header),
    )
    settings(world, measure="on-hand value")
    set_item(world, "PIN", pinned_class="B", abc_class="B")
    report = classify(world)
    # Without the other two, the third would be all the value there is, and A.
    assert classes(world) == {"PIN": "B", "FILE": "C", "FREE": "B"}
    assert [change.sku for change in report.changes] == ["FREE"]
    assert (report.ranking.pinned, report.ranking.from_file) == (1, 1)


def test_what_was_released_is_computed_again(world: World) -> None:
    used(world, "X", 10)
    set_item(world, "X", pinned_class="C", abc_class="C")
    assert classify(world).changes == []
    set_item(world, "X", pinned_class=None)
    assert classes(world) == {"X": "C"}
    classify(world)
    assert classes(world) == {"X": "A"}


def test_without_a_unit_cost_an_item_keeps_its_class(world: World) -> None:
    used(world, "X", 10, unit_cost=None)
    set_item(world, "X", abc_class="B")
    used(world, "Y", 10)
    report = classify(world)
    assert classes(world) == {"X": "B", "Y": "A"}
    assert report.ranking.unranked == 1


def test_the_set_up_says_by_what_and_where_to_cut(world: World) -> None:
    for number in range(1, 5):
        world.stock(f"S-{number}", "A-01", 1, unit_cost=10 * number)
    settings(world, measure="unit cost", cuts="40/30/20/10")
    report = classify(world)
    assert classes(world) == {"S-4": "A", "S-3": "B", "S-2": "C", "S-1": "D"}
    assert str(report.ranking.basis) == "unit cost, shared 40/30/20/10"
    assert report.changes[-1].reason == "new -> D: rank 4, 10.00 EUR each, together 100 % of the value"


def test_what_changed_between_the_ranking_and_its_turn_is_left_alone(world: World) -> None:
    for sku in ("PIN", "FILE", "OTHER", "X"):
        used(world, sku, 10)
        set_item(world, sku, abc_class="C")
    with world.database.read() as session:
        ranking = classification.rank(session, world.now)
    set_item(world, "PIN", pinned_class="C")
    set_item(world, "FILE", file_class="C")
    set_item(world, "OTHER", abc_class="B")
    with world.step() as session:
        report = classification.apply(session, ranking, now=world.now, actor="test")
    assert [change.sku for change in report.changes] == ["X"]
    assert classes(world)["PIN"] == classes(world)["FILE"] == "C"
    assert classes(world)["OTHER"] == "B"
    assert len(changes(world)) == 1


def test_more_changes_than_one_statement_holds(world: World) -> None:
    rows = [f"S-{number:04},s,,pcs,{number + 1},A-{number % 50:02},1" for number in range(4500)]
    load(world, stock_file(*rows))
    settings(world, measure="unit cost")
    report = classify(world)
    assert (len(report.changes), len(changes(world))) == (4500, 4500)
    assert report.changes[0].sku == "S-4499"
    assert classify(world).changes == []


def test_teams_whose_items_changed_are_told_in_their_review_channels(world: World) -> None:
    world.add_team("Tools", "T-")
    world.add_team("Paint", "P-")
    used(world, "X", 10, code="A-01")
    used(world, "Y", 10, code="T-01")
    report = classify(world)
    with world.database.read() as session:
        told = session.exec(select(OutboxMessage).where(OutboxMessage.intent == Intent.CLASS_REPORT)).all()
    assert {(row.subject, row.channel) for row in told} == {
        (f"{report.run_id}.1", "C01REVIEW"), (f"{report.run_id}.2", "CTOOLSR"),
    }  # fmt: skip
    classify(world)
    with world.database.read() as session:
        again = session.exec(select(OutboxMessage).where(OutboxMessage.intent == Intent.CLASS_REPORT)).all()
    assert len(again) == 2
