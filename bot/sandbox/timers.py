"""What has to happen later, by the workspace's clock."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.clock import SandboxClock


@dataclass(eq=False)
class Timer:
    """One thing that waits for its time."""

    label: str
    due: datetime
    due_wall: float | None
    act: Callable[[], None]


class Timers:
    """A single thread that runs what is due; started by the first timer, ended by `stop`."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._wakeup = threading.Condition()
        self._waiting: list[Timer] = []
        self._thread: threading.Thread | None = None
        self._stopping = False
        clock.on_advance(self._look_again)

    def after(self, seconds: float, label: str, act: Callable[[], None], *, also_wall: bool = False) -> Timer:
        """Run `act` once `seconds` have passed.

        `also_wall`: with a manual clock, passing of real time counts too. Somebody waiting for an answer must
        not wait for ever because a test's clock stands still.
        """
        wall = time.monotonic() + seconds if also_wall else None
        timer = Timer(label, self._clock.now() + timedelta(seconds=seconds), wall, act)
        with self._wakeup:
            if self._stopping:
                return timer
            self._waiting.append(timer)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sandbox-timers", daemon=True)
                self._thread.start()
            self._wakeup.notify_all()
        return timer

    def cancel(self, timer: Timer) -> None:
        """Forget a timer; no harm if it has run already."""
        with self._wakeup:
            if timer in self._waiting:
                self._waiting.remove(timer)

    def hurry(self, label: str) -> int:
        """Run every waiting timer of that label now; returns how many there were."""
        with self._wakeup:
            chosen = [timer for timer in self._waiting if timer.label == label]
            self._waiting = [timer for timer in self._waiting if timer.label != label]
        for timer in chosen:
            timer.act()
        return len(chosen)

    def waiting(self, label: str) -> int:
        """How many timers of that label wait."""
        with self._wakeup:
            return sum(timer.label == label for timer in self._waiting)

    def start(self) -> None:
        """Work again after a `stop`."""
        with self._wakeup:
            self._stopping = False

    def stop(self) -> None:
        """Forget everything, end the thread, and take no more timers until `start`."""
        with self._wakeup:
            self._stopping = True
            self._waiting.clear()
            thread, self._thread = self._thread, None
            self._wakeup.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _look_again(self) -> None:
        with self._wakeup:
            self._wakeup.notify_all()

    def _run(self) -> None:
        while True:
            with self._wakeup:
                if self._stopping:
                    return
                due = [timer for timer in self._waiting if self._seconds_left(timer) <= 0]
                if not due:
                    self._wakeup.wait(self._until_next())
                    continue
                self._waiting = [timer for timer in self._waiting if timer not in due]
            for timer in due:
                timer.act()

    def _seconds_left(self, timer: Timer) -> float:
        left = (timer.due - self._clock.now()).total_seconds()
        return left if timer.due_wall is None else min(left, timer.due_wall - time.monotonic())

    def _until_next(self) -> float | None:
        """Seconds of real time until something can be due; None when only a moved clock can make it so."""
        if self._clock.is_manual:
            walls = [timer.due_wall - time.monotonic() for timer in self._waiting if timer.due_wall is not None]
        else:
            walls = [self._seconds_left(timer) for timer in self._waiting]
        return max(0.0, min(walls)) if walls else None
