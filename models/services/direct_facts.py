"""What the messages of a direct count show. The facts hold no number but the person's own."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import String, cast
from sqlmodel import Session, and_, col, not_, select

from models.catalog import Item, Location
from models.counts import CountLine
from models.direct import DirectQuestion, QuestionState
from models.journal import Intent, SentMessage
from models.rules.quantities_meaning import Done
from models.rules.quantities_speech import packs_held
from models.services import direct_answers, packs, parts
from models.services.direct_questions import ANSWERED


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
