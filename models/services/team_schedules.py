"""The documented schedule: what a team counts in the coming weeks, and on which days it does not, and why.

Only days that somebody would miss are named: a holiday or a shutdown on a weekday that is worked, not every weekend.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.errors import NotAllowed
from models.people import Team
from models.rules import wording
from models.rules.workdays import WorkCalendar
from models.services import lookup
from models.services.calendars import calendar_of
from models.services.people import Person
from models.services.plan_schedule import WEEKS, CutPlan, PlanSchedule, ScheduledRun, schedule, teams_shown

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClosedDay:
    """A day, or the first of several, on which nothing is counted; `teams` are those it is closed for, () for all."""

    day: date
    why: str
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class TeamSchedule:
    """The runs of some teams from `now` on, and their closed days. `teams` are the names of all that were asked for.

    `cut` are the plans of which only the first runs are here.
    """

    runs: tuple[ScheduledRun, ...]
    cut: tuple[CutPlan, ...]
    closed: tuple[ClosedDay, ...]
    teams: tuple[str, ...]
    now: datetime
    until: datetime
    zone: ZoneInfo


def teams_asked_for(session: Session, person: Person, name: str) -> frozenset[int] | None:
    """Ids of the teams whose schedule somebody wants to see: the named one, or all they may; None for every team.

    Raises:
        NotFound: when there is no such team; the sentence names the nearest one.
        NotAllowed: when it is not one of theirs.
    """
    shown = teams_shown(person)
    if not name:
        return shown
    team = lookup.find_team(session, name)
    assert team.id is not None  # noqa: S101 - a stored row has an id
    if shown is not None and team.id not in shown:
        own = wording.all_of([one.name for one in _teams(session, shown)])
        raise NotAllowed(f"You see the schedule of your own teams: {own}. Stock control sees that of {team.name}.")
    return frozenset({team.id})


def team_schedule(
    session: Session, *, team_ids: frozenset[int] | None, now: datetime, weeks: int = WEEKS, to_counters: bool = True
) -> TeamSchedule:
    """The schedule of the coming weeks; `team_ids` None: of all teams, `to_counters`: what is hidden from them is."""
    found = schedule(session, team_ids=team_ids, now=now, weeks=weeks, to_counters=to_counters)
    teams = _teams(session, team_ids)
    return TeamSchedule(
        runs=found.runs,
        cut=found.cut,
        closed=tuple(_closed_days(session, teams, now, found)),
        teams=tuple(team.name for team in teams),
        now=now,
        until=found.until,
        zone=found.zone,
    )


def _teams(session: Session, team_ids: frozenset[int] | None) -> list[Team]:
    statement = select(Team).where(col(Team.is_active)).order_by(col(Team.name))
    return list(session.exec(statement if team_ids is None else statement.where(col(Team.id).in_(team_ids))))


def _closed_days(session: Session, teams: list[Team], now: datetime, found: PlanSchedule) -> list[ClosedDay]:
    first, last = now.astimezone(found.zone).date(), found.until.astimezone(found.zone).date()
    closed: dict[tuple[date, str], list[str]] = defaultdict(list)
    for team in teams:
        for day, why in _stretches(calendar_of(session, team), first, last):
            closed[day, why].append(team.name)
    return [
        ClosedDay(day, why, () if len(names) == len(teams) else tuple(names))
        for (day, why), names in sorted(closed.items())
    ]


def _stretches(calendar: WorkCalendar, first: date, last: date) -> list[tuple[date, str]]:
    """Days that would be worked but for a holiday or a shutdown; of a shutdown of several days, the first."""
    found: list[tuple[date, str]] = []
    for ahead in range((last - first).days + 1):
        day = first + ahead * _DAY
        why = calendar.why_not(day)
        if why is None or day.weekday() not in calendar.weekdays:
            continue
        is_told = found and found[-1][1] == why
        if not (is_told and any(closed.first <= found[-1][0] and day <= closed.last for closed in calendar.shutdowns)):
            found.append((day, why))
    return found
