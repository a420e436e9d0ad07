"""The bot as a process: starting, serving, stopping, and noticing that Slack is gone."""

import json
import os
import signal
import socket as sockets
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any  # Any: the two values of a little state
from urllib.error import HTTPError, URLError

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest
from sqlmodel import select

from bot import ids, runtime
from bot.app import build_app
from bot.gateway import web_client
from bot.sandbox.calls import Call
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, Workspace
from bot.slack_socket import Socket, Watch
from bot.web import web_application
from models import logs
from models.counts import CountEntry, CountSession
from models.database import Database
from models.settings import Settings
from tests.bot.workplace import PARTS
from tests.builders import Warehouse

CHECKOUT = Path(__file__).parents[2]
STOP_SECONDS = 20


class Host:
    """A workspace with a warehouse, and bot processes that are started in it."""

    def __init__(self, url: str, server: SandboxServer, folder: Path) -> None:
        self.url, self.server, self.ws = url, server, server.ws
        self.log = folder / "bot.log"
        self.database = Database(url)
        warehouse = Warehouse(self.database, datetime.now(UTC))
        self.stock = warehouse.stock("BOLT-10", "A-01-03", 100)
        for name in ("ana", "dan", "fay", "ben", "eva", "kim"):
            self.ws.add_user(f"U01{name.upper()}", name=name.capitalize())
        self.ws.add_channel(PARTS, name="parts", members=["U01ANA", "U01BEN"])

    def environment(self, **more: str) -> dict[str, str]:
        """What the process is told."""
        return os.environ | {
            "DATABASE_URL": self.url,
            "SLACK_API_URL": self.server.api_url,
            "SLACK_BOT_TOKEN": self.ws.bot_token,
            "SLACK_APP_TOKEN": self.ws.app_token,
            "SLACK_SIGNING_SECRET": self.ws.signing_secret,
            "LOG_FORMAT": "json",
            **more,
        }

    @contextmanager
    def bot(self, *command: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process that is gone at the end of the block."""
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", *command], cwd=CHECKOUT, env=self.environment(**more), stderr=log
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def stop(self, process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; returns the exit code."""
        process.send_signal(by)
        return process.wait(STOP_SECONDS)

    def wait_connected(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it is there."""
        self.ws.wait_for(lambda: self.ws.sockets.connected or process.poll() is not None, 30, every=0.05)
        assert process.poll() is None, self.log.read_text()

    def count(self) -> None:
        """Start a session, and have Ana count its line."""
        assert self.ws.person("U01BEN").slash(PARTS, "/count start Daily parts").ok
        sheet = self.ws.wait_for(lambda: self.ws.messages(PARTS))[0]
        ana = self.ws.person("U01ANA")
        assert ana.click(PARTS, sheet.ts, action_id=ids.ENTER_COUNTS).ok
        assert ana.view is not None
        assert ana.submit({ana.view["blocks"][0]["block_id"]: "100"}).closed

    def entries(self) -> int:
        """How many counts are stored."""
        with self.database.read() as session:
            return len(session.exec(select(CountEntry)).all())


@contextmanager
def hosted(url: str, folder: Path) -> Iterator[Host]:
    ws = Workspace(limits=Limits().without_rates())
    with SandboxServer(ws) as server:
        host = Host(url, server, folder)
        try:
            yield host
        finally:
            host.database.close()


@pytest.fixture
def host(sqlite_url: str, tmp_path: Path) -> Iterator[Host]:
    with hosted(sqlite_url, tmp_path) as host:
        yield host


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_socket_mode_bot_counts_delivers_and_stops_when_told(host: Host, by: signal.Signals) -> None:
    with host.bot("run") as process:
        host.wait_connected(process)
        host.count()
        assert host.stop(process, by) == 0
    assert host.entries() == 1
    written = host.log.read_text()
    for line in written.splitlines():
        assert json.loads(line)["level"] in ("info", "warning")
    for secret in (host.ws.bot_token, host.ws.app_token, "Ana", "BOLT"):
        assert secret not in written


def test_what_is_under_way_when_it_is_told_to_stop_is_finished_and_acknowledged(host: Host) -> None:
    with host.bot("run") as process:
        host.wait_connected(process)

        def stop(_call: Call) -> None:
            process.send_signal(signal.SIGTERM)

        assert host.ws.person("U01BEN").slash(PARTS, "/count start Daily parts").ok
        sheet = host.ws.wait_for(lambda: host.ws.messages(PARTS))[0]
        host.ws.faults.on(method="views.open", phase="before_store", action=stop)
        ana = host.ws.person("U01ANA")
        assert ana.click(PARTS, sheet.ts, action_id=ids.ENTER_COUNTS).ok
        assert ana.view is not None
        assert process.wait(STOP_SECONDS) == 0


def test_the_clock_can_run_in_the_same_process(host: Host) -> None:
    with host.bot("run", "--with-scheduler") as process:
        host.ws.wait_for(lambda: host.ws.messages(PARTS), 30)  # the plan of the warehouse is due since it was made
        assert host.stop(process) == 0


def free_port() -> int:
    with sockets.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_an_http_bot_serves_slack_and_the_health_check(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    with hosted(database_url, tmp_path) as host, host.bot("serve", "--host", "127.0.0.1", PORT=str(port)) as process:

        def healthy() -> bool:
            try:
                return get(f"http://127.0.0.1:{port}/healthz") == (HTTPStatus.OK, "ok")
            except URLError:
                assert process.poll() is None, host.log.read_text()
                return False

        host.ws.wait_for(healthy, 30, every=0.1)
        assert get(f"http://127.0.0.1:{port}/")[0] == HTTPStatus.NOT_FOUND
        assert get(f"http://127.0.0.1:{port}/slack/events")[0] == HTTPStatus.NOT_FOUND
        host.ws.use_http(f"http://127.0.0.1:{port}/slack/events")
        host.count()
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
        assert len(children.stdout.split()) == (1 if database_url.startswith("sqlite") else 2)
        assert host.stop(process) == 0
        assert host.entries() == 1


@pytest.mark.parametrize(
    ("command", "more", "said"),
    [
        ("run", {"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)."),
        ("run", {"SLACK_APP_TOKEN": "xapp-wrong"}, "Slack does not accept SLACK_APP_TOKEN (invalid_auth)."),
        ("serve", {"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)."),
        ("run", {"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Slack cannot be reached (URLError)."),
        ("run", {"DATABASE_URL": "sqlite:///empty.db"}, "The database is empty. Run “python -m bot migrate” first."),
    ],
)
def test_a_bot_that_cannot_start_says_why(
    host: Host, command: str, more: dict[str, str], said: str, tmp_path: Path
) -> None:
    more = {name: value.replace("sqlite:///empty.db", f"sqlite:///{tmp_path}/empty.db") for name, value in more.items()}
    with host.bot(command, **more) as process:
        assert process.wait(STOP_SECONDS) == 1
    written = host.log.read_text()
    assert said in written
    assert "Traceback" not in written
    assert "wrong" not in written


def settings(host: Host) -> Settings:
    return Settings.model_validate({key.lower(): value for key, value in host.environment().items()})


def test_a_connection_without_a_sign_of_life_ends_the_process_with_an_error(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logs, "configure", lambda _settings: None)
    # Pongs come every ten seconds: nothing for a moment is enough here.
    assert runtime.run(settings(host), dead_after_seconds=0.01) == 1
    assert "no sign of life from Slack" in caplog.text


def test_a_new_connection_or_a_pong_is_a_sign_of_life(host: Host) -> None:
    client = web_client(host.ws.bot_token, host.server.api_url)
    app = build_app(host.database, client=client, signing_secret=None, read_clock=lambda: datetime.now(UTC))
    socket = Socket(app, host.ws.app_token)
    assert socket.sign_of_life() is None
    socket.connect()
    try:
        connected = host.ws.wait_for(socket.sign_of_life)
        assert socket.client.current_session is not None
        socket.client.current_session.check_state()
        host.ws.wait_for(lambda: socket.sign_of_life() != connected, every=0.01)
        first = socket.client.session_id()
        socket.client.connect_to_new_endpoint(force=True)
        assert socket.client.session_id() != first
        assert socket.sign_of_life() not in (None, connected)
    finally:
        assert socket.drain()


def test_the_watch_counts_from_the_last_change() -> None:
    state: dict[str, Any] = {"now": 0.0, "sign": ("first", 1.0)}
    watch = Watch(lambda: state["sign"], limit=60, read_ticks=lambda: state["now"])
    for now, sign, is_dead in [
        (30.0, ("first", 1.0), False),
        (90.0, ("first", 1.0), False),
        (90.1, ("first", 1.0), True),
        (95.0, ("first", 2.0), False),
        (154.0, None, False),
        (155.1, None, True),
        (155.2, ("second", None), False),
    ]:
        state.update(now=now, sign=sign)
        assert watch.is_dead() is is_dead, now


def test_envelopes_that_come_while_it_stops_are_left_for_slack_to_send_again(host: Host) -> None:
    client = web_client(host.ws.bot_token, host.server.api_url)
    app = build_app(host.database, client=client, signing_secret=None, read_clock=lambda: datetime.now(UTC))
    socket = Socket(app, host.ws.app_token)
    socket.connect()
    host.ws.wait_for(lambda: host.ws.sockets.connected)
    assert socket.drain()
    assert socket.sign_of_life() is None
    command = {"command": "/count", "text": "start Daily parts", "user_id": "U01BEN", "channel_id": PARTS}
    socket.handle(socket.client, SocketModeRequest(type="slash_commands", envelope_id="late", payload=command))
    with host.database.read() as session:
        assert session.exec(select(CountSession)).all() == []


def test_the_health_check_says_when_the_database_is_gone(sqlite_database: Database) -> None:
    app = build_app(
        sqlite_database, client=web_client("xoxb-1"), signing_secret="s", read_clock=lambda: datetime.now(UTC)
    )
    web = web_application(app, sqlite_database)
    seen: list[str] = []

    def start(status: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
        seen.append(status)
        return bytes

    environ = {"PATH_INFO": "/healthz", "REQUEST_METHOD": "GET"}
    assert web(environ, start) == [b"ok"]
    sqlite_database.close()
    path = Path(sqlite_database.engine.url.database or "")
    path.unlink()
    path.mkdir()
    assert web(environ, start) == [b"no database"]
    assert seen == ["200 OK", "503 Service Unavailable"]
