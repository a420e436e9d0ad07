"""About one message a second and channel: what Slack promises to take. More may be lost or refused.

An update in place is not a new message, but Slack counts those too (by method and minute), so it waits a little.
The pace is kept by leaving work for later, never by sleeping. It is kept per process; when several deliver to one
channel, Slack's own 429 sorts it out, and `hold` remembers what it said.
"""

import threading
from datetime import datetime, timedelta

PACE = timedelta(seconds=1)
LONGEST_HOLD = timedelta(minutes=10)
UPDATE_PACE = timedelta(seconds=0.3)


class Pacing:
    """When each channel may be posted to again. Safe to share between threads."""

    def __init__(self, pace: timedelta = PACE) -> None:
        self._pace = pace
        self._free_at: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def posted(self, channel: str, now: datetime) -> None:
        """Something was sent to a channel just now."""
        self.hold(channel, now + self._pace)

    def updated(self, channel: str, now: datetime) -> None:
        """A message of a channel was changed just now."""
        self.hold(channel, now + min(UPDATE_PACE, self._pace))

    def hold(self, channel: str, until: datetime) -> None:
        """Leave a channel alone until then."""
        with self._lock:
            self._free_at[channel] = max(until, self._free_at.get(channel, until))

    def busy(self, now: datetime) -> list[str]:
        """Channels to leave alone for now. What lies further ahead than any hold is left from a clock set back."""
        with self._lock:
            self._free_at = {
                channel: free_at for channel, free_at in self._free_at.items() if now < free_at <= now + LONGEST_HOLD
            }
            return sorted(self._free_at)
