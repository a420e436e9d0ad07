"""Direct messages that are edited, or deleted, after they answered something."""

from datetime import datetime

from sqlmodel import Session

from models.direct import QuestionState
from models.services import direct_counts, direct_parts, threads
from models.services import direct_storing as storing
from models.services.direct_answers import Answer
from models.services.people import Person


def edited(session: Session, person: Person, given: Answer, edited_ts: str, now: datetime) -> str | None:
    """A message was edited; None when it was no answer so far. Returns and raises like `storing.correct`."""
    found = storing.answered_by(session, person, given.ts)
    if found is None:
        return direct_parts.correct(session, person, given, edited_ts, now)
    return storing.correct(session, person, *found, given, edited_ts, now)


def deleted(session: Session, person: Person, ts: str, now: datetime) -> None:
    """A message is gone: what it answered is taken back if it is held; what is stored stays, noted."""
    found = storing.answered_by(session, person, ts)
    part = direct_parts.given_by(session, person, ts)
    question = None if found is None else found[1]
    if question is not None and question.state is QuestionState.HELD and not storing.is_over(question, now):
        direct_counts.undo(session, person, now)
        return
    stored = part or (question if question is not None and question.state is QuestionState.STORED else None)
    if stored is not None:
        threads.note_deletion(session, person.slack_id, stored.line_id or 0, ts, now)
