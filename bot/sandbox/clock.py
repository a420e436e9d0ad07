"""The workspace's clock: the real one, or one that only moves when a test moves it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Tells the time to everything in the workspace: timestamps, triggers, rate limits, retries.

    Signatures of HTTP requests are the one exception (see `http_delivery`): the bot checks those against its
    own real clock.
    """

    def __init__(self, start: datetime | None) -> None:
        if start is not None and start.tzinfo is None:
            raise ValueError("A clock needs a time with a time zone.")
        self._at = start
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    @classmethod
    def real(cls) -> "SandboxClock":
        """Follow the machine's clock."""
        return cls(None)

    @classmethod
    def manual(cls, start: datetime) -> "SandboxClock":
        """Stand still at `start` until `advance` is called."""
        return cls(start)

    @property
    def is_manual(self) -> bool:
        """Whether time only moves by `advance`."""
        return self._at is not None

    def now(self) -> datetime:
        """The time, in UTC."""
        with self._lock:
            return datetime.now(UTC) if self._at is None else self._at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move a manual clock on; what has become due (retries, expiries) happens in its own thread."""
        with self._lock:
            if self._at is None:
                raise RuntimeError("The real clock cannot be moved; use SandboxClock.manual(start).")
            if by < timedelta(0):
                raise ValueError("Time does not go back.")
            self._at += by
        for listener in list(self._listeners):
            listener()

    def on_advance(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each move of a manual clock."""
        self._listeners.append(listener)
