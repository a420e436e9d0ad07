"""What a plan chooses: policies with shares of its lines, how many lines each gets, and how that is said to people."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from types import MappingProxyType

from models.rules import wording
from models.rules.policy_kinds import (
    CAPPED,
    DEFINITIONS,
    FORMS,
    HIDDEN,
    READS_BALANCE,
    STRENGTH,
    WHOLE,
    Choice,
    Policy,
)
from models.rules.policy_text import LONGEST, NAMED, parse_policies, policies_text

__all__ = [
    "CAPPED",
    "DEFINITIONS",
    "FORMS",
    "HIDDEN",
    "LONGEST",
    "NAMED",
    "READS_BALANCE",
    "STRENGTH",
    "Choice",
    "Policy",
    "describe",
    "describe_all",
    "parse_policies",
    "policies_text",
    "slots",
]


def slots(choices: Sequence[Choice], lines: int) -> tuple[int, ...]:
    """How many of `lines` each choice may pick first: its share, in whole lines, by largest remainder.

    Choices without a share split the rest equally. Every choice gets its exact part rounded down or up; of equal
    remainders the stronger policy's is rounded up. A small share may be no line at all: 1 % of 12 lines is 0 in every
    run, not one line now and then. Together they are `lines`, or less when the shares leave some to nobody.
    """
    without = sum(choice.share is None for choice in choices)
    left = WHOLE - sum(choice.share or 0 for choice in choices)
    percents = [Fraction(left, without) if choice.share is None else Fraction(choice.share) for choice in choices]
    exact = [percent * lines / WHOLE for percent in percents]
    given = [floor(part) for part in exact]
    order = sorted(
        range(len(choices)), key=lambda place: (given[place] - exact[place], STRENGTH.index(choices[place].policy))
    )
    for place in order[: floor(sum(exact)) - sum(given)]:
        given[place] += 1
    return tuple(given)


def describe(choice: Choice, currency: str = "") -> str:
    """A choice in words, without its share: "what is due", "more than 500.00 EUR moved since the last count"."""
    return f"{_WORDS[choice.policy]}{_arguments(choice, currency)}"


def describe_all(choices: Sequence[Choice], currency: str = "", *, to_counters: bool) -> str:
    """What a plan chooses, in words: "half of the lines what is due, the rest never counted before".

    With `to_counters` what would give the on-hand away is "chosen by stock control", all of it together.
    """
    kept_back = [choice for choice in choices if to_counters and choice.policy in HIDDEN]
    parts = [(choice.share, describe(choice, currency)) for choice in choices if choice not in kept_back]
    if kept_back:
        shares = [choice.share for choice in kept_back if choice.share is not None]
        parts.append((sum(shares) if len(shares) == len(kept_back) else None, "chosen by stock control"))
    shared = [(f"{share} %", words) for share, words in parts if share is not None]
    if len(shared) == 1:
        shared = [(_FRACTIONS.get(part, part), words) for part, words in shared]
    said = [f"{part}{'' if place else ' of the lines'} {words}" for place, (part, words) in enumerate(shared)]
    rest = ", ".join(words for share, words in parts if share is None)
    return ", ".join([*said, f"the rest {rest}" if said else rest] if rest else said)


def _arguments(choice: Choice, currency: str) -> str:
    if choice.amount is not None:
        return f"{wording.money(choice.amount, currency).strip()} moved since the last count"
    if choice.percent is not None:
        counts = "last count" if choice.last == 1 else f"last {choice.last} counts"
        return f"{wording.percent(choice.percent)} accuracy in their {counts}"
    if choice.window_days is not None:
        days = "1 day" if choice.window_days == 1 else f"{choice.window_days} days"
        return f"{days} ago or earlier and not counted since" if choice.policy is Policy.ADJUSTED else days
    return wording.all_of(
        (*choice.classes, *(f"{prefix}…" for prefix in choice.prefixes), *choice.categories, *choice.skus)
    )


_WORDS = MappingProxyType(
    {
        Policy.DUE: "what is due",
        Policy.ABC: "class ",
        Policy.VELOCITY: "most moved in ",
        Policy.VALUE: "high value",
        Policy.LOCATION: "bins ",
        Policy.CATEGORY: "category ",
        Policy.RANDOM: "random sample",
        Policy.CONTROL: "control group ",
        Policy.NEVER: "never counted before",
        Policy.ZERO: "zero balance",
        Policy.NEGATIVE: "negative balance",
        Policy.LOW: "below reorder point",
        Policy.TURNOVER: "more than ",
        Policy.ADJUSTED: "adjusted ",
        Policy.INACCURATE: "bins under ",
    }
)

_FRACTIONS = MappingProxyType({"25 %": "a quarter", "50 %": "half", "75 %": "three quarters", "100 %": "all"})
