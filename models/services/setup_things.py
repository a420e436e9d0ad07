"""The things a set-up is made of, whichever side they come from: the file, its last version, or the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from models.services.setup_sections import Section

Key = tuple[str, ...]
Fact = str | int | bool | None
Facts = dict[str, Fact]

OFF = "off"

CALENDAR_FACTS = ("holidays", "working_days", "shutdowns", "quiet")

_WORDS: Mapping[tuple[str, Fact], str] = MappingProxyType({("bins", ""): "all", ("categories", "[]"): "all"})


class Kind(StrEnum):
    """What a thing is. Its key, and its facts, stand behind it."""

    COMPANY = "company"  # (): timezone, currency, accuracy_of_people
    CONTROLLER = "controller"  # Slack id
    TEAM = "team"  # name: channel, review_channel
    CALENDAR = "calendar"  # () of the company, or team: holidays, working_days, shutdowns, quiet
    BINS = "bins"  # team, prefix
    COUNTER = "counter"  # team, Slack id
    APPROVER = "approver"  # team, Slack id: limit
    PLAN = "plan"  # name: as in `models.services.plan_facts`
    TOLERANCE = "tolerance"  # scope, its key, measure: plus, minus
    CLASSES = "classes"  # (): by, window, cuts, every
    FREQUENCY = "frequency"  # class: counts_per_year
    PIN = "pin"  # SKU: class
    CAUSES = "causes"  # (): offered, required_above
    CAUSE = "cause"  # name: consuming
    REORDER = "reorder"  # (): lead_time, service_level, order_for, overstock, dead_stock


@dataclass(frozen=True)
class SetupThing:
    """One thing, with everything that is said about it, and the section of the file that says it.

    `defaults` are the facts that are not named there, and so have their defaults.
    """

    kind: Kind
    key: Key
    facts: Facts
    section: Section | None = field(default=None, compare=False, repr=False)
    defaults: frozenset[str] = field(default=frozenset(), compare=False)

    def __str__(self) -> str:
        return label(self.kind, self.key)


def label(kind: Kind, key: Key) -> str:
    """What to call a thing in a sentence."""
    match kind, key:
        case Kind.BINS, (team, prefix):
            text = f'team "{team}": bins {prefix}'
        case ((Kind.COUNTER | Kind.APPROVER), (team, slack_id)):
            text = f'team "{team}": {kind} {slack_id}'
        case Kind.TOLERANCE, (scope, scope_key, measure):
            text = f'tolerance of {scope} "{scope_key}": {measure}' if scope_key else f"tolerance: {measure}"
        case Kind.CALENDAR, (team,):
            text = f'calendar of team "{team}"'
        case Kind.FREQUENCY, (letter,):
            text = f"class {letter}"
        case Kind.PIN, (sku,):
            text = f"pin of {sku}"
        case Kind.CONTROLLER, (slack_id,):
            text = f"controller {slack_id}"
        case ((Kind.TEAM | Kind.PLAN | Kind.CAUSE), (name,)):
            text = f'{kind} "{name}"'
        case _:
            text = str(kind)
    return text


def said(value: Fact, name: str = "") -> str:
    """A fact in a sentence; `name` is what it is a fact of."""
    if (word := _WORDS.get((name, value))) is not None:
        return word
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "as the company" if name in CALENDAR_FACTS else "none"
    return f'"{value}"' if isinstance(value, str) and name != "categories" else str(value)


def amount_text(amount: Decimal) -> str:
    """A number as a fact: without trailing zeros, so that 2 and 2.00 are the same."""
    return f"{amount.normalize():f}"


def duration_text(length: timedelta) -> str:
    """A length of time as a fact: 90 minutes are "1h30m"."""
    seconds = int(length.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
