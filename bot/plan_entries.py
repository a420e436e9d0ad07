"""The form of a plan, between what stands in its fields and what a plan is (`models.services.plan_facts`).

*Entries* are the fields by block id, each as a list of texts: one that was typed or chosen, several of a menu that
takes several, none where nothing stands. `read` makes facts of entries, and says which field cannot be read;
`entries_of` is the way back. The fields of the policies are read in `bot.policy_entries`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.payloads import NOT_MINE
from bot.policy_entries import CHOICE, Entries, arguments_field, one, read_choices
from models.errors import BadInput
from models.rules.policies import Choice, parse_policies, policies_text
from models.rules.schedules import FROM, UNTIL, without_period
from models.rules.tolerance import Measure, Side
from models.services.plan_changes import PlanFacts
from models.services.plan_facts import Tolerance, bins_of, categories_of, read_facts
from models.services.setup_things import OFF, Facts

NAME, TEAM, LINES, BINS, CATEGORIES = "name", "team", "lines", "bins", "categories"
REPEATS, DATE, TIME, WEEKDAYS, MONTH_DAY, CRON = "repeats", "date", "time", "weekdays", "month_day", "cron"
MORE = "more"
FIRST_DAY, LAST_DAY = "first_day", "last_day"
PACE, DUE_IN, QUANTITY, PERCENT, VALUE, RECOUNTS = "pace", "due_in", "quantity", "percent", "value", "recounts"
REPLIES, BLIND, AT_DUE = "replies", "blind", "at_due"

YES, NO = "yes", "no"

RARE = (FIRST_DAY, LAST_DAY, PACE, DUE_IN, QUANTITY, PERCENT, VALUE, RECOUNTS, REPLIES, BLIND, AT_DUE)
"""Fields that show when `MORE` is ticked."""

LIMITS: Mapping[str, Measure] = MappingProxyType(
    {QUANTITY: Measure.QUANTITY, PERCENT: Measure.PERCENT, VALUE: Measure.VALUE}
)

LABELS: Mapping[str, str] = MappingProxyType(
    {
        NAME: "Name",
        TEAM: "Team",
        REPEATS: "Repeats",
        TIME: "Time",
        DATE: "Day",
        WEEKDAYS: "Days",
        MONTH_DAY: "Day of the month",
        CRON: "Cron line",
        CHOICE: "What to choose",
        LINES: "Lines a run, at most",
        BINS: "Bins",
        CATEGORIES: "Categories",
        FIRST_DAY: "First day",
        LAST_DAY: "Last day",
        PACE: "Pace",
        DUE_IN: "Due in",
        QUANTITY: "Tolerance in units",
        PERCENT: "Tolerance in percent",
        VALUE: "Tolerance",
        RECOUNTS: "Recounts",
        REPLIES: "Replies",
        BLIND: "What counters see",
        AT_DUE: "Lines nobody counted by the due time",
    }
)
"""What each field is called; a policy's is called like the policy."""

FIELD_OF_FACT: Mapping[str, str] = MappingProxyType(
    {name: name for name in (NAME, TEAM, LINES, BINS, CATEGORIES, PACE, DUE_IN, RECOUNTS, REPLIES, BLIND, AT_DUE)}
    | {f"tolerance.{measure}": block_id for block_id, measure in LIMITS.items()}
)
"""Under which field a sentence about a fact stands; the schedule's and the policies' depend on what is shown."""


class Repeats(StrEnum):
    """How often a plan runs: the first word of its schedule."""

    WEEKDAYS = "weekdays"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ONCE = "once"
    CRON = "cron"


SCHEDULE_FIELDS: Mapping[Repeats, tuple[str, ...]] = MappingProxyType(
    {
        Repeats.WEEKDAYS: (TIME,),
        Repeats.DAILY: (TIME,),
        Repeats.WEEKLY: (WEEKDAYS, TIME),
        Repeats.MONTHLY: (MONTH_DAY, TIME),
        Repeats.ONCE: (DATE, TIME),
        Repeats.CRON: (CRON,),
    }
)
"""The fields that make a schedule, in its order; a sentence about it stands under the first of them."""

PERIOD: Mapping[str, str] = MappingProxyType({FIRST_DAY: FROM, LAST_DAY: UNTIL})
"""The fields of the days between which a schedule repeats, and the words before them."""

_ASKED = {
    TIME: "Choose a time.",
    DATE: "Choose a day.",
    WEEKDAYS: "Choose at least one day.",
    MONTH_DAY: "Write a day of the month, 1 to 31.",
    CRON: "Write cron's five fields, like 0 7 * * mon-fri.",
}

# Other stars than cron's: what messages show instead of it, and what some keyboards type.
_STARS = str.maketrans({"\N{ASTERISK OPERATOR}": "*", "\N{FULLWIDTH ASTERISK}": "*", "\N{ZERO WIDTH SPACE}": None})


@dataclass
class Reading:
    """What entries say: the facts in the words of the form, and sentences by field for what cannot be read."""

    name: str
    facts: Facts
    tolerance: Tolerance
    choices: tuple[Choice, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)


def label_of(block_id: str) -> str:
    """What a field is called in a sentence."""
    return LABELS.get(block_id) or block_id.removeprefix(arguments_field(""))


def repeats_of(entries: Entries) -> Repeats:
    """How often it runs; BadInput for a word that is not ours."""
    try:
        return Repeats(one(entries, REPEATS))
    except ValueError:
        raise BadInput(NOT_MINE) from None


def read(entries: Entries, team: str, before: PlanFacts | None = None) -> Reading:
    """The facts of a form for the team of that name (empty: none is chosen).

    `before` is what the edited plan is now: what the form does not show stays so, and a schedule keeps the words it
    was written in unless its fields say something else.
    """
    kept: Facts = {} if before is None else dict(before.facts)
    found = Reading(" ".join(one(entries, NAME).split()), kept, _limits(entries, before))
    found.facts |= {
        "team": team or None,
        "bins": one(entries, BINS),
        "categories": json.dumps(entries.get(CATEGORIES, []), ensure_ascii=False),
        "replies": bool(entries.get(REPLIES)),
        "blind": one(entries, BLIND) != NO,
    }
    found.facts |= {name: one(entries, name) for name in (LINES, PACE, DUE_IN, RECOUNTS, AT_DUE)}
    schedule = _schedule(entries, found.errors)
    if before is not None and _says_the_same(entries, str(before.facts["schedule"])):
        schedule = str(before.facts["schedule"])
    found.facts["schedule"] = schedule
    found.choices = read_choices(entries, found.errors)
    found.facts["select"] = policies_text(found.choices)
    return found


def new_entries(first_day: date, team_id: int | None = None, name: str = "") -> Entries:
    """What a new form begins with: enough to be saved with a name and a team. `first_day` is the date it offers."""
    facts = read_facts({"team": NAME, "schedule": "weekdays 07:00"})[0]
    begin: Entries = {DATE: [str(first_day)], WEEKDAYS: ["mon"], MONTH_DAY: ["1"], MORE: []}
    return begin | entries_of(PlanFacts(name, facts, {}), team_id)


def entries_of(plan: PlanFacts, team_id: int | None) -> Entries:
    """The fields of a plan as it is. A limit that is not the same on both sides has no field."""
    facts = plan.facts
    choices = parse_policies(str(facts["select"]))
    entries: Entries = {
        NAME: [plan.name],
        TEAM: [] if team_id is None else [str(team_id)],
        CHOICE: [str(choice.policy) for choice in choices],
        BINS: [", ".join(bins_of(facts))],
        CATEGORIES: list(categories_of(facts)),
        REPLIES: [YES] if facts["replies"] else [],
        BLIND: [YES if facts["blind"] else NO],
    }
    entries |= {name: [str(facts[name])] for name in (LINES, PACE, DUE_IN, RECOUNTS, AT_DUE)}
    for choice in choices:
        entries[arguments_field(choice.policy)] = [policies_text([choice]).removeprefix(choice.policy).strip()]
    for block_id, measure in LIMITS.items():
        if _is_even(plan.tolerance, measure):
            entries[block_id] = [str(plan.tolerance.get(measure, {}).get(Side.PLUS) or "")]
    entries |= _schedule_entries(str(facts["schedule"]))
    return {block_id: [text for text in texts if text] for block_id, texts in entries.items()}


def uneven_limits(tolerance: Tolerance) -> dict[str, Facts]:
    """The limits that are not one number on both sides, by the field that cannot hold them: they are left as is."""
    return {block_id: tolerance[measure] for block_id, measure in LIMITS.items() if not _is_even(tolerance, measure)}


def _limits(entries: Entries, before: PlanFacts | None) -> Tolerance:
    found: Tolerance = {} if before is None else dict(before.tolerance)
    for block_id, measure in LIMITS.items():
        if _is_even(found, measure):
            found.pop(measure, None)
            if limit := one(entries, block_id):
                found[measure] = dict.fromkeys(Side, limit)
    return found


def _is_even(tolerance: Tolerance, measure: Measure) -> bool:
    plus, minus = (tolerance.get(measure, {}).get(side) for side in Side)
    return plus == minus and plus != OFF


def _schedule(entries: Entries, errors: dict[str, str]) -> str:
    repeats = repeats_of(entries)
    fields = SCHEDULE_FIELDS[repeats]
    errors |= {block_id: _ASKED[block_id] for block_id in fields if not entries.get(block_id)}
    words = [",".join(entries.get(block_id, ())) for block_id in fields]
    if repeats is Repeats.CRON:
        words = [_cron_fields(one(entries, CRON))]
    if repeats is not Repeats.ONCE:
        words += _period(entries, errors)
    return " ".join([repeats, *words])


def _period(entries: Entries, errors: dict[str, str]) -> list[str]:
    """The words of the first and the last day; what cannot be read of them is an error of the later field."""
    words: list[str] = []
    for block_id, word in PERIOD.items():
        if day := one(entries, block_id).strip():
            words += [word, day]
            try:
                without_period(" ".join([Repeats.DAILY, *words]))
            except BadInput as error:
                errors.setdefault(block_id, str(error))
                return words
    return words


def _cron_fields(typed: str) -> str:
    """A cron line as it is written everywhere: people copy it with its word, or with the star of a message."""
    return typed.translate(_STARS).strip().removeprefix(Repeats.CRON).strip()


def _says_the_same(entries: Entries, schedule: str) -> bool:
    return all(entries.get(block_id, []) == texts for block_id, texts in _schedule_entries(schedule).items())


def _schedule_entries(schedule: str) -> Entries:
    """The fields of a schedule; seconds, which no field can hold, are left out."""
    rhythm, *period = without_period(schedule)
    word, *rest = rhythm.lower().replace(", ", ",").split()
    repeats = Repeats(word)
    entries: Entries = {REPEATS: [str(repeats)]}
    entries |= {block_id: [] if day is None else [str(day)] for block_id, day in zip(PERIOD, period, strict=True)}
    texts = [" ".join(rest)] if repeats is Repeats.CRON else rest
    for block_id, text in zip(SCHEDULE_FIELDS[repeats], texts, strict=True):
        match block_id:
            case "time":
                hours, minutes = text.split(":")[:2]
                entries[block_id] = [f"{int(hours):02}:{minutes}"]
            case "weekdays":
                entries[block_id] = list(dict.fromkeys(day[:3] for day in text.split(",")))
            case "month_day":
                entries[block_id] = [str(int(text))]
            case _:
                entries[block_id] = [text]
    return entries
