"""Working calendars in a set-up: `[calendar]` of the company, and what a `[[team]]` has in its place.

    [calendar]
    holidays = "DE-BE"
    working_days = "mon-fri"
    shutdowns = ["2026-12-24..2027-01-01"]
    quiet = ["11:30-13:00", "last working day of the month"]

What the company does not say is "none" and "mon-sun". What a team does not say is None, as the company; to have less
than the company it says "none" or an empty list, and "mon-sun" for every day.

A calendar is a thing of its own only when somebody said something of it: so one that was set in Slack alone is left
alone by a file without it.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.errors import BadInput
from models.people import Company, Team
from models.plans import CountPlan
from models.rules import calendars as rules
from models.rules.wording import cut
from models.rules.workdays import WorkCalendar
from models.services import people, times
from models.services.calendars import calendar_of
from models.services.setup_sections import Section
from models.services.setup_things import CALENDAR_FACTS, Fact, Facts, Key, Kind, SetupThing

NOTHING = {"holidays": rules.NONE, "working_days": "mon-sun", "shutdowns": rules.NONE, "quiet": rules.NONE}
"""What stands for a part that closes nothing."""

_LISTS = ("shutdowns", "quiet")
_EXAMPLES = {
    "holidays": '"DE" or "DE-BE"',
    "working_days": '"mon-fri" or "mon,tue,sat"',
    "shutdowns": '["2026-12-24..2027-01-01"]',
    "quiet": '["11:30-13:00"]',
}
_BETWEEN = "; "
_ECHO = 40


# -- in the file


def read_company_calendar(root: Section) -> list[SetupThing]:
    """The company's calendar, when the file says something of it."""
    section = root.section("calendar", "calendar")
    if section is None:
        return []
    section.allow(*CALENDAR_FACTS)
    return [
        SetupThing(Kind.CALENDAR, (), {name: _part(section, name) or NOTHING[name] for name in CALENDAR_FACTS}, section)
    ]


def read_team_calendar(section: Section, team: str) -> list[SetupThing]:
    """The calendar of a team, when it has some of its own."""
    facts: Facts = {name: _part(section, name) for name in CALENDAR_FACTS}
    return [SetupThing(Kind.CALENDAR, (team,), facts, section)] if any(facts.values()) else []


def _part(section: Section, name: str) -> str | None:
    """A part of a calendar in its canonical words; None when it is not there or wrong."""
    value = section.value(name)
    if value is None:
        return None
    texts = value if isinstance(value, list) and name in _LISTS else [value]
    if not all(isinstance(text, str) for text in texts):
        what = "a list of texts" if name in _LISTS else "one text"
        section.note(f"{name} must be {what}, like {_EXAMPLES[name]}", name)
        return None
    try:
        return canonical(name, _BETWEEN.join(str(text) for text in texts))
    except BadInput as error:
        section.note(f"{name}: {error}", name)
        return None


def canonical(name: str, text: str) -> str:
    """The canonical words of a part that is said, an empty text being nothing; BadInput when it cannot be read."""
    longest: int = Company.__table__.c[name].type.length  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    found = rules.canonical(name, text) or NOTHING[name]
    if len(found) > longest:
        raise BadInput(f"“{cut(found, _ECHO)}” has {len(found)} characters, and {longest} fit; leave out what is past.")
    return found


# -- in the tables


def read(session: Session) -> dict[Key, Facts]:
    """The facts of the company's calendar and of those of active teams; whether they say anything or not."""
    company = people.company(session)
    found: dict[Key, Facts] = {(): {name: getattr(company, name) or NOTHING[name] for name in CALENDAR_FACTS}}
    for team in session.exec(select(Team).where(col(Team.is_active))):
        own = {name: getattr(team, name) for name in CALENDAR_FACTS}
        found[(team.name,)] = {name: NOTHING[name] if said == "" else said for name, said in own.items()}
    return found


def write(session: Session, key: Key, facts: Facts) -> None:
    """Set the calendar of the company or of a team. When plans run next is not touched."""
    holder = _holder(session, key)
    for name in CALENDAR_FACTS:
        setattr(holder, name, facts[name])
    session.add(holder)


def remove(session: Session, key: Key) -> None:
    """Take everything back: every day is worked, or the team is as the company."""
    write(session, key, untouched(key))


def untouched(key: Key) -> Facts:
    """A calendar of which nobody has said anything."""
    return dict.fromkeys(CALENDAR_FACTS) if key else dict(NOTHING)


def newly_over(session: Session, key: Key, before: Fact, after: Fact, now: datetime) -> list[str]:
    """The shutdowns in `after` that are over already and were neither in `before` nor in the company's calendar."""
    known = [
        text
        for text in (before, people.company(session).shutdowns if key else None)
        if text not in (None, NOTHING["shutdowns"])
    ]
    today = times.local(session, now).date()
    return rules.newly_over(_BETWEEN.join(map(str, known)), str(after or ""), today)


def plans_to_schedule(session: Session, key: Key) -> set[str]:
    """Names of the active plans that keep to a calendar."""
    statement = select(CountPlan.name).join(Team, col(Team.id) == col(CountPlan.team_id))
    statement = statement.where(col(CountPlan.is_active))
    return set(session.exec(statement.where(Team.name == key[0]) if key else statement))


def time_left_problems(session: Session, changed: Collection[Key], now: datetime) -> dict[Key, tuple[str | None, str]]:
    """The calendars that leave no time to count, of those that follow from the `changed` ones.

    By calendar: the part that is to blame, if it is one alone, and the sentence.
    """
    today = now.astimezone(ZoneInfo(people.company(session).timezone)).date()
    calendars: dict[Key, WorkCalendar] = {(): calendar_of(session, None)} if () in changed else {}
    for team in session.exec(select(Team).where(col(Team.is_active)).order_by(col(Team.id))):
        is_own = any(getattr(team, name) is not None for name in CALENDAR_FACTS)
        if is_own and (() in changed or (team.name,) in changed):
            calendars[(team.name,)] = calendar_of(session, team)
    found: dict[Key, tuple[str | None, str]] = {}
    for key, calendar in calendars.items():
        problem = _no_time_left(calendar, today)
        if problem is not None:
            without = {"quiet": replace(calendar, quiet=()), "shutdowns": replace(calendar, shutdowns=())}
            to_blame = (name for name, less in without.items() if _no_time_left(less, today) is None)
            found[key] = (next(to_blame, None), problem)
    return found


def _no_time_left(calendar: WorkCalendar, today: date) -> str | None:
    try:
        rules.require_time_left(calendar, today)
    except BadInput as error:
        return str(error)
    return None


def _holder(session: Session, key: Key) -> Company | Team:
    return session.exec(select(Team).where(Team.name == key[0])).one() if key else people.company(session)
