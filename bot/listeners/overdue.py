"""The two buttons of a session that was not counted by its due time: *Extend*, and *Close without*."""

from datetime import datetime
from typing import Protocol

from slack_bolt import App
from sqlmodel import Session

from bot import ids
from bot.context import Context
from bot.payloads import Click
from bot.wiring import on_click
from models.services import people, reminders
from models.services.people import Person


def register(app: App, context: Context) -> None:
    """Listen to the buttons."""
    on_click(app, context, ids.EXTEND, extend)
    on_click(app, context, ids.CLOSE_WITHOUT, close_without)


def extend(context: Context, click: Click) -> None:
    """Put the due time off."""
    _answer(context, click, reminders.extend)


def close_without(context: Context, click: Click) -> None:
    """End what was not counted."""
    _answer(context, click, reminders.close_without)


class _Service(Protocol):
    """What a button does to a session, and what it says then."""

    def __call__(self, session: Session, *, person: Person, session_id: int, seen: int, now: datetime) -> str: ...


def _answer(context: Context, click: Click, service: _Service) -> None:
    (session_id, seen), now = ids.parse_line_value(click.value), context.read_clock()
    with context.database.write() as session:
        person = people.require_person(session, click.user, now)
        said = service(session, person=person, session_id=session_id, seen=seen, now=now)
    context.committed()
    context.answer(click, said)
