"""Changing a working calendar, by stock control: the company's, or what a team has in its place.

Written and written down as `apply` does it, and checked in the same way. What is not started yet is scheduled again.
"""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.errors import BadInput, NotAllowed, NotFound, WrongState
from models.people import Member
from models.plans import CountPlan
from models.rules import wording
from models.services import people, plan_times, setup_audit, setup_calendars
from models.services.calendars import version_of
from models.services.locks import Work, one_at_a_time
from models.services.people import Person
from models.services.setup_audit import Changes, changes_between, changes_text
from models.services.setup_things import Facts, Key, Kind

_TO_BLAME = ("shutdowns", "working_days", "holidays", "quiet")
"""Parts of a calendar that has no time left, in the order in which one of them is told so."""


class BadCalendar(BadInput):
    """A calendar that cannot be: a sentence for each part that is wrong, by its name ("quiet")."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


class Moved(NamedTuple):
    """A plan whose next run is at another time than it was; None: no further one."""

    plan: str
    before: datetime | None
    after: datetime | None


class Saved(NamedTuple):
    """The parts that were changed, and the plans that start at other times by it, in the order of their names."""

    parts: tuple[str, ...]
    moved: tuple[Moved, ...]


def change(session: Session, person: Person, team: str | None, facts: Facts, now: datetime) -> str:
    """Set parts of the calendar of a team (None: of the company); returns what changed, "" for nothing.

    Parts are texts in the words of `models.rules.calendars`; an empty one closes nothing, and None in a team's is as
    the company. Parts left out stay.

    Raises:
        BadCalendar: a part cannot be read, a shutdown that is new is over, or no time to count would be left; the
            transaction must end here.
        NotAllowed: for anybody but stock control.
        NotFound: there is no such team.
    """
    _take_turn(session, person)
    return changes_text(_change(session, person, _key(team), facts, now))


def save(session: Session, person: Person, team: str | None, facts: Facts, *, seen: str, now: datetime) -> Saved:
    """The same for somebody who saw the calendar as of the version `seen`.

    Raises:
        BadCalendar, NotAllowed, NotFound: as `change` does.
        WrongState: when somebody else has changed it meanwhile.
    """
    _take_turn(session, person)
    key = _key(team)
    if version_of(_facts(session, key)) != seen:
        raise WrongState(
            "Somebody has changed this calendar since you opened the form. Nothing of yours was saved; open it again "
            "to see how it is now."
        )
    before = _next_runs(session)
    parts = tuple(_change(session, person, key, facts, now))
    after = _next_runs(session)
    return Saved(parts, tuple(Moved(name, before[name], at) for name, at in after.items() if at != before[name]))


def require_controller(session: Session, person: Person) -> None:
    """Raise NotAllowed, naming who can, for anybody but stock control."""
    if not person.is_controller:
        raise NotAllowed(f"Only stock control changes working calendars. Ask {people.stock_control(session)}.")


def _take_turn(session: Session, person: Person) -> None:
    one_at_a_time(session, Work.APPLY)
    session.expire_all()  # what was read before the wait may have changed, also who is stock control
    require_controller(session, people.person_of(session, session.get_one(Member, person.id)))


def _change(session: Session, person: Person, key: Key, facts: Facts, now: datetime) -> Changes:
    there = _facts(session, key)
    changes = changes_between(there, _read(facts, is_team=bool(key)))
    if not changes:
        return {}
    if "shutdowns" in changes:
        over = setup_calendars.newly_over(session, key, *changes["shutdowns"], now)
        if over:
            are = "is" if len(over) == 1 else "are"
            raise BadCalendar({"shutdowns": f"{wording.all_of(over)} {are} over; write the coming year."})
    setup_calendars.write(session, key, there | {name: after for name, (_, after) in changes.items()})
    session.flush()
    _require_time_left(session, key, changes, now)
    setup_audit.record(session, Kind.CALENDAR, key, "change", actor=person.slack_id, now=now, changes=changes)
    plan_times.schedule_again(session, setup_calendars.plans_to_schedule(session, key), now)
    session.flush()
    return changes


def _facts(session: Session, key: Key) -> Facts:
    there = setup_calendars.read(session)
    if key not in there:
        raise NotFound(f"There is no team “{key[0]}”.")
    return there[key]


def _read(facts: Facts, *, is_team: bool) -> Facts:
    """The parts in their canonical words; BadCalendar with what is wrong with which."""
    read: Facts = {}
    problems: dict[str, str] = {}
    for name, value in facts.items():
        try:
            read[name] = None if value is None and is_team else setup_calendars.canonical(name, str(value or ""))
        except BadInput as error:
            problems[name] = str(error)
    if problems:
        raise BadCalendar(problems)
    return read


def _require_time_left(session: Session, key: Key, changes: Changes, now: datetime) -> None:
    changed = next(name for name in _TO_BLAME if name in changes)
    problems: dict[str, str] = {}
    for whose, (part, sentence) in setup_calendars.time_left_problems(session, {key}, now).items():
        name = part if part in changes else changed
        problems.setdefault(name, sentence if whose == key else f"{wording.all_of(whose) or 'The company'}: {sentence}")
    if problems:
        raise BadCalendar(problems)


def _next_runs(session: Session) -> dict[str, datetime | None]:
    """When each active plan runs next."""
    active = select(CountPlan.name, CountPlan.next_due).where(col(CountPlan.is_active)).order_by(col(CountPlan.name))
    return dict(session.exec(active).all())


def _key(team: str | None) -> Key:
    return () if team is None else (team,)
