"""Direct messages: `count` has the bot ask for somebody's lines one by one, `/count dm` does the same from anywhere.

What is asked is a message that stays, and comes through the outbox. What is only about the message just written (a
number that cannot be meant, nothing to undo) is shown to the person at once.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.context import Context
from bot.gateway import SlackRefused, SlackUnavailable
from bot.listeners import inquiries, practice, reply_finds
from bot.messages import Direct, instant_of
from bot.payloads import Command
from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.claims import SEND_AGAIN
from models.errors import CycleCountError, WrongState
from models.rules.direct_words import Said, Verb, understand_direct
from models.rules.finds import ReplyFind, read_find
from models.services import (
    direct_channels,
    direct_counts,
    direct_edits,
    direct_questions,
    journal,
    people,
    practices,
    threads,
)
from models.services.claims import ClaimedByOther
from models.services.direct_answers import Answer
from models.services.direct_counts import AskedAgain
from models.services.people import Person

_LOG = logging.getLogger(__name__)

HELP = "Write “count”, and I ask for your lines one by one. “practice” is to try it out on toys."
NOTHING_LEFT = "Nothing is left for you to count. Thank you."
POST_IT_THERE = (
    "The picture is not kept here. Post it in the thread of the sheet, with its SKU; approvers see it there."
)
STARTED = "I ask you in our direct messages, one line after the other."
FOUND_WHERE = "Which sheet is it for? Write that in its thread, or write “count” first and then the same again."
ASK_AGAIN = "Slack did not open our direct messages. Try again, or use Enter counts on the sheet."


def heard(context: Context, message: Direct) -> None:
    """Somebody wrote to the bot, edited what they wrote, or deleted it."""
    now = context.read_clock()
    with context.database.write() as session:
        if not journal.first_time(session, f"event:{message.event_id}", now):
            return
        answered = inquiries.answer_directly(session, message, now)
        try:
            sentences = _answer(session, message, now) if answered is None else answered
        except CycleCountError as refusal:
            sentences = [str(refusal)]
        if answered is None and message.has_pictures and people.find_person(session, message.user) is not None:
            sentences.append(POST_IT_THERE)
    context.committed()
    context.tell(message.channel, message.user, sentences)


def answer(context: Context, command: Command, _rest: str) -> Rendered:
    """Answer `/count dm`: open the direct messages, and ask for the first line there."""
    return _in_direct_messages(context, command, STARTED, _begin)


def answer_practice(context: Context, command: Command, _rest: str) -> Rendered:
    """Answer `/count practice`: open the direct messages, and show the exercise there."""
    return _in_direct_messages(context, command, practice.STARTED, _begin_practice)


def _in_direct_messages(
    context: Context, command: Command, started: str, begin: Callable[[Session, Person, str, datetime], str]
) -> Rendered:
    """Open the direct messages and begin something there, once for each command; `begin` returns why it did not."""
    now = context.read_clock()
    channel = open_directs(context, command.user)
    with context.database.write() as session:
        person = people.require_person(session, command.user)
        if command.trigger_id and not journal.first_time(session, f"command:{command.trigger_id}", now):
            return _shown(started)
        direct_channels.remember_channel(session, person, channel)
        problem = begin(session, person, channel, now)
    context.committed()
    return _shown(problem or started)


def open_directs(context: Context, user: str) -> str:
    """The channel of the direct messages with a person who belongs here; WrongState when Slack does not open it."""
    with context.database.read() as session:
        people.require_person(session, user)
    try:
        return context.gateway.open_direct(user)
    except (SlackUnavailable, SlackRefused) as problem:
        _LOG.warning("direct messages were not opened: %s", problem)
        raise WrongState(ASK_AGAIN) from problem


def _answer(session: Session, message: Direct, now: datetime) -> list[str]:
    """Do what a message says; returns what to tell the person at once."""
    person = people.require_person(session, message.user)
    direct_channels.remember_channel(session, person, message.channel)
    if message.is_gone:
        direct_edits.deleted(session, person, message.ts, now)
        for line_id in sorted(reply_finds.found_by(session, message)):
            threads.note_deletion(session, person.slack_id, line_id, message.ts, now)
        return []
    # Events overtake each other: what a message said first must not be read after what it was corrected to.
    if not threads.is_newer(session, message.channel, message.ts, message.edited_ts, now):
        return []
    said, at = understand_direct(message.text), instant_of(message.ts)
    if message.edited_ts is not None:
        given = Answer(said.rest, message.ts, at)
        corrected = direct_edits.edited(session, person, given, message.edited_ts, now)
        if corrected is not None or said.verb is not Verb.ANSWER:
            return [corrected] if corrected else []
        at = instant_of(message.edited_ts)  # it was no answer until now: then it was counted when it became one
    practice_id = practices.current(session, person)
    if practice_id is not None and said.verb not in (Verb.COUNT, Verb.PRACTICE):
        return practice.heard(session, person, practice_id, message, said, now)
    find = read_find(said.rest) if said.verb is Verb.ANSWER else None
    if find is not None:
        return _found(session, person, message, find, now)
    sentence = _said(session, person, message.channel, said, Answer(said.rest, message.ts, at), now)
    return [sentence] if sentence else []


def _said(session: Session, person: Person, channel: str, said: Said, given: Answer, now: datetime) -> str:
    """What is written to who counts, or might; returns what to tell them, "" for nothing."""
    match said.verb:
        case Verb.HELP:
            return HELP
        case Verb.PRACTICE:
            return _begin_practice(session, person, channel, now)
        case Verb.COUNT:
            return _begin(session, person, channel, now)
        case Verb.STOP:
            return _stopped(direct_counts.stop(session, person, now))
        case _:
            return _answered(session, person, said, given, now)


def _answered(session: Session, person: Person, said: Said, given: Answer, now: datetime) -> str:
    try:
        match said.verb:
            case Verb.UNDO:
                return direct_counts.undo(session, person, now)
            case Verb.LATER:
                direct_counts.put_off(session, person, given, now)
            case Verb.SKIP:
                direct_counts.skip(session, person, given, said.rest, now)
            case Verb.DONE:
                left = direct_counts.done(session, person, given, now)
                return "" if left is None else _stopped(left)
            case _:
                return direct_counts.answer(session, person, given, now)
    except AskedAgain as refusal:
        return str(refusal) if direct_counts.ask_again(session, person, now) else f"{refusal} {NOTHING_LEFT}"
    except ClaimedByOther as question:
        return f"{question} {SEND_AGAIN}"
    return ""


def _found(session: Session, person: Person, message: Direct, find: ReplyFind, now: datetime) -> list[str]:
    """Add what was found to the sheet that is asked about; returns what was done, or why not."""
    thread = direct_counts.sheet_asked(session, person, now)
    if thread is None:
        return [FOUND_WHERE]
    done, refused = reply_finds.record_finds(session, person, thread, message, [find], now)
    if done:
        direct_counts.go_on(session, person, now)
    return [*done, *refused]


def _begin(session: Session, person: Person, channel: str, now: datetime) -> str:
    """Ask for lines; returns why not. From here on numbers are real."""
    practices.end(session, person)
    if direct_counts.begin(session, person, channel, now):
        return ""
    return direct_questions.left_of_others(session, person) or NOTHING_LEFT


def _begin_practice(session: Session, person: Person, channel: str, now: datetime) -> str:
    practices.begin(session, person, channel, now)
    return ""


def _stopped(left: int) -> str:
    lines = "1 line is" if left == 1 else f"{left} lines are"
    return f"Stopped, your answers are saved. {lines} left: “count” goes on." if left else NOTHING_LEFT


def _shown(sentence: str) -> Rendered:
    return blocks.rendered(sentence, [blocks.section(sentence, "direct")])
