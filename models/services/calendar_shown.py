"""A working calendar as people see it: the days that are not worked, by name, and what a team has of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.errors import NotFound
from models.people import Team
from models.rules.public_holidays import names_in
from models.rules.workdays import DayRange, WorkCalendar
from models.services import lookup, people, setup_calendars
from models.services.calendars import calendar_of, version_of
from models.services.people import Person
from models.services.setup_things import CALENDAR_FACTS, Facts

SHOWN_HOLIDAYS = 5


@dataclass(frozen=True)
class CalendarShown:
    """The calendar of a team, or of the company (`team` "", `team_id` 0).

    `facts` are its own words, a part that a team has as the company being None; `of_company` the company's.
    `holidays` are the next ones that fall on a day that would be worked, `shutdowns` those that are not over.
    `own_parts` are, for the company, the teams that have some of their own, and which.
    """

    team_id: int
    team: str
    calendar: WorkCalendar
    facts: Facts
    of_company: Facts
    holidays: tuple[tuple[date, str], ...]
    shutdowns: tuple[DayRange, ...]
    own_parts: tuple[tuple[str, tuple[str, ...]], ...]
    today: date
    zone: ZoneInfo
    can_change: bool

    @property
    def version(self) -> str:
        """What a form remembers of it."""
        return version_of(self.facts)


def calendar_named(session: Session, person: Person, name: str, now: datetime) -> CalendarShown:
    """The calendar of the team of that name, of the company for ""; NotFound names the nearest team."""
    return _shown(session, person, lookup.find_team(session, name) if name else None, now)


def calendar_with(session: Session, person: Person, team_id: int, now: datetime) -> CalendarShown:
    """The calendar of a team, of the company for 0; NotFound when the team has ended."""
    team = session.get(Team, team_id) if team_id else None
    if team_id and (team is None or not team.is_active):
        raise NotFound("There is no such team any more.")
    return _shown(session, person, team, now)


def _shown(session: Session, person: Person, team: Team | None, now: datetime) -> CalendarShown:
    zone = ZoneInfo(people.company(session).timezone)
    today = now.astimezone(zone).date()
    there = setup_calendars.read(session)
    calendar = calendar_of(session, team)
    own = {key[0]: _own(facts) for key, facts in there.items() if key} if team is None else {}
    return CalendarShown(
        team_id=0 if team is None else team.id or 0,
        team="" if team is None else team.name,
        calendar=calendar,
        facts=there[() if team is None else (team.name,)],
        of_company=there[()],
        holidays=tuple(islice(_holidays(calendar, today), SHOWN_HOLIDAYS)),
        shutdowns=tuple(closed for closed in calendar.shutdowns if closed.last >= today),
        own_parts=tuple((name, parts) for name, parts in sorted(own.items()) if parts),
        today=today,
        zone=zone,
        can_change=person.is_controller,
    )


def _own(facts: Facts) -> tuple[str, ...]:
    return tuple(name for name in CALENDAR_FACTS if facts[name] is not None)


def _holidays(calendar: WorkCalendar, today: date) -> Iterator[tuple[date, str]]:
    """Those of this year and the next two, from today on: the next few are among them wherever there are any."""
    if calendar.country is None:
        return
    for year in range(today.year, today.year + 3):
        for day, name in sorted(names_in(calendar.country, calendar.subdivision, year).items()):
            if day >= today and day.weekday() in calendar.weekdays:
                yield day, name
