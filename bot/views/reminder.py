"""The reminder in a sheet's thread: who has something to count, how much, and until when. Never a number of stock."""

from bot import ids
from bot.views import blocks
from bot.views.blocks import Rendered, When
from models.services.reminder_facts import ReminderFacts

MOST_NAMED = 10


def reminder(facts: ReminderFacts) -> Rendered:
    """The mention with its button; when nothing is left to count, the same message without the button."""
    if not facts.left:
        text = "Nothing is left to count. Thank you."
        return blocks.rendered(text, [blocks.section(text, "reminder.done")])
    named = ", ".join(map(blocks.mention, facts.asked[:MOST_NAMED]))
    more = f" and {len(facts.asked) - MOST_NAMED} more" if len(facts.asked) > MOST_NAMED else ""
    due = blocks.date(facts.due_at, When.DAY_TIME, facts.zone, before="due ")
    count = "1 line is" if facts.left == 1 else f"{facts.left} lines are"
    text = f"{named}{more}: {count} still to count, {due}." if named else f"{count} still to count, {due}."
    button = blocks.button("Enter counts", ids.ENTER_COUNTS, str(facts.session_id), primary=True)
    return blocks.rendered(text, [blocks.section(text, "reminder"), blocks.actions([button], "reminder.buttons")])
