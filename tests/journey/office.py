"""Everything at once, with one clock moved by hand: stock and set-up from files, the clock's tick, the bot's listeners
behind Socket Mode or signed HTTP, the delivery worker, and people in the local workspace."""

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlmodel import col, select
from werkzeug.serving import make_server

from bot import ids
from bot.app import build_app
from bot.delivery import Delivery
from bot.demo.script import count_fields
from bot.gateway import CLICK_TIMEOUT, Gateway, web_client
from bot.sandbox.person import Person
from bot.sandbox.results import SubmitResult
from bot.sandbox.server import SandboxServer
from bot.sandbox.state import Message
from bot.sandbox.workspace import Limits, SandboxClock, Workspace
from bot.slack_socket import Socket
from bot.web import web_application
from models.catalog import Item, Location
from models.counts import CountLine
from models.database import Database
from models.rules.lines import LineState
from models.services import imports, movements, setups
from models.services.checks import run_checks
from models.stock import EntryKind, StockEntry, StockLevel
from scheduler.jobs import tick
from scheduler.sealing import seal

Transport = Literal["socket", "http"]

PARTS, REVIEW = "C01PARTS", "C01REVIEW"
PEOPLE = {"U01ANA": "Ana", "U02DAN": "Dan", "U03BEN": "Ben", "U04EVA": "Eva", "U05KIM": "Kim", "U06VAL": "Val"}

SETUP = """
timezone = "UTC"
currency = "EUR"
controllers = ["U05KIM"]

[[team]]
name = "Fleet Parts"
channel = "C01PARTS"
review_channel = "C01REVIEW"
locations = ["A-"]
counters = ["U01ANA", "U02DAN"]
approvers = [{ slack_id = "U03BEN", limit = 500 }, { slack_id = "U04EVA" }]

[[plan]]
name = "Daily parts"
team = "Fleet Parts"
schedule = "daily 07:30"
bins = ["A-01", "A-02", "A-03"]
lines = 6
pace = "full"
due_in = "4h"
tolerance = { percent = 2, value = 25 }

[[plan]]
name = "Second round"
team = "Fleet Parts"
schedule = "daily 07:30"
lines = 4
pace = "full"
due_in = "4h"
"""

HEAD = "sku,name,category,unit,unit_cost,location,on_hand\n"
STOCK = {
    ("BOLT-10", "Bolt M10x40", "pcs", "0.35", "A-01-03"): 100,
    ("FUSE-15", "Fuse 15 A", "pcs", "0.42", "A-01-04"): 210,
    ("NUT-10", "Hex nut M10", "pcs", "0.08", "A-02-02"): 400,
    ("BELT-6PK", "V-ribbed belt", "pcs", "14.20", "A-02-03"): 14,
    ("WIPER-55", "Wiper blade <!channel>", "pcs", "7.90", "A-02-04"): 32,
    ("ALT-90", "Alternator 90 A", "pcs", "299.00", "A-03-02"): 7,
    ("GREASE-1", "Bearing grease", "kg", "11.50", "A-04-01"): 18,
    ("HOSE-16", "Coolant hose", "m", "3.20", "A-04-02"): 42,
}


def stock_file(factor: int = 1, plus: int = 0) -> str:
    """The stock as a file; `factor` and `plus` change every on-hand, for proving that nobody can tell."""
    rows = [
        f"{sku},{name},Parts,{unit},{cost},{code},{on_hand * factor + plus}\n"
        for (sku, name, unit, cost, code), on_hand in STOCK.items()
    ]
    return HEAD + "".join(rows)


class Office:
    """The parts together, and the ways to act on them."""

    def __init__(self, database: Database, workspace: Workspace, server: SandboxServer, stock: str) -> None:
        self.database = database
        self.workspace = workspace
        self.stock = stock
        gateway = Gateway(web_client(workspace.bot_token, server.api_url))
        self.delivery = Delivery(database, gateway, read_clock=workspace.clock.now, name="office")
        self.api_url = server.api_url
        self.app = build_app(
            database,
            client=web_client(workspace.bot_token, server.api_url, CLICK_TIMEOUT),
            signing_secret=workspace.signing_secret,
            read_clock=workspace.clock.now,
        )
        self.import_stock()
        with database.write() as session:
            setups.apply(session, SETUP, file_name="setup.toml", now=self.now())

    # -- time and the machinery

    def now(self) -> datetime:
        """The time for everybody."""
        return self.workspace.clock.now()

    def later(self, **by: int) -> None:
        """Let time pass (minutes=5), with the clock ticking and messages being delivered at its end."""
        self.workspace.clock.advance(timedelta(**by))
        tick(self.database, self.now())
        seal(self.database, self.now())
        self.deliver()

    def deliver(self) -> None:
        """Deliver all there is; the pace of one message a second a channel makes time pass."""
        for _ in range(60):
            while self.delivery.deliver_one(self.now()):
                pass
            self.delivery.while_idle(self.now())
            self.workspace.clock.advance(timedelta(seconds=1))

    def import_stock(self) -> imports.StockImport:
        """Import the stock file, as it was at the start."""
        with self.database.write() as session:
            return imports.import_stock(session, io.StringIO(self.stock), now=self.now())

    def receive(self, sku: str, quantity: int, reference: str) -> None:
        """A receipt arrives."""
        level = self.level(sku)
        with self.database.write() as session:
            movements.record(
                session, item_id=level.item_id, location_id=level.location_id, kind=EntryKind.RECEIPT,
                quantity=Decimal(quantity), occurred_at=self.now(), now=self.now(), reference=reference,
            )  # fmt: skip

    # -- people

    def person(self, name: str) -> Person:
        """Act as somebody, by name."""
        return self.workspace.person(next(slack_id for slack_id, known in PEOPLE.items() if known == name))

    def sheet(self, plan: str) -> Message:
        """The count sheet of a plan."""
        return next(
            m for m in self.workspace.messages(PARTS) if m.bot_id and self.person("Ana").reads(m).startswith(plan)
        )

    def enter(self, name: str, plan: str, counts: Mapping[str, str]) -> SubmitResult:
        """Count by modal: open the sheet's page, fill in, save, leave."""
        person = self.person(name)
        assert person.click(PARTS, self.sheet(plan).ts, action_id=ids.ENTER_COUNTS).ok
        result = self.save(name, counts)
        if person.view is not None:
            person.close_view(whole_stack=True)
        return result

    def save(self, name: str, counts: Mapping[str, str]) -> SubmitResult:
        """Fill in the page that is open and save it."""
        person = self.person(name)
        fields = count_fields(person.view or {"blocks": []}, counts)
        assert len(fields) == len(counts), f"not all of {sorted(counts)} are on the page:\n{person.view}"
        result = person.submit(fields)
        assert result.problem is None, result
        return result

    def recount(self, name: str, sku: str, quantity: str) -> None:
        """Answer a recount by the button of its direct message."""
        person = self.person(name)
        ask = next(message for message in person.inbox() if message.bot_id and f"({sku})" in person.reads(message))
        assert f"@{name}" in person.reads(ask)
        assert person.click(ask.channel, ask.ts, action_id=ids.ENTER_RECOUNT).ok
        assert self.save(name, {sku: quantity}).errors is None
        if person.view is not None:
            person.close_view(whole_stack=True)

    def reply(self, name: str, plan: str, text: str) -> str:
        """Reply in a sheet's thread, and wait until the bot has dealt with it."""
        ts = self.person(name).say(PARTS, text, thread_ts=self.sheet(plan).ts)
        self.workspace.wait_until_quiet()
        return ts

    def write(self, name: str, text: str) -> str:
        """Write to the bot in a direct message, and wait until what it says is delivered."""
        ts = self.person(name).say(self.workspace.dm_channel(self.person(name).id), text)
        self.workspace.wait_until_quiet()
        self.deliver()
        return ts

    def asked(self, name: str) -> str:
        """The first line of what the bot wrote to somebody last, by direct message."""
        person = self.person(name)
        return person.reads([message for message in person.inbox() if message.bot_id][-1]).split("\n")[0]

    def told(self, name: str) -> str:
        """The last thing only that person saw."""
        person = self.person(name)
        shown = person.ephemerals()
        return person.reads(shown[-1]) if shown else ""

    def card(self, sku: str) -> Message:
        """The review card of a SKU."""
        ben = self.person("Ben")
        return next(m for m in self.workspace.messages(REVIEW) if ben.reads(m).startswith(sku))

    def card_text(self, sku: str) -> str:
        """The review card of a SKU as Ben reads it."""
        return self.person("Ben").reads(self.card(sku))

    # -- the books

    def level(self, sku: str) -> StockLevel:
        """The stock level of a SKU (each is in one bin here)."""
        with self.database.read() as session:
            return session.exec(
                select(StockLevel).join(Item, col(Item.id) == col(StockLevel.item_id)).where(Item.sku == sku)
            ).one()

    def ledger(self, sku: str) -> list[tuple[str, int, str | None]]:
        """The ledger of a SKU: kind, quantity, reason."""
        with self.database.read() as session:
            rows = session.exec(
                select(StockEntry)
                .join(Item, col(Item.id) == col(StockEntry.item_id))
                .where(Item.sku == sku)
                .order_by(col(StockEntry.id))
            ).all()
            return [(row.kind.value, int(row.quantity), row.reason) for row in rows]

    def states(self) -> dict[str, LineState]:
        """The state of the newest line of each SKU."""
        with self.database.read() as session:
            rows = session.exec(
                select(Item, Location, CountLine)
                .join(CountLine, col(CountLine.item_id) == col(Item.id))
                .join(Location, col(Location.id) == col(CountLine.location_id))
                .order_by(col(CountLine.id))
            ).all()
            return {item.sku: line.state for item, _, line in rows}

    def problems(self) -> list[str]:
        """What `check` finds."""
        with self.database.read() as session:
            return run_checks(session)


@contextmanager
def office(database: Database, transport: Transport, start: datetime, *, stock: str | None = None) -> Iterator[Office]:
    """All of it, running on 127.0.0.1."""
    workspace = Workspace(clock=SandboxClock.manual(start), limits=Limits().without_rates())
    for slack_id, name in PEOPLE.items():
        workspace.add_user(slack_id, name=name)
    workspace.add_channel(PARTS, name="parts", members=list(PEOPLE))
    workspace.add_channel(REVIEW, name="review", members=["U02DAN", "U03BEN", "U04EVA", "U05KIM"], private=True)
    with ExitStack() as stack:
        server = stack.enter_context(SandboxServer(workspace))
        made = Office(database, workspace, server, stock or stock_file())
        if transport == "http":
            workspace.use_http(stack.enter_context(served(made)))
        else:
            socket = Socket(made.app, workspace.app_token)
            socket.connect()
            stack.callback(socket.drain)
            workspace.wait_for(lambda: workspace.sockets.connected)
        yield made


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The app behind a real HTTP server; yields the URL for Slack."""
    server = make_server("127.0.0.1", 0, web_application(office.app, office.database), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/slack/events"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
