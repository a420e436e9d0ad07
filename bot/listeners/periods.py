"""`/count lock 2026-10` and `/count unlock 2026-10 REASON`, for stock control; others are noted in the audit trail."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.context import Context
from bot.payloads import Command
from bot.views import blocks
from bot.views.blocks import Rendered
from models.errors import NotAllowed
from models.services import people, periods, refusals
from models.services.people import Person


def lock(context: Context, command: Command, rest: str) -> Rendered:
    """Lock the month that is named; list what is locked when none is."""

    def do(session: Session, person: Person, now: datetime) -> list[str]:
        if not rest:
            return periods.listed(session, by=person, now=now)
        return [periods.lock(session, rest, by=person, now=now)]

    return _answer(context, command, f"lock {rest}", do)


def unlock(context: Context, command: Command, rest: str) -> Rendered:
    """Open the month that is named first; the rest says why."""
    period, _, reason = rest.partition(" ")

    def do(session: Session, person: Person, now: datetime) -> list[str]:
        return [periods.unlock(session, period, reason, by=person, now=now)]

    return _answer(context, command, f"unlock {rest}", do)


def _answer(
    context: Context, command: Command, sent: str, do: Callable[[Session, Person, datetime], list[str]]
) -> Rendered:
    now = context.read_clock()
    try:
        with context.database.write() as session:
            said = do(session, people.require_person(session, command.user), now)
    except NotAllowed as refusal:
        with context.database.write() as session:
            refusals.keep(
                session, actor=command.user, wish=sent.partition(" ")[0], line_id=None, why=str(refusal), now=now,
                detail={"by": "command", "sent": sent},
            )  # fmt: skip
        raise
    context.committed()
    escaped = [blocks.escape(sentence) for sentence in said]
    return blocks.rendered(escaped[0], blocks.sections(escaped, "periods"))
