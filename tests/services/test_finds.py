"""Found here: what is not on the sheet gets a line and a count, and goes to the approver unless the record has it."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from models.counts import CountLine, EntrySource, ReviewCause
from models.errors import BadInput, BadQuantity, CycleCountError, NotAllowed, NotFound, WrongState
from models.people import Role
from models.plans import CountPlan
from models.rules.lines import LineState
from models.rules.tolerance import Measure
from models.services import cards, claims, finds, ledger, lines, plans, reminders, sheets
from models.services.claims import ClaimedByOther
from models.services.count_answers import Counted
from models.services.finds import Find
from tests.builders import Number, Stock
from tests.services.test_races import ROUNDS, Work, counting, race, split
from tests.world import World

BY_IMPORT = "Stock control adds items by import."


@pytest.fixture
def sheet(small_world: World) -> int:
    """A session of BOLT-10 in A-01 and A-03; NUT-10 is on record in B-07, which is on another sheet."""
    return sheet_in(small_world)


def sheet_in(world: World) -> int:
    world.stock("BOLT-10", "A-01", 100)
    world.stock("FUSE-15", "A-03", 50)
    session_id = world.start().id or 0
    world.stock("NUT-10", "B-07", 40)
    world.stock("NUT-10", "A-02", 0)
    return session_id


def finding(world: World, who: str, session_id: int, sku: str, code: str, quantity: Number, key: str = "") -> Work:
    person, now = world.person(who), world.now

    def work(session: Session) -> object:
        item = finds.find_item(session, sku)
        location = finds.find_bin(session, world.team_id, code)
        return finds.record(
            session, person=person, session_id=session_id, find=Find(item, location, Decimal(quantity), str(quantity)),
            counted_at=now, source=EntrySource.MODAL, source_key=key or f"{who} {sku} {code} {now}", now=now,
        )  # fmt: skip

    return work


def find(world: World, who: str, session_id: int, sku: str, code: str, quantity: Number, key: str = "") -> int:
    work = finding(world, who, session_id, sku, code, quantity, key)
    with world.step() as session:
        counted = work(session)
    assert isinstance(counted, Counted)
    return counted.line_id


def on_sheet(world: World, session_id: int) -> list[tuple[str, str]]:
    with world.database.read() as session:
        return [(line.location, line.sku) for line in sheets.sheet_facts(session, session_id).lines]


def stock_of(world: World, line_id: int) -> Stock:
    line = world.see(line_id)
    with world.database.write() as session:
        level = ledger.level_of(session, line.item_id, line.location_id, world.now)
        return Stock(line.item_id, line.location_id, level.id or 0, "")


def test_what_the_record_does_not_have_there_goes_to_the_approver_with_its_flag(world: World) -> None:
    session_id = sheet_in(world)
    line_id = find(world, "ana", session_id, "NUT-10", "A-01", 4)
    line = world.see(line_id)
    assert (line.state, line.review_cause, line.found) == (LineState.IN_REVIEW, ReviewCause.FOUND, True)
    (entry,) = world.entries(line_id)
    (judgement,) = world.judgements(entry)
    assert (judgement.expected, judgement.variance) == (0, 4)
    with world.database.read() as session:
        facts = cards.card_facts(session, line_id)
    assert (facts.found, [other.code for other in facts.elsewhere], facts.percent) == (True, ["B-07"], None)
    world.approve(line_id, "ben")
    assert world.on_hand(stock_of(world, line_id)) == 4


def test_a_level_without_a_row_is_made_with_nothing_on_it(small_world: World, sheet: int) -> None:
    line_id = find(small_world, "ana", sheet, "FUSE-15", "B-07", "2.5")
    assert small_world.on_hand(stock_of(small_world, line_id)) == 0
    small_world.reject(line_id, "ben")
    assert small_world.on_hand(stock_of(small_world, line_id)) == 0


def test_a_limit_never_lets_something_new_pass_but_what_the_record_has_is_an_ordinary_count(
    small_world: World, sheet: int
) -> None:
    small_world.tolerate(Measure.QUANTITY, 5)
    new = find(small_world, "ana", sheet, "NUT-10", "A-02", 4)
    assert small_world.state(new) is LineState.IN_REVIEW
    matches = find(small_world, "ana", sheet, "NUT-10", "B-07", 38)
    assert small_world.state(matches) is LineState.RECONCILED
    assert small_world.on_hand(stock_of(small_world, matches)) == 38


def test_what_does_not_match_goes_to_the_approver_and_not_to_a_recount(small_world: World, sheet: int) -> None:
    line_id = find(small_world, "ana", sheet, "NUT-10", "B-07", 30)
    assert small_world.state(line_id) is LineState.IN_REVIEW
    small_world.ask_recount(line_id, "ben")
    small_world.count(line_id, "dan", 40)
    assert small_world.state(line_id) is LineState.RECONCILED


def test_a_recount_that_finds_nothing_there_agrees_with_the_record(small_world: World, sheet: int) -> None:
    small_world.tolerate(Measure.QUANTITY, 5)
    line_id = find(small_world, "ana", sheet, "NUT-10", "A-02", 4)
    small_world.ask_recount(line_id, "ben")
    small_world.count(line_id, "dan", 3)
    assert small_world.state(line_id) is LineState.IN_REVIEW
    small_world.ask_recount(line_id, "ben")
    small_world.count(line_id, "fay", 0)
    assert small_world.state(line_id) is LineState.RECONCILED


def test_who_found_it_may_correct_the_number_but_not_decide(small_world: World, sheet: int) -> None:
    with small_world.database.write() as session:
        small_world.give_role(session, small_world.team_id, Role.APPROVER, "ana")
    line_id = find(small_world, "ana", sheet, "NUT-10", "A-02", 4)
    find(small_world, "ana", sheet, "NUT-10", "A-02", 5)
    assert [entry.quantity for entry in small_world.entries(line_id)] == [4, 5]
    with small_world.database.read() as session:
        assert [entry.quantity for entry in lines.settling_entries(session, line_id)] == [5]
    with pytest.raises(NotAllowed, match="You counted this line"):
        small_world.approve(line_id, "ana")


def test_the_line_stands_behind_the_others_of_its_bin(small_world: World, sheet: int) -> None:
    small_world.stock("EXTRA-1", "A-00", 0)
    find(small_world, "ana", sheet, "NUT-10", "A-01", 4)
    find(small_world, "ana", sheet, "NUT-10", "A-02", 4)
    find(small_world, "ana", sheet, "NUT-10", "A-00", 4)
    find(small_world, "ana", sheet, "NUT-10", "A-03", 4)
    assert on_sheet(small_world, sheet) == [
        ("A-00", "NUT-10"),
        ("A-01", "BOLT-10"),
        ("A-01", "NUT-10"),
        ("A-02", "NUT-10"),
        ("A-03", "FUSE-15"),
        ("A-03", "NUT-10"),
    ]


def test_what_is_on_the_sheet_is_counted_there(small_world: World, sheet: int) -> None:
    bolts = small_world.stock("BOLT-10", "A-01", 0)
    line = small_world.line(bolts)
    assert find(small_world, "ana", sheet, "bolt-10", "a-01", 100) == line
    assert (small_world.state(line), small_world.see(line).found) == (LineState.RECONCILED, False)
    with pytest.raises(WrongState, match="Ana counted this at"):
        find(small_world, "dan", sheet, "BOLT-10", "A-01", 100)
    assert len(on_sheet(small_world, sheet)) == 2


def test_a_line_that_somebody_else_has_is_asked_about(small_world: World, sheet: int) -> None:
    with small_world.step() as session:
        claims.take(session, person=small_world.person("dan"), session_id=sheet, now=small_world.now)
    work = finding(small_world, "ana", sheet, "BOLT-10", "A-01", 100)
    with small_world.step() as session, pytest.raises(ClaimedByOther, match="Dan has this line"):
        work(session)
    with small_world.step() as session:
        work(session)
    assert small_world.entries(small_world.line(small_world.stock("FUSE-15", "A-03", 0))) == []


def test_a_skipped_line_is_added_again(small_world: World, sheet: int) -> None:
    line = small_world.line(small_world.stock("BOLT-10", "A-01", 0))
    small_world.skip(line, "dan")
    found = find(small_world, "ana", sheet, "BOLT-10", "A-01", 100)
    assert (found != line, small_world.state(found)) == (True, LineState.RECONCILED)


def test_what_another_session_counts_is_named(small_world: World, sheet: int) -> None:
    with small_world.database.write() as session:
        plan_id = small_world.plan(session, "Second round", small_world.team_id)
    small_world.start(plan_id)
    with pytest.raises(WrongState) as refused:
        find(small_world, "ana", sheet, "NUT-10", "B-07", 40)
    assert str(refused.value) == "NUT-10 in B-07 is being counted already in Second round. Count it there."


def test_what_cannot_be_added_is_refused_with_what_to_do(small_world: World, sheet: int) -> None:
    small_world.add_team("Brakes", "Z-", counters=("val",))
    small_world.stock("PAD-1", "Z-01", 5)
    small_world.stock("PAD-1", "Q-01", 5)
    refusals: list[tuple[str, str, Number, type[CycleCountError], str]] = [
        ("NUT-11", "A-01", 4, NotFound, f"There is no SKU “NUT-11”. Did you mean NUT-10? {BY_IMPORT}"),
        ("NUT-10", "A-09", 4, NotFound, "There is no bin “A-09”. Did you mean A-01?"),
        ("NUT-10", "Z-01", 4, NotAllowed, "Z-01 belongs to Brakes. Tell them what is there."),
        ("NUT-10", "Q-01", 4, NotAllowed, "Q-01 belongs to no team. Tell stock control what is there."),
        ("NUT-10", "A-02", 0, BadQuantity, "Nothing found is nothing to add. Write how many are there."),
    ]  # fmt: skip
    for sku, code, quantity, kind, sentence in refusals:
        with pytest.raises(kind) as refused:
            find(small_world, "ana", sheet, sku, code, quantity)
        assert str(refused.value) == sentence
    for who in ("ben", "kim", "val"):
        with pytest.raises(NotAllowed, match="Only counters of Fleet Parts count this"):
            find(small_world, who, sheet, "NUT-10", "A-02", 4)
    assert len(on_sheet(small_world, sheet)) == 2


def test_a_closed_session_takes_nothing_more(small_world: World, sheet: int) -> None:
    for sku, code, quantity in (("BOLT-10", "A-01", 100), ("FUSE-15", "A-03", 50)):
        small_world.count(small_world.line(small_world.stock(sku, code, 0)), "ana", quantity)
    with pytest.raises(WrongState, match=r"Daily parts is closed\. “/count now NUT-10” has it counted"):
        find(small_world, "ana", sheet, "NUT-10", "A-02", 4)


def test_the_same_key_again_stores_nothing(small_world: World, sheet: int) -> None:
    first = find(small_world, "ana", sheet, "NUT-10", "A-02", 4, "key")
    assert find(small_world, "ana", sheet, "NUT-10", "A-02", 4, "key") == first
    assert len(small_world.entries(first)) == 1


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("NUT-10 A-01 4", ("NUT-10", "A-01", "4")),
        ("A-01 NUT-10 4 pcs", ("NUT-10", "A-01", "4 pcs")),
        ("NUT-10 in A-01 4 pcs", ("NUT-10", "A-01", "4 pcs")),
        ("big nut 10 A-01 4", ("big nut 10", "A-01", "4")),
        ("NUT-10 A-99 4", ("NUT-10", "A-99", "4")),
    ],
)
def test_the_words_of_a_reply(small_world: World, sheet: int, words: str, read: tuple[str, str, str]) -> None:
    with small_world.database.read() as session:
        assert finds.split_words(session, words.split()) == read


@pytest.mark.parametrize("words", ["4", "NUT-10 4", "the key at 5 under the mat"])
def test_words_that_name_no_find_are_asked_about(small_world: World, sheet: int, words: str) -> None:
    with small_world.database.read() as session, pytest.raises(BadInput, match="like “found BOLT-10 A-01-03 4”"):
        finds.split_words(session, words.split())


def test_two_people_finding_the_same_at_once_is_one_line(world: World) -> None:
    session_id = sheet_in(world)
    for number in ROUNDS:
        world.stock(f"EXTRA-{number}", "A-02", 0)
        works = [finding(world, who, session_id, f"EXTRA-{number}", "A-02", 4) for who in ("ana", "dan", "fay")]
        done, refused = split(race(world, *works))
        assert (len(done), len(refused)) == (1, 2)
        assert all("counted this at" in str(one) for one in refused)
        with world.database.read() as session:
            assert len(session.exec(select(CountLine).where(col(CountLine.found))).all()) == number + 1


def test_a_find_against_the_start_of_another_session_is_one_open_line(world: World) -> None:
    session_id = sheet_in(world)
    with world.database.write() as session:
        plan_id = world.plan(session, "Second round", world.team_id)

    def starting(session: Session) -> object:
        plan = session.get_one(CountPlan, plan_id)
        return plans.start(session, plan, scheduled_for=world.now, now=world.now, actor="test")

    race(world, finding(world, "ana", session_id, "NUT-10", "B-07", 4), starting)
    line = world.see(world.line(world.stock("NUT-10", "B-07", 0)))
    assert (line.session_id == session_id) == (line.state is LineState.IN_REVIEW)


def test_a_find_while_the_rest_is_closed_waits_for_nobody_in_a_circle(world: World) -> None:
    """A message that counts a line and finds something holds that line's stock and then wants the session."""
    ben = world.person("ben")
    for number in ROUNDS:
        world.clock(f"1{number}:15")
        bolts = world.stock(f"BOLT-{number}", "A-01", 100)
        line, now = world.line(bolts), world.now
        session_id = world.see(line).session_id
        world.stock(f"EXTRA-{number}", "A-02", 0)
        count = counting(world, line, "ana", 100)
        found = finding(world, "ana", session_id, f"EXTRA-{number}", "A-02", 4, f"message {number}")

        def message(session: Session, count: Work = count, found: Work = found) -> object:
            return count(session), found(session)

        def closing(session: Session, session_id: int = session_id, now: datetime = now) -> object:
            return reminders.close_without(session, person=ben, session_id=session_id, seen=0, now=now)

        race(world, message, closing)
        assert world.see(line).state in {LineState.RECONCILED, LineState.SKIPPED}
