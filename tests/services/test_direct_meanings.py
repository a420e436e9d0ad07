"""Direct messages about items with packs, lines that are counted in parts, and lines that others have."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from models.catalog import PackSize
from models.direct import DirectQuestion, QuestionState
from models.errors import BadQuantity, CycleCountError, WrongState
from models.journal import AuditEvent
from models.plans import AtDue
from models.services import claims, direct_channels, direct_counts, direct_edits, direct_facts, direct_questions
from models.services.claims import ClaimedByOther
from models.services.direct_answers import NO_PARTS, NOT_YOUR_PARTS, Answer
from models.services.direct_storing import UNDO_FIRST
from tests.builders import Stock
from tests.services.adding import add, open_parts
from tests.services.test_claims import take
from tests.services.test_direct_counts import DM, answer, begin, posted, states, store_due, written
from tests.world import World


@pytest.fixture
def bolts(world: World) -> Stock:
    """Bolts in boxes of 12, and nuts; both to be counted."""
    bolts = world.stock("BOLT-10", "A-01", 100)
    world.stock("NUT-10", "A-02", 5)
    with world.step() as session:
        session.add(PackSize(item_id=bolts.item_id, name="box", factor=Decimal(12)))
    world.start()
    return bolts


def told(world: World, text: str, who: str = "ana") -> str:
    """The same as `answer`; a refusal is told, and what is remembered of it stays."""
    person = world.person(who)
    with world.step() as session:
        try:
            said = direct_counts.answer(session, person, written(world, text), world.now)
        except CycleCountError as refusal:
            said = str(refusal)
    posted(world)
    return said


def done(world: World, who: str = "ana") -> int | None:
    person = world.person(who)
    with world.step() as session:
        left = direct_counts.done(session, person, written(world, "done"), world.now)
    posted(world)
    return left


def edit(world: World, first: Answer, text: str, who: str = "ana") -> str | None:
    person = world.person(who)
    with world.step() as session:
        direct_channels.remember_channel(session, person, DM)
        edited_ts = f"{world.now.timestamp():.6f}"
        given = Answer(text, first.ts, first.counted_at)
        return direct_edits.edited(session, person, given, edited_ts, world.now)


def dan_takes(world: World, stock: Stock) -> None:
    """Ana lets go of what she is asked for, and Dan takes it."""
    ana = world.person("ana")
    with world.step() as session:
        claims.release_all(session, person=ana, now=world.now)
    take(world, "dan", world.see(world.line(stock)).session_id)


def numbers(world: World, line: int) -> list[int]:
    return [int(entry.quantity) for entry in world.entries(line)]


def finish(world: World) -> None:
    world.now += direct_counts.HELD_FOR
    store_due(world)
    assert world.problems() == []


@pytest.mark.parametrize(("said", "stored"), [("8", 8), ("boxes", 96), ("8 boxes + 4", 100)])
def test_a_bare_number_of_an_item_with_packs_is_asked_about_once(
    world: World, bolts: Stock, said: str, stored: int
) -> None:
    line = world.line(bolts)
    begin(world)
    assert told(world, "8") == "8 what? Boxes hold 12. Write “8 pcs” or “8 boxes”."
    assert states(world) == [QuestionState.OPEN], "nothing is answered by it"
    assert told(world, said) == ""
    finish(world)
    assert numbers(world, line) == [stored]


def test_the_next_question_shows_how_words_were_understood(world: World, bolts: Stock) -> None:
    begin(world)
    answer(world, "8 boxes + 4")
    with world.database.read() as session:
        first, second = (direct_facts.question_facts(session, number) for number in (1, 2))
    assert first.subject is not None
    assert first.subject.packs == ("boxes of 12",)
    assert (second.quantity, second.echo) == (100, "8 boxes + 4 = 100 pcs")


def test_parts_are_stored_at_once_and_done_is_held_as_a_number_is(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    assert answer(world, "+8 boxes") == (
        "Saved: BOLT-10 in A-01: 8 boxes = 96 pcs so far. Add the next, or write “done” when it is all."
    )
    assert states(world) == [QuestionState.OPEN], "the line stays asked for"
    answer(world, "+4 pcs")
    assert [part.quantity for part in open_parts(world, line)] == [96, 4]
    assert done(world) is None
    assert numbers(world, line) == []
    person = world.person("ana")
    with world.step() as session:
        direct_counts.undo(session, person, world.now)
    posted(world)
    answer(world, "+1 pcs")
    said_at = world.now
    assert done(world) is None
    with world.database.read() as session:
        assert direct_facts.question_facts(session, 4).is_done
    finish(world)
    (entry,) = world.entries(line)
    assert (entry.quantity, entry.member_id) == (101, person.id)
    assert entry.counted_at >= said_at
    assert open_parts(world, line) == []


def test_what_is_counted_in_parts_is_not_skipped_and_that_is_said_at_once(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    add(world, line, "dan", 12)
    begin(world)
    person = world.person("ana")
    with world.step() as session, pytest.raises(WrongState) as refusal:
        direct_counts.skip(session, person, written(world, "skip blocked"), "blocked", world.now)
    left = "If the rest cannot be, leave it: the approvers get what there is at the due time."
    assert str(refusal.value) == f"Parts of it are counted (Dan). {left} “later” asks for the next line."
    assert states(world) == [QuestionState.OPEN]


def test_done_without_parts_stops_and_does_not_close_what_others_add_up(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    with pytest.raises(WrongState, match=NO_PARTS):
        answer(world, "done")
    add(world, line, "dan", 40)
    assert told(world, "done") == NOT_YOUR_PARTS.format("Dan")
    with pytest.raises(WrongState, match=r"^So far this is counted in parts by Dan\."):
        done(world)
    assert len(open_parts(world, line)) == 1
    answer(world, "60 pcs")
    assert done(world) == 1, "it is a word for stop where nothing is added up"
    assert numbers(world, line) == [60]
    assert world.problems() == []


def test_an_edit_of_a_part_is_a_correction_of_it(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    first = written(world, "+5 pcs")
    answer(world, "+5 pcs")
    world.now += timedelta(seconds=20)
    assert edit(world, first, "+6 pcs") == (
        "Saved: BOLT-10 in A-01: 6 pcs so far. Add the next, or write “done” when it is all."
    )
    assert [part.quantity for part in open_parts(world, line)] == [6]
    assert edit(world, first, "6 pcs") is None, "a whole number is an answer of its own"
    person = world.person("ana")
    with world.step() as session:
        direct_edits.deleted(session, person, first.ts, world.now)
    with world.database.read() as session:
        (noted,) = session.exec(select(AuditEvent).where(AuditEvent.action == "reply deleted")).all()
    assert noted.subject == f"line {line}"


def test_a_held_number_does_not_become_a_part(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    first = written(world, "8 pcs")
    answer(world, "8 pcs")
    with pytest.raises(WrongState, match=UNDO_FIRST):
        edit(world, first, "+8 pcs")
    with pytest.raises(WrongState, match=NO_PARTS):
        edit(world, first, "done")
    assert edit(world, first, "9 boxes") == ""
    finish(world)
    assert numbers(world, line) == [108]


def test_a_number_kept_for_undo_is_stored_before_its_open_parts_go_to_the_approvers(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    plan = world.start()
    with world.step() as session:
        session.merge(plan).at_due = AtDue.KEEP
    line = world.line(bolts)
    add(world, line, "dan", 40)
    begin(world)
    world.now = world.see(line).due_at + timedelta(hours=2)
    answer(world, "60")
    assert store_due(world) == [True]
    assert world.expire() == []
    assert numbers(world, line) == [60]


def test_what_others_have_is_not_asked_for(world: World, bolts: Stock) -> None:
    take(world, "dan", world.see(world.line(bolts)).session_id)
    person = world.person("ana")
    with world.step() as session:
        assert not direct_counts.begin(session, person, DM, world.now)
        assert direct_questions.left_of_others(session, person) == "Dan has the 2 lines that are left."


def test_a_line_that_another_took_meanwhile_is_asked_about_once(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    dan_takes(world, bolts)
    assert told(world, "8 boxes") == "Dan has this line. Count it anyway?"
    assert states(world) == [QuestionState.OPEN]
    assert told(world, "8 boxes") == ""
    finish(world)
    assert numbers(world, line) == [96]


def test_the_question_about_a_claim_is_the_refusal_of_a_claim(world: World, bolts: Stock) -> None:
    begin(world)
    dan_takes(world, bolts)
    with pytest.raises(ClaimedByOther):
        answer(world, "8 boxes")
    with pytest.raises(BadQuantity):
        answer(world, "some boxes")


def test_a_part_stores_the_answer_before_it_as_every_answer_does(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    begin(world)
    answer(world, "90 pcs")
    answer(world, "+2")
    assert numbers(world, line) == [90]
    person = world.person("ana")
    with pytest.raises(WrongState, match=direct_counts.SAVED_ALREADY), world.step() as session:
        direct_counts.undo(session, person, world.now)


def quantities_held(world: World) -> list[Decimal | None]:
    with world.database.read() as session:
        held = select(DirectQuestion).where(DirectQuestion.state == QuestionState.HELD)
        return [question.quantity for question in session.exec(held)]


@pytest.mark.parametrize("text", ["BOLT-10 4 boxes + 2", "A-01: 50 pcs", "a-01 bolt-10 50 pcs"])
def test_the_line_that_is_asked_for_may_be_named(world: World, bolts: Stock, text: str) -> None:
    begin(world)
    assert told(world, text) == ""
    assert quantities_held(world) == [50]
    assert numbers(world, world.line(bolts)) == []


@pytest.mark.parametrize("text", ["NUT-10 5", "A-02 5"])
def test_another_line_that_is_named_is_not_counted(world: World, bolts: Stock, text: str) -> None:
    assert bolts.sku == "BOLT-10"
    begin(world)
    assert told(world, text) != ""
    assert quantities_held(world) == []


def test_a_name_that_is_a_number_is_no_name(world: World) -> None:
    world.stock("10", "A-01", 5)
    world.start()
    begin(world)
    assert "can be read in two ways" in told(world, "10 20")
    assert quantities_held(world) == []
