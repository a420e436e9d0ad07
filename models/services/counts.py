"""Recording counts: a blind entry comes in, is judged at its count instant, and the line moves on.

What somebody learns from the answer is only that the number is stored. Whether it matched is not theirs to know while
the line is open: a counter who is told "that is right" has been told the record.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, select

from models.catalog import Item, Location
from models.counts import CountEntry, CountLine, CountSession, EntrySource, LineSkip, ReviewCause
from models.errors import BadQuantity, NotAllowed, WrongState
from models.milestones import Milestone, reached
from models.parts import Closing, PartsClosing
from models.people import Member
from models.rules import wording
from models.rules.lines import LineState
from models.rules.quantities_units import Pack
from models.services import (
    askers,
    blindness,
    count_answers,
    held_answers,
    journal,
    judging,
    ledger,
    lines,
    packs,
    parts,
    people,
    settling,
    signed,
    times,
)
from models.services.count_answers import Counted
from models.services.lines import LockedLine
from models.services.people import Person
from models.stock import StockLevel

LONGEST_REASON = 200

_CORRECTABLE = (ReviewCause.VARIANCE, ReviewCause.NO_OTHER_COUNTER, ReviewCause.MOVED_MEANWHILE, ReviewCause.FOUND)


@dataclass(frozen=True)
class LineToCount:
    """What a counter may know of a line before counting it: everything but numbers.

    Only where the plan is not blind, `on_hand` is what the record says, in base units. The form of a recount does not
    show it; but who is asked may have seen it before, so such a session says nothing about accuracy.
    `adding_up` names those who gave parts of it that are still open.
    """

    line_id: int
    session_id: int
    sku: str
    name: str
    location: str
    unit: str
    on_hand: Decimal | None = None
    packs: tuple[Pack, ...] = ()
    adding_up: str = ""


def record(
    session: Session,
    *,
    person: Person,
    line_id: int,
    quantity: Decimal,
    counted_at: datetime,
    source: EntrySource,
    source_key: str,
    now: datetime,
    typed: str = "",
    message_ts: str | None = None,
    closing: Closing = Closing.REPLACED,
) -> Counted:
    """Store one blind count of a line and act on it.

    `quantity` is in base units, `counted_at` the count instant, `source_key` unique for what the person did: the same
    key again stores nothing. It closes the parts of the line that are open; `closing` says how. Raises NotAllowed for
    somebody who does not count for the team, WrongState when somebody else's count already settled the line (the
    sentence says who and when).
    """
    locked = lines.lock_line(session, line_id, now)
    require_counter(person, locked)
    seen = session.exec(select(CountEntry).where(CountEntry.source_key == source_key)).one_or_none()
    if seen is not None:
        return count_answers.counted(session, locked, seen)
    if quantity < 0:
        raise BadQuantity("There cannot be less than nothing; write 0 or more.")
    entry = CountEntry(
        line_id=line_id,
        member_id=person.id,
        quantity=quantity,
        attempt=1,
        settles=True,
        # Slack's clock and ours differ. Dated before its sheet, a count could move the ledger of the count before it.
        counted_at=max(counted_at, locked.session.started_at),
        recorded_at=now,
        source=source,
        source_key=source_key,
        typed=typed[:200],
        message_ts=message_ts,
    )
    _place(session, locked, person, entry)
    if source is not EntrySource.DIRECT:
        held_answers.replace(session, person, line_id)
    has_parts = entry.settles and bool(parts.open_parts(session, line_id))
    session.add(entry)
    session.flush()
    if has_parts:
        session.add(PartsClosing(entry_id=entry.id or 0, how=closing))
        session.flush()
    detail = {"quantity": quantity, "attempt": entry.attempt, "settles": entry.settles, "source": source}
    journal.audit(session, actor=person.slack_id, action="count", subject=f"line {line_id}", now=now, detail=detail)
    judging.judge_entry(session, locked, entry, now)
    if entry.settles:
        _act(session, locked, entry, now)
    elif locked.line.state is LineState.IN_REVIEW or lines.decisions_of(session, line_id):
        lines.show_card(session, locked, now)
    reached(Milestone.COUNT_WRITTEN)
    return count_answers.counted(session, locked, entry)


def skip(session: Session, *, person: Person, line_id: int, reason: str, now: datetime) -> None:
    """Say that a line cannot be counted, and why. It goes back to the pool; a recount goes to another counter."""
    locked = lines.lock_line(session, line_id, now)
    require_counter(person, locked)
    state = locked.line.state
    if state not in (LineState.TO_COUNT, LineState.RECOUNT):
        raise already_there(session, locked, now)
    if person.id in lines.counted_before(session, line_id):
        raise NotAllowed("You have counted this line already; somebody else is asked now.")
    parts.require_none(session, line_id)
    held_answers.require_none_of_others(session, person, line_id)
    session.add(
        LineSkip(line_id=line_id, member_id=person.id, reason=wording.cut(reason, LONGEST_REASON), skipped_at=now)
    )
    session.flush()
    journal.audit(
        session, actor=person.slack_id, action="skip", subject=f"line {line_id}", now=now, detail={"reason": reason}
    )
    if state is LineState.TO_COUNT:
        settling.skip(session, locked, now)
    elif locked.line.asked_member_id == person.id:  # from anybody else it only says whom not to ask next
        _recount_or_review(session, locked, now, ReviewCause.NO_RECOUNT_MADE)


def require_counter(person: Person, locked: LockedLine) -> None:
    """Raise NotAllowed unless `person` counts for the line's team, or was asked to recount this line."""
    if locked.session.team_id not in person.counts and locked.line.asked_member_id != person.id:
        raise people.not_a_counter(locked.team)


def lines_to_count(session: Session, person: Person, session_id: int) -> list[LineToCount]:
    """The lines of a session that `person` may count now, in walk order.

    Lines in RECOUNT are offered to everybody of the team who has not counted or skipped them, and to who is asked.
    Somebody who asked for the count has those that nobody else can count.
    """
    count_session = session.get_one(CountSession, session_id)
    rows = session.exec(
        select(CountLine, Item, Location, StockLevel)
        .join(Item, col(Item.id) == col(CountLine.item_id))
        .join(Location, col(Location.id) == col(CountLine.location_id))
        .join(StockLevel, of_stock())
        .where(
            CountLine.session_id == session_id,
            col(CountLine.state).in_([LineState.TO_COUNT, LineState.RECOUNT]),
        )
        .order_by(col(CountLine.position), col(CountLine.id))
    ).all()
    blind = set() if count_session.blind else blindness.hidden_items(session, person, by_blind_sessions=True)
    ids = [line.id for line, *_ in rows if line.id is not None]
    counted = parts.given_before(session, person.id, ids) | set(
        session.exec(
            select(CountEntry.line_id).where(col(CountEntry.line_id).in_(ids), CountEntry.member_id == person.id)
        ).all()
    )
    skipped = set(
        session.exec(
            select(LineSkip.line_id).where(col(LineSkip.line_id).in_(ids), LineSkip.member_id == person.id)
        ).all()
    )
    to_others = askers.left_to_others(session, person, count_session)
    comes_in = packs.packs_of(session, [item.id for _, item, *_ in rows])
    adding = parts.adding_up(session, ids)
    return [
        LineToCount(
            line.id,
            session_id,
            item.sku,
            item.name,
            location.code,
            item.unit,
            None if item.id in blind else on_hand_shown(count_session, line, level),
            comes_in.get(item.id or 0, ()),
            parts.names(adding.get(line.id, ())),
        )
        for line, item, location, level in rows
        if line.id is not None
        and line.id not in counted
        and (
            line.asked_member_id == person.id
            or (count_session.team_id in person.counts and line.id not in skipped and line.state not in to_others)
        )
    ]


def of_stock() -> ColumnElement[bool]:
    """Joins a line to the level of its stock."""
    return and_(
        col(StockLevel.item_id) == col(CountLine.item_id), col(StockLevel.location_id) == col(CountLine.location_id)
    )


def on_hand_shown(count_session: CountSession, line: CountLine, level: StockLevel) -> Decimal | None:
    """What the record says, for the first counter of a plan that is not blind; None for everybody else."""
    return None if count_session.blind or line.state is not LineState.TO_COUNT else level.on_hand


def _place(session: Session, locked: LockedLine, person: Person, entry: CountEntry) -> None:
    """Decide what a new entry is: the first count, a recount, a correction, or a note that came too late."""
    attempts = lines.settling_entries(session, locked.id)
    state = locked.line.state
    has_counted = person.id in lines.counted_before(session, locked.id)
    if not has_counted:
        askers.require_other(session, person, locked.session, locked.line)
    if state is LineState.TO_COUNT:
        return
    if state is LineState.RECOUNT and not has_counted:
        entry.attempt = attempts[-1].attempt + 1
        return
    if not has_counted:
        raise already_there(session, locked, entry.recorded_at)
    last = attempts[-1]
    entry.attempt = last.attempt
    can_correct = state is LineState.IN_REVIEW and locked.line.review_cause in _CORRECTABLE
    if can_correct and last.member_id == person.id:
        entry.replaces_id = last.id
    else:
        entry.settles = False


def _act(session: Session, locked: LockedLine, entry: CountEntry, now: datetime) -> None:
    line = locked.line
    if line.state is LineState.IN_REVIEW:
        # A correction under the approver's eyes: the card shows the new facts, its old buttons are void.
        lines.redraw_card(session, locked, now)
        return
    judgement = lines.newest_judgement(session, entry)
    corrected = judgement.variance != 0 and ledger.correction_after(
        session, line.item_id, line.location_id, entry.counted_at
    )
    # What lies where the record has nothing is no matter of tolerance.
    is_new = line.found and judgement.expected == 0 and judgement.variance != 0
    is_fine = judgement.within and not is_new
    if is_fine and parts.moved_meanwhile(session, line.item_id, line.location_id, entry):
        lines.send_to_review(session, locked, ReviewCause.MOVED_MEANWHILE, now)
    elif is_fine and not corrected and not askers.is_recount_by_asker(locked.session, entry):
        settling.settle_within_tolerance(session, locked, entry, judgement, now)
    elif line.found and line.state is LineState.TO_COUNT:
        lines.send_to_review(session, locked, ReviewCause.FOUND, now)
    else:
        _recount_or_review(session, locked, now, ReviewCause.VARIANCE)


def _recount_or_review(session: Session, locked: LockedLine, now: datetime, cause: ReviewCause) -> None:
    made = lines.settling_entries(session, locked.id)[-1].attempt - 1
    may_recount = made < locked.session.recounts
    if locked.line.state is LineState.RECOUNT and cause is ReviewCause.NO_RECOUNT_MADE:
        may_recount = True  # the recount asked for was not made: asking another counter is still the same recount
    if may_recount:
        able = lines.recounters(session, locked, approvers_too=False)
        if able:
            lines.ask_recount(session, locked, able[0], now)
            return
        cause = ReviewCause.NO_RECOUNT_MADE if cause is ReviewCause.NO_RECOUNT_MADE else ReviewCause.NO_OTHER_COUNTER
    lines.send_to_review(session, locked, cause, now)


def already_there(session: Session, locked: LockedLine, now: datetime) -> WrongState:
    """Why a line takes no count any more: the sentence says who counted it and when."""
    line = locked.line
    if line.state is LineState.SKIPPED:
        by = signed.said(session, line.session_id, now)
        return WrongState(f"This line was skipped; it comes back with a later count.{by}")
    last = lines.settling_entries(session, locked.id)[-1]
    when = times.said(session, last.counted_at, now)
    name = people.display_name(session.get_one(Member, last.member_id))
    rest = "; it is with the approvers" if line.state is LineState.IN_REVIEW else ""
    by = "" if rest else signed.said(session, line.session_id, now)
    return WrongState(f"{name} counted this at {when}{rest}.{by}")
