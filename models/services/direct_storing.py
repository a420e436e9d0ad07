"""Storing the answers of a direct count: when their time is up, and when they are corrected.

Why an answer is held first is said in `models.services.direct_counts`. An answer that cannot be stored any more
(somebody else settled the line meanwhile) is told in a message of its own.
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from models.counts import CountEntry
from models.direct import DirectCount, DirectQuestion, QuestionState
from models.errors import CycleCountError, WrongState
from models.journal import Intent
from models.people import Member
from models.rules import wording
from models.rules.quantities_meaning import Counted, Done, Part
from models.services import adding_up, counts, direct_answers, direct_claims, journal, lines, people
from models.services import direct_questions as questions
from models.services.direct_answers import Answer
from models.services.people import Person

SAID_LENGTH = 300

UNDO_FIRST = "Write “undo” first, and then its parts one by one."


def counts_due(session: Session, now: datetime) -> list[int]:
    """Ids of the goes with an answer whose time is up."""
    found = session.exec(
        select(DirectQuestion.count_id)
        .where(DirectQuestion.state == QuestionState.HELD, col(DirectQuestion.held_until) <= now)
        .order_by(col(DirectQuestion.count_id))
        .distinct()
    )
    return list(found)


def store_due(session: Session, count_id: int, now: datetime) -> bool:
    """Store what was held long enough; a go of which nothing is open any more ends. False: there was nothing to do."""
    count = session.exec(select(DirectCount).where(DirectCount.id == count_id).with_for_update()).one()
    held = questions.in_state(session, count, QuestionState.HELD)
    if held is None or not is_over(held, now):
        return False
    _store_for(session, count, held, now)
    return True


def store_of(
    session: Session, line_ids: Collection[int], now: datetime, *, but_of: Person | None = None, skips_too: bool = False
) -> None:
    """Store every count that is held for one of the lines, whose ever it is; nobody can take it back any more.

    Before somebody else's number is recorded of a line: what is held was counted earlier, and must not be taken for
    its recount. What they hold themselves (`but_of`) is replaced by it instead. That a line cannot be counted
    (`skips_too`) gives way to who counts it.
    """
    answers = (DirectQuestion.state == QuestionState.HELD, col(DirectQuestion.line_id).in_(line_ids))
    wanted = answers if skips_too else (*answers, DirectQuestion.reason == "")
    # All of them first, theirs too: whoever answers locks their go, and the line after it.
    counts_held = session.exec(
        select(DirectCount)
        .where(col(DirectCount.id).in_(select(DirectQuestion.count_id).where(*answers)))
        .order_by(col(DirectCount.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for line_id in sorted(line_ids) if counts_held else ():
        lines.lock_line(session, line_id, now)
    found = session.exec(select(DirectQuestion).where(*wanted).order_by(col(DirectQuestion.count_id))).all()
    by_id = {count.id: count for count in counts_held if but_of is None or count.member_id != but_of.id}
    for held in found:
        if held.count_id in by_id:
            _store_for(session, by_id[held.count_id], held, now)


def store_held(session: Session, count: DirectCount, person: Person, now: datetime) -> None:
    """Store the answer that is held, if one is."""
    held = questions.in_state(session, count, QuestionState.HELD)
    if held is not None:
        store(session, count, person, held, now)


def store(session: Session, count: DirectCount, person: Person, held: DirectQuestion, now: datetime) -> None:
    """Make a held answer a count entry, or a skip; when that is refused, tell the person."""
    assert held.line_id is not None  # noqa: S101 - only questions about lines are answered
    try:
        meant = direct_answers.kept(held)
        if meant is None:
            counts.skip(session, person=person, line_id=held.line_id, reason=held.reason, now=now)
        else:
            given = Answer(held.typed, held.message_ts or "", held.counted_at or now)
            adding_up.take(session, direct_answers.deed(person, count.channel, held.line_id, given), meant, now=now)
        held.state = QuestionState.STORED
    except CycleCountError as refusal:
        held.state, held.said = QuestionState.REFUSED, wording.cut(str(refusal), SAID_LENGTH)
        journal.notify(session, Intent.DIRECT_REFUSAL, held.id or 0, channel=count.channel, now=now)
    session.add(held)
    session.flush()


def _store_for(session: Session, count: DirectCount, held: DirectQuestion, now: datetime) -> None:
    """Store a held answer when nobody is writing; a go of which nothing is open any more ends."""
    store(session, count, people.person_of(session, session.get_one(Member, count.member_id)), held, now)
    last = questions.in_state(session, count, QuestionState.OPEN)
    if last is not None and last.line_id is None:
        end(session, count, now)


def end(session: Session, count: DirectCount, now: datetime) -> None:
    """Ask nothing more."""
    close_open(session, count, now)
    count.is_open = False
    session.add(count)
    session.flush()


def close_open(session: Session, count: DirectCount, now: datetime) -> int | None:
    """Close the question that is open; returns the line it was about, which is theirs by it no more."""
    question = questions.in_state(session, count, QuestionState.OPEN)
    if question is None:
        return None
    question.state = QuestionState.CLOSED
    direct_claims.let_go(session, count, question, now)
    session.add(question)
    session.flush()
    return question.line_id


def answered_by(session: Session, person: Person, ts: str) -> tuple[DirectCount, DirectQuestion] | None:
    """The question that a message answered, its go locked."""
    count = session.exec(
        select(DirectCount)
        .join(DirectQuestion, col(DirectQuestion.count_id) == col(DirectCount.id))
        .where(DirectCount.member_id == person.id, DirectQuestion.message_ts == ts)
        .with_for_update(of=DirectCount)
    ).first()
    if count is None:
        return None
    question = session.exec(
        select(DirectQuestion)
        .where(DirectQuestion.count_id == count.id, DirectQuestion.message_ts == ts)
        .execution_options(populate_existing=True)
    ).one()
    return count, question


def correct(
    session: Session, person: Person, count: DirectCount, question: DirectQuestion, given: Answer, edited_ts: str,
    now: datetime,
) -> str:  # fmt: skip
    """An answer was edited: what is held is changed, what is stored gets a correction (`adding_up.take`).

    Returns what to tell the person, "" for nothing. The count instant stays that of the message. Raises BadQuantity,
    and what `adding_up.take` raises.
    """
    if question.line_id is None or question.state not in questions.ANSWERED:
        return ""
    meant = direct_answers.understand(session, person, count.channel, question.line_id, given, now)
    if question.state is QuestionState.HELD and not is_over(question, now):
        if isinstance(meant, Part):
            raise WrongState(UNDO_FIRST)
        if isinstance(meant, Done):
            direct_answers.require_own_parts(session, person, question.line_id)
        direct_answers.keep(question, given.text, meant)
        session.add(question)
        session.flush()
        _show_what_follows(session, count, question, now)
        return ""
    if question.state is QuestionState.HELD:
        store(session, count, person, question, now)
    if question.state is not QuestionState.STORED or _says_the_same(session, question, meant):
        return ""
    deed = direct_answers.deed(person, count.channel, question.line_id, given, edited_ts)
    return f"Saved: {adding_up.take(session, deed, meant, now=now).sentence}"


def is_over(held: DirectQuestion, now: datetime) -> bool:
    """Whether a held answer is to be stored now."""
    return held.held_until is None or held.held_until <= now


def _says_the_same(session: Session, question: DirectQuestion, meant: Counted | Done | Part) -> bool:
    if isinstance(meant, Counted):
        return _last_stored(session, question) == meant.quantity
    return isinstance(meant, Done) and isinstance(direct_answers.kept(question), Done)


def _last_stored(session: Session, question: DirectQuestion) -> Decimal | None:
    return session.exec(
        select(col(CountEntry.quantity))
        .where(CountEntry.line_id == question.line_id, CountEntry.message_ts == question.message_ts)
        .order_by(col(CountEntry.id).desc())
        .limit(1)
    ).first()


def _show_what_follows(session: Session, count: DirectCount, question: DirectQuestion, now: datetime) -> None:
    """The question after it shows the answer."""
    following = session.exec(
        select(DirectQuestion).where(DirectQuestion.count_id == count.id, DirectQuestion.number == question.number + 1)
    ).one_or_none()
    if following is not None:
        questions.show(session, count, following, now)
