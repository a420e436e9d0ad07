"""`/count accuracy`: how often the record was right, with its charts; `/count accuracy coverage`: counts made."""

from zoneinfo import ZoneInfo

from bot.context import Context
from bot.listeners.answering import answered
from bot.payloads import Command
from bot.views.accuracy import accuracy_message
from bot.views.blocks import Rendered
from bot.views.coverage import coverage_message
from models.errors import BadInput
from models.services import history_words, people
from models.services.accuracy_facts import accuracy_facts
from models.services.coverage_facts import coverage_facts

COVERAGE = "coverage"


def answer(context: Context, command: Command, rest: str) -> Rendered | None:
    """Answer it; None when it is answered already."""
    now = context.read_clock()
    with context.database.read() as session:
        person = people.require_person(session, command.user, now)
        if rest.casefold() == COVERAGE:
            message = coverage_message(coverage_facts(session, now))
        else:
            today = now.astimezone(ZoneInfo(people.company(session).timezone)).date()
            asked = history_words.read(session, rest, today)
            if asked.only is not None:
                raise BadInput(f"Accuracy is of all counts; “/count history only {asked.only}” lists some.")
            message = accuracy_message(accuracy_facts(session, person, asked, now), now)
    return answered(context, command, message)
