"""Decisions and their causes: needed above an amount, refused once withdrawn, and demand where the company says so."""

from datetime import timedelta

import pytest

from models.errors import BadCause
from models.rules.causes import Reason
from models.rules.classes import ClassMeasure
from models.rules.lines import LineState
from models.services import bulk, cards, decisions, item_values
from tests.causing import say_causes
from tests.services.test_bulk import counted
from tests.world import World

OVER = "Choose the cause on the card and click again: 110.00 EUR is over 100.00 EUR."


def approve(world: World, line: int, who: str, cause: str) -> decisions.Ruling:
    person, seen = world.person(who), world.version(line)
    with world.step() as session:
        return decisions.approve(session, person=person, line_id=line, version=seen, reason=cause, now=world.now)


def refused(world: World, line: int, who: str, cause: str) -> str:
    with pytest.raises(BadCause) as error:
        approve(world, line, who, cause)
    assert world.decided(line) == []
    assert world.state(line) is LineState.IN_REVIEW
    return str(error.value)


@pytest.mark.parametrize("who", ["ben", "eva", "kim"])
@pytest.mark.parametrize("quantity", [89, 111])
def test_a_large_variance_needs_a_cause_from_everybody(world: World, who: str, quantity: int) -> None:
    say_causes(world.database, required_above=100)
    _, line = counted(world, "PUMP", quantity, unit_cost=10)
    assert refused(world, line, who, Reason.UNKNOWN) == OVER
    ruling = approve(world, line, who, Reason.DAMAGED)
    assert ruling.decision is not None
    assert ruling.decision.reason == "damaged"
    assert world.problems() == []


def test_a_small_one_does_not(world: World) -> None:
    say_causes(world.database, required_above=100)
    _, line = counted(world, "PUMP", 90, unit_cost=10)
    assert approve(world, line, "ben", Reason.UNKNOWN).decision is not None


def test_what_an_unknown_cost_hides_needs_a_cause(world: World) -> None:
    _, line = counted(world, "PUMP", 99, unit_cost=None)
    say_causes(world.database, required_above=100)
    assert refused(world, line, "eva", Reason.UNKNOWN) == (
        "Choose the cause on the card and click again: it has no unit cost, so it may be over 100.00 EUR."
    )
    say_causes(world.database)
    assert approve(world, line, "eva", Reason.UNKNOWN).decision is not None


def test_what_is_over_a_limit_goes_to_others_whatever_its_cause(world: World) -> None:
    say_causes(world.database, required_above=100)
    _, line = counted(world, "PUMP", 40, unit_cost=10)
    assert approve(world, line, "ben", Reason.UNKNOWN).sentence.endswith("I have asked Eva.")


def test_other_needs_words_so_it_is_adjusted(world: World) -> None:
    _, line = counted(world, "BOLT", 90)
    sentence = "Use Adjust… to say what happened, or choose another cause."
    assert refused(world, line, "ben", Reason.OTHER) == sentence
    assert world.adjust(line, "ben", 90, reason=Reason.OTHER, note="a forklift").decision is not None


def test_an_adjustment_always_needs_a_cause(world: World) -> None:
    _, line = counted(world, "BOLT", 90)
    with pytest.raises(BadCause, match="Choose a cause: an adjustment needs one"):
        world.adjust(line, "ben", 95, reason=Reason.UNKNOWN)
    assert world.state(line) is LineState.IN_REVIEW


def test_a_cause_that_was_withdrawn_is_refused_everywhere_and_stays_readable(world: World) -> None:
    _, early = counted(world, "EARLY", 90)
    _, line = counted(world, "LATE", 90)
    say_causes(world.database, own=["wrong box"])
    approve(world, early, "ben", "wrong box")
    say_causes(world.database, offered="damaged, other", withdrawn=["wrong box"])
    for gone in ("wrong box", "label error"):
        sentence = f"Choose another cause: “{gone}” is not in use any more."
        assert refused(world, line, "ben", gone) == sentence
        with pytest.raises(BadCause, match=sentence), world.step() as session:
            decisions.reject(
                session, person=world.person("ben"), line_id=line, version=world.version(line), reason=gone, note="",
                now=world.now,
            )  # fmt: skip
    with world.database.read() as session:
        facts = cards.card_facts(session, early)
        assert [made.reason for made in facts.decisions] == ["wrong box"]
        assert facts.causes == ("cause not known", "damaged")
    assert world.take_back(early, "ben").decision is not None, "what it posted can be taken back"
    assert world.problems() == []


def test_of_several_lines_only_those_that_need_a_cause_are_refused(world: World) -> None:
    say_causes(world.database, required_above=100)
    (_, small), (_, large) = counted(world, "SMALL", 95, unit_cost=10), counted(world, "LARGE", 89, unit_cost=10)
    person = world.person("ben")
    seen = [(line, world.version(line)) for line in (small, large)]
    with world.step() as session:
        done = bulk.approve_many(session, person=person, seen=seen, reason=Reason.UNKNOWN, now=world.now)
    assert [line.sku for line in done.lines] == ["SMALL"]
    assert done.refused == (f"LARGE in A-LARGE: {OVER}",)
    assert (world.state(small), world.state(large)) == (LineState.RECONCILED, LineState.IN_REVIEW)
    assert world.problems() == []


@pytest.mark.parametrize(("consuming", "used"), [(("in training",), 10), ((), 0)])
def test_an_own_cause_is_demand_when_the_company_says_so(world: World, consuming: tuple[str, ...], used: int) -> None:
    stock, line = counted(world, "BOLT", 90)
    say_causes(world.database, own=["in training"], consuming=consuming)
    approve(world, line, "ben", "in training")
    say_causes(world.database, withdrawn=["in training"], consuming=consuming)
    with world.database.read() as session:
        rows = item_values.values(session, ClassMeasure.USAGE_VALUE, 30, world.now + timedelta(hours=1))
        assert {row.item_id: item_values.in_units(ClassMeasure.USAGE_VALUE, row.value or 0) for row in rows} == {
            stock.item_id: used
        }
