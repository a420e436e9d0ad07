"""What runs beside the listeners in a bot process: the delivery of the outbox, and the clock when it is asked for."""

import logging
import os
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from slack_sdk import WebClient

from bot.delivery import Delivery, run_delivery
from bot.gateway import CLICK_TIMEOUT, DELIVERY_TIMEOUT, Gateway, SlackRefused, SlackUnavailable, web_client
from bot.picture_reader import PictureReader, run_reader
from bot.refused_blocks import RefusedBlocks
from bot.slack_errors import called
from models.database import Database
from models.errors import CycleCountError
from models.settings import Settings

STOP_SECONDS = DELIVERY_TIMEOUT + 5
"""A delivery that is told to stop finishes what it is sending; it takes no longer than Slack may take to answer."""

_LOG = logging.getLogger(__name__)


class RunningClock(Protocol):
    """A clock that was started."""

    def stop(self) -> None:
        """Let the tick under way finish, and end."""


class StartClock(Protocol):
    """Starts the clock. The bot may not import the scheduler, so whoever puts both into one process hands this over."""

    def __call__(self, database: Database, *, read_clock: Callable[[], datetime]) -> RunningClock:
        """Start ticking."""


class NotAccepted(CycleCountError):
    """Slack does not take what the environment says; the sentence names the variable."""


def read_clock() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def click_client(settings: Settings) -> WebClient:
    """The client for calls that live only for a click."""
    return _client(settings, CLICK_TIMEOUT)


def check_token(settings: Settings) -> None:
    """Raise NotAccepted when Slack does not accept the bot token; an unreachable Slack is only logged."""
    client = _client(settings, DELIVERY_TIMEOUT)
    try:
        called(client.auth_test)
    except SlackRefused as refusal:
        raise NotAccepted(
            f"Slack does not accept SLACK_BOT_TOKEN ({refusal.code}). Copy it again from “OAuth & Permissions”."
        ) from refusal
    except SlackUnavailable as problem:
        _LOG.warning("Slack does not answer yet: %s", problem)


class Workers:
    """The threads of one process: delivery, reading pictures, and the clock. `wake` has the first two look at once."""

    def __init__(self, database: Database, settings: Settings, start_clock: StartClock | None) -> None:
        self._stop = threading.Event()
        self._woken, self._pictures = threading.Event(), threading.Event()
        self.refused = RefusedBlocks()
        """What Slack has refused in this process; the listeners' gateway is to share it."""
        delivery = Delivery(
            database,
            Gateway(_client(settings, DELIVERY_TIMEOUT), self.refused),
            read_clock=read_clock,
            name=f"{os.getpid()}-{secrets.token_hex(4)}",
        )
        reader = PictureReader(
            database, Gateway(_client(settings, DELIVERY_TIMEOUT)), read_clock=read_clock, wake=self.wake
        )
        self._threads = [
            threading.Thread(
                target=run_delivery, args=(delivery, self._stop, self._woken), name="delivery", daemon=True
            ),
            threading.Thread(
                target=run_reader, args=(reader, self._stop, self._pictures), name="pictures", daemon=True
            ),
        ]
        for thread in self._threads:
            thread.start()
        self._clock = start_clock(database, read_clock=read_clock) if start_clock is not None else None

    def wake(self) -> None:
        """Something was written to the outbox, or a picture came in."""
        self._woken.set()
        self._pictures.set()

    def stop(self) -> None:
        """Let what is under way finish, and end the threads."""
        if self._clock is not None:
            self._clock.stop()
        self._stop.set()
        self.wake()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
            if thread.is_alive():
                _LOG.error("the thread “%s” did not stop within %d s", thread.name, STOP_SECONDS)


def _client(settings: Settings, timeout: int) -> WebClient:
    token = settings.slack_bot_token
    return web_client(token.get_secret_value() if token else "", settings.slack_api_url, timeout)
