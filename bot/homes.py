"""Somebody's Home as it is now, whether they have just opened it or look at it while things change."""

import hashlib
import json
from datetime import datetime

from sqlmodel import Session

from bot.payloads import JsonObject
from bot.views.home import HomeFacts, home_view, stranger_view
from bot.views.home_past import parse_past
from models.errors import NotAllowed
from models.services import homes, people, statuses, team_schedules, unsigned
from models.services.health import health
from models.services.my_week import my_week
from models.services.past_sessions import past_sessions
from models.services.people import Person
from models.services.review_totals import waiting_totals

WEEKS = 1


def home_of(session: Session, slack_id: str, now: datetime, said: str = "") -> JsonObject:
    """The view; `said` (mrkdwn) is what was just done there. A stranger is told whom to ask."""
    try:
        person = people.require_person(session, slack_id, now)
    except NotAllowed as refusal:
        return stranger_view(str(refusal))
    return home_view(_facts(session, person, now), said)


def digest_of(view: JsonObject) -> str:
    """What two equal views have in common."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()


def _facts(session: Session, person: Person, now: datetime) -> HomeFacts:
    found = statuses.status(session, person)
    decides = person.is_controller or bool(person.approves)
    coming = None
    if person.teams:
        coming = team_schedules.team_schedule(session, team_ids=person.teams, now=now, weeks=WEEKS)
    return HomeFacts(
        sessions=found.sessions,
        coming=coming,
        plans=statuses.plan_rows(session, person, now) if decides else [],
        can_plan=person.is_controller,
        zone=found.zone,
        currency=people.company(session).currency,
        now=now,
        waiting=waiting_totals(session, person),
        week=my_week(session, person, found.zone, now) if person.counts else None,
        past=past_sessions(session, person, parse_past(homes.past_of(session, person))) if decides else None,
        unsigned=unsigned.unsigned(session, person, now),
        health=health(session, now) if person.is_controller else None,
    )
