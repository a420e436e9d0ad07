"""Where the direct messages with each person are: as the database knows, or as Slack says when it is asked to open one.

Slack may refuse: somebody has left, the app may not. What was meant for that person alone then goes where others see
it too, and for some minutes nobody asks again.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.gateway import Gateway
from bot.slack_errors import SlackRefused
from models.database import Database
from models.services import direct_channels, people

log = logging.getLogger(__name__)

_AGAIN_AFTER = timedelta(minutes=10)


class Directs:
    """The channels of direct messages. Safe to share between threads."""

    def __init__(self, database: Database, gateway: Gateway, read_clock: Callable[[], datetime]) -> None:
        self._database = database
        self._gateway = gateway
        self._read_clock = read_clock
        self._refused: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def channel_of(self, slack_id: str) -> str | None:
        """The channel of the direct messages with somebody; None when Slack does not open one.

        Raises SlackUnavailable when it cannot be asked now.
        """
        now = self._read_clock()
        with self._lock:
            if now - self._refused.get(slack_id, now - _AGAIN_AFTER) < _AGAIN_AFTER:
                return None
        with self._database.read() as session:
            known = direct_channels.known_channel(session, slack_id)
        if known is not None:
            return known
        try:
            channel = self._gateway.open_direct(slack_id)
        except SlackRefused as refusal:
            self.refused(slack_id, refusal)
            return None
        with self._database.write() as session:
            person = people.find_person(session, slack_id, now)
            if person is not None:
                direct_channels.remember_channel(session, person, channel)
        return channel

    def refused(self, slack_id: str, refusal: SlackRefused) -> None:
        """Remember that Slack takes no direct message to somebody, and forget where they were."""
        log.warning("Slack takes no direct message to %s: %s", slack_id, refusal)
        with self._lock:
            self._refused[slack_id] = self._read_clock()
        with self._database.write() as session:
            direct_channels.forget_channel(session, slack_id)
