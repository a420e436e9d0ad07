"""Newer blocks for the workspaces that take them, older ones for the others, which are asked once.

A message may carry a plainer version of itself (`Rendered.plainer`: a chart, then a table, then sections). Slack says
`invalid_blocks` to what it does not know, and has posted nothing then: so the plainer version is sent at once. When
that is taken, the kinds of blocks that it does without are not tried again by this process.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from bot.slack_errors import SlackRefused
from bot.views.blocks import Rendered

log = logging.getLogger(__name__)
BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format"})
"""The codes of a refusal that is about blocks."""

T = TypeVar("T")


class RefusedKinds:
    """The kinds of blocks that the workspace was seen to refuse."""

    def __init__(self) -> None:
        self._kinds: frozenset[str] = frozenset()

    def accepted(self, message: Rendered) -> Rendered:
        """The richest version of a message without a kind that was refused before."""
        while message.plainer is not None and self._kinds & _beyond(message, message.plainer):
            message = message.plainer
        return message

    def sent(self, message: Rendered, send: Callable[[Rendered], T]) -> T:
        """Send the richest version that the workspace takes.

        Raises:
            SlackRefused: when the plainest is refused too, or for another reason than its blocks.
        """
        message = self.accepted(message)
        try:
            return send(message)
        except SlackRefused as refusal:
            if refusal.code not in BAD_BLOCKS or message.plainer is None:
                raise
            answer = self.sent(message.plainer, send)
            kinds = _beyond(message, message.plainer)
            log.warning("Slack refused %s, plainer blocks are used from now on: %s", ", ".join(sorted(kinds)), refusal)
            self._kinds |= kinds
            return answer


def _beyond(message: Rendered, plainer: Rendered) -> frozenset[str]:
    """The kinds of blocks that a message has and its plainer version has not."""
    return _kinds(message) - _kinds(plainer)


def _kinds(message: Rendered) -> frozenset[str]:
    return frozenset(str(block.get("type")) for block in message.blocks)
