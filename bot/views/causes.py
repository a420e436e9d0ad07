"""The menu of causes, as the company has them: on a card, in the forms of a decision, and for several lines at once."""

from collections.abc import Sequence

from slackblocks import StaticSelectMenu

from bot.views import blocks


def cause_menu(action_id: str, offered: Sequence[str], *, initial: str | None = None) -> StaticSelectMenu:
    """A menu of causes, each with a capital letter in front; its values are what the ledger keeps."""
    return blocks.select(action_id, [(cause[:1].upper() + cause[1:], cause) for cause in offered], initial=initial)
