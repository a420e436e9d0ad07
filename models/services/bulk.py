"""What waits for somebody's decision, as one list; and approving many of its trivial lines at once.

Everything is judged again under each line's lock when it is decided, as for a single decision: a line that moved on
since the preview, or that somebody else decided, is left out and named; the others are approved in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession, Decision, DecisionKind, ReviewCause
from models.errors import AlreadyDecided, CycleCountError, NotAllowed
from models.rules.bulk import Candidate
from models.rules.causes import Causes
from models.rules.lines import LineState
from models.rules.offsets import Likeness, Variance, offsets_of
from models.rules.slips import likely_slip
from models.rules.tolerance import times_tolerance, variance_value
from models.services import (
    adjusting,
    authority,
    blindness,
    causes,
    decisions,
    endorsements,
    judging,
    ledger,
    lines,
    people,
    refusals,
    reviews,
    transfers,
)
from models.services.lines import LockedLine
from models.services.packs import measure_of
from models.services.people import Person
from models.services.reviews import Proposal

MOST_AT_ONCE = 40
"""Lines of one bulk approval: so many can be read before they are approved, and a form has room for."""

_ORDINARY = (ReviewCause.VARIANCE, ReviewCause.NO_OTHER_COUNTER, ReviewCause.NO_RECOUNT_MADE)
"""Causes of a review that the variance itself explains; of any other, the card tells something to look at."""

_EXPLAINED = {
    Likeness.MISPLACED: "looks misplaced; see its card",
    Likeness.LOOK_ALIKE: "perhaps taken for another; see its card",
}
"""What another line of the session may explain."""

MOST_LISTED = 100
"""Lines of one list, the longest waiting: a click may not take longer the more there is to decide."""


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody: the largest value first, unknown ones before all. `more` wait beyond the list.

    `hidden` are left out because the reader may still have to count their items blind.
    """

    lines: tuple[Candidate, ...]
    more: int
    hidden: int
    currency: str
    zone: ZoneInfo
    oldest: datetime | None
    causes: Causes


@dataclass(frozen=True)
class Approved:
    """What came of a bulk approval: the lines that were approved, and a sentence for each that was not."""

    lines: tuple[Candidate, ...]
    refused: tuple[str, ...]
    currency: str


def waiting_for(session: Session, person: Person) -> Waiting:
    """What `person` may have to decide: of their teams, or of all for stock control.

    Raises:
        NotAllowed: for somebody who decides nothing.
    """
    if not (person.is_controller or person.approves):
        raise NotAllowed("Only approvers and stock control decide what was counted.")
    found = select(CountLine.id, CountLine.item_id).where(CountLine.state == LineState.IN_REVIEW)
    if not person.is_controller:
        of_teams = select(CountSession.id).where(col(CountSession.team_id).in_(person.approves))
        found = found.where(col(CountLine.session_id).in_(of_teams))
    blind = blindness.hidden_items(session, person)
    seen = session.exec(found.order_by(col(CountLine.id))).all()
    ids = [line_id for line_id, item_id in seen if line_id is not None and item_id not in blind]
    read = [reviews.read_line(session, line_id) for line_id in ids[:MOST_LISTED]]
    proposed = [reviews.proposal(session, one) for one in read]
    of_sessions: dict[int, list[Variance]] = {}
    for one, its in zip(read, proposed, strict=True):
        of_sessions.setdefault(one.line.session_id, []).append(transfers.variance_of(session, one, its))
    first = endorsements.first_of(session, ids[:MOST_LISTED])
    listed = [
        _candidate(session, person, one, its, of_sessions[one.line.session_id], first.get(one.id))
        for one, its in zip(read, proposed, strict=True)
    ]
    listed.sort(key=lambda line: (line.value is not None, -abs(line.value or Decimal(0)), line.location))
    company = people.company(session)
    oldest = proposed[0].instant if proposed else None
    return Waiting(
        lines=tuple(listed),
        more=len(ids) - len(listed),
        hidden=len(seen) - len(ids),
        currency=company.currency,
        zone=ZoneInfo(company.timezone),
        oldest=oldest,
        causes=causes.read(session),
    )


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
        line = _candidate_alone(session, person, reviews.read_line(session, line_id))
        return replace(line, variance=made.posted, value=variance_value(made.posted, made.unit_cost))
    line = _candidate_alone(session, person, locked)
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


def _candidate_alone(session: Session, person: Person, seen: LockedLine) -> Candidate:
    """One line by itself: what offsets it is read as well."""
    proposed = reviews.proposal(session, seen)
    offsets = transfers.offsets(session, seen, proposed)
    first = endorsements.first_of(session, [seen.id]).get(seen.id)
    return _candidate(session, person, seen, proposed, [offset.other for offset in offsets], first)


def _candidate(
    session: Session,
    person: Person,
    seen: LockedLine,
    proposed: Proposal,
    others: Sequence[Variance],
    first: str | None,
) -> Candidate:
    """A line, among the variances of the `others` of its session that may offset it; `first` has decided it already."""
    item = session.get_one(Item, seen.line.item_id)
    expected = ledger.on_hand_at(session, seen.line.item_id, seen.line.location_id, proposed.instant)
    return Candidate(
        line_id=seen.id,
        version=seen.line.version,
        sku=item.sku,
        location=session.get_one(Location, seen.line.location_id).code,
        unit=item.unit,
        variance=proposed.variance,
        value=proposed.value,
        times=times_tolerance(
            expected=expected,
            counted=proposed.quantity,
            unit_cost=proposed.unit_cost,
            limits=judging.limits_for(session, item, seen.session),
        ),
        against=_against(session, person, seen, item, proposed, expected, others)
        or _two(session, seen, proposed, first),
        session_id=seen.line.session_id,
        left=authority.left_in_session(session, seen, person) if person.may_decide_for(seen.session.team_id) else None,
    )


def _against(
    session: Session,
    person: Person,
    seen: LockedLine,
    item: Item,
    proposed: Proposal,
    expected: Decimal,
    others: Sequence[Variance],
) -> str:
    """What speaks against approving a line without a look at its card."""
    counted = lines.counted_by(session, seen.id)
    if person.id in counted:
        return "you counted it"
    if all(one.holder_id in counted for one in person.authorities_over(seen.session.team_id)):
        return "who you act for counted it"
    if ledger.correction_after(session, seen.line.item_id, seen.line.location_id, proposed.instant) is not None:
        return "the record was corrected since; it needs a recount"
    over = authority.over_limit(session, seen, person, proposed.value, barred=counted)
    if over is not None:
        return over.short(people.company(session).currency)
    if seen.line.review_cause not in _ORDINARY:
        return f"{seen.line.review_cause}; see its card"
    told = {offset.likeness for offset in offsets_of(transfers.variance_of(session, seen, proposed), others)}
    explained = [said for likeness, said in _EXPLAINED.items() if likeness in told]
    if likely_slip(proposed.quantity, expected, measure_of(session, item)) is not None:
        explained.append("perhaps a slip; see its card")
    return explained[0] if explained else ""


def _two(session: Session, seen: LockedLine, proposed: Proposal, first: str | None) -> str:
    """What speaks against approving it alone."""
    if first is not None:
        return f"waits for a second, {first} has decided first; see its card"
    return "takes two people; see its card" if endorsements.takes_two(session, seen.team, proposed.value) else ""


def _stock_of(session: Session, line_id: int) -> tuple[int, int]:
    line = session.get(CountLine, line_id)
    return (line.item_id, line.location_id) if line is not None else (0, 0)


def _label(session: Session, line_id: int) -> str:
    place = adjusting.place_of(session, line_id)
    return f"{place[0]} in {place[1]}" if place is not None else "A line"
