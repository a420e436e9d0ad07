"""Reading setup.toml: teams, people, calendars, plans, tolerances, classes, causes, reorder, as a controller writes it.

The file becomes a flat list of *things* (a team, one person's role in it, a plan, one tolerance limit, ...), each
with a key and plain facts. Things can be compared one by one with what the file said last and with what the tables
hold, which is what applying a set-up is about (`models.services.setups`).

Every problem is collected and says where it is: `setup.toml line 14: plan "Daily parts": ...`.
"""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal

from models.errors import BadFile, BadInput
from models.rules.nearest import nearest
from models.rules.schedules import parse_zone
from models.services.plan_facts import DEFAULTS, LONGEST_PREFIX, read_facts
from models.services.setup_calendars import read_company_calendar, read_team_calendar
from models.services.setup_causes import read_causes
from models.services.setup_classes import read_classes
from models.services.setup_limits import read_company_tolerance, read_plan_tolerance
from models.services.setup_lines import find_lines
from models.services.setup_reorder import read_reorder
from models.services.setup_sections import Problems, Section, amount
from models.services.setup_things import CALENDAR_FACTS, Fact, Facts, Key, Kind, SetupThing, amount_text

_SECTIONS = ("calendar", "team", "plan", "tolerance", "classes", "causes", "reorder")
_COMPANY_KEYS = ("timezone", "currency", "controllers", "accuracy_of_people", *_SECTIONS)
_TEAM_KEYS = ("name", "channel", "review_channel", "locations", "counters", "approvers", *CALENDAR_FACTS)
_APPROVAL_LIMITS = ("limit", "session_limit")
_PLAN_KEYS = ("name", "team", "schedule", *DEFAULTS, "tolerance")


@dataclass(frozen=True)
class Setup:
    """A file that is TOML: its things, what is wrong with it, and where to note what the tables say against it."""

    things: list[SetupThing]
    root: Section
    problems: Problems

    def section_of(self, kind: Kind, key: Key) -> Section:
        """The section that says a thing; the whole file when none does."""
        found = (thing.section for thing in self.things if (thing.kind, thing.key) == (kind, key))
        return next(found, None) or self.root


def read_setup(text: str, *, file_name: str) -> Setup:
    """Read the whole file and note all that can be told without the tables.

    Raises:
        BadFile: it is not TOML at all; only the first problem of this kind is known.
    """
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*?) \(at line (\d+), column \d+\)", str(error))
        line, reason = (int(found[2]), found[1]) if found else (None, str(error))
        raise BadFile(file_name, [(line, f"this is not TOML: {reason[:1].lower()}{reason[1:]}")]) from None
    problems = Problems(file_name, find_lines(text))
    root = Section("", table, problems)
    root.allow(*_COMPANY_KEYS)
    things = [*_company(root), *read_company_calendar(root), *_teams(root)]
    things += _plans(root, [thing.key[0] for thing in things if thing.kind is Kind.TEAM])
    things += [*read_company_tolerance(root), *read_classes(root), *read_causes(root), *read_reorder(root)]
    return Setup(things, root, problems)


def _company(root: Section) -> list[SetupThing]:
    zone = root.read("timezone", parse_zone)
    currency = root.text("currency", longest=3, default="EUR")
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        root.note('currency must be three capital letters, such as "EUR"', "currency")
    facts: dict[str, Fact] = {"timezone": zone.key if zone else "UTC", "currency": currency}
    facts["accuracy_of_people"] = _switch(root, "accuracy_of_people")
    controllers = _people(root, "controllers")
    return [
        SetupThing(Kind.COMPANY, (), facts),
        *(SetupThing(Kind.CONTROLLER, (slack_id,), {}) for slack_id in controllers),
    ]


def _switch(section: Section, key: str) -> bool:
    """What is off unless the file says true."""
    wish = section.value(key)
    if wish is not None and not isinstance(wish, bool):
        section.note(f"{key} must be true or false", key)
    return wish is True


def _teams(root: Section) -> list[SetupThing]:
    things: list[SetupThing] = []
    names: set[str] = set()
    reviewed: list[tuple[Section, Fact]] = []
    counted: set[Fact] = set()
    for section in root.sections("team", "team"):
        section.allow(*_TEAM_KEYS)
        name = _name(section, names)
        channels: dict[str, Fact] = {key: section.read(key, _channel) for key in ("channel", "review_channel")}
        things.append(SetupThing(Kind.TEAM, (name,), channels, section))
        things += read_team_calendar(section, name)
        counted.add(channels["channel"])
        reviewed.append((section, channels["review_channel"]))
        things += [SetupThing(Kind.BINS, (name, prefix), {}, section) for prefix in _prefixes(section)]
        counters = _people(section, "counters")
        if not counters and not section.is_wrong("counters"):
            section.note("counters is empty: name at least one Slack id that counts", "counters")
        things += [SetupThing(Kind.COUNTER, (name, slack_id), {}) for slack_id in counters]
        approvers = _approvers(section)
        if not approvers and not root.entries("controllers") and not section.is_wrong("approvers"):
            section.note("nobody may approve: name approvers here, or controllers for the company")
        things += [SetupThing(Kind.APPROVER, (name, slack_id), limits) for slack_id, limits in approvers.items()]
    for section, channel in reviewed:
        if channel and channel in counted:
            section.note(
                "review_channel is one that people count in: cards show on-hand, so give it another channel",
                "review_channel",
            )
    return things


def _plans(root: Section, teams: list[str]) -> list[SetupThing]:
    things: list[SetupThing] = []
    names: set[str] = set()
    for section in root.sections("plan", "plan"):
        section.allow(*_PLAN_KEYS)
        name = _name(section, names)
        facts, wrong = read_facts({key: section.value(key) for key in _PLAN_KEYS})
        for key, sentence in wrong.items():
            section.note(f"{key}: {sentence}", key)
        if facts["team"] and facts["team"] not in teams:
            close = nearest(str(facts["team"]), teams)
            hint = f"; did you mean “{close}”?" if close else "; write a [[team]] of that name."
            section.note(f"team: There is no team “{facts['team']}”{hint}", "team")
        defaults = frozenset(facts.keys() - section.keys())
        things += [SetupThing(Kind.PLAN, (name,), facts, section, defaults), *read_plan_tolerance(section, name)]
    return things


def _name(section: Section, seen: set[str]) -> str:
    name = section.text("name", longest=80)
    if name in seen:
        section.note("there are two of this name", "name")
    seen.add(name)
    return name


def _prefixes(section: Section) -> list[str]:
    found = [entry.strip() for entry in section.entries("locations") if isinstance(entry, str) and entry.strip()]
    if not found or len(found) != len(section.entries("locations")):
        section.note('locations must be a list of bin prefixes, such as ["A-", "B-"]', "locations")
    fitting = [prefix for prefix in found if len(prefix) <= LONGEST_PREFIX]
    if len(fitting) < len(found):
        section.note(f"a prefix in locations is longer than {LONGEST_PREFIX} characters", "locations")
    _note_twice(section, "locations", fitting)
    return list(dict.fromkeys(fitting))


def _people(section: Section, key: str) -> list[str]:
    found = [_person(section, key, entry) for entry in section.entries(key)]
    people = [slack_id for slack_id in found if slack_id]
    _note_twice(section, key, people)
    return list(dict.fromkeys(people))


def _approvers(section: Section) -> dict[str, Facts]:
    """Approval limits by Slack id, of one line and of one session; None is no limit."""
    found: dict[str, Facts] = {}
    for entry in section.entries("approvers"):
        if isinstance(entry, str):
            table: dict[str, object] = {"slack_id": entry}
        elif isinstance(entry, dict):
            table = entry
        else:
            section.note('approvers must be written like [{ slack_id = "U03BEN", limit = 500 }]', "approvers")
            continue
        for key in table.keys() - {"slack_id", *_APPROVAL_LIMITS}:
            section.note(f'approvers: unknown key "{key}"; there are slack_id, limit and session_limit', "approvers")
        slack_id = _person(section, "approvers", table.get("slack_id"))
        if slack_id in found and slack_id:
            section.note(f"approvers names {slack_id} twice", "approvers")
        found[slack_id] = {}
        for key in _APPROVAL_LIMITS:
            try:
                found[slack_id][key] = amount_text(amount(table[key])) if key in table else None
            except BadInput as error:
                section.note(f"approvers: the {key} of {slack_id or 'somebody'} {error}", "approvers")
    return found


def _person(section: Section, key: str, entry: object) -> str:
    if isinstance(entry, str) and re.fullmatch("[UW][A-Z0-9]{2,30}", entry):
        return entry
    shown = f'"{entry}"' if isinstance(entry, str) else "something"
    problem = f"{shown} is not a Slack member id, which looks like U01ANA (Slack shows it in the profile)"
    section.note(f"{key}: {problem}", key)
    return ""


def _channel(text: str) -> str:
    if re.fullmatch("[CG][A-Z0-9]{2,30}", text):
        return text
    raise BadInput(f'"{text}" is not a Slack channel id, which looks like C01PARTS (Slack shows it in the details)')


def _note_twice(section: Section, key: str, entries: list[str]) -> None:
    for entry in dict.fromkeys(entries):
        if entries.count(entry) > 1:
            section.note(f'{key} names "{entry}" twice', key)
