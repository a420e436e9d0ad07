"""How the things of a set-up stand in the tables: reading what is there, writing, and taking away.

Taking away a team, a plan or a role only makes it inactive, because history names it; written again, it wakes up.
Bin prefixes and tolerance limits are nothing but configuration, and go.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.people import Member, Role, Team, TeamLocation, TeamRole
from models.plans import ToleranceLimit
from models.rules.tolerance import Measure, Scope, Side
from models.services import people, setup_calendars, setup_causes, setup_classes, setup_plans, setup_reorder
from models.services.setup_things import OFF, Fact, Facts, Key, Kind, amount_text


class Adapter(NamedTuple):
    """The three things one can do with a kind of thing. `read` finds what is active, by key."""

    read: Callable[[Session], dict[Key, Facts]]
    write: Callable[[Session, Key, Facts], None]
    remove: Callable[[Session, Key], None]


def member(session: Session, slack_id: str) -> Member:
    """The member of a Slack id, made when missing."""
    found = session.exec(select(Member).where(Member.slack_id == slack_id)).one_or_none()
    if found is None:
        found = Member(slack_id=slack_id)
        session.add(found)
        session.flush()
    return found


def team_named(session: Session, name: str) -> Team:
    """The team of a name, active or not."""
    return session.exec(select(Team).where(Team.name == name)).one()


# -- company


def _read_company(session: Session) -> dict[Key, Facts]:
    company = people.company(session)
    facts: Facts = {"timezone": company.timezone, "currency": company.currency}
    return {(): facts | {"accuracy_of_people": company.accuracy_of_people}}


def _write_company(session: Session, _key: Key, facts: Facts) -> None:
    company = people.company(session)
    company.timezone, company.currency = str(facts["timezone"]), str(facts["currency"])
    company.accuracy_of_people = facts["accuracy_of_people"] is True
    session.add(company)


def _keep_company(_session: Session, _key: Key) -> None:
    """There is always a company."""


# -- controllers


def _read_controllers(session: Session) -> dict[Key, Facts]:
    return {(found.slack_id,): {} for found in session.exec(select(Member).where(col(Member.is_controller)))}


def _write_controller(session: Session, key: Key, _facts: Facts) -> None:
    found = member(session, key[0])
    found.is_controller = True
    session.add(found)


def _remove_controller(session: Session, key: Key) -> None:
    found = member(session, key[0])
    found.is_controller = False
    session.add(found)


# -- teams and their bins


def _read_teams(session: Session) -> dict[Key, Facts]:
    return {
        (team.name,): {"channel": team.channel, "review_channel": team.review_channel}
        for team in session.exec(select(Team).where(col(Team.is_active)))
    }


def _write_team(session: Session, key: Key, facts: Facts) -> None:
    team = session.exec(select(Team).where(Team.name == key[0])).one_or_none()
    channel, review_channel = str(facts["channel"]), str(facts["review_channel"])
    if team is None:
        team = Team(name=key[0], channel=channel, review_channel=review_channel)
    if not team.is_active:  # it wakes up without the calendar it once had; one that the file has comes after it
        team.holidays = team.working_days = team.shutdowns = team.quiet = None
    team.channel, team.review_channel, team.is_active = channel, review_channel, True
    session.add(team)


def _remove_team(session: Session, key: Key) -> None:
    team = team_named(session, key[0])
    team.is_active = False
    session.add(team)


def _read_bins(session: Session) -> dict[Key, Facts]:
    found = session.exec(select(Team, TeamLocation).join(TeamLocation, col(TeamLocation.team_id) == col(Team.id)))
    return {(team.name, bins.prefix): {} for team, bins in found}


def _write_bins(session: Session, key: Key, _facts: Facts) -> None:
    team = team_named(session, key[0])
    assert team.id is not None  # noqa: S101 - a stored row has an id
    session.add(TeamLocation(team_id=team.id, prefix=key[1]))


def _remove_bins(session: Session, key: Key) -> None:
    team = team_named(session, key[0])
    session.delete(
        session.exec(select(TeamLocation).where(TeamLocation.team_id == team.id, TeamLocation.prefix == key[1])).one()
    )


# -- roles


def _roles(role: Role) -> Adapter:
    def read(session: Session) -> dict[Key, Facts]:
        found = session.exec(
            select(Team, Member, TeamRole)
            .join(TeamRole, col(TeamRole.team_id) == col(Team.id))
            .join(Member, col(Member.id) == col(TeamRole.member_id))
            .where(TeamRole.role == role, col(TeamRole.is_active))
        )
        return {(team.name, person.slack_id): _role_facts(row) for team, person, row in found}

    def write(session: Session, key: Key, facts: Facts) -> None:
        row = _role_row(session, key, role)
        row.approval_limit, row.session_limit = (_limit(facts.get(name)) for name in ("limit", "session_limit"))
        row.is_active = True
        session.add(row)

    def remove(session: Session, key: Key) -> None:
        row = _role_row(session, key, role)
        row.is_active = False
        session.add(row)

    return Adapter(read, write, remove)


def _role_facts(row: TeamRole) -> Facts:
    if row.role is Role.COUNTER:
        return {}
    limits = {"limit": row.approval_limit, "session_limit": row.session_limit}
    return {name: None if limit is None else amount_text(limit) for name, limit in limits.items()}


def _limit(fact: Fact) -> Decimal | None:
    return None if fact is None else Decimal(str(fact))


def _role_row(session: Session, key: Key, role: Role) -> TeamRole:
    team, person = team_named(session, key[0]), member(session, key[1])
    assert team.id is not None  # noqa: S101 - a stored row has an id
    assert person.id is not None  # noqa: S101 - same
    row = session.exec(
        select(TeamRole).where(TeamRole.team_id == team.id, TeamRole.member_id == person.id, TeamRole.role == role)
    ).one_or_none()
    return row or TeamRole(team_id=team.id, member_id=person.id, role=role)


# -- tolerance limits


def _read_limits(session: Session) -> dict[Key, Facts]:
    found: dict[Key, Facts] = {}
    for row in session.exec(select(ToleranceLimit)):
        facts = found.setdefault((row.scope, row.scope_key, row.measure), dict.fromkeys(Side))
        facts[row.side] = OFF if row.amount is None else amount_text(row.amount)
    return found


def _limit_rows(session: Session, key: Key) -> dict[str, ToleranceLimit]:
    scope, scope_key, measure = Scope(key[0]), key[1], Measure(key[2])
    rows = session.exec(
        select(ToleranceLimit).where(
            ToleranceLimit.scope == scope, ToleranceLimit.scope_key == scope_key, ToleranceLimit.measure == measure
        )
    )
    return {row.side: row for row in rows}


def _write_limit(session: Session, key: Key, facts: Facts) -> None:
    rows = _limit_rows(session, key)
    for side in Side:
        amount, row = facts.get(side), rows.get(side)
        if amount is None:
            if row is not None:
                session.delete(row)
            continue
        row = row or ToleranceLimit(scope=Scope(key[0]), scope_key=key[1], measure=Measure(key[2]), side=side)
        row.amount = None if amount == OFF else Decimal(str(amount))
        session.add(row)


def _remove_limit(session: Session, key: Key) -> None:
    for row in _limit_rows(session, key).values():
        session.delete(row)


ADAPTERS: Mapping[Kind, Adapter] = MappingProxyType(
    {
        Kind.COMPANY: Adapter(_read_company, _write_company, _keep_company),
        Kind.CONTROLLER: Adapter(_read_controllers, _write_controller, _remove_controller),
        Kind.TEAM: Adapter(_read_teams, _write_team, _remove_team),
        Kind.CALENDAR: Adapter(setup_calendars.read, setup_calendars.write, setup_calendars.remove),
        Kind.BINS: Adapter(_read_bins, _write_bins, _remove_bins),
        Kind.COUNTER: _roles(Role.COUNTER),
        Kind.APPROVER: _roles(Role.APPROVER),
        Kind.PLAN: Adapter(setup_plans.read, setup_plans.write, setup_plans.remove),
        Kind.TOLERANCE: Adapter(_read_limits, _write_limit, _remove_limit),
        Kind.CLASSES: Adapter(setup_classes.read_settings, setup_classes.write_settings, setup_classes.remove_settings),
        Kind.FREQUENCY: Adapter(
            setup_classes.read_frequencies, setup_classes.write_frequency, setup_classes.remove_frequency
        ),
        Kind.PIN: Adapter(setup_classes.read_pins, setup_classes.write_pin, setup_classes.remove_pin),
        Kind.CAUSES: Adapter(setup_causes.read_settings, setup_causes.write_settings, setup_causes.remove_settings),
        Kind.CAUSE: Adapter(setup_causes.read_own, setup_causes.write_own, setup_causes.remove_own),
        Kind.REORDER: Adapter(setup_reorder.read_settings, setup_reorder.write_settings, setup_reorder.remove_settings),
    }
)
