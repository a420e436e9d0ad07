"""A run's lines are chosen before the transaction that starts it, and again in it when something changed meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from models.catalog import Location
from models.counts import CountLine, CountSession
from models.plans import CountPlan
from models.services import plan_runs, plans
from models.services.plans import Draft
from tests.statements import statements
from tests.world import World

BINS = [f"A-{number:02}" for number in range(1, 9)]


@pytest.fixture
def stocked(world: World) -> World:
    """Eight bins, and a plan that takes three lines a run."""
    for code in BINS:
        world.stock(f"BOLT-{code}", code, 100)
    edit(world, lines=3)
    return world


def edit(world: World, **values: object) -> None:
    with world.database.write() as session:
        session.get_one(CountPlan, world.plan_id).sqlmodel_update(values)


def draft_of(world: World) -> Draft:
    with world.database.read() as session:
        draft = plans.draft_due(session, world.plan_id, world.now)
    assert draft is not None
    return draft


def start(world: World, draft: Draft | None) -> list[str]:
    """The bins of the session that starts, in walk order."""
    with world.step() as session:
        started = plans.start_due(session, world.plan_id, world.now, draft)
    assert started is not None
    return bins(world, started)


def bins(world: World, started: CountSession) -> list[str]:
    with world.database.read() as session:
        return list(
            session.exec(
                select(Location.code)
                .join(CountLine, col(CountLine.location_id) == col(Location.id))
                .where(CountLine.session_id == started.id)
                .order_by(col(CountLine.position))
            )
        )


def drafted(draft: Draft) -> list[str]:
    return [pick.stock.code for pick in draft.picks]


def test_what_was_drafted_is_what_starts_and_is_not_chosen_again(stocked: World) -> None:
    draft = draft_of(stocked)
    with statements(stocked.database) as sent:
        assert start(stocked, draft) == drafted(draft) == BINS[:3]
    assert not [statement for statement, _ in sent if "due_from" in statement]
    stocked.now = next_due(stocked)
    with statements(stocked.database) as sent:
        assert start(stocked, None) == BINS[3:6]
    assert [statement for statement, _ in sent if "due_from" in statement]


def next_due(world: World) -> datetime:
    with world.database.read() as session:
        due = session.get_one(CountPlan, world.plan_id).next_due
    assert due is not None
    return due


def taken(world: World) -> None:
    """Another session takes the first bin."""
    with world.database.write() as session:
        other = world.plan(session, "Other", world.team_id, lines=1)
    world.start(other)


def counted(world: World) -> None:
    """The first bin is put on a sheet and counted."""
    taken(world)
    with world.database.read() as session:
        (line_id,) = session.exec(select(CountLine.id))
    world.count(line_id or 0, "ana", 100)


def narrowed(world: World) -> None:
    """The plan counts other bins by now."""
    edit(world, bins="A-05,A-06,A-07")


@pytest.mark.parametrize(
    ("meanwhile", "found"),
    [(taken, BINS[1:4]), (counted, BINS[1:4]), (narrowed, BINS[4:7])],
)
def test_what_changed_since_is_chosen_again(
    stocked: World, meanwhile: Callable[[World], None], found: list[str]
) -> None:
    stocked.now += timedelta(days=2)  # so that what is counted now is not as long uncounted as the others
    draft = draft_of(stocked)
    assert drafted(draft) == BINS[:3]
    meanwhile(stocked)
    assert start(stocked, draft) == found


def test_the_draft_of_another_run_is_not_used(stocked: World) -> None:
    draft = draft_of(stocked)
    start(stocked, draft)
    stocked.now = next_due(stocked)
    assert start(stocked, draft) == BINS[3:6]


def test_what_is_started_by_hand_is_drafted_for_who_may_start_it(stocked: World) -> None:
    drafts = {}
    for who in ("ana", "ben", "kim"):
        person = stocked.person(who)
        with stocked.database.read() as session:
            drafts[who] = plan_runs.draft_for(session, person, stocked.plan_id, stocked.now)
    assert drafts["ana"] is None
    assert drafts["ben"] == drafts["kim"]
    person = stocked.person("ben")
    with statements(stocked.database) as sent, stocked.step() as session:
        plan = plans.find_plan(session, "daily parts")
        started = plans.start_by(session, person, plan, stocked.now, drafts["ben"])
    assert bins(stocked, started) == BINS[:3]
    assert not [statement for statement, _ in sent if "due_from" in statement]


def test_nothing_is_drafted_of_what_would_not_start(stocked: World) -> None:
    edit(stocked, grace_seconds=60)
    with stocked.database.read() as session:
        assert plans.draft_due(session, stocked.plan_id, stocked.now - timedelta(seconds=1)) is None
        late = stocked.now + timedelta(days=3, hours=1)
        assert plans.draft_due(session, stocked.plan_id, late) is None
