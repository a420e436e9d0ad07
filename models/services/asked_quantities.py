"""What somebody typed for a line, with certainty: a bare number of an item with packs is asked about once."""

from datetime import datetime

from sqlmodel import Session

from models.errors import BadQuantity
from models.rules.quantities_asked import Given, remembered, sentence, understand_asked
from models.rules.quantities_meaning import NeedsUnit
from models.rules.quantities_units import Measure
from models.services import counts, lines, unit_questions
from models.services.people import Person


def understand(
    session: Session, person: Person, line_id: int, typed: str, measure: Measure, *, place: str, now: datetime
) -> Given:
    """Read what was typed at `place`: a form's submission, or a message.

    Raises BadQuantity, also with the question about a bare number that was not asked about yet; what was asked about
    at `place` itself, delivered or edited again, is no answer. NotAllowed instead of a question for who may not count
    the line.
    """
    asked = unit_questions.asked(session, person.id, [line_id], place=place).get(line_id, "")
    answer = understand_asked(typed, measure, asked=asked)
    if isinstance(answer, NeedsUnit):
        counts.require_counter(person, lines.lock_line(session, line_id, now))
        unit_questions.ask(session, person.id, line_id, remembered(answer), place=place, now=now)
        raise BadQuantity(sentence(answer, measure))
    return answer
