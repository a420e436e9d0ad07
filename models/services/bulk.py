"""Approving many trivial lines at once.

Everything is judged again under each line's lock when it is decided, as for a single decision: a line that moved on
since the preview, or that somebody else decided, is left out and named; the others are approved in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, select

from models.counts import CountLine, Decision, DecisionKind
from models.errors import AlreadyDecided, CycleCountError, NotAllowed
from models.rules.bulk import Candidate
from models.rules.tolerance import variance_value
from models.services import adjusting, authority, decisions, lines, people, refusals, reviews, waiting
from models.services.people import Person

MOST_AT_ONCE = 40
"""Lines of one bulk approval: so many can be read before they are approved, and a form has room for."""


@dataclass(frozen=True)
class Approved:
    """What came of a bulk approval: the lines that were approved, and a sentence for each that was not."""

    lines: tuple[Candidate, ...]
    refused: tuple[str, ...]
    currency: str


def approve_many(
    session: Session, *, person: Person, seen: Sequence[tuple[int, int]], reason: str, now: datetime
) -> Approved:
    """Approve the lines of a preview, each a line id and the version that was seen, in the order of their stock."""
    approved: list[Candidate] = []
    refused: list[str] = []
    in_order = sorted(seen, key=lambda one: _stock_of(session, one[0]))
    # All of them before the first is decided: that locks the person's session limits, which come last.
    known = [line_id for line_id, _ in in_order if session.get(CountLine, line_id) is not None]
    team_ids = {lines.lock_line(session, line_id, now).session.team_id for line_id in known}
    authority.lock_limits(session, team_ids, person)
    for line_id, version in in_order:
        try:
            approved.append(_approve(session, person, line_id, version, reason, now))
        except CycleCountError as refusal:
            refused.append(f"{_label(session, line_id)}: {refusal}")
            refusals.keep(
                session, actor=person.slack_id, wish="approve", line_id=line_id, why=str(refusal), now=now,
                detail={"by": "several at once"},
            )  # fmt: skip
    return Approved(tuple(approved), tuple(refused), people.company(session).currency)


def _approve(session: Session, person: Person, line_id: int, version: int, reason: str, now: datetime) -> Candidate:
    try:
        locked = decisions.open_for(session, person=person, line_id=line_id, version=version, now=now)
    except AlreadyDecided:
        # The same form came twice: what it has approved is approved.
        made = _approved_by(session, person, line_id, version)
        if made is None:
            raise
        line = waiting.candidate_alone(session, person, reviews.read_line(session, line_id))
        return replace(line, variance=made.posted, value=variance_value(made.posted, made.unit_cost))
    line = waiting.candidate_alone(session, person, locked)
    if line.against:
        raise NotAllowed(f"{line.against[:1].upper()}{line.against[1:]}.")
    ruling = decisions.approve(session, person=person, line_id=line_id, version=version, reason=reason, now=now)
    if ruling.decision is None:
        raise NotAllowed(ruling.sentence)
    return line


def _approved_by(session: Session, person: Person, line_id: int, version: int) -> Decision | None:
    return session.exec(
        select(Decision).where(
            Decision.line_id == line_id,
            Decision.line_version == version,
            Decision.member_id == person.id,
            Decision.kind == DecisionKind.APPROVE,
        )
    ).first()


def _stock_of(session: Session, line_id: int) -> tuple[int, int]:
    line = session.get(CountLine, line_id)
    return (line.item_id, line.location_id) if line is not None else (0, 0)


def _label(session: Session, line_id: int) -> str:
    place = adjusting.place_of(session, line_id)
    return f"{place[0]} in {place[1]}" if place is not None else "A line"
