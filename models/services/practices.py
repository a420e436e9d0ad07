"""Practice on toys, in the direct messages: a sheet that can be counted by form and by typing, and touches no record.

An exercise knows no item, no bin, no session and no ledger; what was entered stands in its own row, and the audit does
not hear of it. Nobody practises while they are asked for real lines: a number must never be taken for the other thing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from models.direct import Practice
from models.errors import WrongState
from models.journal import Intent
from models.rules.practice import TOYS, Toy
from models.services import direct_counts, journal
from models.services.people import Person

COUNTING = "I am asking you for real lines. Write “stop” first, then “practice”."
OVER = "That exercise is over. Write “practice” to begin another."


@dataclass(frozen=True)
class PracticeFacts:
    """An exercise: every toy line, and what was counted of it (None: not yet). `is_open`: it still can be."""

    practice_id: int
    lines: tuple[tuple[Toy, Decimal | None], ...]
    is_open: bool


def begin(session: Session, person: Person, channel: str, now: datetime) -> None:
    """Begin an exercise; one that was not finished ends. WrongState for somebody who is asked for real lines."""
    if direct_counts.is_counting(session, person):
        raise WrongState(COUNTING)
    end(session, person)
    practice = Practice(member_id=person.id, channel=channel, started_at=now)
    session.add(practice)
    session.flush()
    _show(session, practice, now)


def current(session: Session, person: Person) -> int | None:
    """The id of the exercise that somebody is at; None for nobody's."""
    found = _open(session, person)
    return None if found is None else found.id


def end(session: Session, person: Person) -> None:
    """End the exercise that somebody is at, if there is one."""
    practice = _open(session, person)
    if practice is not None:
        practice.is_open = False
        session.add(practice)
        session.flush()


def enter(session: Session, person: Person, practice_id: int, entered: Mapping[int, Decimal], now: datetime) -> None:
    """Take numbers for toy lines, by their numbers. It ends with the last one. WrongState when it is over."""
    practice = _open(session, person)
    if practice is None or practice.id != practice_id:
        raise WrongState(OVER)
    answers = json.loads(practice.answers)
    answers |= {str(number): str(quantity) for number, quantity in entered.items()}
    practice.answers = json.dumps(answers, sort_keys=True)
    practice.is_open = len(answers) < len(TOYS)
    session.add(practice)
    session.flush()
    _show(session, practice, now)


def facts(session: Session, practice_id: int) -> PracticeFacts:
    """Read an exercise; NoResultFound for an id that is none."""
    practice = session.get_one(Practice, practice_id)
    answers = {int(number): Decimal(quantity) for number, quantity in json.loads(practice.answers).items()}
    return PracticeFacts(practice_id, tuple((toy, answers.get(toy.number)) for toy in TOYS), practice.is_open)


def _open(session: Session, person: Person) -> Practice | None:
    return session.exec(
        select(Practice)
        .where(Practice.member_id == person.id, col(Practice.is_open).is_(True))
        .order_by(col(Practice.id).desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _show(session: Session, practice: Practice, now: datetime) -> None:
    journal.notify(session, Intent.PRACTICE, practice.id or 0, channel=practice.channel, now=now)
