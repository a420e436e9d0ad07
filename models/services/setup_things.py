"""The things a set-up is made of, whichever side they come from: the file, its last version, or the tables."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

Key = tuple[str, ...]
Fact = str | int | bool | None
Facts = dict[str, Fact]

OFF = "off"


class Kind(StrEnum):
    """What a thing is. Its key, and its facts, stand behind it."""

    COMPANY = "company"  # (): timezone, currency
    CONTROLLER = "controller"  # Slack id
    TEAM = "team"  # name: channel, review_channel
    BINS = "bins"  # team, prefix
    COUNTER = "counter"  # team, Slack id
    APPROVER = "approver"  # team, Slack id: limit
    PLAN = "plan"  # name: team, schedule, select, lines, due_in, grace, recounts, replies, at_due
    TOLERANCE = "tolerance"  # scope, its key, measure: plus, minus


@dataclass(frozen=True)
class Thing:
    """One thing, with everything that is said about it."""

    kind: Kind
    key: Key
    facts: Facts

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
        case Kind.CONTROLLER, (slack_id,):
            text = f"controller {slack_id}"
        case ((Kind.TEAM | Kind.PLAN), (name,)):
            text = f'{kind} "{name}"'
        case _:
            text = str(kind)
    return text


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
