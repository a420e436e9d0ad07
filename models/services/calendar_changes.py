"""Changing a working calendar, by stock control: the company's, or what a team has in its place.

Written and written down as `apply` does it, and checked in the same way. What is not started yet is scheduled again.
"""

from datetime import datetime

from sqlmodel import Session

from models.errors import BadInput, NotFound
from models.services import plan_times, setup_audit, setup_calendars
from models.services.locks import Work, one_at_a_time
from models.services.people import Person
from models.services.plan_changes import require_controller
from models.services.setup_audit import changes_between, changes_text
from models.services.setup_things import Facts, Kind


def change(session: Session, person: Person, team: str | None, facts: Facts, now: datetime) -> str:
    """Set parts of the calendar of a team (None: of the company); returns what changed, "" for nothing.

    Parts are texts in the words of `models.rules.calendars`; an empty one closes nothing, and None in a team's is as
    the company. Parts left out stay.

    Raises:
        BadInput: a part cannot be read, or no time to count would be left; the transaction must end here.
        NotAllowed: for anybody but stock control.
        NotFound: there is no such team.
    """
    require_controller(session, person)
    one_at_a_time(session, Work.APPLY)
    key = (team,) if team is not None else ()
    there = setup_calendars.read(session)
    if key not in there:
        raise NotFound(f"There is no team “{team}”.")
    changes = changes_between(there[key], {name: _said(name, value, team) for name, value in facts.items()})
    if not changes:
        return ""
    setup_calendars.write(session, key, there[key] | {name: after for name, (_, after) in changes.items()})
    session.flush()
    for _, sentence in setup_calendars.time_left_problems(session).values():
        raise BadInput(sentence)
    setup_audit.record(session, Kind.CALENDAR, key, "change", actor=person.slack_id, now=now, changes=changes)
    plan_times.schedule_again(session, setup_calendars.plans_to_schedule(session, key), now)
    session.flush()
    return changes_text(changes)


def _said(name: str, value: object, team: str | None) -> str | None:
    return None if value is None and team is not None else setup_calendars.canonical(name, str(value or ""))
