"""Each policy alone chooses what its line of `DEFINITIONS` says: who is in, who is not, and who comes first."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from models.people import Company
from models.rules.policies import DEFINITIONS, Policy
from models.rules.tolerance import Measure
from models.stock import DUE_AT_ONCE, EntryKind, StockLevel
from tests.builders import Number, Stock
from tests.services.choosing import counted, days_ago, open_line, picks, set_item, skus, stocked, taken
from tests.world import World


def reasons(world: World, select_text: str) -> dict[str, str]:
    """Why each SKU is taken."""
    return {pick.stock.sku: pick.reason for pick in picks(world, select_text)}


def test_every_policy_is_defined_in_one_line() -> None:
    assert set(DEFINITIONS) == set(Policy)
    assert all(len(said) <= 75 and "\n" not in said for said in DEFINITIONS.values())


# -- due


def test_due_takes_what_waits_longest_of_its_interval_and_says_so(world: World) -> None:
    """Of 365 days: A every 30, B every 91, C every 183."""
    for sku, abc_class, days in (("A-40", "A", 40), ("B-100", "B", 100), ("C-280", "C", 280), ("NONE-250", None, 250)):
        stocked(world, sku, f"A-{sku}", 5, abc_class=abc_class, days=days)
    # Past their float first, by the ratio: C 280/183 = 1.53, none 250/183 = 1.37. Then A 40/30 = 1.3, B 100/91 = 1.1.
    assert taken(world, "due") == ["C-280", "NONE-250", "A-40", "B-100"]
    assert reasons(world, "due") == {
        "A-40": "due: 40 working days since created, class A is counted every 30 working days",
        "B-100": "due: 100 working days since created, class B is counted every 91 working days",
        "C-280": "due: 280 working days since created, class C is counted every 182 working days",
        "NONE-250": "due: 250 working days since created, no class is counted every 182 working days",
    }


def test_due_begins_again_with_a_count_and_at_once_after_a_rejected_one(world: World) -> None:
    old, older = (stocked(world, sku, f"A-{sku}", 5, days=days) for sku, days in (("OLD", 200), ("OLDER", 300)))
    rejected = stocked(world, "REJECTED", "A-03", 5)
    line = counted(world, rejected, 4)
    world.count(line, "dan", 4)
    world.reject(line, "ben")
    assert world.level(rejected).due_from == DUE_AT_ONCE
    assert taken(world, "due") == ["REJECTED", "OLDER", "OLD"]
    assert reasons(world, "due")["REJECTED"] == "due at once: its last count was rejected"
    counted(world, older)
    assert taken(world, "due") == ["REJECTED", "OLD", "OLDER"]
    assert "OLD" in skus([pick for pick in picks(world, "due") if pick.stock.level_id == old.level_id])


def test_due_puts_negative_balances_first_but_for_what_is_past_its_float(world: World) -> None:
    stocked(world, "PAST-FLOAT", "A-01", 5, abc_class="C", days=400)
    stocked(world, "DUE", "A-02", 5, abc_class="C", days=200)
    stocked(world, "NEW-NEGATIVE", "A-03", -1, abc_class="C", days=1)
    assert taken(world, "due") == ["PAST-FLOAT", "NEW-NEGATIVE", "DUE"]


@pytest.mark.parametrize(
    ("zone", "calendar", "created", "present", "days"),
    [
        ("UTC", "", "2026-11-22 22:59", "2026-11-23 00:00", 1),
        ("Europe/Berlin", "", "2026-11-22 22:59", "2026-11-22 23:00", 1),  # 23:59, and a minute later the next day
        ("Europe/Berlin", "", "2026-11-22 23:00", "2026-11-23 22:59", 0),
        ("America/Los_Angeles", "", "2026-11-23 07:59", "2026-11-23 08:00", 1),
        ("Pacific/Auckland", "", "2026-11-22 11:00", "2026-11-23 10:59", 0),
        ("Europe/Berlin", "mon-fri", "2026-11-20 12:00", "2026-11-22 22:59", 0),  # from Friday noon to Sunday night
        ("Europe/Berlin", "mon-fri", "2026-11-20 12:00", "2026-11-22 23:00", 1),
    ],
)
def test_due_counts_working_days_by_the_clock_of_the_company(
    world: World, zone: str, calendar: str, created: str, present: str, days: int
) -> None:
    with world.database.write() as session:
        company = session.get_one(Company, 1)
        company.timezone, company.working_days = zone, calendar
    world.now = datetime.fromisoformat(created).replace(tzinfo=UTC)
    stocked(world, "BOLT-10", "A-01", 5, days=0)
    world.now = datetime.fromisoformat(present).replace(tzinfo=UTC)
    said = "1 working day" if days == 1 else f"{days} working days"
    assert reasons(world, "due")["BOLT-10"].startswith(f"due: {said} since created")


# -- of the catalogue


def test_abc_takes_the_given_classes_the_longest_uncounted_first(world: World) -> None:
    for sku, abc_class, days in (("A-NEW", "A", 1), ("B-OLD", "B", 9), ("C-OLDEST", "C", 99), ("NONE", None, 99)):
        stocked(world, sku, f"A-{sku}", 5, abc_class=abc_class, days=days)
    assert taken(world, "abc A B") == ["B-OLD", "A-NEW"]
    assert reasons(world, "abc A B") == {
        "A-NEW": "class A, longest uncounted", "B-OLD": "class B, longest uncounted"
    }  # fmt: skip


def test_category_takes_the_given_categories_word_for_word(world: World) -> None:
    for number, category in enumerate(("Nuts", "nuts", "Nuts and bolts", "", "Oils, greases")):
        stocked(world, f"SKU-{number}", f"A-0{number}", 5, category=category, days=number)
    assert taken(world, 'category "Nuts" "Oils, greases"') == ["SKU-4", "SKU-0"]
    assert set(reasons(world, "category Nuts").values()) == {"category Nuts, longest uncounted"}


def test_location_takes_bins_that_begin_so_letter_by_letter(world: World) -> None:
    for number, code in enumerate(("A-01", "A-011", "A-1", "B-01", "a-01", "B_01")):
        stocked(world, f"SKU-{number}", code, 5, days=number)
    assert taken(world, "location A-01 B-") == ["SKU-3", "SKU-1", "SKU-0"]
    assert set(reasons(world, "location A-01 B-").values()) == {"bins A-01 or B-, longest uncounted"}


def test_control_takes_its_items_every_run_in_the_order_given_whatever_was_counted(world: World) -> None:
    stocks = [
        stocked(world, sku, code, 5) for sku, code in (("X", "A-01"), ("Y", "A-02"), ("Y", "A-03"), ("Z", "A-04"))
    ]
    codes = [[pick.stock.code for pick in picks(world, "control Y X", lines=lines)] for lines in (1, 2, 3, 9)]
    assert codes == [["A-02"], ["A-02", "A-03"], ["A-01", "A-02", "A-03"], ["A-01", "A-02", "A-03"]]
    for stock in stocks:
        counted(world, stock)
    assert skus(picks(world, "control Y X")) == ["X", "Y", "Y"]
    assert set(reasons(world, "control Y X").values()) == {"control group"}


def test_never_takes_what_was_never_counted_the_oldest_first(world: World) -> None:
    new = stocked(world, "NEW", "A-01", 5, days=1)
    stocked(world, "OLD", "A-02", 5, days=9)
    counted(world, stocked(world, "COUNTED", "A-03", 5, days=99), days=90)
    assert taken(world, "never") == ["OLD", "NEW"]
    assert set(reasons(world, "never").values()) == {"never counted"}
    counted(world, new)
    assert taken(world, "never") == ["OLD"]


def test_a_count_that_was_rejected_is_none(world: World) -> None:
    line = counted(world, stocked(world, "REJECTED", "A-01", 5), 4)
    world.count(line, "dan", 4)
    assert taken(world, "never") == []  # with the approvers
    world.reject(line, "ben")
    assert taken(world, "never") == ["REJECTED"]


# -- of the balance


def test_negative_takes_what_is_less_than_nothing_the_lowest_first_and_says_how_much(world: World) -> None:
    for number, on_hand in enumerate(("-1", "0", "5", "-2.5")):
        stocked(world, f"SKU-{number}", f"A-0{number}", on_hand)
    assert taken(world, "negative") == ["SKU-3", "SKU-0"]
    assert reasons(world, "negative") == {
        "SKU-0": "negative balance: the record says -1", "SKU-3": "negative balance: the record says -2.5"
    }  # fmt: skip


def test_zero_takes_what_is_empty_and_was_never_counted_or_moved_since(world: World) -> None:
    stocked(world, "FULL", "A-01", 5, days=9)
    stocked(world, "NEGATIVE", "A-02", -5, days=9)
    never = stocked(world, "NEVER", "A-03", days=3)
    moved = stocked(world, "MOVED", "A-04", 5)
    counted(world, moved, days=20)
    assert taken(world, "zero") == ["NEVER"]
    world.issue(moved, 5)
    assert taken(world, "zero") == ["MOVED", "NEVER"]  # counted 20 days ago; there since 3
    assert set(reasons(world, "zero").values()) == {"zero balance: the record says the bin is empty"}
    for stock in (never, moved):
        counted(world, stock)
    assert taken(world, "zero") == []  # it stays empty, and is not counted again for that
    world.receive(moved, 3)
    assert taken(world, "zero") == []
    world.issue(moved, 3)
    assert taken(world, "zero") == ["MOVED"]


def test_zero_comes_back_when_the_stock_file_emptied_the_bin(world: World) -> None:
    """A warehouse that sends stock files alone has no other movements."""
    stock = stocked(world, "SYNCED", "A-01", 5)
    counted(world, stock, days=3)
    world.post(stock, EntryKind.IMPORT, -5)
    assert taken(world, "zero") == ["SYNCED"]
    counted(world, stock)
    assert taken(world, "zero") == []


def reorder(world: World, sku: str, code: str, on_hand: int, point: int | None) -> Stock:
    stock = stocked(world, sku, code, on_hand)
    set_item(world, stock, reorder_point=None if point is None else Decimal(point))
    return stock


def test_low_takes_what_is_below_its_reorder_point_in_all_bins_together(world: World) -> None:
    reorder(world, "AT-POINT", "A-01", 10, 10)
    reorder(world, "NO-POINT", "A-02", 0, None)
    reorder(world, "POINT-0", "A-03", -1, 0)
    half = reorder(world, "HALF", "A-04", 50, 100)
    reorder(world, "TENTH", "A-05", 1, 10)
    reorder(world, "ENOUGH-ELSEWHERE", "A-06", 2, 10)
    reorder(world, "ENOUGH-ELSEWHERE", "Z-99", 8, 10)  # of another team
    assert taken(world, "low") == ["TENTH", "HALF"]
    assert set(reasons(world, "low").values()) == {"on-hand below its reorder point"}
    counted(world, half)
    assert taken(world, "low") == ["TENTH"]  # still low, and not counted again for that
    world.issue(half, 1)
    assert taken(world, "low") == ["TENTH", "HALF"]


def test_low_takes_every_bin_of_the_item_in_reach(world: World) -> None:
    for code, on_hand in (("A-01", 1), ("A-02", 0), ("Z-01", 1)):
        reorder(world, "SPREAD", code, on_hand, 10)
    assert [pick.stock.code for pick in picks(world, "low")] == ["A-01", "A-02"]


def test_value_takes_what_is_worth_most_on_hand_and_lets_it_rest_for_30_days(world: World) -> None:
    worth: tuple[tuple[int, Number], ...] = ((10, 1), (2, 30), (0, 99), (-5, 9), (100, 0), (5, "0.0001"))
    for number, (on_hand, cost) in enumerate(worth):
        stocked(world, f"SKU-{number}", f"A-0{number}", on_hand, unit_cost=cost)
    stocked(world, "UNKNOWN", "A-09", 10**6, unit_cost=None)
    assert taken(world, "value") == ["SKU-1", "SKU-0", "SKU-5"]
    assert set(reasons(world, "value").values()) == {"among the highest values on hand"}
    rested = stocked(world, "RESTED", "A-10", 1000)
    counted(world, rested, days=30.1)
    assert taken(world, "value")[0] == "RESTED"
    counted(world, rested, days=29)
    assert "RESTED" not in taken(world, "value")


def test_value_is_exact_where_whole_numbers_do_not_fit(world: World) -> None:
    """Quantity times cost in their smallest units may pass 64 bits."""
    stocked(world, "HUGE", "A-01", 9 * 10**9, unit_cost=9 * 10**9)
    stocked(world, "SMALL", "A-02", 1, unit_cost=1)
    assert taken(world, "value") == ["HUGE", "SMALL"]


# -- of movements


def test_velocity_takes_what_moved_most_often_in_the_window(world: World) -> None:
    once, twice, old, still = (stocked(world, sku, f"A-{sku}", 100) for sku in ("ONCE", "TWICE", "OLD", "STILL"))
    with days_ago(world, 31):
        for _ in range(5):
            world.issue(old, 1)
    world.issue(once, 50)
    for kind, quantity in ((EntryKind.TRANSFER_IN, 1), (EntryKind.TRANSFER_OUT, -1)):
        world.post(twice, kind, quantity)
    world.post(still, EntryKind.IMPORT, 3)
    assert taken(world, "velocity 30d") == ["TWICE", "ONCE"]
    assert taken(world, "velocity 90d") == ["OLD", "TWICE", "ONCE"]
    assert set(reasons(world, "velocity 1d").values()) == {"among the most moved in 1 day"}
    counted(world, twice)
    assert taken(world, "velocity 30d") == ["ONCE"]  # what moved before the count is counted
    world.issue(twice, 1)
    assert taken(world, "velocity 30d") == ["ONCE", "TWICE"]


def test_turnover_takes_what_moved_for_more_than_the_amount_since_its_last_count(world: World) -> None:
    both_ways, short, unknown, free = (
        stocked(world, sku, f"A-{sku}", 100, unit_cost=cost)
        for sku, cost in (("BOTH-WAYS", "2.5"), ("SHORT", 5), ("UNKNOWN", None), ("FREE", 0))
    )
    for stock in (both_ways, unknown, free):
        world.issue(stock, 21)
        world.receive(stock, 20)
    world.issue(short, 20)
    assert taken(world, "turnover 100") == ["BOTH-WAYS"]  # 41 x 2.50 = 102.50; 20 x 5 = 100 is not more
    assert taken(world, "turnover 99.99") == ["BOTH-WAYS", "SHORT"]
    assert reasons(world, "turnover 100") == {"BOTH-WAYS": "more than 100 in value moved since its last count"}
    counted(world, both_ways)
    assert taken(world, "turnover 1") == ["SHORT"]
    world.issue(both_ways, 1)
    assert taken(world, "turnover 1") == ["SHORT", "BOTH-WAYS"]


def test_turnover_of_0_takes_what_moved_at_all(world: World) -> None:
    moved = stocked(world, "MOVED", "A-01", 100)
    stocked(world, "STILL", "A-02", 100)
    world.issue(moved, "0.001")
    assert taken(world, "turnover 0") == ["MOVED"]


# -- of counts


def adjusted(world: World, sku: str, *, days: float) -> Stock:
    """A stock that was counted short and adjusted by an approver so many days ago."""
    stock = stocked(world, sku, f"A-{sku}", 100)
    line = counted(world, stock, 90, days=days)
    with days_ago(world, days - 0.001):
        world.count(line, "dan", 90)
        world.approve(line, "ben")
    return stock


def test_adjusted_takes_what_was_adjusted_long_enough_ago_and_not_counted_since(world: World) -> None:
    long_ago = adjusted(world, "LONG-AGO", days=20)
    adjusted(world, "JUST", days=14.1)
    adjusted(world, "FRESH", days=13)
    counted(world, stocked(world, "RIGHT", "A-RIGHT", 100), days=20)
    assert taken(world, "adjusted 14d") == ["LONG-AGO", "JUST"]
    assert taken(world, "adjusted 1d") == ["LONG-AGO", "JUST", "FRESH"]
    assert set(reasons(world, "adjusted 1d").values()) == {"adjusted at least 1 day ago"}
    world.issue(long_ago, 5)
    assert taken(world, "adjusted 14d") == ["LONG-AGO", "JUST"]
    counted(world, long_ago)
    assert taken(world, "adjusted 14d") == ["JUST"]


def test_adjusted_leaves_out_what_the_tolerance_limit_posted(world: World) -> None:
    world.tolerate(Measure.QUANTITY, 5)
    stock = stocked(world, "WITHIN", "A-01", 100)
    with days_ago(world, 20):
        world.count(world.line(stock), "ana", 98)
    assert world.on_hand(stock) == 98
    assert taken(world, "adjusted 14d") == []


def test_adjusted_starts_over_with_a_second_adjustment(world: World) -> None:
    stock = adjusted(world, "TWICE", days=20)
    line = counted(world, stock, 80, days=5)
    with days_ago(world, 4.9):
        world.count(line, "dan", 80)
        world.approve(line, "ben")
    assert taken(world, "adjusted 14d") == []
    assert taken(world, "adjusted 4d") == ["TWICE"]


def judged(world: World, stock: Stock, hits: str) -> None:
    """Counts of a stock, a day after the other until yesterday: "10" is one that was right and one that was not."""
    for ago, hit in zip(range(len(hits), 0, -1), hits, strict=True):
        with days_ago(world, ago):
            if hit == "1":
                counted(world, stock)
                continue
            line = open_line(world, stock)
            book = world.on_hand(stock)
            world.count(line, "ana", book + 1)
            world.count(line, "dan", book + 1)
            world.approve(line, "ben")


def test_inaccurate_takes_the_bins_whose_last_counts_were_wrong_too_often(world: World) -> None:
    for code, hits in (("A-01", "11111"), ("A-02", "11110"), ("A-03", "10000"), ("A-04", "0000"), ("A-05", "011111")):
        judged(world, stocked(world, f"SKU-{code}", code, 100), hits)
    stocked(world, "NEIGHBOUR", "A-03", 5)
    stocked(world, "UNCOUNTED", "A-06", 5)
    assert taken(world, "inaccurate 90% of 5") == ["NEIGHBOUR", "SKU-A-03", "SKU-A-02"]
    assert taken(world, "inaccurate 80% of 5") == ["NEIGHBOUR", "SKU-A-03"]  # 80 % is not under 80 %
    assert taken(world, "inaccurate 81% of 5") == ["NEIGHBOUR", "SKU-A-03", "SKU-A-02"]
    assert taken(world, "inaccurate 100% of 4") == ["NEIGHBOUR", "SKU-A-03", "SKU-A-04", "SKU-A-02"]
    assert set(reasons(world, "inaccurate 80% of 5").values()) == {
        "accuracy of its bin under 80 % in the last 5 counts"
    }
    assert reasons(world, "inaccurate 100% of 1")["SKU-A-02"] == "accuracy of its bin under 100 % in the last count"


def test_inaccurate_forgets_after_a_year(world: World) -> None:
    stock = stocked(world, "OLD", "A-01", 100)
    judged(world, stock, "00")
    assert taken(world, "inaccurate 90% of 2") == ["OLD"]
    world.now += timedelta(days=362.9)
    assert taken(world, "inaccurate 90% of 2") == ["OLD"]
    world.now += timedelta(days=1)
    assert taken(world, "inaccurate 90% of 2") == []


def test_random_takes_anything_and_says_so(world: World) -> None:
    for number in range(4):
        stocked(world, f"SKU-{number}", f"A-0{number}", number)
    stocked(world, "THEIRS", "Z-01", 5)
    found = picks(world, "random")
    assert skus(found) == ["SKU-0", "SKU-1", "SKU-2", "SKU-3"]
    assert {(pick.policy, pick.reason) for pick in found} == {(Policy.RANDOM, "random sample")}


def test_stock_without_a_cost_class_or_category_is_chosen_like_any_other(world: World) -> None:
    bare = stocked(world, "BARE", "A-01", 5, unit_cost=None)
    world.issue(bare, 1)
    for select_text in ("due", "never", "random", "velocity 9d", "location A-", "control BARE"):
        assert skus(picks(world, select_text)) == ["BARE"], select_text
    with world.database.read() as session:
        assert session.get_one(StockLevel, bare.level_id).abc_class == ""
