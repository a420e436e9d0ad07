"""The recount, asked of one person: where and what, never how much, and not why.

It is a direct message, or a mention in the sheet's thread when Slack takes no direct message; the words are the same.
"""

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.services.asks import AskState, RecountFacts


def recount_ask(facts: RecountFacts) -> Rendered:
    """The mention with its button; once the recount is made or moot, the same message without the button."""
    name = blocks.escape(blocks.cut(facts.name, blocks.NAME_LENGTH))
    place = f"*{blocks.escape(facts.location)}* {name} ({blocks.escape(facts.sku)})"
    if facts.state is AskState.WAITING and facts.slack_id is not None:
        by = blocks.date(facts.due_at, When.DAY_TIME, facts.zone, before="by ")
        text = f"{blocks.mention(facts.slack_id)}, please count {place} again, {by}."
        button = blocks.button("Enter count", ids.ENTER_RECOUNT, str(facts.line_id), primary=True)
        return blocks.rendered(text, [blocks.section(text, "recount.ask"), blocks.actions([button], "recount.buttons")])
    if facts.state is AskState.MADE and facts.who is not None:
        text = f"{blocks.escape(facts.who)} counted {place} again. Thank you."
    elif facts.state is AskState.PASSED_ON:
        text = f"Somebody else was asked to count {place} again."
    else:
        text = f"{place} need not be counted again."
    return blocks.rendered(text, [blocks.section(text, "recount.done")])
