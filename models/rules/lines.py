"""The life of a count line: one table of moves and one function that makes them.

A line is to be counted, counted again, waiting for an approver, or closed (RECONCILED, REJECTED, SKIPPED). A
shortage cannot be buried by waiting: a recount that nobody makes ends at the approver, not in SKIPPED. Parts of a count
move nothing: a line that is being added up stays where it is, and is not skipped; parts that nobody closed in time send
it to review.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class LineState(StrEnum):
    """Where a line stands."""

    TO_COUNT = "TO_COUNT"
    RECOUNT = "RECOUNT"
    IN_REVIEW = "IN_REVIEW"
    RECONCILED = "RECONCILED"
    REJECTED = "REJECTED"
    SKIPPED = "SKIPPED"


class Move(StrEnum):
    """What happens to a line."""

    SETTLE = "within tolerance"
    ASK_RECOUNT = "ask for a recount"
    REVIEW = "send to review"
    SKIP = "skip"
    APPROVE = "approve"
    ADJUST = "adjust"
    REJECT = "reject"
    TRANSFER = "transfer"
    LATE_MOVEMENT = "late movement"
    REVERSE = "reverse"


class ImpossibleMove(Exception):
    """A line was to make a move that its state does not have."""


TRANSITIONS: Mapping[tuple[LineState, Move], LineState] = MappingProxyType(
    {
        (LineState.TO_COUNT, Move.SETTLE): LineState.RECONCILED,
        (LineState.TO_COUNT, Move.ASK_RECOUNT): LineState.RECOUNT,
        (LineState.TO_COUNT, Move.REVIEW): LineState.IN_REVIEW,
        (LineState.TO_COUNT, Move.SKIP): LineState.SKIPPED,
        (LineState.RECOUNT, Move.SETTLE): LineState.RECONCILED,
        (LineState.RECOUNT, Move.ASK_RECOUNT): LineState.RECOUNT,
        (LineState.RECOUNT, Move.REVIEW): LineState.IN_REVIEW,
        (LineState.IN_REVIEW, Move.APPROVE): LineState.RECONCILED,
        (LineState.IN_REVIEW, Move.ADJUST): LineState.RECONCILED,
        (LineState.IN_REVIEW, Move.TRANSFER): LineState.RECONCILED,
        (LineState.IN_REVIEW, Move.ASK_RECOUNT): LineState.RECOUNT,
        (LineState.IN_REVIEW, Move.REJECT): LineState.REJECTED,
        (LineState.RECONCILED, Move.LATE_MOVEMENT): LineState.IN_REVIEW,
        (LineState.REJECTED, Move.LATE_MOVEMENT): LineState.IN_REVIEW,
        (LineState.RECONCILED, Move.REVERSE): LineState.IN_REVIEW,
    }
)


REOPENING = frozenset({Move.LATE_MOVEMENT, Move.REVERSE})
"""Moves that open a line which was closed."""


def advance(state: LineState, move: Move) -> LineState:
    """Return the state after `move`.

    Raises:
        ImpossibleMove: a line in `state` cannot make it. Services check before; getting here is a defect.
    """
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise ImpossibleMove(f"a line that is {state} cannot be moved by “{move}”") from None
