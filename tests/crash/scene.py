"""One short count loop played against a bot process that may die at any moment.

People behave as people do: when nothing happened, they do it again. Time passes where a test cannot wait for it: the
lease of a message that a dead process had claimed ends at once, and Slack's retry of an event comes at once.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import update
from sqlmodel import col, select

from bot import ids
from bot.demo.script import count_fields
from bot.sandbox.calls import Call
from bot.sandbox.person import CannotDo
from bot.sandbox.server import SandboxServer
from bot.sandbox.state import Message
from bot.sandbox.workspace import Limits, Workspace
from models.counts import CountEntry, CountLine, Decision
from models.database import Database
from models.journal import OutboxMessage, OutboxState
from models.rules.lines import LineState
from models.stock import StockLevel
from tests.builders import Warehouse

CHECKOUT = Path(__file__).parents[2]
VICTIM = Path(__file__).with_name("victim.py")
PARTS, REVIEW = "C01PARTS", "C01REVIEW"
TRIES = 4
PATIENCE = 20.0


class Scene:
    """A warehouse with three bins, its Slack workspace, and a bot that is started, killed and started again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.database = Database(url)
        self.workspace = Workspace(limits=Limits().without_rates())
        self.server = SandboxServer(self.workspace, port=0)
        self.killed_at = folder / "killed-at"
        self._log = folder / "bot.log"
        self._bot: subprocess.Popen[bytes] | None = None
        names = {"U01ANA": "Ana", "U01DAN": "Dan", "U01FAY": "Fay", "U01BEN": "Ben", "U01EVA": "Eva", "U01KIM": "Kim"}
        for slack_id, name in names.items():
            self.workspace.add_user(slack_id, name=name)
        self.workspace.add_channel(PARTS, name="parts", members=list(names))
        self.workspace.add_channel(REVIEW, name="review", members=list(names))
        warehouse = Warehouse(self.database, datetime.now(UTC))
        self.bolts = warehouse.stock("BOLT-10", "A-01-03", 100)
        self.fuses = warehouse.stock("FUSE-15", "A-01-04", 50)
        self.nuts = warehouse.stock("NUT-10", "A-02-02", 400)

    # -- the process

    def start_bot(self, milestone: str = "none") -> None:
        """Start the bot with its clock; it dies when it reaches the milestone."""
        environment = os.environ | {
            "DATABASE_URL": self.url,
            "SLACK_API_URL": self.server.api_url,
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
        }
        with self._log.open("ab") as log:
            self._bot = subprocess.Popen(
                [sys.executable, str(VICTIM), milestone, str(self.killed_at), "run", "--with-scheduler"],
                cwd=CHECKOUT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def kill_bot(self, call: Call) -> None:
        """SIGKILL, from inside a call the bot is making."""
        assert self._bot is not None
        self.killed_at.write_text(f"{call.method}", "utf-8")
        self._bot.kill()
        self._bot.wait()

    def is_dead(self) -> bool:
        """Whether no bot process runs."""
        return self._bot is None or self._bot.poll() is not None

    def revive(self) -> None:
        """Start the bot again if it is dead, as a process manager would; a minute has passed then."""
        if not self.is_dead():
            return
        with self.database.write() as session:
            session.execute(
                update(OutboxMessage)
                .where(col(OutboxMessage.state) == OutboxState.CLAIMED)
                .values(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
            )
        self.start_bot()
        self.workspace.wait_for(lambda: self.is_dead() or self.workspace.sockets.connected, PATIENCE, every=0.05)
        assert not self.is_dead(), f"the bot does not start again:\n{self._log.read_text('utf-8')[-3000:]}"
        self.workspace.retry_now()

    def close(self) -> None:
        """End everything."""
        if self._bot is not None and self._bot.poll() is None:
            self._bot.kill()
        if self._bot is not None:
            self._bot.wait()
        self.server.stop()
        self.database.close()

    # -- what people do

    def play(self) -> None:
        """The loop: the sheet comes, Ana counts, Dan replies and recounts, Ben approves, the result is posted."""
        self.insist("the sheet is posted", lambda: None, lambda: bool(self.posts(PARTS, "sheet")))
        self.insist("Ana's page is saved", self._ana_counts, lambda: self.entries() >= 2)
        self.insist("Dan's reply is stored", self._dan_replies, lambda: self.entries() >= 3)
        self.insist("the recount is asked", lambda: None, lambda: bool(self.asks()))
        self.insist("Dan's recount is stored", self._dan_recounts, lambda: self.entries() >= 4)
        self.insist("the card is posted", lambda: None, lambda: bool(self.posts(REVIEW, "card")))
        self.insist("Ben's decision is made", self._ben_approves, lambda: self._decisions() >= 1)
        self.insist("everything is told", lambda: None, self._all_told)

    def insist(self, what: str, act: Callable[[], None], done: Callable[[], bool]) -> None:
        """Do it until it is done, starting the bot again whenever it is dead."""
        for _ in range(TRIES):
            self.revive()
            if not done():
                try:
                    act()
                except CannotDo:
                    continue
            self._wait_until_dead_or(done)
            if done() and not self.is_dead():
                return
        log = self._log.read_text("utf-8")[-3000:]
        raise AssertionError(f"{what}: not after {TRIES} tries. {self.workspace.describe()}\n{log}")

    def _wait_until_dead_or(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        self.workspace.wait_for(
            lambda: self.is_dead() or done() or time.monotonic() > deadline, PATIENCE + 1, every=0.05
        )

    def _ana_counts(self) -> None:
        ana = self.workspace.person("U01ANA")
        if ana.view is None:
            ana.click(PARTS, self.posts(PARTS, "sheet")[0].ts, action_id=ids.ENTER_COUNTS)
        if ana.view is not None:
            ana.submit(count_fields(ana.view, {"BOLT-10": "90", "FUSE-15": "50"}))

    def _dan_replies(self) -> None:
        sheet = self.posts(PARTS, "sheet")[0].ts
        said = any(message.user == "U01DAN" for message in self.workspace.thread(PARTS, sheet))
        if not said:  # Slack keeps what was said, and tells the bot again
            self.workspace.person("U01DAN").say(PARTS, "NUT-10 400", thread_ts=sheet)

    def _dan_recounts(self) -> None:
        dan = self.workspace.person("U01DAN")
        if dan.view is None:
            dan.click(self.asks()[0].channel, self.asks()[0].ts, action_id=ids.ENTER_RECOUNT)
        if dan.view is not None:
            dan.submit(count_fields(dan.view, {"BOLT-10": "90"}))

    def _ben_approves(self) -> None:
        self.workspace.person("U01BEN").click(REVIEW, self.posts(REVIEW, "card")[0].ts, action_id=ids.APPROVE)

    # -- what is there

    def posts(self, channel: str, intent: str) -> list[Message]:
        """The bot's messages of an intent in a channel, parents only."""
        return [one for one in self.workspace.messages(channel) if _intent(one) == intent]

    def replies(self, intent: str) -> list[Message]:
        """The bot's messages of an intent in the sheet's thread."""
        sheet = self.posts(PARTS, "sheet")[0].ts
        return [one for one in self.workspace.thread(PARTS, sheet) if _intent(one) == intent]

    def asks(self) -> list[Message]:
        """The recounts asked of Dan, by direct message or in the thread."""
        inbox = self.workspace.person("U01DAN").inbox()
        return [one for one in inbox if _intent(one) == "recount"] + self.replies("recount")

    def entries(self) -> int:
        """How many counts are stored."""
        with self.database.read() as session:
            return len(session.exec(select(CountEntry.id)).all())

    def _decisions(self) -> int:
        with self.database.read() as session:
            return len(session.exec(select(Decision.id).where(col(Decision.member_id).is_not(None))).all())

    def _all_told(self) -> bool:
        with self.database.read() as session:
            waiting = session.exec(select(OutboxMessage.id).where(OutboxMessage.state != OutboxState.SENT)).first()
            states = set(session.exec(select(CountLine.state)).all())
        return waiting is None and states == {LineState.RECONCILED} and bool(self.replies("summary"))

    def on_hand(self) -> dict[str, Decimal]:
        """On-hand of the three, by SKU."""
        with self.database.read() as session:
            return {
                stock.sku: session.get_one(StockLevel, stock.level_id).on_hand
                for stock in (self.bolts, self.fuses, self.nuts)
            }


def _intent(message: Message) -> str | None:
    payload = (message.metadata or {}).get("event_payload", {})
    intent: str | None = payload.get("intent")
    return intent
