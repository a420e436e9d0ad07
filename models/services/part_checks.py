"""Invariants of counts in parts; run with the others (`models.services.checks`)."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from models.counts import CountEntry, CountLine, Decision, DecisionKind
from models.parts import Closing, CountPart, PartsClosing
from models.rules.lines import LineState
from models.services import parts


def parts_are_never_lost(session: Session) -> Iterator[str]:
    """Open parts stand on lines that still wait for a count, and closed ones have an entry that says how."""
    for line in session.exec(select(CountLine).where(col(CountLine.id).in_(select(CountPart.line_id)))):
        assert line.id is not None  # noqa: S101 - a stored row has an id
        if line.state not in (LineState.TO_COUNT, LineState.RECOUNT) and parts.open_parts(session, line.id):
            yield f"line {line.id} is {line.state} with open parts"
        given = set(session.exec(select(CountPart.attempt).where(CountPart.line_id == line.id)))
        entries = session.exec(select(CountEntry).where(CountEntry.line_id == line.id, col(CountEntry.settles))).all()
        closed = parts.closings_of(session, [entry.id for entry in entries])
        for attempt in given & {entry.attempt for entry in entries}:
            if not any(entry.attempt == attempt and entry.id in closed for entry in entries):
                yield f"the parts of attempt {attempt} of line {line.id} ended and nothing says how"


def sums_equal_their_parts(session: Session) -> Iterator[str]:
    """What was stored as the sum of parts is that, of all of them."""
    rows = session.exec(
        select(CountEntry)
        .join(PartsClosing, col(PartsClosing.entry_id) == col(CountEntry.id))
        .where(PartsClosing.how != Closing.REPLACED)
    )
    for entry in rows:
        found = parts.total(parts.of_attempt(session, entry.line_id, entry.attempt))
        if found != entry.quantity:
            yield f"entry {entry.id} is {entry.quantity}, its parts come to {found}"


def who_gives_a_part_counts_once(session: Session) -> Iterator[str]:
    """Nobody who gave a part counted another attempt of the line, or decided it."""
    for part in session.exec(select(CountPart)):
        entries = session.exec(
            select(CountEntry.id).where(
                CountEntry.line_id == part.line_id,
                CountEntry.member_id == part.member_id,
                CountEntry.attempt != part.attempt,
                col(CountEntry.settles),
            )
        ).all()
        others = session.exec(
            select(CountPart.id).where(
                CountPart.line_id == part.line_id,
                CountPart.member_id == part.member_id,
                CountPart.attempt != part.attempt,
            )
        ).all()
        if entries or others:
            yield f"part {part.id} was given by somebody who counted line {part.line_id} another time"
        decided = select(Decision.id).where(
            Decision.line_id == part.line_id,
            Decision.member_id == part.member_id,
            Decision.decided_at > part.recorded_at,
        )
        for decision_id in session.exec(decided):
            yield f"decision {decision_id} was made by somebody who gave a part of the line"


def doubtful_sums_wait_for_an_approver(session: Session) -> Iterator[str]:
    """No limit settled parts that were left open."""
    for decision_id in session.exec(
        select(Decision.id)
        .join(PartsClosing, col(PartsClosing.entry_id) == col(Decision.entry_id))
        .where(PartsClosing.how == Closing.LEFT_OPEN, Decision.kind == DecisionKind.WITHIN_TOLERANCE)
    ):
        yield f"decision {decision_id} settled parts that nobody had closed"


PART_CHECKS = (
    parts_are_never_lost,
    sums_equal_their_parts,
    who_gives_a_part_counts_once,
    doubtful_sums_wait_for_an_approver,
)
