"""Policies as text: the one form in which a plan says what it chooses, in `setup.toml`, in Slack and in the database.

    due 70%, random 20%, category "Oils, greases" 10%

Entries are separated by commas. Each is a policy's name, its arguments, and perhaps a share of the plan's lines. The
share is the last word of an entry when that word ends in `%`; so `inaccurate 90% of 5 20%` has a share of 20,
`inaccurate 90% of 5` has none, and `inaccurate 20%` is a share of 20 with the usual 90 % of 5 counts. A word with
spaces, commas or a percent sign in it stands in quotes; a quote inside quotes is written twice.

`policies_text` writes one canonical form: what it writes is read back as the same choices.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from models.errors import BadInput
from models.rules import wording
from models.rules.nearest import nearest
from models.rules.policy_arguments import ECHO, Word, read_arguments
from models.rules.policy_kinds import CAPPED, FORMS, WHOLE, Choice, Policy

LONGEST = 500
"""The most characters the policies of a plan may have; a plan stores their canonical text."""

NAMED = frozenset((Policy.ABC, Policy.LOCATION, Policy.CATEGORY, Policy.CONTROL))
"""Policies whose arguments are one or more names."""

_BARE = re.compile(r"[\w./:#+-]+")
_WORD = re.compile(
    r"""\s*(?:
        (?P<comma>,)
      | "(?P<straight>(?:[^"]|"")*)"
      | “(?P<curly>[^”“"]*)[”“"]
      | „(?P<low>[^”“"]*)[”“"]
      | (?P<percent>-?[0-9]+(?:\.[0-9]+)?)\s*%(?=[\s,]|$)
      | (?P<bare>[^\s,"“„][^\s,]*)
    )""",
    re.VERBOSE,
)


def parse_policies(text: str) -> tuple[Choice, ...]:
    """Read a list of policies. Capitals of names and classes do not matter, nor do spaces; an empty entry is nothing.

    Raises:
        BadInput: with a sentence that says what to change.
    """
    if len(text) > 2 * LONGEST:  # room for spaces and usual arguments; the canonical text is measured below
        raise _too_long()
    choices: tuple[Choice, ...] = ()
    for entry in filter(None, _entries(text)):
        choices += (_choice(entry, choices),)
    if not choices:
        raise BadInput("Say what to choose, like “due” or “due 70%, random 30%”.")
    _check_together(choices)
    if len(policies_text(choices)) > LONGEST:
        raise _too_long()
    return choices


def policies_text(choices: Sequence[Choice]) -> str:
    """The canonical text of policies: arguments written out, shares last."""
    return ", ".join(" ".join(_written(choice)) for choice in choices)


def _written(choice: Choice) -> list[str]:
    words = [choice.policy.value]
    words += [_quoted(word) for word in (*choice.classes, *choice.prefixes, *choice.skus)]
    words += [_quoted(name, always=True) for name in choice.categories]
    if choice.window_days is not None:
        words.append(f"{choice.window_days}d")
    if choice.amount is not None:
        words.append(_plain(choice.amount))
    if choice.percent is not None:
        words += [f"{_plain(choice.percent)}%", "of", str(choice.last)]
    if choice.share is not None:
        words.append(f"{choice.share}%")
    return words


def _quoted(word: str, *, always: bool = False) -> str:
    if _BARE.fullmatch(word) and not always:
        return word
    doubled = word.replace('"', '""')
    return f'"{doubled}"'


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _entries(text: str) -> list[list[Word]]:
    """The words of each entry, between commas that are not in quotes."""
    entries: list[list[Word]] = [[]]
    place, typed = 0, text.rstrip()
    while place < len(typed):
        found = _WORD.match(typed, place)
        if found is None:
            raise BadInput(f"The quote that opens at “{wording.cut(typed[place:].strip(), ECHO)}” is not closed.")
        place = found.end()
        kind, word = found.lastgroup, found[found.lastgroup or 0]
        if kind == "comma":
            entries.append([])
        else:
            word = word.replace('""', '"') if kind == "straight" else word
            entries[-1].append(Word(word, is_percent=kind == "percent"))
    return entries


def _choice(words: list[Word], before: tuple[Choice, ...]) -> Choice:
    policy = _policy(words[0], before)
    arguments = words[1:]
    share = arguments.pop() if arguments and arguments[-1].is_percent else None
    choice = read_arguments(policy, arguments)
    return choice if share is None else replace(choice, share=_share(share, policy))


def _policy(word: Word, before: tuple[Choice, ...]) -> Policy:
    typed = word.text.lower()
    if typed in set(Policy):
        return Policy(typed)
    shown = wording.cut(word.text, ECHO)
    if word.is_percent:
        raise BadInput(f"“{shown}%” stands before a name; write the share last, like “due 70%”.")
    last = before[-1].policy if before else None
    close = nearest(typed, list(Policy)) if len(typed) > 1 else None
    if typed.isdigit() and last is Policy.TURNOVER:
        hint = f"write an amount without commas, like “{FORMS[last]}”."
    elif close:
        hint = f"did you mean “{close}”?"
    elif last in NAMED:
        hint = f"to add it to “{last}”, write a space instead of the comma, like “{FORMS[last]}”."
    else:
        hint = f"choose from {wording.all_of(sorted(Policy))}."
    raise BadInput(f"“{shown}” is not a way to choose; {hint}")


def _share(word: Word, policy: Policy) -> int:
    if "." in word.text:
        raise BadInput(f"A share of {word.text} % is not a whole number; write it like “{policy} 30%”.")
    if not 1 <= (share := int(word.text)) <= WHOLE:
        raise BadInput(f"A share of {share} % is not possible; write 1 to {WHOLE}, like “{policy} 30%”.")
    return share


def _check_together(choices: tuple[Choice, ...]) -> None:
    seen: set[Policy] = set()
    for choice in choices:
        if choice.policy in seen:
            named = choice.policy in NAMED
            how = f", with all its names, like “{FORMS[choice.policy]}”" if named else ""
            raise BadInput(f"“{choice.policy}” stands there twice; write it once{how}.")
        seen.add(choice.policy)
    total = sum(choice.share or 0 for choice in choices)
    if total > WHOLE:
        raise BadInput(f"The shares add up to {total} %; they may not pass {WHOLE} %.")
    for choice in choices:
        if total == WHOLE and choice.share is None and choice.policy in CAPPED:
            raise BadInput(f"The other shares leave nothing for “{choice.policy}”; lower one of them.")


def _too_long() -> BadInput:
    return BadInput(f"That is more than {LONGEST} characters of policies; name fewer, or make a second plan.")
