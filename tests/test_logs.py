"""What may not stand in the log."""

import logging
from collections.abc import Iterator

import pytest

from models import logs
from models.settings import Settings


def test_tokens_never_reach_the_log() -> None:
    event = {"event": "called with xoxb-12-ab and xapp-1-A", "exception": "Bearer xoxe.xoxb-1-Mi", "n": 1}
    assert logs.strike_out(logging.getLogger(), "info", event) == {
        "event": "called with [token] and [token]",
        "exception": "Bearer [token]",
        "n": 1,
    }


@pytest.fixture
def _logging_afterwards_as_before() -> Iterator[None]:
    root = logging.getLogger()
    loggers = [root, logging.getLogger("bot.bolt"), *(logging.getLogger(name) for name in logs.QUIET)]
    handlers, levels = root.handlers[:], [logger.level for logger in loggers]
    root.handlers = []  # what configures the log anew closes those it finds
    yield
    root.handlers = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("_logging_afterwards_as_before")
def test_bolt_and_the_sdk_only_warn_because_they_print_what_people_wrote() -> None:
    logs.configure(Settings(log_level="DEBUG"))
    for name in ("bot.bolt", "slack_bolt.App", "slack_sdk.web.client"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert logging.getLogger("bot.errors").isEnabledFor(logging.DEBUG)
