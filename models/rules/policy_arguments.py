"""The arguments of each policy, read from the words that stand between its name and its share."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from models.errors import BadInput
from models.rules import wording
from models.rules.policy_kinds import (
    ADJUSTED_DAYS,
    FORMS,
    INACCURATE_LAST,
    INACCURATE_PERCENT,
    VELOCITY_DAYS,
    WHOLE,
    Choice,
    Policy,
)

LONGEST_WINDOW = 730  # days
MOST_COUNTS = 100
ECHO = 40  # characters of what was typed that a sentence repeats


class Word(NamedTuple):
    """A word of an entry: a percentage ("70", without its sign), or anything else, without its quotes."""

    text: str
    is_percent: bool = False


def read_arguments(policy: Policy, words: list[Word]) -> Choice:
    """The choice of a policy with these arguments and no share; BadInput when they are not the policy's."""
    return _READERS[policy](policy, words)


def _nothing(policy: Policy, words: list[Word]) -> Choice:
    if words:
        shown = wording.cut(words[0].text, ECHO)
        hint = f"a share has a percent sign, like “{policy} {shown}%”" if shown.isdigit() else f"write “{policy}” alone"
        raise BadInput(f"“{policy}” takes nothing after its name but a share, not “{shown}”; {hint}.")
    return Choice(policy)


def _classes(policy: Policy, words: list[Word]) -> Choice:
    found = sorted({name.upper() for name in _names(policy, words, "classes")})
    for name in found:
        if not re.fullmatch("[A-Z]", name):
            raise BadInput(f"“{wording.cut(name, ECHO)}” is not a class; write letters, like “{FORMS[policy]}”.")
    return Choice(policy, classes=tuple(found))


def _prefixes(policy: Policy, words: list[Word]) -> Choice:
    return Choice(policy, prefixes=_names(policy, words, "the beginnings of bins"))


def _categories(policy: Policy, words: list[Word]) -> Choice:
    return Choice(policy, categories=_names(policy, words, "names of categories"))


def _skus(policy: Policy, words: list[Word]) -> Choice:
    return Choice(policy, skus=_names(policy, words, "SKUs"))


def _names(policy: Policy, words: list[Word], what: str) -> tuple[str, ...]:
    """The words as names, each once; a percentage among them is a share in the wrong place."""
    for word in words:
        if word.is_percent:
            raise BadInput(f"“{word.text}%” stands among {what} of “{policy}”; write the share last.")
        if not word.text.strip():
            raise BadInput(f"There is nothing between the quotes after “{policy}”; write it like “{FORMS[policy]}”.")
    if not words:
        raise BadInput(f"“{policy}” needs {what}, like “{FORMS[policy]}”.")
    return tuple(dict.fromkeys(word.text for word in words))


def _window(policy: Policy, words: list[Word]) -> Choice:
    if not words:
        return Choice(policy, window_days=VELOCITY_DAYS if policy is Policy.VELOCITY else ADJUSTED_DAYS)
    typed = _joined(words)
    found = re.fullmatch(r"([0-9]{1,5}) ?d(?:ays?)?", typed.lower())
    if found is None or not 1 <= int(found[1]) <= LONGEST_WINDOW:
        shown = wording.cut(typed, ECHO)
        raise BadInput(f"“{policy}” takes 1 to {LONGEST_WINDOW} days, like “{FORMS[policy]}”, not “{shown}”.")
    return Choice(policy, window_days=int(found[1]))


def _amount(policy: Policy, words: list[Word]) -> Choice:
    if not words:
        raise BadInput(f"“{policy}” needs an amount, like “{FORMS[policy]}”.")
    typed = _joined(words)
    if not re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,4})?", typed):
        shown = wording.cut(typed, ECHO)
        raise BadInput(f"“{policy}” takes one plain amount, like “{FORMS[policy]}”, not “{shown}”.")
    return Choice(policy, amount=Decimal(typed))


def _accuracy(policy: Policy, words: list[Word]) -> Choice:
    typed = _joined(words)
    found = re.fullmatch(r"(?:([0-9]{1,3}(?:\.[0-9]{1,2})?)%)?(?: ?of ([0-9]{1,4}))?", typed.lower())
    percent, last = found.groups() if found else (None, None)
    least = Decimal(percent) if percent else INACCURATE_PERCENT
    counts = int(last) if last else INACCURATE_LAST
    if found is None or not 0 < least <= WHOLE or not 1 <= counts <= MOST_COUNTS:
        shown = wording.cut(typed, ECHO)
        raise BadInput(
            f"“{policy}” takes a percentage up to {WHOLE} and a number of counts up to {MOST_COUNTS}, "
            f"like “{FORMS[policy]}”, not “{shown}”."
        )
    return Choice(policy, percent=least, last=counts)


def _joined(words: list[Word]) -> str:
    return " ".join(f"{word.text}%" if word.is_percent else word.text for word in words)


_READERS: Mapping[Policy, Callable[[Policy, list[Word]], Choice]] = MappingProxyType(
    dict.fromkeys(Policy, _nothing)
    | {
        Policy.ABC: _classes,
        Policy.LOCATION: _prefixes,
        Policy.CATEGORY: _categories,
        Policy.CONTROL: _skus,
        Policy.VELOCITY: _window,
        Policy.ADJUSTED: _window,
        Policy.TURNOVER: _amount,
        Policy.INACCURATE: _accuracy,
    }
)
