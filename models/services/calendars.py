"""The working calendar of a team: what the company says, with the team's own words in place of some of them."""

from sqlmodel import Session

from models.people import Company, Team
from models.rules.calendars import parse_calendar
from models.rules.workdays import WorkCalendar
from models.services import people

KEYS = ("holidays", "working_days", "shutdowns", "quiet")


def calendar_of(session: Session, team: Team) -> WorkCalendar:
    """The calendar the runs of a team's plans keep to."""
    company = people.company(session)
    return parse_calendar(**{key: _said(key, company, team) for key in KEYS})


def _said(key: str, company: Company, team: Team) -> str:
    own: str | None = getattr(team, key)
    said: str = getattr(company, key) if own is None else own
    return said
