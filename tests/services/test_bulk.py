"""What waits for somebody, and many lines approved at once: each under its own lock, all in one transaction."""

from decimal import Decimal
from itertools import pairwise

import pytest
from sqlmodel import col, select

from models.counts import DecisionKind
from models.errors import NotAllowed
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Role
from models.rules.bulk import Candidate
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from models.services import bulk, waiting
from models.services.bulk import Approved
from models.stock import EntryKind
from tests.builders import Number, Stock
from tests.conftest import NOW
from tests.services.authorizing import four_eyes, hand_over, two_above
from tests.services.test_races import ROUNDS, Work, approving, race
from tests.statements import statements
from tests.world import World


def counted(
    world: World, sku: str, number: Number, *, unit_cost: Number | None = 1, on_hand: int = 100
) -> tuple[Stock, int]:
    """A line that Ana and Dan counted alike."""
    stock = world.stock(sku, f"A-{sku}", on_hand, unit_cost=unit_cost)
    line = world.line(stock)
    for who in ("ana", "dan"):
        world.count(line, who, number)
    assert world.state(line) is LineState.IN_REVIEW
    return stock, line


def listed(world: World, who: str) -> list[Candidate]:
    person = world.person(who)
    with world.database.read() as session:
        return list(waiting.waiting_for(session, person).lines)


def against(world: World, who: str) -> dict[str, str]:
    return {line.sku: line.against for line in listed(world, who)}


def approving_many(world: World, who: str, *ids: int) -> Work:
    person, now = world.person(who), world.now
    seen = [(line, world.version(line)) for line in ids]
    return lambda session: bulk.approve_many(session, person=person, seen=seen, reason=Reason.COUNT_ERROR, now=now)


def approve(world: World, who: str, *ids: int) -> Approved:
    work = approving_many(world, who, *ids)
    with world.step() as session:
        done = work(session)
    assert isinstance(done, Approved)
    return done


def test_the_largest_value_comes_first_and_unknown_ones_before_all(world: World) -> None:
    counted(world, "SMALL", 93)
    counted(world, "DEAR", 96, unit_cost=20)
    counted(world, "OVER", 125)
    counted(world, "UNKNOWN", 93, unit_cost=None)
    assert [(line.sku, line.value) for line in listed(world, "eva")] == [
        ("UNKNOWN", None), ("DEAR", -80), ("OVER", 25), ("SMALL", -7),
    ]  # fmt: skip


def test_who_sees_what_waits(world: World) -> None:
    counted(world, "BOLT", 93)
    world.add_team("Workshop", "B-", counters=("fay",), approvers=("dan",))
    assert len(listed(world, "kim")) == 1
    assert listed(world, "dan") == []
    with pytest.raises(NotAllowed, match="Only approvers and stock control"):
        listed(world, "ana")


def test_what_somebody_may_have_to_count_is_left_out(world: World) -> None:
    counted(world, "BOLT", 93)
    with world.step() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "ben")
    elsewhere = world.line(world.stock("BOLT", "A-99", 5))
    assert listed(world, "ben") == []
    world.count(elsewhere, "fay", 5)
    assert [line.sku for line in listed(world, "ben")] == ["BOLT"]


def test_what_needs_a_look_says_why(world: World) -> None:
    counted(world, "PLAIN", 93)
    counted(world, "TENFOLD", 1000)
    counted(world, "DEAR", 93, unit_cost=200)
    corrected, _ = counted(world, "CORRECTED", 93)
    world.post(corrected, EntryKind.IMPORT, 1)
    late, line = counted(world, "LATE", 93)
    world.approve(line, "eva")
    world.issue(late, 1, occurred_at=NOW)
    assert against(world, "ben") == {
        "PLAIN": "",
        "TENFOLD": "over your limit of 500.00 EUR",
        "DEAR": "over your limit of 500.00 EUR",
        "CORRECTED": "the record was corrected since; it needs a recount",
        "LATE": "late movement; see its card",
    }
    assert against(world, "eva")["TENFOLD"] == "perhaps a slip; see its card"
    with world.step() as session:
        world.give_role(session, world.team_id, Role.APPROVER, "dan")
    assert against(world, "dan")["PLAIN"] == "you counted it"


def test_what_looks_misplaced_is_decided_on_its_card(world: World) -> None:
    here, there = world.stock("BOLT", "A-01", 100), world.stock("BOLT", "A-02", 50)
    for stock, number in ((here, 93), (there, 57)):
        line = world.line(stock)
        for who in ("ana", "dan"):
            world.count(line, who, number)
    assert {line.against for line in listed(world, "ben")} == {"looks misplaced; see its card"}


def test_what_may_have_been_taken_for_another_is_decided_on_its_card(world: World) -> None:
    stocks = [world.stock(sku, f"A-{sku}", 100) for sku in ("BOLT-10", "BOLT-12", "NUT")]
    short, over, other = (world.line(stock) for stock in stocks)
    for line, number in ((short, 90), (over, 110), (other, 90)):
        for who in ("ana", "dan"):
            world.count(line, who, number)
    assert against(world, "eva") == {
        "BOLT-10": "perhaps taken for another; see its card",
        "BOLT-12": "perhaps taken for another; see its card",
        "NUT": "",
    }
    assert len(approve(world, "eva", short, over).refused) == 2


def test_how_often_the_tolerance_fits(world: World) -> None:
    world.tolerate(Measure.PERCENT, 4)
    counted(world, "BOLT", 93)
    assert [line.times for line in listed(world, "ben")] == [Decimal("1.75")]


def test_each_line_is_approved_and_audited(world: World) -> None:
    bolts, first = counted(world, "BOLT", 93)
    nuts, second = counted(world, "NUT", 104)
    done = approve(world, "ben", first, second)
    assert ([line.sku for line in done.lines], done.refused) == (["BOLT", "NUT"], ())
    assert (world.on_hand(bolts), world.on_hand(nuts)) == (93, 104)
    for line in (first, second):
        (decision,) = world.decided(line)
        assert (decision.kind, decision.reason) == (DecisionKind.APPROVE, Reason.COUNT_ERROR)
    with world.database.read() as session:
        events = session.exec(select(AuditEvent.subject).where(AuditEvent.action == "decide: approve")).all()
    assert sorted(events) == [f"line {first}", f"line {second}"]
    assert world.problems() == []


def test_what_moved_on_since_the_preview_is_named_and_left_alone(world: World) -> None:
    bolts, first = counted(world, "BOLT", 93)
    nuts, second = counted(world, "NUT", 104)
    work = approving_many(world, "ben", first, second)
    world.clock("09:00")
    world.reject(first, "eva")
    with world.step() as session:
        done = work(session)
    assert isinstance(done, Approved)
    assert [line.sku for line in done.lines] == ["NUT"]
    assert done.refused == ("BOLT in A-BOLT: Eva rejected this at 09:00. Nothing was changed.",)
    assert (world.on_hand(bolts), world.on_hand(nuts)) == (100, 104)


def test_the_authority_is_asked_again_and_nobody_is_called(world: World) -> None:
    bolts, line = counted(world, "BOLT", 93, unit_cost=200)
    assert approve(world, "ben", line).refused == ("BOLT in A-BOLT: Over your limit of 500.00 EUR.",)
    assert approve(world, "fay", line).refused == (
        "BOLT in A-BOLT: Only approvers of Fleet Parts decide this. Ben or Eva can.",
    )
    assert world.on_hand(bolts) == 100
    with world.database.read() as session:
        kept = session.exec(select(AuditEvent.actor, AuditEvent.subject).where(AuditEvent.action == "refused: approve"))
        assert kept.all() == [("U01BEN", f"line {line}"), ("U01FAY", f"line {line}")]
        assert not session.exec(select(OutboxMessage).where(col(OutboxMessage.intent) == Intent.ESCALATION)).all()


def test_the_same_form_twice_approves_once_and_answers_the_same(world: World) -> None:
    bolts, line = counted(world, "BOLT", 93)
    work = approving_many(world, "ben", line)
    with world.step() as session:
        first = work(session)
    with world.step() as session:
        again = work(session)
    assert isinstance(first, Approved)
    assert isinstance(again, Approved)
    assert ([line.sku for line in again.lines], again.refused) == (["BOLT"], ())
    assert [one.kind for one in world.decided(line)] == [DecisionKind.APPROVE]
    assert world.on_hand(bolts) == 93


def test_an_id_that_is_no_line_is_named(world: World) -> None:
    person = world.person("ben")
    with world.step() as session:
        done = bulk.approve_many(session, person=person, seen=[(999, 1)], reason=Reason.UNKNOWN, now=world.now)
    assert done.refused == ("A line: That count line is not there any more.",)


def test_many_at_once_against_one_of_them(world: World) -> None:
    for number in ROUNDS:
        stocks = [counted(world, f"BOLT-{number}-{one}", 93) for one in range(3)]
        world.clock(f"1{number}:30")
        ids = [line for _, line in stocks]
        race(world, approving_many(world, "ben", *ids), approving(world, ids[1], "eva"))
        assert [len(world.decided(line)) for line in ids] == [1, 1, 1]
        assert {world.on_hand(stock) for stock, _ in stocks} == {93}
    assert world.problems() == []


def test_two_at_once_in_opposite_order_wait_for_nobody_in_a_circle(world: World) -> None:
    for number in ROUNDS:
        stocks = [counted(world, f"BOLT-{number}-{one}", 93) for one in range(3)]
        world.clock(f"1{number}:30")
        ids = [line for _, line in stocks]
        done = race(world, approving_many(world, "ben", *ids), approving_many(world, "eva", *reversed(ids)))
        assert sum(len(one.lines) for one in done if isinstance(one, Approved)) == 3
        assert {world.on_hand(stock) for stock, _ in stocks} == {93}
    assert world.problems() == []


def cost_of_list(world: World, who: str) -> int:
    """How many statements it takes to list what waits for somebody."""
    person = world.person(who)
    with statements(world.database) as sent, world.database.read() as session:
        waiting.waiting_for(session, person)
    return len(sent)


def test_what_a_list_costs_grows_with_its_lines_and_not_with_their_pairs(world: World) -> None:
    """SKUs that are all alike, and all as much off: each might offset each."""
    costs = []
    stocks = [world.stock(f"S-{number}", f"A-{number}", 100) for number in range(9)]
    for number, line in enumerate([world.line(stock) for stock in stocks]):
        for who in ("ana", "dan"):
            world.count(line, who, 93 if number % 2 else 107)
        costs.append(cost_of_list(world, "eva"))
    steps = [after - before for before, after in pairwise(costs)]
    assert max(steps[1:]) <= steps[1] + 2


def test_what_a_list_costs_for_a_delegate_grows_no_faster_than_for_stock_control(world: World) -> None:
    """Who decided first, and by what authority the reader decides, is not asked once more for each line."""
    two_above(world)
    hand_over(world, "ben", "zoe")
    four_eyes(world, 50)

    costs = []
    stocks = [world.stock(f"S-{number}", f"A-{number}", 100, unit_cost=10) for number in range(6)]
    for line in [world.line(stock) for stock in stocks]:
        for who in ("ana", "dan"):
            world.count(line, who, 90)
        world.approve(line, "max")
        costs.append(cost_of_list(world, "zoe"))
    steps = [after - before for before, after in pairwise(costs)]
    assert max(steps[1:]) <= steps[1]
    assert costs[-1] - cost_of_list(world, "kim") <= 2, "whom they act for is found out once, not for each line"
