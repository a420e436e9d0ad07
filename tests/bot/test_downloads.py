"""Fetching a file: only from where the workspace's files are, never more than fits, and in time."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.downloads import FILE_HOST, MOST_BYTES, fetch, file_host
from bot.gateway import Gateway, SlackRefused, SlackUnavailable, web_client
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Workspace


@pytest.fixture
def ws() -> Workspace:
    workspace = Workspace()
    workspace.add_user("U01ANA", name="Ana")
    return workspace


@pytest.fixture
def server(ws: Workspace) -> Iterator[SandboxServer]:
    with SandboxServer(ws) as running:
        yield running


class Listening(BaseHTTPRequestHandler):
    """Somebody else's server, which would like to have the token."""

    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(self.headers.get("Authorization", ""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    handler = type("Handler", (Listening,), {"heard": []})
    other = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=other.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{other.server_port}", handler.heard  # type: ignore[attr-defined]  # set above
    other.shutdown()
    thread.join()
    other.server_close()


def address(ws: Workspace, content: bytes = b"content") -> str:
    url: str = ws.person("U01ANA").upload("a.png", content, "image/png").as_slack()["url_private"]
    return url


def gateway(ws: Workspace, server: SandboxServer, token: str | None = None) -> Gateway:
    return Gateway(web_client(token or ws.bot_token, server.api_url))


@pytest.mark.parametrize(
    ("api", "host"),
    [
        ("https://slack.com/api/", FILE_HOST),
        ("https://www.slack.com/api/", FILE_HOST),
        ("http://127.0.0.1:8800/api/", "http://127.0.0.1:8800"),
        ("https://notslack.com/api/", "https://notslack.com"),
    ],
)
def test_where_files_are(api: str, host: str) -> None:
    assert file_host(api) == host


def test_a_content_is_fetched_with_the_token(ws: Workspace, server: SandboxServer) -> None:
    assert gateway(ws, server).download(address(ws)) == b"content"


@pytest.mark.parametrize(
    "url",
    [
        "{other}/a.png",
        "{host}@{bare}/a.png",
        "https://files.slack.com/a.png",
        "http://files.slack.com.example.org/a.png",
        "file:///etc/hostname",
        "//files.slack.com/a.png",
        "",
        "http://[",
    ],
)
def test_no_other_host_is_asked(
    ws: Workspace, server: SandboxServer, elsewhere: tuple[str, list[str]], url: str
) -> None:
    other, heard = elsewhere
    host = server.url.rstrip("/")
    with pytest.raises(SlackRefused, match="foreign_host"):
        gateway(ws, server).download(url.format(other=other, host=host, bare=other.removeprefix("http://")))
    assert heard == []


def test_a_redirection_is_not_followed(ws: Workspace, server: SandboxServer, elsewhere: tuple[str, list[str]]) -> None:
    with pytest.raises(SlackRefused, match="file_not_readable: HTTP 302"):
        gateway(ws, server, "xoxb-somebody-else").download(address(ws))
    assert elsewhere[1] == []


def test_a_file_that_is_gone(ws: Workspace, server: SandboxServer) -> None:
    url = address(ws)
    ws.person("U01ANA").delete_file("F00000001")
    with pytest.raises(SlackRefused, match="HTTP 404"):
        gateway(ws, server).download(url)


def test_at_most_ten_megabytes(ws: Workspace, server: SandboxServer) -> None:
    assert len(gateway(ws, server).download(address(ws, b"x" * MOST_BYTES))) == MOST_BYTES
    with pytest.raises(SlackRefused, match="file_too_large"):
        gateway(ws, server).download(address(ws, b"x" * (MOST_BYTES + 1)))


@pytest.mark.parametrize("action", ["500", "disconnect"])
def test_trouble_may_pass(ws: Workspace, server: SandboxServer, action: str) -> None:
    ws.faults.on(method="files.download", action=action)  # type: ignore[arg-type]  # one of the words it knows
    url = address(ws)
    with pytest.raises(SlackUnavailable):
        gateway(ws, server).download(url)
    assert gateway(ws, server).download(url) == b"content"


def test_no_answer_in_time(ws: Workspace, server: SandboxServer) -> None:
    ws.faults.on(method="files.download", action="timeout")
    with pytest.raises(SlackUnavailable):
        fetch(address(ws), token=ws.bot_token, host=server.url.rstrip("/"), seconds=0.2)


def test_a_content_that_takes_too_long(ws: Workspace, server: SandboxServer) -> None:
    ticks = iter([0.0, 1.0, 11.0])
    with pytest.raises(SlackUnavailable, match="in time"):
        fetch(
            address(ws, b"x" * 1_000_000),
            token=ws.bot_token,
            host=server.url.rstrip("/"),
            read_ticks=lambda: next(ticks),
        )
