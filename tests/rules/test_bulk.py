"""Which lines a bulk approval takes, and what it says of each other one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from models.rules.bulk import Candidate, Criteria, choose
from models.rules.causes import Causes

LINE = Candidate(1, 1, "BOLT-10", "A-01", "pcs", Decimal(-12), Decimal("-4.20"), Decimal("1.5"), "")


def times(value: str | None) -> Candidate:
    return replace(LINE, times=None if value is None else Decimal(value))


def worth(value: str | None) -> Candidate:
    return replace(LINE, value=None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("line", "at_most", "factor", "why"),
    [
        (worth("-50"), 50, None, None),  # the limit itself
        (worth("50"), 50, None, None),  # a surplus alike
        (worth("-50.01"), 50, None, "over 50.00 EUR"),
        (worth("50.01"), 50, None, "over 50.00 EUR"),
        (worth("0"), 0, None, None),
        (worth(None), 50, None, "no unit cost"),
        (times("2"), 50, 2, None),  # exactly twice
        (times("2.01"), 50, 2, "over 2 times its tolerance"),
        (times(None), 50, 2, "no tolerance is set that could be stretched"),
        (times(None), 50, None, None),
        (replace(LINE, against="you counted it"), 50, None, "you counted it"),
    ],
)
def test_what_is_taken(line: Candidate, at_most: int, factor: int | None, why: str | None) -> None:
    criteria = Criteria(Decimal(at_most), None if factor is None else Decimal(factor))
    choice = choose([line], criteria, currency="EUR", most=40)
    assert choice.taken == (() if why else (line,))
    assert [one.why for one in choice.left_out] == ([why] if why else [])


def test_the_totals_are_of_what_is_taken() -> None:
    lines = [worth("-4.20"), worth("1.20"), worth("-100"), worth(None)]
    choice = choose(lines, Criteria(Decimal(50), None), currency="EUR", most=40)
    assert (choice.net, choice.gross) == (Decimal("-3.00"), Decimal("5.40"))


def test_no_more_than_can_be_read() -> None:
    choice = choose([LINE] * 5, Criteria(Decimal(50), None), currency="EUR", most=3)
    assert len(choice.taken) == 3
    assert [one.why for one in choice.left_out] == ["more than 3 at once"] * 2


def test_lines_of_a_session_are_taken_as_long_as_its_limit_lasts() -> None:
    first, second, third = (replace(LINE, line_id=number, session_id=1, left=Decimal("8.50")) for number in (1, 2, 3))
    elsewhere = replace(third, session_id=2, line_id=4)
    choice = choose([first, second, third, elsewhere], Criteria(Decimal(50), None), currency="EUR", most=40)
    assert choice.taken == (first, second, elsewhere)
    assert [(one.line, one.why) for one in choice.left_out] == [(third, "with the others over your limit a session")]


@pytest.mark.parametrize(("value", "why"), [("-40", ""), ("-40.01", "needs a cause, and none was chosen"), ("0", "")])
def test_without_a_cause_what_needs_one_is_left_out(value: str, why: str) -> None:
    criteria = Criteria(Decimal(50), None, without_cause=Causes(required_above=Decimal(40)))
    choice = choose([worth(value)], criteria, currency="EUR", most=40)
    assert [left.why for left in choice.left_out] == ([why] if why else [])
