"""The demo's world: a temporary database with stock and a set-up, a workspace with people, and a running bot."""

import csv
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox.person import Person
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import AppSettings, Workspace
from models.database import Database
from models.errors import CycleCountError
from models.migrate import migrate
from models.services import imports, movement_imports, setups

DATA = Path(__file__).parent / "data"
CHECKOUT = Path(__file__).parents[2]

PARTS = "C01PARTS"
WORKSHOP = "C02WORKSHOP"
REVIEW = "C01REVIEW"
PEOPLE = {"U01ANA": "Ana", "U02DAN": "Dan", "U03BEN": "Ben", "U04EVA": "Eva", "U05KIM": "Kim", "U06VAL": "Val"}
ZONE = ZoneInfo("Europe/Berlin")

# The stock file is this old, so that the movements in the demo's data lie between it and now.
STOCK_AGE = timedelta(days=10)
FIRST_RUN_IN = timedelta(seconds=3)
STOP_SECONDS = 10


class DemoFailed(CycleCountError):
    """The demo could not start, or a step of the tour did not hold."""


@dataclass
class World:
    """What the demo and the tour act on."""

    workspace: Workspace
    server: SandboxServer
    database: Database
    bot: subprocess.Popen[bytes]

    def person(self, name: str) -> Person:
        """Act as one of `PEOPLE`, by name."""
        return self.workspace.person(next(slack_id for slack_id, known in PEOPLE.items() if known == name))

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.workspace.clock.now()

    def require_bot(self) -> None:
        """Raise DemoFailed when the bot's process has ended."""
        if self.bot.poll() is not None:
            raise DemoFailed(f"The bot stopped with exit code {self.bot.returncode}; its log above says why.")


@contextmanager
def running_world(port: int) -> Iterator[World]:
    """Set everything up, start the bot, and take all of it down again."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cycle-count-demo-")))
        url = f"sqlite:///{(folder / 'demo.db').as_posix()}"
        migrate(url)
        database = Database(url)
        stack.callback(database.close)
        workspace = build_workspace()
        server = SandboxServer(workspace, port=port)
        server.start()
        stack.callback(server.stop)
        import_stock_file(database, workspace.clock.now())
        import_moves(database, workspace.clock.now())
        apply_setup(database, workspace.clock.now())
        bot = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--with-scheduler"],
            cwd=CHECKOUT,
            env=os.environ
            | {
                "DATABASE_URL": url,
                "SLACK_API_URL": server.api_url,
                "SLACK_BOT_TOKEN": workspace.bot_token,
                "SLACK_APP_TOKEN": workspace.app_token,
                "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
            },
        )
        stack.callback(_stop, bot)
        world = World(workspace, server, database, bot)
        deadline = time.monotonic() + 30
        workspace.wait_for(lambda: _connected(world) or time.monotonic() > deadline, timeout=31, every=0.1)
        world.require_bot()
        yield world


def import_stock_file(database: Database, now: datetime) -> imports.StockImport:
    """Import the demo's stock, as of some days ago."""
    with database.write() as session:
        return imports.import_stock(session, DATA / "stock.csv", now=now, as_of=now - STOCK_AGE)


def import_moves(database: Database, now: datetime) -> None:
    """Import what moved since the stock file."""
    with database.write() as session:
        movement_imports.import_movements(session, _dated_moves(now), now=now, timezone=ZONE)


def apply_setup(database: Database, now: datetime) -> list[str]:
    """Apply the demo's set-up, with its first plan a few seconds from `now`; returns what changed."""
    first_run = (now + FIRST_RUN_IN).astimezone(ZONE)
    text = (DATA / "setup.toml").read_text("utf-8").replace("FIRST_RUN", f"{first_run:%Y-%m-%d %H:%M:%S}")
    with database.write() as session:
        return setups.apply(session, text, file_name="setup.toml", now=now)


def build_workspace() -> Workspace:
    """The people and their channels. Nobody who counts is in the review channel: its cards show on-hand."""
    workspace = Workspace(app=AppSettings.from_file(CHECKOUT / "manifest.json"))
    for slack_id, name in PEOPLE.items():
        workspace.add_user(slack_id, name=name, tz=str(ZONE))
    workspace.add_channel(PARTS, name="fleet-parts", members=list(PEOPLE))
    workspace.add_channel(WORKSHOP, name="workshop", members=["U02DAN", "U04EVA", "U05KIM"])
    workspace.add_channel(REVIEW, name="parts-review", members=["U03BEN", "U04EVA", "U05KIM"])
    return workspace


def _dated_moves(now: datetime) -> io.StringIO:
    """The demo's movements with real dates, as a file of the usual form."""
    out = io.StringIO()
    with (DATA / "moves.csv").open(encoding="utf-8", newline="") as source:
        rows = csv.DictReader(source)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["sku", "location", "kind", "quantity", "occurred_at", "reference"])
        for row in rows:
            at = (now - timedelta(days=int(row["days_ago"]))).astimezone(UTC)
            writer.writerow(
                [row["sku"], row["location"], row["kind"], row["quantity"], at.isoformat(), row["reference"]]
            )
    out.seek(0)
    return out


def _connected(world: World) -> bool:
    return world.workspace.sockets.connected > 0 or world.bot.poll() is not None


def _stop(bot: subprocess.Popen[bytes]) -> None:
    if bot.poll() is None:
        bot.send_signal(signal.SIGTERM)
        try:
            bot.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            bot.kill()
            bot.wait()
