"""Socket Mode: the bot connects to us, and envelopes travel over its WebSockets.

Each envelope goes to *one* of the connections (up to ten), in turn. What was sent over a connection that dies
before the acknowledgement counts as not delivered.
"""

import contextlib
import json
import socket
import threading
from itertools import count

from simple_websocket import ConnectionClosed, Server  # type: ignore[import-untyped]  # it publishes no types

from bot.sandbox.changes import Changes
from bot.sandbox.delivery import Attempt, Delivery, Finish
from bot.sandbox.errors import SlackError
from bot.sandbox.json_types import Json, JsonObject
from bot.sandbox.limits import Limits

PING_SECONDS = 10
ARRIVAL_SECONDS = 2.0
BARE_PING = b"\x89\x00"
PING = b"\x89\x04ping"


class LockedSocket:
    """The request's socket for simple-websocket, whose threads would otherwise write into each other's frames."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._lock = threading.Lock()

    def send(self, data: bytes) -> int:
        """Send all of it, whole."""
        # The SDK's reader waits for a third byte: a ping without a text would never be answered. Slack's have one.
        whole = PING if data == BARE_PING else data
        with self._lock:
            self._raw.sendall(whole)
        return len(data)

    def recv(self, size: int) -> bytes:
        """Receive."""
        return self._raw.recv(size)

    def fileno(self) -> int:
        """For the selector that times the pings."""
        return self._raw.fileno()

    def hang_up(self) -> None:
        """End the connection for both sides; the thread that reads it sees the end and closes it."""
        try:
            self._raw.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is gone already

    def close(self) -> None:
        """Close."""
        self._raw.close()


class Link:
    """One connection of the bot."""

    def __init__(self, raw: LockedSocket, websocket: Server) -> None:
        self.raw = raw
        self._websocket = websocket
        self._lock = threading.Lock()

    def send(self, message: JsonObject) -> None:
        """Send one message; simple-websocket's state is not made for two senders."""
        with self._lock:
            self._websocket.send(json.dumps(message))

    def receive(self) -> str | bytes | None:
        """The next message of the bot; raises ConnectionClosed."""
        received: str | bytes | None = self._websocket.receive()
        return received


class Sockets:
    """The connections of the bot, and the envelopes on their way over them."""

    timeout_reason = "timeout"

    def __init__(self, changes: Changes, limits: Limits, app_id: str) -> None:
        self._changes = changes
        self._limits = limits
        self._app_id = app_id
        self._numbers = count(1)
        self._tickets: set[str] = set()
        self._links: list[Link] = []
        self._arriving = 0
        self._turn = 0
        self._pending: dict[str, tuple[Link, Finish]] = {}

    @property
    def connected(self) -> int:
        """How many connections there are."""
        with self._changes.lock:
            return len(self._links)

    def issue_ticket(self) -> str:
        """A ticket for one connection (apps.connections.open)."""
        with self._changes.lock:
            ticket = f"ticket-{next(self._numbers):06d}"
            self._tickets.add(ticket)
            return ticket

    def admit(self, ticket: str) -> None:
        """Use up a ticket."""
        with self._changes.lock:
            if ticket not in self._tickets:
                raise SlackError("invalid_ticket", status=403)
            if len(self._links) >= self._limits.sockets:
                raise SlackError("too_many_websockets", status=403)
            self._tickets.remove(ticket)
            self._arriving += 1

    def serve(self, environ: JsonObject, connection: socket.socket) -> None:
        """Upgrade a request to a WebSocket, greet it, and read its acknowledgements until it ends."""
        link = self._welcome(environ, LockedSocket(connection))
        with self._changes.lock:
            hello: JsonObject = {
                "type": "hello",
                "num_connections": len(self._links),
                "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 3600},
                "connection_info": {"app_id": self._app_id},
            }
        try:
            link.send(hello)
            while True:
                self._take_answer(link.receive())
        except (ConnectionClosed, OSError):
            pass
        finally:
            self._forget(link)

    def send(self, delivery: Delivery, attempt: Attempt, finish: Finish) -> None:
        """Send over the next connection in turn."""
        envelope: JsonObject = {
            "envelope_id": attempt.envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api" or attempt.number:
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason or ""}
        self._wait_for_arrivals()
        with self._changes.lock:
            if not self._links:
                link = None
            else:
                self._turn += 1
                link = self._links[self._turn % len(self._links)]
                self._pending[attempt.envelope_id] = (link, finish)
                self._changes.happened()
        if link is None:
            finish("no_connection", None)
            return
        try:
            link.send(envelope)
        except (ConnectionClosed, OSError):
            self.give_up(attempt)
            finish("connection_lost", None)

    def carrying(self) -> list[int]:
        """Which connections, by age, have an envelope that waits for its acknowledgement."""
        with self._changes.lock:
            busy = [carrier for carrier, _ in self._pending.values()]
            return [number for number, link in enumerate(self._links) if link in busy]

    def give_up(self, attempt: Attempt) -> None:
        """Forget an envelope."""
        with self._changes.lock:
            self._pending.pop(attempt.envelope_id, None)

    def hang_up(self) -> None:
        """Cut every connection, without a word, as a network does."""
        with self._changes.lock:
            links = list(self._links)
        for link in links:
            link.raw.hang_up()

    def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tell the bot to open new connections, as Slack does every few hours; the old ones still work."""
        with self._changes.lock:
            links = list(self._links)
        for link in links:
            link.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})

    def _welcome(self, environ: JsonObject, raw: LockedSocket) -> Link:
        link: Link | None = None
        try:
            link = Link(raw, Server.accept({**environ, "werkzeug.socket": raw}, ping_interval=PING_SECONDS))
        finally:
            with self._changes.lock:
                self._arriving -= 1
                if link is not None:
                    self._links.append(link)
            self._changes.happened()
        return link

    def _wait_for_arrivals(self) -> None:
        # The bot takes itself for connected when the handshake is over, a moment before the connection is here.
        def settled() -> bool:
            with self._changes.lock:
                return bool(self._links) or not self._arriving

        with contextlib.suppress(TimeoutError):
            self._changes.wait_for(settled, ARRIVAL_SECONDS, lambda: "A connection did not finish its handshake.")

    def _take_answer(self, received: str | bytes | None) -> None:
        try:
            answer: Json = json.loads(received or "null")
        except ValueError:
            return  # Slack ignores what it cannot read
        if not isinstance(answer, dict):
            return
        with self._changes.lock:
            _, finish = self._pending.pop(str(answer.get("envelope_id")), (None, None))
        if finish is not None:
            finish("acknowledged", answer.get("payload") or None)

    def _forget(self, link: Link) -> None:
        with self._changes.lock:
            self._links.remove(link)
            lost = [key for key, (carrier, _) in self._pending.items() if carrier is link]
            finishes = [self._pending.pop(key)[1] for key in lost]
        for finish in finishes:
            finish("connection_lost", None)
        self._changes.happened()
