"""Socket Mode: taking envelopes from Slack, noticing when they stop coming, and stopping without losing one.

An envelope that is not acknowledged comes again, here or on another connection. So when the process is to end it takes
no further ones, lets those under way finish, and only then hangs up.

The SDK reconnects by itself, but its connections have been seen to die without anybody noticing. A sign of life is a
new connection or a pong; when there was none for a while, the process ends with an error and its manager starts a
fresh one.
"""

import contextlib
import threading
from collections.abc import Callable
from socket import SHUT_RDWR
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

CONCURRENCY = 20
DRAIN_SECONDS = 10.0
CLOSE_SECONDS = 5.0


class Socket(SocketModeHandler):
    """The app's Socket Mode connection."""

    def __init__(self, app: App, app_token: str) -> None:
        super().__init__(app, app_token, concurrency=CONCURRENCY)
        # The SDK sends every host through HTTP_PROXY; the system knows which ones (NO_PROXY) go directly.
        if proxy_bypass(urlsplit(app.client.base_url).hostname or ""):
            self.client.proxy = None
        self._idle = threading.Condition()
        self._under_way = 0
        self._is_stopping = False

    def connect(self) -> None:
        """Open the connection; raises what the SDK raises when Slack refuses or cannot be reached."""
        super().connect()  # type: ignore[no-untyped-call]  # as in Bolt

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as in Bolt
        """Take one envelope, unless the process is about to end."""
        with self._idle:
            if self._is_stopping:
                return
            self._under_way += 1
        try:
            super().handle(client, req)
        finally:
            with self._idle:
                self._under_way -= 1
                self._idle.notify_all()

    def drain(self) -> bool:
        """Take no more envelopes, wait for those under way, and hang up. False: they did not finish in time."""
        with self._idle:
            self._is_stopping = True
            is_idle = self._idle.wait_for(lambda: self._under_way == 0, DRAIN_SECONDS)
        self._hang_up()
        return is_idle

    def _hang_up(self) -> None:
        """Close, without the seconds that the SDK's threads would sit out in what they are reading from."""
        client = self.client
        client.closed = client.current_session_state.terminated = True
        client.auto_reconnect_enabled = False
        connection = client.current_session.sock if client.current_session is not None else None
        if connection is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                connection.shutdown(SHUT_RDWR)
        client.enqueue_message("")
        # The SDK's close can wait for ever for a reading thread that is only just starting, right after a reconnect.
        # Everything is acknowledged by now; what is left may end with the process.
        closing = threading.Thread(target=self.close, name="hang up", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)

    def sign_of_life(self) -> tuple[str | None, float | None] | None:
        """What changes as long as the connection lives; None while there is none."""
        session = self.client.current_session
        if session is None or not self.client.is_connected():
            return None
        return session.session_id, session.last_ping_pong_time


class Watch:
    """Notices when a connection has shown no sign of life for `limit` seconds."""

    def __init__(self, look: Callable[[], object | None], *, limit: float, read_ticks: Callable[[], float]) -> None:
        self._look = look
        self._limit = limit
        self._read_ticks = read_ticks
        self._last_sign: object | None = None
        self._since = read_ticks()

    def is_dead(self) -> bool:
        """Look once."""
        sign = self._look()
        if sign is not None and sign != self._last_sign:
            self._last_sign, self._since = sign, self._read_ticks()
        return self._read_ticks() - self._since > self._limit
