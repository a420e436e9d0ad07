"""What the form of a plan lets people choose from: the teams, the categories of the items, and what things are in."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item
from models.people import Team
from models.services import people

MOST = 100
"""Options a menu may have."""


@dataclass(frozen=True)
class Offer:
    """Teams by id and name, categories, the company's zone and currency. `is_cut`: there are more categories."""

    teams: tuple[tuple[int, str], ...]
    categories: tuple[str, ...]
    is_cut: bool
    zone: ZoneInfo
    currency: str

    def team_name(self, team_id: str) -> str:
        """The name of a team by its id; empty when there is none."""
        return next((name for known, name in self.teams if str(known) == team_id), "")


def offered(session: Session, *, team: str = "", categories: Sequence[str] = ()) -> Offer:
    """Everything on offer, as far as a menu holds it; what is chosen already (a team's id, categories) is in it."""
    company = people.company(session)
    teams = session.exec(select(Team.id, Team.name).where(col(Team.is_active)).order_by(col(Team.name))).all()
    known = session.exec(
        select(Item.category).where(Item.category != "").distinct().order_by(Item.category).limit(MOST + 1)
    ).all()
    return Offer(
        teams=tuple((key, name) for key, name in sorted(teams, key=lambda row: str(row[0]) != team) if key)[:MOST],
        categories=tuple(dict.fromkeys((*categories, *known)))[:MOST],
        is_cut=len(known) > MOST,
        zone=ZoneInfo(company.timezone),
        currency=company.currency,
    )
