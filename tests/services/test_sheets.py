"""What a sheet may say, read from a real database in a fixed number of queries."""

from dataclasses import asdict
from decimal import Decimal

import pytest

from models.counts import EntrySource
from models.rules.tolerance import Measure
from models.services.asks import AskState, escalation_facts, recount_facts
from models.services.sheets import LineWord, SheetFacts, sheet_facts
from tests.statements import statements
from tests.world import World


def facts_of(world: World, session_id: int = 1) -> SheetFacts:
    with world.database.read() as session:
        return sheet_facts(session, session_id)


def test_lines_come_in_walk_order_with_what_the_team_is_told(world: World) -> None:
    for number in range(1, 7):
        world.stock(f"BOLT-{number}", f"A-{number:02}", 100)
    world.start()
    world.count(1, "ana", 100)
    world.count(2, "ana", 90)
    world.count(3, "dan", 90)
    world.count(3, "ana", 90)
    world.skip(4, "dan", "blocked by a pallet")
    world.count(5, "fay", 90)
    world.count(5, "dan", 100)
    facts = facts_of(world)
    assert [(line.location, line.word, line.who, line.reason) for line in facts.lines] == [
        ("A-01", LineWord.DONE, "Ana", ""),
        ("A-02", LineWord.RECOUNT, "Dan", ""),
        ("A-03", LineWord.WITH_APPROVERS, None, ""),
        ("A-04", LineWord.SKIPPED, None, "blocked by a pallet"),
        ("A-05", LineWord.DONE, "Fay", ""),
        ("A-06", LineWord.TO_COUNT, None, ""),
    ]
    assert facts.by_person == (("Ana", 2), ("Dan", 1), ("Fay", 1))
    assert (facts.counted, len(facts.skipped), facts.can_be_counted, facts.result) == (4, 1, True, None)


def test_a_hundred_lines_take_as_many_queries_as_one(small_world: World) -> None:
    with small_world.database.write() as session:
        long_plan = small_world.plan(session, "Everything", small_world.team_id, lines=100)
    small_world.stock("BOLT-0", "A-000", 100)
    short = small_world.start().id
    for number in range(1, 101):
        small_world.stock(f"BOLT-{number}", f"A-{number:03}", 100)
    long = small_world.start(long_plan).id
    assert short is not None
    assert long is not None
    with statements(small_world.database) as for_one:
        facts_of(small_world, short)
    with statements(small_world.database) as for_many:
        facts = facts_of(small_world, long)
    assert len(facts.lines) == 100
    assert len(for_many) == len(for_one) <= 7  # BEGIN, and six reads


def test_an_open_sheet_is_the_same_whatever_the_books_say(small_world: World) -> None:
    """The facts of a session with one line done, one recounted and one reviewed hold nothing of the stock."""
    world = small_world
    for sku, on_hand in (("BOLT-1", 1234), ("BOLT-2", 1234), ("BOLT-3", 1234), ("BOLT-4", 1234)):
        world.stock(sku, f"A-{sku[-1]}", on_hand)
    world.start()
    world.count(1, "ana", 1234)
    world.count(2, "ana", 4321)
    world.count(3, "ana", 4321)
    world.count(3, "dan", 4321)
    told = str(asdict(facts_of(world)))
    assert "1234" not in told
    assert "4321" not in told
    assert "Decimal" not in told


def test_the_result_rates_first_counts_and_values_what_was_posted_netting_nothing_in_gross(world: World) -> None:
    world.tolerate(Measure.QUANTITY, 5)
    for sku in ("BOLT-1", "BOLT-2", "BOLT-3"):
        world.stock(sku, f"A-{sku[-1]}", 100, unit_cost="0.5", abc_class="C")
    world.stock("NUT-1", "A-4", 100)
    world.start()
    world.count(1, "ana", 104)  # in tolerance, but 4 % is no hit of class C; +4 posted
    world.count(2, "ana", 98)  # a hit: 2 %; -2 posted
    world.count(3, "ana", 90)  # out; the recount below does not make the first count right, and posts nothing
    world.count(3, "dan", 100)
    world.skip(4, "ana")
    result = facts_of(world).result
    assert result is not None
    assert (result.counted, result.right_at_first, result.unknown_cost) == (3, 1, 0)
    assert (result.net_value, result.gross_value) == (Decimal(1), Decimal(3))
    assert result.closed_at == world.see(4).settled_at


def test_a_movement_recorded_late_does_not_make_the_first_count_right(world: World) -> None:
    bolts = world.stock("BOLT-1", "A-1", 100)
    line = world.line(bolts)
    counted_at = world.now
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.issue(bolts, 10, occurred_at=counted_at)
    world.approve(line, "ben")
    result = facts_of(world).result
    assert result is not None
    assert (result.right_at_first, result.gross_value) == (0, 0), "the record was wrong, though nothing was missing"


def test_the_result_says_how_many_were_rejected(world: World) -> None:
    for number in (1, 2):
        world.stock(f"BOLT-{number}", f"A-{number}", 100)
    world.start()
    world.count(1, "ana", 100)
    world.count(2, "ana", 90)
    world.count(2, "dan", 90)
    world.reject(2, "ben")
    result = facts_of(world).result
    assert result is not None
    assert (result.counted, result.rejected) == (2, 1)


def test_a_line_that_a_movement_opened_again_is_with_the_approvers(world: World) -> None:
    bolts = world.stock("BOLT-1", "A-1", 100)
    world.stock("BOLT-2", "A-2", 100)
    world.start()
    counted_at = world.now
    world.count(1, "ana", 100)
    world.count(2, "ana", 100)
    world.issue(bolts, 10, occurred_at=counted_at)
    facts = facts_of(world)
    assert [(line.word, line.who) for line in facts.lines] == [
        (LineWord.WITH_APPROVERS, None),
        (LineWord.DONE, "Ana"),
    ]
    assert facts.result is None


def test_unknown_cost_is_counted_apart(small_world: World) -> None:
    small_world.count(small_world.line(small_world.stock("BOLT-1", "A-1", 100, unit_cost=None)), "ana", 100)
    result = facts_of(small_world).result
    assert result is not None
    assert (result.counted, result.unknown_cost, result.gross_value) == (1, 1, 0)


def test_who_has_no_name_yet_is_shown_by_id_and_listed(small_world: World) -> None:
    with small_world.database.write() as session:
        small_world.member(session, "ana").name = None
    line = small_world.line(small_world.stock("BOLT-1", "A-1", 100))
    small_world.count(line, "ana", 90)
    facts = facts_of(small_world)
    assert facts.by_person == (("U01ANA", 1),)
    assert facts.unnamed == ("U01ANA",)


# -- who is asked


def asked(world: World, line: int, number: int) -> tuple[AskState, str | None]:
    with world.database.read() as session:
        facts = recount_facts(session, line, number)
        return facts.state, facts.who


def test_a_recount_waits_passes_on_and_is_made(world: World) -> None:
    line = world.line(world.stock("BOLT-1", "A-1", 100))
    world.count(line, "ana", 90)
    assert asked(world, line, 1) == (AskState.WAITING, "Dan")
    world.skip(line, "dan")
    assert asked(world, line, 1) == (AskState.PASSED_ON, None)
    assert asked(world, line, 2) == (AskState.WAITING, "Fay")
    world.count(line, "fay", 90)
    assert asked(world, line, 2) == (AskState.MADE, "Fay")


def test_a_recount_that_nobody_made_is_over(small_world: World) -> None:
    line = small_world.line(small_world.stock("BOLT-1", "A-1", 100))
    small_world.count(line, "ana", 90)
    small_world.now = small_world.see(line).due_at
    small_world.expire()
    assert asked(small_world, line, 1) == (AskState.OVER, None)


@pytest.mark.parametrize("source", list(EntrySource))
def test_the_facts_of_a_recount_hold_no_number(small_world: World, source: EntrySource) -> None:
    line = small_world.line(small_world.stock("BOLT-X", "A-X", 1234))
    small_world.count(line, "ana", 4321, source=source)
    with small_world.database.read() as session:
        told = str(asdict(recount_facts(session, line, 1)))
    assert "1234" not in told
    assert "4321" not in told


def test_an_escalation_leaves_out_who_was_refused(world: World) -> None:
    line = world.line(world.stock("ENGINE", "A-1", 2, unit_cost=3596))
    world.count(line, "ana", 1)
    world.count(line, "dan", 1)
    world.approve(line, "ben")
    with world.database.read() as session:
        facts = escalation_facts(session, line, world.version(line))
    assert (facts.by, facts.value, facts.limit, facts.asked) == ("Ben", -3596, 500, ("U01EVA",))
    assert facts.is_current
    asked_at = world.version(line)
    world.approve(line, "eva")
    with world.database.read() as session:
        assert not escalation_facts(session, line, asked_at).is_current
