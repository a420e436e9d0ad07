"""Decisions of approvers: approve, adjust, recount, reject.

Each one checks everything again under the line's lock: that the line still waits, that the card the person saw is the
current one (`version`), that they are an approver of that team or a controller, that they did not count the line, that
nothing corrected the record since the count, that the value is within their limit, and that the cause is one that may
be given. First decision wins.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from models.catalog import Item
from models.counts import Decision, DecisionKind
from models.errors import BadInput, BadQuantity, NotAllowed, WrongState
from models.journal import Intent
from models.rules import wording
from models.rules.causes import Reason, Wish
from models.rules.lines import LineState, Move
from models.rules.tolerance import variance_value
from models.services import (
    authority,
    endorsements,
    journal,
    judging,
    ledger,
    lines,
    people,
    posting_days,
    refusals,
    reviews,
    seconds,
    settling,
    times,
)
from models.services.already import moved_on
from models.services.authority import OverLimit
from models.services.causes import require_cause
from models.services.grants import Signature
from models.services.lines import LockedLine
from models.services.people import Person
from models.services.reviews import Proposal

OVER_LIMIT = f"{refusals.REFUSED}over limit"
"""The audit event of a decision that was passed on to somebody with a higher limit."""

OTHER_LINE = "other_line"
"""In its detail: the line at the other side of a transfer."""

LONGEST_NOTE = 500


@dataclass(frozen=True)
class Ruling:
    """What came of a wish to decide. Without a `decision` it was over the limit; `sentence` says who was asked.

    `is_kept`: it takes a second person, and what this one said is kept until then, or was taken back.
    """

    decision: Decision | None
    sentence: str
    is_kept: bool = False


def approve(session: Session, *, person: Person, line_id: int, version: int, reason: str, now: datetime) -> Ruling:
    """Accept the proposed quantity (the last attempt): its variance is posted as of the count instant."""
    locked = open_for(session, person=person, line_id=line_id, version=version, now=now)
    proposed = reviews.proposal(session, locked)
    return _accept(
        session, locked, kind=DecisionKind.APPROVE, person=person, quantity=proposed.quantity,
        reason=reason, note="", now=now,
    )  # fmt: skip


def adjust(
    session: Session,
    *,
    person: Person,
    line_id: int,
    version: int,
    quantity: Decimal,
    reason: str,
    note: str,
    now: datetime,
) -> Ruling:
    """Accept another quantity (base units) as having been there at the count: posts quantity - expected."""
    locked = open_for(session, person=person, line_id=line_id, version=version, now=now)
    if quantity < 0:
        raise BadQuantity("Less than nothing cannot have been there; write 0 or more.")
    _require_note(reason, note, "Say in the note what happened.")
    return _accept(
        session, locked, kind=DecisionKind.ADJUST, person=person, quantity=quantity,
        reason=reason, note=note.strip(), now=now,
    )  # fmt: skip


def recount(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> Ruling:
    """Send the line back for one more blind count, to somebody who has not counted it."""
    locked = open_for(session, person=person, line_id=line_id, version=version, now=now)
    able = lines.recounters(session, locked, approvers_too=True)
    if not able:
        raise NotAllowed("Everybody who may count this has counted it. Approve, adjust or reject it.")
    to = next((candidate for candidate in able if candidate.id != person.id), able[0])
    decision = settling.send_back(session, locked, by=_sign(session, locked, person), to=to, now=now)
    lines.show_card(session, locked, now)
    return Ruling(decision, f"{_sku(session, locked)}: {to.name} was asked to count it again.")


def reject(
    session: Session, *, person: Person, line_id: int, version: int, reason: str, note: str, now: datetime
) -> Ruling:
    """Disbelieve the count: nothing is posted, the stock is due again at once."""
    locked = open_for(session, person=person, line_id=line_id, version=version, now=now)
    _require_note(reason, note, "Say in the note why.")
    require_cause(session, Wish.REJECT, reason, None)
    decision = settling.reject(
        session, locked, by=_sign(session, locked, person), reason=reason, note=note.strip(), now=now
    )
    lines.show_card(session, locked, now)
    return Ruling(decision, f"{_sku(session, locked)}: rejected. Nothing was posted; it is due again at once.")


def open_for(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> LockedLine:
    """Lock a line for a decision by `person`, who saw it at `version`; raises when they may not, or not any more."""
    return lock_at(session, LineState.IN_REVIEW, person=person, line_id=line_id, version=version, now=now)


def lock_at(
    session: Session, state: LineState, *, person: Person, line_id: int, version: int, now: datetime
) -> LockedLine:
    """As `open_for`, of a line that has to be in `state`."""
    locked = lines.lock_line(session, line_id, now)
    if not person.may_decide_for(locked.session.team_id):
        names = people.names_who_decide(session, locked.session.team_id, now)
        can = f" {names} can." if names else ""
        raise NotAllowed(f"Only approvers of {locked.team.name} decide this.{can}")
    if locked.line.state is not state or locked.line.version != version:
        raise moved_on(session, locked, version, now)
    counted = lines.counted_by(session, line_id)
    if person.id in counted:
        raise NotAllowed("You counted this line, so somebody else decides it.")
    authority.require_usable(locked, person, counted)
    return locked


def _sign(session: Session, locked: LockedLine, person: Person) -> Signature:
    """Decide something that posts nothing: any authority over the line will do."""
    return person.sign(authority.require_usable(locked, person, authority.counted_by(session, locked)))


def _require_note(reason: str, note: str, ask: str) -> None:
    if reason == Reason.OTHER and not note.strip():
        raise BadInput(ask)
    if len(note.strip()) > LONGEST_NOTE:
        raise BadInput(f"The note has {len(note.strip())} characters; make do with {LONGEST_NOTE}.")


@dataclass(frozen=True)
class Checked:
    """A wish to accept a quantity that may be granted: it posts `posted`, worth `value` (None: not known)."""

    wish: endorsements.Wish
    proposed: Proposal
    posted: Decimal
    value: Decimal | None


def _accept(
    session: Session, locked: LockedLine, *, kind: DecisionKind, person: Person, quantity: Decimal, reason: str,
    note: str, now: datetime,
) -> Ruling:  # fmt: skip
    proposed = reviews.proposal(session, locked)
    posted = judging.unposted_variance(session, locked, quantity, proposed.instant)
    entry_id = proposed.entry.id or 0
    wish = endorsements.Wish(kind, entry_id, proposed.instant, quantity, posted, reason, note)
    checked = check(session, locked, wish, now)
    claimed = authority.claim(session, locked, person, checked.value)
    if isinstance(claimed, OverLimit):
        return escalate(session, locked, kind=kind, person=person, over=claimed, now=now)
    _require_cause_of(session, checked)
    by = person.sign(claimed)
    if not endorsements.takes_two(session, locked.team, checked.value):
        return post(session, locked, checked, by=by, now=now)
    endorsements.endorse(session, locked, wish, by=by, now=now)
    return Ruling(None, seconds.asked(session, locked, checked.value, by=by, now=now), is_kept=True)


def check(session: Session, locked: LockedLine, wish: endorsements.Wish, now: datetime) -> Checked:
    """What the line proposes now, and what accepting the quantity of `wish` would post; raises when it may not be."""
    proposed = reviews.proposal(session, locked)
    refuse_if_corrected(session, locked, proposed.instant, now)
    posted = judging.unposted_variance(session, locked, wish.quantity, proposed.instant)
    return Checked(wish, proposed, posted, variance_value(posted, proposed.unit_cost))


def post(session: Session, locked: LockedLine, checked: Checked, *, by: Signature, now: datetime) -> Ruling:
    """Settle the line by what was checked."""
    _require_cause_of(session, checked)
    wish, proposed, delta = checked.wish, checked.proposed, checked.posted
    decision = settling.reconcile(
        session, locked, kind=wish.kind, by=by, entry=proposed.entry, quantity=wish.quantity,
        instant=proposed.instant, posted=delta, reason=wish.reason or "", note=wish.note, now=now,
    )  # fmt: skip
    lines.move(session, locked, Move.ADJUST if wish.kind is DecisionKind.ADJUST else Move.APPROVE, now)
    lines.show_card(session, locked, now)
    item = session.get_one(Item, locked.line.item_id)
    posted = f"{wording.signed(delta)} {item.unit} posted" if delta else "nothing had to be posted"
    on_hand = f"{wording.quantity(locked.level.on_hand)} {item.unit}"
    dated = posting_days.sentence(session, decision)
    return Ruling(decision, f"{item.sku}: {posted}, on-hand is {on_hand}.{dated}")


def _require_cause_of(session: Session, checked: Checked) -> None:
    wish = Wish.ADJUST if checked.wish.kind is DecisionKind.ADJUST else Wish.APPROVE
    require_cause(session, wish, checked.wish.reason or "", checked.value)


def _sku(session: Session, locked: LockedLine) -> str:
    return session.get_one(Item, locked.line.item_id).sku


def refuse_if_corrected(session: Session, locked: LockedLine, instant: datetime, now: datetime) -> None:
    """Raise WrongState when the record was corrected after the count: posting the variance too would count it twice."""
    correction = ledger.correction_after(session, locked.line.item_id, locked.line.location_id, instant)
    if correction is not None:
        when = times.said(session, correction.recorded_at, now)
        raise WrongState(
            f"Ask for a recount: the record was corrected since this count "
            f"({correction.kind.lower()} {wording.signed(correction.quantity)}, {when})."
        )


def escalate(
    session: Session, locked: LockedLine, *, kind: DecisionKind, person: Person, over: OverLimit, now: datetime,
    other_id: int | None = None, apart_from: Collection[int] = (),
) -> Ruling:  # fmt: skip
    """Pass a line on to those who may post what is `over` the person's limit; nothing is decided.

    `other_id` is the line at the other side of a transfer.
    """
    candidates = reviews.with_authority(session, locked, over.value, now=now, other_id=other_id, apart_from=apart_from)
    able = [candidate.name for candidate in candidates if candidate.id != person.id]
    journal.notify(
        session,
        Intent.ESCALATION,
        f"{locked.id}.{locked.line.version}",
        channel=locked.team.review_channel,
        now=now,
    )
    refusals.keep_event(
        session,
        actor=person.slack_id,
        action=OVER_LIMIT,
        subject=f"line {locked.id}",
        now=now,
        detail={"wish": kind, **asdict(over), **({} if other_id is None else {OTHER_LINE: other_id})},
    )
    said = over.sentence(people.company(session).currency)
    if not able:
        return Ruling(None, f"{said} Nobody else may decide it: ask stock control for an approver with a higher limit.")
    return Ruling(None, f"{said} I have asked {wording.all_of(able)}.")
