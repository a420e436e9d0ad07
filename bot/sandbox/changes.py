"""Waiting for something to happen in the workspace, without polling.

Whatever changes the workspace calls `happened`; whoever waits looks again then. The condition is evaluated
*without* the lock: it may read a database whose writer is, at that moment, waiting for an answer of ours.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A counter of changes that can be waited for; its lock guards the whole workspace's state."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._condition = threading.Condition(self.lock)
        self._count = 0

    @property
    def count(self) -> int:
        """How many changes there have been."""
        with self.lock:
            return self._count

    def happened(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait_past(self, seen: int, timeout: float) -> int:
        """Wait until the count is another than `seen`, or the time is over; returns the count."""
        with self._condition:
            self._condition.wait_for(lambda: self._count != seen, timeout)
            return self._count

    def wait_for(
        self,
        look: Callable[[], T],
        timeout: float,
        describe: Callable[[], str],
        every: float | None = None,
    ) -> T:
        """Return `look()` once it is truthy, looking again after each change.

        `every`: look again this often as well, for something that changes outside the workspace (a row).
        """
        deadline = time.monotonic() + timeout
        while True:
            seen = self.count
            found = look()
            if found:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"Not so within {timeout:g} s. {describe()}")
            self.wait_past(seen, left if every is None else min(left, every))
