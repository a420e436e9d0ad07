"""Giving authority beyond the roles of a team, for tests."""

from decimal import Decimal

from sqlmodel import select

from models.authority import CompanyApprover
from models.people import Company, Team
from models.rules.delegating import End, HandOver, parse
from models.services import confirming, delegations
from models.services.cards import CardFacts, card_facts
from models.services.decisions import Ruling
from models.services.delegations import Handed
from tests.builders import Number
from tests.world import World


def approve_everywhere(
    world: World, who: str, limit: Number | None = None, session_limit: Number | None = None
) -> None:
    """`who` approves for every team."""
    with world.database.write() as session:
        member_id = world.member(session, who).id
        assert member_id is not None
        found = session.exec(select(CompanyApprover).where(CompanyApprover.member_id == member_id)).first()
        row = found or CompanyApprover(member_id=member_id)
        row.approval_limit = None if limit is None else Decimal(limit)
        row.session_limit = None if session_limit is None else Decimal(session_limit)
        session.add(row)


def four_eyes(world: World, above: Number | None, *, team: Number | None = None) -> None:
    """What is worth more takes two people; `team` says otherwise for Fleet Parts."""
    with world.database.write() as session:
        session.get_one(Company, 1).four_eyes_above = None if above is None else Decimal(above)
        session.get_one(Team, world.team_id).four_eyes_above = None if team is None else Decimal(team)


def hand_over(world: World, holder: str, delegate: str, days: str = "until 2026-12-31", team: str = "") -> Handed:
    """`holder` hands their authority over, in the words of the command behind the name."""
    person, wish = world.person(holder), parse(f"{team} <@U01{delegate.upper()}> {days}".strip())
    assert isinstance(wish, HandOver)
    with world.step() as session:
        world.member(session, delegate)
        return delegations.hand_over(session, person=person, wish=wish, now=world.now)


def end(world: World, who: str, words: str = "end") -> list[Handed]:
    """`who` ends what is handed over."""
    person, wish = world.person(who), parse(words)
    assert isinstance(wish, End)
    with world.step() as session:
        return delegations.end(session, person=person, wish=wish, now=world.now)


def confirm(world: World, line: int, who: str, *, version: int | None = None) -> Ruling:
    """`who` confirms what was decided first, by the newest card unless an older version is given."""
    person, seen = world.person(who), version or world.version(line)
    with world.step() as session:
        return confirming.confirm(session, person=person, line_id=line, version=seen, now=world.now)


def withdraw(world: World, line: int, who: str) -> Ruling:
    """`who` takes back what they decided first."""
    person, seen = world.person(who), world.version(line)
    with world.step() as session:
        return confirming.withdraw(session, person=person, line_id=line, version=seen, now=world.now)


def two_above(world: World) -> World:
    """Above 50 EUR it takes two; Max approves for every team."""
    four_eyes(world, 50)
    approve_everywhere(world, "max")
    return world


def card(world: World, line: int) -> CardFacts:
    """The facts of its card."""
    with world.database.read() as session:
        return card_facts(session, line, world.now)


def stands(world: World, line: int) -> bool:
    """Whether the card shows a first decision that waits for a second."""
    first = card(world, line).first
    return first is not None and first.stands
