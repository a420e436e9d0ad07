"""Policies together: shares, strength, what nobody fills, samples, and levelled runs that follow each other."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from models.classes import ClassFrequency
from models.people import Company, TeamLocation
from models.plans import CountPlan, Pace
from models.rules.levelling import run_quotas
from models.rules.policies import Policy
from models.services import due_stock, random_stock, selection
from models.services.due_stock import CATCH_UP, pace_of
from models.services.plan_terms import Leveled, Terms
from models.services.reach import SMALL, class_counts, reach_of
from models.services.selection import Pick
from tests.builders import Stock
from tests.services.choosing import counted, leveled_for, open_line, picks, skus, stocked
from tests.world import World

P = Policy
CONTROL = "control S-1 S-2 S-3 S-4 S-5"


def by_policy(found: list[Pick]) -> dict[str, list[str]]:
    """SKUs by the policy that took them."""
    return {
        policy: [pick.stock.sku for pick in found if pick.policy == policy]
        for policy in dict.fromkeys(pick.policy for pick in found)
    }


def shelf(world: World, size: int = 20) -> list[Stock]:
    """SKU-00, SKU-01, ...: full, of class A, worth more from one to the next, and there for less and less long."""
    return [
        stocked(world, f"SKU-{number:02}", f"A-{number:02}", 5, unit_cost=number + 1, abc_class="A", days=400 - number)
        for number in range(size)
    ]


# -- shares and strength


def test_each_policy_takes_its_share_and_the_lines_come_in_walk_order(world: World) -> None:
    shelf(world)
    found = picks(world, "due 50%, value 30%, random 20%", lines=10)
    assert Counter(pick.policy for pick in found) == {P.DUE: 5, P.VALUE: 3, P.RANDOM: 2}
    assert skus(found) == sorted(skus(found))
    assert len(set(skus(found))) == 10


def test_policies_without_a_share_split_what_is_left(world: World) -> None:
    shelf(world)
    found = picks(world, "value 40%, due, never", lines=10)
    assert Counter(pick.policy for pick in found) == {P.VALUE: 4, P.DUE: 3, P.NEVER: 3}


def test_what_two_would_take_has_the_reason_of_the_stronger(world: World) -> None:
    """The stock that waits longest is also the only negative one, and of the control group."""
    first, *_ = shelf(world, 3)
    world.issue(first, 10)
    order = ("control SKU-00", "negative", "due", "never", "location A-")
    for stronger, weaker in pairwise(order):
        for text in (f"{stronger}, {weaker}", f"{weaker}, {stronger}"):
            found = {pick.stock.sku: pick.policy for pick in picks(world, text, lines=2)}
            assert found["SKU-00"] == stronger.split(maxsplit=1)[0]


def test_what_one_cannot_fill_goes_to_the_others_by_strength(world: World) -> None:
    shelf(world)
    found = picks(world, "negative 60%, value 20%, due 20%", lines=10)
    assert Counter(pick.policy for pick in found) == {P.DUE: 8, P.VALUE: 2}


@pytest.mark.parametrize("capped", ["random", "control SKU-01 SKU-02 SKU-03 SKU-04 SKU-05"])
def test_a_sample_and_a_control_group_never_grow(world: World, capped: str) -> None:
    shelf(world)
    found = picks(world, f"{capped} 20%, negative 80%", lines=10)
    assert Counter(pick.policy for pick in found) == {capped.split(maxsplit=1)[0]: 2}


def test_a_control_group_that_is_smaller_than_its_share_leaves_the_rest(world: World) -> None:
    shelf(world)
    found = picks(world, "control SKU-07 50%, value 50%", lines=10)
    assert Counter(pick.policy for pick in found) == {P.CONTROL: 1, P.VALUE: 9}


def test_lines_that_the_shares_leave_to_nobody_are_left(world: World) -> None:
    shelf(world)
    assert Counter(pick.policy for pick in picks(world, "due 50%", lines=10)) == {P.DUE: 5}
    found = picks(world, "due 30%, negative 30%, random 20%", lines=10)
    assert Counter(pick.policy for pick in found) == {P.DUE: 6, P.RANDOM: 2}


def test_one_line_goes_to_the_largest_share_and_of_equals_to_the_strongest(world: World) -> None:
    shelf(world)
    every = "due, random, value, never, abc A, location A-, category Nuts, zero, low, negative"
    assert by_policy(picks(world, every, lines=1)).keys() == {P.RANDOM}
    assert by_policy(picks(world, "due 60%, random 40%", lines=1)).keys() == {P.DUE}
    assert by_policy(picks(world, "negative, zero, value", lines=1)).keys() == {P.VALUE}


# -- reach


@pytest.mark.parametrize("text", ["due", "never", "random", "value", "abc A", "location A-", "control SKU-05 SKU-06"])
def test_no_policy_takes_what_another_session_holds(world: World, text: str) -> None:
    stocks = shelf(world, 7)
    line = open_line(world, stocks[5])
    assert "SKU-05" not in skus(picks(world, text))
    assert "SKU-06" in skus(picks(world, text))
    world.count(line, "ana", 4)  # a recount is asked
    assert "SKU-05" not in skus(picks(world, text))


@pytest.mark.parametrize(
    "text",
    [
        "due",
        "never",
        "random",
        "value",
        "zero",
        "negative",
        "abc A",
        "location A- B- Z-",
        "control S-1 S-2 S-3 S-4 S-5",
    ],
)
@pytest.mark.parametrize("small", [0, SMALL])  # found along an index of all stock, or by its bins
def test_every_policy_keeps_to_the_bins_and_categories(
    small_world: World, text: str, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = small_world
    monkeypatch.setattr(selection, "SMALL", small)
    on_hand = {"zero": 0, "negative": -1}.get(text, 5)
    for number, (code, category) in enumerate(
        [("A-01", "Nuts"), ("A-011", "Nuts"), ("B-01", "Nuts"), ("A-01", "Oils"), ("Z-01", "Nuts")], start=1
    ):
        stocked(world, f"S-{number}", code, on_hand, category=category, abc_class="A")
    assert set(skus(picks(world, text))) == {"S-1", "S-2", "S-3", "S-4"}
    assert set(skus(picks(world, text, bins=("A-01",)))) == {"S-1", "S-2", "S-4"}
    assert set(skus(picks(world, text, categories=("Nuts",)))) == {"S-1", "S-2", "S-3"}
    assert set(skus(picks(world, text, bins=("A-011", "B-"), categories=("Nuts",)))) == {"S-2", "S-3"}
    assert picks(world, text, bins=("Z-",)) == []
    assert picks(world, text, categories=("Screws",)) == []
    # A prefix that is shorter than the team's adds nothing to it.
    assert set(skus(picks(world, text, bins=("A",)))) == {"S-1", "S-2", "S-4"}


def test_a_team_without_bins_or_with_new_ones(world: World) -> None:
    shelf(world, 2)
    team = world.add_team("Nobody")
    assert picks(world, "due, random, value", team_id=team) == []
    with world.database.write() as session:
        session.add(TeamLocation(team_id=team, prefix="A-01"))
    assert skus(picks(world, "due, random, value", team_id=team)) == ["SKU-01"]


# -- samples


def sample(world: World, seed: int, lines: int = 3) -> list[str]:
    return skus(picks(world, "random", lines=lines, seed=seed))


def test_a_sample_can_be_drawn_again_and_another_seed_draws_another(small_world: World) -> None:
    shelf(small_world)
    assert sample(small_world, 1) == sample(small_world, 1)
    assert len({tuple(sample(small_world, seed)) for seed in range(10)}) > 5
    assert sample(small_world, 1, lines=50) == [f"SKU-{number:02}" for number in range(20)]


def test_a_sample_is_the_same_on_both_engines(world: World) -> None:
    shelf(world)
    assert sample(world, 1) == ["SKU-02", "SKU-15", "SKU-17"]


@pytest.mark.parametrize("is_sparse", [False, True])
def test_every_stock_is_as_likely_in_a_sample(
    small_world: World, monkeypatch: pytest.MonkeyPatch, *, is_sparse: bool
) -> None:
    """12 of 24 stocks are in reach; of 400 samples of three, each is in 100 on average (standard deviation 9)."""
    for number in range(24):
        stocked(small_world, f"S-{number:02}", f"{'AZ'[number % 2]}-{number:02}", 5)
    if is_sparse:  # two draws only, then what is in reach is listed
        monkeypatch.setattr(random_stock, "BATCH", 1)
        monkeypatch.setattr(random_stock, "MOST_BATCHES", 2)
    drawn = [sample(small_world, seed) for seed in range(400)]
    assert {len(one) for one in drawn} == {3}
    times = Counter(sku for one in drawn for sku in one)
    assert len(times) == 12
    assert all(60 <= number <= 140 for number in times.values()), times


def test_a_sample_of_a_sparse_reach_takes_no_more_than_there_is(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        stocked(small_world, f"S-{number:02}", f"{'A' if number in (3, 17) else 'Z'}-{number:02}", 5)
    monkeypatch.setattr(random_stock, "BATCH", 2)
    monkeypatch.setattr(random_stock, "MOST_BATCHES", 1)
    assert {tuple(sample(small_world, seed)) for seed in range(5)} == {("S-03", "S-17")}
    assert {tuple(sample(small_world, seed, lines=1)) for seed in range(20)} == {("S-03",), ("S-17",)}


def test_the_session_keeps_the_seed_with_which_its_sample_can_be_drawn_again(world: World) -> None:
    shelf(world)
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).sqlmodel_update({"selection": "random", "lines": 3})
    started = world.start()
    assert started.seed == random_stock.seed_of(world.plan_id, started.scheduled_for)
    lines = {world.see(line_id).item_id for line_id in world.open_lines(started.id or 0)}
    for line_id in world.open_lines(started.id or 0):
        world.skip(line_id, "ana")
    again = picks(world, "random", lines=3, seed=started.seed)
    assert {pick.stock.item_id for pick in again} == lines


# -- levelled


@pytest.fixture
def levelled(world: World) -> World:
    """Working days from Monday to Friday (261 in the year), on which A is counted every 5, B every 20, C every 60."""
    with world.database.write() as session:
        session.get_one(Company, 1).working_days = "mon-fri"
        for letter, count in (("A", 52), ("B", 13), ("C", 4)):
            session.add(ClassFrequency(abc_class=letter, counts_per_year=count))
    return world


def of_class(world: World, letter: str, size: int, *, days: float, counted_days_ago: float | None = None) -> None:
    """Stocks of a class: never counted since `days`, or counted then."""
    for number in range(size):
        stock = stocked(world, f"{letter}-{number:02}", f"A-{letter}{number:02}", 5, abc_class=letter, days=days)
        if counted_days_ago is not None:
            counted(world, stock, days=counted_days_ago)


def quotas(world: World, leveled: Leveled) -> dict[str, int]:
    terms = Terms(world.team_id, (), 1)
    with world.database.read() as session:
        pace = pace_of(session, world.team_id, world.now)
        counts = class_counts(session, reach_of(session, terms))
    return run_quotas(counts, pace.intervals, leveled.covered.index, leveled.covered.days)


def test_intervals_follow_the_year_ahead_and_do_not_jump_on_new_years_day(levelled: World) -> None:
    with levelled.database.write() as session:
        session.get_one(Company, 1).shutdowns = "2026-06-01..2026-10-31"
    per_year: dict[tuple[int, int], int] = {}
    for days in range(0, 400, 3):
        day = datetime(2026, 1, 1, 7, tzinfo=UTC) + timedelta(days=days)
        with levelled.database.read() as session:
            pace = pace_of(session, levelled.team_id, day)
        assert pace.intervals["B"] == Fraction(pace.per_year, 13)
        # The whole lines of the days of a month add up, because they are all rounded from one quota.
        assert per_year.setdefault((day.year, day.month), pace.per_year) == pace.per_year
    found = list(per_year.values())
    assert (found[0], found[-1]) == (261 - 110, 261)
    assert all(abs(one - two) <= 23 for one, two in pairwise(found)), "a month of it, and never all at once"


def test_a_levelled_run_takes_of_each_class_its_quota_and_only_what_is_due(levelled: World) -> None:
    of_class(levelled, "A", 10, days=5)  # three working days: never counted, so due
    of_class(levelled, "B", 10, days=60, counted_days_ago=7)  # five working days of twenty
    of_class(levelled, "C", 30, days=20)
    run = leveled_for(levelled)
    found = picks(levelled, "due", lines=50, leveled=run)
    quota = quotas(levelled, run)
    assert quota["A"] in (1, 2, 3)
    assert Counter(pick.stock.abc_class for pick in found) == {
        letter: quota[letter] for letter in ("A", "C") if quota[letter]
    }


def test_a_run_that_covers_a_week_takes_five_times_the_quota(levelled: World) -> None:
    of_class(levelled, "A", 30, days=5)
    week = leveled_for(levelled, "weekly mon 07:00")
    assert week.covered.days == 5
    assert len(picks(levelled, "due", lines=50, leveled=week)) in (29, 30)  # of 30 A every 5.02 days
    assert len(picks(levelled, "due", lines=8, leveled=week)) == 8


def test_what_has_waited_through_half_of_its_float_may_take_the_lines_that_are_left(levelled: World) -> None:
    """C is counted every 65.25 working days, and half its float more is 71.8: that is before the run after the next."""
    for days in (90, 98, 99, 110):  # 64, 70, 71 and 78 working days
        counted(levelled, stocked(levelled, f"C-{days}", f"A-{days}", 5, abc_class="C"), days=days)
    run = leveled_for(levelled)
    assert quotas(levelled, run) == {"C": 0}
    found = picks(levelled, "due", lines=50, leveled=run)
    assert {pick.stock.sku: pick.reason for pick in found} == {
        "C-99": f"{CATCH_UP}: 71 working days since its last count, class C is counted every 65 working days",
        "C-110": f"{CATCH_UP}: 78 working days since its last count, class C is counted every 65 working days",
    }
    assert skus(picks(levelled, "due", lines=1, leveled=run)) == ["C-110"]


def test_the_last_run_before_the_float_is_used_is_the_one_that_catches_up(levelled: World) -> None:
    """After 68 working days the next daily run is soon enough, and the next weekly one would be after 73."""
    with levelled.database.write() as session:
        session.get_one(Company, 1).shutdowns = "2020-01-06..2020-01-10"  # so that these runs owe no line of their own
    counted(levelled, stocked(levelled, "C-96", "A-01", 5, abc_class="C"), days=96)
    for schedule, taken in (("daily 07:00", []), ("weekly mon 07:00", ["C-96"])):
        run = leveled_for(levelled, schedule)
        assert quotas(levelled, run) == {"C": 0}
        assert skus(picks(levelled, "due", leveled=run)) == taken


@pytest.mark.parametrize("how", ["full", "once", "by hand"])
def test_a_plan_at_full_pace_and_a_run_that_is_alone_take_all_their_lines(levelled: World, how: str) -> None:
    of_class(levelled, "B", 6, days=60, counted_days_ago=1)
    if how == "full":
        found = picks(levelled, "due", lines=5, leveled=leveled_for(levelled), pace=Pace.FULL)
    else:
        found = picks(levelled, "due", lines=5, leveled=None)
    assert len(found) == 5
    assert picks(levelled, "due", lines=5, leveled=leveled_for(levelled)) == []


def test_of_what_is_due_negative_balances_come_first_but_for_what_is_past_its_float(levelled: World) -> None:
    """B is counted every 20.1 working days, its float is 4; of 24 each day takes at least one."""
    of_class(levelled, "B", 20, days=60, counted_days_ago=1)
    stocks = {}
    for sku, issued, days in (("PAST", 0, 40), ("NEGATIVE", 9, 30), ("DUE", 0, 31), ("NEW-NEGATIVE", 99, 20)):
        stocks[sku] = stocked(levelled, sku, f"A-{sku}", 5, abc_class="B")
        counted(levelled, stocks[sku], days=days)
        if issued:
            levelled.issue(stocks[sku], issued)
    taken = []
    while found := skus(picks(levelled, "due", lines=1, leveled=leveled_for(levelled))):
        taken += found
        counted(levelled, stocks[found[0]], 5)
    assert taken == ["PAST", "NEGATIVE", "DUE"]


def test_a_new_item_is_due_in_a_class_of_which_all_others_were_counted_lately(levelled: World) -> None:
    """However many of them there are: it is not behind them in any list."""
    of_class(levelled, "A", 70, days=60, counted_days_ago=1)
    stocked(levelled, "A-NEW", "A-NEW", 5, abc_class="A", days=0.5)
    assert skus(picks(levelled, "due", lines=5, leveled=leveled_for(levelled))) == ["A-NEW"]


def test_a_negative_balance_is_found_however_many_wait_longer(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        stocked(small_world, f"C-{number}", f"A-0{number}", 5, abc_class="C", days=190)
    stocked(small_world, "NEGATIVE", "A-99", -1, abc_class="C", days=1)
    monkeypatch.setattr(due_stock, "AHEAD", 0)
    assert skus(picks(small_world, "due", lines=1)) == ["NEGATIVE"]
