"""Reorder advice from the ledger: by hand, with the usual terms (14 days, 95 %, an order lasts 30 days)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from models.catalog import Item
from models.rules.causes import Reason
from models.rules.intermittent import Method
from models.rules.reorder import Advice
from models.services import forecasting, reorder, reorder_reports
from models.services.reorder_reports import ReorderReport
from models.supply import ItemForecast
from scheduler import forecasting as clock
from tests.services.classifying import set_item
from tests.services.importing import bolts as bolts_file
from tests.services.importing import found, load
from tests.services.reordering import DAY, advice, counted, counted_at, forecast, supply, used
from tests.statements import statements
from tests.world import World

TODAY = date(2026, 11, 23)


def report(world: World, who: str = "kim") -> ReorderReport:
    forecast(world)
    with world.database.read() as session:
        return reorder_reports.report_for(session, world.person(who), world.now)


def skus(report: ReorderReport, kind: Advice) -> list[str]:
    return [row.stock.sku for row in report.first[kind]]


def test_steady_demand_is_worked_out_by_hand(world: World) -> None:
    # 14 a week are 2 a day; without any error the reorder point is 2 x 14 days. 20 more are 10 days.
    row = advice(world, used(world, "BOLT-10", left=48))
    assert row.forecast.method == Method.TSB
    assert (row.outlook.per_day, row.outlook.spread) == pytest.approx((2, 0))
    assert row.advised.reorder_point == pytest.approx(28)
    assert (row.advised.advice, row.advised.order_by) == (Advice.LATER, TODAY + timedelta(days=10))
    assert row.advised.quantity == 60
    assert row.uncorrected is None


def test_what_is_on_order_and_reserved_and_the_lead_time_of_the_item_count(world: World) -> None:
    bolts = used(world, "BOLT-10", left=48)
    supply(world, bolts, on_order=Decimal(30), reserved=Decimal(10), order_multiple=Decimal(50))
    row = advice(world, bolts)
    assert row.advised.available == 68
    assert row.advised.order_by == TODAY + timedelta(days=20)
    assert row.advised.quantity == 100
    with world.database.write() as session:
        session.exec(select(Item)).one().lead_time_days = 30
    row = advice(world, bolts)
    assert row.advised.reorder_point == pytest.approx(60)
    assert row.advised.order_by == TODAY + timedelta(days=4)


def test_what_was_received_since_it_was_said_is_not_on_order_any_more(world: World) -> None:
    bolts = used(world, "BOLT-10", left=48)
    world.receive(bolts, 500, occurred_at=world.now - 30 * DAY)
    world.issue(bolts, 500, occurred_at=world.now - 40 * 7 * DAY)
    supply(world, bolts, on_order=Decimal(30))
    world.receive(bolts, 20)
    row = advice(world, bolts)
    assert (row.stock.on_hand, row.stock.on_order, row.advised.available) == (68, 10, 78)
    world.receive(bolts, 20)
    assert advice(world, bolts).stock.on_order == 0


def test_nobody_has_said_is_not_nothing(world: World) -> None:
    one, other = used(world, "BOLT-10", left=48), used(world, "NUT-10", left=48)
    supply(world, other, on_order=Decimal(0), reserved=None)
    assert (advice(world, one).stock.on_order, advice(world, other).stock.on_order) == (None, 0)
    missing = report(world).missing
    assert (missing.items, missing.on_order, missing.reserved) == (2, 1, 2)


def test_what_counts_found_is_ordered_earlier_than_the_uncorrected_record_said(world: World) -> None:
    """Opened 140 days ago with 328; 280 were issued, 2 a day. The count finds 34 and not 48: 0.1 a day more."""
    bolts = used(world, "BOLT-10", left=48)
    counted(world, bolts, 34, on=world.now)
    row = advice(world, bolts)
    assert row.outlook.per_day == pytest.approx(2.1, abs=0.05)
    assert row.uncorrected is not None
    assert row.uncorrected.available == 48
    assert row.uncorrected.reorder_point == pytest.approx(28)
    assert row.uncorrected.order_by == TODAY + timedelta(days=10)
    assert row.advised.available == 34
    assert row.days_earlier is not None
    assert 7 <= row.days_earlier <= 9


def test_a_count_that_is_no_demand_changes_what_there_is_alone(world: World) -> None:
    bolts = used(world, "BOLT-10", left=48)
    counted(world, bolts, 34, Reason.COUNT_ERROR, on=world.now)
    row = advice(world, bolts)
    assert row.outlook.per_day == pytest.approx(2)
    assert row.advised.order_by == TODAY + timedelta(days=3)
    assert row.days_earlier == 7


def test_since_an_import_said_what_there_is_the_record_is_that(world: World) -> None:
    load(world, bolts_file(100))
    bolts = found(world)
    for back in range(20):
        world.issue(bolts, 1, occurred_at=world.now - back * 7 * DAY)
    counted(world, bolts, 60, Reason.COUNT_ERROR)
    row = advice(world, bolts)
    assert row.uncorrected is not None
    assert row.uncorrected.available == row.advised.available + 20
    load(world, bolts_file(55), overwrite=True)
    world.now += 21 * timedelta(hours=1)
    row = advice(world, bolts)
    assert row.advised.available == 55
    assert row.uncorrected is None or row.uncorrected.available == 55


def test_the_most_urgent_and_the_most_valuable_come_first(world: World) -> None:
    for sku, left in (("NOW-1", 20), ("NOW-2", 5), ("LATER-1", 80), ("LATER-2", 48), ("MUCH-1", 500), ("MUCH-2", 900)):
        used(world, sku, left=left)
    world.stock("DEAD-1", "A-01", 5)
    world.stock("NEW-1", "A-01", 5)
    found = report(world)
    assert skus(found, Advice.NOW) == ["NOW-2", "NOW-1"]
    assert skus(found, Advice.LATER) == ["LATER-2", "LATER-1"]
    assert skus(found, Advice.OVERSTOCK) == ["MUCH-2", "MUCH-1"]
    assert found.counts[Advice.NONE] == 2
    world.now += 200 * DAY
    found = report(world)
    assert skus(found, Advice.DEAD)[:2] == ["MUCH-2", "MUCH-1"]
    assert found.counts[Advice.DEAD] == 8


def test_an_approver_reads_of_what_lies_in_the_bins_of_the_team(world: World) -> None:
    used(world, "BOLT-10", left=5)
    world.add_team("Tyres", "T-", approvers=("tom",))
    used(world, "TYRE-1", left=5, code="T-01")
    assert skus(report(world, "ben"), Advice.NOW) == ["BOLT-10"]
    assert skus(report(world, "tom"), Advice.NOW) == ["TYRE-1"]
    assert skus(report(world, "kim"), Advice.NOW) == ["BOLT-10", "TYRE-1"]


def test_what_somebody_has_to_count_blind_is_left_out_whatever_it_says(world: World) -> None:
    used(world, "BOLT-10", left=5)
    enough = used(world, "NUT-10", left=70)
    world.line(enough)  # the session holds both
    found = report(world, "ben")
    assert (skus(found, Advice.NOW), found.hidden) == (["BOLT-10"], 0)
    with world.database.read() as session:
        ana = reorder_reports.report_for(session, world.person("ana"), world.now)
        assert ana.hidden == 0, "she approves for nobody, so nothing is hers to read"
        which = reorder_reports.items_of(session, [world.team_id])
        hidden = reorder_reports.report(session, world.now, which, hidden={enough.item_id})
    assert (hidden.hidden, skus(hidden, Advice.LATER)) == (1, [])


def test_items_of_a_class(world: World) -> None:
    used(world, "BOLT-10", left=5)
    used(world, "NUT-10", left=5)
    set_item(world, "BOLT-10", abc_class="A")
    forecast(world)
    with world.database.read() as session:
        found = reorder_reports.report(session, world.now, reorder_reports.items_of(session, abc_class="A"))
    assert skus(found, Advice.NOW) == ["BOLT-10"]


def test_a_forecast_is_made_anew_each_day_and_not_more_often(world: World) -> None:
    for number in range(3):
        used(world, f"BOLT-{number}", left=5, weeks=2)
    assert clock.forecast(world.database, world.now) == 3
    assert clock.forecast(world.database, world.now + timedelta(hours=1)) == 0
    with world.database.read() as session:
        before = [row.at for row in session.exec(select(ItemForecast))]
        assert len(forecasting.stale(session, world.now + timedelta(seconds=1), 2)) == 2
    world.now += DAY
    assert clock.forecast(world.database, world.now) == 3
    with world.database.read() as session:
        assert all(row.at not in before for row in session.exec(select(ItemForecast)))
    assert not world.problems()


def test_an_item_that_was_never_forecast_is_said(world: World) -> None:
    used(world, "BOLT-10", left=5, weeks=2)
    forecast(world)
    used(world, "NUT-10", left=5, weeks=2)
    with world.database.read() as session:
        found = reorder_reports.report_for(session, world.person("kim"), world.now)
    assert (found.missing.items, found.missing.forecast) == (1, 1)


def test_any_number_of_items_takes_the_same_statements(world: World) -> None:
    sent_for = []
    for number in range(2):
        used(world, f"BOLT-{number}", left=5, weeks=2)
        with world.database.read() as session, statements(world.database) as sent:
            made = list(forecasting.forecasts(session, world.now))
        with world.database.write() as session:
            forecasting.store(session, made)
        with world.database.read() as session, statements(world.database) as more:
            assert len(list(reorder.reorder_rows(session, world.now))) == number + 1
        sent_for.append((len(sent), len(more)))
    assert sent_for[0] == sent_for[1] == (3, 3)


def test_what_counts_changed_says_nothing_where_the_day_is_not_known(world: World) -> None:
    bolts = used(world, "BOLT-10", left=1000)
    counted(world, bolts, 20, Reason.COUNT_ERROR, on=world.now)
    row = advice(world, bolts)
    assert row.advised.advice is Advice.NOW
    assert row.uncorrected is not None
    assert row.uncorrected.advice is Advice.OVERSTOCK
    assert row.days_earlier is None
    assert counted_at(world, bolts) <= world.now
