"""How often a method may be called: tiers a minute, and about one message a second in a channel."""

import math
from collections import defaultdict, deque
from datetime import datetime, timedelta

from bot.sandbox.limits import Limits

MINUTE = timedelta(minutes=1)


class Rates:
    """Counts calls; guarded by the workspace's lock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._free_at: dict[str, datetime] = {}

    def wait_before_call(self, method: str, tier: int, now: datetime) -> int:
        """Seconds to wait before this call is allowed; 0 counts it as made."""
        recent = self._calls[method]
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if len(recent) >= self._limits.calls_per_minute[tier]:
            return max(1, math.ceil((recent[0] + MINUTE - now).total_seconds()))
        recent.append(now)
        return 0

    def wait_before_post(self, channel: str, now: datetime) -> int:
        """The same for a message to a channel: a bucket that refills at one message per `post_interval`."""
        interval = timedelta(seconds=self._limits.post_interval)
        free_at = max(self._free_at.get(channel, now), now)
        ahead = free_at - now
        if ahead > interval * (self._limits.post_burst - 1):
            return max(1, math.ceil((ahead - interval * (self._limits.post_burst - 1)).total_seconds()))
        self._free_at[channel] = free_at + interval
        return 0
