"""The working calendar of a team: what the company says, with the team's own words in place of some of them."""

import hashlib
import json

from sqlmodel import Session

from models.people import Company, Team
from models.rules.calendars import parse_calendar
from models.rules.workdays import WorkCalendar
from models.services import people
from models.services.setup_things import Facts

KEYS = ("holidays", "working_days", "shutdowns", "quiet")


def calendar_of(session: Session, team: Team | None) -> WorkCalendar:
    """The calendar the runs of a team's plans keep to; None: the company's."""
    company = people.company(session)
    return parse_calendar(**{key: _said(key, company, team) for key in KEYS})


def version_of(facts: Facts) -> str:
    """The same for the same words only: what a form remembers of the calendar that somebody saw in it."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _said(key: str, company: Company, team: Team | None) -> str:
    own: str | None = None if team is None else getattr(team, key)
    said: str = getattr(company, key) if own is None else own
    return said
