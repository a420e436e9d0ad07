"""Kinds of blocks that a workspace does not take yet: shown as sections instead, and never tried again.

Slack brings new blocks to workspaces one after another; one that has not got a kind answers `invalid_blocks`. What was
refused once is remembered for as long as the process lives, so that each kind costs one refusal and no more.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from bot.plain import without
from bot.slack_errors import BAD_BLOCKS, SlackRefused
from bot.views.blocks import Rendered

Answer = TypeVar("Answer")

NEWER = frozenset({"table", "data_table", "data_visualization", "container", "markdown", "card"})
"""Kinds that Slack brought late: of a refused message they are what is to blame, if it has any."""

_LOG = logging.getLogger(__name__)


class RefusedBlocks:
    """What one workspace has refused. Threads may share it: at worst two of them are refused the same at once."""

    def __init__(self) -> None:
        self._kinds: frozenset[str] = frozenset()

    def fitting(self, message: Rendered) -> Rendered:
        """The message with sections in the place of every block that would be refused."""
        return without(message, self._kinds)

    def send(self, message: Rendered, send: Callable[[Rendered], Answer]) -> Answer:
        """Send a message so that it is taken; `send` is called a second time when the first is refused for its blocks.

        Raises what `send` raises, when that is for another reason, or the second time.
        """
        message = self.fitting(message)
        try:
            return send(message)
        except SlackRefused as refusal:
            newer = NEWER & {str(block.get("type")) for block in message.blocks}
            if refusal.code not in BAD_BLOCKS or not newer:
                raise
            answer = send(without(message, newer))
            _LOG.warning("Slack refused %s; sections are used from now on: %s", ", ".join(sorted(newer)), refusal)
            self._kinds |= newer
            return answer
