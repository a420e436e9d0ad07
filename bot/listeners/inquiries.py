"""*Ask* on a review card, and the answers to it: replies in the card's thread, or by direct message."""

from datetime import datetime

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.messages import Direct, Reply
from bot.payloads import Click
from bot.wiring import on_click
from models.inquiries import Inquiry
from models.rules.chat_text import plain_lines
from models.rules.direct_words import Verb, understand_direct
from models.services import direct_counts, direct_questions, inquiries, journal, people, practices
from models.services.people import Person

WHICH_ONE = "I have asked you about more than one part. Please reply in the thread of the question that you mean."
EDITED = "edited: "


def register(app: App, context: Context) -> None:
    """Listen to the button."""
    on_click(app, context, ids.ASK, ask)


def ask(context: Context, click: Click) -> None:
    """Ask those who moved the part."""
    ref, now = ids.parse_line_value(click.value), context.read_clock()
    with context.database.write() as session:
        person = people.require_person(session, click.user, context.read_clock())
        said = inquiries.ask(session, person=person, line_id=ref.line_id, version=ref.version, now=now)
    context.committed()
    context.answer(click, said)


def heard(context: Context, reply: Reply) -> bool:
    """Keep a reply that answers a question in the thread of a card; whether it was one."""
    with context.database.read() as session:
        # Most replies are under sheets: that is all they cost.
        if inquiries.thread_of(session, reply.channel, reply.thread_ts) is None or _asked(session, reply) is None:
            return False
    now = context.read_clock()
    with context.database.write() as session:
        found = _asked(session, reply)
        if found is None or not journal.first_time(session, f"event:{reply.event_id}", now):
            return True
        said = _keep(session, *found, reply, now)
    context.committed()
    context.tell(reply.channel, reply.user, said, thread_ts=reply.thread_ts)
    return True


def answer_directly(session: Session, message: Direct, now: datetime) -> list[str] | None:
    """Keep a direct message that answers a question; returns what to say, None when it is anything else."""
    person = people.find_person(session, message.user)
    if person is None or message.is_gone:
        return None
    if message.thread_ts is not None:
        found = inquiries.asked_in_thread(session, person, message.channel, message.thread_ts, message.ts)
        return None if found is None else _keep(session, person, found, message, now)
    if message.edited_ts is not None or not _may_be_an_answer(session, person, message):
        return None
    waiting = inquiries.asked_directly(session, person, message.channel, message.ts)
    if len(waiting) > 1:
        return [WHICH_ONE]
    return _keep(session, person, waiting[0], message, now) if waiting else None


def _may_be_an_answer(session: Session, person: Person, message: Direct) -> bool:
    """Whether a message outside of threads is no command, and no answer to what is asked about counting."""
    return (
        understand_direct(message.text).verb in (Verb.ANSWER, Verb.SKIP)
        and not direct_counts.is_counting(session, person)
        and not direct_questions.is_asked_for_recount(session, person)
        and practices.current(session, person) is None
    )


def _asked(session: Session, reply: Reply) -> tuple[Person, Inquiry] | None:
    person = people.find_person(session, reply.user)
    if person is None:
        return None
    found = inquiries.asked_in_thread(session, person, reply.channel, reply.thread_ts, reply.ts)
    return None if found is None else (person, found)


def _keep(session: Session, person: Person, inquiry: Inquiry, message: Reply | Direct, now: datetime) -> list[str]:
    text = " ".join(" ".join(plain_lines(message.text)).split())
    if text and message.edited_ts is not None:
        text = f"{EDITED}{text}"
    with_pictures = bool(message.pictures) if isinstance(message, Reply) else message.has_pictures
    said = inquiries.keep_answer(session, person, inquiry, text, with_pictures=with_pictures, now=now)
    return [said] if said else []
