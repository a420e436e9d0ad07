"""Moving count lines: locking one, moving its state, and reading the attempts made at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from models.counts import (
    OPEN_STATES,
    CountEntry,
    CountLine,
    CountSession,
    Decision,
    DecisionKind,
    Judgement,
    LineSkip,
    ReviewCause,
)
from models.errors import NotFound
from models.journal import Intent
from models.people import Member, Team
from models.rules.lines import REOPENING, LineState, Move, advance
from models.rules.reminders import Reminded
from models.services import (
    journal,
    ledger,
    line_calls,
    parts,
    people,
    records,  # noqa: F401 - it has the record of every line that moves written
    signed,
)
from models.services.beside import cards_beside
from models.services.people import Person
from models.stock import StockLevel

WAITING_STATES = (LineState.TO_COUNT, LineState.RECOUNT)
"""The states of lines that wait for somebody's count."""

# Somebody asked for a recount gets at least this long, however late in the session it is asked.
RECOUNT_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class LockedLine:
    """A count line that nobody else can move until the transaction ends, with what belongs to it."""

    line: CountLine
    id: int
    level: StockLevel
    session: CountSession
    team: Team


@dataclass(frozen=True)
class Attempt:
    """An entry, who made it, and what it means by the newest judgement."""

    entry: CountEntry
    member: Member
    judgement: Judgement


def find_session(session: Session, session_id: int) -> CountSession:
    """The session of an id that came from a button; NotFound for one that is none."""
    found = session.get(CountSession, session_id)
    if found is None:
        raise NotFound("That count is not there any more.")
    return found


def lock_line(session: Session, line_id: int, now: datetime) -> LockedLine:
    """Lock a line (and before it its stock level); NotFound for an id that is no line."""
    seen = session.get(CountLine, line_id)
    if seen is None:
        raise NotFound("That count line is not there any more.")
    level = ledger.level_of(session, seen.item_id, seen.location_id, now)
    line = session.exec(
        select(CountLine).where(CountLine.id == line_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    count_session = session.get_one(CountSession, line.session_id)
    return LockedLine(line, line_id, level, count_session, session.get_one(Team, count_session.team_id))


def move(session: Session, locked: LockedLine, to: Move, now: datetime) -> None:
    """Make a move: new state, new version, the sheet (and the result, when this was the last open line) shown again."""
    line, was = locked.line, locked.line.state
    if was is LineState.IN_REVIEW:
        line_calls.end_escalation(session, locked.line, locked.team, now)
        line_calls.show_calls(session, locked.line, locked.team, now)
    line.state = advance(line.state, to)
    line.version += 1
    line.settled_at = None if line.state in OPEN_STATES else now
    line.claimed_by_id, line.claimed_at = None, None  # only what is to count is anybody's
    line.review_since, line.review_calls = (now if line.state is LineState.IN_REVIEW else None), 0
    session.add(line)
    session.flush()
    show_sheet(session, locked, now)
    session_id = line.session_id
    journal.notify(
        session,
        Intent.SUMMARY,
        session_id,
        channel=locked.team.channel,
        now=now,
        # A summary that stands already must not go on showing a result when a line of it is open again.
        only_if=None if to in REOPENING else lambda at_end: not has_open_lines(at_end, session_id),
    )
    if to in REOPENING:
        signed.tell_of_change(session, session_id, locked.team.channel, now)
    if locked.session.reminded is not Reminded.NOT_YET:
        _end_reminders(session, locked, now)
    list_skips(session, session_id, locked.team, now)
    if was is LineState.RECOUNT:
        _answer_recount(session, locked, line.recounts_asked - (to is Move.ASK_RECOUNT), now)


def show_sheet(session: Session, locked: LockedLine, now: datetime) -> None:
    """Have the sheet of a line's session posted, or updated."""
    journal.notify(session, Intent.SHEET, locked.line.session_id, channel=locked.team.channel, now=now)


def has_open_lines(session: Session, session_id: int) -> bool:
    """Whether a session still has lines to count, to recount or to decide."""
    found = select(CountLine.id).where(CountLine.session_id == session_id, col(CountLine.state).in_(OPEN_STATES))
    return session.exec(found.limit(1)).first() is not None


def waiting_lines(session: Session, session_id: int) -> list[CountLine]:
    """The lines of a session that wait for somebody's count, in walk order."""
    return list(
        session.exec(
            select(CountLine)
            .where(CountLine.session_id == session_id, col(CountLine.state).in_(WAITING_STATES))
            .order_by(col(CountLine.position))
        ).all()
    )


def _end_reminders(session: Session, locked: LockedLine, now: datetime) -> None:
    """When nothing waits for a count any more (the approvers are not asked about recounts), what was said says so."""
    session_id = locked.line.session_id

    def is_counted(at_end: Session) -> bool:
        return not waiting_lines(at_end, session_id)

    def is_over(at_end: Session) -> bool:
        return all(line.state is LineState.RECOUNT for line in waiting_lines(at_end, session_id))

    journal.notify(session, Intent.REMINDER, session_id, channel=locked.team.channel, now=now, only_if=is_counted)
    journal.notify(session, Intent.OVERDUE, session_id, channel=locked.team.review_channel, now=now, only_if=is_over)


def list_skips(session: Session, session_id: int, team: Team, now: datetime) -> None:
    """Have the approvers told what could not be counted, if the session is closed."""

    def closed_with_skips(at_end: Session) -> bool:
        return not has_open_lines(at_end, session_id) and has_skips(at_end, session_id)

    journal.notify(session, Intent.SKIPS, session_id, channel=team.review_channel, now=now, only_if=closed_with_skips)


def has_skips(session: Session, session_id: int) -> bool:
    """Whether somebody said of a line of the session that it cannot be counted, and nobody counted it since."""
    skipped = (
        select(LineSkip.id)
        .join(CountLine, col(CountLine.id) == col(LineSkip.line_id))
        .where(
            CountLine.session_id == session_id,
            CountLine.state == LineState.SKIPPED,
            col(LineSkip.member_id).is_not(None),
        )
    )
    return session.exec(skipped.limit(1)).first() is not None


def redraw_card(session: Session, locked: LockedLine, now: datetime) -> None:
    """Facts of a line in review have changed: its card is drawn anew, and the buttons of the old one are void."""
    line_calls.end_escalation(session, locked.line, locked.team, now)
    locked.line.version += 1
    session.add(locked.line)
    show_card(session, locked, now)


def show_card(session: Session, locked: LockedLine, now: datetime) -> None:
    """Have the review card of a line posted, or updated; and those that name its variance beside their own."""
    for line_id in (locked.id, *cards_beside(session, locked.line)):
        journal.notify(session, Intent.REVIEW_CARD, line_id, channel=locked.team.review_channel, now=now)


def entries_of(session: Session, line_id: int) -> list[CountEntry]:
    """Every entry of a line, oldest first, replaced ones and late notes included."""
    return list(
        session.exec(select(CountEntry).where(CountEntry.line_id == line_id).order_by(col(CountEntry.id))).all()
    )


def settling_entries(session: Session, line_id: int) -> list[CountEntry]:
    """The entries of `attempts_of`, without what they mean."""
    entries = entries_of(session, line_id)
    replaced = {entry.replaces_id for entry in entries}
    return [entry for entry in entries if entry.settles and entry.id not in replaced]


def attempts_of(session: Session, line_id: int) -> list[Attempt]:
    """The attempts that count, oldest first: not replaced by a correction, and not made too late."""
    return [
        Attempt(entry, session.get_one(Member, entry.member_id), newest_judgement(session, entry))
        for entry in settling_entries(session, line_id)
    ]


def newest_judgement(session: Session, entry: CountEntry) -> Judgement:
    """The judgement of an entry by what the books know now."""
    return session.exec(
        select(Judgement).where(Judgement.entry_id == entry.id).order_by(col(Judgement.id).desc()).limit(1)
    ).one()


def decisions_of(session: Session, line_id: int) -> list[Decision]:
    """Every decision about a line, oldest first."""
    return list(session.exec(select(Decision).where(Decision.line_id == line_id).order_by(col(Decision.id))).all())


def counted_by(session: Session, line_id: int) -> set[int]:
    """Ids of the members who entered a number for the line, or a part of one, whether or not it counts."""
    return _entered(session, line_id) | parts.given_by(session, line_id, closed=False)


def counted_before(session: Session, line_id: int) -> set[int]:
    """As `counted_by`, without those who only gave parts that are still open: they may add more, and say when."""
    return _entered(session, line_id) | parts.given_by(session, line_id, closed=True)


def _entered(session: Session, line_id: int) -> set[int]:
    return set(session.exec(select(CountEntry.member_id).where(CountEntry.line_id == line_id)).all())


def recounters(session: Session, locked: LockedLine, *, approvers_too: bool) -> list[Person]:
    """Who may recount a line, the best choice first: counters of the team (and approvers, when an approver asks).

    Never somebody who counted it. Those asked for the fewest recounts still open come first. Who asked for the count,
    and then who could not count it, is asked only by an approver, when nobody else is left.
    """
    counted = counted_by(session, locked.id)
    skipped = set(session.exec(select(LineSkip.member_id).where(LineSkip.line_id == locked.id)).all())
    waiting = _open_recounts(session)
    counters = people.counters_of(session, locked.session.team_id)
    choice = sorted(counters, key=lambda person: waiting.get(person.id, 0))
    if approvers_too:
        known = {person.id for person in counters}
        choice += [p for p in people.approvers_of(session, locked.session.team_id) if p.id not in known]
    able = [person for person in choice if person.id not in counted]
    if approvers_too:
        return sorted(able, key=lambda person: (person.id in skipped, person.id == locked.session.asked_by_id))
    return [person for person in able if person.id not in skipped and person.id != locked.session.asked_by_id]


def _open_recounts(session: Session) -> dict[int, int]:
    rows: Sequence[tuple[int | None, int]] = session.exec(
        select(CountLine.asked_member_id, func.count())
        .where(CountLine.state == LineState.RECOUNT)
        .group_by(col(CountLine.asked_member_id))
    ).all()
    return {member_id: count for member_id, count in rows if member_id is not None}


def ask_recount(session: Session, locked: LockedLine, person: Person, now: datetime) -> None:
    """Ask `person` for a blind recount, by direct message (in the sheet's thread when Slack takes none)."""
    line = locked.line
    line.recounts_asked += 1
    line.asked_member_id = person.id
    line.asked_at = now
    line.review_cause = None
    line.due_at = max(locked.session.due_at, now + RECOUNT_WINDOW)
    move(session, locked, Move.ASK_RECOUNT, now)
    journal.notify(
        session,
        Intent.RECOUNT_ASK,
        f"{locked.id}.{line.recounts_asked}",
        channel=locked.team.channel,
        now=now,
    )


def _answer_recount(session: Session, locked: LockedLine, number: int, now: datetime) -> None:
    """Have its message say that this recount waits no more; and the card, if an approver asked for it."""
    subject = f"{locked.id}.{number}"
    journal.notify(session, Intent.RECOUNT_ASK, subject, channel=locked.team.channel, now=now)
    if any(decision.kind is DecisionKind.RECOUNT for decision in decisions_of(session, locked.id)):
        show_card(session, locked, now)


def send_to_review(
    session: Session, locked: LockedLine, cause: ReviewCause, now: datetime, *, by: Move = Move.REVIEW
) -> None:
    """Hand a line to the approvers; its card says why."""
    locked.line.review_cause = cause
    locked.line.asked_member_id = None
    move(session, locked, by, now)
    show_card(session, locked, now)
