"""The questions of a direct count: which line is asked next, and which question a message answers.

The next line is the first in walk order, of the session due first, that this person may count and has not answered.
What they put off comes after all others.
"""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, and_, col, func, or_, select

from models.counts import CountLine, CountSession
from models.direct import DirectChannel, DirectCount, DirectQuestion, QuestionState
from models.journal import Intent, SentMessage
from models.rules.lines import LineState
from models.services import claims, direct_claims, journal
from models.services.counts import LineToCount
from models.services.direct_claims import Has
from models.services.people import Person

ANSWERED = (QuestionState.HELD, QuestionState.STORED)


def ask(session: Session, count: DirectCount, person: Person, now: datetime, *, line_id: int | None = None) -> None:
    """Ask for `line_id`, or for the line that is next; when nothing is left, say so."""
    show(session, count, add(session, count, person, line_id, now), now)


def add(session: Session, count: DirectCount, person: Person, line_id: int | None, now: datetime) -> DirectQuestion:
    """Add that question without showing it; its line is theirs from here on."""
    left = lines_left(session, count, person)
    chosen, is_claim = _first_to_have(session, count, person, left, line_id, now)
    answered = len(answered_lines(session, count))
    last = session.exec(select(func.max(DirectQuestion.number)).where(DirectQuestion.count_id == count.id)).one()
    assert count.id is not None  # noqa: S101 - a stored row has an id
    question = DirectQuestion(
        count_id=count.id,
        number=(last or 0) + 1,
        line_id=chosen,
        is_claim=is_claim,
        place=answered + 1,
        total=answered + len(left),
    )
    session.add(question)
    session.flush()
    return question


def _first_to_have(
    session: Session, count: DirectCount, person: Person, left: list[LineToCount], line_id: int | None, now: datetime
) -> tuple[int | None, bool]:
    """The line to ask for: `line_id`, else the first that is not another's; and whether it is theirs by being asked."""
    wanted = sorted((line.line_id for line in left), key=lambda one: one != line_id)
    for one in wanted:
        has = direct_claims.give(session, person, one, now)
        if has is not Has.ANOTHER:
            return one, has is Has.NOW or direct_claims.is_by_question(session, count, one)
    return wanted[0] if wanted else None, False  # whose it is turns out when it is answered


def show(session: Session, count: DirectCount, question: DirectQuestion, now: datetime) -> None:
    """Have a question posted, or updated where it stands."""
    journal.notify(session, Intent.DIRECT_QUESTION, question.id or 0, channel=count.channel, now=now)


def lines_left(session: Session, count: DirectCount, person: Person, *, of_others: bool = False) -> list[LineToCount]:
    """What somebody may count now and has not answered, in the order in which it is asked.

    `of_others`: with what others have claimed.
    """
    answered = answered_lines(session, count)
    put_off: dict[int, int] = {
        line_id: number
        for line_id, number in session.exec(
            select(DirectQuestion.line_id, func.max(DirectQuestion.number))
            .where(DirectQuestion.count_id == count.id, DirectQuestion.state == QuestionState.PUT_OFF)
            .group_by(col(DirectQuestion.line_id))
        )
        if line_id is not None
    }
    found = [
        line
        for line in lines_for(session, person, of_others=of_others)
        if line.line_id not in answered and count.only_line_id in (None, line.line_id)
    ]
    return sorted(found, key=lambda line: put_off.get(line.line_id, 0))


def lines_for(session: Session, person: Person, *, of_others: bool = False) -> list[LineToCount]:
    """Every line that somebody is to count now: by sessions, the one due first before the others.

    Within a session what they have claimed comes before what nobody has, both in walk order; what others have comes
    last, and only if it is wanted (`of_others`), and so do recounts that others are asked for.
    """
    found = [
        line
        for session_id in _running(session, person)
        for line in claims.lines_offered(session, person, session_id, of_others=of_others)[0]
    ]
    if of_others:
        return found
    theirs = session.exec(
        select(CountLine.id).where(
            CountLine.state == LineState.RECOUNT,
            col(CountLine.id).in_([line.line_id for line in found]),
            CountLine.asked_member_id != person.id,
        )
    ).all()
    return [line for line in found if line.line_id not in theirs]


def left_of_others(session: Session, person: Person) -> str:
    """Who has what somebody could count too: “Dan has the 3 lines that are left.”; empty when nobody has any."""
    found = (claims.left_of_others(session, person, session_id) for session_id in _running(session, person))
    return " ".join(sentence for sentence in found if sentence)


def _running(session: Session, person: Person) -> list[int]:
    """Ids of the sessions with lines that wait for somebody, the one due first before the others."""
    waiting = select(CountLine.session_id).where(col(CountLine.state).in_([LineState.TO_COUNT, LineState.RECOUNT]))
    asked = waiting.where(CountLine.asked_member_id == person.id)
    running = session.exec(
        select(CountSession.id)
        .where(
            or_(
                and_(col(CountSession.id).in_(waiting), col(CountSession.team_id).in_(person.counts)),
                col(CountSession.id).in_(asked),
            )
        )
        .order_by(col(CountSession.due_at), col(CountSession.id))
    ).all()
    return [one for one in running if one is not None]


def answered_lines(session: Session, count: DirectCount) -> set[int]:
    """Ids of the lines that were answered in this go, stored or not yet."""
    found = session.exec(
        select(DirectQuestion.line_id).where(
            DirectQuestion.count_id == count.id, col(DirectQuestion.state).in_(ANSWERED)
        )
    )
    return {line_id for line_id in found if line_id is not None}


def in_state(session: Session, count: DirectCount, state: QuestionState) -> DirectQuestion | None:
    """The newest question of a go that is in a state."""
    return session.exec(
        select(DirectQuestion)
        .where(DirectQuestion.count_id == count.id, DirectQuestion.state == state)
        .order_by(col(DirectQuestion.number).desc())
        .limit(1)
    ).first()


def is_asked_for_recount(session: Session, person: Person) -> bool:
    """Whether a recount waits for somebody."""
    waiting = select(CountLine.id).where(CountLine.state == LineState.RECOUNT, CountLine.asked_member_id == person.id)
    return session.exec(waiting.limit(1)).first() is not None


def recount_asked(session: Session, person: Person, ts: str) -> int | None:
    """The line of which a recount waits for that person, asked by direct message before `ts`; None unless it is one."""
    waiting = session.exec(
        select(CountLine).where(CountLine.state == LineState.RECOUNT, CountLine.asked_member_id == person.id)
    ).all()
    asked = session.exec(
        select(SentMessage.subject)
        .join(DirectChannel, col(DirectChannel.channel) == col(SentMessage.channel))
        .where(
            DirectChannel.member_id == person.id,
            SentMessage.intent == Intent.RECOUNT_ASK,
            col(SentMessage.subject).in_([f"{line.id}.{line.recounts_asked}" for line in waiting]),
            SentMessage.ts < ts,
        )
    ).all()
    return waiting[0].id if len(waiting) == len(asked) == 1 else None


def was_read_before(session: Session, person: Person, count: DirectCount, question: DirectQuestion, ts: str) -> bool:
    """Whether a message written at `ts` can only be the answer to that question.

    Else the question was not posted yet when it was written, or a recount was asked in between.
    """
    posted = session.exec(
        select(SentMessage.ts).where(
            SentMessage.intent == Intent.DIRECT_QUESTION, SentMessage.subject == str(question.id)
        )
    ).one_or_none()
    if posted is None:
        # Nobody was asked in words: the recount was, before the number was written.
        return count.only_line_id is not None and recount_asked(session, person, ts) == question.line_id
    if Decimal(posted) >= Decimal(ts):
        return False
    recount = select(SentMessage.id).where(
        SentMessage.channel == count.channel,
        SentMessage.intent == Intent.RECOUNT_ASK,
        SentMessage.ts > posted,  # as texts: Slack's have one length
        SentMessage.ts < ts,
    )
    return session.exec(recount.limit(1)).first() is None
