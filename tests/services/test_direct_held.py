"""Answers that are held: nothing that happens to their lines meanwhile loses them, and they count as given."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from models.counts import CountLine, CountSession, EntrySource
from models.direct import DirectCount, QuestionState
from models.errors import WrongState
from models.journal import Intent, OutboxMessage
from models.plans import AtDue
from models.rules.lines import LineState
from models.rules.reminders import Reminded
from models.services import counts, direct_counts, direct_storing, reminder_facts, reminders, silence
from models.services.claims import SILENCE
from models.services.expiry import CLOSING
from scheduler import jobs
from tests.builders import Stock
from tests.services.test_claims import take, tick
from tests.services.test_direct_counts import answer, begin, states, store_due
from tests.services.test_direct_meanings import bolts, finish, numbers
from tests.services.test_races import Work, race
from tests.world import World

__all__ = ["bolts"]


def undo(world: World, who: str = "ana") -> None:
    person = world.person(who)
    with world.step() as session:
        direct_counts.undo(session, person, world.now)


def close(world: World, line: int) -> str:
    kim = world.person("kim")
    with world.step() as session:
        return reminders.close_without(
            session, person=kim, session_id=world.see(line).session_id, seen=0, now=world.now
        )


def keep_open(world: World, line: int) -> None:
    with world.step() as session:
        session.get_one(CountSession, world.see(line).session_id).at_due = AtDue.KEEP


def test_who_has_an_answer_held_is_not_silent(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    take(world, "ana", world.see(line).session_id)
    begin(world)
    world.now += SILENCE
    answer(world, "8 boxes")
    assert tick(world) == []
    person = world.person("ana")
    with world.step() as session:
        direct_counts.undo(session, person, world.now)
    assert tick(world) != []


def test_a_recount_with_an_answer_held_is_not_passed_on(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "ana", 90)
    begin(world, "dan")
    world.now += silence.SILENCE + timedelta(minutes=1)
    answer(world, "100 pcs", "dan")
    with world.step() as session:
        assert silence.recounts_unanswered(session, world.now) == [line]
        assert not silence.pass_on(session, line, world.now)
    finish(world)
    assert world.state(line) is LineState.RECONCILED


@pytest.mark.parametrize("is_recount", [False, True])
def test_what_could_not_be_stored_in_time_does_not_expire(world: World, bolts: Stock, *, is_recount: bool) -> None:
    line, who = world.line(bolts), "ana"
    if is_recount:
        world.count(line, "ana", 90)
        who = "dan"
    begin(world, who)
    answer(world, "100 pcs", who)
    world.now = world.see(line).due_at + CLOSING
    assert line not in world.expire()
    assert store_due(world) == [True]
    assert world.state(line) is LineState.RECONCILED


def test_a_tick_that_fails_to_store_loses_nothing(world: World, bolts: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    line = world.line(bolts)
    begin(world)
    answer(world, "100 pcs")
    world.now = world.see(line).due_at + CLOSING

    def broken(*_: object, **__: object) -> bool:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(direct_storing, "store_due", broken)
        assert jobs.tick(world.database, world.now).failed
    assert world.state(line) is LineState.TO_COUNT
    assert jobs.tick(world.database, world.now).stored
    assert numbers(world, line) == [100]


def test_nobody_else_skips_what_was_just_counted(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    answer(world, "100 pcs")
    with pytest.raises(WrongState, match="Ana has just counted this"):
        world.skip(line, "dan")
    undo(world)
    world.skip(line, "dan")
    assert world.state(line) is LineState.SKIPPED


def test_closing_without_the_rest_stores_what_is_held_and_it_is_not_taken_back(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    answer(world, "100 pcs")
    assert close(world, line).endswith("is closed without 1 line.")
    assert numbers(world, line) == [100]
    assert world.state(line) is LineState.RECONCILED
    with pytest.raises(WrongState, match=direct_counts.SAVED_ALREADY):
        undo(world)
    assert numbers(world, line) == [100]


def test_closing_ends_a_count_that_only_waited_for_its_last_answer_to_be_stored(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    answer(world, "100 pcs")
    answer(world, "5")
    assert close(world, line).endswith("is closed without 0 lines.")
    assert states(world) == [QuestionState.STORED, QuestionState.STORED, QuestionState.CLOSED]
    with world.database.read() as session:
        assert session.exec(select(DirectCount.is_open)).all() == [False]


def test_closing_and_an_answer_at_once_lose_no_number(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    answer(world, "100 pcs")
    kim, ana, now, session_id = world.person("kim"), world.person("ana"), world.now, world.see(line).session_id

    def closing(session: Session) -> str:
        return reminders.close_without(session, person=kim, session_id=session_id, seen=0, now=now)

    def stopping(session: Session) -> int:
        return direct_counts.stop(session, ana, now)

    works: tuple[Work, Work] = (closing, stopping)
    race(world, *works)
    assert numbers(world, line) == [100]


def test_who_has_answered_is_at_work_and_the_line_is_not_missing(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    session_id = world.see(line).session_id
    begin(world)
    answer(world, "100 pcs")
    with world.database.write() as session:
        session.execute(update(CountLine).values(claimed_by_id=None, claimed_at=None))
    with world.database.read() as session:
        facts = reminder_facts.reminder_facts(session, session_id)
        overdue = reminder_facts.overdue_facts(session, session_id)
    assert (facts.left, facts.asked) == (1, ("U01ANA",))
    assert overdue.left == ("A-02 Nut-10 (NUT-10)",)


@pytest.mark.parametrize("first", ["100 pcs", "90 pcs"])  # settled, and asked again of Dan
def test_approvers_are_not_asked_about_what_was_answered_until_it_is_taken_back(
    world: World, bolts: Stock, first: str
) -> None:
    line = world.line(bolts)
    keep_open(world, line)
    begin(world)
    answer(world, first)
    world.now = world.see(line).due_at
    answer(world, "5")
    assert jobs.tick(world.database, world.now).reminded == ()
    undo(world)
    assert len(jobs.tick(world.database, world.now).reminded) == 1
    with world.database.read() as session:
        assert session.exec(select(OutboxMessage.intent).where(OutboxMessage.intent == Intent.OVERDUE)).all()
        assert session.get_one(CountSession, world.see(line).session_id).reminded is Reminded.DUE


@pytest.mark.parametrize("who", ["ana", "dan"])
def test_a_number_from_the_sheet_while_what_is_held_is_stored(world: World, bolts: Stock, who: str) -> None:
    """Whichever is first: nothing waits for the other in a circle, and the later number is never the older one's."""
    line = world.line(bolts)
    begin(world)
    answer(world, "96 pcs")
    counter, now = world.person(who), world.now + direct_counts.HELD_FOR
    (go,) = direct_goes(world)

    def entering(session: Session) -> None:
        direct_storing.store_of(session, [line], now, but_of=counter)
        counts.record(
            session, person=counter, line_id=line, quantity=Decimal(99), counted_at=now, source=EntrySource.REPLY,
            source_key="reply", now=now,
        )  # fmt: skip

    race(world, entering, lambda session: direct_storing.store_due(session, go, now))
    assert numbers(world, line) in ([[99], [96, 99]] if who == "ana" else [[96, 99]])
    assert world.problems() == []


def direct_goes(world: World) -> list[int]:
    with world.database.read() as session:
        return [count.id or 0 for count in session.exec(select(DirectCount))]
