"""Setting a workspace up, waiting in it, and ending it."""

import ast
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
from slack_sdk import WebClient

import bot.sandbox
from bot.sandbox.person import CannotDo, Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import SandboxClock, Workspace
from tests.sandbox.conftest import NINE_O_CLOCK

PARTS = "C01PARTS"
FOLDER = Path(bot.sandbox.__file__).parent


def test_it_knows_nothing_of_the_project() -> None:
    imported = {
        name
        for file in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    ours = {name for name in imported if name.split(".")[0] in {"bot", "models", "scheduler", "tests"}}
    assert all(name == "bot.sandbox" or name.startswith("bot.sandbox.") for name in ours)


def test_a_manual_clock_moves_by_hand_and_forward_only() -> None:
    clock = SandboxClock.manual(NINE_O_CLOCK)
    clock.advance(timedelta(minutes=1))
    assert clock.now() == NINE_O_CLOCK + timedelta(minutes=1)
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(RuntimeError, match="cannot be moved"):
        SandboxClock.real().advance(timedelta(seconds=1))
    with pytest.raises(ValueError, match="time zone"):
        SandboxClock.manual(datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused


def test_mistakes_in_a_set_up_are_said_at_once(ws: Workspace) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        ws.add_user("U09", name="Zoe", tz="Europe/Nowhere")
    with pytest.raises(LookupError, match="U99"):
        ws.add_channel("C09", name="x", members=["U99"])
    with pytest.raises(LookupError, match="U99"):
        ws.person("U99")


def test_a_wait_that_fails_says_what_there_was(ws: Workspace, client: WebClient) -> None:
    client.auth_test()
    with pytest.raises(TimeoutError, match=r"Not so within 0.01 s.*auth.test -> 200.*0 Socket Mode"):
        ws.wait_for(lambda: ws.messages(PARTS), timeout=0.01)


def test_waiting_for_what_is_outside_looks_again_by_itself(ws: Workspace) -> None:
    looks = iter([False, False, True])
    assert ws.wait_for(lambda: next(looks), every=0.001)


def test_looking_gives_copies(ws: Workspace, ana: Person) -> None:
    ana.say(PARTS, "one")
    ws.messages(PARTS)[0].text = "changed"
    assert ws.messages(PARTS)[0].text == "one"


def test_an_archived_channel_is_closed_to_people_too(ws: Workspace, ana: Person) -> None:
    ws.archive(PARTS)
    with pytest.raises(CannotDo, match="archived"):
        ana.say(PARTS, "anyone?")


def test_a_stopped_server_leaves_no_threads_and_can_start_again(ws: Workspace, ana: Person) -> None:
    before = set(threading.enumerate())
    server = SandboxServer(ws)
    for _ in range(2):
        with server:
            client = WebClient(ws.bot_token, base_url=server.api_url, retry_handlers=[])
            client.chat_postMessage(channel=PARTS, text="x")
            assert not ana.slash(PARTS, "/count status").ok
        assert set(threading.enumerate()) == before
    with pytest.raises(RuntimeError, match="not been started"):
        _ = server.url


def test_two_equal_runs_give_equal_ids() -> None:
    def run() -> list[object]:
        workspace = Workspace(clock=SandboxClock.manual(NINE_O_CLOCK))
        ana = workspace.add_user("U01ANA", name="Ana")
        workspace.add_channel(PARTS, name="parts", members=["U01ANA"])
        ana.say(PARTS, "BOLT-10 42")
        payloads: list[object] = [one.payload for one in workspace.deliveries]
        workspace.close()
        return payloads

    assert run() == run()


@pytest.mark.skipif(os.name == "nt", reason="signals are sent the POSIX way")
def test_it_can_be_played_with_by_hand() -> None:
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0"]
    with subprocess.Popen(command, cwd=FOLDER.parents[1], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("Page ")
        for line in process.stdout:
            if line.startswith("Ctrl-C"):
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
