"""Somebody's Home as it is now, whether they have just opened it or look at it while things change."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.charts.picture import key_of
from bot.payloads import JsonObject
from bot.views.home import HomeFacts, home_view, stranger_view
from bot.views.home_numbers import ShownNumbers
from bot.views.home_past import parse_past
from models.errors import NotAllowed
from models.services import homes, hosted_charts, people, statuses, team_schedules, unsigned
from models.services.health import health
from models.services.home_numbers import company_numbers, team_numbers
from models.services.my_week import my_week
from models.services.past_sessions import past_sessions
from models.services.people import Person
from models.services.review_totals import waiting_totals

WEEKS = 1


@dataclass(frozen=True)
class DrawnHome:
    """A Home. `picture` is the key of the picture in it, "" for none; `lacks_picture`: Slack does not show it yet."""

    view: JsonObject
    picture: str = ""
    lacks_picture: bool = False


def home_of(session: Session, slack_id: str, now: datetime, said: str = "") -> DrawnHome:
    """The view; `said` (mrkdwn) is what was just done there. A stranger is told whom to ask."""
    try:
        person = people.require_person(session, slack_id, now)
    except NotAllowed as refusal:
        return DrawnHome(stranger_view(str(refusal)))
    facts = _facts(session, person, now)
    chart = None if facts.company is None else facts.company.numbers.weeks
    if facts.company is None or chart is None or not chart.measured:
        return DrawnHome(home_view(facts, said))
    key = key_of(chart)
    file_id = hosted_charts.shown_file(session, key)
    if file_id is None:
        return DrawnHome(home_view(facts, said), lacks_picture=True)
    return DrawnHome(home_view(replace(facts, company=replace(facts.company, file_id=file_id)), said), picture=key)


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
        company=ShownNumbers(company_numbers(session, person, now)) if person.is_controller else None,
        teams=team_numbers(session, person, now) if decides and not person.is_controller else None,
    )
