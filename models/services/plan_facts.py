"""A plan as facts: the one form in which setup.toml, the form in Slack and the tables describe it.

Facts are flat, and canonical: what means the same is written the same, so that two descriptions can be compared word
by word. `read_facts` makes them of what people wrote, `read_tolerance` does it for the limits of the plan.

==============  ============  ======================================================================
`team`          text          its name
`schedule`      text          as it was written, spaces aside (`models.rules.schedules`)
`select`        text          policies (`models.rules.policies`)
`bins`          text          prefixes in order, with commas: `A-01,A-02`; empty for all of the team's
`categories`    text          a JSON list of names in order: `["Fasteners"]`; `[]` for all
`lines`         whole number  at most so many in a run
`pace`          text          `level` or `full`
`blind`         yes or no
`paused`        yes or no
`due_in`        text          a length of time: `4h`, `1h30m`
`grace`         text          the same
`recounts`      whole number
`replies`       yes or no
`at_due`        text          `expire` or `keep`
==============  ============  ======================================================================
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from models.errors import BadInput
from models.plans import AtDue, CountPlan, Pace
from models.rules import wording
from models.rules.durations import parse_duration
from models.rules.policies import parse_policies, policies_text
from models.rules.schedules import parse_schedule
from models.rules.tolerance import Measure, Side
from models.services.setup_sections import amount
from models.services.setup_things import OFF, Fact, Facts, amount_text, duration_text

MOST_LINES = 200
MOST_RECOUNTS = 5
LONGEST_NAME = 80
LONGEST_PREFIX = 80
ECHO = 40
"""Characters of what somebody wrote that a sentence repeats."""

Tolerance = dict[str, Facts]
"""Limits by measure (`quantity`, `percent`, `value`): each side (`plus`, `minus`) is an amount, "off", or None."""

DEFAULTS: Mapping[str, object] = MappingProxyType(
    {
        "select": "due",
        "bins": (),
        "categories": (),
        "lines": 12,
        "pace": Pace.LEVEL,
        "blind": True,
        "paused": False,
        "due_in": "4h",
        "grace": "24h",
        "recounts": 1,
        "replies": True,
        "at_due": AtDue.EXPIRE,
    }
)
"""What is meant where nothing is said; a team and a schedule must be."""

_REQUIRED = {"team": "Say which team counts.", "schedule": "Say when it runs, like “daily 07:00”."}


def read_facts(values: Mapping[str, object]) -> tuple[Facts, dict[str, str]]:
    """The facts that `values` mean, and what is wrong with which of them; a fact that is wrong is left empty.

    What is left out or None has its default. Facts are read as themselves.
    """
    facts: Facts = {}
    problems: dict[str, str] = {}
    for name, read in _READERS.items():
        value = values.get(name)
        try:
            facts[name] = read(DEFAULTS.get(name) if value is None else value)
        except BadInput as error:
            facts[name] = ""
            problems[name] = str(error) if value is not None else _REQUIRED.get(name, str(error))
    return facts, problems


def read_tolerance(values: Mapping[str, Mapping[str, object]]) -> tuple[Tolerance, dict[str, str]]:
    """The limits that `values` mean, by measure, and what is wrong ("tolerance.percent"); no limit: not in it."""
    tolerance: Tolerance = {}
    problems: dict[str, str] = {}
    for measure in Measure:
        sides: Facts = {}
        for side in Side:
            try:
                sides[side] = _limit(values.get(measure, {}).get(side))
            except BadInput as error:
                problems[f"tolerance.{measure}"] = f"The limit {error}. Or write “{OFF}”."
        if any(limit is not None for limit in sides.values()):
            tolerance[measure] = sides
    return tolerance, problems


def bins_of(facts: Facts) -> tuple[str, ...]:
    """The prefixes of the fact `bins`."""
    return tuple(filter(None, str(facts["bins"]).split(",")))


def categories_of(facts: Facts) -> tuple[str, ...]:
    """The names of the fact `categories`."""
    return tuple(json.loads(str(facts["categories"]) or "[]"))


def _limit(value: object) -> str | None:
    typed = value.strip() if isinstance(value, str) else value
    if typed is None or typed == "":
        return None
    if typed == OFF:
        return OFF
    try:
        return amount_text(amount(Decimal(typed) if isinstance(typed, str) else typed))
    except InvalidOperation:
        raise BadInput("must be a number") from None


def _name(value: object) -> Fact:
    typed = value.strip() if isinstance(value, str) else ""
    if not typed or not typed.isprintable() or len(typed) > LONGEST_NAME:
        raise BadInput(_REQUIRED["team"])
    return typed


def _schedule(value: object) -> Fact:
    # Whether the zone is right was asked of the company; the words of a schedule mean the same in every zone.
    return parse_schedule(_text(value, "a text, like “daily 07:00”"), "UTC").text


def _select(value: object) -> Fact:
    return policies_text(parse_policies(", ".join(_texts(value, "due 70%", "random 30%"))))


def _bins(value: object) -> Fact:
    typed = value.split(",") if isinstance(value, str) else _texts(value, "A-01", "A-02")
    prefixes = sorted({prefix.strip() for prefix in typed} - {""})
    for prefix in prefixes:
        if "," in prefix:
            raise BadInput(f"“{wording.cut(prefix, ECHO)}” has a comma in it; write each prefix by itself.")
        if len(prefix) > LONGEST_PREFIX or not prefix.isprintable():
            raise BadInput(f"“{wording.cut(prefix, ECHO)}” is not the beginning of a bin's code.")
    return _fitting(",".join(prefixes), "bins", "prefixes")


def _categories(value: object) -> Fact:
    typed = value.strip() if isinstance(value, str) else ""
    if typed.startswith("["):
        with suppress(ValueError):  # a name that begins like a list
            value = json.loads(typed)
    names = sorted({name.strip() for name in _texts(value, "Fasteners", "Oils")} - {""})
    return _fitting(json.dumps(names, ensure_ascii=False), "categories", "names")


def _fitting(text: str, column: str, what: str) -> str:
    longest: int = CountPlan.__table__.c[column].type.length  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    if len(text) > longest:
        raise BadInput(f"These are more {what} than fit; name fewer, or make a second plan.")
    return text


def _duration(value: object) -> Fact:
    return duration_text(parse_duration(_text(value, "a length of time, like 4h or 90m")))


def _whole(smallest: int, largest: int) -> Callable[[object], Fact]:
    def read(value: object) -> Fact:
        typed = value.strip() if isinstance(value, str) else value
        number = int(typed) if isinstance(typed, str) and re.fullmatch("[0-9]{1,6}", typed) else typed
        if not isinstance(number, int) or isinstance(number, bool) or not smallest <= number <= largest:
            raise BadInput(f"Write a whole number from {smallest} to {largest}.")
        return number

    return read


def _flag(value: object) -> Fact:
    if not isinstance(value, bool):
        raise BadInput("Write true or false.")
    return value


def _choice(choices: Iterable[str]) -> Callable[[object], Fact]:
    known = tuple(str(choice) for choice in choices)

    def read(value: object) -> Fact:
        if value not in known:
            raise BadInput(f"Write {wording.any_of([f'“{word}”' for word in known])}.")
        return str(value)

    return read


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise BadInput(f"Write {what}.")
    return value


def _texts(value: object, *examples: str) -> list[str]:
    """A list of texts, or one of them by itself."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, (list, tuple)) or not all(isinstance(entry, str) for entry in value):
        shown = ", ".join(f'"{example}"' for example in examples)
        raise BadInput(f"Write a list of texts, like [{shown}].")
    return list(value)


_READERS: Mapping[str, Callable[[object], Fact]] = MappingProxyType(
    {
        "team": _name,
        "schedule": _schedule,
        "select": _select,
        "bins": _bins,
        "categories": _categories,
        "lines": _whole(1, MOST_LINES),
        "pace": _choice(Pace),
        "blind": _flag,
        "paused": _flag,
        "due_in": _duration,
        "grace": _duration,
        "recounts": _whole(0, MOST_RECOUNTS),
        "replies": _flag,
        "at_due": _choice(AtDue),
    }
)
