"""A small world to count in: a warehouse, the things its people do, and a clock that moves by hand.

Every verb opens its own transaction, as the edge does, and then lets a second pass, so that no two things happen at
once unless a test wants it.

    world = World(database, NOW)
    bolts = world.stock("BOLT-10", "A-01-03", on_hand=100)
    line = world.line(bolts)                  # opened by starting the plan
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 90
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from sqlmodel import Session, col, select

from models.counts import OPEN_STATES, CountEntry, CountLine, CountSession, Decision, EntrySource, Judgement
from models.database import Database
from models.people import Member
from models.plans import AtDue, CountPlan
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services import (
    checks,
    countable,
    counts,
    decisions,
    expiry,
    lines,
    movements,
    people,
    plans,
    reversals,
    reviews,
    spot_counts,
)
from models.services.count_answers import Counted
from models.services.people import Person
from models.services.spot_counts import SpotCounts
from models.stock import EntryKind, StockEntry, StockLevel
from scheduler.sealing import seal
from tests.builders import Number, Stock, Warehouse

SECOND = timedelta(seconds=1)


class World(Warehouse):
    """Team Fleet Parts: Ana, Dan and Fay count; Ben approves up to 500 EUR, Eva any value; Kim is stock control."""

    def __init__(
        self, database: Database, now: datetime, *, recounts: int = 1, at_due: AtDue = AtDue.EXPIRE, lines: int = 12
    ) -> None:
        super().__init__(database, now, recounts=recounts, at_due=at_due, lines=lines)
        self._keys = (f"key {number}" for number in count())

    # -- time

    def clock(self, time: str) -> datetime:
        """Move the clock to "09:00" (UTC) of the day it stands on, and return that instant."""
        hours, minutes = time.split(":")
        self.now = self.now.astimezone(UTC).replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0)
        return self.now

    @contextmanager
    def step(self) -> Iterator[Session]:
        """One transaction at the present time; a second passes after it, also when it is refused."""
        try:
            with self.database.write() as session:
                yield session
        finally:
            self.now += SECOND

    def seal(self) -> tuple[int, ...]:
        """Seal what was committed so far; returns the ids of the seals."""
        return seal(self.database, self.now)

    # -- the loop

    def start(self, plan_id: int | None = None) -> CountSession:
        """Start a session of the plan (the team's own, unless another is given)."""
        with self.step() as session:
            plan = session.get_one(CountPlan, plan_id or self.plan_id)
            started = plans.start(session, plan, scheduled_for=self.now, now=self.now, actor="test")
        assert started is not None
        return started

    def spot_count(self, who: str, *names: str) -> SpotCounts:
        """`who` wants things counted now."""
        person = self.person(who)
        with self.database.read() as session:
            things = [countable.find_things(session, name)[0] for name in names]
            request = spot_counts.prepare(session, person, things)
        with self.step() as session:
            return spot_counts.start(session, person=person, request=request, now=self.now)

    def line(self, stock: Stock) -> int:
        """The id of the open line of a stock; a session is started when there is none."""
        if (found := self._open_line(stock)) is None:
            self.start()
            found = self._open_line(stock)
        assert found is not None, f"{stock.sku} was not chosen"
        return found

    def _open_line(self, stock: Stock) -> int | None:
        with self.database.read() as session:
            return session.exec(
                select(CountLine.id).where(
                    CountLine.item_id == stock.item_id,
                    CountLine.location_id == stock.location_id,
                    col(CountLine.state).in_(OPEN_STATES),
                )
            ).one_or_none()

    def open_lines(self, session_id: int) -> set[int]:
        """Ids of the lines of a session that are open."""
        with self.database.read() as session:
            ids = session.exec(
                select(col(CountLine.id)).where(
                    CountLine.session_id == session_id, col(CountLine.state).in_(OPEN_STATES)
                )
            ).all()
        return {line_id for line_id in ids if line_id is not None}

    def person(self, name: str) -> Person:
        """The person as the database knows them now."""
        with self.database.read() as session:
            return people.require_person(session, f"U01{name.upper()}", self.now)

    def count(
        self, line_id: int, who: str, quantity: Number, *, at: datetime | None = None, key: str | None = None,
        source: EntrySource = EntrySource.MODAL,
    ) -> Counted:  # fmt: skip
        """`who` counts a line; `at` is the count instant, now unless given."""
        person = self.person(who)
        with self.step() as session:
            return counts.record(
                session, person=person, line_id=line_id, quantity=Decimal(quantity), counted_at=at or self.now,
                source=source, source_key=key or next(self._keys), now=self.now,
            )  # fmt: skip

    def skip(self, line_id: int, who: str, reason: str = "blocked by a pallet") -> None:
        """`who` cannot count a line."""
        person = self.person(who)
        with self.step() as session:
            counts.skip(session, person=person, line_id=line_id, reason=reason, now=self.now)

    def expire(self) -> list[int]:
        """Expire every line whose time is up; returns their ids."""
        with self.step() as session:
            return [due for due in expiry.lines_due(session, self.now) if expiry.expire_line(session, due, self.now)]

    def approve(self, line_id: int, who: str, *, version: int | None = None) -> decisions.Ruling:
        """`who` approves the last attempt, by the newest card unless an older version is given."""
        person, seen = self.person(who), version or self.version(line_id)
        with self.step() as session:
            return decisions.approve(
                session, person=person, line_id=line_id, version=seen, reason=Reason.UNKNOWN, now=self.now
            )

    def adjust(self, line_id: int, who: str, quantity: Number, *, reason: Reason = Reason.COUNT_ERROR,
               note: str = "") -> decisions.Ruling:  # fmt: skip
        """`who` says how much was there at the count."""
        person, seen = self.person(who), self.version(line_id)
        with self.step() as session:
            return decisions.adjust(
                session, person=person, line_id=line_id, version=seen, quantity=Decimal(quantity), reason=reason,
                note=note, now=self.now,
            )  # fmt: skip

    def ask_recount(self, line_id: int, who: str, *, version: int | None = None) -> decisions.Ruling:
        """`who` sends the line back for a recount."""
        person, seen = self.person(who), version or self.version(line_id)
        with self.step() as session:
            return decisions.recount(session, person=person, line_id=line_id, version=seen, now=self.now)

    def reject(
        self, line_id: int, who: str, *, reason: Reason = Reason.COUNT_ERROR, note: str = ""
    ) -> decisions.Ruling:
        """`who` does not believe the count."""
        person, seen = self.person(who), self.version(line_id)
        with self.step() as session:
            return decisions.reject(
                session, person=person, line_id=line_id, version=seen, reason=reason, note=note, now=self.now
            )

    def take_back(
        self, line_id: int, who: str, *, note: str = "wrong bin", version: int | None = None
    ) -> decisions.Ruling:
        """`who` takes back the last decision about a line, by the newest card unless an older version is given."""
        person, seen = self.person(who), version or self.version(line_id)
        with self.step() as session:
            return reversals.reverse(session, person=person, line_id=line_id, version=seen, note=note, now=self.now)

    def post(
        self, stock: Stock, kind: EntryKind, quantity: Number, *, occurred_at: datetime | None = None
    ) -> StockEntry:
        """Record a movement of a signed quantity, now unless it occurred earlier."""
        with self.step() as session:
            return movements.record(
                session, item_id=stock.item_id, location_id=stock.location_id, kind=kind, quantity=Decimal(quantity),
                occurred_at=occurred_at or self.now, now=self.now,
            )  # fmt: skip

    def receive(self, stock: Stock, quantity: Number, *, occurred_at: datetime | None = None) -> None:
        """Stock arrives."""
        self.post(stock, EntryKind.RECEIPT, quantity, occurred_at=occurred_at)

    def issue(self, stock: Stock, quantity: Number, *, occurred_at: datetime | None = None) -> None:
        """Stock leaves; `quantity` is positive."""
        self.post(stock, EntryKind.ISSUE, -Decimal(quantity), occurred_at=occurred_at)

    # -- looking

    def see(self, line_id: int) -> CountLine:
        """The line as it stands."""
        with self.database.read() as session:
            return session.get_one(CountLine, line_id)

    def state(self, line_id: int) -> LineState:
        """The state of a line."""
        return self.see(line_id).state

    def version(self, line_id: int) -> int:
        """The version of a line, which the newest card carries."""
        return self.see(line_id).version

    def level(self, stock: Stock) -> StockLevel:
        """The level row of a stock."""
        with self.database.read() as session:
            return session.get_one(StockLevel, stock.level_id)

    def on_hand(self, stock: Stock) -> Decimal:
        """On-hand of a stock now."""
        return self.level(stock).on_hand

    def entries(self, line_id: int) -> list[CountEntry]:
        """Every number entered for a line, oldest first."""
        with self.database.read() as session:
            return lines.entries_of(session, line_id)

    def judgements(self, entry: CountEntry) -> list[Judgement]:
        """Every judgement of one entry, oldest first."""
        with self.database.read() as session:
            return list(
                session.exec(select(Judgement).where(Judgement.entry_id == entry.id).order_by(col(Judgement.id)))
            )

    def decided(self, line_id: int) -> list[Decision]:
        """Every decision about a line, oldest first."""
        with self.database.read() as session:
            return lines.decisions_of(session, line_id)

    def adjustments(self, stock: Stock) -> list[StockEntry]:
        """The ledger's adjustments of a stock, oldest first."""
        with self.database.read() as session:
            return list(
                session.exec(
                    select(StockEntry)
                    .where(
                        StockEntry.item_id == stock.item_id,
                        StockEntry.location_id == stock.location_id,
                        StockEntry.kind == EntryKind.ADJUSTMENT,
                    )
                    .order_by(col(StockEntry.id))
                )
            )

    def proposal(self, line_id: int) -> reviews.Proposal:
        """What Approve would do now."""
        with self.database.write() as session:
            return reviews.proposal(session, lines.lock_line(session, line_id, self.now))

    def asked(self, line_id: int) -> str | None:
        """Who is asked for a recount, as "dan"; None for nobody."""
        with self.database.read() as session:
            member_id = session.get_one(CountLine, line_id).asked_member_id
            return None if member_id is None else people.display_name(session.get_one(Member, member_id)).lower()

    def problems(self) -> list[str]:
        """What the invariants say; empty when all is well."""
        with self.database.read() as session:
            return checks.run_checks(session)
