"""Misplaced stock: two variances that cancel out become one transfer, so that nothing is written off.

A line is short by exactly what another line of its session, of the same item, is over. One decision settles both:
each bin gets its side of the transfer as of its own count, with the reason *misplaced*, and the net is zero. Whoever
decides it needs the authority over what is moved, as for writing it off: else a loss could be hidden in a bin that
nobody looks into. For accuracy both lines stay misses, because the record was wrong twice.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from models.catalog import Item, Location
from models.counts import CountLine, Decision, DecisionKind
from models.errors import AlreadyDecided, NotAllowed, WrongState
from models.rules import wording
from models.rules.causes import Reason
from models.rules.lines import LineState, Move
from models.rules.offsets import Likeness, Offset, Variance, offsets_of
from models.rules.tolerance import largest_value
from models.services import authority, decisions, endorsements, lines, posting_days, reviews, seconds, settling
from models.services.authority import OverLimit
from models.services.beside import lines_beside
from models.services.decisions import Ruling
from models.services.endorsements import Wish
from models.services.grants import Signature
from models.services.lines import LockedLine
from models.services.people import Person
from models.services.reviews import Proposal
from models.stock import EntryKind


def offsets(session: Session, seen: LockedLine, proposed: Proposal) -> list[Offset]:
    """The lines under review beside one that offset what it proposes; reads only."""
    if seen.line.state is not LineState.IN_REVIEW or not proposed.variance:
        return []
    others = (reviews.read_line(session, line_id) for line_id in lines_beside(session, seen.line))
    return offsets_of(
        variance_of(session, seen, proposed),
        [variance_of(session, other, reviews.proposal(session, other)) for other in others],
    )


def make_transfer(
    session: Session,
    *,
    person: Person,
    line_id: int,
    version: int,
    other_id: int,
    other_version: int,
    now: datetime,
) -> Ruling:
    """Settle two lines by moving in the record what was moved on the shelf.

    Raises:
        NotAllowed: for who may not decide one of them, or counted one.
        WrongState: one of them moved on, was corrected since, or they do not cancel out any more.
    """
    pair = require_pair(
        session, person=person, line_id=line_id, version=version, other_id=other_id, other_version=other_version,
        now=now,
    )  # fmt: skip
    (one, _), (other, _) = pair.sides
    claimed = authority.claim(session, one, person, pair.value, other_id=other.id)
    if isinstance(claimed, OverLimit):
        return decisions.escalate(
            session, one, kind=DecisionKind.TRANSFER, person=person, over=claimed, now=now, other_id=other.id
        )
    by = person.sign(claimed)
    if not endorsements.takes_two(session, one.team, pair.value):
        return move_stock(session, pair, by=by, now=now)
    for (side, proposed), beside in zip(pair.sides, (other, one), strict=True):
        wish = Wish(
            DecisionKind.TRANSFER, proposed.entry.id or 0, proposed.instant, proposed.quantity, proposed.variance,
            Reason.MISPLACED, "", beside.id,
        )  # fmt: skip
        endorsements.endorse(session, side, wish, by=by, now=now)
    said = seconds.asked(session, one, pair.value, by=by, now=now, other_id=other.id)
    return Ruling(None, said, is_kept=True)


@dataclass(frozen=True)
class Pair:
    """Two lines that cancel out, each with what it proposes; what is moved is worth `value`, None when not known."""

    sides: tuple[tuple[LockedLine, Proposal], tuple[LockedLine, Proposal]]
    value: Decimal | None


def require_pair(
    session: Session, *, person: Person, line_id: int, version: int, other_id: int, other_version: int, now: datetime
) -> Pair:
    """Lock two lines that may be settled by one transfer; raises as `make_transfer` does."""
    lock_pair(session, line_id, other_id, now)
    one = decisions.open_for(session, person=person, line_id=line_id, version=version, now=now)
    other = _open_other_side(session, person, other_id, other_version, now)
    sides = ((one, reviews.proposal(session, one)), (other, reviews.proposal(session, other)))
    for side, proposed in sides:
        decisions.refuse_if_corrected(session, side, proposed.instant, now)
    first, second = (variance_of(session, side, proposed) for side, proposed in sides)
    is_pair = one.line.session_id == other.line.session_id and any(
        offset.likeness is Likeness.MISPLACED for offset in offsets_of(first, [second])
    )
    if not is_pair:
        raise WrongState("These two do not cancel out any more. Look at the cards again; nothing was changed.")
    return Pair(sides, largest_value(proposed.value for _, proposed in sides))


def move_stock(session: Session, pair: Pair, *, by: Signature, now: datetime) -> Ruling:
    """Settle both sides."""
    (one, _), (other, _) = pair.sides
    first, second = (variance_of(session, side, proposed) for side, proposed in pair.sides)
    made = [
        _move_stock(session, side, proposed, beside, by=by, now=now)
        for (side, proposed), beside in zip(pair.sides, (other, one), strict=True)
    ]
    source, target = (first, second) if first.amount < 0 else (second, first)
    item = session.get_one(Item, one.line.item_id)
    amount = f"{wording.quantity(target.amount)} {item.unit}"
    dated = posting_days.sentence(session, made[0])
    done = f"{item.sku}: {amount} moved from {source.location} to {target.location} in the record.{dated}"
    return Ruling(made[0], done)


def lock_pair(session: Session, line_id: int, other_id: int, now: datetime) -> None:
    """Lock two lines, always in the order of their stock: so that two who do this never wait for each other."""
    seen = {one: session.get(CountLine, one) for one in (line_id, other_id)}
    for one in sorted(seen, key=lambda one: _stock_of(seen[one])):
        lines.lock_line(session, one, now)


def _open_other_side(session: Session, person: Person, other_id: int, version: int, now: datetime) -> LockedLine:
    """As `decisions.open_for`; a refusal says that it is about the other bin."""
    try:
        return decisions.open_for(session, person=person, line_id=other_id, version=version, now=now)
    except AlreadyDecided as refusal:
        raise AlreadyDecided(f"The other bin, {_bin_of(session, other_id)}: {refusal}", refusal.decided_at) from refusal
    except NotAllowed:
        if person.id not in lines.counted_by(session, other_id):
            raise
        where = _bin_of(session, other_id)
        raise NotAllowed(f"You counted the other side, in {where}, so somebody else decides this transfer.") from None


def _bin_of(session: Session, line_id: int) -> str:
    return session.get_one(Location, session.get_one(CountLine, line_id).location_id).code


def _stock_of(line: CountLine | None) -> tuple[int, int]:
    return (line.item_id, line.location_id) if line is not None else (0, 0)


def _move_stock(
    session: Session, side: LockedLine, proposed: Proposal, beside: LockedLine, *, by: Signature, now: datetime
) -> Decision:
    """Settle one side: its row in the ledger, its decision, its card."""
    out = proposed.variance < 0
    where = session.get_one(Location, beside.line.location_id).code
    decision = settling.reconcile(
        session, side, kind=DecisionKind.TRANSFER, by=by, entry=proposed.entry, quantity=proposed.quantity,
        instant=proposed.instant, posted=proposed.variance, reason=Reason.MISPLACED,
        note=f"{'to' if out else 'from'} {where}", now=now,
        row=EntryKind.TRANSFER_OUT if out else EntryKind.TRANSFER_IN, other_line_id=beside.id,
    )  # fmt: skip
    lines.move(session, side, Move.TRANSFER, now)
    lines.show_card(session, side, now)
    return decision


def variance_of(session: Session, seen: LockedLine, proposed: Proposal) -> Variance:
    """What a line proposes to post, to be compared with the others of its session."""
    return Variance(
        line_id=seen.id,
        version=seen.line.version,
        item_id=seen.line.item_id,
        sku=session.get_one(Item, seen.line.item_id).sku,
        location=session.get_one(Location, seen.line.location_id).code,
        amount=proposed.variance,
    )
