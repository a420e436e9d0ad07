"""Counting one line in parts, by several people: what is stored, when it is judged, and who may do what after."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from models.counts import CountLine, EntrySource, ReviewCause
from models.database import Database
from models.errors import NotAllowed, WrongState
from models.parts import Closing, PartsClosing
from models.people import Role
from models.plans import AtDue
from models.rules.lines import LineState
from models.services import cards, count_pages, counts, first_counts, history, sheets
from models.services.card_parts import Movements
from models.services.sheets import LineWord
from tests.builders import Stock
from tests.services.adding import add, done, open_parts
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    return World(database, now)


@pytest.fixture
def bolts(world: World) -> Stock:
    return world.stock("BOLT-10", "A-01-03", on_hand=100)


def closings(world: World) -> list[Closing]:
    with world.database.read() as session:
        found = session.exec(select(PartsClosing).order_by(col(PartsClosing.entry_id)))
        return [one.how for one in found]


def word(world: World, line: int) -> tuple[LineWord, str | None]:
    with world.database.read() as session:
        (shown,) = sheets.sheet_facts(session, world.see(line).session_id).lines
        assert session.get_one(CountLine, line).id == shown.line_id
        return shown.word, shown.who


def test_the_parts_of_several_people_add_up_when_one_of_them_says_done(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "ana", 40)
    add(world, line, "dan", 35)
    add(world, line, "ana", 25)
    assert world.state(line) is LineState.TO_COUNT
    assert world.entries(line) == []
    assert word(world, line) == (LineWord.ADDING_UP, "Ana, Dan")
    said_at = world.now
    assert done(world, line, "dan") == "BOLT-10 in A-01-03: done, with the parts of Ana, Dan."
    (entry,) = world.entries(line)
    assert (entry.quantity, entry.counted_at, entry.attempt) == (100, said_at, 1)
    assert world.state(line) is LineState.RECONCILED
    assert closings(world) == [Closing.DONE]
    assert open_parts(world, line) == []
    with world.database.read() as session:
        (row,) = history.history(session, world.person("kim"), history.Query()).rows
    assert row.counters == ("Dan", "Ana")
    assert world.problems() == []


def test_who_gave_a_part_has_counted_the_line(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "ana", 40)
    add(world, line, "dan", 30)
    done(world, line, "ana")
    assert world.state(line) is LineState.RECOUNT
    assert world.asked(line) == "fay"
    with world.database.read() as session:
        offered = {who: counts.lines_to_count(session, world.person(who), 1) for who in ("ana", "dan", "fay")}
        with pytest.raises(WrongState, match="counted this line already"):
            count_pages.single_page(session, world.person("dan"), line)
    assert [len(offered[who]) for who in ("ana", "dan", "fay")] == [0, 0, 1]
    world.count(line, "dan", 100)  # kept as a note
    assert [entry.settles for entry in world.entries(line)] == [True, False]
    assert world.state(line) is LineState.RECOUNT
    with pytest.raises(WrongState, match="takes no more parts"):
        add(world, line, "dan", 5)
    with pytest.raises(WrongState, match="takes no more parts"):
        done(world, line, "dan")
    with pytest.raises(NotAllowed, match="counted this line already"):
        world.skip(line, "dan")
    assert world.problems() == []


def test_an_approver_who_gave_a_part_decides_nothing(world: World, bolts: Stock) -> None:
    world.remove_role("fay")
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "ben")
    line = world.line(bolts)
    for who in ("ana", "dan", "ben"):
        add(world, line, who, 10)
    done(world, line, "ana")
    assert (world.state(line), world.see(line).review_cause) == (LineState.IN_REVIEW, ReviewCause.NO_OTHER_COUNTER)
    with pytest.raises(NotAllowed, match="You counted this line"):
        world.approve(line, "ben")
    world.approve(line, "eva")
    assert world.on_hand(bolts) == 30
    assert world.problems() == []


def test_a_plain_number_replaces_the_parts_which_stay_on_the_card(world: World, bolts: Stock) -> None:
    world.remove_role("fay")
    line = world.line(bolts)
    add(world, line, "ana", 40)
    world.count(line, "dan", 90)
    assert world.state(line) is LineState.IN_REVIEW  # Ana counted a part: nobody is left
    assert closings(world) == [Closing.REPLACED]
    with world.database.read() as session:
        (attempt,) = cards.card_facts(session, line).attempts
    assert (attempt.quantity, attempt.closing, attempt.who) == (90, Closing.REPLACED, "Dan")
    assert [(part.who, part.quantity) for part in attempt.parts] == [("Ana", 40)]
    assert world.problems() == []


def test_a_sum_with_movements_in_between_goes_to_review_though_it_matches(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.issue(bolts, 3)  # before the first part: no matter
    add(world, line, "ana", 50)
    world.issue(bolts, 7)
    add(world, line, "dan", 40)
    done(world, line, "dan")
    assert world.see(line).review_cause is ReviewCause.MOVED_MEANWHILE
    with world.database.read() as session:
        facts = cards.card_facts(session, line)
    assert facts.variance == 0
    assert [move.quantity for move in facts.meanwhile.shown] == [-7]
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 90
    assert world.problems() == []


def test_a_sum_out_of_tolerance_is_recounted_whatever_moved(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "ana", 50)
    world.issue(bolts, 7)
    done(world, line, "ana")
    assert world.state(line) is LineState.RECOUNT
    world.count(line, "fay", 93)
    assert world.state(line) is LineState.RECONCILED
    with world.database.read() as session:
        assert cards.card_facts(session, line).meanwhile == Movements()
    assert world.problems() == []


def summed_up(world: World, stock: Stock, *quantities: int) -> tuple[int, datetime]:
    """A line that Ana and Dan added up, and a time between their parts."""
    line = world.line(stock)
    add(world, line, "ana", quantities[0])
    between = world.now
    add(world, line, "dan", quantities[1])
    done(world, line, "dan")
    return line, between


def test_a_movement_told_of_later_that_fell_between_parts_does_not_settle_a_recount(world: World, bolts: Stock) -> None:
    line, between = summed_up(world, bolts, 50, 40)
    assert world.state(line) is LineState.RECOUNT
    world.issue(bolts, 10, occurred_at=between)
    assert world.state(line) is LineState.RECOUNT
    assert world.problems() == []


def test_a_movement_told_of_later_brings_a_settled_sum_back(world: World, bolts: Stock) -> None:
    line, between = summed_up(world, bolts, 60, 40)
    assert world.state(line) is LineState.RECONCILED
    world.issue(bolts, 10, occurred_at=between)
    assert world.see(line).review_cause is ReviewCause.LATE_MOVEMENT
    with world.database.read() as session:
        assert [move.quantity for move in cards.card_facts(session, line).meanwhile.shown] == [-10]
    assert world.problems() == []


@pytest.mark.parametrize("quantity", [90, 100])
def test_parts_left_open_go_to_the_approver_and_never_settle(world: World, bolts: Stock, quantity: int) -> None:
    line = world.line(bolts)
    add(world, line, "ana", quantity - 30)
    last = world.now
    add(world, line, "dan", 30)
    world.now += 4 * HOUR
    assert world.expire() == [line]
    assert (world.state(line), world.see(line).review_cause) == (LineState.IN_REVIEW, ReviewCause.PARTS_LEFT_OPEN)
    (entry,) = world.entries(line)
    assert (entry.quantity, entry.counted_at) == (quantity, last)
    assert closings(world) == [Closing.LEFT_OPEN]
    assert world.on_hand(bolts) == 100
    with pytest.raises(WrongState, match="takes no more parts"):
        add(world, line, "ana", 10)
    with pytest.raises(WrongState, match="takes no more parts"):
        done(world, line, "ana")
    with pytest.raises(WrongState, match=r"Dan counted this at .*; it is with the approvers"):
        done(world, line, "fay")
    world.adjust(line, "ben", 100)
    assert world.on_hand(bolts) == 100
    assert world.expire() == []
    assert world.problems() == []


def test_parts_left_open_say_nothing_about_accuracy(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "ana", 10)
    world.now += 4 * HOUR
    world.expire()
    world.adjust(line, "ben", 100)
    with world.database.read() as session:
        result = sheets.sheet_facts(session, world.see(line).session_id).result
    assert result is not None
    assert (result.counted, result.right_at_first, result.by_asker, result.left_open) == (1, 0, 0, 1)
    with world.database.read() as session:
        assert session.exec(first_counts.first_counts([])).all() == []


def test_a_line_that_is_kept_open_is_left_alone_while_parts_come_in(database: Database, now: datetime) -> None:
    world = World(database, now, at_due=AtDue.KEEP)
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 5)
    line, other = world.line(bolts), world.line(nuts)
    world.now += 4 * HOUR
    add(world, line, "ana", 60)
    assert world.expire() == []
    world.now += HOUR - timedelta(minutes=1)
    assert world.expire() == []
    world.now += timedelta(minutes=1)
    assert world.expire() == [line]
    assert world.state(other) is LineState.TO_COUNT
    assert world.problems() == []


def test_a_recount_may_come_in_parts_too(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    add(world, line, "dan", 50)
    add(world, line, "fay", 40)
    assert word(world, line)[0] is LineWord.RECOUNT
    with pytest.raises(WrongState, match="takes no more parts"):
        add(world, line, "ana", 1)
    done(world, line, "fay")
    assert world.state(line) is LineState.IN_REVIEW
    assert [(entry.attempt, entry.quantity) for entry in world.entries(line)] == [(1, 90), (2, 90)]
    world.approve(line, "ben")
    assert world.on_hand(bolts) == 90
    assert world.problems() == []


def test_parts_of_a_recount_that_were_left_open_go_to_the_approver(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    add(world, line, "dan", 50)
    world.now += 5 * HOUR
    assert world.expire() == [line]
    assert world.see(line).review_cause is ReviewCause.PARTS_LEFT_OPEN
    assert [(entry.attempt, entry.quantity) for entry in world.entries(line)] == [(1, 90), (2, 50)]
    assert world.problems() == []


def test_a_line_with_parts_is_not_skipped(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "ana", 50)
    for who in ("ana", "dan"):
        with pytest.raises(WrongState, match=r"Parts of it are counted \(Ana\)"):
            world.skip(line, who)
    assert world.state(line) is LineState.TO_COUNT


def test_the_same_part_twice_is_one(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    for _ in range(2):
        add(world, line, "ana", 50, key="once")
    assert [part.quantity for part in open_parts(world, line)] == [50]


def test_done_without_parts_and_parts_of_others_are_refused(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    with pytest.raises(WrongState, match="Nobody has given a part"):
        done(world, line, "ana")
    with pytest.raises(NotAllowed, match="Only counters of Fleet Parts"):
        add(world, line, "ben", 5)
    with pytest.raises(NotAllowed, match="Only counters of Fleet Parts"):
        done(world, line, "ben")
    world.count(line, "ana", 100)
    with pytest.raises(WrongState, match="Ana counted this at"):
        add(world, line, "dan", 5)
    assert world.problems() == []


def test_a_correction_of_the_sum_is_a_plain_number_of_who_said_done(world: World, bolts: Stock) -> None:
    world.remove_role("dan", "fay")
    line = world.line(bolts)
    add(world, line, "ana", 50)
    done(world, line, "ana")
    assert world.state(line) is LineState.IN_REVIEW
    world.count(line, "ana", 95)
    assert world.proposal(line).quantity == Decimal(95)
    assert world.problems() == []


def test_a_part_in_the_thread_is_a_first_count_that_could_be_read(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "ana", 40, source=EntrySource.REPLY)
    done(world, line, "ana")
    world.count(line, "dan", 40)
    with world.database.read() as session:
        assert cards.card_facts(session, line).first_count_visible


def test_a_slip_is_not_looked_for_in_parts_that_nobody_closed(world: World) -> None:
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 100)
    left, counted = world.line(bolts), world.line(nuts)
    world.remove_role("dan", "fay")
    add(world, left, "ana", 10)
    world.count(counted, "ana", 10)
    world.now += 4 * HOUR
    world.expire()
    with world.database.read() as session:
        slips = [cards.card_facts(session, line).slip for line in (left, counted)]
    assert slips == [None, "10 × 10 is the record: a zero missing?"]  # noqa: RUF001 - the sign for times


def test_who_asked_for_the_count_gives_no_first_part(world: World, bolts: Stock) -> None:
    world.spot_count("ana", bolts.sku)
    line = world.line(bolts)
    with pytest.raises(NotAllowed, match="You asked for this count"):
        add(world, line, "ana", 40)
    add(world, line, "dan", 40)
    with pytest.raises(NotAllowed, match="You asked for this count"):
        done(world, line, "ana")


def test_done_that_was_said_before_the_last_part_came_is_of_that_part(world: World, bolts: Stock) -> None:
    line, said = world.line(bolts), world.now
    world.now += HOUR
    last = world.now
    add(world, line, "ana", 100)
    done(world, line, "ana", at=said)
    (entry,) = world.entries(line)
    assert entry.counted_at == last


def test_a_doubtful_sum_is_corrected_by_who_said_done(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "ana", 50)
    world.issue(bolts, 10)
    add(world, line, "dan", 40)
    done(world, line, "dan")
    world.count(line, "dan", 85)
    assert world.proposal(line).quantity == Decimal(85)
    assert world.see(line).review_cause is ReviewCause.MOVED_MEANWHILE
    with world.database.read() as session:
        first, second = cards.card_facts(session, line).attempts
    assert ([part.quantity for part in first.parts], second.parts) == ([50, 40], ())
    assert world.problems() == []


def test_a_part_meant_for_the_first_count_does_not_stray_into_its_recount(world: World, bolts: Stock) -> None:
    line, early = world.line(bolts), world.now
    add(world, line, "ana", 50)
    done(world, line, "ana")
    assert world.asked(line) == "dan"
    with pytest.raises(WrongState, match="Ana counted this at"):
        add(world, line, "fay", 50)  # nobody asked her, and nobody is adding up the recount
    with pytest.raises(WrongState, match="Ana counted this at"):
        add(world, line, "dan", 50, at=early)  # written before he was asked
    assert open_parts(world, line) == []
    add(world, line, "dan", 60)
    add(world, line, "fay", 40)
    done(world, line, "fay")
    assert world.state(line) is LineState.RECONCILED
