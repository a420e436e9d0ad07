"""The question to somebody who moved a part: by direct message, or in the thread of the card for who reads that anyway.

It has no number in it but what is in the names of part and bin, and the day on which they moved it themselves.
"""

from bot.views import blocks
from bot.views.blocks import Rendered
from models.services.inquiries import QuestionFacts


def inquiry(facts: QuestionFacts) -> Rendered:
    """The question. Only in the thread it rings: a direct message rings by itself."""
    name = blocks.escape(blocks.cut(facts.name, blocks.NAME_LENGTH))
    what = f"*{blocks.escape(facts.sku)}* {name} in *{blocks.escape(facts.location)}*"
    who = blocks.mention(facts.mention) if facts.slack_id is None else blocks.escape(facts.who)
    day = f"{facts.moved_at.day} {facts.moved_at:%b}"
    text = f"{who}, you moved {what} on {day}. What happened there around then? Please reply in a few words."
    return blocks.rendered(text, [blocks.section(text, "inquiry")])
