"""A machine that does everything to three stocks in any order, against a plain model: a list of what moved, and when.

The model knows four rules: on-hand is the sum of what moved; an accepted count posts what the list lacks, as of its
count instant; a number within tolerance (2 pieces here) is accepted by itself unless the record was corrected since;
an import posts what the file lacks, unless a count was posted since the last import. Who may do what, and how a line
moves, is not modelled: a refusal is allowed as long as it changes nothing. After every step on-hand is the model's
and `bot check` finds nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from models.counts import CountEntry, CountLine, CountSession
from models.database import Database
from models.errors import CycleCountError
from models.rules.lines import LineState
from models.rules.tolerance import Measure, has_authority
from models.services import imports, lines
from models.services.review_totals import waiting_totals
from models.stock import EntryKind
from tests.conftest import NOW
from tests.databases import PostgresServer, SqliteTemplate, opened
from tests.services.adding import add, done, open_parts
from tests.services.stock_model import Book
from tests.world import World

TOLERANCE = 2

stocks = st.integers(0, 2)
counters = st.sampled_from(["ana", "dan", "fay"])
approvers = st.sampled_from(["ben", "eva", "kim", "ana"])
amounts = st.decimals(min_value="0.001", max_value=50, places=3)
offsets = st.sampled_from([0, 0, 1, -2, Decimal("2.001"), -10, 40])
moments = st.integers(0, 6)


class Accepted(NamedTuple):
    """What was accepted of a line, by which entry, and what the ledger got for it."""

    entry_id: int
    instant: datetime
    quantity: Decimal
    posted: Decimal


class StockMachine(RuleBasedStateMachine):
    """The rules. `fresh_database` opens an empty one for each run."""

    fresh_database: Callable[[], AbstractContextManager[Database]]

    @initialize(recounts=st.integers(0, 2))
    def build(self, recounts: int) -> None:
        self.open = ExitStack()
        self.world = World(self.open.enter_context(type(self).fresh_database()), NOW, recounts=recounts)
        self.world.tolerate(Measure.QUANTITY, TOLERANCE)
        costs = (1, None, 100)
        self.stocks = [self.world.stock(f"SKU-{n}", f"A-0{n}", 100, unit_cost=costs[n]) for n in range(3)]
        before = NOW - timedelta(hours=1)
        self.books = [Book([(before, Decimal(100), EntryKind.OPENING)]) for _ in self.stocks]
        self.costs = [None if cost is None else Decimal(cost) for cost in costs]
        self.lines: list[list[int]] = [[] for _ in self.stocks]
        self.accepted: dict[int, list[Accepted]] = {}
        self.moments = [before]
        self.begun: dict[int, datetime] = {}

    # -- stock moves

    @rule(n=stocks, quantity=amounts, kind=st.sampled_from([EntryKind.RECEIPT, EntryKind.ISSUE]), ago=moments)
    def move(self, n: int, quantity: Decimal, kind: EntryKind, ago: int) -> None:
        self._post(n, kind, quantity if kind is EntryKind.RECEIPT else -quantity, self._moment(ago))

    @rule(n=stocks, to=stocks, quantity=amounts, ago=moments)
    def transfer(self, n: int, to: int, quantity: Decimal, ago: int) -> None:
        moment = self._moment(ago)
        self._post(n, EntryKind.TRANSFER_OUT, -quantity, moment)
        self._post(to, EntryKind.TRANSFER_IN, quantity, moment)

    @rule(n=stocks, says=st.sampled_from(["on-hand", "last", "other"]), quantity=amounts, ago=moments)
    def import_file(self, n: int, says: str, quantity: Decimal, ago: int) -> None:
        book, as_of = self.books[n], self._moment(ago)
        if says == "on-hand":
            quantity = max(book.at(as_of), Decimal(0))
        elif says == "last":
            quantity = book.imported or quantity
        row = f"SKU-{n},Sku-{n},,kg,{self.costs[n] or ''},A-0{n},{quantity}"
        file = StringIO(f"sku,name,category,unit,unit_cost,location,on_hand\n{row}\n")
        open_line = self._recount_line(n)
        with self.world.step() as session:
            imports.import_stock(session, file, now=self.world.now, as_of=as_of)
        difference = quantity - book.at(as_of)
        if quantity == book.imported or (difference and book.adjusted_since_import):
            return
        book.imported, book.adjusted_since_import = quantity, False
        if difference:
            book.moved.append((as_of, difference, EntryKind.IMPORT))
            self._settled_by_late_movement(n, open_line, as_of)

    # -- counting

    @rule()
    def start(self) -> None:
        self.world.start()
        for n, stock in enumerate(self.stocks):
            line_id = self.world._open_line(stock)
            if line_id is not None and line_id not in self.lines[n]:
                self.lines[n].append(line_id)

    @rule(n=stocks, who=counters, offset=offsets, ago=st.integers(0, 3))
    def count(self, n: int, who: str, offset: Decimal | int, ago: int) -> None:
        line = self._line(n)
        if line is None:
            self.start()
            line = self.world.see(self.lines[n][-1])
        instant = max(self.world.now - timedelta(seconds=ago), self._started_at(line))
        quantity = max(self.books[n].at(instant) + offset, Decimal(0))
        try:
            counted = self.world.count(self._id(line), who, quantity, at=instant)
        except CycleCountError as refusal:
            return self._refused(refusal)
        self.moments.append(instant)
        if counted.is_note or line.state is LineState.IN_REVIEW:
            return None
        book = self.books[n]
        variance = quantity - book.at(instant)
        settles = abs(variance) <= TOLERANCE and not (variance and book.corrected_after(instant))
        assert (self.world.state(self._id(line)) is LineState.RECONCILED) == settles
        if settles:
            self._accept(n, self._id(line), quantity)
        return None

    @rule(n=stocks, who=counters, quantity=amounts | st.just(Decimal(50)))
    def add_a_part(self, n: int, who: str, quantity: Decimal) -> None:
        line = self._line(n)
        if line is not None:
            try:
                add(self.world, self._id(line), who, quantity)
            except CycleCountError as refusal:
                self._refused(refusal)

    @rule(n=stocks, who=counters)
    def say_done(self, n: int, who: str) -> None:
        line = self._line(n)
        if line is None:
            return None
        given, instant = open_parts(self.world, self._id(line)), self.world.now
        try:
            done(self.world, self._id(line), who)
        except CycleCountError as refusal:
            return self._refused(refusal)
        self.moments.append(instant)
        book, quantity = self.books[n], sum((part.quantity for part in given), Decimal(0))
        last = self._last_attempt(self._id(line))
        assert (last.quantity, last.counted_at) == (quantity, instant)
        assert last.id is not None
        self.begun[last.id] = given[0].counted_at
        variance = quantity - book.at(instant)
        settles = abs(variance) <= TOLERANCE and not self._is_doubtful(n, last)
        settles = settles and not (variance and book.corrected_after(instant))
        assert (self.world.state(self._id(line)) is LineState.RECONCILED) == settles
        if settles:
            self._accept(n, self._id(line), quantity)
        return None

    def _is_doubtful(self, n: int, entry: CountEntry) -> bool:
        """Whether stock moved between the first part of a sum and its end; what its own line posted is no movement."""
        begun = self.begun.get(entry.id or 0)
        return begun is not None and any(
            begun < when <= entry.counted_at and kind is not EntryKind.ADJUSTMENT
            for when, _, kind in self.books[n].moved
        )

    @rule(n=stocks, who=counters, left_out=st.sampled_from([0, 0, 1, 10]))
    def add_up(self, n: int, who: str, left_out: int) -> None:
        """A new count of a stock in two parts, of all there is or nearly."""
        if self.world._open_line(self.stocks[n]) is None:
            self.start()
        self.add_a_part(n, who, Decimal(1))
        self.add_a_part(n, "fay", max(self.books[n].on_hand - 1 - left_out, Decimal(0)))
        self.say_done(n, who)

    @rule(n=stocks, off=st.sampled_from([-10, -5, 7, 40]))
    def find_a_variance(self, n: int, off: int) -> None:
        """A new count of a stock, and all the recounts that are asked for, with the same variance."""
        if self.world._open_line(self.stocks[n]) is None:
            self.start()
        for who in ("ana", "dan", "fay"):
            self.count(n, who, off, 0)

    @rule(n=stocks, who=counters)
    def skip(self, n: int, who: str) -> None:
        line = self._line(n)
        if line is not None:
            try:
                self.world.skip(self._id(line), who)
            except CycleCountError as refusal:
                self._refused(refusal)

    @rule(hours=st.sampled_from([1, 5]))
    def expire(self, hours: int) -> None:
        self.world.now += timedelta(hours=hours)
        self.world.expire()

    # -- deciding

    @rule(n=stocks, who=approvers, quantity=st.none() | amounts)
    def approve_or_adjust(self, n: int, who: str, quantity: Decimal | None) -> None:
        n, line = self._waiting(n)
        if line is None:
            return None
        line_id = self._id(line)
        try:
            ruling = self.world.approve(line_id, who) if quantity is None else self.world.adjust(line_id, who, quantity)
        except CycleCountError as refusal:
            return self._refused(refusal)
        assert line.state is LineState.IN_REVIEW
        last = self._last_attempt(line_id)
        assert not self.books[n].corrected_after(last.counted_at)
        accepted = self.accepted.get(line_id)
        proposed = accepted[-1].quantity if accepted and accepted[-1].entry_id == last.id else last.quantity
        wanted = proposed if quantity is None else quantity
        posted = wanted - self.books[n].at(last.counted_at)
        cost = self.costs[n]
        value = Decimal(0) if posted == 0 else None if cost is None else posted * cost
        assert (ruling.decision is not None) == has_authority(limit=Decimal(500) if who == "ben" else None, value=value)
        if ruling.decision is not None:
            assert ruling.decision.posted == posted
            self._accept(n, line_id, wanted)
        return None

    @rule(n=stocks, who=approvers, how=st.sampled_from(["reject", "ask_recount"]))
    def send_away(self, n: int, who: str, how: str) -> None:
        n, line = self._waiting(n)
        if line is None:
            return None
        try:
            getattr(self.world, how)(self._id(line), who)
        except CycleCountError as refusal:
            return self._refused(refusal)
        assert line.state is LineState.IN_REVIEW
        return None

    @rule(n=stocks, who=st.sampled_from(["ben", "eva", "kim"]), older=st.sampled_from([0, 0, 0, 1]))
    def take_back(self, n: int, who: str, older: int) -> None:
        found = [line_id for line_id in self.lines[n] if line_id in self.accepted]
        if len(found) <= older:
            return None
        line_id = found[-1 - older]
        was_settled = self.world.state(line_id) is LineState.RECONCILED
        try:
            self.world.take_back(line_id, who)
        except CycleCountError as refusal:
            return self._refused(refusal)
        assert was_settled
        assert self.world.state(line_id) is LineState.IN_REVIEW
        last = self.accepted[line_id].pop()
        self.books[n].take_back(last.posted, last.instant)
        return None

    @rule(n=stocks, who=st.sampled_from(["eva", "kim"]))
    def count_and_take_back(self, n: int, who: str) -> None:
        """A new count of a stock that is right, taken back at once."""
        if self.world._open_line(self.stocks[n]) is None:
            self.start()
        self.count(n, "fay", 0, 0)
        self.take_back(n, who, 0)

    # -- what must hold

    @invariant()
    def on_hand_is_that_of_the_model(self) -> None:
        if hasattr(self, "world"):
            assert [self.world.on_hand(stock) for stock in self.stocks] == [book.on_hand for book in self.books]

    @invariant()
    def nothing_is_wrong(self) -> None:
        if hasattr(self, "world"):
            assert self.world.problems() == []

    @invariant()
    def what_waits_is_told_as_its_cards_tell_it(self) -> None:
        if hasattr(self, "world"):
            kim = self.world.person("kim")
            with self.world.database.read() as session:
                told = waiting_totals(session, kim).lines
            for line in told:
                card = self.world.proposal(line.line_id)
                assert (line.variance, line.value) == (card.variance, card.value)

    def teardown(self) -> None:
        if hasattr(self, "open"):
            self.open.close()

    # -- helpers

    def _post(self, n: int, kind: EntryKind, quantity: Decimal, occurred_at: datetime) -> None:
        waiting = self._recount_line(n)
        self.world.post(self.stocks[n], kind, quantity, occurred_at=occurred_at)
        self.books[n].moved.append((occurred_at, quantity, kind))
        self._settled_by_late_movement(n, waiting, occurred_at)

    def _recount_line(self, n: int) -> CountLine | None:
        line = self._line(n)
        return line if line is not None and line.state is LineState.RECOUNT else None

    def _settled_by_late_movement(self, n: int, waiting: CountLine | None, occurred_at: datetime) -> None:
        """A line that waited for a recount is judged again when the movement occurred before its last count."""
        if waiting is None:
            return
        line_id, book = self._id(waiting), self.books[n]
        last = self._last_attempt(line_id)
        variance = last.quantity - book.at(last.counted_at)
        settles = (
            occurred_at <= last.counted_at
            and abs(variance) <= TOLERANCE
            and not book.corrected_after(last.counted_at)
            and not self._is_doubtful(n, last)
            and not [decision for decision in self.world.decided(line_id) if decision.member_id is not None]
        )
        assert (self.world.state(line_id) is LineState.RECONCILED) == settles
        if settles:
            self._accept(n, line_id, last.quantity)

    def _accept(self, n: int, line_id: int, quantity: Decimal) -> None:
        last = self._last_attempt(line_id)
        assert last.id is not None
        posted = self.books[n].accept(quantity, last.counted_at)
        self.accepted.setdefault(line_id, []).append(Accepted(last.id, last.counted_at, quantity, posted))

    def _last_attempt(self, line_id: int) -> CountEntry:
        with self.world.database.read() as session:
            return lines.attempts_of(session, line_id)[-1].entry

    def _moment(self, ago: int) -> datetime:
        """Now (0), or one of the last count instants: the boundary that everything is judged at."""
        return self.world.now if ago == 0 else self.moments[-min(ago, len(self.moments))]

    def _line(self, n: int) -> CountLine | None:
        """The open line of a stock, else its newest."""
        open_line = self.world._open_line(self.stocks[n])
        line_id = open_line or (self.lines[n][-1] if self.lines[n] else None)
        return None if line_id is None else self.world.see(line_id)

    def _waiting(self, n: int) -> tuple[int, CountLine | None]:
        """A stock whose line waits for a decision, from `n` on, and the line; else stock `n` with the line it has."""
        for at in (n, (n + 1) % 3, (n + 2) % 3):
            line = self._line(at)
            if line is not None and line.state is LineState.IN_REVIEW:
                return at, line
        return n, self._line(n)

    def _started_at(self, line: CountLine) -> datetime:
        with self.world.database.read() as session:
            return session.get_one(CountSession, line.session_id).started_at

    def _id(self, line: CountLine) -> int:
        assert line.id is not None
        return line.id

    def _refused(self, refusal: CycleCountError) -> None:
        assert "cannot be moved" not in str(refusal), "the code tried a move that the diagram does not have"


def run(fresh_database: Callable[[], AbstractContextManager[Database]], examples: int, steps: int) -> None:
    """Run the machine so many times, always the same ones."""
    machine = type("Machine", (StockMachine,), {"fresh_database": staticmethod(fresh_database)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, derandomize=True, deadline=None, database=None
        ),
    )


def test_the_ledger_is_the_models_on_sqlite(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    run(lambda: opened(sqlite_template.url(tmp_path)), examples=20, steps=25)


def test_the_ledger_is_the_models_on_postgresql(postgres_server: PostgresServer) -> None:
    @contextmanager
    def fresh() -> Iterator[Database]:
        with postgres_server.url() as url, opened(url) as database:
            yield database

    run(fresh, examples=3, steps=20)
