"""The form of *Found here*: what was found, in which bin, and how much of it."""

from slackblocks import PlainTextInput

from bot import ids
from bot.views import blocks
from bot.views.blocks import JsonObject
from bot.views.photos import photo_field

SKU, BIN, QUANTITY = "sku", "bin", "quantity"
LONGEST = 80


def found_form(session_id: int, name: str) -> JsonObject:
    """Three fields and photos; everything that is not there as it is written is said under its own."""
    return blocks.modal(
        title=name,
        blocks=[
            blocks.field("SKU of what you found", PlainTextInput(action_id=SKU, max_length=LONGEST), SKU),
            blocks.field("Bin where it is", PlainTextInput(action_id=BIN, max_length=LONGEST), BIN),
            blocks.field(
                "Quantity",
                PlainTextInput(action_id=QUANTITY, max_length=LONGEST),
                QUANTITY,
                hint="All that is in this bin, in the unit of the item.",
            ),
            photo_field(),
        ],
        callback_id=ids.FOUND_FORM,
        private_metadata=str(session_id),
        submit="Add it",
    )
