"""Decisions of approvers: approve, adjust, recount, reject.

Each one checks everything again under the line's lock: that the line still waits, that the card the person saw is the
current one (`version`), that they are an approver of that team or a controller, that they did not count the line, that
nothing corrected the record since the count, that the value is within their limit, and that the cause is one that may
be given. First decision wins.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from models.catalog import Item
from models.counts import Decision, DecisionKind
from models.errors import AlreadyDecided, BadInput, BadQuantity, NotAllowed, WrongState
from models.journal import Intent
from models.people import Member
from models.rules import wording
from models.rules.causes import Reason, Wish
from models.rules.lines import LineState, Move
from models.rules.tolerance import variance_value
from models.services import (
    authority,
    journal,
    judging,
    ledger,
    lines,
    people,
    posting_days,
    refusals,
    reviews,
    settling,
    times,
)
from models.services.authority import OverLimit
from models.services.causes import require_cause
from models.services.lines import LockedLine
from models.services.people import Person

OVER_LIMIT = f"{refusals.REFUSED}over limit"
"""The audit event of a decision that was passed on to somebody with a higher limit."""

OTHER_LINE = "other_line"
"""In its detail: the line at the other side of a transfer."""

LONGEST_NOTE = 500


@dataclass(frozen=True)
class Ruling:
    """What came of a wish to decide. Without a `decision` it was over the limit; `sentence` says who was asked."""

    decision: Decision | None
    sentence: str


def approve(session: Session, *, person: Person, line_id: int, version: int, reason: str, now: datetime) -> Ruling:
    """Accept the proposed quantity (the last attempt): its variance is posted as of the count instant."""
    locked = open_for(session, person=person, line_id=line_id, version=version, now=now)
    proposed = reviews.proposal(session, locked)
    return _accept(
        session, locked, kind=DecisionKind.APPROVE, move=Move.APPROVE, person=person, quantity=proposed.quantity,
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
        session, locked, kind=DecisionKind.ADJUST, move=Move.ADJUST, person=person, quantity=quantity,
        reason=reason, note=note.strip(), now=now,
    )  # fmt: skip


def recount(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> Ruling:
    """Send the line back for one more blind count, to somebody who has not counted it."""
    locked = open_for(session, person=person, line_id=line_id, version=version, now=now)
    able = lines.recounters(session, locked, approvers_too=True)
    if not able:
        raise NotAllowed("Everybody who may count this has counted it. Approve, adjust or reject it.")
    to = next((candidate for candidate in able if candidate.id != person.id), able[0])
    decision = settling.send_back(session, locked, by=person, to=to, now=now)
    lines.show_card(session, locked, now)
    return Ruling(decision, f"{_sku(session, locked)}: {to.name} was asked to count it again.")


def reject(
    session: Session, *, person: Person, line_id: int, version: int, reason: str, note: str, now: datetime
) -> Ruling:
    """Disbelieve the count: nothing is posted, the stock is due again at once."""
    locked = open_for(session, person=person, line_id=line_id, version=version, now=now)
    _require_note(reason, note, "Say in the note why.")
    require_cause(session, Wish.REJECT, reason, None)
    decision = settling.reject(session, locked, by=person, reason=reason, note=note.strip(), now=now)
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
        names = [approver.name for approver in people.approvers_of(session, locked.session.team_id)]
        can = f" {wording.any_of(names)} can." if names else ""
        raise NotAllowed(f"Only approvers of {locked.team.name} decide this.{can}")
    if locked.line.state is not state or locked.line.version != version:
        raise _moved_on(session, locked, version, now)
    if person.id in lines.counted_by(session, line_id):
        raise NotAllowed("You counted this line, so somebody else decides it.")
    return locked


def _require_note(reason: str, note: str, ask: str) -> None:
    if reason == Reason.OTHER and not note.strip():
        raise BadInput(ask)
    if len(note.strip()) > LONGEST_NOTE:
        raise BadInput(f"The note has {len(note.strip())} characters; make do with {LONGEST_NOTE}.")


def _moved_on(session: Session, locked: LockedLine, version: int, now: datetime) -> WrongState:
    decisions = [d for d in lines.decisions_of(session, locked.id) if d.line_version >= version]
    if not decisions:
        if locked.line.state is LineState.IN_REVIEW:
            return WrongState(
                "The facts have changed since this card was drawn. Look at it again; nothing was changed."
            )
        return WrongState("This line is not waiting for a decision any more. Nothing was changed.")
    first = decisions[0]
    when = times.said(session, first.decided_at, now)
    if first.member_id is None:
        who = "The tolerance limit"
    else:
        who = people.display_name(session.get_one(Member, first.member_id))
    did = {
        DecisionKind.APPROVE: f"approved this at {when} ({wording.signed(first.posted)})",
        DecisionKind.ADJUST: f"adjusted this at {when} ({wording.signed(first.posted)})",
        DecisionKind.RECOUNT: f"asked for a recount at {when}",
        DecisionKind.REJECT: f"rejected this at {when}",
        DecisionKind.TRANSFER: f"made this a transfer at {when} ({wording.signed(first.posted)})",
        DecisionKind.REVERSE: f"took the decision back at {when} ({wording.signed(first.posted)})",
        DecisionKind.WITHIN_TOLERANCE: f"settled this at {when} ({wording.signed(first.posted)})",
    }[first.kind]
    return AlreadyDecided(f"{who} {did}. Nothing was changed.", first.decided_at)


def _accept(
    session: Session,
    locked: LockedLine,
    *,
    kind: DecisionKind,
    move: Move,
    person: Person,
    quantity: Decimal,
    reason: str,
    note: str,
    now: datetime,
) -> Ruling:
    proposed = reviews.proposal(session, locked)
    refuse_if_corrected(session, locked, proposed.instant, now)
    delta = judging.unposted_variance(session, locked, quantity, proposed.instant)
    value = variance_value(delta, proposed.unit_cost)
    if (over := authority.claim(session, locked, person, value)) is not None:
        return escalate(session, locked, kind=kind, person=person, over=over, now=now)
    require_cause(session, Wish.ADJUST if move is Move.ADJUST else Wish.APPROVE, reason, value)
    decision = settling.reconcile(
        session, locked, kind=kind, by=person, entry=proposed.entry, quantity=quantity, instant=proposed.instant,
        posted=delta, reason=reason, note=note, now=now,
    )  # fmt: skip
    lines.move(session, locked, move, now)
    lines.show_card(session, locked, now)
    item = session.get_one(Item, locked.line.item_id)
    posted = f"{wording.signed(delta)} {item.unit} posted" if delta else "nothing had to be posted"
    on_hand = f"{wording.quantity(locked.level.on_hand)} {item.unit}"
    dated = posting_days.sentence(session, decision)
    return Ruling(decision, f"{item.sku}: {posted}, on-hand is {on_hand}.{dated}")


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
    other_id: int | None = None,
) -> Ruling:  # fmt: skip
    """Pass a line on to those who may post what is `over` the person's limit; nothing is decided.

    `other_id` is the line at the other side of a transfer.
    """
    candidates = reviews.with_authority(session, locked, over.value, other_id=other_id)
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
