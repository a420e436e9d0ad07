"""The questions of a direct count: which line is asked next, and what the messages show of it.

The next line is the first in walk order, of the session due first, that this person may count and has not answered.
What they put off comes after all others. The facts hold no number but the person's own.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import String, cast
from sqlmodel import Session, and_, col, func, not_, or_, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession
from models.direct import DirectChannel, DirectCount, DirectQuestion, QuestionState
from models.journal import Intent, SentMessage
from models.rules.lines import LineState
from models.rules.quantities_meaning import Done
from models.rules.quantities_speech import packs_held
from models.services import claims, direct_answers, journal, packs, parts
from models.services.counts import LineToCount
from models.services.people import Person

ANSWERED = (QuestionState.HELD, QuestionState.STORED)


@dataclass(frozen=True)
class Subject:
    """The line that a question is about. `packs` are what the item comes in ("boxes of 12").

    `adding_up` names those who gave parts of it that are still open.
    """

    sku: str
    name: str
    location: str
    unit: str
    packs: tuple[str, ...] = ()
    adding_up: str = ""


@dataclass(frozen=True)
class QuestionFacts:
    """A question and what came before it. `subject` None: nothing is left. `is_open`: it waits for its answer.

    `before` is the line of the question before, with its `quantity` and how that was understood (`echo`), or the
    `reason` why it cannot be counted, as long as that answer stands; `is_done`: its parts are all. Nothing of this when
    it was put off.
    """

    is_open: bool
    is_first: bool
    place: int
    total: int
    subject: Subject | None
    before: Subject | None
    quantity: Decimal | None
    echo: str
    reason: str
    is_done: bool


@dataclass(frozen=True)
class RefusalFacts:
    """An answer that could not be stored, and why."""

    subject: Subject
    typed: str
    said: str


def question_facts(session: Session, question_id: int) -> QuestionFacts:
    """Read a question; NoResultFound for an id that is none."""
    question = session.get_one(DirectQuestion, question_id)
    before = _before(session, question)
    # Whether an answer is stored by now, or could not be, is not told here: it would tell what the record says of it.
    stands = (*ANSWERED, QuestionState.REFUSED, QuestionState.PUT_OFF)
    said = before if before is not None and before.state in stands else None
    return QuestionFacts(
        is_open=question.state is QuestionState.OPEN,
        is_first=before is None,
        place=question.place,
        total=question.total,
        subject=_subject(session, question),
        before=None if said is None else _subject(session, said),
        quantity=None if said is None else said.quantity,
        echo="" if said is None else said.echo,
        reason="" if said is None else said.reason,
        is_done=said is not None
        and said.state is not QuestionState.PUT_OFF
        and isinstance(direct_answers.kept(said), Done),
    )


def refusal_facts(session: Session, question_id: int) -> RefusalFacts:
    """Read why an answer was not stored; NoResultFound for an id that is no question with a line."""
    question = session.get_one(DirectQuestion, question_id)
    subject = _subject(session, question)
    assert subject is not None  # noqa: S101 - only answers are refused, and only lines have answers
    return RefusalFacts(subject, question.typed, question.said)


def ask(session: Session, count: DirectCount, person: Person, now: datetime, *, line_id: int | None = None) -> None:
    """Ask for `line_id`, or for the line that is next; when nothing is left, say so."""
    show(session, count, add(session, count, person, line_id), now)


def add(session: Session, count: DirectCount, person: Person, line_id: int | None) -> DirectQuestion:
    """Add that question without showing it."""
    left = lines_left(session, count, person)
    chosen = next((line for line in left if line.line_id == line_id), left[0] if left else None)
    answered = len(answered_lines(session, count))
    last = session.exec(select(func.max(DirectQuestion.number)).where(DirectQuestion.count_id == count.id)).one()
    assert count.id is not None  # noqa: S101 - a stored row has an id
    question = DirectQuestion(
        count_id=count.id,
        number=(last or 0) + 1,
        line_id=None if chosen is None else chosen.line_id,
        place=answered + 1,
        total=answered + len(left),
    )
    session.add(question)
    session.flush()
    return question


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
    last, and only if it is asked for (`of_others`).
    """
    return [
        line
        for session_id in _running(session, person)
        for line in claims.lines_offered(session, person, session_id, of_others=of_others)[0]
    ]


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


def _before(session: Session, question: DirectQuestion) -> DirectQuestion | None:
    """The question before that one, as the person knows it: those that were closed before they were posted are none."""
    never_posted = and_(
        col(DirectQuestion.state) == QuestionState.CLOSED,
        cast(DirectQuestion.id, String).not_in(
            select(SentMessage.subject).where(SentMessage.intent == Intent.DIRECT_QUESTION)
        ),
    )
    return session.exec(
        select(DirectQuestion)
        .where(
            DirectQuestion.count_id == question.count_id, DirectQuestion.number < question.number, not_(never_posted)
        )
        .order_by(col(DirectQuestion.number).desc())
        .limit(1)
    ).first()


def _subject(session: Session, question: DirectQuestion) -> Subject | None:
    if question.line_id is None:
        return None
    line = session.get_one(CountLine, question.line_id)
    item, location = session.get_one(Item, line.item_id), session.get_one(Location, line.location_id)
    return Subject(
        item.sku,
        item.name,
        location.code,
        item.unit,
        tuple(packs_held(packs.measure_of(session, item))),
        parts.names(parts.adding_up(session, [question.line_id]).get(question.line_id, ())),
    )
