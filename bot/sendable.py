"""What must not go out: Slack, or the library that builds blocks, would let it pass, or say so too late.

A message without a fallback text, two blocks of one id, two tables, three charts, or a view that is too large.
"""

import json
from collections import Counter
from collections.abc import Sequence

from bot.views.blocks import CHARTS_A_MESSAGE, JsonObject, Rendered

VIEW_BYTES = 250_000


class Unsendable(Exception):
    """A message or view that we built wrongly; nothing was sent."""


def check_message(message: Rendered) -> None:
    """Raise Unsendable for what Slack would take, or refuse, in a way that is seen too late."""
    if not message.text.strip():
        raise Unsendable("a message without fallback text is silent in notifications and to screen readers")
    _check_block_ids(message.blocks)
    kinds = Counter(block.get("type") for block in message.blocks)
    if kinds["table"] > 1:
        raise Unsendable(f"{kinds['table']} tables in one message; Slack shows one")
    if kinds["data_visualization"] > CHARTS_A_MESSAGE:
        raise Unsendable(f"{kinds['data_visualization']} charts in one message; Slack shows {CHARTS_A_MESSAGE}")


def check_view(view: JsonObject) -> None:
    """The same for a modal or Home."""
    blocks = view.get("blocks")
    _check_block_ids(blocks if isinstance(blocks, list) else [])
    size = len(json.dumps(view).encode())
    if size > VIEW_BYTES:
        raise Unsendable(f"a view of {size:,} bytes; Slack takes {VIEW_BYTES:,}")


def _check_block_ids(blocks: Sequence[JsonObject]) -> None:
    counted = Counter(str(block["block_id"]) for block in blocks if "block_id" in block)
    twice = sorted(block_id for block_id, count in counted.items() if count > 1)
    if twice:
        raise Unsendable(f"block ids used twice: {', '.join(twice)}")
