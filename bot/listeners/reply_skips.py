"""Replies that say that a line cannot be counted: `A-01-03 blocked`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.messages import Reply
from models.errors import CycleCountError
from models.journal import InboundEvent
from models.rules.replies import Understood
from models.rules.skips import ReplySkip, noted
from models.services import counts, journal, lines
from models.services.people import Person


def lock_all(session: Session, found: Understood, finds: Collection[int], now: datetime) -> None:
    """Lock what a reply counts, skips and finds in one order: that of the ids, as whoever counts several lines does.

    `finds` are the lines of what was found, those that there are.
    """
    also = {*finds, *(skip.line.line_id for skip in found.skips)}
    if also:
        said = {count.line_id for count in found.counts} | {asked.line_id for asked in found.asked}
        for line_id in sorted(also | said):
            lines.lock_line(session, line_id, now)


def skip_lines(
    session: Session, person: Person, reply: Reply, skips: Sequence[ReplySkip], now: datetime
) -> tuple[list[str], list[str]]:
    """Skip the lines; returns what was done and what was refused, a sentence each.

    What the same message skipped before is not skipped again when the message is edited.
    """
    done: list[str] = []
    refused: list[str] = []
    for skip in skips:
        line = skip.line
        try:
            if journal.first_time(session, f"{_prefix(reply)}{line.line_id}", now):
                counts.skip(session, person=person, line_id=line.line_id, reason=skip.reason, now=now)
                done.append(noted(line.label, skip.reason))
        except CycleCountError as refusal:
            refused.append(f"{line.label}: {refusal}")
    return done, refused


def skipped_by(session: Session, reply: Reply) -> set[int]:
    """The lines that a message said cannot be counted, whether or not they could be skipped."""
    is_its = col(InboundEvent.key).startswith(_prefix(reply), autoescape=True)
    keys = session.exec(select(InboundEvent.key).where(is_its)).all()
    return {int(key.removeprefix(_prefix(reply))) for key in keys}


def _prefix(reply: Reply) -> str:
    return f"skip:{reply.channel}:{reply.ts}:"
