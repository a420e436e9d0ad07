"""What holds for the lines of any run: of any stock, plan and open lines. Generated, on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountLine
from models.people import Company, Team, TeamLocation
from models.plans import Pace
from models.rules.due_order import DueTerms
from models.rules.levelling import interval_of, run_quotas
from models.rules.policies import CAPPED, Policy, parse_policies, slots
from models.rules.runs import runs_between
from models.rules.schedules import parse_schedule
from models.services import selection
from models.services.due_stock import CATCH_UP, due_stock, pace_of
from models.services.plan_schedule import leveled_run
from models.services.plan_terms import Leveled, Terms
from models.services.reach import class_counts, reach_of
from models.services.selection import Pick
from models.stock import StockLevel
from tests.databases import SqliteTemplate, opened
from tests.services.choosing import Row, bulk

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday
BINS = ("A-01", "A-02", "A-1", "B-01", "a-01", "C-01", "A")
TEAM = ("A-", "B-")
EXAMPLES = settings(max_examples=60)

rows = st.builds(
    Row,
    code=st.sampled_from(BINS),
    abc_class=st.sampled_from([None, "A", "B", "C"]),
    category=st.sampled_from(["", "Nuts", "Oils, greases"]),
    on_hand=st.sampled_from(["0", "-1", "-2.5", "1", "7", "1000"]),
    days=st.integers(0, 120) | st.sampled_from([500]),
    was_counted=st.booleans(),
    unit_cost=st.sampled_from([None, "0", "1", "2.5", "99"]),
    moves=st.integers(0, 3),
    is_open=st.sampled_from([False, False, False, True]),
)
STOCK = st.lists(rows, max_size=25)
CHOICES = st.lists(
    st.sampled_from(
        [
            *("due", "abc A C", "velocity 90d", "value", "location A-0 C-", 'category "Nuts"', "random"),
            *("control SKU-0000 SKU-0003 SKU-0004", "never", "zero", "negative", "low", "turnover 5", "adjusted 14d"),
            "inaccurate 90% of 1",
        ]
    ),
    min_size=1, max_size=5, unique=True,
)  # fmt: skip


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Some policies, some of which have shares of 100 % together at most."""
    texts, left = [], 100
    chosen = draw(CHOICES)
    for place, text in enumerate(chosen):
        share = draw(st.none() | st.integers(1, max(1, left - 2 * (len(chosen) - place))))
        left -= share or 0
        texts.append(text if share is None else f"{text} {share}%")
    return Terms(
        team_id=1,
        choices=parse_policies(", ".join(texts)),
        lines=draw(st.integers(1, 12)),
        bins=draw(st.sampled_from([(), ("A-0",), ("A-01", "B-"), ("A",), ("C-",)])),
        categories=draw(st.sampled_from([(), ("Nuts",), ("Nuts", "")])),
        pace=draw(st.sampled_from(Pace)),
    )


@contextmanager
def stocked(template: SqliteTemplate, stock: list[Row]) -> Iterator[Session]:
    """A session in a transaction that sees this stock, of a team that works from Monday to Friday."""
    with TemporaryDirectory(prefix="cycle-count-choosing-") as folder, opened(template.url(Path(folder))) as database:
        with database.write() as session:
            session.add(Company(timezone="Europe/Berlin", working_days="mon-fri"))
            session.add(Team(name="Parts", channel="C1", review_channel="C2"))
            session.flush()
            session.add_all(TeamLocation(team_id=1, prefix=prefix) for prefix in TEAM)
            bulk(session, stock, NOW)
        with database.write() as session:
            yield session


def leveled(schedule: str, session: Session, *, after: datetime = NOW - timedelta(seconds=1)) -> Leveled:
    rhythm, calendar = parse_schedule(schedule, "Europe/Berlin"), pace_of(session, 1, NOW).calendar
    (run,) = runs_between(rhythm, calendar, after, after + timedelta(days=40), most=1)
    found = leveled_run(rhythm, calendar, run)
    assert found is not None
    return found


def chosen(session: Session, of: Terms, run: Leveled | None, *, seed: int = 7, now: datetime = NOW) -> list[Pick]:
    return selection.choose(session, of, now=now, seed=seed, leveled=run)


RUNS = st.sampled_from([None, "daily 08:00", "weekly mon 08:00", "monthly 23 08:00"])


@EXAMPLES
@given(STOCK, terms(), RUNS, st.integers(0, 3))
def test_a_run_keeps_to_its_lines_its_reach_and_what_is_free(
    sqlite_template: SqliteTemplate, stock: list[Row], of: Terms, schedule: str | None, seed: int
) -> None:
    with stocked(sqlite_template, stock) as session:
        run = leveled(schedule, session) if schedule else None
        found = chosen(session, of, run, seed=seed)
        assert chosen(session, of, run, seed=seed) == found
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(selection, "SMALL", 0)  # found along the index of all stock, not by its bins
            assert chosen(session, of, run, seed=seed) == found
        held = {(line.item_id, line.location_id) for line in session.exec(select(CountLine))}
        category = dict(session.exec(select(Item.id, Item.category)).all())
    given_lines = slots(of.choices, of.lines)
    assert len(found) <= sum(given_lines) <= of.lines
    assert len({pick.stock.level_id for pick in found}) == len(found)
    for pick in found:
        assert pick.stock.code.startswith(TEAM)
        assert not of.bins or pick.stock.code.startswith(of.bins)
        assert not of.categories or category[pick.stock.item_id] in of.categories
        assert (pick.stock.item_id, pick.stock.location_id) not in held
        assert pick.reason
    for choice, lines in zip(of.choices, given_lines, strict=True):
        taken = sum(pick.policy == choice.policy for pick in found)
        assert choice.policy not in CAPPED or taken <= lines
    assert {pick.policy for pick in found} <= {choice.policy for choice in of.choices}
    walk = [(pick.stock.walk, pick.stock.sku) for pick in found]
    assert walk == sorted(walk)


@EXAMPLES
@given(STOCK, terms())
def test_what_is_due_fills_a_run_that_is_not_levelled(
    sqlite_template: SqliteTemplate, stock: list[Row], of: Terms
) -> None:
    due = replace(of, choices=(*(one for one in of.choices if one.share and one.policy not in {Policy.DUE, *CAPPED}),))
    due = replace(due, choices=(*due.choices, *parse_policies("due")))
    with stocked(sqlite_template, stock) as session:
        found = chosen(session, due, None)
        everything = chosen(session, Terms(1, parse_policies("due"), 200, of.bins, of.categories), None)
    assert len(found) == min(of.lines, len(everything))


@EXAMPLES
@given(STOCK, st.integers(1, 12), RUNS.filter(bool))
def test_a_levelled_run_is_within_the_quota_of_each_class_but_for_catch_up(
    sqlite_template: SqliteTemplate, stock: list[Row], lines: int, schedule: str
) -> None:
    of = Terms(1, parse_policies("due"), lines)
    with stocked(sqlite_template, stock) as session:
        run = leveled(schedule, session)
        found = chosen(session, of, run)
        pace = pace_of(session, 1, NOW)
        quotas = run_quotas(
            class_counts(session, reach_of(session, of)), pace.intervals, run.covered.index, run.covered.days
        )
    late = [pick for pick in found if pick.reason.startswith(CATCH_UP)]
    for letter, quota in quotas.items():
        in_turn = [pick for pick in found if pick not in late and pick.stock.abc_class == letter]
        assert len(in_turn) <= quota
        if any(pick.stock.abc_class == letter for pick in late):
            assert len(in_turn) == quota
    for pick in found:
        measure = DueTerms.of(interval_of(pick.stock.abc_class, pace.intervals), run.covered.days)
        assert measure.is_due(pace.due(pick.stock))
        assert pick not in late or measure.may_catch_up(pace.due(pick.stock))


def order(session: Session) -> list[int]:
    """Ids of all stock that may be counted, the first to be counted first."""
    reach = reach_of(session, Terms(1, (), 1))
    assert reach is not None
    found = due_stock(session, reach, pace_of(session, 1, NOW), capacity=500, class_counts={}, leveled=None)
    return [stock.level_id for stock, _ in found]


@EXAMPLES
@given(STOCK, rows)
def test_a_new_item_takes_one_place_in_the_order_and_the_others_keep_theirs(
    sqlite_template: SqliteTemplate, stock: list[Row], new: Row
) -> None:
    with stocked(sqlite_template, stock) as session:
        before = order(session)
        (new_id,) = bulk(session, [new], NOW, first=len(stock))
        after = order(session)
    assert [one for one in after if one != new_id] == before


@settings(max_examples=20)
@given(st.lists(rows, min_size=1, max_size=8), rows, st.integers(1, 4), RUNS.filter(bool))
def test_a_new_item_makes_no_overdue_one_vanish(
    sqlite_template: SqliteTemplate, stock: list[Row], new: Row, lines: int, schedule: str
) -> None:
    """What would have been on the sheet without the new item is on it, or on one that follows."""
    of = Terms(1, parse_policies("due"), lines)
    with stocked(sqlite_template, [replace(one, is_open=False) for one in stock]) as session:
        run, now = leveled(schedule, session), NOW
        waiting = {pick.stock.level_id for pick in chosen(session, of, run)}
        bulk(session, [new], NOW, first=len(stock))
        for _ in range(300):  # with a line a run, some wait until they are due several times over
            picked = [pick.stock.level_id for pick in chosen(session, of, run, now=now)]
            waiting -= set(picked)
            if not waiting:
                break
            for level in session.exec(select(StockLevel).where(col(StockLevel.id).in_(picked))):
                level.last_counted_at = level.due_from = now
            session.flush()
            run = leveled(schedule, session, after=run.run.at)
            now = run.run.at
    assert not waiting
