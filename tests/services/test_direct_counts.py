"""Answers by direct message on both engines: held, stored once, taken back; two at a time; and beside other people."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from models.database import Database
from models.direct import DirectCount, DirectQuestion, QuestionState
from models.errors import BadQuantity, WrongState
from models.journal import Intent, SentMessage
from models.plans import AtDue
from models.rules.lines import LineState
from models.services import direct_channels, direct_counts, direct_storing
from models.services.direct_answers import Answer
from models.services.direct_counts import SAVED_ALREADY
from tests.builders import Stock
from tests.services.test_races import Work, race
from tests.world import World

DM = "D01ANA"


def written(world: World, text: str) -> Answer:
    return Answer(text, f"{world.now.timestamp():.6f}", world.now)


def begin(world: World, who: str = "ana") -> None:
    person = world.person(who)
    with world.step() as session:
        assert direct_counts.begin(session, person, DM, world.now)
    posted(world)


def posted(world: World) -> None:
    """What is asked is delivered."""
    with world.step() as session:
        asked = session.exec(select(DirectQuestion).where(DirectQuestion.state == QuestionState.OPEN)).all()
        known = set(session.exec(select(SentMessage.subject)).all())
        session.add_all(
            SentMessage(
                intent=Intent.DIRECT_QUESTION, subject=str(one.id), channel=DM, ts=f"{world.now.timestamp():.6f}",
                posted_at=world.now,
            )
            for one in asked
            if str(one.id) not in known
        )  # fmt: skip


def answer(world: World, text: str, who: str = "ana") -> str:
    person = world.person(who)
    with world.step() as session:
        told = direct_counts.answer(session, person, written(world, text), world.now)
    posted(world)
    return told


def store_due(world: World) -> list[bool]:
    with world.step() as session:
        return [
            direct_storing.store_due(session, due, world.now) for due in direct_storing.counts_due(session, world.now)
        ]


def states(world: World) -> list[QuestionState]:
    with world.database.read() as session:
        return [one.state for one in session.exec(select(DirectQuestion).order_by(col(DirectQuestion.number)))]


@pytest.fixture
def two(world: World) -> tuple[Stock, Stock]:
    stocks = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 5)
    world.start()
    return stocks


def test_an_answer_is_held_and_then_stored_with_its_count_instant(world: World, two: tuple[Stock, Stock]) -> None:
    bolts, _ = two
    line = world.line(bolts)
    begin(world)
    at = world.now
    answer(world, "100")
    world.receive(bolts, 20)
    assert world.entries(line) == []
    world.now = at + direct_counts.HELD_FOR - timedelta(seconds=1)
    assert store_due(world) == []
    world.now = at + direct_counts.HELD_FOR
    assert store_due(world) == [True]
    assert store_due(world) == []
    assert world.state(line) is LineState.RECONCILED, "judged as of when it was written"
    assert states(world) == [QuestionState.STORED, QuestionState.OPEN]


def test_what_is_taken_back_is_never_stored(world: World, two: tuple[Stock, Stock]) -> None:
    bolts, _ = two
    begin(world)
    answer(world, "9")
    person = world.person("ana")
    with world.step() as session:
        direct_counts.undo(session, person, world.now)
    posted(world)
    answer(world, "90")
    world.now += direct_counts.HELD_FOR
    assert store_due(world) == [True]
    assert [entry.quantity for entry in world.entries(world.line(bolts))] == [90]
    assert states(world) == [
        QuestionState.TAKEN_BACK, QuestionState.CLOSED, QuestionState.STORED, QuestionState.OPEN,
    ]  # fmt: skip


def test_undo_works_after_the_due_time_where_lines_are_kept_open(sqlite_database: Database, now: datetime) -> None:
    world = World(sqlite_database, now, at_due=AtDue.KEEP)
    bolts = world.stock("BOLT-10", "A-01", 100)
    world.start()
    world.now += timedelta(days=2)
    begin(world)
    answer(world, "9")
    person = world.person("ana")
    with world.step() as session:
        direct_counts.undo(session, person, world.now)
    assert world.entries(world.line(bolts)) == []


@pytest.mark.parametrize("counted", ["100", "1"])
def test_undo_after_its_time_is_refused_whether_or_not_the_clock_has_ticked(
    world: World, two: tuple[Stock, Stock], counted: str
) -> None:
    begin(world)
    answer(world, counted)
    world.now += direct_counts.HELD_FOR
    person = world.person("ana")
    with pytest.raises(WrongState, match=SAVED_ALREADY), world.step() as session:
        direct_counts.undo(session, person, world.now)
    store_due(world)
    with pytest.raises(WrongState, match=SAVED_ALREADY), world.step() as session:
        direct_counts.undo(session, person, world.now)


def test_two_answers_at_once_are_one(world: World, two: tuple[Stock, Stock]) -> None:
    begin(world)
    person, now = world.person("ana"), world.now

    def work(text: str, late: int) -> Work:
        given = Answer(text, f"{(now + timedelta(microseconds=late)).timestamp():.6f}", now)
        return lambda session: direct_counts.answer(session, person, given, now)

    results = race(world, work("100", 1), work("90", 2))
    assert sum(isinstance(one, WrongState) for one in results) == 1
    assert states(world) == [QuestionState.HELD, QuestionState.OPEN]


def test_who_begins_twice_at_once_is_asked_by_one(world: World, two: tuple[Stock, Stock]) -> None:
    person, now = world.person("ana"), world.now

    def work(session: Session) -> bool:
        return direct_counts.begin(session, person, DM, now)

    assert race(world, work, work) == [True, True]
    with world.database.read() as session:
        assert len(session.exec(select(DirectCount)).all()) == 1
    assert states(world) == [QuestionState.CLOSED, QuestionState.OPEN]


def test_an_undo_and_the_clock_at_once_leave_one_of_both(world: World, two: tuple[Stock, Stock]) -> None:
    bolts, _ = two
    begin(world)
    answer(world, "90")
    person, now = world.person("ana"), world.now + direct_counts.HELD_FOR
    with world.database.read() as session:
        (count_id,) = session.exec(select(DirectCount.id)).all()
    early = now - direct_counts.HELD_FOR

    def undo(session: Session) -> None:
        direct_counts.undo(session, person, early)

    def store(session: Session) -> bool:
        return direct_storing.store_due(session, count_id or 0, now)

    undone, stored = race(world, undo, store)
    assert isinstance(undone, WrongState) is bool(stored)
    assert len(world.entries(world.line(bolts))) == int(bool(stored))


def test_who_is_asked_for_a_recount_by_an_approver_is_asked_for_that_line_alone(
    world: World, two: tuple[Stock, Stock]
) -> None:
    bolts, _ = two
    world.remove_role("dan", "fay")
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.ask_recount(line, "kim")
    assert world.asked(line) == "ben"
    begin(world, "ben")
    answer(world, "95", "ben")
    person = world.person("ben")
    with world.step() as session:
        assert direct_counts.stop(session, person, world.now) == 0
    assert [entry.quantity for entry in world.entries(line)] == [Decimal(90), Decimal(95)]


def test_the_one_recount_that_was_asked_is_answered_by_a_number_alone(world: World, two: tuple[Stock, Stock]) -> None:
    line = world.line(two[0])
    world.count(line, "ana", 90)
    assert world.asked(line) == "dan"
    dan = world.person("dan")
    with world.step() as session:
        direct_channels.remember_channel(session, dan, DM)
        asked_at = f"{world.now.timestamp():.6f}"
        session.add(
            SentMessage(
                intent=Intent.RECOUNT_ASK, subject=f"{line}.1", channel=DM, ts=asked_at, posted_at=world.now
            )
        )  # fmt: skip
    for text, refusal in (("2.5", BadQuantity), ("about 5", BadQuantity)):
        with world.step() as session, pytest.raises(refusal):
            direct_counts.answer(session, dan, written(world, text), world.now)
    with world.database.read() as session:
        assert not direct_counts.is_counting(session, dan)
    answer(world, "90", "dan")
    world.now += direct_counts.HELD_FOR
    assert store_due(world) == [True]
    assert world.state(line) is LineState.IN_REVIEW
    with world.database.read() as session:
        assert not direct_counts.is_counting(session, dan), "and no other line is asked"
