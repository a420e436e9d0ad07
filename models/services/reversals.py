"""Undo: a decision is taken back by somebody with the authority to make it.

Nothing is deleted. What the decision posted gets its opposite in the ledger, dated at the same count instant and
naming the row that it undoes; the line waits for a decision again, as it did before. The last decision that accepted
a quantity is the one that is taken back, and only as long as nothing rests on it: a later count was judged against
the record with that adjustment in it, so undoing the earlier one would make the later one wrong.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import OPEN_STATES, CountLine, CountSession, Decision, DecisionKind
from models.errors import BadInput, NotAllowed, WrongState
from models.people import Member
from models.rules import wording
from models.rules.lines import LineState
from models.rules.tolerance import largest_value, variance_value
from models.services import (
    authority,
    decisions,
    endorsements,
    ledger,
    lines,
    people,
    posting_days,
    reviews,
    seconds,
    settling,
    times,
    transfers,
)
from models.services.authority import OverLimit
from models.services.decisions import LONGEST_NOTE, Ruling
from models.services.endorsements import Wish
from models.services.grants import Signature
from models.services.lines import LockedLine
from models.services.people import Person
from models.services.standing import is_standing, standing_decisions


@dataclass(frozen=True)
class SettledLine:
    """A settled line of which `version` of its card may take back the decision. Quantities in base units.

    `who` decided it at `at` (None: the tolerance limit) and it `posted` so much; without that, on-hand `becomes`.
    `also` are the bins of which a decision is taken back with it: the other side of a transfer.
    """

    line_id: int
    version: int
    sku: str
    name: str
    location: str
    unit: str
    who: str | None
    at: datetime
    zone: ZoneInfo
    posted: Decimal
    becomes: Decimal
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reversible:
    """Each line with the decision that would be taken back, and by whom with what authority."""

    taken: list[tuple[LockedLine, Decision]]
    by: Signature


def open_to_reverse(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> SettledLine:
    """Check that `person` may take the decision back now, and read what they need for it. Writes nothing."""
    found = require_reversible(session, person=person, line_id=line_id, version=version, now=now)
    (locked, last), *others = found.taken
    item = session.get_one(Item, locked.line.item_id)
    return SettledLine(
        line_id=line_id,
        version=version,
        sku=item.sku,
        name=item.name,
        location=session.get_one(Location, locked.line.location_id).code,
        unit=item.unit,
        who=None if last.member_id is None else people.display_name(session.get_one(Member, last.member_id)),
        at=last.decided_at,
        zone=ZoneInfo(people.company(session).timezone),
        posted=last.posted,
        becomes=locked.level.on_hand - last.posted,
        also=tuple(session.get_one(Location, other.line.location_id).code for other, _ in others),
    )


def reverse(session: Session, *, person: Person, line_id: int, version: int, note: str, now: datetime) -> Ruling:
    """Take back the last decision about a settled line; `note` says why.

    Raises:
        NotAllowed: for who may not decide it, counted it, or may not post so much.
        WrongState: the line moved on, or a later count or correction rests on the decision.
        BadInput: there is no note, or it is too long.
    """
    found = require_reversible(session, person=person, line_id=line_id, version=version, now=now)
    taken = found.taken
    note = note.strip()
    if not note:
        raise BadInput("Say why it is taken back; it is kept with the decision.")
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"The note has {len(note)} characters; make do with {LONGEST_NOTE}.")
    if not endorsements.takes_two(session, taken[0][0].team, value_of(taken)):
        return take_back(session, taken, by=found.by, note=note, now=now)
    for locked, last in taken:
        assert last.entry_id is not None  # noqa: S101 - comes with the quantity
        assert last.count_instant is not None  # noqa: S101 - same
        wish = Wish(
            DecisionKind.REVERSE, last.entry_id, last.count_instant, last.quantity or Decimal(0), -last.posted,
            last.reason, note, last.other_line_id,
        )  # fmt: skip
        endorsements.endorse(session, locked, wish, by=found.by, now=now)
    locked, last = taken[0]
    said = seconds.asked(session, locked, value_of(taken), by=found.by, now=now, other_id=last.other_line_id)
    return Ruling(None, said, is_kept=True)


def take_back(
    session: Session, taken: list[tuple[LockedLine, Decision]], *, by: Signature, note: str, now: datetime
) -> Ruling:
    """Undo what was found to be reversible."""
    made = [settling.take_back(session, locked, last, by=by, note=note, now=now) for locked, last in taken]
    decision, (locked, _) = made[0], taken[0]
    item = session.get_one(Item, locked.line.item_id)
    dated = posting_days.sentence(session, decision)
    if len(taken) > 1:
        return Ruling(decision, f"{item.sku}: the transfer is taken back.{dated} Both bins wait for a decision again.")
    posted = f"{wording.signed(decision.posted)} {item.unit} posted" if decision.posted else "nothing had to be posted"
    on_hand = f"{wording.quantity(locked.level.on_hand)} {item.unit}"
    done = f"{item.sku}: taken back, {posted}, on-hand is {on_hand}.{dated}"
    return Ruling(decision, f"{done} It waits for a decision again.")


def value_of(taken: list[tuple[LockedLine, Decision]]) -> Decimal | None:
    """What is posted by taking back, in currency; None when it is not known."""
    return largest_value(variance_value(decision.posted, decision.unit_cost) for _, decision in taken)


def require_reversible(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> Reversible:
    """Lock the line and return it with the decision that would be taken back; raises as `reverse` does."""
    taken = require_taken(session, person=person, line_id=line_id, version=version, now=now)
    (locked, last), value = taken[0], value_of(taken)
    claimed = authority.claim(session, locked, person, value, other_id=last.other_line_id)
    if isinstance(claimed, OverLimit):
        raise over_limit(session, locked, person, claimed, taken, now)
    return Reversible(taken, person.sign(claimed))


def over_limit(
    session: Session, locked: LockedLine, person: Person, over: OverLimit, taken: list[tuple[LockedLine, Decision]],
    now: datetime,
) -> NotAllowed:  # fmt: skip
    """The refusal of who may not take back so much, with who can."""
    can_do = reviews.with_authority(
        session, locked, value_of(taken), now=now, other_id=taken[0][1].other_line_id,
        apart_from=endorsements.involved(endorsements.standing(session, locked.line)),
    )  # fmt: skip
    able = [one.name for one in can_do if one.id != person.id]
    can = f"{wording.any_of(able)} can take it back." if able else "Ask stock control."
    return NotAllowed(f"{over.sentence(people.company(session).currency)} {can}")


def require_taken(
    session: Session, *, person: Person, line_id: int, version: int, now: datetime
) -> list[tuple[LockedLine, Decision]]:
    """As `require_reversible`, whatever it is worth.

    Behind the line stands the other side of a transfer, if it was one: they are taken back together.
    """
    other_id = _other_side(session, line_id)
    if other_id is not None:
        transfers.lock_pair(session, line_id, other_id, now)
    locked = decisions.lock_at(session, LineState.RECONCILED, person=person, line_id=line_id, version=version, now=now)
    last = standing_decisions(session, line_id)[-1]
    taken = [(locked, last)]
    if last.other_line_id is not None:
        taken.append(_require_other_side(session, person, last.other_line_id, line_id, now))
    for side, decision in taken:
        _require_nothing_rests_on(session, side, decision, now)
    return taken


def _other_side(session: Session, line_id: int) -> int | None:
    """The line of the other bin when the last decision was a transfer; read before anything is locked."""
    standing = standing_decisions(session, line_id)
    return standing[-1].other_line_id if standing else None


def _require_other_side(
    session: Session, person: Person, other_id: int, line_id: int, now: datetime
) -> tuple[LockedLine, Decision]:
    other = lines.lock_line(session, other_id, now)
    standing = standing_decisions(session, other_id)
    is_standing_side = bool(standing) and standing[-1].other_line_id == line_id
    if other.line.state is not LineState.RECONCILED or not is_standing_side:
        where = session.get_one(Location, other.line.location_id).code
        side = f"The other side of this transfer, in {where},"
        again = f"“/count now {session.get_one(Item, other.line.item_id).sku}”"
        if other.line.state is LineState.IN_REVIEW:
            raise WrongState(
                f"{side} waits for a decision again: decide its card first. {again} then counts both anew."
            )
        raise WrongState(f"{side} was decided again since. {again} has both counted once more.")
    if person.id in lines.counted_by(session, other_id):
        raise NotAllowed("You counted the other side of this transfer, so somebody else decides it.")
    return other, standing[-1]


def _require_nothing_rests_on(session: Session, locked: LockedLine, last: Decision, now: datetime) -> None:
    line, instant = locked.line, last.count_instant
    assert instant is not None  # noqa: S101 - comes with the quantity
    sku = session.get_one(Item, line.item_id).sku
    place = f"{sku} in {session.get_one(Location, line.location_id).code}"
    other = session.exec(
        select(CountSession.name)
        .join(CountLine, col(CountLine.session_id) == col(CountSession.id))
        .where(
            CountLine.item_id == line.item_id,
            CountLine.location_id == line.location_id,
            col(CountLine.state).in_(OPEN_STATES),
        )
    ).first()
    if other is not None:
        raise WrongState(f"{place} is being counted again, in {other}. That count will say what is right.")
    again = f"“/count now {sku}” has it counted once more."
    later = _later_count(session, line, instant)
    if later is not None:
        when = times.said(session, later, now)
        raise WrongState(f"{place} was counted again since ({when}), and that count rests on this decision. {again}")
    correction = ledger.correction_after(session, line.item_id, line.location_id, instant)
    if correction is not None:
        what = f"{correction.kind.lower()} {wording.signed(correction.quantity)}"
        when = times.said(session, correction.recorded_at, now)
        raise WrongState(f"The record of {place} was corrected since ({what}, {when}). {again}")


def _later_count(session: Session, line: CountLine, instant: datetime) -> datetime | None:
    """When the stock of a line was first counted after `instant`, by a count whose decision stands."""
    return session.exec(
        select(Decision.count_instant)
        .join(CountLine, col(CountLine.id) == col(Decision.line_id))
        .where(
            CountLine.item_id == line.item_id,
            CountLine.location_id == line.location_id,
            col(Decision.quantity).is_not(None),
            col(Decision.count_instant) > instant,
            is_standing(),
        )
        .order_by(col(Decision.count_instant))
    ).first()
