"""The Procfile as a process manager runs it: worker and clock, or web and clock, each a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import ids
from bot.demo.script import count_fields
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Limits, Workspace
from tests.builders import Warehouse
from tests.databases import opened

CHECKOUT = Path(__file__).parents[1]
PATIENCE = 40.0
PEOPLE = {"U01ANA": "Ana", "U01DAN": "Dan", "U01BEN": "Ben", "U01EVA": "Eva", "U01KIM": "Kim", "U01FAY": "Fay"}


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace(limits=Limits().without_rates())
    for slack_id, name in PEOPLE.items():
        workspace.add_user(slack_id, name=name)
    workspace.add_channel("C01PARTS", name="parts", members=list(PEOPLE))
    workspace.add_channel("C01REVIEW", name="review", members=list(PEOPLE))
    return workspace


@pytest.fixture
def server(workspace: Workspace) -> Iterator[SandboxServer]:
    with SandboxServer(workspace) as server:
        yield server


@pytest.mark.parametrize("processes", [("worker", "clock"), ("web", "clock")], ids=" and ".join)
def test_a_plan_runs_and_a_count_is_saved(
    workspace: Workspace, server: SandboxServer, database_url: str, processes: tuple[str, ...], tmp_path: Path
) -> None:
    with opened(database_url) as database:
        Warehouse(database, datetime.now(UTC)).stock("BOLT-10", "A-01-03", 100)
    port = free_port()
    if "web" in processes:
        workspace.use_http(f"http://127.0.0.1:{port}/slack/events")
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DATABASE_URL": database_url,
        "SLACK_API_URL": server.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "BIND_HOST": "127.0.0.1",
        "PORT": str(port),
    }
    log = tmp_path / "log"
    with log.open("wb") as out:
        manager = subprocess.Popen(
            [sys.executable, "-m", "honcho", "start", *processes], cwd=CHECKOUT, env=environment, stdout=out, stderr=out
        )
    try:
        sheets = workspace.wait_for(lambda: workspace.messages("C01PARTS"), PATIENCE, every=0.1)
        if "worker" in processes:  # delivery may be a moment ahead of the socket
            workspace.wait_for(lambda: workspace.sockets.connected, PATIENCE)
        ana = workspace.person("U01ANA")
        assert ana.click("C01PARTS", sheets[0].ts, action_id=ids.ENTER_COUNTS).ok
        assert ana.view is not None
        assert ana.submit(count_fields(ana.view, {"BOLT-10": "100"})).errors is None
        workspace.wait_for(lambda: "closed" in ana.reads(workspace.messages("C01PARTS")[0]), PATIENCE)
    finally:
        manager.send_signal(signal.SIGTERM)
        manager.wait(PATIENCE)
    said = log.read_text("utf-8")
    assert "Traceback" not in said, said
    # The exit code that honcho reports is its shell's, which the signal ends; what matters is that both ended.
    assert said.count(" stopped (rc=") == len(processes), said


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
