"""Sending things to the bot, and what Slack does when nobody acknowledges them.

Everything for the bot is an envelope: an event, an interaction, a slash command. The bot has 3 seconds to
acknowledge it. An event that is not acknowledged is sent again, three times (at once, after about a minute,
after about five); for an interaction the person is told that the app did not respond.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Literal, Protocol

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.limits import Limits
from bot.sandbox.timers import Timer, Timers

EnvelopeKind = Literal["events_api", "interactive", "slash_commands"]

RETRY = "retry"


@dataclass
class Attempt:
    """One sending of an envelope."""

    envelope_id: str
    number: int
    """0 the first time, then the number of the retry."""
    reason: str | None
    """Why it was sent again."""
    at: datetime
    outcome: str = "waiting"
    """waiting, acknowledged, or what went wrong: timeout, no_connection, connection_lost, http_error ..."""
    answer: Json = None


@dataclass(eq=False)
class Delivery:
    """Something for the bot, with every attempt to hand it over."""

    kind: EnvelopeKind
    payload: JsonObject
    attempts: list[Attempt] = field(default_factory=list)
    retries_left: list[float] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether any attempt was."""
        return any(attempt.outcome == "acknowledged" for attempt in self.attempts)

    @property
    def problem(self) -> str | None:
        """Why the last attempt failed, if it did."""
        outcome = self.attempts[-1].outcome if self.attempts else "waiting"
        return None if outcome in {"acknowledged", "waiting"} else outcome


Finish = Callable[[str, Json], None]


class Transport(Protocol):
    """A way to the bot: `socket_mode.Sockets` or `http_delivery.HttpDelivery`."""

    timeout_reason: str

    def send(self, delivery: Delivery, attempt: Attempt, finish: Finish) -> None:
        """Hand it over; `finish(outcome, answer)` is called once, at once or later."""

    def give_up(self, attempt: Attempt) -> None:
        """Nobody waits for that attempt's answer any more."""


class Courier:
    """Delivers envelopes in order, in the background, and repeats events."""

    def __init__(self, changes: Changes, clock: SandboxClock, limits: Limits, timers: Timers) -> None:
        self._changes = changes
        self._clock = clock
        self._limits = limits
        self._timers = timers
        self._numbers = count(1)
        self._sender: ThreadPoolExecutor | None = None
        self.transport: Transport | None = None
        self.deliveries: list[Delivery] = []

    def send(self, kind: EnvelopeKind, payload: JsonObject) -> Delivery:
        """Deliver in the background."""
        delivery = Delivery(kind, payload)
        if kind == "events_api":
            delivery.retries_left = list(self._limits.retry_delays)
        with self._changes.lock:
            self.deliveries.append(delivery)
            self._attempt(delivery, None)
        return delivery

    def send_and_wait(self, kind: EnvelopeKind, payload: JsonObject) -> Delivery:
        """Deliver, and wait for the acknowledgement or its failure."""
        delivery = self.send(kind, payload)
        self._await(delivery.attempts[0])
        return delivery

    def send_again(self, delivery: Delivery) -> Attempt:
        """Send once more what was sent before, as a retry after a lost acknowledgement, and wait for it."""
        with self._changes.lock:
            attempt = self._attempt(delivery, self._timeout_reason())
        self._await(attempt)
        return attempt

    def close(self) -> None:
        """End the sending thread."""
        with self._changes.lock:
            sender, self._sender = self._sender, None
        if sender is not None:
            sender.shutdown(wait=True, cancel_futures=True)

    def unsettled(self) -> list[Delivery]:
        """What is still on its way: sent and not answered."""
        with self._changes.lock:
            return [one for one in self.deliveries if any(a.outcome == "waiting" for a in one.attempts)]

    def _await(self, attempt: Attempt) -> None:
        # The attempt has its own time limit; this one is only a net below it.
        self._changes.wait_for(
            lambda: attempt.outcome != "waiting",
            self._limits.ack_seconds + 30,
            lambda: f"The attempt {attempt} neither ended nor timed out.",
        )

    def _timeout_reason(self) -> str:
        return self.transport.timeout_reason if self.transport is not None else "timeout"

    def _attempt(self, delivery: Delivery, reason: str | None) -> Attempt:
        number = len(delivery.attempts)
        attempt = Attempt(f"envelope-{next(self._numbers):06d}", number, reason, self._clock.now())
        delivery.attempts.append(attempt)
        if self._sender is None:
            self._sender = ThreadPoolExecutor(1, thread_name_prefix="sandbox-courier")
        self._sender.submit(self._hand_over, delivery, attempt)
        self._changes.happened()
        return attempt

    def _hand_over(self, delivery: Delivery, attempt: Attempt) -> None:
        transport = self.transport
        if transport is None:
            self._finish(delivery, attempt, None, "no_connection", None)
            return
        timer = self._timers.after(
            self._limits.ack_seconds, "ack", lambda: self._too_late(delivery, attempt, transport), also_wall=True
        )
        transport.send(
            delivery, attempt, lambda outcome, answer: self._finish(delivery, attempt, timer, outcome, answer)
        )

    def _too_late(self, delivery: Delivery, attempt: Attempt, transport: Transport) -> None:
        transport.give_up(attempt)
        self._finish(delivery, attempt, None, "timeout", None)

    def _finish(self, delivery: Delivery, attempt: Attempt, timer: Timer | None, outcome: str, answer: Json) -> None:
        if timer is not None:
            self._timers.cancel(timer)
        with self._changes.lock:
            if attempt.outcome != "waiting":
                return  # an answer after its time: Slack has given up on it
            attempt.outcome, attempt.answer = outcome, answer
            if outcome == "refused_retry":
                delivery.retries_left.clear()
            elif outcome != "acknowledged" and delivery.retries_left and not delivery.acknowledged:
                self._plan_retry(delivery, outcome)
            self._changes.happened()

    def _plan_retry(self, delivery: Delivery, outcome: str) -> None:
        seconds = delivery.retries_left.pop(0)
        reason = self._timeout_reason() if outcome == "timeout" else outcome
        self._timers.after(seconds, RETRY, lambda: self._retry(delivery, reason))

    def _retry(self, delivery: Delivery, reason: str) -> None:
        with self._changes.lock:
            self._attempt(delivery, reason)
