"""Response URLs: five answers within thirty minutes to what a person did, without a token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from bot.sandbox.errors import SlackError
from bot.sandbox.limits import Limits


@dataclass
class ResponseUrl:
    """Where one action may be answered."""

    key: str
    user: str
    channel: str
    issued_at: datetime
    source_ts: str | None
    """The message acted on; None for a slash command."""
    uses: int = 0


class ResponseUrls:
    """All response URLs ever given out; guarded by the workspace's lock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._numbers = count(1)
        self._given: dict[str, ResponseUrl] = {}
        self.base = "http://127.0.0.1:0/"

    def issue(self, user: str, channel: str, now: datetime, source_ts: str | None) -> str:
        """A new URL."""
        key = f"actions/{next(self._numbers):06d}"
        self._given[key] = ResponseUrl(key, user, channel, now, source_ts)
        return f"{self.base}response/{key}"

    def use(self, key: str, now: datetime) -> ResponseUrl:
        """Count one use."""
        given = self._given.get(key)
        if given is None:
            raise SlackError("no_such_url", status=404)
        if now - given.issued_at > timedelta(seconds=self._limits.response_url_seconds):
            raise SlackError("expired_url", status=404)
        if given.uses >= self._limits.response_url_uses:
            raise SlackError("used_url", status=404)
        given.uses += 1
        return given
