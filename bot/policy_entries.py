"""The policies in the form of a plan: each has one field for its arguments and its share.

They are said in the words in which policies are written everywhere (`models.rules.policies`), without the policy's own
name, which the field has for its label.
"""

import re

from bot.payloads import NOT_MINE
from models.errors import BadInput
from models.rules.policies import NAMED, Choice, Policy, parse_policies, policies_text

Entries = dict[str, list[str]]
"""What stands in the fields of a form, by block id."""

CHOICE = "choice"
"""The field in which policies are chosen."""

_QUOTED_OR_COMMA = re.compile(r"""["“„][^"”“]*["”“]|,""")


def one(entries: Entries, block_id: str) -> str:
    """What stands in a field; empty for nothing."""
    return next(iter(entries.get(block_id, ())), "")


def arguments_field(policy: str) -> str:
    """The block id of a policy's field."""
    return f"policy.{policy}"


def chosen_policies(entries: Entries) -> list[Policy]:
    """The policies that are chosen; BadInput for one that does not exist."""
    try:
        return [Policy(name) for name in dict.fromkeys(entries.get(CHOICE, ()))]
    except ValueError:
        raise BadInput(NOT_MINE) from None


def read_choices(entries: Entries, errors: dict[str, str]) -> tuple[Choice, ...]:
    """What the plan chooses, as far as it can be read; what cannot is added to `errors`, by field."""
    found: list[Choice] = []
    for policy in chosen_policies(entries):
        block_id = arguments_field(policy)
        try:
            first, *others = parse_policies(f"{policy} {_with_spaces(policy, one(entries, block_id))}")
        except BadInput as error:
            errors[block_id] = _in_its_field(policy, str(error))
            continue
        if others:
            errors[block_id] = f"Only “{policy}” is said here; choose “{others[0].policy}” above."
        found.append(first)
    if not found and not any(arguments_field(policy) in errors for policy in Policy):
        errors[CHOICE] = "Choose at least one."
    elif len(found) > 1:
        try:
            parse_policies(policies_text(found))
        except BadInput as error:
            errors[CHOICE] = str(error)
    return tuple(found)


def _with_spaces(policy: Policy, typed: str) -> str:
    """The names of a policy with spaces between them, as it is written elsewhere: here only one policy is said."""
    return _QUOTED_OR_COMMA.sub(lambda found: found[0].strip(",") or " ", typed) if policy in NAMED else typed


def _in_its_field(policy: Policy, sentence: str) -> str:
    """A sentence on the words of a policy where its name is not written: under its own field."""
    return sentence.replace(f"write “{policy}” alone", "leave it blank").replace(f"“{policy} ", "“")
