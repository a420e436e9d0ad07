"""Sharing a sheet: what somebody is told of the lines they have, and the form that hands them over."""

from slackblocks import UserSelectMenu

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject, Rendered
from models.services.claims import Claimed

TO = "to"
SEND_AGAIN = "Send the same again to do so."


def taken(claimed: Claimed) -> Rendered:
    """“You have 10 lines, A-01-01 to A-02-03.”, and what to do with them."""
    return _with_buttons(f"You have {lines_of(claimed)}.", claimed.session_id)


def handed_over(claimed: Claimed, by: str) -> Rendered:
    """The same for who was given lines."""
    return _with_buttons(f"{blocks.escape(by)} handed you {lines_of(claimed)}.", claimed.session_id)


def released(claimed: Claimed) -> str:
    """What is told of lines that were let go."""
    if not claimed.bins:
        return f"You have no lines of {blocks.escape(claimed.name)} any more."
    return f"Released {lines_of(claimed)}, of {blocks.escape(claimed.name)}. Others can take them now."


def given_away(claimed: Claimed, to: str) -> str:
    """What is told to who handed lines over."""
    return f"{blocks.escape(to)} has them now: {lines_of(claimed)}."


def only_claimed(sentence: str, session_id: int) -> Rendered:
    """Nothing is left but lines of others: the way to them, for somebody who wants it."""
    text = blocks.escape(sentence)
    button = blocks.button("Show them", ids.ENTER_CLAIMED, str(session_id))
    return blocks.rendered(text, [blocks.section(text, "claims.left"), blocks.actions([button], "claims.buttons")])


def hand_over_form(claimed: Claimed) -> JsonObject:
    """Who is to have the lines."""
    return blocks.modal(
        title="Hand over",
        blocks=[
            blocks.field(
                f"Who takes your {lines_of(claimed)}?", UserSelectMenu(action_id=TO, placeholder="A counter"), TO
            )
        ],
        callback_id=ids.HAND_OVER_FORM,
        private_metadata=str(claimed.session_id),
        submit="Hand over",
    )


def lines_of(claimed: Claimed) -> str:
    """“10 lines, A-01-01 to A-02-03”."""
    first, last, number = claimed.bins[0], claimed.bins[-1], len(claimed.bins)
    if number == 1:
        return f"1 line, {blocks.escape(first)}"
    where = first if first == last else f"{first} to {last}"
    return f"{number} lines, {blocks.escape(where)}"


def _with_buttons(text: str, session_id: int) -> Rendered:
    value = str(session_id)
    buttons = [
        blocks.button("Enter counts", ids.ENTER_COUNTS, value, primary=True),
        blocks.button("Release", ids.RELEASE_LINES, value),
        blocks.button("Hand over…", ids.HAND_OVER_LINES, value),
    ]
    return blocks.rendered(text, [blocks.section(text, "claims.held"), blocks.actions(buttons, "claims.buttons")])
