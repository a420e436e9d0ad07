"""Misplaced stock: two variances that cancel out become one transfer, with nothing written off."""

import re
from dataclasses import dataclass
from decimal import Decimal

import pytest

from models.catalog import Item
from models.counts import DecisionKind
from models.errors import AlreadyDecided, CycleCountError, NotAllowed, WrongState
from models.people import Role
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.rules.offsets import Likeness
from models.services import asks, cards, exports, imports, transfers
from models.services.decisions import Ruling
from models.stock import EntryKind
from tests.builders import Number, Stock
from tests.conftest import NOW
from tests.services.test_races import ROUNDS, Work, approving, race, split
from tests.world import World


@dataclass(frozen=True)
class Pair:
    """Twelve short in A-01 and, unless told, twelve over in A-02, each counted twice."""

    here: Stock
    there: Stock
    short: int
    over: int


def misplaced(world: World, sku: str = "BOLT-10", *, over: Number = 12, unit_cost: Number | None = 1) -> Pair:
    here = world.stock(sku, "A-01", 120, unit_cost=unit_cost)
    there = world.stock(sku, "A-02", 30, unit_cost=unit_cost)
    short, extra = world.line(here), world.line(there)
    for who in ("ana", "dan"):
        world.count(short, who, 108)
        world.count(extra, who, 30 + Decimal(over))
    return Pair(here, there, short, extra)


def transferring(world: World, one: int, other: int, who: str) -> Work:
    person, now = world.person(who), world.now
    version, other_version = world.version(one), world.version(other)
    return lambda session: transfers.make_transfer(
        session, person=person, line_id=one, version=version, other_id=other, other_version=other_version, now=now
    )


def transfer(world: World, one: int, other: int, who: str) -> Ruling:
    work = transferring(world, one, other, who)
    with world.step() as session:
        ruling = work(session)
    assert isinstance(ruling, Ruling)
    return ruling


def told(world: World, line: int) -> list[tuple[Likeness, str, int]]:
    with world.database.read() as session:
        found = cards.card_facts(session, line).offsets
    return [(offset.likeness, offset.other.location, int(offset.other.amount)) for offset in found]


def test_both_lines_are_settled_and_nothing_is_written_off(world: World) -> None:
    pair = misplaced(world)
    world.clock("10:00")
    ruling = transfer(world, pair.short, pair.over, "ben")
    assert ruling.sentence == "BOLT-10: 12 pcs moved from A-01 to A-02 in the record."
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (108, 42)
    for line, posted, note, other in (
        (pair.short, -12, "to A-02", pair.over),
        (pair.over, 12, "from A-01", pair.short),
    ):
        assert world.state(line) is LineState.RECONCILED
        decision = world.decided(line)[-1]
        assert (decision.kind, decision.posted, decision.note) == (DecisionKind.TRANSFER, posted, note)
        assert (decision.reason, decision.other_line_id) == (Reason.MISPLACED, other)
    assert world.adjustments(pair.here) + world.adjustments(pair.there) == []
    assert world.level(pair.here).last_counted_at == world.entries(pair.short)[-1].counted_at
    assert world.problems() == []


def test_it_is_the_same_from_the_other_card(world: World) -> None:
    pair = misplaced(world)
    assert transfer(world, pair.over, pair.short, "ben").sentence == (
        "BOLT-10: 12 pcs moved from A-01 to A-02 in the record."
    )
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (108, 42)


def test_what_moved_since_the_counts_keeps_its_effect(world: World) -> None:
    pair = misplaced(world)
    world.receive(pair.here, 20)
    world.issue(pair.there, 2)
    transfer(world, pair.short, pair.over, "ben")
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (128, 40)
    assert world.problems() == []


def test_cards_name_each_other_as_long_as_both_wait(world: World) -> None:
    pair = misplaced(world)
    assert told(world, pair.short) == [(Likeness.MISPLACED, "A-02", 12)]
    assert told(world, pair.over) == [(Likeness.MISPLACED, "A-01", -12)]
    world.ask_recount(pair.over, "ben")
    assert told(world, pair.short) == [], "whoever recounts may read this card"


def test_a_part_and_another_sku_are_only_told(world: World) -> None:
    pair = misplaced(world, over=10)
    assert told(world, pair.short) == [(Likeness.PARTLY, "A-02", 10)]
    with pytest.raises(WrongState, match="do not cancel out any more"):
        transfer(world, pair.short, pair.over, "ben")
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (120, 30)


def test_lines_of_two_sessions_are_no_pair(world: World) -> None:
    pair = misplaced(world)
    world.reject(pair.over, "ben")
    world.clock("10:00")
    again = world.line(pair.there)
    for who in ("ana", "dan"):
        world.count(again, who, 42)
    assert told(world, pair.short) == []
    with pytest.raises(WrongState, match="do not cancel out any more"):
        transfer(world, pair.short, again, "ben")


def test_it_needs_the_authority_to_write_it_off(world: World) -> None:
    pair = misplaced(world, unit_cost=50)  # 600 EUR; Ben's limit is 500
    assert transfer(world, pair.short, pair.over, "ben").decision is None
    assert transfer(world, pair.over, pair.short, "ben").decision is None
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (120, 30)
    assert transfer(world, pair.short, pair.over, "eva").decision is not None


def test_without_a_unit_cost_only_somebody_without_a_limit(world: World) -> None:
    pair = misplaced(world, unit_cost=None)
    assert transfer(world, pair.short, pair.over, "ben").decision is None
    assert transfer(world, pair.short, pair.over, "eva").decision is not None


def test_the_dearer_side_asks_for_the_authority_from_either_card(world: World) -> None:
    here, there = world.stock("BOLT-10", "A-01", 120), world.stock("BOLT-10", "A-02", 30)
    short, over = world.line(here), world.line(there)
    for who in ("ana", "dan"):
        world.count(short, who, 108)
    with world.database.write() as session:
        session.get_one(Item, here.item_id).unit_cost = Decimal(50)  # 600 EUR from now on; Ben's limit is 500
    for who in ("ana", "dan"):
        world.count(over, who, 42)
    for one, other in ((short, over), (over, short)):
        assert transfer(world, one, other, "ben").decision is None
    assert transfer(world, short, over, "eva").decision is not None
    for side in (short, over):
        with pytest.raises(NotAllowed, match=r"is over your limit of 500.00 EUR. Eva can take it back."):
            world.take_back(side, "ben")


def test_who_counted_the_other_side_is_not_asked_to_decide(world: World) -> None:
    with world.step() as session:
        world.give_role(session, world.team_id, Role.APPROVER, "fay")
    here, there = (world.stock("BOLT-10", code, number, unit_cost=50) for code, number in (("A-01", 120), ("A-02", 30)))
    short, over = world.line(here), world.line(there)
    for line, people, number in ((short, ("ana", "dan"), 108), (over, ("ana", "fay"), 42)):
        for who in people:
            world.count(line, who, number)
    ruling = transfer(world, short, over, "ben")
    assert ruling.sentence == "-600.00 EUR is over your limit of 500.00 EUR. I have asked Eva."
    with world.database.read() as session:
        assert asks.escalation_facts(session, short, world.version(short)).asked == ("U01EVA",)
    transfer(world, short, over, "eva")
    with pytest.raises(NotAllowed, match="Eva can take it back"):
        world.take_back(short, "ben")


def test_who_counted_either_side_does_not_decide(world: World) -> None:
    here, there = world.stock("BOLT-10", "A-01", 120), world.stock("BOLT-10", "A-02", 30)
    short, over = world.line(here), world.line(there)
    for line, people, number in ((short, ("ana", "dan"), 108), (over, ("ana", "fay"), 42)):
        for who in people:
            world.count(line, who, number)
    with world.step() as session:
        world.give_role(session, world.team_id, Role.APPROVER, "dan", "fay")
    for who, told in (
        ("dan", "You counted this line, so somebody else decides it."),
        ("fay", "You counted the other side, in A-02, so somebody else decides this transfer."),
    ):
        with pytest.raises(NotAllowed, match=f"^{re.escape(told)}$"):
            transfer(world, short, over, who)
    assert (world.on_hand(here), world.on_hand(there)) == (120, 30)


def test_a_corrected_side_refuses(world: World) -> None:
    pair = misplaced(world)
    world.post(pair.there, EntryKind.IMPORT, 12)
    with pytest.raises(WrongState, match="the record was corrected since this count"):
        transfer(world, pair.short, pair.over, "ben")
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (120, 42)


def test_a_late_movement_ends_the_pair(world: World) -> None:
    pair = misplaced(world)
    world.receive(pair.there, 12, occurred_at=NOW)
    assert told(world, pair.short) == []
    with pytest.raises(WrongState, match="do not cancel out any more"):
        transfer(world, pair.short, pair.over, "ben")


def test_one_side_decided_leaves_the_other(world: World) -> None:
    pair = misplaced(world)
    seen = transferring(world, pair.short, pair.over, "ben")
    world.approve(pair.over, "eva")
    with pytest.raises(AlreadyDecided, match=r"Eva approved this at"), world.step() as session:
        seen(session)
    assert world.state(pair.short) is LineState.IN_REVIEW
    assert world.on_hand(pair.here) == 120


def test_both_sides_are_taken_back_together(world: World) -> None:
    pair = misplaced(world)
    transfer(world, pair.short, pair.over, "ben")
    world.clock("11:00")
    ruling = world.take_back(pair.over, "eva")
    assert ruling.sentence == "BOLT-10: the transfer is taken back. Both bins wait for a decision again."
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (120, 30)
    assert {world.state(pair.short), world.state(pair.over)} == {LineState.IN_REVIEW}
    assert world.problems() == []
    world.clock("12:00")
    world.approve(pair.short, "ben")
    world.reject(pair.over, "ben")
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (108, 30)
    assert world.problems() == []


def test_a_transfer_is_not_taken_back_once_one_side_was_counted_again(world: World) -> None:
    pair = misplaced(world)
    transfer(world, pair.short, pair.over, "ben")
    world.clock("11:00")
    again = world.line(pair.there)
    world.skip(world.line(pair.here), "ana")
    with pytest.raises(WrongState, match="BOLT-10 in A-02 is being counted again"):
        world.take_back(pair.short, "ben")
    world.count(again, "ana", 42)
    with pytest.raises(WrongState, match="BOLT-10 in A-02 was counted again since"):
        world.take_back(pair.short, "ben")
    assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (108, 42)
    assert world.problems() == []


def test_the_other_side_must_still_be_that_transfer(world: World) -> None:
    pair = misplaced(world)
    transfer(world, pair.short, pair.over, "ben")
    world.issue(pair.there, 2, occurred_at=NOW)
    world.clock("11:00")
    with pytest.raises(WrongState, match="in A-02, waits for a decision again: decide its card first"):
        world.take_back(pair.short, "ben")
    world.approve(pair.over, "ben")
    with pytest.raises(WrongState, match=r"in A-02, was decided again since. “/count now BOLT-10” has both counted"):
        world.take_back(pair.short, "ben")
    world.clock("12:00")
    world.spot_count("kim", "BOLT-10")
    with pytest.raises(WrongState, match="A-02, was decided again since"):
        world.take_back(pair.short, "ben")
    assert world.see(world.line(pair.here)).session_id == world.see(world.line(pair.there)).session_id
    assert world.problems() == []


def test_the_system_of_record_is_told_of_both_sides(world: World) -> None:
    pair = misplaced(world)
    transfer(world, pair.short, pair.over, "ben")
    with world.database.read() as session:
        rows = list(exports.adjustment_rows(session, since=NOW))
    assert [(row.kind, row.location, row.quantity, row.decision) for row in rows] == [
        ("TRANSFER_OUT", "A-01", -12, "transfer"),
        ("TRANSFER_IN", "A-02", 12, "transfer"),
    ]


def test_a_file_of_before_does_not_undo_it(world: World) -> None:
    pair = misplaced(world)
    transfer(world, pair.short, pair.over, "ben")
    with world.database.read() as session:
        levels = (world.level(pair.here), world.level(pair.there))
        assert all(imports._adjusted_since_import(session, level) for level in levels)


def test_both_approvers_at_once_from_either_card(world: World) -> None:
    for number in ROUNDS:
        pair = misplaced(world, f"BOLT-{number}")
        world.clock(f"1{number}:30")
        works = [
            transferring(world, pair.short, pair.over, "ben"),
            transferring(world, pair.over, pair.short, "eva"),
        ]
        won, lost = split(race(world, *works))
        assert (len(won), len(lost)) == (1, 1)
        assert isinstance(lost[0], AlreadyDecided)
        assert "made this a transfer at" in str(lost[0])
        assert (world.on_hand(pair.here), world.on_hand(pair.there)) == (108, 42)
    assert world.problems() == []


def test_a_transfer_against_the_approval_of_one_side(world: World) -> None:
    for number in ROUNDS:
        pair = misplaced(world, f"BOLT-{number}")
        world.clock(f"1{number}:30")
        works = [transferring(world, pair.short, pair.over, "ben"), approving(world, pair.over, "eva")]
        won, lost = split(race(world, *works))
        assert (len(won), len(lost)) == (1, 1)
        assert isinstance(lost[0], CycleCountError)
        assert world.on_hand(pair.there) == 42
        assert world.on_hand(pair.here) == (108 if world.state(pair.short) is LineState.RECONCILED else 120)
    assert world.problems() == []
