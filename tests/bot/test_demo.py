"""The demo's data: every policy has a plan and something to find, and no counter sees what would tell of the record."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from bot.demo.world import REVIEW, apply_setup, build_workspace, import_moves, import_stock_file
from models.database import Database
from models.people import Member, Role, TeamRole
from models.plans import CountPlan
from models.rules.policies import DEFINITIONS, HIDDEN, Policy, parse_policies
from models.services import selection
from models.services.plan_terms import terms_of

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def stocked(sqlite_database: Database) -> Database:
    """The demo's database, as it is before anybody counts."""
    import_stock_file(sqlite_database, NOW)
    import_moves(sqlite_database, NOW)
    apply_setup(sqlite_database, NOW)
    return sqlite_database


def plans(session: Session) -> list[CountPlan]:
    return list(session.exec(select(CountPlan)).all())


def test_every_policy_has_a_plan(stocked: Database) -> None:
    with stocked.read() as session:
        used = {choice.policy for plan in plans(session) for choice in parse_policies(plan.selection)}
    assert used == set(Policy)


def test_what_looks_wrong_is_there_to_find(stocked: Database) -> None:
    with stocked.read() as session:
        check = session.exec(select(CountPlan).where(CountPlan.name == "Friday check")).one()
        picks = selection.choose(session, terms_of(check), now=NOW, seed=0)
    assert {Policy.NEGATIVE, Policy.ZERO, Policy.LOW} <= {pick.policy for pick in picks}


def test_every_plan_has_something_to_count(stocked: Database) -> None:
    with stocked.read() as session:
        for plan in plans(session):
            assert selection.choose(session, terms_of(plan), now=NOW, seed=0), plan.name


def test_no_name_of_a_plan_tells_what_it_chooses(stocked: Database) -> None:
    with stocked.read() as session:
        for plan in plans(session):
            if {choice.policy for choice in parse_policies(plan.selection)} & HIDDEN:
                telling = {word for policy in HIDDEN for word in (policy, *DEFINITIONS[policy].split())} | {"wrong"}
                assert not telling & set(plan.name.lower().split()), plan.name


def test_nobody_who_counts_is_in_the_review_channel(stocked: Database) -> None:
    with stocked.read() as session:
        counters = select(Member.slack_id).join(TeamRole).where(TeamRole.role == Role.COUNTER)
        counting = set(session.exec(counters).all())
    assert counting == {"U01ANA", "U02DAN"}
    assert not counting & set(build_workspace().channel(REVIEW).members)
