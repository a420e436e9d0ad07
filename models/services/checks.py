"""Invariants of the whole database, as a plain list: what must hold whatever happened.

`python -m bot check` runs them, and the tests do after every scenario. A broken one is a sentence that names the row.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from sqlmodel import Session, col, func, or_, select

from models.catalog import Item
from models.counts import OPEN_STATES, CountEntry, CountLine, CountSession, Decision, Judgement
from models.journal import Intent, OutboxMessage, OutboxState, SentMessage
from models.rules.lines import LineState
from models.services import judging, ledger, lines
from models.services.last_counts import last_counts
from models.services.part_checks import PART_CHECKS
from models.services.period_checks import PERIOD_CHECKS
from models.services.record_checks import RECORD_CHECKS
from models.services.seal_checks import SEAL_CHECKS
from models.services.sign_off_checks import SIGN_OFF_CHECKS
from models.services.standing import standing_decisions
from models.sign_offs import SignOff
from models.stock import StockEntry, StockLevel


def run_checks(session: Session) -> list[str]:
    """Run every invariant; return one sentence for each thing that is wrong, none when all is well."""
    return list(problems(session))


def problems(session: Session) -> Iterator[str]:
    """The same, each as it is found."""
    for check in CHECKS:
        yield from check(session)


def levels_equal_the_ledger(session: Session) -> Iterator[str]:
    """A stock level is the sum of its ledger rows."""
    sums = {
        (item, location): total
        for item, location, total in session.exec(
            select(StockEntry.item_id, StockEntry.location_id, func.sum(StockEntry.quantity)).group_by(
                col(StockEntry.item_id), col(StockEntry.location_id)
            )
        )
    }
    for level in session.exec(select(StockLevel)):
        total = sums.pop((level.item_id, level.location_id), Decimal(0))
        if total != level.on_hand:
            yield f"stock level {level.id} says {level.on_hand}, its ledger {total}"
    for item, location in sums:
        yield f"ledger rows of item {item} at location {location} have no stock level"


def levels_carry_the_class_of_their_item(session: Session) -> Iterator[str]:
    """An item is in the class it was pinned to, else in the stock file's; and its levels say so."""
    said = func.coalesce(Item.pinned_class, Item.file_class)
    for sku, found, wanted in session.exec(
        select(Item.sku, Item.abc_class, said).where(said != func.coalesce(Item.abc_class, ""))
    ):
        yield f"item {sku} is in class {found or 'none'}, by its pin or the stock file it belongs in {wanted}"
    for level_id, copy, sku, found in session.exec(
        select(StockLevel.id, StockLevel.abc_class, Item.sku, Item.abc_class)
        .join(Item, col(Item.id) == col(StockLevel.item_id))
        .where(col(StockLevel.abc_class) != func.coalesce(Item.abc_class, ""))
    ):
        yield f"stock level {level_id} is in class {copy or 'none'}, its item {sku} in {found or 'none'}"


def one_open_line_per_stock(session: Session) -> Iterator[str]:
    """No item at a location is being counted twice at once."""
    for item, location, count in session.exec(
        select(CountLine.item_id, CountLine.location_id, func.count())
        .where(col(CountLine.state).in_(OPEN_STATES))
        .group_by(col(CountLine.item_id), col(CountLine.location_id))
        .having(func.count() > 1)
    ):
        yield f"item {item} at location {location} has {count} open lines"


def only_lines_to_count_are_claimed(session: Session) -> Iterator[str]:
    """A claim says who and since when, and ends with the count."""
    claimed = col(CountLine.claimed_by_id).is_not(None)
    for line in session.exec(select(CountLine).where(claimed != col(CountLine.claimed_at).is_not(None))):
        yield f"line {line.id} has half of a claim"
    for line in session.exec(select(CountLine).where(claimed, CountLine.state != LineState.TO_COUNT)):
        yield f"line {line.id} is {line.state} and still claimed"


def reconciled_lines_equal_the_ledger(session: Session) -> Iterator[str]:
    """As of its count instant, the ledger of a reconciled line holds the accepted quantity."""
    for line in session.exec(
        select(CountLine).where(CountLine.state == LineState.RECONCILED, col(CountLine.late_movement_at).is_(None))
    ):
        assert line.id is not None  # noqa: S101 - a stored row has an id
        accepted = standing_decisions(session, line.id)
        if not accepted:
            yield f"line {line.id} is reconciled without a decision"
            continue
        last = accepted[-1]
        assert last.count_instant is not None  # noqa: S101 - comes with the quantity
        book = ledger.on_hand_at(session, line.item_id, line.location_id, last.count_instant)
        if book != last.quantity:
            yield f"line {line.id} accepted {last.quantity} at its count, the ledger says {book}"


def adjustments_equal_decisions(session: Session) -> Iterator[str]:
    """What a line's decisions say was posted is what the ledger got for that line; each with a reason."""
    posted = dict(
        session.exec(
            select(StockEntry.line_id, func.sum(StockEntry.quantity))
            .where(ledger.is_by_count())
            .group_by(col(StockEntry.line_id))
        ).all()
    )
    decided = dict(
        session.exec(select(Decision.line_id, func.sum(Decision.posted)).group_by(col(Decision.line_id))).all()
    )
    for line_id in posted.keys() | decided.keys():
        in_ledger, by_decision = posted.get(line_id, Decimal(0)), decided.get(line_id or 0, Decimal(0))
        if line_id is None:
            yield "an adjustment names no count line"
        elif in_ledger != by_decision:
            yield f"line {line_id}: decisions posted {by_decision}, the ledger has {in_ledger}"
    for entry in session.exec(select(StockEntry).where(ledger.is_by_count(), col(StockEntry.reason).is_(None))):
        yield f"adjustment {entry.id} has no reason"


def lines_have_what_their_state_says(session: Session) -> Iterator[str]:
    """Uncounted lines have no attempt, counted ones one of each number; a recount is asked of who has not counted."""
    for line in session.exec(select(CountLine)):
        assert line.id is not None  # noqa: S101 - a stored row has an id
        entries = lines.entries_of(session, line.id)
        if line.state in (LineState.TO_COUNT, LineState.SKIPPED):
            if entries:
                yield f"line {line.id} is {line.state} but has entries"
        else:
            attempts = lines.settling_entries(session, line.id)
            if not attempts or [entry.attempt for entry in attempts] != list(range(1, len(attempts) + 1)):
                yield f"line {line.id} is {line.state} with attempts {[entry.attempt for entry in attempts]}"
            if len({entry.member_id for entry in attempts}) < len(attempts):
                yield f"line {line.id} was recounted by somebody who had counted it"
        if line.state is LineState.RECOUNT and line.asked_member_id in {None, *(e.member_id for e in entries)}:
            yield f"line {line.id} waits for a recount that is asked of nobody who may make it"
        if line.state is LineState.IN_REVIEW and line.review_cause is None:
            yield f"line {line.id} is in review and nobody knows why"
        if (line.settled_at is None) != (line.state in OPEN_STATES):
            yield f"line {line.id} is {line.state} with settled_at {line.settled_at}"


def judgements_add_up(session: Session) -> Iterator[str]:
    """Every entry is judged, and variance = quantity - expected."""
    judged = set()
    for judgement, entry in session.exec(
        select(Judgement, CountEntry).join(CountEntry, col(CountEntry.id) == col(Judgement.entry_id))
    ):
        judged.add(entry.id)
        if judgement.variance != entry.quantity - judgement.expected:
            yield f"judgement {judgement.id}: {entry.quantity} - {judgement.expected} is not {judgement.variance}"
    for entry_id in session.exec(select(CountEntry.id)):
        if entry_id not in judged:
            yield f"entry {entry_id} was never judged"


def attempts_are_judged_by_what_the_books_know(session: Session) -> Iterator[str]:
    """The newest judgement of an attempt that matters expects what the ledger holds now for its count instant."""
    newest = select(func.max(Judgement.id)).group_by(col(Judgement.entry_id))
    judged = {found.entry_id: found for found in session.exec(select(Judgement).where(col(Judgement.id).in_(newest)))}
    matters = select(CountLine).where(col(CountLine.state).in_([*OPEN_STATES, LineState.RECONCILED]))
    for line in session.exec(matters):
        assert line.id is not None  # noqa: S101 - a stored row has an id
        for entry in lines.settling_entries(session, line.id):
            expected = judging.expected_by(session, line, entry)
            judgement = judged.get(entry.id or 0)  # one that was never judged is told above
            if judgement is not None and judgement.expected != expected:
                yield f"entry {entry.id} was judged by {judgement.expected}, the books say {expected}"


_DECIDERS = (
    col(Decision.member_id),
    col(Decision.for_member_id),
    col(Decision.confirmed_by_id),
    col(Decision.confirmed_for_id),
)


def nobody_decides_what_they_counted(session: Session) -> Iterator[str]:
    """A decision is made by people who had not counted the line, in the name of such."""
    for decision_id in session.exec(
        select(Decision.id)
        .join(CountEntry, col(CountEntry.line_id) == col(Decision.line_id))
        .where(
            or_(*(CountEntry.member_id == one for one in _DECIDERS)),
            CountEntry.recorded_at < Decision.decided_at,
        )
        .distinct()
    ):
        yield f"decision {decision_id} was made by somebody who counted the line"


def last_counts_are_the_accepted_ones(session: Session) -> Iterator[str]:
    """A stock was last counted when the newest accepted or imported count was made; a rejected one leaves no mark."""
    newest, accepted = last_counts(session), last_counts(session, with_imported=False)
    for level in session.exec(select(StockLevel)):
        pair = (level.item_id, level.location_id)
        # What was counted before and comes into stock later may not know of that.
        if level.last_counted_at not in (newest.get(pair), accepted.get(pair)):
            yield f"stock level {level.id} was last counted {level.last_counted_at}, by its counts {newest.get(pair)}"


def everything_is_told(session: Session) -> Iterator[str]:
    """Sessions have their sheet and, closed, their summary; lines their card or mention; sign-offs their receipt."""
    told = {
        (intent, subject)
        for table in (OutboxMessage, SentMessage)
        for intent, subject in session.exec(
            select(table.intent, table.subject).where(
                True
                if table is SentMessage
                else col(OutboxMessage.state).in_([OutboxState.PENDING, OutboxState.CLAIMED])
            )
        )
    }
    with_lines = session.exec(select(CountSession.id).where(col(CountSession.id).in_(select(CountLine.session_id))))
    for session_id in with_lines:
        if (Intent.SHEET, str(session_id)) not in told:
            yield f"session {session_id} has no sheet"
        is_closed = session_id is not None and not lines.has_open_lines(session, session_id)
        if is_closed and (Intent.SUMMARY, str(session_id)) not in told:
            yield f"session {session_id} is closed without a summary"
    for sign_off_id in session.exec(select(SignOff.id)):
        if (Intent.RECEIPT, str(sign_off_id)) not in told:
            yield f"sign-off {sign_off_id} has no receipt"
    for line in session.exec(select(CountLine).where(col(CountLine.state).in_(OPEN_STATES))):
        if line.state is LineState.IN_REVIEW and (Intent.REVIEW_CARD, str(line.id)) not in told:
            yield f"line {line.id} is in review without a card"
        asked = (Intent.RECOUNT_ASK, f"{line.id}.{line.recounts_asked}")
        if line.state is LineState.RECOUNT and asked not in told:
            yield f"line {line.id} waits for a recount that nobody was asked for"


CHECKS: tuple[Callable[[Session], Iterator[str]], ...] = (
    # First: where cells cannot be read any more, those that come after stumble.
    *SEAL_CHECKS,
    levels_equal_the_ledger,
    levels_carry_the_class_of_their_item,
    one_open_line_per_stock,
    only_lines_to_count_are_claimed,
    reconciled_lines_equal_the_ledger,
    adjustments_equal_decisions,
    lines_have_what_their_state_says,
    judgements_add_up,
    attempts_are_judged_by_what_the_books_know,
    nobody_decides_what_they_counted,
    last_counts_are_the_accepted_ones,
    everything_is_told,
    *PART_CHECKS,
    *SIGN_OFF_CHECKS,
    *PERIOD_CHECKS,
    *RECORD_CHECKS,
)
