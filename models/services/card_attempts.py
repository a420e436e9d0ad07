"""The numbers people entered for a line, as an approver sees them: all of them, each with what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Session, col, select

from models.counts import CountEntry, EntrySource, Judgement
from models.parts import Closing
from models.people import Member
from models.services import parts, people


class AttemptKind(StrEnum):
    """What became of a number."""

    COUNTS = "counts"
    REPLACED = "corrected by the same counter"
    NOTE = "came too late"


@dataclass(frozen=True)
class PartFacts:
    """One part of a number."""

    who: str
    at: datetime
    quantity: Decimal
    source: EntrySource


@dataclass(frozen=True)
class AttemptFacts:
    """One number somebody entered.

    `expected` is by the newest judgement, `expected_first` by the one made when the number came in; they differ when a
    movement from before the count was recorded later. `by_asker`: who counted had asked for the count. `parts` were
    given before it, and `closing` says what became of them.
    """

    number: int
    who: str
    at: datetime
    quantity: Decimal
    kind: AttemptKind
    source: EntrySource
    expected: Decimal
    expected_first: Decimal
    unit_cost: Decimal | None
    limit_applied: str
    by_asker: bool = False
    parts: tuple[PartFacts, ...] = ()
    closing: Closing | None = None


def read_attempts(
    session: Session, line_id: int, *, asked_by: int | None
) -> tuple[tuple[AttemptFacts, ...], list[Member]]:
    """Every number of a line, oldest first, with what became of it; and who gave them.

    `asked_by` is the member who asked for the count, if somebody did.
    """
    rows = session.exec(
        select(CountEntry, Member)
        .join(Member, col(Member.id) == col(CountEntry.member_id))
        .where(CountEntry.line_id == line_id)
        .order_by(col(CountEntry.id))
    ).all()
    judged: dict[int, list[Judgement]] = {}
    for judgement in session.exec(
        select(Judgement)
        .where(col(Judgement.entry_id).in_([entry.id for entry, _ in rows]))
        .order_by(col(Judgement.id))
    ):
        judged.setdefault(judgement.entry_id, []).append(judgement)
    replaced = {entry.replaces_id for entry, _ in rows}
    closings = parts.closings_of(session, [entry.id for entry, _ in rows])
    givers = parts.givers(session, line_id)
    attempts: list[AttemptFacts] = []
    for entry, member in rows:
        judgements = judged[entry.id or 0]
        kind = AttemptKind.REPLACED if entry.id in replaced else AttemptKind.COUNTS
        attempts.append(
            AttemptFacts(
                number=entry.attempt,
                who=people.display_name(member),
                at=entry.counted_at,
                quantity=entry.quantity,
                kind=kind if entry.settles else AttemptKind.NOTE,
                source=entry.source,
                expected=judgements[-1].expected,
                expected_first=judgements[0].expected,
                unit_cost=judgements[-1].unit_cost,
                limit_applied=judgements[-1].limit_applied,
                by_asker=entry.member_id == asked_by,
                parts=tuple(_parts(session, entry, givers)) if entry.id in closings else (),
                closing=closings.get(entry.id),
            )
        )
    return tuple(attempts), [*(member for _, member in rows), *givers.values()]


def _parts(session: Session, entry: CountEntry, givers: Mapping[int, Member]) -> Iterator[PartFacts]:
    """The parts that an entry closed, oldest first."""
    for part in parts.of_attempt(session, entry.line_id, entry.attempt):
        yield PartFacts(people.display_name(givers[part.member_id]), part.counted_at, part.quantity, part.source)


def last_that_counts(attempts: Sequence[AttemptFacts]) -> AttemptFacts:
    """The newest number that was neither corrected nor too late: the one that a proposal rests on."""
    return next(attempt for attempt in reversed(attempts) if attempt.kind is AttemptKind.COUNTS)


def first_count_visible(attempts: Sequence[AttemptFacts]) -> bool:
    """Whether a recount was made while an earlier number, or a part of it, stood in the thread for all to read."""
    last = last_that_counts(attempts)
    before = [attempt for attempt in attempts if attempt.number < last.number]
    sources = {attempt.source for attempt in before} | {part.source for attempt in before for part in attempt.parts}
    return EntrySource.REPLY in sources
