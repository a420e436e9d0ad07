"""Spot counts: which lines, for which team, on which terms; and the whole loop of a session without a plan."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlmodel import Session, col, select

from models.catalog import Item, Location
from models.counts import CountLine, CountSession
from models.errors import CycleCountError, NotAllowed, NotFound
from models.journal import AuditEvent, Intent, OutboxMessage
from models.people import Team
from models.plans import AtDue
from models.rules.lines import LineState
from models.rules.tolerance import Measure, Scope
from models.services import countable, exports, history, lookup, sheets, spot_counts, statuses
from models.services.expiry import CLOSING
from models.services.history import Query
from models.services.lookup import Subject
from models.services.spot_counts import MOST_LINES, SpotCounts
from models.stock import StockLevel
from tests.world import World


def ask(world: World, who: str, *names: str) -> SpotCounts:
    return world.spot_count(who, *names)


def refused(world: World, who: str, *names: str, refusal: type[CycleCountError] = NotFound) -> str:
    before = sessions(world)
    with pytest.raises(refusal) as refused:
        ask(world, who, *names)
    assert sessions(world) == before
    return str(refused.value)


def sessions(world: World) -> list[int]:
    with world.database.read() as session:
        return [found or 0 for found in session.exec(select(CountSession.id).order_by(col(CountSession.id)))]


def lines(world: World, session_id: int) -> list[tuple[str, str]]:
    """(SKU, bin) of each line, in the order of the sheet."""
    with world.database.read() as session:
        return list(
            session.exec(
                select(Item.sku, Location.code)
                .join(CountLine, col(CountLine.item_id) == col(Item.id))
                .join(Location, col(Location.id) == col(CountLine.location_id))
                .where(CountLine.session_id == session_id)
                .order_by(col(CountLine.position))
            )
        )


def shelf(world: World) -> None:
    """Bolts in three bins of Fleet Parts, the last of them empty by the record, and fuses beside them."""
    for code, on_hand in (("A-02", 100), ("A-10", 20), ("B-01", 0)):
        world.stock("BOLT-10", code, on_hand)
    world.stock("FUSE-15", "A-02", 5)


def test_an_item_is_counted_in_every_bin_in_the_order_of_the_walk_what_should_be_empty_too(world: World) -> None:
    shelf(world)
    (count,) = ask(world, "ana", "bolt-10").counts
    assert lines(world, count.session_id) == [("BOLT-10", "A-02"), ("BOLT-10", "A-10"), ("BOLT-10", "B-01")]
    assert (count.name, count.channel, count.lines, count.waiting) == ("Spot count BOLT-10", "C01PARTS", 3, 3)


def test_a_bin_is_counted_with_every_item_in_it(world: World) -> None:
    shelf(world)
    (count,) = ask(world, "ana", "a-02").counts
    assert set(lines(world, count.session_id)) == {("BOLT-10", "A-02"), ("FUSE-15", "A-02")}
    assert count.name == "Spot count A-02"


def test_of_an_item_and_a_bin_of_one_name_the_item_is_meant(world: World) -> None:
    world.stock("A-02", "A-01", 1)
    world.stock("BOLT-10", "A-02", 1)
    (count,) = ask(world, "ana", "A-02").counts
    assert lines(world, count.session_id) == [("A-02", "A-01")]


def test_the_terms_and_what_is_remembered(world: World) -> None:
    shelf(world)
    now = world.now
    (count,) = ask(world, "ana", "A-02").counts
    with world.database.read() as session:
        started = session.get_one(CountSession, count.session_id)
        reasons = set(session.exec(select(CountLine.policy, CountLine.reason)))
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "start spot count")).one()
        intents = session.exec(select(OutboxMessage.intent, OutboxMessage.subject, OutboxMessage.channel)).all()
    assert started.plan_id is None
    assert (started.scheduled_for, started.started_at, started.due_at) == (now, now, now + timedelta(hours=4))
    assert (started.recounts, started.replies, started.at_due, started.blind) == (1, True, AtDue.EXPIRE, True)
    assert reasons == {("spot count", "spot count asked by Ana")}
    assert (event.actor, event.subject) == ("U01ANA", f"session {count.session_id}")
    assert event.detail == '{"lines": 2, "of": ["A-02"]}'
    assert intents == [(Intent.SHEET, str(count.session_id), "C01PARTS")]


@pytest.mark.parametrize("who", ["ana", "ben", "eva", "kim"])
def test_counters_approvers_and_stock_control_ask(world: World, who: str) -> None:
    shelf(world)
    assert ask(world, who, "A-02").counts


def test_each_team_gets_its_part_and_people_only_have_their_own_teams_count(world: World) -> None:
    shelf(world)
    world.add_team("Tyres", "T-", counters=("zed",), approvers=("yan",))
    tyres = world.stock("BOLT-10", "T-01", 3)
    assert refused(world, "ana", "T-01", refusal=NotAllowed) == (
        "T-01 belongs to Tyres, whose people and stock control can have it counted."
    )
    found = ask(world, "yan", "BOLT-10")
    assert [(count.channel, lines(world, count.session_id)) for count in found.counts] == [
        ("CTYRES", [("BOLT-10", "T-01")])
    ]
    assert found.remarks == (
        "A-02, A-10 and B-01 belong to Fleet Parts, whose people and stock control can have them counted.",
    )
    world.count(world.line(tyres), "zed", 3)
    assert [count.channel for count in ask(world, "kim", "BOLT-10").counts] == ["C01PARTS", "CTYRES"]


def test_where_bins_of_two_teams_overlap_the_nearer_prefix_says_whose_a_bin_is(world: World) -> None:
    world.add_team("Bolts", "A-01-", counters=("zed",))
    world.stock("BOLT-10", "A-01-03", 1)
    world.stock("BOLT-10", "A-02-01", 1)
    assert {count.channel: lines(world, count.session_id) for count in ask(world, "kim", "BOLT-10").counts} == {
        "C01PARTS": [("BOLT-10", "A-02-01")],
        "CBOLTS": [("BOLT-10", "A-01-03")],
    }


def test_the_bin_of_two_teams_is_counted_for_the_one_somebody_is_in(world: World) -> None:
    world.add_team("Bolts", "A-01-", counters=("zed",))
    world.stock("BOLT-10", "A-01-03", 1)
    assert [count.channel for count in ask(world, "ana", "A-01-03").counts] == ["C01PARTS"]


def test_what_is_being_counted_is_left_out_and_said(world: World) -> None:
    shelf(world)
    world.line(world.stock("NUT-10", "A-20", 1))  # the plan takes everything there is
    world.stock("BOLT-10", "A-30", 1)
    found = ask(world, "ana", "BOLT-10")
    assert lines(world, found.counts[0].session_id) == [("BOLT-10", "A-30")]
    assert found.remarks == ("A-02, A-10 and B-01 are being counted already in Daily parts.",)
    assert refused(world, "ana", "A-02") == "A-02 is being counted already in Daily parts."
    assert refused(world, "ana", "A-30") == "A-30 is being counted already in Spot count BOLT-10."
    world.stock("WASHER", "A-02", 1)
    found = ask(world, "ana", "A-02")
    assert lines(world, found.counts[0].session_id) == [("WASHER", "A-02")]
    assert set(found.remarks) == {"BOLT-10 in A-02 and FUSE-15 in A-02 are being counted already in Daily parts."}


@pytest.mark.parametrize("state", [LineState.RECOUNT, LineState.IN_REVIEW])
def test_what_waits_for_a_recount_or_a_decision_is_being_counted(world: World, state: LineState) -> None:
    line = world.line(world.stock("BOLT-10", "A-01", 100))
    world.count(line, "ana", 90)
    if state is LineState.IN_REVIEW:
        world.count(line, "dan", 90)
    assert world.state(line) is state
    assert refused(world, "ana", "A-01") == "A-01 is being counted already in Daily parts."


def test_many_bins_are_named_in_part(world: World) -> None:
    for number in range(8):
        world.stock("BOLT-10", f"A-0{number}", 1)
    world.start()
    assert refused(world, "ana", "BOLT-10") == (
        "A-00, A-01, A-02, A-03, A-04 and 3 more are being counted already in Daily parts."
    )


def test_nothing_on_record_and_bins_of_nobody(world: World) -> None:
    with world.database.write() as session:
        session.add(Location(code="A-99"))
        session.add(Item(sku="NEW-1", name="New", created_at=world.now))
    world.stock("LOST", "X-01", 1)
    assert refused(world, "ana", "A-99") == "A-99 has no item on record, so there is nothing to count."
    assert refused(world, "ana", "NEW-1") == "NEW-1 is on record in no bin, so there is nothing to count."
    assert refused(world, "kim", "X-01") == (
        "X-01 belongs to no team. Stock control can add such bins to one in setup.toml."
    )


def test_a_team_without_counters_would_leave_the_sheet_alone(world: World) -> None:
    world.stock("BOLT-10", "A-01", 1)
    world.remove_role("ana", "dan", "fay")
    assert refused(world, "ben", "A-01") == "Fleet Parts has no counters, so nobody would count A-01."


def test_a_team_that_ended_counts_nothing_any_more(world: World) -> None:
    team_id = world.add_team("Tyres", "T-", counters=("zed",))
    world.stock("BOLT-10", "T-01", 3)
    with world.database.write() as session:
        session.get_one(Team, team_id).is_active = False
    assert "belongs to no team" in refused(world, "kim", "T-01")


def test_several_things_are_one_session_a_team_and_no_line_twice(world: World) -> None:
    shelf(world)
    (count,) = ask(world, "ana", "BOLT-10", "A-02").counts
    assert sorted(lines(world, count.session_id)) == [
        ("BOLT-10", "A-02"), ("BOLT-10", "A-10"), ("BOLT-10", "B-01"), ("FUSE-15", "A-02"),
    ]  # fmt: skip
    assert count.name == "Spot count BOLT-10 and A-02"


def test_the_name_of_a_session_speaks_of_what_is_in_it_and_fits(world: World) -> None:
    world.add_team("Tyres", "T-", counters=("zed",))
    for number in range(3):
        world.stock(f"BOLT-{number}", f"A-0{number}", 1)
    world.stock("TYRE-1", "T-01", 1)
    world.stock("X" * 80, "A-09", 1)
    found = ask(world, "kim", "BOLT-0", "BOLT-1", "BOLT-2", "TYRE-1")
    assert [count.name for count in found.counts] == ["Spot count BOLT-0 and 2 more", "Spot count TYRE-1"]
    (long,) = ask(world, "kim", "X" * 80).counts
    assert long.name == f"Spot count {'X' * 68}…"


def test_of_more_than_a_hundred_lines_the_longest_uncounted_are_taken(world: World) -> None:
    with world.database.write() as session:
        location = Location(code="A-00")
        items = [Item(sku=f"SKU-{n:03}", name="Part", created_at=world.now) for n in range(MOST_LINES + 20)]
        session.add_all([location, *items])
        session.flush()
        session.add_all(
            StockLevel(
                item_id=item.id or 0, location_id=location.id or 0, created_at=world.now,
                due_from=world.now - timedelta(days=n),
            )
            for n, item in enumerate(items)
        )  # fmt: skip
    (count,) = ask(world, "ana", "A-00").counts
    assert (count.lines, count.waiting) == (MOST_LINES, MOST_LINES + 20)
    assert [sku for sku, _ in lines(world, count.session_id)] == [f"SKU-{n:03}" for n in range(20, MOST_LINES + 20)]
    (rest,) = ask(world, "ana", "A-00").counts
    assert (rest.lines, rest.waiting) == (20, 20)


@pytest.mark.parametrize("amounts", [(100, 20), (0, 0), (-5, 3)])
def test_neither_the_lines_nor_the_answer_depend_on_the_record(world: World, amounts: tuple[int, int]) -> None:
    world.stock("BOLT-10", "A-02", amounts[0])
    world.stock("BOLT-10", "A-10", amounts[1])
    found = ask(world, "ana", "BOLT-10")
    (count,) = found.counts
    assert (count.name, count.lines, count.waiting, found.remarks) == ("Spot count BOLT-10", 2, 2, ())
    assert lines(world, count.session_id) == [("BOLT-10", "A-02"), ("BOLT-10", "A-10")]


def test_the_whole_loop_without_a_plan(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100, unit_cost="0.5")
    nuts = world.stock("NUT-10", "A-01", 50)
    world.tolerate(Measure.PERCENT, 50, scope=Scope.PLAN)  # of another session's plan
    world.tolerate(Measure.QUANTITY, 2, scope=Scope.COMPANY)
    (count,) = ask(world, "fay", "A-01").counts
    line, other = world.line(bolts), world.line(nuts)
    world.count(other, "ana", 49)
    assert world.state(other) is LineState.RECONCILED
    assert world.decided(other)[0].note == "2 (company)"
    world.count(line, "ana", 90)
    assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "dan")
    world.count(line, "dan", 90)
    assert world.state(line) is LineState.IN_REVIEW
    world.receive(bolts, 20)
    world.approve(line, "ben")
    assert world.state(line) is LineState.RECONCILED
    assert world.on_hand(bolts) == 110
    assert world.adjustments(bolts)[0].reference == "Spot count A-01"
    with world.database.read() as session:
        facts = sheets.sheet_facts(session, count.session_id)
        assert facts.result is not None
        assert (facts.name, facts.result.counted, facts.result.net_value) == ("Spot count A-01", 2, Decimal(-6))
        kim = world.person("kim")
        page = history.history(session, kim, Query(Subject(item_id=lookup.find_item(session, "BOLT-10").id)))
        assert [(row.expected, row.counted) for row in page.rows] == [(100, 90)]
        rows = list(exports.history_rows(session, since=world.now - timedelta(days=1)))
        assert {row.plan for row in rows} == {"Spot count A-01"}
        assert statuses.status(session, kim).sessions == ()
    assert world.problems() == []


def test_what_nobody_counts_in_time_goes_back_and_a_late_movement_reopens_what_was_settled(world: World) -> None:
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-01", 50)
    ask(world, "fay", "A-01")
    line, other = world.line(bolts), world.line(nuts)
    world.count(line, "ana", 100)
    counted_at = world.now
    world.now += timedelta(hours=4, seconds=1)
    assert world.expire() == [], "the approvers have half an hour to say something"
    world.now += CLOSING
    assert world.expire() == [other]
    assert world.state(other) is LineState.SKIPPED
    world.issue(bolts, 10, occurred_at=counted_at - timedelta(minutes=1))
    assert world.state(line) is LineState.IN_REVIEW
    world.approve(line, "eva")
    assert world.on_hand(bolts) == 100


@pytest.mark.parametrize("_round", range(4))
def test_two_people_who_ask_at_once_get_one_count(world: World, _round: int) -> None:
    shelf(world)
    barrier = Barrier(2)
    answers: list[object] = []

    def work(who: str) -> None:
        person = world.person(who)
        with world.database.read() as session:
            request = spot_counts.prepare(session, person, countable.find_things(session, "BOLT-10"))
        barrier.wait()
        try:
            with world.database.write() as session:
                answers.append(spot_counts.start(session, person=person, request=request, now=world.now))
        except Exception as error:  # noqa: BLE001 - looked at in the test's own thread
            answers.append(error)

    threads = [Thread(target=work, args=(who,)) for who in ("ana", "dan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (started,) = [answer for answer in answers if isinstance(answer, SpotCounts)]
    (told,) = [answer for answer in answers if isinstance(answer, NotFound)]
    assert [(count.lines, count.waiting) for count in started.counts] == [(3, 3)]
    assert str(told) == "A-02, A-10 and B-01 are being counted already in Spot count BOLT-10."
    assert len(sessions(world)) == 1


def things(world: World, text: str) -> list[str]:
    with world.database.read() as session:
        return [thing.name for thing in countable.mentioned(session, text)]


def test_what_a_message_names_is_looked_up_capitals_aside(world: World) -> None:
    for sku, code in (
        ("BOLT-10", "A-01-03"),
        ("Öl 5W", "Dock 1"),
        ("10002", "10002"),
        ("bolt", "A-02"),
        ("BOLT", "A-03"),
    ):
        world.stock(sku, code, 1)
    assert things(world, "bolt-10 in a-01-03, öl 5w at dock 1!") == ["BOLT-10", "A-01-03", "Öl 5W", "Dock 1"]
    assert things(world, "ÖL 5w and 10002; BOLT and bolt, Bolt") == ["Öl 5W", "10002", "BOLT", "bolt"]
    assert things(world, "nothing at all") == []
    with world.database.read() as session:
        (thing,) = countable.mentioned(session, "10002")
        assert thing.item_id is not None  # and not the bin of the same name


def test_what_is_typed_is_one_name_or_several(world: World) -> None:
    world.stock("BOLT, M10", "A-01", 1)
    world.stock("NUT-10", "A-02", 1)

    def typed(session: Session, text: str) -> Sequence[str]:
        return [thing.name for thing in countable.find_things(session, text)]

    with world.database.read() as session:
        assert typed(session, " bolt, m10 ") == ["BOLT, M10"]
        assert typed(session, "NUT-10, a-01; A-02") == ["NUT-10", "A-01", "A-02"]
        for text, told in (
            ("NUT-11", "There is no SKU or bin “NUT-11”. Did you mean NUT-10?"),
            ("A-01, NUT-11", "There is no SKU or bin “NUT-11”. Did you mean NUT-10?"),
            ("Fleet Parts", "There is no SKU or bin “Fleet Parts”."),
        ):
            with pytest.raises(NotFound) as refusal:
                typed(session, text)
            assert str(refusal.value) == told


def test_an_approver_who_asks_may_decide(world: World) -> None:
    stock = world.stock("BOLT-10", "A-01", 100)
    ask(world, "ben", "A-01")
    line = world.line(stock)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    world.approve(line, "ben")
    assert world.on_hand(stock) == 90
