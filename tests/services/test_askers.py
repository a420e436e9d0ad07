"""Who asks for a spot count may have read the record before: others count it, or else it is left out of accuracy."""

from datetime import timedelta

import pytest

from models.counts import ReviewCause
from models.errors import NotAllowed, WrongState
from models.people import Role
from models.rules.lines import LineState
from models.services import askers, cards, count_pages, counts, exports, history, lines, spot_counts
from models.services.history import Query
from models.services.sheets import SheetResult, sheet_facts
from tests.builders import Stock
from tests.world import World


@pytest.fixture
def bolts(world: World) -> Stock:
    """Ana has asked for them."""
    stock = world.stock("BOLT-10", "A-01", 100)
    world.spot_count("ana", "BOLT-10")
    return stock


def offered(world: World, who: str, line: int) -> list[int]:
    with world.database.read() as session:
        found = counts.lines_to_count(session, world.person(who), world.see(line).session_id)
    return [one.line_id for one in found]


def told(world: World, who: str, line: int, *, single: bool = False) -> str:
    """Why somebody gets no page."""
    person, session_id = world.person(who), world.see(line).session_id
    page, of = (count_pages.single_page, line) if single else (count_pages.first_page, session_id)
    with world.database.read() as session, pytest.raises(NotAllowed) as refusal:
        page(session, person, of)
    return str(refusal.value)


def left(world: World, line: int) -> set[int]:
    """The lines that Ana leaves to others."""
    with world.database.read() as session:
        return askers.lines_left(session, world.person("ana"), world.see(line).session_id)


def result(world: World, line: int) -> SheetResult:
    with world.database.read() as session:
        found = sheet_facts(session, world.see(line).session_id).result
    assert found is not None
    return found


def accuracy(world: World) -> tuple[int, int | None]:
    """Closed lines that say something about accuracy, and how many were right at the first count."""
    with world.database.read() as session:
        found = history.history(session, world.person("kim"), Query())
    return found.counts, found.right_at_first


def blind(world: World) -> list[str]:
    with world.database.read() as session:
        return [row.blind for row in exports.history_rows(session, since=world.now - timedelta(days=1))]


def marks(world: World, line: int) -> list[bool]:
    with world.database.read() as session:
        return [attempt.by_asker for attempt in cards.card_facts(session, line).attempts]


def test_who_asked_is_refused_the_first_count_while_there_are_others(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    assert offered(world, "ana", line) == []
    assert left(world, line) == {line}
    assert offered(world, "dan", line) == [line]
    assert told(world, "ana", line) == askers.FIRST
    assert told(world, "ana", line, single=True) == askers.FIRST
    with pytest.raises(NotAllowed) as refusal:
        world.count(line, "ana", 90)
    assert str(refusal.value) == "You asked for this count, so somebody else counts it first."
    assert world.entries(line) == []
    world.count(line, "dan", 100)
    assert world.state(line) is LineState.RECONCILED
    assert accuracy(world) == (1, 1)
    assert blind(world) == ["yes"]
    assert (result(world, line).right_at_first, result(world, line).by_asker) == (1, 0)


def test_alone_in_the_team_they_may_and_it_says_nothing_about_accuracy(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.remove_role("dan", "fay")
    assert offered(world, "ana", line) == [line]
    world.count(line, "ana", 90)
    assert world.see(line).review_cause is ReviewCause.NO_OTHER_COUNTER
    assert marks(world, line) == [True]
    world.approve(line, "ben")
    assert accuracy(world) == (0, 0)
    assert blind(world) == ["no"]
    assert (result(world, line).counted, result(world, line).right_at_first, result(world, line).by_asker) == (1, 0, 1)
    assert world.problems() == []


def test_their_own_correction_is_still_theirs(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.remove_role("dan", "fay")
    world.count(line, "ana", 90)
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.COUNTER, "zed")
    world.count(line, "ana", 99)
    assert [entry.quantity for entry in world.entries(line)] == [90, 99]
    world.ask_recount(line, "ben")
    assert world.asked(line) == "zed"
    world.count(line, "ana", 98)
    assert [entry.settles for entry in world.entries(line)] == [True, True, False], "the last one is a note"
    assert left(world, line) == set(), "who has counted it does not leave it to others"
    world.count(line, "zed", 99)
    world.approve(line, "ben")
    assert accuracy(world) == (0, 0)


def test_of_one_session_only_what_who_asked_has_counted_is_left_out(world: World) -> None:
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-01", 50)
    world.spot_count("ana", "A-01")
    line, other = world.line(bolts), world.line(nuts)
    world.count(line, "dan", 100)
    world.remove_role("dan", "fay")
    world.count(other, "ana", 50)
    assert accuracy(world) == (1, 1)
    found = result(world, line)
    assert (found.counted, found.right_at_first, found.by_asker) == (2, 1, 1)


def test_a_recount_is_not_asked_of_who_asked_for_the_count(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "dan", 90)
    assert world.asked(line) == "fay", "and not Ana, who comes first otherwise"
    assert offered(world, "ana", line) == []
    assert told(world, "ana", line, single=True) == askers.AGAIN
    with pytest.raises(NotAllowed) as refusal:
        world.count(line, "ana", 90)
    assert str(refusal.value) == "You asked for this count, so somebody else counts it again."
    world.skip(line, "fay")
    assert (world.state(line), world.asked(line)) == (LineState.IN_REVIEW, None)
    assert world.see(line).review_cause is ReviewCause.NO_RECOUNT_MADE


def test_who_asked_cannot_make_a_shortage_go_away_by_the_number_on_record(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.remove_role("fay")
    world.count(line, "dan", 90)
    assert world.state(line) is LineState.IN_REVIEW
    assert world.see(line).review_cause is ReviewCause.NO_OTHER_COUNTER
    with pytest.raises(WrongState):
        world.count(line, "ana", 100)
    for who in ("ben", "eva"):
        world.ask_recount(line, "kim")
        world.count(line, who, 90)
    world.ask_recount(line, "kim")
    assert world.asked(line) == "ana", "an approver may ask them, when nobody else is left"
    assert offered(world, "ana", line) == [line]
    world.count(line, "ana", 100)
    assert world.state(line) is LineState.IN_REVIEW, "and judges what they say"
    assert marks(world, line) == [False, False, False, True]
    assert world.adjustments(bolts) == []
    world.adjust(line, "kim", 90)
    assert accuracy(world) == (1, 0), "the first count was somebody else's"
    assert world.problems() == []


def test_a_movement_recorded_later_does_not_settle_the_recount_of_who_asked(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.remove_role("fay")
    world.count(line, "dan", 90)
    with world.database.write() as session:
        locked = lines.lock_line(session, line, world.now)
        locked.session.recounts = 3
        lines.ask_recount(session, locked, world.person("ana"), world.now)
        world.give_role(session, world.team_id, Role.COUNTER, "zed")
    world.count(line, "ana", 95)
    assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "zed")
    world.issue(bolts, 5, occurred_at=world.now - timedelta(hours=1))
    assert (world.state(line), world.asked(line)) == (LineState.RECOUNT, "zed")


def test_an_approver_asks_every_other_before_who_asked_for_the_count(world: World, bolts: Stock) -> None:
    line = world.line(bolts)
    world.count(line, "dan", 90)
    world.count(line, "fay", 91)
    for who in ("ben", "eva"):
        world.ask_recount(line, "kim")
        assert world.asked(line) == who
        world.count(line, who, 92)
    world.ask_recount(line, "kim")
    assert world.asked(line) == "ana"


def test_who_asks_is_told_when_somebody_else_counts_first(world: World) -> None:
    for number in range(4):
        world.stock("BOLT-10", f"A-0{number}", 1)
    asked_at = world.now
    (by_counter,) = world.spot_count("ana", "A-00").counts
    (by_approver,) = world.spot_count("ben", "A-01").counts
    world.remove_role("dan", "fay")
    (alone,) = world.spot_count("ana", "A-02").counts
    assert [count.for_others for count in (by_counter, by_approver, alone)] == [True, False, False]
    with world.database.read() as session:
        (again,) = spot_counts.started_at(session, world.person("ana"), asked_at).counts
    assert not again.for_others, "as it is now"


def test_who_asks_for_a_plan_run_or_counts_elsewhere_is_not_concerned(world: World) -> None:
    line = world.line(world.stock("NUT-10", "A-02", 50))
    assert offered(world, "ana", line) == [line]
    world.count(line, "ana", 50)
    assert accuracy(world) == (1, 1)
