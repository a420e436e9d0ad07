"""What comes first, who signs alone, and what differs between two receipts: worked examples."""

import pytest

from models.rules.lines import LineState
from models.rules.receipts import changes
from models.rules.sign_offs import is_alone, what_first


@pytest.mark.parametrize(
    ("state", "how", "what"),
    [
        (LineState.TO_COUNT, {}, "count it, or say why it cannot be counted"),
        (LineState.TO_COUNT, {"is_adding_up": True}, "it is being added up: close its parts with “done”"),
        (LineState.RECOUNT, {"asked": "Dan"}, "Dan is asked to count it again"),
        (LineState.RECOUNT, {}, "it waits for a recount"),
        (LineState.IN_REVIEW, {}, "decide it on its card"),
        (LineState.RECONCILED, {}, None),
        (LineState.REJECTED, {}, None),
        (LineState.SKIPPED, {}, None),
    ],
)
def test_every_open_line_has_something_to_do_first(state: LineState, how: dict[str, bool], what: str | None) -> None:
    assert what_first(state, **how) == what  # type: ignore[arg-type]  # parametrized words


@pytest.mark.parametrize(
    ("signer", "counters", "others", "has_posted", "alone"),
    [
        (1, [1], [1, 2], True, True),
        (1, [1], [1, 2], False, False),
        (1, [1], [1], True, False),
        (1, [1, 3], [1, 2], True, False),
        (1, [], [1, 2], True, False),
        (1, [2], [1, 2], True, False),
    ],
)
def test_who_counted_all_of_it(
    signer: int, counters: list[int], others: list[int], *, has_posted: bool, alone: bool
) -> None:
    assert is_alone(signer, counters, others, has_posted=has_posted) is alone


def row(line: str, posted: str, sku: str = "BOLT-10") -> dict[str, str]:
    return {"line": line, "bin": "A-01", "sku": sku, "posted": posted}


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ([row("1", "0")], [row("1", "0")], []),
        ([row("1", "-12")], [row("1", "0")], ["BOLT-10 in A-01: posted was -12, is 0"]),
        ([row("1", "")], [row("1", "3")], ["BOLT-10 in A-01: posted was empty, is 3"]),
        ([row("1", "0")], [], ["BOLT-10 in A-01: is missing"]),
        ([], [row("1", "0")], ["BOLT-10 in A-01: is there and was not"]),
        ([row("1", "0")], [{**row("1", "0"), "more": "x"}], ["BOLT-10 in A-01: more was empty, is x"]),
    ],
)
def test_what_differs(was: list[dict[str, str]], now: list[dict[str, str]], said: list[str]) -> None:
    assert [change.said for change in changes(was, now)] == said


def test_only_the_columns_that_are_asked_for() -> None:
    assert list(changes([row("1", "0")], [row("1", "1")], ("state",))) == []
