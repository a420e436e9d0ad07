"""Who somebody is, and what that lets them do. Always read from the database, never from a button."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.errors import NotAllowed
from models.people import Company, Member, Role, Team, TeamRole
from models.rules import wording
from models.services import grants
from models.services.grants import Authority, Signature


@dataclass(frozen=True)
class Person:
    """One member with the roles they have now.

    `authorities` says by team id what they may post there: by their own role first, then what others have handed over
    to them for today.
    """

    id: int
    slack_id: str
    name: str
    is_controller: bool
    counts: frozenset[int]
    authorities: Mapping[int, tuple[Authority, ...]]

    @property
    def approves(self) -> frozenset[int]:
        """Ids of every team this person may decide for without being stock control."""
        return frozenset(self.authorities)

    @property
    def teams(self) -> frozenset[int]:
        """Ids of every team this person has a role in."""
        return self.counts | self.approves

    def may_decide_for(self, team_id: int) -> bool:
        """Whether the person is an approver of the team, acts for one, or is a controller."""
        return self.is_controller or team_id in self.authorities

    def authorities_over(self, team_id: int) -> tuple[Authority, ...]:
        """What they may decide by for that team, the best first; nothing for who may not."""
        if self.is_controller:
            return (Authority(self.id, "stock control"),)
        return self.authorities.get(team_id, ())

    def sign(self, authority: Authority, second: Signature | None = None) -> Signature:
        """Decide with an authority of theirs; `second` confirms it."""
        return Signature(self.id, self.slack_id, self.name, authority, second)


def company(session: Session) -> Company:
    """The company's facts; defaults (UTC, EUR) until a set-up was applied."""
    return session.get(Company, 1) or Company()


def display_name(member: Member) -> str:
    """What to call somebody in a sentence."""
    return member.name or member.slack_id


def find_person(session: Session, slack_id: str, now: datetime | None = None) -> Person | None:
    """The person behind a Slack id, or None for somebody without any active role; as `person_of`."""
    member = session.exec(select(Member).where(Member.slack_id == slack_id)).one_or_none()
    person = None if member is None else person_of(session, member, now)
    return person if person is not None and (person.teams or person.is_controller) else None


def require_person(session: Session, slack_id: str, now: datetime | None = None) -> Person:
    """As `find_person`; NotAllowed, naming who can help, for a stranger."""
    person = find_person(session, slack_id, now)
    if person is None:
        raise NotAllowed(f"You are in no counting team yet. Ask {stock_control(session)} to add you.")
    return person


def person_of(session: Session, member: Member, now: datetime | None = None) -> Person:
    """A member together with the roles that are active in active teams.

    What was handed over to them is theirs on some days only, so it is left out where `now` is not said.
    """
    assert member.id is not None  # noqa: S101 - a stored row has an id
    counts = session.exec(
        select(TeamRole.team_id)
        .join(Team, col(Team.id) == col(TeamRole.team_id))
        .where(
            TeamRole.member_id == member.id,
            TeamRole.role == Role.COUNTER,
            col(TeamRole.is_active),
            col(Team.is_active),
        )
    ).all()
    authorities = {team_id: (authority,) for team_id, authority in grants.own(session, member.id).items()}
    for team_id, handed in ({} if now is None else grants.lent(session, member.id, now)).items():
        authorities[team_id] = (*authorities.get(team_id, ()), *handed)
    return Person(
        id=member.id,
        slack_id=member.slack_id,
        name=display_name(member),
        is_controller=member.is_controller,
        counts=frozenset(counts),
        authorities=authorities,
    )


def not_a_counter(team: Team) -> NotAllowed:
    """The refusal of somebody who does not count for that team."""
    return NotAllowed(f"Only counters of {team.name} count this.")


def counters_of(session: Session, team_id: int) -> list[Person]:
    """Active counters of a team, in the order they were added."""
    return _with_role(session, team_id, Role.COUNTER)


def approvers_of(session: Session, team_id: int) -> list[Person]:
    """Active approvers by a role in a team, in the order they were added."""
    return _with_role(session, team_id, Role.APPROVER)


def deciders_of(session: Session, team_id: int, now: datetime | None) -> list[Person]:
    """Everybody but stock control who may decide for a team: its approvers, those of every team, who acts for one."""
    found = [person.id for person in approvers_of(session, team_id)]
    found += grants.everywhere_ids(session)
    found += [] if now is None else grants.delegates(session, now)
    people = (person_of(session, session.get_one(Member, one), now) for one in dict.fromkeys(found))
    return [person for person in people if team_id in person.approves]


def names_who_decide(session: Session, team_id: int, now: datetime) -> str:
    """Those of `deciders_of` in a sentence, by name."""
    return wording.any_of([person.name for person in deciders_of(session, team_id, now)])


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
