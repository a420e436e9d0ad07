"""The slash command `/count`. Every answer is for the person who typed it, and comes with the acknowledgement.

What a number may say to whom is settled where it is read (`models.services.blindness`): an item that this person may
still have to count blind has none.
"""

import html
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from slack_bolt import App
from sqlmodel import Session

from bot.context import Context
from bot.listeners import bulk, calendar, claims, direct, exporting, plan_actions, spot_counts
from bot.payloads import Command, JsonObject
from bot.views.accuracy import accuracy_message
from bot.views.blocks import Rendered
from bot.views.class_report import class_report_message
from bot.views.help import commands_of, help_message
from bot.views.history import history_message
from bot.views.item import being_counted, item_message
from bot.views.plan_list import plans_message
from bot.views.reorder import item_reorder_message, reorder_message
from bot.views.schedule import schedule_message
from bot.views.status import status_message
from bot.wiring import Answer, on_command
from models.errors import BadInput, NotAllowed
from models.rules.nearest import nearest
from models.rules.periods import Period
from models.services import (
    accuracy_facts,
    blindness,
    class_reports,
    history,
    history_words,
    item_card,
    lookup,
    people,
    reorder,
    reorder_reports,
    statuses,
    team_schedules,
    unsigned,
)
from models.services.history import Query
from models.services.people import Person

NAME = "/count"


def register(app: App, context: Context) -> None:
    """Listen to `/count`."""
    on_command(app, context, NAME, answer)


def answer(context: Context, command: Command) -> Answer:
    """Answer one command; None when a form was opened."""
    # Slack sends &, < and > as entities, as in messages.
    word, _, rest = " ".join(html.unescape(command.text).split()).partition(" ")
    name = word.casefold()
    if name in plan_actions.COMMANDS:
        shown = plan_actions.answer(context, command, name, rest)
        return None if shown is None else _shown(shown)
    if name in _ACTIONS:
        return _shown(_ACTIONS[name](context, command, rest))
    now = context.read_clock()
    with context.database.read() as session:
        person = people.require_person(session, command.user)
        if name and name not in _ANSWERS:
            raise BadInput(_unknown(person, word))
        return _shown(_ANSWERS[name or "help"](session, person, rest, now))


def _help(_session: Session, person: Person, _rest: str, _now: datetime) -> Rendered:
    return help_message(person)


def _status(session: Session, person: Person, _rest: str, now: datetime) -> Rendered:
    return status_message(statuses.status(session, person), unsigned.unsigned(session, person, now))


def _item(session: Session, person: Person, rest: str, _now: datetime) -> Rendered:
    if not rest:
        raise BadInput(f"Which one? Write “{NAME} item” and the SKU.")
    return item_message(item_card.item_card(session, person, lookup.find_item(session, rest)))


def _history(session: Session, person: Person, rest: str, now: datetime) -> Rendered:
    asked = history_words.read(session, rest, now.astimezone(_zone(session)).date())
    if asked.abc_class is not None:
        raise BadInput(f"History has no classes; “{NAME} accuracy class {asked.abc_class}” has. Name a SKU or a bin.")
    query = Query(asked.subject, asked.period or Period(), asked.only)
    return history_message(history.history(session, person, query), now)


def _accuracy(session: Session, person: Person, rest: str, now: datetime) -> Rendered:
    asked = history_words.read(session, rest, now.astimezone(_zone(session)).date())
    if asked.only is not None:
        raise BadInput(f"Accuracy is of all counts; “{NAME} history only {asked.only}” lists some.")
    return accuracy_message(accuracy_facts.accuracy_facts(session, person, asked, now), now)


def _classes(session: Session, person: Person, _rest: str, _now: datetime) -> Rendered:
    if not (person.is_controller or person.approves):
        raise NotAllowed("Only stock control and approvers see how classes were computed.")
    return class_report_message(class_reports.last_report(session, reader=person))


def _reorder(session: Session, person: Person, rest: str, now: datetime) -> Rendered:
    if not (person.is_controller or person.approves):
        raise NotAllowed("Only stock control and approvers see what is to be ordered.")
    if not rest:
        return reorder_message(reorder_reports.report_for(session, person, now))
    item = lookup.find_item(session, rest)
    assert item.id is not None  # noqa: S101 - a stored row has an id
    if item.id in blindness.hidden_items(session, person):
        return being_counted(item.name, item.sku)
    row = reorder.reorder_row(session, item.id, now)
    if row is None:
        raise BadInput(f"{item.sku} is in no bin yet, so there is nothing to say about it.")
    return item_reorder_message(row, reorder_reports.frame(session, now))


def _schedule(session: Session, person: Person, rest: str, now: datetime) -> Rendered:
    team_ids = team_schedules.teams_asked_for(session, person, rest)
    found = team_schedules.team_schedule(
        session, team_ids=team_ids, now=now, to_counters=statuses.counts_blind(session, person)
    )
    return schedule_message(found)


def _plans(session: Session, person: Person, _rest: str, now: datetime) -> Rendered:
    return plans_message(statuses.plan_rows(session, person, now), _zone(session), now)


_ACTIONS: dict[str, Callable[[Context, Command, str], Rendered]] = {
    "now": spot_counts.start_now,
    "calendar": calendar.answer,
    "release": claims.release_all,
    "dm": direct.answer,
    "practice": direct.answer_practice,
    "export": exporting.answer,
}
"""Commands that have listeners of their own, by their word."""

_ANSWERS: dict[str, Callable[[Session, Person, str, datetime], Rendered]] = {
    "help": _help,
    "status": _status,
    "item": _item,
    "history": _history,
    "accuracy": _accuracy,
    "review": bulk.review,
    "classes": _classes,
    "reorder": _reorder,
    "schedule": _schedule,
    "plans": _plans,
}
"""Commands that only read."""


def _unknown(person: Person, word: str) -> str:
    # Half of every word is like one of two letters.
    close = nearest(word, [known for known in commands_of(person) if len(known) > len("dm")])
    meant = f"Did you mean “{NAME} {close}”?" if close else f"“{NAME} help” lists what I know."
    return f"I do not know “{word[:40]}”. {meant}"


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(people.company(session).timezone)


def _shown(message: Rendered) -> JsonObject:
    return {"text": message.text, "blocks": message.blocks}
