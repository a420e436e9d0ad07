"""Deciding many lines at once: which of them are trivial enough, and why each other one is not.

A bulk approval takes what needs no look: a variance whose value is known and small, within the tolerance times a
factor if one is given, and that nothing on its card speaks against. What looks misplaced, or like a slip of the pen,
is explained by another number than the one that would be posted, so it is decided on its card.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models.rules import wording
from models.rules.causes import Causes


@dataclass(frozen=True)
class Candidate:
    """A line that waits for a decision. `value` in currency, signed; None: unknown.

    `times` is how often its tolerance would have to be taken for the variance to pass; None: no limit is set, or no
    factor would do. `against` says what stands in the way of deciding it here, "" for nothing. `left` is how much the
    person may still post in its session, in currency; None: any value. `since` when it waits. `dated` says on which
    other day than that of the count the books take it, and why; "" when they do not.
    """

    line_id: int
    version: int
    sku: str
    location: str
    unit: str
    variance: Decimal
    value: Decimal | None
    times: Decimal | None
    against: str
    session_id: int = 0
    left: Decimal | None = None
    since: datetime | None = None
    dated: str = ""


@dataclass(frozen=True)
class Criteria:
    """What is trivial: `at_most` in currency, either side; within the tolerance taken so many `times`, if given.

    `without_cause` when no cause is given: then what needs one is not.
    """

    at_most: Decimal
    times: Decimal | None
    without_cause: Causes | None = None


@dataclass(frozen=True)
class LeftOut:
    """A line that is not decided here, and why."""

    line: Candidate
    why: str


@dataclass(frozen=True)
class Choice:
    """The lines that a bulk approval takes, and those that it leaves, each in the order they came in."""

    taken: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def net(self) -> Decimal:
        """The sum of the values of what is taken: shorts and overs cancel out."""
        return sum((line.value or Decimal(0) for line in self.taken), Decimal(0))

    @property
    def gross(self) -> Decimal:
        """The sum of their absolute values."""
        return sum((abs(line.value or Decimal(0)) for line in self.taken), Decimal(0))


def choose(waiting: Iterable[Candidate], criteria: Criteria, *, currency: str, most: int) -> Choice:
    """Take what meets the criteria, at most so many lines; say of each other line why not."""
    taken: list[Candidate] = []
    left_out: list[LeftOut] = []
    posted: dict[int, Decimal] = {}
    for line in waiting:
        why = _why_not(line, criteria, currency)
        if not why and len(taken) == most:
            why = f"more than {most} at once"
        total = posted.get(line.session_id, Decimal(0)) + abs(line.value or Decimal(0))
        if not why and line.left is not None and total > line.left:
            why = "with the others over your limit a session"
        if not why:
            posted[line.session_id] = total
        if why:
            left_out.append(LeftOut(line, why))
        else:
            taken.append(line)
    return Choice(tuple(taken), tuple(left_out))


def _why_not(line: Candidate, criteria: Criteria, currency: str) -> str:
    if line.against:
        return line.against
    if line.value is None:
        return "no unit cost"
    if abs(line.value) > criteria.at_most:
        return f"over {wording.money(criteria.at_most, currency)}"
    if criteria.without_cause is not None and criteria.without_cause.are_required(line.value):
        return "needs a cause, and none was chosen"
    return "" if criteria.times is None else _too_far_out(line, criteria.times)


def _too_far_out(line: Candidate, times: Decimal) -> str:
    if line.times is None:
        return "no tolerance is set that could be stretched"
    return f"over {wording.quantity(times)} times its tolerance" if line.times > times else ""
