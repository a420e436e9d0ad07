"""Closing a line: the ledger entry of the variance, the count recorded on the level, and the decision kept."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountEntry, CountLine, Decision, DecisionKind, Judgement, ReviewCause
from models.milestones import Milestone, reached
from models.rules.causes import WITHIN_TOLERANCE
from models.rules.lines import LineState, Move
from models.rules.tolerance import variance_value
from models.services import journal, judging, ledger, lines, people
from models.services.grants import Signature
from models.services.last_counts import last_count
from models.services.lines import LockedLine
from models.services.people import Person
from models.services.standing import standing_decisions
from models.stock import DUE_AT_ONCE, EntryKind, StockEntry, StockLevel


def settle_within_tolerance(
    session: Session, locked: LockedLine, entry: CountEntry, judgement: Judgement, now: datetime
) -> Decision:
    """Post a variance that needs nobody, decided by the limit that applied."""
    decision = reconcile(
        session,
        locked,
        kind=DecisionKind.WITHIN_TOLERANCE,
        by=None,
        entry=entry,
        quantity=entry.quantity,
        instant=entry.counted_at,
        posted=judgement.variance,
        reason=WITHIN_TOLERANCE,
        note=judgement.limit_applied,
        now=now,
    )
    lines.move(session, locked, Move.SETTLE, now)
    return decision


def reconcile(
    session: Session,
    locked: LockedLine,
    *,
    kind: DecisionKind,
    by: Signature | None,
    entry: CountEntry,
    quantity: Decimal,
    instant: datetime,
    posted: Decimal,
    reason: str,
    note: str,
    now: datetime,
    row: EntryKind = EntryKind.ADJUSTMENT,
    other_line_id: int | None = None,
) -> Decision:
    """Accept `quantity` as having been there at `instant`: at most one `row` of the ledger, of the delta `posted`.

    The entry is dated at the count instant, so that movements since then keep their effect (never "set to N").
    The caller moves the line. `other_line_id` is that of the bin which a transfer goes to, or comes from.
    """
    if posted != 0:
        ledger.post(
            session,
            locked.level,
            row,
            posted,
            occurred_at=instant,
            now=now,
            reference=locked.session.name,
            reason=reason,
            line_id=locked.id,
            unit_cost=judging.unit_cost_at(session, locked, entry),
        )
    level = locked.level
    if level.last_counted_at is None or level.last_counted_at < instant:
        level.last_counted_at = instant
        level.due_from = instant
        session.add(level)
    locked.line.late_movement_at = None
    locked.line.asked_member_id = None
    return _decide(
        session,
        locked,
        kind=kind,
        by=by,
        entry=entry,
        quantity=quantity,
        instant=instant,
        posted=posted,
        reason=reason,
        note=note,
        now=now,
        other_line_id=other_line_id,
    )


def reject(session: Session, locked: LockedLine, *, by: Signature, reason: str, note: str, now: datetime) -> Decision:
    """Close a line without believing its count: nothing is posted and the stock is due at once."""
    locked.level.due_from = DUE_AT_ONCE
    session.add(locked.level)
    locked.line.late_movement_at = None
    decision = _decide(session, locked, kind=DecisionKind.REJECT, by=by, reason=reason, note=note, now=now)
    lines.move(session, locked, Move.REJECT, now)
    reopen_waiting(session, locked.line.item_id, locked.line.location_id, now)
    return decision


def take_back(
    session: Session, locked: LockedLine, first: Decision, *, by: Signature, note: str, now: datetime
) -> Decision:
    """Undo a decision: its ledger row gets its opposite at the same instant, and the line waits for a new decision."""
    if first.posted != 0:
        row = _row_of(session, first)
        ledger.post(
            session,
            locked.level,
            row.kind,
            -row.quantity,
            occurred_at=row.occurred_at,
            now=now,
            reference=row.reference,
            reason=row.reason,
            line_id=locked.id,
            unit_cost=row.unit_cost,
            reverses=row,
        )
    entry = session.get_one(CountEntry, first.entry_id)
    decision = _decide(
        session, locked, kind=DecisionKind.REVERSE, by=by, reason=first.reason, note=note, now=now, entry=entry,
        instant=first.count_instant, posted=-first.posted, reverses=first, other_line_id=first.other_line_id,
    )  # fmt: skip
    _forget_count(session, locked.level)
    lines.send_to_review(session, locked, ReviewCause.REVERSED, now, by=Move.REVERSE)
    return decision


def _row_of(session: Session, decision: Decision) -> StockEntry:
    """The ledger row of what a decision posted."""
    return session.exec(
        select(StockEntry).where(
            StockEntry.line_id == decision.line_id,
            StockEntry.recorded_at == decision.decided_at,
            col(StockEntry.reverses_id).is_(None),
            ~ledger.is_reversed(),
        )
    ).one()


def _forget_count(session: Session, level: StockLevel) -> None:
    """Have a level say when it was last counted without a decision that was just taken back."""
    level.last_counted_at = last_count(session, level.item_id, level.location_id)
    if level.due_from != DUE_AT_ONCE:
        level.due_from = level.last_counted_at or level.created_at
    session.add(level)


def send_back(session: Session, locked: LockedLine, *, by: Signature, to: Person, now: datetime) -> Decision:
    """Have an undecided line counted once more, by `to`."""
    decision = _decide(session, locked, kind=DecisionKind.RECOUNT, by=by, reason=None, note="", now=now)
    lines.ask_recount(session, locked, to, now)
    return decision


def skip(session: Session, locked: LockedLine, now: datetime) -> None:
    """Put a line that nobody counted back into the pool."""
    lines.move(session, locked, Move.SKIP, now)
    reopen_waiting(session, locked.line.item_id, locked.line.location_id, now)


def reopen_waiting(session: Session, item_id: int, location_id: int, now: datetime) -> None:
    """Give the count that answers for a stock back to the approvers when a late movement waits for its answer.

    That is the newest count the ledger rests on. Newer ones that were rejected hide it only while they are undecided;
    older ones do not matter any more. The caller sees to it that no line of this stock is open.
    """
    settled = session.exec(
        select(CountLine)
        .where(
            CountLine.item_id == item_id,
            CountLine.location_id == location_id,
            col(CountLine.state).in_([LineState.RECONCILED, LineState.REJECTED]),
        )
        .order_by(col(CountLine.id).desc())
    )
    for line in settled:
        assert line.id is not None  # noqa: S101 - a stored row has an id
        if line.late_movement_at is not None:
            locked = lines.lock_line(session, line.id, now)
            lines.send_to_review(session, locked, ReviewCause.LATE_MOVEMENT, now, by=Move.LATE_MOVEMENT)
            return
        if standing_decisions(session, line.id):
            return


def _decide(
    session: Session,
    locked: LockedLine,
    *,
    kind: DecisionKind,
    by: Signature | None,
    reason: str | None,
    note: str,
    now: datetime,
    entry: CountEntry | None = None,
    quantity: Decimal | None = None,
    instant: datetime | None = None,
    posted: Decimal = Decimal(0),
    reverses: Decision | None = None,
    other_line_id: int | None = None,
) -> Decision:
    cost = (
        judging.unit_cost_at(session, locked, entry) if entry else session.get_one(Item, locked.line.item_id).unit_cost
    )
    second = by.second if by else None
    decision = Decision(
        line_id=locked.id,
        line_version=locked.line.version,
        kind=kind,
        member_id=by.member_id if by else None,
        entry_id=entry.id if entry else None,
        count_instant=instant,
        quantity=quantity,
        posted=posted,
        unit_cost=cost,
        reason=reason,
        note=note,
        decided_at=now,
        reverses_id=reverses.id if reverses else None,
        other_line_id=other_line_id,
        authority=by.sentence(people.company(session).currency) if by else "",
        for_member_id=by.for_member_id if by else None,
        confirmed_by_id=second.member_id if second else None,
        confirmed_for_id=second.for_member_id if second else None,
    )
    session.add(decision)
    journal.audit(
        session,
        actor=(second or by).slack_id if by else journal.SYSTEM,
        action=f"decide: {kind}",
        subject=f"line {locked.id}",
        now=now,
        detail={
            "posted": posted,
            "value": variance_value(posted, cost),
            "reason": reason,
            "note": note,
            **({"authority": decision.authority} if by else {}),
            **({"first": by.slack_id} if by and second else {}),
        },
    )
    session.flush()
    if by is not None:
        reached(Milestone.DECISION_WRITTEN)
    return decision
