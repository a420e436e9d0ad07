"""What has to happen to each open line before its session can be signed off, and who may sign.

A shortage is never buried: as long as a line is open, there is nothing to sign. Signing decides no variance, so who
counted a line may sign, if they decide for the team. Only the one who counted all of it does not also sign that it was
done, when something was posted and somebody else is there.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from models.rules.lines import LineState

_FIRST: Mapping[LineState, str] = MappingProxyType(
    {
        LineState.TO_COUNT: "count it, or say why it cannot be counted",
        LineState.RECOUNT: "it waits for a recount",
        LineState.IN_REVIEW: "decide it on its card",
    }
)


def what_first(state: LineState, *, is_adding_up: bool = False, asked: str | None = None) -> str | None:
    """What has to happen to a line first; None for one that is closed. `asked` is who is to recount it."""
    if state is LineState.TO_COUNT and is_adding_up:
        return "it is being added up: close its parts with “done”"
    if state is LineState.RECOUNT and asked is not None:
        return f"{asked} is asked to count it again"
    return _FIRST.get(state)


def is_alone(signer: int, counters: Collection[int], others: Collection[int], *, has_posted: bool) -> bool:
    """Whether `signer` made every count (ids of members), something was posted, and one of `others` can sign."""
    return has_posted and set(counters) == {signer} and bool(set(others) - {signer})
