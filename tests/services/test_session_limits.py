"""Limits of what somebody posts in one session: all of it counts, over and short, and what they take back, too."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from sqlmodel import select

from models.catalog import Item
from models.database import Database
from models.errors import NotAllowed
from models.journal import AuditEvent
from models.people import Member, Role, TeamRole
from models.rules.bulk import Criteria, choose
from models.rules.causes import Reason
from models.services import asks, bulk, people, setups
from models.services.waiting import waiting_for
from tests.builders import Number
from tests.services.setup_example import SETUP
from tests.services.test_bulk import approving_many
from tests.services.test_races import ROUNDS, approving, race
from tests.services.test_transfers import misplaced, transfer
from tests.statements import statements
from tests.world import World


def limit_session(world: World, who: str, amount: Number | None) -> None:
    """How much `who` may post in one session."""
    with world.database.write() as session:
        role = session.exec(
            select(TeamRole).join(Member).where(Member.slack_id == f"U01{who.upper()}", TeamRole.role == Role.APPROVER)
        ).one()
        role.session_limit = None if amount is None else Decimal(amount)


def waiting(world: World, *counted: Number, unit_cost: Number | None = 10, prefix: str = "BOLT") -> list[int]:
    """Lines of one session that wait for a decision: 100 in the book of each, counted as given, at 10 EUR apiece."""
    stocks = [
        world.stock(f"{prefix}-{number}", f"A-{prefix}-{number}", 100, unit_cost=unit_cost)
        for number, _ in enumerate(counted)
    ]
    lines = [world.line(stock) for stock in stocks]
    for line, quantity in zip(lines, counted, strict=True):
        world.count(line, "ana", quantity)
        world.count(line, "dan", quantity)
    assert len({world.see(line).session_id for line in lines}) == 1
    return lines


def test_what_was_posted_before_counts_whichever_side_it_was_on(world: World) -> None:
    limit_session(world, "ben", 300)
    short, over, last = waiting(world, 90, 110, 89)
    world.approve(short, "ben")
    world.approve(over, "ben")
    refused = world.approve(last, "ben")
    assert refused.decision is None
    assert refused.sentence == (
        "With -110.00 EUR you post 310.00 EUR, over your limit of 300.00 EUR a session. I have asked Eva."
    )
    assert world.adjust(last, "ben", 90).decision is not None, "the limit itself is enough: 300 EUR"


def test_the_limit_of_one_line_is_told_first(world: World) -> None:
    limit_session(world, "ben", 100)
    [line] = waiting(world, 49)
    assert world.approve(line, "ben").sentence == "-510.00 EUR is over your limit of 500.00 EUR. I have asked Eva."


def test_it_is_of_one_person_and_one_session(world: World) -> None:
    limit_session(world, "ben", 150)
    first, second = waiting(world, 90, 90)
    world.approve(first, "eva")
    world.approve(second, "ben")
    world.clock("12:00")
    [again] = waiting(world, 90, prefix="NUT")
    assert world.see(again).session_id != world.see(first).session_id
    assert world.approve(again, "ben").decision is not None


def test_what_posts_nothing_needs_no_limit(world: World) -> None:
    limit_session(world, "ben", 0)
    first, second, third = waiting(world, 90, 90, 90)
    assert world.reject(first, "ben").decision is not None
    assert world.ask_recount(second, "ben").decision is not None
    assert world.adjust(third, "ben", 100).decision is not None


def test_an_unknown_value_is_over_it(world: World) -> None:
    with world.database.write() as session:
        role = session.exec(select(TeamRole).where(TeamRole.role == Role.APPROVER)).first()
        assert role is not None
        role.approval_limit = None
    first, second = waiting(world, 90, 90, unit_cost=None)
    world.approve(first, "ben")
    limit_session(world, "ben", 1000)
    assert world.approve(second, "ben").sentence == (
        "This item has no unit cost, so its value may be over your limit of 1,000.00 EUR a session. I have asked Eva."
    )
    with world.database.write() as session:
        session.get_one(Item, world.see(second).item_id).unit_cost = Decimal(1)
    assert world.approve(second, "ben").sentence == (
        "You posted something without a unit cost in this session, so with this you may be over your limit of "
        "1,000.00 EUR a session. I have asked Eva."
    )


def test_taking_back_is_posting_too(world: World) -> None:
    limit_session(world, "ben", 250)
    [line] = waiting(world, 90)
    world.approve(line, "ben")
    world.take_back(line, "ben")
    refused = world.approve(line, "ben")
    assert refused.sentence == (
        "With -100.00 EUR you post 300.00 EUR, over your limit of 250.00 EUR a session. I have asked Eva."
    )
    world.approve(line, "eva")
    with pytest.raises(NotAllowed) as told:
        world.take_back(line, "ben")
    assert str(told.value) == (
        "With -100.00 EUR you post 300.00 EUR, over your limit of 250.00 EUR a session. Eva can take it back."
    )


def test_a_transfer_moves_one_value_and_so_does_taking_it_back(world: World) -> None:
    limit_session(world, "ben", 25)
    pair = misplaced(world)  # 12 EUR
    assert transfer(world, pair.short, pair.over, "ben").decision is not None
    world.take_back(pair.over, "ben")
    refused = transfer(world, pair.over, pair.short, "ben")
    assert refused.sentence == (
        "With 12.00 EUR you post 36.00 EUR, over your limit of 25.00 EUR a session. I have asked Eva."
    )


def test_who_is_asked_instead_may_post_it_with_all_the_rest(world: World) -> None:
    limit_session(world, "ben", 150)
    limit_session(world, "eva", 150)
    first, second, third = waiting(world, 90, 90, 90)
    world.approve(first, "ben")
    assert world.approve(second, "ben").sentence.endswith("a session. I have asked Eva.")
    world.approve(second, "eva")
    assert world.approve(third, "ben").sentence.endswith("a session. I have asked Kim.")
    world.approve(third, "kim")
    assert all(world.decided(line) for line in (first, second, third))


def test_the_call_and_the_trail_say_what_it_would_have_come_to(world: World) -> None:
    limit_session(world, "ben", 150)
    first, second = waiting(world, 90, 90)
    world.approve(first, "ben")
    world.approve(second, "ben")
    with world.database.read() as session:
        facts = asks.escalation_facts(session, second, world.version(second))
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "refused: over limit")).one()
    assert (facts.value, facts.limit, facts.of_session, facts.total) == (-100, 150, True, 200)
    assert json.loads(event.detail)["of_session"] is True


def test_two_lines_of_one_session_approved_at_once_do_not_pass_the_limit_together(world: World) -> None:
    limit_session(world, "ben", 150)
    for number in ROUNDS:
        lines = waiting(world, 90, 90, prefix=f"BOLT-{number}")
        rulings = race(world, *[approving(world, line, "ben") for line in lines])
        assert sorted(bool(getattr(ruling, "decision", None)) for ruling in rulings) == [False, True]
        for line in lines:
            if not world.decided(line):
                world.approve(line, "eva")
        world.now = world.now.replace(hour=8 + number)


def test_a_preview_shows_no_more_lines_than_their_limit_lasts_for(world: World) -> None:
    limit_session(world, "ben", 250)
    posted, *lines = waiting(world, 95, 90, 90, 90)
    world.approve(posted, "ben")
    ben = world.person("ben")
    with world.step() as session:
        choice = choose(waiting_for(session, ben).lines, Criteria(Decimal(500), None), currency="EUR", most=40)
        seen = [(line.line_id, line.version) for line in choice.taken]
        done = bulk.approve_many(session, person=ben, seen=seen, reason=Reason.UNKNOWN, now=world.now)
    assert (len(seen), len(done.lines), done.refused) == (2, 2, ())
    assert [one.line.line_id for one in choice.left_out] == [lines[2]]


def test_many_at_once_lock_their_lines_before_the_limit(postgres_database: Database, now: datetime) -> None:
    """Else somebody's two devices wait for each other: one line's card holds the line, and asks for the limit."""
    world = World(postgres_database, now)
    limit_session(world, "ben", 10_000)
    lines = waiting(world, 90, 90)
    many = approving_many(world, "ben", *lines)
    with statements(postgres_database) as sent, world.step() as session:
        many(session)
    locking = [(statement, str(values)) for statement, values in sent if "FOR UPDATE" in statement]
    limit = next(number for number, (statement, _) in enumerate(locking) if "FROM teamrole" in statement)
    assert len({values for statement, values in locking[:limit] if "FROM stocklevel" in statement}) == len(lines)


def test_the_set_up_file_gives_it_and_takes_it_away(database: Database, now: datetime) -> None:
    def apply(text: str) -> list[str]:
        with database.write() as session:
            return setups.apply(session, text, file_name="setup.toml", now=now)

    def of_ben() -> tuple[Decimal | None, Decimal | None]:
        with database.read() as session:
            ben = people.require_person(session, "U03BEN")
            [[own]] = ben.authorities.values()
            return own.limit, own.session_limit

    apply(SETUP)
    assert of_ben() == (500, None)
    limited = SETUP.replace("limit = 500", "limit = 500, session_limit = 2000")
    assert apply(limited) == ['team "Fleet Parts": approver U03BEN: session_limit none -> "2000"']
    assert apply(limited) == []
    assert of_ben() == (500, 2000)
    apply(SETUP)
    assert of_ben() == (500, None)
