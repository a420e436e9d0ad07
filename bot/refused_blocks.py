"""Kinds of blocks that a workspace does not take yet: shown in another way instead, and never tried again.

Slack brings new blocks to workspaces one after another; one that has not got a kind answers `invalid_blocks`. What was
refused once is remembered for as long as the process lives, so that each kind costs one refusal and no more. A message
may say itself what is shown instead (`Rendered.plainer`: a chart becomes a table, then lines); else it is sections.
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
        """The message without a block that would be refused: its own plainer version, or sections in their place."""
        while message.plainer is not None and self._kinds & _newer(message):
            message = message.plainer
        return without(message, self._kinds)

    def send(self, message: Rendered, send: Callable[[Rendered], Answer]) -> Answer:
        """Send a message so that it is taken; `send` is called again, plainer, when it is refused for its blocks.

        Raises what `send` raises, when that is for another reason, or when there is nothing plainer.
        """
        message = self.fitting(message)
        try:
            return send(message)
        except SlackRefused as refusal:
            newer = _newer(message)
            if refusal.code not in BAD_BLOCKS or not newer:
                raise
            plainer = message.plainer or without(message, newer)
            answer = self.send(plainer, send)
            refused = newer - _newer(plainer)
            _LOG.warning("Slack refused %s, which is done without from now on: %s", ", ".join(sorted(refused)), refusal)
            self._kinds |= refused
            return answer


def _newer(message: Rendered) -> frozenset[str]:
    return NEWER & {str(block.get("type")) for block in message.blocks}
