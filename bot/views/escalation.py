"""The call for an approver with a higher limit, in the card's thread."""

from bot.views import blocks
from bot.views.blocks import Rendered
from models.rules import wording
from models.services.asks import EscalationFacts


def escalation(facts: EscalationFacts) -> Rendered:
    """Who is asked to decide, what it is about, and why it is not decided yet."""
    what = f"{blocks.escape(facts.sku)} in {blocks.escape(facts.location)}"
    if not facts.is_current:
        # The value is the variance: whoever is asked for a recount may read this channel too.
        text = f"{what} was over a limit; this call is over."
        return blocks.rendered(text, [blocks.section(text, "escalation")])
    by = f"{blocks.escape(facts.by)}'s" if facts.by else "the approver's"
    limit = f" of {wording.money(facts.limit, facts.currency)}" if facts.limit is not None else ""
    over = f"over {by} limit{limit}{' a session' if facts.of_session else ''}"
    if facts.value is None:
        why = f"the item has no unit cost, so its value may be {over}"
    else:
        why = f"{wording.money(facts.value, facts.currency)} {_adds_up(facts)} {over}"
    if facts.asked:
        people = wording.any_of([blocks.mention(slack_id) for slack_id in facts.asked])
        text = f"{people}, please decide {what}: {why}."
    else:
        text = f"Nobody may decide {what}: {why}. Ask stock control to name an approver with a higher limit."
    return blocks.rendered(text, [blocks.section(text, "escalation")])


def _adds_up(facts: EscalationFacts) -> str:
    if not facts.of_session:
        return "is"
    if facts.total is None:
        return "may, with what was posted without a unit cost, be"
    return f"makes {wording.money(facts.total, facts.currency)} in all,"
