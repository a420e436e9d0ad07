"""A run's lines are chosen before the transaction that starts it, and again in it when something changed meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession
from models.people import TeamLocation
from models.plans import CountPlan
from models.services import countable, plan_runs, plans, spot_counts
from models.services.plans import Draft
from tests.services.test_races import race
from tests.statements import statements
from tests.world import World

BINS = [f"A-{number:02}" for number in range(1, 9)]


@pytest.fixture
def stocked(world: World) -> World:
    """Eight bins, and a plan that takes three lines a run."""
    for code in BINS:
        world.stock(f"BOLT-{code}", code, 100, category="Fasteners")
    edit(world, lines=3, categories='["Fasteners"]')
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
    assert not [statement for statement, _ in sent if "ORDER BY stocklevel.due_from" in statement]
    stocked.now = next_due(stocked)
    with statements(stocked.database) as sent:
        assert start(stocked, None) == BINS[3:6]
    assert [statement for statement, _ in sent if "ORDER BY stocklevel.due_from" in statement]


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


def given_away(world: World) -> None:
    """The first two bins are another team's by now."""
    world.add_team("East", "A-01", "A-02", counters=("zed",))
    with world.database.write() as session:
        for row in session.exec(select(TeamLocation).where(TeamLocation.team_id == world.team_id)):
            session.delete(row)
        session.add_all(TeamLocation(team_id=world.team_id, prefix=code) for code in BINS[2:])


def renamed(world: World) -> None:
    """The item of the first bin is of a category that the plan does not count."""
    with world.database.write() as session:
        session.exec(select(Item)).first().category = "Oils"  # type: ignore[union-attr]  # there are eight


@pytest.mark.parametrize(
    ("meanwhile", "found"),
    [
        (taken, BINS[1:4]),
        (counted, BINS[1:4]),
        (narrowed, BINS[4:7]),
        (given_away, BINS[2:5]),
        (renamed, BINS[1:4]),
    ],
)
def test_what_changed_since_is_chosen_again(
    stocked: World, meanwhile: Callable[[World], None], found: list[str]
) -> None:
    stocked.now += timedelta(days=2)  # so that what is counted now is not as long uncounted as the others
    draft = draft_of(stocked)
    assert drafted(draft) == BINS[:3]
    meanwhile(stocked)
    assert start(stocked, draft) == found


@pytest.mark.parametrize("_round", range(3))
def test_whoever_starts_second_takes_what_the_first_has_left(stocked: World, _round: int) -> None:
    """A clock with its draft, somebody who runs another plan now, and a spot count of a bin, all at once."""
    with stocked.database.write() as session:
        other = stocked.plan(session, "Other", stocked.team_id, lines=3)
    draft = draft_of(stocked)
    kim, ana = stocked.person("kim"), stocked.person("ana")
    with stocked.database.read() as session:
        request = spot_counts.prepare(session, ana, countable.find_things(session, "A-02"))

    def asked(session: Session) -> object:
        return spot_counts.start(session, person=ana, request=request, now=stocked.now)

    def run_now(session: Session) -> object:
        return plans.start_by(session, kim, session.get_one(CountPlan, other), stocked.now)

    race(stocked, run_now, lambda session: plans.start_due(session, stocked.plan_id, stocked.now, draft), asked)
    with stocked.database.read() as session:
        sessions = session.exec(select(CountSession)).all()
    started = {one.plan_id: bins(stocked, one) for one in sessions}
    assert {plan_id: len(found) for plan_id, found in started.items() if plan_id} == {stocked.plan_id: 3, other: 3}
    together = [code for found in started.values() for code in found]
    assert len(together) == len(set(together))


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
    assert not [statement for statement, _ in sent if "ORDER BY stocklevel.due_from" in statement]


def test_nothing_is_drafted_of_what_would_not_start(stocked: World) -> None:
    edit(stocked, grace_seconds=60)
    with stocked.database.read() as session:
        assert plans.draft_due(session, stocked.plan_id, stocked.now - timedelta(seconds=1)) is None
        late = stocked.now + timedelta(days=3, hours=1)
        assert plans.draft_due(session, stocked.plan_id, late) is None
