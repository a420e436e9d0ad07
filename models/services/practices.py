"""Practice on toys, in the direct messages: a sheet that can be counted by form and by typing, and touches no record.

An exercise knows no item, no bin, no session and no ledger; what was entered stands in its own row, and the audit does
not hear of it. Nobody practises while they are asked for real lines: a number must never be taken for the other thing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from models.direct import Practice
from models.errors import WrongState
from models.journal import Intent
from models.rules.practice import TOYS, Said, Standing, Toy, after
from models.services import direct_counts, journal
from models.services.people import Person

COUNTING = "I am asking you for real lines. Write “stop” first, then “practice”."
OVER = "That exercise is over. Write “practice” to begin another."


@dataclass(frozen=True)
class PracticeFacts:
    """An exercise: every toy line, and what was entered of it. `is_open`: it still can be."""

    practice_id: int
    lines: tuple[tuple[Toy, Standing], ...]
    is_open: bool

    @property
    def counted(self) -> int:
        """Lines that were counted."""
        return sum(standing.counted is not None for _, standing in self.lines)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return all(standing.is_over for _, standing in self.lines)


@dataclass(frozen=True)
class Taken:
    """What stands of the lines of which something was said, and the refusals; both by the numbers of the lines."""

    standings: dict[int, Standing]
    refused: dict[int, str]


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


def enter(
    session: Session, person: Person, practice_id: int, said: Mapping[int, Said], key: str, now: datetime
) -> Taken:
    """Take what was said of toy lines, by their numbers; `key` as in `practice.after`.

    It ends with the last line. WrongState when it is over.
    """
    practice = _open(session, person)
    if practice is None or practice.id != practice_id:
        raise WrongState(OVER)
    standing = _standings(practice)
    refused: dict[int, str] = {}
    for number, one in said.items():
        try:
            standing[number] = after(standing[number], one, key)
        except WrongState as refusal:
            refused[number] = str(refusal)
    practice.answers = json.dumps({number: _kept(one) for number, one in standing.items()}, sort_keys=True)
    practice.is_open = not all(one.is_over for one in standing.values())
    session.add(practice)
    session.flush()
    _show(session, practice, now)
    return Taken({number: standing[number] for number in said if number not in refused}, refused)


def facts(session: Session, practice_id: int) -> PracticeFacts:
    """Read an exercise; NoResultFound for an id that is none."""
    practice = session.get_one(Practice, practice_id)
    standing = _standings(practice)
    return PracticeFacts(practice_id, tuple((toy, standing[toy.number]) for toy in TOYS), practice.is_open)


def _kept(standing: Standing) -> dict[str, object]:
    return {
        "counted": None if standing.counted is None else str(standing.counted),
        "skipped": standing.skipped,
        "parts": {key: str(quantity) for key, quantity in standing.parts.items()},
        "asked": standing.asked,
    }


def _standings(practice: Practice) -> dict[int, Standing]:
    kept = json.loads(practice.answers)
    return {toy.number: _standing(kept.get(str(toy.number))) for toy in TOYS}


def _standing(kept: dict[str, Any] | None) -> Standing:  # Any: it is JSON
    if kept is None:
        return Standing()
    return Standing(
        counted=None if kept["counted"] is None else Decimal(kept["counted"]),
        skipped=kept["skipped"],
        parts={key: Decimal(quantity) for key, quantity in kept["parts"].items()},
        asked=kept["asked"],
    )


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
