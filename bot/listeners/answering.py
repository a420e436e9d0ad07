"""Answering a command with a message that the workspace may refuse."""

import logging

from bot.context import Context
from bot.payloads import Command
from bot.plain import plain_version
from bot.responses import answer_command
from bot.slack_errors import SlackRefused, SlackUnavailable
from bot.views.blocks import Rendered

_LOG = logging.getLogger(__name__)


def answered(context: Context, command: Command, message: Rendered) -> Rendered | None:
    """Answer with the blocks that the workspace takes; None when that is done, else what to answer with instead.

    Not with the acknowledgement: nobody would learn that the workspace refuses its tables or charts.
    """
    try:
        context.gateway.refused.send(message, lambda fitting: answer_command(command.response_url, fitting))
    except (SlackRefused, SlackUnavailable) as problem:
        _LOG.info("a command is answered with the acknowledgement: %s", problem)
        return plain_version(message)
    return None
