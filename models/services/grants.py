"""What somebody may post for a team: by a role of their own, and by what others have handed over to them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.authority import CompanyApprover, Delegation
from models.people import Company, Member, Role, Team, TeamRole
from models.rules import wording


@dataclass(frozen=True)
class Authority:
    """What may be posted of one line, and in one session; None is any value.

    `holder_id` is whose `role` it is; `everywhere`: it is for every team, not for this one. When they handed it over,
    `lender` is what they are called, and `until` the last day.
    """

    holder_id: int
    role: str
    limit: Decimal | None = None
    session_limit: Decimal | None = None
    lender: str | None = None
    until: date | None = None
    everywhere: bool = False

    def sentence(self, currency: str) -> str:
        """The same in words, without who uses it: “for Ben, approver of Fleet Parts up to 500.00 EUR, until 5 Dec”."""
        limit = "" if self.limit is None else f" up to {wording.money(self.limit, currency)}"
        if self.lender is None or self.until is None:
            return f"{self.role}{limit}"
        return f"for {self.lender}, {self.role}{limit}, until {self.until.day} {self.until:%b}"


@dataclass(frozen=True)
class Signature:
    """Who decides, and with what authority; `second`, if it took two, is who confirmed it."""

    member_id: int
    slack_id: str
    name: str
    authority: Authority
    second: "Signature | None" = None

    @property
    def for_member_id(self) -> int | None:
        """Who handed the authority over; None for one's own."""
        return None if self.authority.lender is None else self.authority.holder_id

    def sentence(self, currency: str) -> str:
        """The authority in words; of two people, each with their name."""
        said = self.authority.sentence(currency)
        if self.second is None:
            return said
        return f"{self.name}: {said}; confirmed by {self.second.name}: {self.second.authority.sentence(currency)}"


def today(session: Session, now: datetime) -> date:
    """The day it is in the company's zone."""
    company = session.get(Company, 1) or Company()
    return now.astimezone(ZoneInfo(company.timezone)).date()


def own(session: Session, member_id: int) -> dict[int, Authority]:
    """What somebody approves by their own roles, by team; a role in a team wins over the one for every team."""
    found: dict[int, Authority] = {}
    everywhere = session.exec(
        select(CompanyApprover).where(CompanyApprover.member_id == member_id, col(CompanyApprover.is_active))
    ).one_or_none()
    if everywhere is not None:
        of_all = Authority(
            member_id, "approver of every team", everywhere.approval_limit, everywhere.session_limit, everywhere=True
        )
        teams = session.exec(select(col(Team.id)).where(col(Team.is_active))).all()
        found = {team_id: of_all for team_id in teams if team_id is not None}
    roles = session.exec(
        select(TeamRole, Team.name)
        .join(Team, col(Team.id) == col(TeamRole.team_id))
        .where(
            TeamRole.member_id == member_id,
            TeamRole.role == Role.APPROVER,
            col(TeamRole.is_active),
            col(Team.is_active),
        )
        .order_by(col(TeamRole.id))
    )
    for role, team in roles:
        found[role.team_id] = Authority(member_id, f"approver of {team}", role.approval_limit, role.session_limit)
    return found


def lent(session: Session, member_id: int, now: datetime) -> dict[int, list[Authority]]:
    """What others have handed over to somebody for today, by team. It is never handed on."""
    found: dict[int, list[Authority]] = {}
    for delegation, holder in _running(session, now, Delegation.delegate_id == member_id):
        for team_id, authority in own(session, delegation.holder_id).items():
            if delegation.team_id in (None, team_id):
                handed = replace(authority, lender=holder.name or holder.slack_id, until=delegation.last_day)
                found.setdefault(team_id, []).append(handed)
    return found


def delegates(session: Session, now: datetime) -> list[int]:
    """Ids of everybody to whom something is handed over today, in the order it was."""
    return [delegation.delegate_id for delegation, _ in _running(session, now)]


def everywhere_ids(session: Session) -> list[int]:
    """Ids of those who approve for every team, in the order they were added."""
    return list(
        session.exec(
            select(CompanyApprover.member_id).where(col(CompanyApprover.is_active)).order_by(col(CompanyApprover.id))
        ).all()
    )


def _running(session: Session, now: datetime, *bounds: bool) -> list[tuple[Delegation, Member]]:
    day = today(session, now)
    rows = session.exec(
        select(Delegation, Member)
        .join(Member, col(Member.id) == col(Delegation.holder_id))
        .where(
            *bounds,
            col(Delegation.ended_at).is_(None),
            col(Delegation.first_day) <= day,
            col(Delegation.last_day) >= day,
        )
        .order_by(col(Delegation.id))
    )
    return list(rows)
