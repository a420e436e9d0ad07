"""What the tour's steps are made of: acting as a person, printing what is seen, and checking what must hold."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TextIO, TypeVar

from sqlmodel import col, select

from bot import ids
from bot.demo.world import PARTS, REVIEW, ZONE, DemoFailed, World
from bot.sandbox.json_types import JsonObject
from bot.sandbox.results import SubmitResult
from bot.sandbox.state import Message
from models.catalog import Item, Location
from models.rules import wording
from models.services import movements
from models.services.checks import run_checks
from models.stock import EntryKind, StockEntry, StockLevel

T = TypeVar("T")

PATIENCE = 15.0
"""Seconds a step may take; the bot's process paces itself to one message a second a channel."""
INDENT = "    "


def count_fields(view: JsonObject, counts: Mapping[str, str]) -> dict[str, str]:
    """Quantities by SKU as quantities by field of a count page: a field's hint begins with its SKU."""
    return {
        block["block_id"]: counts[sku]
        for block in view["blocks"]
        if block["type"] == "input"
        for sku in [block["hint"]["text"].split(" · ")[0]]
        if sku in counts
    }


class Script:
    """The tour's hands, eyes and pen."""

    def __init__(self, world: World, out: TextIO) -> None:
        self.world = world
        self.sheet_ts = ""
        self._out = out
        self._step = 0

    # --- the pen

    def say(self, text: str) -> None:
        """Print a line."""
        self._out.write(f"{text}\n")
        self._out.flush()

    def heading(self, text: str) -> None:
        """Begin a step."""
        self._step += 1
        self.say(f"\n{self._step}. {text}")

    def does(self, name: str, what: str) -> None:
        """Print what somebody does."""
        self.say(f"  {name}: {what}")

    def saw(self, name: str, text: str) -> None:
        """Print what Slack showed somebody."""
        self.say(f"  {name} sees:")
        for line in text.splitlines():
            self.say(f"{INDENT}| {line}")

    def shows(self, name: str, channel: str, ts: str) -> None:
        """Print a message as somebody reads it."""
        self.saw(name, self.read(name, channel, ts))

    def shows_view(self, name: str) -> None:
        """Print the modal somebody has open."""
        view = self.world.person(name).view
        self.expect(view is not None, f"{name} has a modal open")
        self.saw(name, self.world.person(name).reads(view) if view else "")

    def ledger(self, sku: str, location: str) -> None:
        """Print the newest ledger row of a stock and its on-hand."""
        with self.world.database.read() as session:
            level, item = session.exec(
                select(StockLevel, Item)
                .join(Item, col(Item.id) == col(StockLevel.item_id))
                .join(Location, col(Location.id) == col(StockLevel.location_id))
                .where(Item.sku == sku, Location.code == location)
            ).one()
            entry = session.exec(
                select(StockEntry)
                .where(StockEntry.item_id == level.item_id, StockEntry.location_id == level.location_id)
                .order_by(col(StockEntry.id).desc())
                .limit(1)
            ).one()
        why = " · ".join(filter(None, [entry.reason, entry.reference]))
        self.say(
            f"  ledger: {sku} {location} {entry.kind} {wording.signed(entry.quantity)} {item.unit} ({why}), "
            f"occurred {entry.occurred_at.astimezone(ZONE):%H:%M}, on-hand {wording.quantity(level.on_hand)}"
        )

    # --- what must hold

    def expect(self, holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence: expect(x == y, "...")
        """Raise DemoFailed unless it holds."""
        if not holds:
            raise DemoFailed(f"Step {self._step} did not hold: {what}.\n{self.world.workspace.describe()}")

    def wait(self, what: str, look: Callable[[], T | None]) -> T:
        """Wait until `look()` is truthy and return it."""
        try:
            found = self.world.workspace.wait_for(look, PATIENCE, every=0.1)
        except TimeoutError as error:
            self.world.require_bot()
            raise DemoFailed(f"Step {self._step}: {what} did not come within {PATIENCE:.0f} s.\n{error}") from error
        assert found is not None  # noqa: S101 - narrows the type: only a truthy value ends the wait
        return found

    def on_hand(self, sku: str, location: str) -> str:
        """On-hand of a stock, as said."""
        return wording.quantity(self.all_on_hand()[sku, location])

    def all_on_hand(self) -> dict[tuple[str, str], Decimal]:
        """On-hand of every stock, by SKU and bin."""
        with self.world.database.read() as session:
            rows = session.exec(
                select(StockLevel, Item, Location)
                .join(Item, col(Item.id) == col(StockLevel.item_id))
                .join(Location, col(Location.id) == col(StockLevel.location_id))
            ).all()
        return {(item.sku, location.code): level.on_hand for level, item, location in rows}

    def problems(self) -> list[str]:
        """What `check` finds."""
        with self.world.database.read() as session:
            return run_checks(session)

    # --- acting

    def message(self, name: str, channel: str, ts: str) -> Message:
        """A message as it is now."""
        del name
        return self.world.workspace.message(channel, ts)

    def read(self, name: str, channel: str, ts: str) -> str:
        """A message as somebody reads it."""
        return self.world.person(name).reads(self.message(name, channel, ts))

    def click(self, name: str, channel: str, ts: str, action_id: str) -> None:
        """Click the button with that id, in its newest drawing."""
        result = self.world.person(name).click(channel, ts, action_id=action_id)
        self.expect(result.ok, f"{name}'s click on {action_id} is acknowledged ({result.problem})")

    def click_text(self, name: str, channel: str, ts: str, label: str, seen: Message | None = None) -> str:
        """Click the button whose label begins with `label`, print the answer and return it ("" for none)."""
        person = self.world.person(name)
        shown = seen or self.message(name, channel, ts)
        button = next(
            (
                element
                for block in shown.blocks
                if block["type"] == "actions"
                for element in block["elements"]
                if element["type"] == "button" and element["text"]["text"].startswith(label)
            ),
            None,
        )
        if button is None:
            raise DemoFailed(f"Step {self._step}: there is no button “{label}” on\n{person.reads(shown)}")
        self.does(name, f"[ {button['text']['text']} ]")
        before = len(person.ephemerals())
        result = person.click(channel, ts, action_id=button["action_id"], seen=seen)
        self.expect(result.ok, f"{name}'s click on {label} is acknowledged ({result.problem})")
        answers = [person.reads(message) for message in person.ephemerals()[before:]]
        if answers:
            self.saw(name, "\n".join(answers))
        return "\n".join(answers)

    def choose_cause(self, name: str, sku: str, cause: str) -> None:
        """Choose the cause on a review card."""
        self.does(name, f"chooses “{cause}”")
        result = self.world.person(name).choose(REVIEW, self.card(sku), cause, action_id=ids.CAUSE)
        self.expect(result.ok, f"the choice is acknowledged ({result.problem})")

    def submit(self, name: str, counts: Mapping[str, str]) -> SubmitResult:
        """Fill quantities into the open count page, by SKU, and save it."""
        person = self.world.person(name)
        fields = count_fields(person.view or {"blocks": []}, counts)
        self.expect(len(fields) == len(counts), f"every one of {sorted(counts)} is on {name}'s page")
        self.does(name, "enters " + ", ".join(f"{sku} {quantity}" for sku, quantity in counts.items()))
        result = person.submit(fields)
        self.expect(result.problem is None, f"the submission is answered ({result.problem})")
        return result

    def fill_in_form(self, name: str, values: Mapping[str, str | list[str]]) -> None:
        """Fill fields of the open form in by block id; the bot hears of each, as while somebody types."""
        said = [value if isinstance(value, str) else ", ".join(value) for value in values.values()]
        self.does(name, f"enters {' · '.join(said)}")
        for block_id, value in values.items():
            told = self.world.person(name).enter(block_id, value)
            self.expect(told is None or told.ok, f"the form takes {value!r} ({told and told.problem})")

    def submit_form(self, name: str) -> None:
        """Submit the open form as it is and print what it says."""
        person = self.world.person(name)
        before = len(person.ephemerals())
        result = person.submit()
        self.expect(result.errors is None and result.problem is None, f"the form is accepted ({result})")
        answers = self.wait("an answer to the form", lambda: person.ephemerals()[before:])
        self.saw(name, "\n".join(person.reads(message) for message in answers))

    def close_views(self, name: str) -> None:
        """Close whatever modal is still open."""
        if self.world.person(name).view is not None:
            self.world.person(name).close_view(whole_stack=True)

    def fill(self, name: str, *, reason: str, note: str, quantity: str | None = None) -> None:
        """Fill in a decision's modal and submit it."""
        person = self.world.person(name)
        view = person.view or {"blocks": []}
        values = {"number_input": quantity, "static_select": reason, "plain_text_input": note}
        fields = {
            block["block_id"]: values[block["element"]["type"]]
            for block in view["blocks"]
            if block["type"] == "input" and values.get(block["element"]["type"]) is not None
        }
        said = [part for part in (quantity, reason, note) if part]
        self.does(name, "submits " + " · ".join(said))
        result = person.submit(fields)
        self.expect(result.errors is None and result.problem is None, f"it is accepted ({result.errors or result})")
        self.close_views(name)

    def reply(self, name: str, text: str) -> None:
        """Reply in the sheet's thread, wait until it was handled, and print the answer."""
        person = self.world.person(name)
        before = len(person.ephemerals())
        self.does(name, "replies  " + "  ↵  ".join(text.splitlines()))
        person.say(PARTS, text, thread_ts=self.sheet_ts)
        self.wait("an answer to the reply", lambda: len(person.ephemerals()) > before)
        self.saw(name, "\n".join(person.reads(message) for message in person.ephemerals()[before:]))

    def recount(self, name: str, sku: str, quantity: str) -> None:
        """Answer the recount of a SKU that was asked of somebody."""
        person = self.world.person(name)
        ask = self.wait(f"the recount of {sku}", lambda: self._recount_ask(name, sku))
        self.saw(name, person.reads(ask))
        self.click(name, ask.channel, ask.ts, ids.ENTER_RECOUNT)
        result = self.submit(name, {sku: quantity})
        self.expect(result.errors is None, f"the recount is saved ({result.errors})")
        self.close_views(name)

    def receive(self, sku: str, location: str, quantity: str, reference: str) -> None:
        """Post a receipt, as the system of record would tell it."""
        now = self.world.now()
        with self.world.database.write() as session:
            level = session.exec(
                select(StockLevel)
                .join(Item, col(Item.id) == col(StockLevel.item_id))
                .join(Location, col(Location.id) == col(StockLevel.location_id))
                .where(Item.sku == sku, Location.code == location)
            ).one()
            movements.record(
                session,
                item_id=level.item_id,
                location_id=level.location_id,
                kind=EntryKind.RECEIPT,
                quantity=Decimal(quantity),
                occurred_at=now,
                now=now,
                reference=reference,
            )

    def slash(self, name: str, line: str) -> None:
        """Send a slash command and print the answer."""
        person = self.world.person(name)
        before = len(person.ephemerals())
        self.does(name, line)
        result = person.slash(PARTS, line)
        self.expect(result.ok, f"{line} is answered ({result.problem})")
        if told := person.ephemerals()[before:]:  # nothing, when a form was opened
            self.saw(name, "\n".join(person.reads(message) for message in told))

    # --- the review channel

    def cards(self) -> list[Message]:
        """Review cards, oldest first."""
        return [message for message in self.world.workspace.messages(REVIEW) if message.bot_id is not None]

    def card(self, sku: str) -> str:
        """The `ts` of the review card of a SKU."""
        for message in self.cards():
            if re.match(rf"\W*{re.escape(sku)}\b", self.world.person("Ben").reads(message)):
                return message.ts
        raise DemoFailed(f"Step {self._step}: there is no review card for {sku}")

    def _recount_ask(self, name: str, sku: str) -> Message | None:
        person = self.world.person(name)
        asks = (message for message in person.inbox() if message.bot_id and f"({sku})" in person.reads(message))
        return next(asks, None)
