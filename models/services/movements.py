"""Stock movements, and what a late one does to counts.

A movement is late when it is recorded after a count but occurred before it: the count was judged against a ledger
that did not know it yet. A line that is still open is judged again. A settled one goes back to the approvers with the
compensating entry as its proposal - the newest settled count answers for the stock; older ones, and counts hidden by
a line that is open now, are marked as waiting (`late_movement_at`).
"""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from models.counts import OPEN_STATES, CountEntry, CountLine
from models.rules.lines import LineState
from models.services import askers, judging, ledger, lines, parts, settling
from models.stock import EntryKind, StockEntry


def record(
    session: Session,
    *,
    item_id: int,
    location_id: int,
    kind: EntryKind,
    quantity: Decimal,
    occurred_at: datetime,
    now: datetime,
    reference: str = "",
    import_key: str | None = None,
    moved_by: str | None = None,
) -> StockEntry:
    """Post a movement of a signed quantity (base units) and reconsider the counts it came too late for."""
    level = ledger.level_of(session, item_id, location_id, now)
    entry = ledger.post(
        session,
        level,
        kind,
        quantity,
        occurred_at=occurred_at,
        now=now,
        reference=reference,
        import_key=import_key,
        moved_by=moved_by,
    )
    reconsider(session, item_id=item_id, location_id=location_id, occurred_at=occurred_at, now=now)
    show_waiting_card(session, item_id=item_id, location_id=location_id, now=now)
    return entry


def show_waiting_card(session: Session, *, item_id: int, location_id: int, now: datetime) -> None:
    """Have the review card of a stock drawn again, if one waits: it says what moved since the count."""
    waiting = session.exec(
        select(CountLine.id).where(
            CountLine.item_id == item_id,
            CountLine.location_id == location_id,
            CountLine.state == LineState.IN_REVIEW,
        )
    ).one_or_none()
    if waiting is not None:
        lines.show_card(session, lines.lock_line(session, waiting, now), now)


def reconsider(session: Session, *, item_id: int, location_id: int, occurred_at: datetime, now: datetime) -> None:
    """Look again at every count of a stock made at or after `occurred_at`, a movement just recorded."""
    affected = session.exec(
        select(CountLine)
        .where(
            CountLine.item_id == item_id,
            CountLine.location_id == location_id,
            col(CountLine.id).in_(select(CountEntry.line_id).where(CountEntry.counted_at >= occurred_at)),
        )
        .order_by(col(CountLine.id))
    ).all()
    if not affected:
        return
    for line in affected:
        _judge_again(session, line, occurred_at, now)
    session.flush()
    if not _has_open_line(session, item_id, location_id):
        settling.reopen_waiting(session, item_id, location_id, now)


def _judge_again(session: Session, line: CountLine, occurred_at: datetime, now: datetime) -> None:
    """Judge a line's attempts by what the books know now. Open, it may settle; settled, it waits for an answer."""
    assert line.id is not None  # noqa: S101 - a stored row has an id
    locked = lines.lock_line(session, line.id, now)
    judgement = judging.judge_again(session, locked, since=occurred_at, now=now)
    if judgement is None:
        return
    if line.state not in OPEN_STATES:
        line.late_movement_at = now
        session.add(line)
    elif line.state is LineState.IN_REVIEW:
        lines.redraw_card(session, locked, now)
    elif judgement.within and not lines.decisions_of(session, line.id):  # what an approver asked for is counted
        entry = lines.settling_entries(session, line.id)[-1]
        doubtful = parts.moved_meanwhile(session, line.item_id, line.location_id, entry)
        corrected = ledger.correction_after(session, line.item_id, line.location_id, entry.counted_at)
        if not doubtful and not corrected and not askers.is_recount_by_asker(locked.session, entry):
            settling.settle_within_tolerance(session, locked, entry, judgement, now)


def _has_open_line(session: Session, item_id: int, location_id: int) -> bool:
    return (
        session.exec(
            select(CountLine.id)
            .where(
                CountLine.item_id == item_id,
                CountLine.location_id == location_id,
                col(CountLine.state).in_(OPEN_STATES),
            )
            .limit(1)
        ).first()
        is not None
    )
