"""How the running counts stand, and which plans there are - for one person, who sees the teams they belong to."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.counts import OPEN_STATES, CountLine, CountSession
from models.people import Team
from models.plans import CountPlan, Pace
from models.rules.lines import LineState
from models.rules.policies import Policy, describe_all
from models.rules.schedule_words import schedule_words
from models.rules.schedules import parse_schedule
from models.services import claims, people
from models.services.calendars import calendar_of
from models.services.people import Person
from models.services.plan_runs import last_session
from models.services.plan_terms import terms_of

_RUNNING = select(CountLine.session_id).where(col(CountLine.state).in_(OPEN_STATES))


@dataclass(frozen=True)
class SessionStatus:
    """A running session. `for_you`: lines this person may count now; `to_decide`: None for who does not decide."""

    session_id: int
    name: str
    team: str
    started_at: datetime
    due_at: datetime
    lines: int
    counted: int
    for_you: int
    to_decide: int | None


@dataclass(frozen=True)
class Status:
    """Every running session of the person's teams, the one due next first."""

    sessions: tuple[SessionStatus, ...]
    zone: ZoneInfo


@dataclass(frozen=True)
class PlanRow:
    """A plan. `next_due` None: it has no further run. `what` it chooses is said as far as this person may know it.

    `schedule` is in words. `is_running`: a session of it is being counted or decided.

    `pace` None: there is no due work in it to pace, or no second run. `last_session` is the id of its newest one, 0 for
    none.
    """

    plan_id: int
    name: str
    team: str
    schedule: str
    lines: int
    pace: Pace | None
    what: str
    next_due: datetime | None
    is_paused: bool
    is_running: bool
    can_start: bool
    can_change: bool
    last_session: int

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of it any more by itself, and nothing is under way."""
        return self.next_due is None and not self.is_paused and not self.is_running


def status(session: Session, person: Person) -> Status:
    """Read the running sessions of the person's teams (a controller's: all teams)."""
    statement = (
        select(CountSession, Team)
        .join(Team, col(Team.id) == col(CountSession.team_id))
        .where(col(CountSession.id).in_(_RUNNING))
        .order_by(col(CountSession.due_at), col(CountSession.id))
    )
    if not person.is_controller:
        statement = statement.where(col(CountSession.team_id).in_(person.teams))
    found = session.exec(statement).all()
    return Status(
        sessions=tuple(_status(session, person, one, team) for one, team in found),
        zone=ZoneInfo(people.company(session).timezone),
    )


def _status(session: Session, person: Person, count_session: CountSession, team: Team) -> SessionStatus:
    assert count_session.id is not None  # noqa: S101 - a stored row has an id
    states = Counter(session.exec(select(CountLine.state).where(CountLine.session_id == count_session.id)).all())
    uncounted = states[LineState.TO_COUNT] + states[LineState.SKIPPED]
    return SessionStatus(
        session_id=count_session.id,
        name=count_session.name,
        team=team.name,
        started_at=count_session.started_at,
        due_at=count_session.due_at,
        lines=states.total(),
        counted=states.total() - uncounted,
        for_you=len(claims.lines_offered(session, person, count_session.id)[0]),
        to_decide=states[LineState.IN_REVIEW] if person.may_decide_for(count_session.team_id) else None,
    )


def plan_rows(session: Session, person: Person, now: datetime) -> list[PlanRow]:
    """The active plans of the person's teams (a controller's: all): those being counted first, then by name."""
    statement = (
        select(CountPlan, Team)
        .join(Team, col(Team.id) == col(CountPlan.team_id))
        .where(col(CountPlan.is_active))
        .order_by(col(CountPlan.name))
    )
    if not person.is_controller:
        statement = statement.where(col(CountPlan.team_id).in_(person.teams))
    found = session.exec(statement).all()
    company = people.company(session)
    reader = _Reader(
        person=person,
        currency=company.currency,
        zone=ZoneInfo(company.timezone),
        is_blind=counts_blind(session, person),
        running=frozenset(session.exec(select(CountSession.plan_id).where(col(CountSession.id).in_(_RUNNING)))),
        worked={team.id: calendar_of(session, team).weekdays for team in {team.id: team for _, team in found}.values()},
    )
    rows = [_plan_row(session, reader, plan, team, now) for plan, team in found]
    return sorted(rows, key=lambda row: not row.is_running)


def counts_blind(session: Session, person: Person) -> bool:
    """Whether what tells of the on-hand is kept from somebody: who counts for any team (teams may share bins).

    Also who was asked for a recount that is still open.
    """
    if person.counts:
        return True
    asked = select(CountLine.id).where(CountLine.asked_member_id == person.id, col(CountLine.state).in_(OPEN_STATES))
    return session.exec(asked.limit(1)).first() is not None


@dataclass(frozen=True)
class _Reader:
    """Who reads the plans, and what is the same for all of them.

    `running` are the ids of plans being counted, `worked` the weekdays of each team by its id.
    """

    person: Person
    currency: str
    zone: ZoneInfo
    is_blind: bool
    running: frozenset[int | None]
    worked: dict[int | None, frozenset[int]]


def _plan_row(session: Session, reader: _Reader, plan: CountPlan, team: Team, now: datetime) -> PlanRow:
    assert plan.id is not None  # noqa: S101 - a stored row has an id
    terms = terms_of(plan)
    schedule = parse_schedule(plan.schedule, reader.zone.key)
    has_pace = schedule.once is None and any(choice.policy is Policy.DUE for choice in terms.choices)
    return PlanRow(
        plan_id=plan.id,
        name=plan.name,
        team=team.name,
        schedule=schedule_words(schedule, reader.worked[team.id], now.astimezone(reader.zone).year),
        lines=plan.lines,
        pace=plan.pace if has_pace else None,
        what=describe_all(terms.choices, reader.currency, to_counters=reader.is_blind),
        next_due=plan.next_due,
        is_paused=plan.is_paused,
        is_running=plan.id in reader.running,
        can_start=reader.person.may_decide_for(plan.team_id),
        can_change=reader.person.is_controller,
        last_session=last_session(session, plan.id),
    )
