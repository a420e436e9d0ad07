"""Every state and every move: what the diagram draws is allowed, and nothing else."""

from itertools import product

import pytest

from models.rules.lines import ImpossibleMove, LineState, Move, advance

TO_COUNT, RECOUNT, IN_REVIEW, RECONCILED, REJECTED, SKIPPED = LineState

DIAGRAM = {
    (TO_COUNT, Move.SETTLE): RECONCILED,
    (TO_COUNT, Move.ASK_RECOUNT): RECOUNT,
    (TO_COUNT, Move.REVIEW): IN_REVIEW,
    (TO_COUNT, Move.SKIP): SKIPPED,
    (RECOUNT, Move.SETTLE): RECONCILED,
    (RECOUNT, Move.ASK_RECOUNT): RECOUNT,
    (RECOUNT, Move.REVIEW): IN_REVIEW,
    (IN_REVIEW, Move.APPROVE): RECONCILED,
    (IN_REVIEW, Move.ADJUST): RECONCILED,
    (IN_REVIEW, Move.TRANSFER): RECONCILED,
    (IN_REVIEW, Move.ASK_RECOUNT): RECOUNT,
    (IN_REVIEW, Move.REJECT): REJECTED,
    (RECONCILED, Move.LATE_MOVEMENT): IN_REVIEW,
    (REJECTED, Move.LATE_MOVEMENT): IN_REVIEW,
    (RECONCILED, Move.REVERSE): IN_REVIEW,
}
REFUSED = [pair for pair in product(LineState, Move) if pair not in DIAGRAM]


@pytest.mark.parametrize(("state", "move"), DIAGRAM)
def test_a_move_of_the_diagram_leads_where_it_points(state: LineState, move: Move) -> None:
    assert advance(state, move) is DIAGRAM[state, move]


@pytest.mark.parametrize(("state", "move"), REFUSED)
def test_every_other_move_is_refused(state: LineState, move: Move) -> None:
    with pytest.raises(ImpossibleMove):
        advance(state, move)


def test_a_skipped_line_is_over() -> None:
    assert all((SKIPPED, move) in REFUSED for move in Move)


def test_a_shortage_cannot_be_buried_by_waiting() -> None:
    assert {state for (state, _), to in DIAGRAM.items() if to is SKIPPED} == {TO_COUNT}
