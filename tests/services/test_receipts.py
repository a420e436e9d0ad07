"""When a receipt may be told: what it rests on is sealed, and nobody who may read it counts one of its items."""

import pytest
from sqlmodel import col, func, select

from models.counts import CountLine
from models.journal import AuditEvent, Intent, OutboxMessage
from models.rules.lines import LineState
from models.services import receipts, seals
from models.services.receipts import ReceiptFacts
from models.sign_offs import SignOff
from models.stock import StockEntry
from tests.services.signing import counted, sign
from tests.services.test_transfers import misplaced, transfer
from tests.world import World


def facts(world: World, made: SignOff) -> ReceiptFacts:
    with world.database.read() as session:
        return receipts.receipt_facts(session, made.id or 0)


def seal_all_of(world: World, table: type[AuditEvent | StockEntry]) -> None:
    with world.database.write() as session:
        end = session.exec(select(func.max(table.id))).one()
        draft = seals.draft(session, str(table.__tablename__), end or 0)
        assert draft is not None
        seals.seal(session, draft, world.now)


@pytest.mark.parametrize("tables", [(AuditEvent, StockEntry), (StockEntry, AuditEvent)])
def test_it_is_sealed_when_the_event_and_what_was_posted_are(
    world: World, tables: tuple[type[AuditEvent | StockEntry], ...]
) -> None:
    made = sign(world, "ben", counted(world)[2])
    assert facts(world, made).not_before == made.signed_at + receipts.PATIENCE
    for table in tables:
        assert not facts(world, made).is_sealed
        seal_all_of(world, table)
    assert facts(world, made).is_sealed
    assert facts(world, made).not_before is None


def test_it_waits_for_a_count_of_the_item_by_the_team_in_any_bin(world: World) -> None:
    made = sign(world, "ben", counted(world)[2])
    world.stock("BOLT-0", "A-77", 5)
    [other] = world.spot_count("ben", "A-77").counts
    assert facts(world, made).is_being_counted
    [line] = world.open_lines(other.session_id)
    world.count(line, "ana", 5)
    assert not facts(world, made).is_being_counted


@pytest.mark.parametrize(("counter", "is_held"), [("fay", True), ("gus", False)])
def test_of_another_teams_count_it_waits_if_somebody_is_in_both(world: World, counter: str, *, is_held: bool) -> None:
    made = sign(world, "ben", counted(world)[2])
    world.add_team("Others", "Z-", counters=(counter,), approvers=("zoe",))
    world.stock("BOLT-0", "Z-01", 5)
    world.spot_count("zoe", "Z-01")
    assert facts(world, made).is_being_counted is is_held


def test_what_was_skipped_holds_nothing_back(small_world: World) -> None:
    bolts, nuts = small_world.stock("BOLT-10", "A-01", 100), small_world.stock("NUT-10", "A-02", 40)
    bolt, nut = small_world.line(bolts), small_world.line(nuts)
    small_world.count(bolt, "ana", 100)
    small_world.skip(nut, "ana")
    made = sign(small_world, "ben", small_world.see(bolt).session_id)
    small_world.spot_count("ben", "NUT-10")
    assert not facts(small_world, made).is_being_counted
    small_world.spot_count("ben", "BOLT-10")
    assert facts(small_world, made).is_being_counted


def test_a_line_that_is_opened_again_holds_it_back(small_world: World) -> None:
    _, line, session_id = counted(small_world)
    made = sign(small_world, "ben", session_id)
    small_world.take_back(line, "eva")
    assert facts(small_world, made).is_being_counted
    small_world.approve(line, "eva")
    assert not facts(small_world, made).is_being_counted


def test_who_is_asked_in_person_counts_too(small_world: World) -> None:
    """The other team's people are not in this channel, but Dan is, and the recount is his."""
    made = sign(small_world, "ben", counted(small_world)[2])
    small_world.add_team("Others", "Z-", counters=("gus", "zac"), approvers=("zoe",))
    small_world.stock("BOLT-0", "Z-01", 5)
    [other] = small_world.spot_count("zoe", "Z-01").counts
    [line] = small_world.open_lines(other.session_id)
    assert not facts(small_world, made).is_being_counted
    small_world.count(line, "gus", 4)
    with small_world.database.write() as session:
        session.get_one(CountLine, line).asked_member_id = small_world.person("dan").id
    assert small_world.state(line) is LineState.RECOUNT
    assert facts(small_world, made).is_being_counted


def test_a_transfer_taken_back_opens_both_bins_and_is_told_once(small_world: World) -> None:
    pair = misplaced(small_world)
    transfer(small_world, pair.short, pair.over, "ben")
    session_id = small_world.see(pair.short).session_id
    made = sign(small_world, "ben", session_id)
    assert made.net_value == 0
    small_world.take_back(pair.over, "eva")
    assert small_world.open_lines(session_id) == {pair.short, pair.over}
    with small_world.database.read() as session:
        told = session.exec(
            select(OutboxMessage.subject).where(col(OutboxMessage.intent) == Intent.SIGN_OFF_CHANGED)
        ).all()
    assert list(told) == [f"{session_id}.1"]
