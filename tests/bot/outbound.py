"""A warehouse, a local Slack workspace, and a delivery worker between them; one clock, moved by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.delivery import Delivery
from bot.gateway import Gateway, web_client
from bot.sandbox.faults import slack_error
from bot.sandbox.mrkdwn import Reader
from bot.sandbox.reading import as_lines, blocks_as_lines, reader_for
from bot.sandbox.server import SandboxServer
from bot.sandbox.state import Message
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from bot.views.blocks import Rendered
from models.database import Database
from models.journal import Intent, OutboxMessage, OutboxState, SentMessage
from models.services import journal
from tests.world import World

PARTS, REVIEW = "C01PARTS", "C01REVIEW"
SECOND = timedelta(seconds=1)


class Outbound:
    """What the tests of delivery look at, and the worker they run."""

    def __init__(self, database: Database, ws: Workspace, server: SandboxServer, now: datetime) -> None:
        self.database = database
        self.ws = ws
        self.api_url = server.api_url
        self.world = World(database, now)
        self.delivery = self.worker("worker 1")

    def worker(self, name: str) -> Delivery:
        """Another delivery worker, as another process would be."""
        gateway = Gateway(web_client(self.ws.bot_token, self.api_url))
        return Delivery(self.database, gateway, read_clock=self.ws.clock.now, name=name)

    def now(self) -> datetime:
        """The time for everybody; what the world did lately is never in the worker's future."""
        behind = self.world.now - self.ws.clock.now()
        if behind > timedelta(0):
            self.ws.clock.advance(behind)
        return self.ws.clock.now()

    def wait(self, by: timedelta) -> None:
        """Let time pass."""
        self.now()
        self.ws.clock.advance(by)
        self.world.now = max(self.world.now, self.ws.clock.now())

    def once(self, delivery: Delivery | None = None) -> bool:
        """One step of a worker."""
        return (delivery or self.delivery).deliver_one(self.now())

    def settle(self, seconds: int = 20) -> None:
        """Deliver until nothing is left, for so many seconds at most."""
        for _ in range(seconds):
            while self.once():
                pass
            if not self.rows(OutboxState.PENDING, OutboxState.CLAIMED):
                return
            self.wait(SECOND)
        raise AssertionError(f"still on their way: {self.rows(OutboxState.PENDING, OutboxState.CLAIMED)}")

    def rows(self, *states: OutboxState) -> list[OutboxMessage]:
        """Rows of the outbox in these states, all without any, oldest first."""
        with self.database.read() as session:
            query = select(OutboxMessage).order_by(col(OutboxMessage.id))
            return list(session.exec(query.where(col(OutboxMessage.state).in_(states)) if states else query))

    def only_row(self, intent: Intent) -> OutboxMessage:
        """The one row of an intent."""
        (row,) = [row for row in self.rows() if row.intent is intent]
        return row

    def sent(self) -> dict[tuple[Intent, str], SentMessage]:
        """What the database knows to stand in Slack."""
        with self.database.read() as session:
            return {(row.intent, row.subject): row for row in session.exec(select(SentMessage))}

    def notify(self, intent: Intent, subject: str | int, channel: str) -> None:
        """Ask for something to be shown."""
        now = self.now()
        with self.database.write() as session:
            journal.notify(session, intent, subject, channel=channel, now=now)

    def messages(self, channel: str = PARTS) -> list[Message]:
        """The messages of a channel."""
        return self.ws.messages(channel)

    def text(self, message: Message) -> str:
        """A message as Ben reads it."""
        return as_lines(reader_for(self.ws, "U01BEN"), message)

    def refuse_direct_messages(self) -> None:
        """Slack opens no direct messages from now on."""
        self.ws.faults.on(method="conversations.open", action=slack_error("user_disabled"), times=None)

    def inbox(self, name: str) -> list[Message]:
        """What the bot wrote to somebody, oldest first."""
        return [message for message in self.ws.person(f"U01{name.upper()}").inbox() if message.bot_id]

    def calls(self, method: str) -> int:
        """How often the bot called a method."""
        return sum(call.method == method for call in self.ws.calls)


@contextmanager
def outbound(database: Database, now: datetime, limits: Limits | None = None) -> Iterator[Outbound]:
    """All of it, running on 127.0.0.1."""
    ws = Workspace(clock=SandboxClock.manual(now), limits=limits or Limits())
    people = {f"U01{name.upper()}": name.capitalize() for name in ("ana", "dan", "fay", "ben", "eva", "kim")}
    for user_id, name in people.items():
        ws.add_user(user_id, name=name)
    ws.add_channel(PARTS, name="parts", members=people)
    ws.add_channel(REVIEW, name="review", members=["U01BEN", "U01EVA", "U01KIM"], private=True)
    with SandboxServer(ws) as server:
        yield Outbound(database, ws, server, now)


def new_sheet(slack: Outbound) -> int:
    """A session of one line, its sheet waiting to be posted; the line's id."""
    return slack.world.line(slack.world.stock("BOLT-10", "A-01-03", 120))


def shown(message: Rendered, now: datetime, names: dict[str, str] | None = None) -> str:
    """A message that was never sent, as somebody in UTC would read it."""
    return blocks_as_lines(Reader(names or {}, {}, "UTC", now), message.blocks)
