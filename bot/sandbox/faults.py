"""Faults on purpose: what can go wrong between the bot and Slack, at the very moment a test wants it.

`ws.faults.on(method="chat.postMessage", phase="after_store", action="disconnect")` is the lost answer: Slack
has the message, the bot does not know. A callable action receives the call and may do anything, such as
SIGKILL the bot; the call then goes on as if nothing had been injected.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.calls import Call
from bot.sandbox.errors import SlackError, rate_limited

Phase = Literal["before_store", "after_store"]
Action = Callable[[Call], object] | Literal["500", "timeout", "disconnect"] | SlackError


def ratelimited(retry_after: int = 1) -> SlackError:
    """The action: 429 with that Retry-After."""
    return rate_limited(retry_after)


def slack_error(error: str) -> SlackError:
    """The action: `{"ok": false, "error": error}`."""
    return SlackError(error)


class DropConnection(Exception):
    """Close the connection without an answer."""


class NeverAnswer(Exception):
    """Hold the connection until the client gives up."""


@dataclass
class Fault:
    """One injected fault; `hits` says how often its point was reached."""

    method: str | None
    phase: Phase
    action: Action
    times: int | None
    when: Callable[[Call], bool] | None
    hits: int = 0

    def takes(self, call: Call, phase: Phase) -> bool:
        """Whether it is meant for this call."""
        if phase != self.phase or self.method not in {None, call.method}:
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        return self.when is None or self.when(call)


@dataclass
class Faults:
    """The faults that wait for their call."""

    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on(
        self,
        *,
        action: Action,
        method: str | None = None,
        phase: Phase = "before_store",
        times: int | None = 1,
        when: Callable[[Call], bool] | None = None,
    ) -> Fault:
        """Inject `action` into the next `times` calls (None: every call) of `method` (None: any).

        Response-url posts count as method "response_url". `when` narrows by the call's parameters.
        """
        fault = Fault(method, phase, action, times, when)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._faults.clear()

    def meet(self, call: Call, phase: Phase) -> None:
        """Let the first fault meant for this call happen."""
        with self._lock:
            fault = next((one for one in self._faults if one.takes(call, phase)), None)
            if fault is None:
                return
            fault.hits += 1
        action = fault.action
        if isinstance(action, SlackError):
            raise action
        if action == "500":
            raise SlackError("internal_error", status=500)
        if action == "disconnect":
            raise DropConnection
        if action == "timeout":
            raise NeverAnswer
        if callable(action):
            action(call)
