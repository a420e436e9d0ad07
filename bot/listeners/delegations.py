"""`/count delegate`: handing authority over for some days, the list of it, and its end."""

from bot.context import Context
from bot.payloads import Command
from bot.views import delegations as views
from bot.views.blocks import Rendered
from models.errors import NotAllowed
from models.rules.delegating import FOR_OTHERS, FORMS, End, parse
from models.services import delegations, journal, people


def answer(context: Context, command: Command, words: str) -> Rendered:
    """Answer the command; the same command twice, as Slack may send it, is done once."""
    now = context.read_clock()
    with context.database.write() as session:
        person = people.require_person(session, command.user, now)
        if not (person.is_controller or person.approves):
            raise NotAllowed("Only approvers and stock control have authority to hand over.")
        forms = f"{FORMS} {FOR_OTHERS}" if person.is_controller else FORMS
        is_new = not command.trigger_id or journal.first_time(session, f"command:{command.trigger_id}", now)
        if not words or not is_new:
            return views.delegations_message(delegations.listed(session, person, now), forms)
        wish = parse(words)
        if isinstance(wish, End):
            said = views.ended(delegations.end(session, person=person, wish=wish, now=now))
        else:
            said = views.handed_over(delegations.hand_over(session, person=person, wish=wish, now=now))
    context.committed()
    return said
