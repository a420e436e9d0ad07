"""The call for a decision that nobody has made for long, in the card's thread."""

from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.rules import wording
from models.services.review_calls import CallFacts


def review_call(facts: CallFacts) -> Rendered:
    """Who is asked to decide what, since when it waits; or that the call is over."""
    text = _text(facts)
    return blocks.rendered(text, [blocks.section(text, "call")])


def _text(facts: CallFacts) -> str:
    what = f"{blocks.escape(facts.sku)} in {blocks.escape(facts.location)}"
    if not facts.is_current or facts.since is None:
        return f"{what} waited long for a decision; this call is over."
    since = blocks.date(facts.since, When.DAY_TIME, facts.zone)
    if not facts.asked:
        return f"Nobody may decide {what}, which waits since {since}. Name an approver who has not counted it."
    people = wording.any_of([blocks.mention(slack_id) for slack_id in facts.asked])
    if facts.to_stock_control:
        return f"{people}, please decide {what}: nobody of {blocks.escape(facts.team)} has since {since}."
    return f"{people}, please decide {what}: it waits since {since}."
