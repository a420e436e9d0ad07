"""Decisions against each other and against what else happens to a line: one effect, and the loser is told why."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from sqlmodel import Session

from models.counts import DecisionKind
from models.errors import AlreadyDecided, WrongState
from models.plans import CountPlan
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services import decisions, imports, plans, reversals
from tests.builders import Stock
from tests.services.importing import stock_file
from tests.services.test_races import ROUNDS, Work, approving, counting, in_review, race, split
from tests.services.test_reversals import taking_back
from tests.world import World


def adjusting(world: World, line: int, who: str, version: int | None = None) -> Work:
    person, seen, now = world.person(who), version or world.version(line), world.now
    return lambda session: decisions.adjust(
        session, person=person, line_id=line, version=seen, quantity=Decimal(95), reason=Reason.COUNT_ERROR,
        note="", now=now,
    )  # fmt: skip


def asking_again(world: World, line: int, who: str, version: int | None = None) -> Work:
    person, seen, now = world.person(who), version or world.version(line), world.now
    return lambda session: decisions.recount(session, person=person, line_id=line, version=seen, now=now)


def rejecting(world: World, line: int, who: str, version: int | None = None) -> Work:
    person, seen, now = world.person(who), version or world.version(line), world.now
    return lambda session: decisions.reject(
        session, person=person, line_id=line, version=seen, reason=Reason.COUNT_ERROR, note="", now=now
    )


Deciding = Callable[[World, int, str, int | None], Work]
DECIDING: dict[DecisionKind, Deciding] = {
    DecisionKind.APPROVE: approving,
    DecisionKind.ADJUST: adjusting,
    DecisionKind.RECOUNT: asking_again,
    DecisionKind.REJECT: rejecting,
}
OUTCOMES = {
    DecisionKind.APPROVE: (90, LineState.RECONCILED, "approved this at 1{}:51 (-10)"),
    DecisionKind.ADJUST: (95, LineState.RECONCILED, "adjusted this at 1{}:51 (-5)"),
    DecisionKind.RECOUNT: (100, LineState.RECOUNT, "asked for a recount at 1{}:51"),
    DecisionKind.REJECT: (100, LineState.REJECTED, "rejected this at 1{}:51"),
}


@pytest.mark.parametrize(("ours", "theirs"), list(combinations_with_replacement(DECIDING, 2)))
def test_of_two_decisions_one_is_made_and_the_other_is_told_which(
    world: World, ours: DecisionKind, theirs: DecisionKind
) -> None:
    for number in ROUNDS:
        bolts, line = in_review(world, number)
        world.clock(f"1{number}:51")
        won, lost = split(
            race(world, DECIDING[ours](world, line, "ben", None), DECIDING[theirs](world, line, "eva", None))
        )
        assert (len(won), len(lost)) == (1, 1)
        [made] = world.decided(line)
        on_hand, state, did = OUTCOMES[made.kind]
        name = "Ben" if made.member_id == world.person("ben").id else "Eva"
        assert isinstance(lost[0], AlreadyDecided)
        assert str(lost[0]) == f"{name} {did.format(number)}. Nothing was changed."
        assert (world.on_hand(bolts), world.state(line)) == (on_hand, state)
        assert len(world.adjustments(bolts)) == (1 if state is LineState.RECONCILED else 0)


# -- against a late count


@pytest.mark.parametrize("kind", DECIDING)
def test_against_a_correction_of_the_count_that_is_judged(world: World, kind: DecisionKind) -> None:
    """Dan notices that it was 97. Either the approver sees that first, or it is only noted."""
    for number in ROUNDS:
        bolts, line = in_review(world, number)
        world.clock(f"1{number}:51")
        decided, counted = race(world, DECIDING[kind](world, line, "ben", None), counting(world, line, "dan", 97))
        assert not isinstance(counted, Exception), "nobody's number is lost"
        correction = world.entries(line)[-1]
        assert (correction.quantity, len(world.entries(line))) == (97, 3)
        if isinstance(decided, Exception):
            assert str(decided).startswith("The facts have changed since this card was drawn.")
            assert world.decided(line) == []
            assert (world.state(line), world.proposal(line).variance) == (LineState.IN_REVIEW, -3)
            world.approve(line, "ben")
            assert world.on_hand(bolts) == 97
        else:
            assert not correction.settles
            assert (world.on_hand(bolts), world.state(line)) == OUTCOMES[kind][:2]
            assert len(world.decided(line)) == 1


@pytest.mark.parametrize("kind", [DecisionKind.APPROVE, DecisionKind.ADJUST, DecisionKind.REJECT])
@pytest.mark.parametrize(("who", "is_kept"), [("ana", True), ("fay", False)])
def test_against_a_count_that_comes_too_late(world: World, kind: DecisionKind, who: str, is_kept: bool) -> None:  # noqa: FBT001 - a column
    """Ana's is not the last attempt any more, Fay was not asked: the decision stands either way."""
    for number in ROUNDS:
        bolts, line = in_review(world, number)
        world.clock(f"1{number}:51")
        decided, counted = race(world, DECIDING[kind](world, line, "ben", None), counting(world, line, who, 97))
        assert not isinstance(decided, Exception)
        assert [entry.settles for entry in world.entries(line)] == [True, True, False][: 2 + is_kept]
        if not is_kept:
            assert isinstance(counted, WrongState)
            assert str(counted).startswith("Dan counted this at ")
        assert (world.on_hand(bolts), world.state(line)) == OUTCOMES[kind][:2]


def test_a_recount_asked_against_the_count_of_who_would_be_asked(world: World) -> None:
    """Fay counts what nobody asked of her yet: before the approver asks it is refused, afterwards it is the recount."""
    for number in ROUNDS:
        bolts, line = in_review(world, number)
        asked, counted = race(world, asking_again(world, line, "ben"), counting(world, line, "fay", 100))
        assert not isinstance(asked, Exception)
        if isinstance(counted, WrongState):
            assert str(counted).endswith("it is with the approvers.")
            assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "fay")
        else:
            assert world.entries(line)[-1].attempt == 3
            assert world.state(line) is LineState.RECONCILED
        assert world.on_hand(bolts) == 100


def test_approve_against_a_file_that_knows_of_the_shortage_writes_it_off_once(world: World) -> None:
    for number in ROUNDS:
        bolts, line = in_review(world, number)
        now, row = world.now, f"{bolts.sku},Bolt,,pcs,1,A-{number:02},90"

        def importing(session: Session) -> object:
            return imports.import_stock(session, stock_file(row), now=now)  # noqa: B023 - run at once

        decided, imported = race(world, approving(world, line, "ben"), importing)
        assert not isinstance(imported, Exception)
        if isinstance(decided, Exception):
            assert str(decided).startswith("Ask for a recount: the record was corrected since this count (import -10, ")
        assert (world.on_hand(bolts), world.problems()) == (90, [])


# -- taking back


def approved(world: World, number: int) -> tuple[Stock, int]:
    """90 of 100, counted twice and approved by Ben."""
    bolts, line = in_review(world, number)
    world.clock(f"1{number}:30")
    world.approve(line, "ben")
    world.clock(f"1{number}:51")
    return bolts, line


@pytest.mark.parametrize("kind", DECIDING)
def test_taking_back_against_a_decision_by_the_card_that_follows(world: World, kind: DecisionKind) -> None:
    """Eva decides by the card as it stands once Ben has taken his decision back: then it is made, or there is none."""
    for number in ROUNDS:
        bolts, line = approved(world, number)
        following = DECIDING[kind](world, line, "eva", world.version(line) + 1)
        taken, decided = race(world, taking_back(world, line, "ben"), following)
        assert not isinstance(taken, Exception)
        if isinstance(decided, Exception):
            assert str(decided) == "This line is not waiting for a decision any more. Nothing was changed."
            assert (world.state(line), world.on_hand(bolts)) == (LineState.IN_REVIEW, 100)
        else:
            assert (world.on_hand(bolts), world.state(line)) == OUTCOMES[kind][:2]
        assert sum(row.quantity for row in world.adjustments(bolts)) == world.on_hand(bolts) - 100


def test_taking_back_against_an_approval_of_the_same_card_is_refused_to_one(world: World) -> None:
    """The card came back for a late movement: what it proposes is approved, and the old card takes nothing back."""
    for number in ROUNDS:
        bolts, line = approved(world, number)
        old = taking_back(world, line, "ben")
        world.issue(bolts, 4, occurred_at=world.entries(line)[-1].counted_at)
        assert world.state(line) is LineState.IN_REVIEW
        won, [told] = split(race(world, old, approving(world, line, "eva")))
        assert isinstance(told, WrongState)
        assert (len(won), world.on_hand(bolts)) == (1, 90)


def test_taking_back_against_a_session_that_starts_there(world: World) -> None:
    """One open line of the stock: the one that was taken back, or that of the new count; never both."""
    for number in ROUNDS:
        bolts, line = approved(world, number)
        now = world.now

        def starting(session: Session) -> object:
            plan = session.get_one(CountPlan, world.plan_id)
            return plans.start(session, plan, scheduled_for=now, now=now, actor="test")  # noqa: B023 - run at once

        taken, started = race(world, taking_back(world, line, "ben"), starting)
        assert not isinstance(started, Exception)
        open_line = world._open_line(bolts)
        if isinstance(taken, Exception):
            assert str(taken) == (
                f"{bolts.sku} in A-{number:02} is being counted again, in Daily parts. "
                "That count will say what is right."
            )
            assert open_line not in (line, None)
            assert world.on_hand(bolts) == 90
        else:
            assert open_line == line
            assert world.on_hand(bolts) == 100
        assert world.problems() == []
        world.now += timedelta(minutes=1)  # an occurrence of a plan is started once


def test_taking_back_against_the_count_that_rests_on_it(world: World) -> None:
    """A newer count of the stock settles meanwhile: what it found was judged by what stood when it was judged."""
    for number in ROUNDS:
        bolts, line = approved(world, number)
        again = world.line(bolts)
        taken, counted = race(world, taking_back(world, line, "ben"), counting(world, again, "ana", 90))
        assert isinstance(taken, WrongState)
        assert not isinstance(counted, Exception)
        assert (world.state(again), world.on_hand(bolts)) == (LineState.RECONCILED, 90)


def test_three_who_take_back_and_one_who_opens_the_form_post_one_opposite(world: World) -> None:
    for number in ROUNDS:
        bolts, line = approved(world, number)
        kim, version, now = world.person("kim"), world.version(line), world.now

        def opening(session: Session) -> object:
            return reversals.open_to_reverse(session, person=kim, line_id=line, version=version, now=now)  # noqa: B023 - run at once

        *taken, _ = race(world, *[taking_back(world, line, who) for who in ("ben", "eva", "kim")], opening)
        won, lost = split(taken)
        assert (len(won), len(lost)) == (1, 2)
        assert all("took the decision back at" in str(refusal) for refusal in lost)
        assert [row.quantity for row in world.adjustments(bolts)] == [-10, 10]
