"""Giving authority beyond the roles of a team, for tests."""

from decimal import Decimal

from sqlmodel import select

from models.authority import CompanyApprover
from models.people import Company, Team
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
