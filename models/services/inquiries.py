"""*Ask*: those who moved a part in a bin since it was last counted are asked what happened there.

The question names the part, the bin and the day on which they moved it themselves. It says neither a number nor that
anything is off. Still it is not for everybody: who counts the item blind now would learn that somebody looks into it,
and so would who is next to recount the line; neither is asked. Who decides for the team reads the review channel
anyway and is asked in the thread of the card; everybody else by direct message, away from the card's numbers.

Answers are kept with the line. They change nothing of it, decided or not.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession
from models.errors import WrongState
from models.inquiries import LONGEST_ANSWER, Inquiry
from models.journal import Intent, SentMessage
from models.people import Member, Team
from models.rules import wording
from models.rules.lines import LineState
from models.services import card_parts, decisions, journal, lines, people, reviews, times
from models.services.lines import LockedLine
from models.services.movers import Movers
from models.services.people import Person
from models.stock import StockEntry

MOST_ASKED = 3


@dataclass(frozen=True)
class InquiryFacts:
    """What one person was asked about a line, and what they answered; `answered_at` None: nothing yet."""

    who: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True)
class QuestionFacts:
    """The question to one person. `slack_id`: who is asked by direct message; None: in the thread of the card.

    `is_current`: it may still be posted.
    """

    line_id: int
    is_current: bool
    mention: str
    who: str
    sku: str
    name: str
    location: str
    moved_at: datetime
    slack_id: str | None


def askable(session: Session, seen: LockedLine, *, by: Person | None = None) -> list[tuple[Person, datetime]]:
    """Whom *Ask* would ask of a line under review, the last who moved the part first, and when they did; reads only.

    `by` does not ask themselves.
    """
    if seen.line.state is not LineState.IN_REVIEW or inquiries_of(session, seen.id):
        return []
    newest = func.max(StockEntry.occurred_at)
    last_first = (newest.desc(), func.max(StockEntry.id).desc())
    moved = select(col(StockEntry.moved_by), newest).where(
        StockEntry.item_id == seen.line.item_id,
        StockEntry.location_id == seen.line.location_id,
        col(StockEntry.moved_by).is_not(None),
    )
    counted = card_parts.last_counts(session, seen.line)
    if counted:
        moved = moved.where(col(StockEntry.occurred_at) > counted[0].counted_at)
    movers, found = Movers(session), dict[str, tuple[Person, datetime]]()
    for words, moved_at in session.exec(moved.group_by(col(StockEntry.moved_by)).order_by(*last_first)):
        member = movers.member(words)
        person = None if member is None else people.find_person(session, member.slack_id)
        if person is not None:
            found.setdefault(person.slack_id, (person, moved_at))
    kept = _kept_blind(session, seen) if found else set()
    if by is not None:
        kept.add(by.id)
    may_be = [(person, at) for person, at in found.values() if person.id not in kept]
    return [(person, at) for person, at in may_be if not counts_now(session, person, seen.line.item_id)][:MOST_ASKED]


def ask(session: Session, *, person: Person, line_id: int, version: int, now: datetime) -> str:
    """Ask those who moved the part; returns whom, or who was asked before.

    Raises:
        NotAllowed: for who may not decide the line.
        WrongState: the line moved on, or there is nobody to ask.
    """
    locked = decisions.open_for(session, person=person, line_id=line_id, version=version, now=now)
    before = inquiries_of(session, line_id)
    if before:
        names = wording.all_of([one.who for one in before])
        verb = "was" if len(before) == 1 else "were"
        return f"{names} {verb} asked at {times.said(session, before[0].asked_at, now)}. Nobody is asked twice."
    asked = askable(session, locked, by=person)
    if not asked:
        raise WrongState("Nobody else whom I know, and who does not count it, moved it since the last count.")
    for one, moved_at in asked:
        made = Inquiry(line_id=line_id, member_id=one.id, asked_by_id=person.id, asked_at=now, moved_at=moved_at)
        session.add(made)
        session.flush()
        journal.notify(session, Intent.INQUIRY, made.id or 0, channel=locked.team.review_channel, now=now)
    journal.audit(
        session, actor=person.slack_id, action="ask", subject=f"line {line_id}", now=now,
        detail={"asked": [one.slack_id for one, _ in asked]},
    )  # fmt: skip
    lines.show_card(session, locked, now)
    names = wording.all_of([one.name for one, _ in asked])
    return f"I have asked {names}. What they answer is shown on the card."


def question_facts(session: Session, inquiry_id: int) -> QuestionFacts:
    """Read a question as it stands; NoResultFound for an id that is none."""
    inquiry = session.get_one(Inquiry, inquiry_id)
    seen = reviews.read_line(session, inquiry.line_id)
    member = session.get_one(Member, inquiry.member_id)
    person = people.person_of(session, member)
    item = session.get_one(Item, seen.line.item_id)
    counts_it = person.id in _kept_blind(session, seen) or counts_now(session, person, seen.line.item_id)
    in_thread = person.may_decide_for(seen.session.team_id)
    return QuestionFacts(
        line_id=inquiry.line_id,
        is_current=seen.line.state is LineState.IN_REVIEW and not counts_it,
        mention=member.slack_id,
        who=person.name,
        sku=item.sku,
        name=item.name,
        location=session.get_one(Location, seen.line.location_id).code,
        moved_at=times.local(session, inquiry.moved_at),
        slack_id=None if in_thread else member.slack_id,
    )


def inquiries_of(session: Session, line_id: int) -> tuple[InquiryFacts, ...]:
    """Who was asked about a line, in the order in which they were, and what they answered."""
    found = session.exec(
        select(Inquiry, Member)
        .join(Member, col(Member.id) == col(Inquiry.member_id))
        .where(Inquiry.line_id == line_id)
        .order_by(col(Inquiry.id))
    )
    return tuple(
        InquiryFacts(people.display_name(member), one.asked_at, one.answer, one.answered_at) for one, member in found
    )


def answers_by_line(session: Session, line_ids: Collection[int]) -> dict[int, str]:
    """Who was asked about each of some lines and what they answered, in a few words."""
    asked = session.exec(select(Inquiry.line_id).where(col(Inquiry.line_id).in_(line_ids)).distinct())
    return {
        line_id: "; ".join(f"{one.who}: {one.answer or 'no answer'}" for one in inquiries_of(session, line_id))
        for line_id in asked
    }


def asked_in_thread(session: Session, person: Person, channel: str, thread_ts: str, ts: str) -> Inquiry | None:
    """The question that a reply of `person` in a thread answers: under its card, or under itself."""
    parent = thread_of(session, channel, thread_ts)
    if parent is None:
        return None
    of_parent = Inquiry.line_id if parent.intent is Intent.REVIEW_CARD else Inquiry.id
    inquiry = session.exec(
        select(Inquiry).where(col(of_parent) == int(parent.subject), Inquiry.member_id == person.id)
    ).one_or_none()
    return inquiry if inquiry is not None and _was_posted(session, inquiry, channel, ts) else None


def thread_of(session: Session, channel: str, thread_ts: str) -> SentMessage | None:
    """The card or question whose thread it is; None for any other thread."""
    return session.exec(
        select(SentMessage).where(
            SentMessage.channel == channel,
            SentMessage.ts == thread_ts,
            col(SentMessage.intent).in_([Intent.REVIEW_CARD, Intent.INQUIRY]),
        )
    ).first()


def asked_directly(session: Session, person: Person, channel: str, ts: str) -> list[Inquiry]:
    """The questions that `person` was asked in their direct messages before `ts`, and has not answered."""
    waiting = session.exec(
        select(Inquiry)
        .where(Inquiry.member_id == person.id, col(Inquiry.answered_at).is_(None))
        .order_by(col(Inquiry.id))
    ).all()
    return [one for one in waiting if _was_posted(session, one, channel, ts)]


def keep_answer(
    session: Session, person: Person, inquiry: Inquiry, text: str, *, with_pictures: bool, now: datetime
) -> str:
    """Keep an answer with its line, behind what was answered before; returns what to tell the person.

    `text` is plain, `with_pictures`: it came with some, which are not kept.
    """
    picture = "Pictures are not kept: please write what it shows." if with_pictures else ""
    if not text:
        return picture
    session.refresh(inquiry, with_for_update=True)  # two messages may arrive at once
    line, whole = session.get_one(CountLine, inquiry.line_id), " / ".join(filter(None, [inquiry.answer, text]))
    inquiry.answer, inquiry.answered_at = wording.cut(whole, LONGEST_ANSWER), now
    session.add(inquiry)
    journal.audit(
        session, actor=person.slack_id, action="answer", subject=f"line {line.id}", now=now,
        detail={"answer": wording.cut(text, LONGEST_ANSWER)},
    )  # fmt: skip
    team = session.get_one(Team, session.get_one(CountSession, line.session_id).team_id)
    journal.notify(session, Intent.REVIEW_CARD, line.id or 0, channel=team.review_channel, now=now)
    too_long = f"Only {LONGEST_ANSWER} characters of it." if len(whole) > LONGEST_ANSWER else ""
    return " ".join(filter(None, ["Thank you, your answer is kept.", too_long, picture]))


def counts_now(session: Session, person: Person, item_id: int) -> bool:
    """Whether somebody may be the one to make a count of the item that is open now, wherever it lies."""
    waiting = (
        select(CountLine.id)
        .join(CountSession, col(CountSession.id) == col(CountLine.session_id))
        .where(
            CountLine.item_id == item_id,
            col(CountLine.state).in_(lines.WAITING_STATES),
            or_(col(CountSession.team_id).in_(person.counts), col(CountLine.asked_member_id) == person.id),
        )
    )
    return session.exec(waiting.limit(1)).first() is not None


def _kept_blind(session: Session, seen: LockedLine) -> set[int]:
    """Ids of who would be asked to recount the line: the first choice, or the second if the first one asks for it."""
    able = lines.recounters(session, seen, approvers_too=True)
    is_first_a_decider = bool(able) and able[0].may_decide_for(seen.session.team_id)
    return {person.id for person in able[: 1 + is_first_a_decider]}


def _was_posted(session: Session, inquiry: Inquiry, channel: str, before_ts: str) -> bool:
    posted = select(SentMessage.id).where(
        SentMessage.intent == Intent.INQUIRY,
        SentMessage.subject == str(inquiry.id),
        SentMessage.channel == channel,
        SentMessage.ts < before_ts,  # as texts: Slack's have one length
    )
    return session.exec(posted).first() is not None
