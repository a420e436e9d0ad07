"""A line that nobody decides: who is called after how long, when it is quiet, and that it ends with the decision."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from models.counts import CountLine
from models.journal import Intent, OutboxMessage
from models.people import Company, Role
from models.rules.waiting import FIRST_CALL, LAST_CALL, is_call_due
from models.services import review_calls
from models.services.review_calls import CallFacts
from scheduler.jobs import tick
from tests.services.authorizing import approve_everywhere, four_eyes, hand_over
from tests.services.test_authority import in_review
from tests.world import World

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("waited", "made", "due"),
    [
        (FIRST_CALL - MINUTE, 0, False),
        (FIRST_CALL, 0, True),
        (FIRST_CALL + MINUTE, 1, False),
        (LAST_CALL - MINUTE, 1, False),
        (LAST_CALL, 1, True),
        (LAST_CALL, 0, True),
        (LAST_CALL * 9, 2, False),
    ],
)
def test_when_a_call_is_due(waited: timedelta, made: int, *, due: bool) -> None:
    assert is_call_due(waited, made) == due


def at(world: World, now: datetime) -> tuple[int, ...]:
    """The clock looks at that time; the lines it calls for."""
    world.now = now
    return tick(world.database, now).called


def since(world: World, line: int) -> datetime:
    found = world.see(line).review_since
    assert found is not None
    return found


def facts(world: World, line: int, number: int) -> CallFacts:
    with world.database.read() as session:
        return review_calls.call_facts(session, line, number)


def asked_for(world: World) -> list[str]:
    with world.database.read() as session:
        return list(
            session.exec(
                select(OutboxMessage.subject)
                .where(OutboxMessage.intent == Intent.REVIEW_CALL)
                .order_by(OutboxMessage.subject)
            )
        )


def test_first_those_who_may_and_then_stock_control(world: World) -> None:
    _, line = in_review(world, unit_cost=60)  # 600 EUR; Ben's limit is 500
    begun = since(world, line)
    assert at(world, begun + FIRST_CALL - MINUTE) == ()
    assert at(world, begun + FIRST_CALL) == (line,)
    assert at(world, begun + FIRST_CALL + MINUTE) == ()
    first = facts(world, line, 1)
    assert (first.asked, first.to_stock_control, first.since) == (("U01EVA",), False, begun)
    assert at(world, begun + LAST_CALL) == (line,)
    assert not facts(world, line, 1).is_current
    last = facts(world, line, 2)
    assert (last.asked, last.to_stock_control) == (("U01KIM",), True)
    assert at(world, begun + LAST_CALL * 3) == ()
    assert world.problems() == []


def test_where_nobody_of_the_team_may_stock_control_is_called_at_once(world: World) -> None:
    world.remove_role("ben", "eva", role=Role.APPROVER)
    _, line = in_review(world)
    assert at(world, since(world, line) + FIRST_CALL) == (line,)
    called = facts(world, line, 1)
    assert (called.asked, called.to_stock_control) == (("U01KIM",), True)


def test_the_decision_ends_the_calls(world: World) -> None:
    _, line = in_review(world)
    assert at(world, since(world, line) + FIRST_CALL) == (line,)
    with world.step() as session:
        for row in session.exec(select(OutboxMessage)):
            session.delete(row)
    world.approve(line, "ben")
    assert asked_for(world) == [f"{line}.1"], "what was posted is drawn again"
    assert not facts(world, line, 1).is_current
    assert world.see(line).review_since is None
    assert at(world, world.now + LAST_CALL) == ()


def test_a_line_that_comes_back_waits_anew(world: World) -> None:
    _, line = in_review(world)
    begun = since(world, line)
    at(world, begun + FIRST_CALL)
    world.approve(line, "ben")
    world.take_back(line, "ben")
    again = since(world, line)
    assert again > begun
    assert at(world, again + FIRST_CALL - MINUTE) == ()
    assert at(world, again + FIRST_CALL) == (line,)


def test_in_a_quiet_window_nobody_is_called(world: World) -> None:
    _, line = in_review(world)
    due = since(world, line) + FIRST_CALL
    with world.step() as session:
        company = session.get(Company, 1) or Company()
        company.quiet = f"{due:%H:%M}-{due + 2 * MINUTE:%H:%M}"
        session.add(company)
    assert at(world, due) == ()
    assert at(world, due + 3 * MINUTE) == (line,)


def test_a_line_that_waited_before_this_was_known_waits_from_now_on(world: World) -> None:
    _, line = in_review(world)
    with world.step() as session:
        session.get_one(CountLine, line).review_since = None
    begun = world.now + FIRST_CALL
    assert at(world, begun) == ()
    assert since(world, line) == begun
    assert at(world, begun + FIRST_CALL) == (line,)


def test_next_those_of_every_team_and_stock_control_at_last(world: World) -> None:
    approve_everywhere(world, "max")
    hand_over(world, "eva", "zoe")
    _, line = in_review(world, unit_cost=60)
    begun = since(world, line)
    at(world, begun + FIRST_CALL)
    with world.database.read() as session:
        first = review_calls.call_facts(session, line, 1, world.now)
    assert (first.asked, first.to_stock_control) == (("U01EVA", "U01ZOE"), False)
    at(world, begun + LAST_CALL)
    with world.database.read() as session:
        last = review_calls.call_facts(session, line, 2, world.now)
    assert (last.asked, last.to_stock_control) == (("U01MAX", "U01KIM"), True)


def test_where_nobody_of_the_team_may_those_of_every_team_are_called_first(world: World) -> None:
    approve_everywhere(world, "max")
    world.remove_role("eva", role=Role.APPROVER)
    _, line = in_review(world, unit_cost=60)
    begun = since(world, line)
    at(world, begun + FIRST_CALL)
    assert (facts(world, line, 1).asked, facts(world, line, 1).to_stock_control) == (("U01MAX",), False)
    at(world, begun + LAST_CALL)
    assert (facts(world, line, 2).asked, facts(world, line, 2).to_stock_control) == (("U01KIM",), True)


def test_of_what_waits_for_a_second_those_who_may_confirm_are_called(world: World) -> None:
    four_eyes(world, 50)
    _, line = in_review(world, unit_cost=10)
    world.approve(line, "eva")
    begun = since(world, line)
    at(world, begun + FIRST_CALL)
    assert facts(world, line, 1).asked == ("U01BEN",)
    at(world, begun + LAST_CALL)
    assert facts(world, line, 2).asked == ("U01KIM",)


def test_nobody_at_all_is_said(world: World) -> None:
    world.remove_role("ben", "eva", role=Role.APPROVER)
    with world.database.write() as session:
        world.member(session, "kim").is_controller = False
    _, line = in_review(world, unit_cost=10)
    at(world, since(world, line) + FIRST_CALL)
    assert (facts(world, line, 1).is_current, facts(world, line, 1).asked) == (True, ())
