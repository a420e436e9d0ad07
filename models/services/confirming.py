"""The second of two decisions: confirming what somebody else decided first, or taking one's own first decision back.

Everything is checked again under the line's lock: that the card is the current one, that nothing corrected the record
since, that the numbers still are those, that both people still may post so much, and that neither acts for the other.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from models.authority import Endorsement
from models.counts import CountLine, DecisionKind
from models.errors import NotAllowed, WrongState
from models.people import Member
from models.rules.lines import LineState
from models.services import authority, decisions, endorsements, lines, people, reversals, transfers
from models.services.authority import OverLimit
from models.services.decisions import Ruling
from models.services.grants import Signature
from models.services.lines import LockedLine
from models.services.people import Person

NOTHING = "There is nothing to confirm here any more. Look at the card again; nothing was changed."


def confirm(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> Ruling:
    """Post what somebody else decided first.

    Raises:
        NotAllowed: for who decided it first, acts for who did, may not decide it, or counted it.
        WrongState: the line moved on, the first may not post it any more, or the facts are others now.
        AlreadyDecided: somebody was faster.
    """
    seen = endorsements.of_version(session, line_id, version)
    if seen is not None and seen.other_line_id is not None:
        transfers.lock_pair(session, line_id, seen.other_line_id, now)
    state = LineState.RECONCILED if seen is not None and seen.kind is DecisionKind.REVERSE else LineState.IN_REVIEW
    locked = decisions.lock_at(session, state, person=person, line_id=line_id, version=version, now=now)
    first = endorsements.standing(session, locked.line)
    if first is None:
        raise WrongState(NOTHING)
    if first.member_id == person.id:
        raise NotAllowed("You decided this first, so somebody else confirms it.")
    return _CONFIRM[first.kind](session, locked, first, person, now)


def withdraw(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> Ruling:
    """Take back what `person` decided first; raises as `confirm` does."""
    seen = endorsements.of_version(session, line_id, version)
    other_id = None if seen is None else seen.other_line_id
    if other_id is not None:
        transfers.lock_pair(session, line_id, other_id, now)
    locked = lines.lock_line(session, line_id, now)
    first = endorsements.standing(session, locked.line) if locked.line.version == version else None
    if first is None:
        raise WrongState("There is nothing to take back here any more. Look at the card again; nothing was changed.")
    if first.member_id != person.id:
        name = people.display_name(session.get_one(Member, first.member_id))
        raise NotAllowed(f"{name} decided this first, so only {name} takes it back.")
    for side in [locked, *([] if other_id is None else [lines.lock_line(session, other_id, now)])]:
        made = endorsements.of_version(session, side.id, side.line.version)
        if made is not None:
            endorsements.withdraw(session, side, made, actor=person.slack_id, now=now)
    return Ruling(None, "Taken back. It waits for a decision again, and nothing was posted.", is_kept=True)


def _confirm_quantity(
    session: Session, locked: LockedLine, first: Endorsement, person: Person, now: datetime
) -> Ruling:
    checked = decisions.check(session, locked, _wish_of(first), now)
    if not endorsements.is_of_entry(first, checked.proposed.entry, checked.proposed.instant, checked.posted):
        raise _other_facts(session, first)
    by = _sign_both(session, locked, first, person, checked.value, now)
    if isinstance(by, OverLimit):
        return _escalate(session, locked, first, person, by, now)
    return decisions.post(session, locked, checked, by=by, now=now)


def _confirm_transfer(
    session: Session, locked: LockedLine, first: Endorsement, person: Person, now: datetime
) -> Ruling:
    other_id = first.other_line_id or 0
    pair = transfers.require_pair(
        session, person=person, line_id=locked.id, version=locked.line.version, other_id=other_id,
        other_version=session.get_one(CountLine, other_id).version, now=now,
    )  # fmt: skip
    side, proposed = pair.sides[0]
    if not endorsements.is_of_entry(first, proposed.entry, proposed.instant, proposed.variance):
        raise _other_facts(session, first)
    by = _sign_both(session, side, first, person, pair.value, now)
    if isinstance(by, OverLimit):
        return _escalate(session, side, first, person, by, now)
    return transfers.move_stock(session, pair, by=by, now=now)


def _confirm_reversal(
    session: Session, locked: LockedLine, first: Endorsement, person: Person, now: datetime
) -> Ruling:
    taken = reversals.require_taken(session, person=person, line_id=locked.id, version=locked.line.version, now=now)
    _, last = taken[0]
    if (last.entry_id, -last.posted) != (first.entry_id, first.posted):
        raise _other_facts(session, first)
    by = _sign_both(session, locked, first, person, reversals.value_of(taken), now)
    if isinstance(by, OverLimit):
        raise reversals.over_limit(session, locked, person, by, taken, now)
    return reversals.take_back(session, taken, by=by, note=first.note, now=now)


_CONFIRM: dict[DecisionKind, Callable[[Session, LockedLine, Endorsement, Person, datetime], Ruling]] = {
    DecisionKind.APPROVE: _confirm_quantity,
    DecisionKind.ADJUST: _confirm_quantity,
    DecisionKind.TRANSFER: _confirm_transfer,
    DecisionKind.REVERSE: _confirm_reversal,
}


def _sign_both(
    session: Session, locked: LockedLine, first: Endorsement, person: Person, value: Decimal | None, now: datetime
) -> Signature | OverLimit:
    """Both names, each with an authority that is enough now; nobody is there twice, in person or in name."""
    one = people.person_of(session, session.get_one(Member, first.member_id), now)
    barred = authority.counted_by(session, locked, first.other_line_id)
    authority.lock_limits(session, [locked.session.team_id], one, person)
    theirs = [] if one.id in barred else authority.sufficient(session, locked, one, value, barred=barred)
    if not theirs:
        raise WrongState(f"{one.name} may not decide this any more. Decide it anew; nothing was changed.")
    ours = authority.sufficient(session, locked, person, value, barred=barred)
    if not ours:
        return authority.what_is_over(session, locked, person, value, barred)
    for their in theirs:
        for our in ours:
            if {one.id, their.holder_id}.isdisjoint({person.id, our.holder_id}):
                return one.sign(their, second=person.sign(our))
    raise NotAllowed(f"{one.name} and you decide by one and the same authority here, so somebody else confirms it.")


def _escalate(
    session: Session, locked: LockedLine, first: Endorsement, person: Person, over: OverLimit, now: datetime
) -> Ruling:
    return decisions.escalate(
        session, locked, kind=first.kind, person=person, over=over, now=now, other_id=first.other_line_id,
        apart_from=endorsements.involved(first),
    )  # fmt: skip


def _wish_of(first: Endorsement) -> endorsements.Wish:
    return endorsements.Wish(
        kind=first.kind,
        entry_id=first.entry_id,
        instant=first.count_instant,
        quantity=first.quantity,
        posted=first.posted,
        reason=first.reason,
        note=first.note,
    )


def _other_facts(session: Session, first: Endorsement) -> WrongState:
    name = people.display_name(session.get_one(Member, first.member_id))
    return WrongState(f"The facts have changed since {name} decided. Decide it anew; nothing was changed.")
