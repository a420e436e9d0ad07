"""Counting a line in parts: somebody gives one, others give theirs, and one of them says that it is all.

A part judges nothing and moves nothing: the line stays where it is (to be counted, or to be recounted), and what the
parts come to is told to nobody. It is judged when somebody says *done* (their sum, in the name of who said so) or
writes a plain number (which replaces them). All who gave a part count as having counted the line.

The count instant of a sum is the moment somebody said *done*: that is when what they counted is said to be there. Each
part by itself cannot be judged, for the record knows no corners of a bin. What moved between the first part and that
moment is therefore in doubt, and such a sum never settles by itself (`parts.moved_meanwhile`).

Parts that nobody closed in time are put before an approver as what they are. Their sum is stored as an entry, because
an approver decides about a quantity, but no limit accepts it and it says nothing about accuracy; its instant is that of
the last part, the last time anybody looked.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, select

from models.counts import CountEntry, EntrySource, ReviewCause
from models.errors import BadQuantity, WrongState
from models.milestones import Milestone, reached
from models.parts import Closing, CountPart, PartsClosing
from models.plans import AtDue
from models.rules.lines import LineState
from models.rules.quantities_asked import Given
from models.rules.quantities_meaning import Done, Part
from models.services import askers, count_answers, counts, held_answers, journal, judging, lines, parts
from models.services.count_answers import Counted
from models.services.lines import LockedLine
from models.services.people import Person

IN_USE = timedelta(hours=1)
"""A line that stays open past its due time is being added up as long as its last part is not older than this."""

_CLOSED = "This count takes no more parts. If something is missing, write the whole number; the approver sees it."


@dataclass(frozen=True)
class Deed:
    """Who says something of which line, how it came, and when it was counted.

    `source_key` is unique for what the person did. `typed` and `message_ts` are kept with what is stored.
    """

    person: Person
    line_id: int
    counted_at: datetime
    source: EntrySource
    source_key: str
    typed: str = ""
    message_ts: str | None = None


@dataclass(frozen=True)
class Taken:
    """What was stored, in a sentence for who said it. `is_plain`: it repeats their number and says nothing more."""

    sentence: str
    is_plain: bool = False


def said(given: Given) -> str:
    """What was said of a line, the same for the same: its kind, and its quantity."""
    return str(given.quantity) if not isinstance(given, (Part, Done)) else f"{type(given).__name__} {given}"


def take(session: Session, deed: Deed, given: Given, *, replaces: CountPart | None = None, now: datetime) -> Taken:
    """Store what was understood: the whole number, a part (which may correct one: `replaces`), or the end of parts."""
    if isinstance(given, Part):
        part = add(session, deed, given.quantity, replaces=replaces, now=now)
        return Taken(count_answers.part_understood(part, given.echo))
    if isinstance(given, Done):
        return Taken(done(session, deed, now=now))
    counted = _record(session, deed, given.quantity, Closing.REPLACED, now)
    is_plain = not counted.is_note and not count_answers.is_converted(given.echo)
    return Taken(count_answers.understood(counted, given.echo), is_plain)


def add(
    session: Session, deed: Deed, quantity: Decimal, *, replaces: CountPart | None = None, now: datetime
) -> Counted:
    """Store a part of a line (base units), or a correction of one; the same `source_key` again stores nothing.

    Raises NotAllowed for somebody who may not count the line, WrongState when it takes no parts any more.
    """
    person, line_id = deed.person, deed.line_id
    locked = lines.lock_line(session, line_id, now)
    _require_open(session, locked, deed, now)
    part = session.exec(select(CountPart).where(CountPart.source_key == deed.source_key)).one_or_none()
    if part is None:
        if held_answers.has_count(session, person, line_id):
            raise WrongState(_CLOSED)
        if quantity < 0:
            raise BadQuantity("There cannot be less than nothing; write 0 or more.")
        part = CountPart(
            line_id=line_id,
            attempt=_attempt(session, locked),
            member_id=person.id,
            quantity=quantity,
            typed=deed.typed[:200],
            source_key=deed.source_key,
            message_ts=deed.message_ts,
            source=deed.source,
            counted_at=max(deed.counted_at, locked.session.started_at),
            recorded_at=now,
            replaces_id=None if replaces is None else replaces.id,
        )
        session.add(part)
        session.flush()
        detail = {"quantity": quantity, "attempt": part.attempt, "source": deed.source}
        journal.audit(
            session, actor=person.slack_id, action="count a part", subject=f"line {line_id}", now=now, detail=detail
        )
        lines.show_sheet(session, locked, now)
        reached(Milestone.COUNT_WRITTEN)
    return count_answers.counted(session, locked, part)


def done(session: Session, deed: Deed, *, now: datetime) -> str:
    """Close the parts of a line: their sum is its count, by who says so. Returns what to tell them.

    Raises NotAllowed for somebody who may not count the line, WrongState when nothing is being added up.
    """
    locked = lines.lock_line(session, deed.line_id, now)
    _require_open(session, locked, deed, now)
    found = parts.open_parts(session, deed.line_id)
    if not found:
        raise WrongState("Nobody has given a part of this. Write its quantity.")
    names = parts.names(parts.adding_up(session, [deed.line_id])[deed.line_id])
    at_last = replace(deed, counted_at=max(deed.counted_at, *(part.counted_at for part in found)))
    counted = _record(session, at_last, parts.total(found), Closing.DONE, now)
    return count_answers.sum_understood(counted, names)


def _record(session: Session, deed: Deed, quantity: Decimal, closing: Closing, now: datetime) -> Counted:
    return counts.record(
        session, person=deed.person, line_id=deed.line_id, quantity=quantity, counted_at=deed.counted_at,
        source=deed.source, source_key=deed.source_key, now=now, typed=deed.typed, message_ts=deed.message_ts,
        closing=closing,
    )  # fmt: skip


def is_overdue(locked: LockedLine, found: list[CountPart], now: datetime) -> bool:
    """Whether the time for saying that open parts are all is over."""
    if not found or locked.line.due_at > now:
        return False
    kept_open = locked.line.state is LineState.TO_COUNT and locked.session.at_due is AtDue.KEEP
    return not kept_open or found[-1].recorded_at + IN_USE <= now


def leave_to_approvers(session: Session, locked: LockedLine, found: list[CountPart], now: datetime) -> None:
    """Put parts that nobody closed before an approver."""
    last = found[-1]
    entry = CountEntry(
        line_id=locked.id,
        member_id=last.member_id,
        quantity=parts.total(found),
        attempt=last.attempt,
        settles=True,
        counted_at=max(part.counted_at for part in found),
        recorded_at=now,
        source=last.source,
        source_key=f"left open:{locked.id}:{last.attempt}",
        typed="",
    )
    session.add(entry)
    session.flush()
    session.add(PartsClosing(entry_id=entry.id or 0, how=Closing.LEFT_OPEN))
    journal.audit(session, actor=journal.SYSTEM, action="parts left open", subject=f"line {locked.id}", now=now)
    judging.judge_entry(session, locked, entry, now)
    lines.send_to_review(session, locked, ReviewCause.PARTS_LEFT_OPEN, now)


def _require_open(session: Session, locked: LockedLine, deed: Deed, now: datetime) -> None:
    """Raise unless the line takes parts of this person now; a recount in parts is begun by who was asked for it."""
    person, line = deed.person, locked.line
    counts.require_counter(person, locked)
    if person.id in lines.counted_before(session, locked.id):
        raise WrongState(_CLOSED)
    is_open = line.state in (LineState.TO_COUNT, LineState.RECOUNT)
    if line.state is LineState.RECOUNT:
        # A part meant for the count before must not stray into its recount.
        # (Slack's clock may be ahead of ours: nothing was counted later than now.)
        is_late = line.asked_at is not None and min(deed.counted_at, now) <= line.asked_at
        is_open = not is_late and (line.asked_member_id == person.id or bool(parts.open_parts(session, locked.id)))
    if not is_open:
        raise counts.already_there(session, locked, now)
    askers.require_other(session, person, locked.session, locked.line)


def _attempt(session: Session, locked: LockedLine) -> int:
    made = lines.settling_entries(session, locked.id)
    return made[-1].attempt + 1 if made else 1
