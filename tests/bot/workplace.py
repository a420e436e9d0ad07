"""A warehouse, a local Slack workspace, and the bot between them: its listeners over Socket Mode or signed HTTP.

People act through the workspace (`place.ana.click(...)`), the outbox is delivered when a test says so
(`place.settle()`), and one clock, moved by hand, is everybody's.

    with workplace(database, NOW) as place:
        bolts = place.world.stock("BOLT-10", "A-01-03", 100)
        sheet = place.start()
        place.enter_counts("ana", {bolts: "90"})
"""

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any  # Any: payloads of a Slack workspace are JSON

from sqlmodel import col, select
from werkzeug.serving import make_server

from bot import ids
from bot.app import build_app
from bot.gateway import CLICK_TIMEOUT, web_client
from bot.sandbox.person import Person, SubmitResult
from bot.sandbox.server import SandboxServer
from bot.sandbox.state import Message
from bot.sandbox.workspace import DEFAULT_SCOPES, DEFAULT_SUBSCRIPTIONS, Limits, SandboxClock, Workspace
from bot.slack_socket import Socket
from bot.web import EVENTS_PATH, web_application
from models.counts import CountLine
from models.database import Database
from models.journal import Intent
from tests.bot.outbound import PARTS, REVIEW, Outbound
from tests.builders import Stock

__all__ = ["PARTS", "REVIEW", "Workplace", "workplace"]

MEMBERS = ("ana", "dan", "fay", "ben", "eva", "kim")
OUTSIDER = "zoe"
EVERYBODY = (*MEMBERS, OUTSIDER)


class Workplace(Outbound):
    """People by name, and what they usually do."""

    woken = 0
    request_url = ""

    def __getattr__(self, name: str) -> Person:
        """`place.ana` acts as Ana."""
        if name not in EVERYBODY:
            raise AttributeError(name)
        return self.ws.person(f"U01{name.upper()}")

    def who(self, name: str) -> Person:
        """Act as somebody, by name."""
        return self.__getattr__(name)

    def wait(self, by: timedelta) -> None:
        """Let time pass, once the bot has answered all it heard: Slack's patience with it is measured by this clock."""
        self.ws.wait_until_quiet()
        super().wait(by)

    def settle(self, seconds: int = 20) -> None:
        """Deliver until nothing is left; the bot hears of its own messages too."""
        super().settle(seconds)
        self.ws.wait_until_quiet()

    def wake(self) -> None:
        """What the bot calls after a commit."""
        self.woken += 1

    def start(self, plan_id: int | None = None) -> Message:
        """Start a session, deliver its sheet, and return it."""
        session_id = self.world.start(plan_id).id
        self.settle()
        return self.sheet(session_id)

    def line(self, stock: Stock) -> int:
        """The id of the newest line of a stock, whatever its state."""
        with self.database.read() as session:
            return (
                session.exec(
                    select(CountLine.id)
                    .where(CountLine.item_id == stock.item_id, CountLine.location_id == stock.location_id)
                    .order_by(col(CountLine.id).desc())
                ).first()
                or 0
            )

    def sheet(self, session_id: int | None = None) -> Message:
        """The sheet of a session; the newest one, if not said which."""
        sheets = [row for row in self.sent().values() if row.intent is Intent.SHEET]
        found = [row for row in sheets if session_id is None or row.subject == str(session_id)][-1]
        return self.ws.message(found.channel, found.ts)

    def card(self, line_id: int) -> Message:
        """The review card of a line."""
        found = self.sent()[(Intent.REVIEW_CARD, str(line_id))]
        return self.ws.message(found.channel, found.ts)

    def click_sheet(self, name: str, action_id: str = ids.ENTER_COUNTS) -> None:
        """Click a button of the newest sheet."""
        result = self.who(name).click(PARTS, self.sheet().ts, action_id=action_id)
        assert result.ok, result.problem

    def click_card(self, name: str, line_id: int, action_id: str, seen: Message | None = None) -> None:
        """Click a button of a line's card, as it stands or as it was `seen`."""
        card = seen or self.card(line_id)
        result = self.who(name).click(REVIEW, card.ts, action_id=action_id, seen=seen)
        assert result.ok, result.problem

    def fill(self, name: str, counts: Mapping[Stock, str], *, force: bool = False) -> SubmitResult:
        """Fill the open count page in and submit it."""
        values = {f"line.{self.line(stock)}": quantity for stock, quantity in counts.items()}
        return self.who(name).submit(values, force=force)

    def enter_counts(self, name: str, counts: Mapping[Stock, str]) -> SubmitResult:
        """Open the modal from the sheet, fill a page in and submit it."""
        self.click_sheet(name)
        return self.fill(name, counts)

    def told(self, name: str, channel: str | None = None) -> str:
        """What only this person was told last; empty for nothing."""
        shown = self.who(name).ephemerals(channel)
        return shown[-1].text if shown else ""

    def everything_told(self, name: str) -> list[str]:
        """Every text that only this person was told."""
        return [message.text for message in self.who(name).ephemerals()]

    def reply(self, name: str, text: str, **how: Any) -> str:
        """Write in the thread of the newest sheet and wait until the bot has heard it; returns the ts."""
        self.now()
        ts = self.who(name).say(PARTS, text, thread_ts=self.sheet().ts, **how)
        self.ws.wait_until_quiet()
        return ts

    def edit(self, name: str, ts: str, text: str) -> None:
        """Edit a message, and wait until the bot has heard it."""
        self.now()
        self.who(name).edit(PARTS, ts, text)
        self.ws.wait_until_quiet()

    def count(self, name: str, line: str) -> str:
        """Type a slash command and return the answer, as its reader sees it."""
        self.now()
        result = self.who(name).slash(PARTS, f"/count {line}".rstrip())
        assert result.ok, result.problem
        return self.read(self.who(name).ephemerals()[-1], name)

    def read(self, message: Message, name: str = "ben") -> str:
        """A message as somebody reads it."""
        from bot.sandbox.reading import as_lines, reader_for  # noqa: PLC0415 - only for looking

        return as_lines(reader_for(self.ws, f"U01{name.upper()}"), message)


@contextmanager
def workplace(
    database: Database,
    now: datetime,
    *,
    limits: Limits | None = None,
    over_http: bool = False,
    scopes: Collection[str] = DEFAULT_SCOPES,
    subscriptions: Collection[str] = DEFAULT_SUBSCRIPTIONS,
    private: bool = False,
) -> Iterator[Workplace]:
    """All of it, running on 127.0.0.1. `private`: the team's channel is; the review channel always is."""
    ws = Workspace(
        clock=SandboxClock.manual(now),
        limits=limits or Limits().without_rates(),
        scopes=scopes,
        subscriptions=subscriptions,
    )
    for name in EVERYBODY:
        ws.add_user(f"U01{name.upper()}", name=name.capitalize())
    ws.add_channel(PARTS, name="parts", members=[f"U01{name.upper()}" for name in EVERYBODY], private=private)
    ws.add_channel(REVIEW, name="review", members=[f"U01{name.upper()}" for name in EVERYBODY], private=True)
    with ExitStack() as stack:
        server = stack.enter_context(SandboxServer(ws))
        place = Workplace(database, ws, server, now)
        app = build_app(
            database,
            client=web_client(ws.bot_token, server.api_url, CLICK_TIMEOUT),
            signing_secret=ws.signing_secret if over_http else None,
            read_clock=place.now,
            wake=place.wake,
        )
        if over_http:
            http = make_server("127.0.0.1", 0, web_application(app, database), threaded=True)
            thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(http.server_close)
            stack.callback(thread.join)
            stack.callback(http.shutdown)
            place.request_url = f"http://127.0.0.1:{http.server_port}{EVENTS_PATH}"
            ws.use_http(place.request_url)
        else:
            socket = Socket(app, ws.app_token)
            socket.connect()
            stack.callback(socket.drain)
            ws.wait_for(lambda: ws.sockets.connected)
        yield place
