"""Counts that are closed and that the reader can sign off, each with its button."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from slackblocks import Block

from bot.views import blocks
from bot.views.blocks import When
from bot.views.summary import SIGN_OFF
from models.services.unsigned import Unsigned


def unsigned_rows(unsigned: Sequence[Unsigned], zone: ZoneInfo, action_id: str) -> list[Block]:
    """A section each; `action_id` is that of the place they stand in."""
    built: list[Block] = []
    for one in unsigned:
        closed = blocks.date(one.closed_at, When.DAY_TIME, zone, before="closed ")
        why = "changed since it was signed off" if one.changed else "not signed off yet"
        text = f"*{blocks.escape(one.name)}* · {blocks.escape(one.team)} · {closed}\n{why}"
        button = blocks.button(SIGN_OFF, action_id, str(one.session_id))
        built.append(blocks.section(text, f"unsigned.{one.session_id}", button))
    return built
