"""The workspace on 127.0.0.1: Web API, Socket Mode, response URLs and the page, over one port."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from bot.sandbox import uploads
from bot.sandbox.errors import SlackError
from bot.sandbox.faults import DropConnection, NeverAnswer
from bot.sandbox.files import CONTENT
from bot.sandbox.page_api import PageApi
from bot.sandbox.web_api import Answer, WebApi
from bot.sandbox.workspace import Workspace

if TYPE_CHECKING:  # a module for type checkers only
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
LOCAL_NAMES = {HOST, "localhost"}
JOIN_SECONDS = 5.0
POLL_SECONDS = 0.01
"""How often it looks whether to stop: every test pays this once."""


class SandboxServer:
    """Serves a workspace; `port=0` takes a free one. Also a context manager."""

    def __init__(self, ws: Workspace, port: int = 0) -> None:
        self.ws = ws
        self._wanted_port = port
        self._api = WebApi(ws)
        self._page = PageApi(ws)
        self._http: _HttpServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._http is None:
            raise RuntimeError("The server has not been started.")
        return int(self._http.server_port)

    @property
    def url(self) -> str:
        """The page."""
        return f"http://{HOST}:{self.port}/"

    @property
    def api_url(self) -> str:
        """The Web API: SLACK_API_URL."""
        return f"{self.url}api/"

    def start(self) -> Self:
        """Listen, in a background thread."""
        self._http = _HttpServer(HOST, self._wanted_port, self._application, _Handler)
        self.ws.response_urls.base = self.url
        self.ws.timers.start()
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(POLL_SECONDS,), name="sandbox-server", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and end every thread."""
        http, self._http = self._http, None
        if http is None or self._thread is None:
            return
        http.shutdown()
        self._thread.join()
        self.ws.close()
        self.ws.changes.happened()  # whoever waits for news looks up, and finds the connection gone
        http.hang_up()
        http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _application(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        connection: socket.socket = environ["werkzeug.socket"]
        try:
            response = self._respond(request, connection)
        except DropConnection:
            raise _hung_up(connection) from None
        except NeverAnswer:
            connection.recv(1)  # returns when the client has given up, or the server stops
            raise _hung_up(connection) from None
        return response(environ, start_response)

    def _respond(self, request: Request, connection: socket.socket) -> Response:
        # A web page elsewhere must not reach a server on this machine through a name of its own.
        if request.host.partition(":")[0] not in LOCAL_NAMES:
            return Response("This is a local workspace.", status=403)
        path = request.path
        if path.startswith("/api/"):
            return _as_response(self._api.call(path.removeprefix("/api/"), request))
        if path.startswith("/response/"):
            return _as_response(self._api.response_url(path.removeprefix("/response/"), request))
        if path.rstrip("/") == "/link":
            return self._link(request, connection)
        if path.startswith("/archives/"):
            return self._permalink(path)
        return self._file(request) or self._page.respond(request)

    def _file(self, request: Request) -> Response | None:
        if request.path.startswith(uploads.PATH):
            return self.ws.uploads.take(request)
        return self.ws.files.content(request) if request.path.startswith(CONTENT) else None

    def _permalink(self, path: str) -> Response:
        """A message's address leads to the page, which finds it by what follows the hash."""
        channel, _, message = path.removeprefix("/archives/").partition("/p")
        return Response(status=302, headers={"Location": f"/#{channel}/{message}"})

    def _link(self, request: Request, connection: socket.socket) -> Response:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return Response("Open a WebSocket here.", status=426)
        try:
            self.ws.sockets.admit(request.args.get("ticket", ""))
        except SlackError as refusal:
            return Response(refusal.error, status=refusal.status)
        self.ws.sockets.serve(request.environ, connection)
        raise _hung_up(connection)


class _HttpServer(ThreadedWSGIServer):
    """Remembers its connections and threads, so that stopping leaves nothing behind."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self._guard = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through as they are

    def process_request_thread(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]  # TCP only
        """Handle one connection."""
        me = threading.current_thread()
        with self._guard:
            self._open[me] = request
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.pop(me, None)

    def hang_up(self) -> None:
        """End every connection and wait for its thread."""
        with self._guard:
            threads = dict(self._open)
        for connection in threads.values():
            _hung_up(connection)
        for thread in threads:
            thread.join(JOIN_SECONDS)


class _Handler(WSGIRequestHandler):
    """HTTP/1.1, and quiet: the workspace keeps its own record of calls."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _hung_up(connection: socket.socket) -> ConnectionError:
    """Close a connection under its handler; werkzeug takes the exception for a client that left."""
    with contextlib.suppress(OSError):  # the other side may have been faster
        connection.shutdown(socket.SHUT_RDWR)
    return ConnectionError("closed on purpose")


def _as_response(answer: Answer) -> Response:
    return Response(
        json.dumps(answer.body),
        status=answer.status,
        headers=answer.headers,
        content_type="application/json; charset=utf-8",
    )
