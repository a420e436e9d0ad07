"""`/count reorder` and `python -m bot reorder`: what to order now first, then by day; what nobody knows is said."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from models.catalog import Item
from models.people import Role
from models.rules.causes import Reason
from models.services import reorder_reports
from tests.bot.shell import Shell
from tests.bot.workplace import Workplace
from tests.builders import Stock
from tests.services.reordering import counted, forecast, supply, used

TERMS = "Lead time 14 days where the item says none, service level 95 %, an order lasts 30 days"


def stocked(place: Workplace) -> dict[str, Stock]:
    """2 a day of each; a reorder point of 28."""
    left = {"SEAL-1": 10, "BOLT-10": 48, "BELT-6": 500}
    items = {sku: used(place.world, sku, left=number) for sku, number in left.items()}
    supply(place.world, items["SEAL-1"], on_order=Decimal(0), reserved=Decimal(0), order_multiple=Decimal(25))
    return items


def ask(place: Workplace, who: str, line: str = "reorder") -> list[str]:
    forecast(place.world)
    return place.count(who, line).split("\n")


def test_what_to_order_now_comes_first_then_by_day_and_what_is_too_much_apart(place: Workplace) -> None:
    stocked(place)
    assert ask(place, "kim") == [
        "1 to order now, 1 to order later, 1 with too much",
        "Order now",
        "Seal-1 · SEAL-1   order 100 pcs (4 x 25) now: 10 available, reorder point 28",
        "Order later",
        "Bolt-10 · BOLT-10   order 60 pcs by 3 Dec: 48 available, reorder point 28",
        "Too much",
        "Belt-6 · BELT-6   140 pcs too many, 140.00 EUR: 500 last 250 days",
        TERMS,
        "Not known of 2 of 3 items: on_order and reserved. Add these columns to stock.csv.",
    ]
    assert place.told("kim") == "1 to order now, 1 to order later, 1 with too much"


def test_what_nobody_takes_stands_last(place: Workplace) -> None:
    place.world.stock("OLD-1", "A-01", 3)
    place.world.now += timedelta(days=200)
    place.wait(timedelta(days=200))
    said = ask(place, "kim")
    assert said[:3] == [
        "1 nobody takes",
        "Nobody takes it",
        "Old-1 · OLD-1   3 pcs, 3.00 EUR: nothing taken since 23 Nov 2026",
    ]
    assert said[-2] == "Nothing was taken in the last year, as far as the ledger knows. Import issues with --movements."


def test_before_anything_was_forecast(place: Workplace) -> None:
    used(place.world, "BOLT-10", left=48, weeks=2)
    assert place.count("kim", "reorder").split("\n") == [
        "Nothing to order",
        "1 item was not forecast yet; the clock does it, or python -m bot reorder.",
    ]


def test_many_are_cut_and_how_many_more_is_said(place: Workplace) -> None:
    for number in range(reorder_reports.MOST_SHOWN + 2):
        used(place.world, f"SEAL-{number:02}", left=number, weeks=16)
    said = ask(place, "kim")
    assert said[0] == "12 to order now"
    assert said[2].startswith("Seal-00 · SEAL-00")
    assert said[12] == "… 2 more; python -m bot reorder lists all of them"


def test_more_than_can_be_gone_through_in_time_is_refused(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked(place)
    monkeypatch.setattr(reorder_reports, "MOST_READ", 2)
    (said,) = ask(place, "kim")
    assert said == (
        "There are more than 2 items, too many to go through while you wait. "
        "Ask for one SKU, or have them listed: python -m bot reorder --out reorder.csv"
    )
    assert ask(place, "kim", "reorder BOLT-10")[0].startswith("Bolt-10 · BOLT-10   order 60 pcs")


def test_one_item_with_the_figures_it_rests_on(place: Workplace) -> None:
    bolts = stocked(place)["BOLT-10"]
    supply(place.world, bolts, on_order=Decimal(30), reserved=Decimal(10))
    assert ask(place, "ben", "reorder bolt-10") == [
        "Bolt-10 · BOLT-10   order 60 pcs by 13 Dec: 68 available, reorder point 28",
        "68 pcs available: 48 on hand + 30 on order - 10 reserved",
        "Reorder point 28: 2 a day for 14 days, and 0 for a service level of 95 %",
        "Forecast: TSB, by 14 weeks in which it was tried",
    ]
    assert ask(place, "ben", "reorder SEAL-1")[-1].startswith("Forecast")
    assert ask(place, "ben", "reorder BELT-6")[-1] == (
        "Not known of this item: on_order and reserved. Add these columns to stock.csv."
    )
    assert ask(place, "ben", "reorder BOLT-1") == ["There is no SKU “BOLT-1”. Did you mean BOLT-10?"]


def test_what_counting_changed_is_said(place: Workplace) -> None:
    bolts = stocked(place)["BOLT-10"]
    counted(place.world, bolts, 34, Reason.COUNT_ERROR)
    assert (
        "Bolt-10 · BOLT-10   order 60 pcs by 26 Nov: 34 available, reorder point 28 · "
        "7 days earlier than the uncorrected record said"
    ) in ask(place, "kim")
    belts = used(place.world, "BELT-7", left=500)
    counted(place.world, belts, 20, Reason.COUNT_ERROR)
    assert ask(place, "kim", "reorder BELT-7")[0].endswith(" · the uncorrected record said that there is enough")


def test_old_figures_and_a_short_history_are_said(place: Workplace) -> None:
    new = used(place.world, "NEW-1", left=48, weeks=4)
    supply(place.world, new, on_order=Decimal(5), reserved=Decimal(0))
    assert "Too little history: 1 item." in ask(place, "kim")
    assert ask(place, "kim", "reorder NEW-1")[0].endswith(
        "too little history to say when; a reorder_point in the stock file would do until then"
    )
    with place.world.database.write() as session:
        session.exec(select(Item)).one().reorder_point = Decimal(40)
    place.world.now += timedelta(days=8)
    place.wait(timedelta(days=8))
    said = ask(place, "kim", "reorder NEW-1")
    assert said[2].startswith("Reorder point 40, as the stock file says; ")
    assert said[-1] == "What is on order was said on 23 Nov: import a newer stock file."


def test_who_only_counts_is_refused(place: Workplace) -> None:
    bolts = stocked(place)["BOLT-10"]
    for line in ("reorder", f"reorder {bolts.sku}"):
        assert ask(place, "ana", line) == ["Only stock control and approvers see what is to be ordered."]


def test_who_may_still_count_it_reads_the_same_whatever_there_is(place: Workplace) -> None:
    """Ben approves and counts: the two items that he may still count say nothing, not even by being urgent."""
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben")
    items = stocked(place)
    place.world.line(items["SEAL-1"])
    for left in (0, 400):
        place.world.receive(items["SEAL-1"], 1 + left)
        assert ask(place, "ben") == ["Nothing to order", "Left out while being counted: 3 items."]
        assert ask(place, "ben", "reorder SEAL-1") == [
            "Seal-1 · SEAL-1 is being counted, so you see its numbers when that is done."
        ]
    assert "SEAL-1" in "".join(ask(place, "eva"))


def test_names_from_files_ring_nobody(place: Workplace) -> None:
    used(place.world, "<!channel>", left=1)
    with place.database.write() as session:
        session.exec(select(Item)).one().unit = "<!here>"
    for line in ("reorder", "reorder <!channel>"):
        ask(place, "kim", line)
        raw = str(place.kim.ephemerals()[-1].blocks)
        assert "<!channel>" not in raw
        assert "<!here>" not in raw


HEADER = "sku,name,category,unit,unit_cost,location,on_hand,on_order,reserved,order_multiple,lead_time_days,abc_class\n"


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """SEAL-1 is nearly used up, 2 a day; BOLT-10 lies there."""
    assert shell("migrate").returncode == 0
    shell.write("stock.csv", HEADER + "SEAL-1,Seal,,pcs,2,A-01,290,0,5,25,7,A\nBOLT-10,BOLT-10,,pcs,,A-02,7,,,,,B\n")
    assert shell("import", "stock.csv").returncode == 0
    return shell


def use(shop: Shell) -> None:
    now = datetime.now(UTC)
    rows = [f"SEAL-1,A-01,ISSUE,14,{now - timedelta(days=7 * back - 3.5):%Y-%m-%dT%H:%M}" for back in range(1, 21)]
    shop.write("moves.csv", "\n".join(["sku,location,kind,quantity,occurred_at", *rows, ""]))
    assert shop("import", "--movements", "moves.csv").returncode == 0


def test_the_command_forecasts_and_lists(shop: Shell) -> None:
    use(shop)
    done = shop("reorder")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "1 to order now",
        "Order now",
        "  SEAL-1 Seal: order 75 pcs (3 x 25) now: 5 available, reorder point 14",
        TERMS,
        "Not known of 1 of 2 items: on_order and reserved. Add these columns to stock.csv.",
        "Every item, with its figures: python -m bot reorder --out reorder.csv",
    ]
    assert shop("reorder", "--class", "b").stdout.splitlines()[0] == "Nothing to order"
    assert shop("reorder", "--team", "Nobody").returncode == 1


def test_the_command_writes_every_item_to_a_file(shop: Shell) -> None:
    use(shop)
    done = shop("reorder", "--out", "reorder.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "reorder.csv: 2 items\n")
    with Path("reorder.csv").open(newline="", encoding="utf-8") as stream:
        seal, bolt = csv.DictReader(stream)
    assert (seal["sku"], seal["advice"], seal["order_quantity"]) == ("SEAL-1", "order now", "75")
    assert (seal["on_order"], seal["reserved"], seal["available"]) == ("0", "5", "5")
    assert (seal["demand_per_day"], seal["reorder_point"], seal["lead_time_days"]) == ("2", "14", "7")
    assert (bolt["on_order"], bolt["reserved"], bolt["order_multiple"], bolt["excess_value"]) == ("", "", "", "")
    assert bolt["advice"] == "nothing to order"


def test_with_nothing_there_the_next_step_is_said(shell: Shell) -> None:
    assert shell("migrate").returncode == 0
    assert shell("reorder").stdout.splitlines() == ["There are no such items.", "Next: python -m bot import stock.csv"]
