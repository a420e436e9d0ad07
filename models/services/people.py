"""Who somebody is, and what that lets them do. Always read from the database, never from a button."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from models.errors import NotAllowed
from models.people import Company, Member, Role, Team, TeamRole
from models.rules import wording


@dataclass(frozen=True)
class Person:
    """One member with the roles they have now.

    `approves` maps team id to the approval limit of one line, `session_limits` to that of all they post in one session;
    None is no limit.
    """

    id: int
    slack_id: str
    name: str
    is_controller: bool
    counts: frozenset[int]
    approves: dict[int, Decimal | None]
    session_limits: dict[int, Decimal | None]

    @property
    def teams(self) -> frozenset[int]:
        """Ids of every team this person has a role in."""
        return self.counts | self.approves.keys()

    def may_decide_for(self, team_id: int) -> bool:
        """Whether the person is an approver of the team, or a controller."""
        return self.is_controller or team_id in self.approves

    def approval_limit(self, team_id: int) -> Decimal | None:
        """The limit in currency for that team; None for no limit. Only for somebody who may decide there."""
        return None if self.is_controller else self.approves[team_id]

    def session_limit(self, team_id: int) -> Decimal | None:
        """The same for all that they post in one session of the team."""
        return None if self.is_controller else self.session_limits[team_id]


def company(session: Session) -> Company:
    """The company's facts; defaults (UTC, EUR) until a set-up was applied."""
    return session.get(Company, 1) or Company()


def display_name(member: Member) -> str:
    """What to call somebody in a sentence."""
    return member.name or member.slack_id


def find_person(session: Session, slack_id: str) -> Person | None:
    """The person behind a Slack id, or None for somebody without any active role."""
    member = session.exec(select(Member).where(Member.slack_id == slack_id)).one_or_none()
    person = None if member is None else person_of(session, member)
    return person if person is not None and (person.teams or person.is_controller) else None


def require_person(session: Session, slack_id: str) -> Person:
    """The person behind a Slack id; NotAllowed, naming who can help, for a stranger."""
    person = find_person(session, slack_id)
    if person is None:
        raise NotAllowed(f"You are in no counting team yet. Ask {stock_control(session)} to add you.")
    return person


def person_of(session: Session, member: Member) -> Person:
    """A member together with the roles that are active in active teams."""
    assert member.id is not None  # noqa: S101 - a stored row has an id
    roles = session.exec(
        select(TeamRole)
        .join(Team, col(Team.id) == col(TeamRole.team_id))
        .where(TeamRole.member_id == member.id, col(TeamRole.is_active), col(Team.is_active))
    ).all()
    return Person(
        id=member.id,
        slack_id=member.slack_id,
        name=display_name(member),
        is_controller=member.is_controller,
        counts=frozenset(role.team_id for role in roles if role.role is Role.COUNTER),
        approves={role.team_id: role.approval_limit for role in roles if role.role is Role.APPROVER},
        session_limits={role.team_id: role.session_limit for role in roles if role.role is Role.APPROVER},
    )


def not_a_counter(team: Team) -> NotAllowed:
    """The refusal of somebody who does not count for that team."""
    return NotAllowed(f"Only counters of {team.name} count this.")


def counters_of(session: Session, team_id: int) -> list[Person]:
    """Active counters of a team, in the order they were added."""
    return _with_role(session, team_id, Role.COUNTER)


def approvers_of(session: Session, team_id: int) -> list[Person]:
    """Active approvers of a team, in the order they were added."""
    return _with_role(session, team_id, Role.APPROVER)


def controllers(session: Session) -> list[Member]:
    """Stock control: every controller, in the order they were added."""
    return list(session.exec(select(Member).where(col(Member.is_controller)).order_by(col(Member.id))).all())


def stock_control(session: Session) -> str:
    """Whom to ask: the controllers by name, "stock control" while there are none."""
    return wording.any_of([display_name(member) for member in controllers(session)]) or "stock control"


def _with_role(session: Session, team_id: int, role: Role) -> list[Person]:
    members = session.exec(
        select(Member)
        .join(TeamRole, col(TeamRole.member_id) == col(Member.id))
        .where(TeamRole.team_id == team_id, TeamRole.role == role, col(TeamRole.is_active))
        .order_by(col(TeamRole.id))
    ).all()
    return [person_of(session, member) for member in members]
