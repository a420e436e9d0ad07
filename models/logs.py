"""How the bot's log is written: one line an event on standard error, for people (console) or for machines (json).

The log holds ids, never names, texts or tokens. Whatever looks like a token is struck out on its way, because a
library may quote a request in an error. Bolt and the SDK print whole payloads, with what people wrote, when they are
asked for details: they may only warn.
"""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from models.settings import Settings

TOKEN = re.compile(r"\bx(?:ox[a-z]|app|oxe\.xox[a-z])-[A-Za-z0-9-]+")
QUIET = ("slack_bolt", "slack_sdk", "apscheduler", "alembic")


def configure(settings: Settings) -> None:
    """Send everything that `logging` gets to standard error, at LOG_LEVEL, in the form LOG_FORMAT."""
    common: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [structlog.processors.format_exc_info, strike_out]
    if settings.log_format == "json":
        last.append(structlog.processors.JSONRenderer())
    else:
        last.append(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    # Bolt warns at each start that it was given a client beside the token in the environment, which is as meant.
    logging.getLogger("bot.bolt").setLevel(logging.ERROR)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))


def strike_out(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace whatever looks like a token of Slack's, in the message and in a traceback."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = TOKEN.sub("[token]", value)
    return event
