"""Asking those who moved a part: once, whoever clicks first, on both engines; and answers beside what else happens."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from models.errors import WrongState
from models.inquiries import Inquiry
from models.rules.lines import LineState
from models.services import inquiries, movements
from models.services.cards import card_facts
from models.stock import EntryKind
from tests.services.test_races import ROUNDS, Work, approving, in_review, race
from tests.world import World


def moved(world: World, item_id: int, location_id: int, *movers: str) -> None:
    with world.step() as session:
        for mover in movers:
            movements.record(
                session, item_id=item_id, location_id=location_id, kind=EntryKind.ISSUE, quantity=Decimal(-1),
                occurred_at=world.now, now=world.now, moved_by=mover,
            )  # fmt: skip


def asking(world: World, line: int, who: str) -> Work:
    person, version, now = world.person(who), world.version(line), world.now
    return lambda session: inquiries.ask(session, person=person, line_id=line, version=version, now=now)


def answering(world: World, line: int, who: str, text: str) -> Work:
    person, now = world.person(who), world.now

    def work(session: Session) -> object:
        inquiry = session.exec(select(Inquiry).where(Inquiry.line_id == line, Inquiry.member_id == person.id)).one()
        return inquiries.keep_answer(session, person, inquiry, text, with_pictures=False, now=now)

    return work


def asked(world: World, line: int) -> list[tuple[str, datetime]]:
    with world.database.read() as session:
        return [(one.who, one.asked_at) for one in inquiries.inquiries_of(session, line)]


def test_of_two_who_ask_one_asks_and_the_other_is_told_who_was_asked(world: World) -> None:
    for number in ROUNDS:
        stock, line = in_review(world, number)
        moved(world, stock.item_id, stock.location_id, "Ana", "Dan", "Ana")
        said = race(world, asking(world, line, "ben"), asking(world, line, "eva"))
        assert sorted(str(one).split(".")[0].partition(" at ")[0] for one in said) == [
            "Ana and Dan were asked",
            "I have asked Ana and Dan",
        ]
        assert [who for who, _ in asked(world, line)] == ["Ana", "Dan"]


def test_asking_against_a_decision(world: World) -> None:
    """Either it was asked in time, or the decision was first and nobody is asked."""
    for number in ROUNDS:
        stock, line = in_review(world, number)
        moved(world, stock.item_id, stock.location_id, "Ana")
        asking_said, approved = race(world, asking(world, line, "eva"), approving(world, line, "ben"))
        assert not isinstance(approved, Exception)
        assert world.state(line) is LineState.RECONCILED
        if isinstance(asking_said, Exception):
            assert isinstance(asking_said, WrongState)
            assert str(asking_said).startswith("Ben approved this at ")
        assert [who for who, _ in asked(world, line)] == ([] if isinstance(asking_said, Exception) else ["Ana"])


def test_an_answer_against_a_decision_is_kept_and_decides_nothing(world: World) -> None:
    for number in ROUNDS:
        stock, line = in_review(world, number)
        moved(world, stock.item_id, stock.location_id, "Ana", "Dan")
        with world.step() as session:
            asking(world, line, "eva")(session)
        results = race(
            world,
            answering(world, line, "ana", "me"),
            approving(world, line, "ben"),
            answering(world, line, "dan", "not me"),
        )
        assert not [one for one in results if isinstance(one, Exception)]
        with world.database.read() as session:
            facts = card_facts(session, line)
        assert [one.answer for one in facts.inquiries] == ["not me", "me"]
        assert world.on_hand(stock) == 90 - 2


def test_two_messages_at_once_are_both_kept(world: World) -> None:
    stock, line = in_review(world, 0)
    moved(world, stock.item_id, stock.location_id, "Ana")
    with world.step() as session:
        asking(world, line, "eva")(session)
    race(world, *(answering(world, line, "ana", text) for text in ("one", "two", "three")))
    with world.database.read() as session:
        kept = session.exec(select(Inquiry.answer).order_by(col(Inquiry.id))).one()
    assert sorted(kept.split(" / ")) == ["one", "three", "two"]
