"""Counting by direct message: the bot asks for somebody's lines one by one, a number answers.

**Why an answer is held.** *Undo* takes the last answer back, but a blind count is never taken back in the ledger, and a
line within tolerance settles at once. If undo worked on stored answers wherever the line is still open, then whether it
works would tell whether the count matched the record. So an answer is not stored when it is given: it is held, and
nothing looks at the record, until the next answer, *stop*, two minutes, or the due time of the line, whichever comes
first. Within that time undo drops it, whatever the record says; afterwards undo is always refused with the same
sentence, whatever the record says. For the same reason the next question never shows what became of the answer before
it. What is stored keeps its count instant: the time the answer was written. That the parts of a line are all is held
like a number; a part is not, because it is not judged.

**Which question a number answers.** The one that is open, and only when the number was written after the question
could be read. Two numbers in a row, or a number after a recount was asked in between, are not guessed at: the question
is asked again. Of who is not asked for their lines, a number can only be the answer to the recount that waits for
them, if it is one.

Everything is kept in rows, so that a restart loses nothing. Whoever changes a go locks its row first, and the lines
after it.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.counts import CountLine, CountSession
from models.direct import DirectCount, DirectQuestion, QuestionState
from models.errors import BadInput, CycleCountError, WrongState
from models.plans import AtDue
from models.rules import skips
from models.rules.lines import LineState
from models.rules.quantities_meaning import Counted, Done, Part
from models.services import (
    adding_up,
    claims,
    direct_answers,
    direct_channels,
    direct_claims,
    direct_parts,
    parts,
)
from models.services import direct_questions as questions
from models.services import direct_storing as storing
from models.services.direct_answers import Answer
from models.services.people import Person
from models.services.threads import Thread
from models.services.upserts import insert_for

HELD_FOR = timedelta(minutes=2)

SAVED_ALREADY = "There is nothing to take back: your last answer is saved. If it was wrong, edit your message."
NOTHING_ASKED = "I am not asking you anything now. Write “count”, and I ask for your lines one by one."
ASKED_LATER = "I had asked for something else when you wrote that, so I ask again. Please answer below."
ALL_ANSWERED = "You have answered everything. “undo” takes the last answer back for two minutes."
NOTHING_TO_ASK = "Nothing is left for you to count."
NOT_YOURS_NOW = "That line does not wait for you any more."
GO_ON = "“later” asks for the next line."
WHY = "Why? Write it behind: skip blocked, skip unsafe, skip missing, skip in use, or in your own words."


class AskedAgain(WrongState):
    """The message cannot be the answer to what is asked: `ask_again` is to be called."""


def is_counting(session: Session, person: Person) -> bool:
    """Whether somebody is being asked for their lines."""
    return session.exec(select(DirectCount.id).where(*_going_on(person))).first() is not None


def begin(session: Session, person: Person, channel: str, now: datetime) -> bool:
    """Ask somebody for their lines, or anew for what was asked; False when nothing is left for them."""
    if not is_counting(session, person):
        if not questions.lines_for(session, person):
            return False
        _start(session, person, channel, now)
    count = _locked(session, person)
    count.only_line_id = None
    session.add(count)
    return ask_again(session, person, now)


def ask_again(session: Session, person: Person, now: datetime) -> bool:
    """Ask anew for what was asked, or for what is next in its place; False when nothing is left, which ends it."""
    count = _locked(session, person)
    asked = storing.close_open(session, count, now)
    is_left = bool(questions.lines_left(session, count, person))
    if is_left or questions.in_state(session, count, QuestionState.HELD) is not None:
        questions.ask(session, count, person, now, line_id=asked)
    else:
        storing.end(session, count, now)
    return is_left


def answer(session: Session, person: Person, given: Answer, now: datetime) -> str:
    """Hold a number as the answer to what was asked, store the one before, and ask for the next line.

    Who is not asked for their lines, but for one recount, answers that; nothing is asked after it. A part of a count
    is stored, and the line stays asked for. Returns what to tell the person, "" for nothing.

    Raises BadQuantity for what is no quantity of the item, and once for a bare number that may count packs;
    ClaimedByOther, once, for a line that another took meanwhile; AskedAgain when it can be no answer to what is asked;
    and WrongState when nothing is.
    """
    was_counting = is_counting(session, person)
    try:
        return _answer(session, person, given, now)
    except CycleCountError:
        if not was_counting and is_counting(session, person):  # nothing is begun by what is no answer
            storing.end(session, _locked(session, person), now)
        raise


def done(session: Session, person: Person, given: Answer, now: datetime) -> int | None:
    """“done”: the parts of the line that is asked for are all, when it is counted in parts; else `stop`.

    Returns None for the former, raising like `answer`, and what `stop` does for the latter.
    """
    count = _locked(session, person)
    question = questions.in_state(session, count, QuestionState.OPEN)
    if question is None or question.line_id is None or not parts.open_parts(session, question.line_id):
        return stop(session, person, now)
    answer(session, person, given, now)
    return None


def skip(session: Session, person: Person, given: Answer, why: str, now: datetime) -> None:
    """The same for a line that cannot be counted, and why. BadInput without a reason; WrongState once it has parts."""
    reason = skips.spoken_reason(why)
    if not reason:
        raise BadInput(WHY)
    count, question, line_id = _asked(session, person, given, now)
    try:
        parts.require_none(session, line_id)
    except WrongState as refusal:
        raise WrongState(f"{refusal} {GO_ON}") from None
    _hold(session, count, person, question, given, now, None, reason=reason)


def sheet_asked(session: Session, person: Person, now: datetime) -> Thread | None:
    """The sheet of what somebody is asked, or was last, the answer before it stored; None for who is not counting."""
    if not is_counting(session, person):
        return None
    count = _locked(session, person)
    asked = session.exec(
        select(CountSession)
        .join(CountLine, col(CountLine.session_id) == col(CountSession.id))
        .join(DirectQuestion, col(DirectQuestion.line_id) == col(CountLine.id))
        .where(DirectQuestion.count_id == count.id)
        .order_by(col(DirectQuestion.number).desc())
        .limit(1)
    ).one_or_none()
    if asked is None:  # others took all there was while it began
        return None
    storing.store_held(session, count, person, now)
    return Thread(asked.id or 0, asked.team_id, asked.replies)


def go_on(session: Session, person: Person, now: datetime) -> None:
    """Ask for the next line if what is asked for needs no answer any more."""
    count = _locked(session, person)
    question = questions.in_state(session, count, QuestionState.OPEN)
    able = {line.line_id for line in questions.lines_left(session, count, person, of_others=True)}
    if question is not None and question.line_id is not None and question.line_id not in able:
        ask_again(session, person, now)


def put_off(session: Session, person: Person, given: Answer, now: datetime) -> None:
    """Ask for the line again after all others. Raises like `answer`."""
    count, question, _ = _asked(session, person, given, now)
    question.state = QuestionState.PUT_OFF
    direct_claims.let_go(session, count, question, now)
    session.add(question)
    session.flush()
    questions.ask(session, count, person, now)


def undo(session: Session, person: Person, now: datetime) -> str:
    """Drop the answer that is held and ask for it again; WrongState, always the same, when there is none.

    Returns what to tell the person: "", or that nothing is left to ask for, which ends it.
    """
    count = _locked(session, person, SAVED_ALREADY)
    held = questions.in_state(session, count, QuestionState.HELD)
    if held is None or storing.is_over(held, now):
        raise WrongState(SAVED_ALREADY)
    storing.close_open(session, count, now)
    held.state = QuestionState.TAKEN_BACK
    session.add(held)
    session.flush()
    if not questions.lines_left(session, count, person):
        storing.end(session, count, now)
        return f"Taken back. {questions.left_of_others(session, person) or NOTHING_TO_ASK}"
    questions.ask(session, count, person, now, line_id=held.line_id)
    return ""


def stop(session: Session, person: Person, now: datetime) -> int:
    """End it: what is held is stored. Returns how many lines are left; WrongState when nothing is asked."""
    count = _locked(session, person)
    left = len(questions.lines_left(session, count, person))
    storing.store_held(session, count, person, now)
    storing.end(session, count, now)
    return left


def _start(session: Session, person: Person, channel: str, now: datetime, only_line_id: int | None = None) -> None:
    statement = insert_for(session, DirectCount).values(
        member_id=person.id, channel=channel, started_at=now, is_open=True, only_line_id=only_line_id
    )
    # Whoever writes twice at once gets one.
    session.execute(statement.on_conflict_do_nothing())


def _begin_recount(session: Session, person: Person, ts: str, now: datetime) -> None:
    """Begin a go for the one recount that was asked of somebody, if a message written at `ts` can be its answer."""
    line_id = questions.recount_asked(session, person, ts)
    channel = direct_channels.known_channel(session, person.slack_id)
    if line_id is not None and channel is not None:
        _start(session, person, channel, now, line_id)
        count = _locked(session, person)
        if questions.in_state(session, count, QuestionState.OPEN) is None:
            questions.add(session, count, person, line_id, now)


def _answer(session: Session, person: Person, given: Answer, now: datetime) -> str:
    count, question, line_id = _asked(session, person, given, now)
    meant = direct_answers.understand(session, person, count.channel, line_id, given, now)
    if isinstance(meant, Done):
        direct_answers.require_own_parts(session, person, line_id)
    claims.ask_first(session, person, line_id, adding_up.said(meant), now)
    if isinstance(meant, Part):
        storing.store_held(session, count, person, now)
        return direct_parts.take(session, person, count.channel, line_id, meant, given, now)
    _hold(session, count, person, question, given, now, meant)
    return ""


def _asked(session: Session, person: Person, given: Answer, now: datetime) -> tuple[DirectCount, DirectQuestion, int]:
    """The open question that a message answers, and the id of its line; its go is locked."""
    if not is_counting(session, person):
        _begin_recount(session, person, given.ts, now)
    count = _locked(session, person)
    question = questions.in_state(session, count, QuestionState.OPEN)
    if question is None:
        raise WrongState(NOTHING_ASKED)
    if question.line_id is None:
        raise WrongState(ALL_ANSWERED)
    if not questions.was_read_before(session, person, count, question, given.ts):
        raise AskedAgain(ASKED_LATER)
    # What another took meanwhile may be counted all the same: that is asked about, not refused.
    able = questions.lines_left(session, count, person, of_others=True)
    if question.line_id not in {line.line_id for line in able}:
        raise AskedAgain(NOT_YOURS_NOW)
    return count, question, question.line_id


def _hold(
    session: Session, count: DirectCount, person: Person, question: DirectQuestion, given: Answer, now: datetime,
    meant: Counted | Done | None, *, reason: str = "",
) -> None:  # fmt: skip
    storing.store_held(session, count, person, now)
    line = session.get_one(CountLine, question.line_id)
    question.state = QuestionState.HELD
    direct_claims.give(session, person, line.id or 0, now)  # it is free again after a long silence
    direct_answers.keep(question, given.text, meant, reason=reason)
    question.message_ts, question.counted_at = given.ts, given.counted_at
    question.held_until = now + HELD_FOR
    is_kept_open = session.get_one(CountSession, line.session_id).at_due is AtDue.KEEP
    if line.state is LineState.RECOUNT or not is_kept_open or parts.open_parts(session, line.id or 0):
        # Not beyond the due time: what was counted before it is counted, and must not expire while it is held.
        question.held_until = min(question.held_until, max(now, line.due_at))
    session.add(question)
    session.flush()
    questions.ask(session, count, person, now)


def _locked(session: Session, person: Person, refusal: str = NOTHING_ASKED) -> DirectCount:
    """The person's go, locked; WrongState with that sentence when there is none."""
    going_on = select(DirectCount).where(*_going_on(person)).with_for_update()
    count = session.exec(going_on.execution_options(populate_existing=True)).one_or_none()
    if count is None:
        raise WrongState(refusal)
    return count


def _going_on(person: Person) -> tuple[ColumnElement[bool], ...]:
    return (col(DirectCount.member_id) == person.id, col(DirectCount.is_open).is_(True))
