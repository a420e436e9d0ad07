"""What the approvers are asked at the due time: which lines nobody counted, and what is to become of them."""

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.services.reminder_facts import EXTENDED, OverdueFacts

MOST_LINES = 10


def overdue(facts: OverdueFacts) -> Rendered:
    """The lines with two buttons; once that is answered, or over, the same message without them."""
    name = f"*{blocks.escape(facts.name)}*"
    if not (facts.is_due and facts.left):
        text = f"{name}: {_became(facts)}"
        return blocks.rendered(text, [blocks.section(text, "overdue.done")])
    count = "1 is" if len(facts.left) == 1 else f"{len(facts.left)} are"
    of = "1 line" if facts.lines == 1 else f"{facts.lines} lines"
    due = blocks.date(facts.due_at, When.DAY_TIME, facts.zone, before="was due ")
    head = f"{name} of {blocks.escape(facts.team)} {due}: of {of} {count} not counted."
    shown = [f"• {blocks.escape(line)}" for line in facts.left[:MOST_LINES]]
    if len(facts.left) > MOST_LINES:
        shown.append(f"… {len(facts.left) - MOST_LINES} more")
    value = ids.line_value(facts.session_id, facts.extensions)
    buttons = [
        blocks.button("Extend by 1 hour", ids.EXTEND, value, primary=True),
        blocks.button("Close without", ids.CLOSE_WITHOUT, value),
    ]
    return blocks.rendered(
        head,
        [
            blocks.section(head, "overdue"),
            *blocks.sections(shown, "overdue.lines"),
            blocks.actions(buttons, "overdue.buttons"),
            blocks.context(_otherwise(facts), "overdue.otherwise"),
        ],
    )


def _otherwise(facts: OverdueFacts) -> str:
    if facts.expires_at is None:
        return "Otherwise they stay on the sheet until they are counted."
    at = blocks.date(facts.expires_at, When.DAY_TIME, facts.zone)
    return f"Otherwise they end uncounted {at}, and come again with a later count."


def _became(facts: OverdueFacts) -> str:
    answer = facts.answer
    if facts.left and answer is not None and answer.action == EXTENDED:
        until = blocks.date(facts.due_at, When.DAY_TIME, facts.zone)
        return f"{blocks.escape(answer.who)} extended it; due {until}."
    if answer is not None and answer.action != EXTENDED:
        return f"{blocks.escape(answer.who)} closed it without what was not counted."
    return "nothing waits for a count any more."
