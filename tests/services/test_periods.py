"""Locked periods: counts keep their instant, the books take what is decided later on the first open day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select, update

from models.catalog import Item
from models.database import Database
from models.errors import BadFile, BadInput, NotAllowed, WrongState
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Company
from models.periods import PeriodLock
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from models.services import bulk, periods, transfers
from models.services.cards import card_facts
from models.services.exports import adjustment_rows, history_rows
from models.services.item_card import item_card
from models.stock import EntryKind, StockEntry
from tests.builders import Stock
from tests.services.importing import bolts, found, load, move, stock_file
from tests.world import World

COUNTED = datetime(2026, 10, 30, 9, tzinfo=UTC)
AFTER = datetime(2026, 11, 3, 9, tzinfo=UTC)
FIRST = date(2026, 11, 1)


def lock(world: World, period: str = "2026-10", who: str | None = "kim") -> str:
    by = world.person(who) if who else None
    with world.step() as session:
        return periods.lock(session, period, by=by, now=world.now)


def unlock(world: World, period: str = "2026-10", reason: str = "a late invoice", who: str | None = "kim") -> str:
    by = world.person(who) if who else None
    with world.step() as session:
        return periods.unlock(session, period, reason, by=by, now=world.now)


def in_review(world: World, sku: str = "BOLT-10", code: str = "A-01", at: datetime = COUNTED) -> tuple[Stock, int]:
    """A line that was counted twice in October, 90 of 100; it is November by now."""
    world.now = at
    stock = world.stock(sku, code, 100)
    line = world.line(stock)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.now = AFTER
    return stock, line


def last_row(world: World) -> StockEntry:
    with world.database.read() as session:
        row = session.exec(select(StockEntry).order_by(col(StockEntry.id).desc()).limit(1)).first()
    assert row is not None
    return row


# -- locking


def test_a_month_that_is_over_is_locked_and_opened_again_by_stock_control(world: World) -> None:
    world.now = AFTER
    assert lock(world) == "October 2026 is locked. What is decided about counts in it is dated 1 Nov 2026."
    with pytest.raises(WrongState, match=r"October 2026 is locked already, by Kim at 09:00\."):
        lock(world, who=None)
    assert unlock(world) == "October 2026 is open again. What was dated after it meanwhile stays there."
    with pytest.raises(WrongState, match=r"October 2026 is not locked\."):
        unlock(world)
    lock(world, who=None)
    with world.database.read() as session:
        assert periods.listed(session, by=world.person("kim"), now=world.now) == [
            "2026-10 locked by the command line, 09:00",
            "2026-10 open: locked by Kim, 09:00; unlocked by Kim, 09:00: “a late invoice”",
        ]
        trail = session.exec(
            select(AuditEvent.actor, AuditEvent.action, AuditEvent.subject).order_by(col(AuditEvent.id))
        )
        assert [row for row in trail if "period" in row[1]] == [
            ("U01KIM", "lock period", "period 2026-10"),
            ("U01KIM", "unlock period", "period 2026-10"),
            ("command line", "lock period", "period 2026-10"),
        ]


def test_a_month_that_is_not_over_is_refused_with_the_day_from_which_it_works(world: World) -> None:
    with world.database.write() as session:
        session.exec(update(Company).values(timezone="Europe/Berlin"))
    world.now = datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)
    with pytest.raises(WrongState, match=r"October 2026 is not over: it can be locked from 2026-11-01 on\."):
        lock(world)
    world.now = datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert lock(world).startswith("October 2026 is locked.")
    with pytest.raises(WrongState, match="November 2026 is not over"):
        lock(world, "2026-11")


@pytest.mark.parametrize("who", ["ana", "ben", "eva"])
def test_nobody_else_locks_unlocks_or_lists(world: World, who: str) -> None:
    world.now = AFTER
    for do in (lock, unlock):
        with pytest.raises(NotAllowed, match=r"Only stock control (un)?locks periods\. Ask Kim\."):
            do(world, who=who)
    with world.database.read() as session, pytest.raises(NotAllowed):
        periods.listed(session, by=world.person(who), now=world.now)
    with world.database.read() as session:
        assert session.exec(select(PeriodLock)).all() == []


def test_unlocking_needs_a_reason_that_is_kept_whole(small_world: World) -> None:
    small_world.now = AFTER
    lock(small_world)
    with pytest.raises(BadInput, match="Say why: unlock 2026-10 and the reason"):
        unlock(small_world, reason=" ")
    with pytest.raises(BadInput, match="make do with 500"):
        unlock(small_world, reason="x" * 501)


def test_without_a_set_up_nothing_is_locked(small_world: World) -> None:
    with small_world.database.write() as session:
        session.delete(session.get_one(Company, 1))
    with pytest.raises(WrongState, match="First: python -m bot apply"):
        lock(small_world, "2026-10", who=None)


def test_what_is_still_open_is_counted_and_its_cards_are_drawn_again(world: World) -> None:
    in_review(world)
    world.now = COUNTED + timedelta(hours=1)
    nuts = world.stock("NUT-1", "A-02", 50)
    world.stock("PIN-1", "A-03", 50)  # nobody counts it
    world.count(world.line(nuts), "ana", 40)
    world.now = AFTER
    with world.database.read() as session:
        before = sum(session.exec(select(OutboxMessage.touched).where(OutboxMessage.intent == Intent.REVIEW_CARD)))
    said = "October 2026 is locked. 2 lines counted in it still wait, 1 of them for a decision. "
    assert lock(world).startswith(said)
    with world.database.read() as session:
        after = sum(session.exec(select(OutboxMessage.touched).where(OutboxMessage.intent == Intent.REVIEW_CARD)))
    assert after == before + 1


# -- what is decided later


def approve(world: World, line: int) -> str:
    return world.approve(line, "ben").sentence


def adjust(world: World, line: int) -> str:
    return world.adjust(line, "ben", 90).sentence


@pytest.mark.parametrize("decide", [approve, adjust])
def test_a_decision_is_dated_the_first_open_day_and_says_so(world: World, decide: Callable[[World, int], str]) -> None:
    stock, line = in_review(world)
    lock(world)
    with world.database.read() as session:
        assert card_facts(session, line).dated == "dated 1 Nov: October is locked (counted 30 Oct)"
    said = "BOLT-10: -10 pcs posted, on-hand is 90 pcs. Dated 1 Nov: October is locked (counted 30 Oct)."
    assert decide(world, line) == said
    [row] = world.adjustments(stock)
    assert (row.posting_date, row.occurred_at.date()) == (FIRST, COUNTED.date())
    with world.database.read() as session:
        facts = card_facts(session, line)
        assert (facts.dated, facts.decisions[0].dated) == ("", "dated 1 Nov: October was locked (counted 30 Oct)")
        [exported] = adjustment_rows(session, since=COUNTED)
        assert (exported.occurred_at, exported.posting_date) == (row.occurred_at, FIRST)
        assert [one.posting_date for one in history_rows(session, since=COUNTED)] == [None, FIRST]
        item = item_card(session, world.person("kim"), session.get_one(Item, stock.item_id), world.now)
        assert [move.posting_date for move in item.movements] == [FIRST, None]


def test_without_a_lock_nothing_is_dated_anew(world: World) -> None:
    stock, line = in_review(world)
    world.now = AFTER
    lock(world, "2026-09")
    assert world.approve(line, "ben").sentence == "BOLT-10: -10 pcs posted, on-hand is 90 pcs."
    [row] = world.adjustments(stock)
    assert row.posting_date is None
    with world.database.read() as session:
        [exported] = adjustment_rows(session, since=COUNTED)
    assert exported.posting_date == COUNTED.date()


def test_what_the_tolerance_posts_by_itself_is_dated_too(world: World) -> None:
    """Counted in October, heard of in November: a reply that Slack brought late."""
    world.now = COUNTED
    stock = world.stock("BOLT-10", "A-01", 100)
    world.tolerate(Measure.PERCENT, 20)
    line = world.line(stock)
    world.now = AFTER
    lock(world)
    world.count(line, "ana", 90, at=COUNTED + timedelta(hours=1))
    assert world.state(line) is LineState.RECONCILED
    assert last_row(world).posting_date == FIRST


def test_a_transfer_is_dated_on_both_sides(world: World) -> None:
    world.now = COUNTED
    here, there = world.stock("BOLT-10", "A-01", 100), world.stock("BOLT-10", "A-02", 50)
    world.start()
    lines = [world.line(one) for one in (here, there)]
    for who in ("ana", "dan"):
        world.count(lines[0], who, 90)
        world.count(lines[1], who, 60)
    world.now = AFTER
    lock(world)
    with world.step() as session:
        ruling = transfers.make_transfer(
            session, person=world.person("ben"), line_id=lines[0], version=world.version(lines[0]),
            other_id=lines[1], other_version=world.version(lines[1]), now=world.now,
        )  # fmt: skip
    assert ruling.sentence.endswith("in the record. Dated 1 Nov: October is locked (counted 30 Oct).")
    with world.database.read() as session:
        moved = select(StockEntry).where(col(StockEntry.line_id).is_not(None))
        assert [(row.quantity, row.posting_date) for row in session.exec(moved)] == [(-10, FIRST), (10, FIRST)]


def test_several_at_once_are_dated_too(world: World) -> None:
    stock, line = in_review(world)
    lock(world)
    with world.step() as session:
        bulk.approve_many(
            session,
            person=world.person("ben"),
            seen=[(line, world.version(line))],
            reason=Reason.UNKNOWN,
            now=world.now,
        )
    assert [row.posting_date for row in world.adjustments(stock)] == [FIRST]


def test_taking_back_is_dated_by_what_is_taken_back(world: World) -> None:
    """Else October would keep the one and November the other, when October is opened in between."""
    stock, line = in_review(world)
    lock(world)
    world.approve(line, "ben")
    unlock(world)
    assert "Dated 1 Nov: October is locked" in world.take_back(line, "ben").sentence
    assert [row.posting_date for row in world.adjustments(stock)] == [FIRST, FIRST]
    world.approve(line, "eva")
    assert world.adjustments(stock)[-1].posting_date is None


def test_taking_back_what_was_posted_before_the_lock_is_dated_after_it(world: World) -> None:
    stock, line = in_review(world)
    world.now = COUNTED + timedelta(hours=2)
    world.approve(line, "ben")
    world.now = AFTER
    lock(world)
    world.take_back(line, "ben")
    assert [row.posting_date for row in world.adjustments(stock)] == [None, FIRST]
    assert world.problems() == []


# -- files


def test_movements_in_a_locked_period_are_refused_with_their_lines(world: World) -> None:
    world.now = COUNTED
    load(world, bolts(100))
    known = "BOLT-10,A-01,ISSUE,1,2026-10-30T08:00,WO-1"
    move(world, known)
    world.now = AFTER
    lock(world)
    with pytest.raises(BadFile) as refused:
        move(
            world,
            known,
            "BOLT-10,A-01,ISSUE,2,2026-10-30T08:00,WO-2",
            "NOPE-1,A-01,ISSUE,2,2026-11-02T08:00,WO-3",
            "BOLT-10,A-01,ISSUE,2,2026-11-02T08:00,WO-4",
            "NOPE-1,A-01,ISSUE,2,2026-10-02T08:00,WO-5",
        )
    locked = "October 2026 is locked; date it 2026-11-01 or later, or ask stock control to unlock it"
    unknown = 'there is no item "NOPE-1"; import a stock.csv with it first'
    assert refused.value.problems == [(3, locked), (4, unknown), (6, unknown), (6, locked)]
    assert world.on_hand(found(world)) == 99
    assert (move(world, known).posted, world.on_hand(found(world))) == (0, 99)


def test_a_stock_file_of_a_locked_day_is_refused_unless_it_says_nothing_new(world: World) -> None:
    world.now = COUNTED
    load(world, bolts(100))
    world.now = AFTER
    lock(world)
    assert load(world, bolts(100), as_of=COUNTED).unchanged == 1
    file = stock_file(
        "BOLT-10,Bolt M10x40,Fasteners,pcs,1,A-01,100",
        "BOLT-10,Bolt M10x40,Fasteners,pcs,1,A-02,0",
        "BOLT-10,Bolt M10x40,Fasteners,pcs,1,A-03,7",
        "NUT-1,Nut,,pcs,1,A-01,5",
    )
    with pytest.raises(BadFile) as refused:
        load(world, file, as_of=COUNTED)
    more = "(so for 1 more line)"
    assert refused.value.problems == [
        (
            4,
            f"October 2026 is locked; give it --as-of 2026-11-01 or later, or ask stock control to unlock it {more}",
        )
    ]
    with pytest.raises(BadFile, match=r"line 2: October 2026 is locked; give it --as-of"):
        load(world, bolts(101), as_of=COUNTED)
    assert world.on_hand(found(world)) == 100
    load(world, bolts(101), as_of=datetime(2026, 11, 1, tzinfo=UTC))
    assert world.on_hand(found(world)) == 101


# -- the invariant


def test_a_row_that_was_slipped_into_a_locked_period_is_found(sqlite_database: Database, now: datetime) -> None:
    world = World(sqlite_database, now)
    world.now = COUNTED
    stock = world.stock("BOLT-10", "A-01", 100)
    world.now = AFTER
    lock(world)
    with world.step() as session:
        for posted_on, at in ((None, COUNTED), (date(2026, 10, 2), AFTER), (FIRST, COUNTED), (None, AFTER)):
            session.add(
                StockEntry(
                    item_id=stock.item_id, location_id=stock.location_id, kind=EntryKind.ISSUE, quantity=Decimal(0),
                    occurred_at=at, recorded_at=world.now, posting_date=posted_on,
                )
            )  # fmt: skip
    assert [problem for problem in world.problems() if "locked" in problem] == [
        "ledger row 2 was posted into 2026-10 after it was locked",
        "ledger row 3 was posted into 2026-10 after it was locked",
    ]
