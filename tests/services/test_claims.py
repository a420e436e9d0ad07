"""Sharing a sheet: *Take 10*, release, hand over, silence - and asking before somebody counts what another has."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from models.counts import CountLine, EntrySource
from models.errors import BadInput, CycleCountError, NotAllowed, WrongState
from models.journal import Intent, OutboxMessage
from models.rules.lines import LineState
from models.services import claims, count_pages, counts, sheets
from models.services.claims import SILENCE, Claimed, ClaimedByOther, OnlyClaimedLeft
from models.services.people import Person
from models.services.sheets import LineWord
from tests.services.test_races import ROUNDS, Work, counting, race, split
from tests.world import World


def sheet_of(world: World, number: int) -> int:
    """A session of so many lines, of different on-hand, in bins A-01, A-02...; returns its id."""
    for n in range(1, number + 1):
        world.stock(f"PART-{n:02}", f"A-{n:02}", 10 * n)
    return world.start().id or 0


@pytest.fixture
def sheet(small_world: World) -> int:
    """A session of twelve lines."""
    return sheet_of(small_world, 12)


def take(world: World, who: str, session_id: int) -> Claimed:
    person = world.person(who)
    with world.step() as session:
        return claims.take(session, person=person, session_id=session_id, now=world.now)


def release(world: World, who: str, session_id: int) -> Claimed:
    person = world.person(who)
    with world.step() as session:
        return claims.release(session, person=person, session_id=session_id, now=world.now)


def hand_over(world: World, who: str, session_id: int, to: str) -> None:
    person = world.person(who)
    with world.step() as session:
        claims.hand_over(session, person=person, session_id=session_id, to=f"U01{to.upper()}", now=world.now)


def held(world: World, session_id: int) -> dict[str, list[str]]:
    """Who has what, as the sheet says."""
    found: dict[str, list[str]] = {}
    with world.database.read() as session:
        for line in sheets.sheet_facts(session, session_id).lines:
            if line.word is LineWord.TO_COUNT:
                found.setdefault(line.who or "", []).append(line.location)
    return found


def bins(first: int, last: int) -> list[str]:
    return [f"A-{n:02}" for n in range(first, last + 1)]


def line_in(world: World, session_id: int, position: int) -> int:
    with world.database.read() as session:
        return (
            session.exec(
                select(col(CountLine.id)).where(CountLine.session_id == session_id, CountLine.position == position)
            ).one()
            or 0
        )


def tick(world: World) -> list[int]:
    with world.step() as session:
        due = claims.silent_lines(session, world.now)
        return [line_id for line_id in due if claims.release_silent(session, line_id, world.now)]


def offered(world: World, who: str, session_id: int) -> list[str]:
    with world.database.read() as session:
        lines, _ = claims.lines_offered(session, world.person(who), session_id)
        return [line.location for line in lines]


def test_the_next_ten_lines_of_the_walk_are_taken_and_the_next_person_gets_the_rest(
    small_world: World, sheet: int
) -> None:
    assert take(small_world, "ana", sheet).bins == tuple(bins(1, 10))
    assert take(small_world, "dan", sheet).bins == ("A-11", "A-12")
    assert held(small_world, sheet) == {"Ana": bins(1, 10), "Dan": bins(11, 12)}
    with pytest.raises(WrongState, match=r"^Ana and Dan have the 12 lines that are left\.$"):
        take(small_world, "fay", sheet)


def test_a_second_click_takes_no_more_and_one_later_fills_up(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    assert take(small_world, "ana", sheet).bins == tuple(bins(1, 10))
    small_world.count(line_in(small_world, sheet, 1), "ana", 10)
    small_world.count(line_in(small_world, sheet, 2), "ana", 20)
    assert take(small_world, "ana", sheet).bins == tuple(bins(3, 12))


def test_a_claim_ends_when_the_line_is_counted_skipped_or_expired(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    in_tolerance, off, blocked = (line_in(small_world, sheet, n) for n in (1, 2, 3))
    small_world.count(in_tolerance, "ana", 10)
    small_world.count(off, "ana", 1)
    small_world.skip(blocked, "ana")
    for line in (in_tolerance, off, blocked):
        assert (small_world.see(line).claimed_by_id, small_world.see(line).claimed_at) == (None, None)
    small_world.now += timedelta(hours=5)
    small_world.expire()
    assert held(small_world, sheet) == {}


@pytest.mark.parametrize("who", ["ben", "kim"])
def test_only_counters_of_the_team_take_lines(small_world: World, sheet: int, who: str) -> None:
    with pytest.raises(NotAllowed, match="Only counters of Fleet Parts count this"):
        take(small_world, who, sheet)


def test_who_asked_for_the_count_takes_nothing_and_is_handed_nothing(small_world: World) -> None:
    small_world.stock("BOLT-10", "A-01", 100)
    spot = small_world.spot_count("ana", "BOLT-10").counts[0].session_id
    with pytest.raises(NotAllowed, match="You asked for this count"):
        take(small_world, "ana", spot)
    take(small_world, "dan", spot)
    with pytest.raises(NotAllowed, match="Ana asked for this count, so somebody else counts it first"):
        hand_over(small_world, "dan", spot, "ana")


def test_released_lines_are_free_for_the_next(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    take(small_world, "dan", sheet)
    assert release(small_world, "ana", sheet).bins == tuple(bins(1, 10))
    assert release(small_world, "ana", sheet).bins == ()
    assert held(small_world, sheet) == {"": bins(1, 10), "Dan": bins(11, 12)}
    assert take(small_world, "fay", sheet).bins == tuple(bins(1, 10))


def test_all_lines_of_all_sheets_are_released_at_once(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    small_world.stock("LATE-1", "B-01", 5)
    other = small_world.start().id or 0
    take(small_world, "ana", other)
    with small_world.step() as session:
        freed = claims.release_all(session, person=small_world.person("ana"), now=small_world.now)
    assert [claimed.bins for claimed in freed] == [tuple(bins(1, 10)), ("B-01",)]
    assert held(small_world, sheet) == {"": bins(1, 12)}


def test_lines_are_handed_over_to_another_counter_only(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    for to, sentence in (
        ("ben", "Only counters of Fleet Parts can take them. Choose Dan or Fay."),
        ("zoe", "Only counters of Fleet Parts can take them. Choose Dan or Fay."),
        ("ana", "You have these lines already. Choose somebody else."),
    ):
        with pytest.raises(BadInput) as refused:
            hand_over(small_world, "ana", sheet, to)
        assert str(refused.value) == sentence
    hand_over(small_world, "ana", sheet, "dan")
    assert held(small_world, sheet) == {"Dan": bins(1, 10), "": bins(11, 12)}
    with pytest.raises(WrongState, match="nothing to hand over"):
        hand_over(small_world, "ana", sheet, "dan")


def test_after_half_an_hour_of_silence_the_lines_are_free(world: World) -> None:
    session_id = sheet_of(world, 12)
    taken_at = world.now
    take(world, "ana", session_id)
    take(world, "dan", session_id)
    world.now = taken_at + timedelta(minutes=20)
    world.count(line_in(world, session_id, 1), "ana", 10)
    world.now = taken_at + SILENCE - timedelta(microseconds=1)
    assert tick(world) == []
    world.now = taken_at + SILENCE + timedelta(seconds=1)
    assert len(tick(world)) == 2  # Dan's; Ana counted ten minutes ago
    assert held(world, session_id) == {"Ana": bins(2, 10), "": bins(11, 12)}
    world.now = taken_at + timedelta(minutes=51)
    assert len(tick(world)) == 9
    assert held(world, session_id) == {"": bins(2, 12)}


def test_an_entry_in_another_session_breaks_no_silence(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    late = small_world.stock("LATE-1", "B-01", 5)
    small_world.now += timedelta(minutes=29)
    small_world.count(small_world.line(late), "ana", 5)
    small_world.now += timedelta(minutes=2)
    assert len(tick(small_world)) == 10


def test_a_line_handed_over_begins_anew(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    small_world.now += timedelta(minutes=29)
    hand_over(small_world, "ana", sheet, "dan")
    small_world.now += timedelta(minutes=2)
    assert tick(small_world) == []


def test_the_sheet_is_drawn_again_for_each_change(small_world: World, sheet: int) -> None:
    def touched() -> int:
        with small_world.database.read() as session:
            return session.exec(
                select(func.sum(OutboxMessage.touched)).where(OutboxMessage.intent == Intent.SHEET)
            ).one()

    seen = touched()
    for change in (
        lambda: take(small_world, "ana", sheet),
        lambda: hand_over(small_world, "ana", sheet, "dan"),
        lambda: release(small_world, "dan", sheet),
    ):
        change()
        assert touched() == seen + 1
        seen += 1
    take(small_world, "ana", sheet)
    small_world.now += timedelta(hours=1)
    tick(small_world)
    assert touched() == seen + 2


def test_ones_own_lines_come_first_and_those_of_others_are_left_out(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    take(small_world, "dan", sheet)
    release(small_world, "ana", sheet)
    assert offered(small_world, "dan", sheet) == [*bins(11, 12), *bins(1, 10)]
    assert offered(small_world, "fay", sheet) == bins(1, 10)


def test_pages_begin_with_ones_own_lines_and_go_on_with_the_free_ones(small_world: World) -> None:
    session_id = sheet_of(small_world, 12)
    for n in range(13, 31):
        small_world.stock(f"PART-{n:02}", f"A-{n:02}", n)
    with small_world.database.write() as session:
        plan_id = small_world.plan(session, "Long", small_world.team_id, lines=30)
    session_id = small_world.start(plan_id).id or 0
    dan = small_world.person("dan")
    with small_world.database.write() as session:
        for n in (14, 17):
            line = session.exec(
                select(CountLine).where(CountLine.session_id == session_id, CountLine.position == n)
            ).one()
            line.claimed_by_id, line.claimed_at = dan.id, small_world.now
    with small_world.database.read() as session:
        page = count_pages.first_page(session, dan, session_id)
        shown = [line.location for line in page.lines]
        assert shown == ["A-26", "A-29", *bins(13, 22)]
        assert (page.number, page.pages) == (1, 2)
        again = count_pages.shown_page(
            session, session_id, [line.line_id for line in page.lines], number=1, ends_in_own=page.ends_in_own
        )
        assert [line.location for line in again.lines] == shown
        following = count_pages.next_page(session, dan, again)
        assert following is not None
        assert [line.location for line in following.lines] == [*bins(23, 25), *bins(27, 28), "A-30"]
        assert count_pages.next_page(session, dan, following) is None


def test_a_page_of_ones_own_lines_alone_is_followed_by_the_free_ones_from_the_start(small_world: World) -> None:
    sheet_of(small_world, 12)
    for n in range(13, 31):
        small_world.stock(f"PART-{n:02}", f"A-{n:02}", n)
    with small_world.database.write() as session:
        plan_id = small_world.plan(session, "Long", small_world.team_id, lines=30)
    session_id = small_world.start(plan_id).id or 0
    take(small_world, "ana", session_id)
    take(small_world, "dan", session_id)
    hand_over(small_world, "ana", session_id, "dan")
    release(small_world, "dan", session_id)
    take(small_world, "dan", session_id)
    with small_world.database.write() as session:
        for line in session.exec(select(CountLine).where(CountLine.session_id == session_id, CountLine.position > 6)):
            line.claimed_by_id, line.claimed_at = small_world.person("dan").id, small_world.now
        for line in session.exec(select(CountLine).where(CountLine.session_id == session_id, CountLine.position <= 6)):
            line.claimed_by_id, line.claimed_at = None, None
    with small_world.database.read() as session:
        page = count_pages.first_page(session, small_world.person("dan"), session_id)
        assert [line.location for line in page.lines] == bins(19, 30)
        following = count_pages.next_page(session, small_world.person("dan"), page)
        assert following is not None
        assert [line.location for line in following.lines] == bins(13, 18)


def test_when_only_lines_of_others_are_left_they_are_shown_to_who_asks(small_world: World) -> None:
    session_id = sheet_of(small_world, 2)
    take(small_world, "ana", session_id)
    dan = small_world.person("dan")
    with small_world.database.read() as session:
        with pytest.raises(OnlyClaimedLeft, match=r"^Ana has the 2 lines that are left\.$"):
            count_pages.first_page(session, dan, session_id)
        page = count_pages.first_page(session, dan, session_id, of_others=True)
    assert [line.location for line in page.lines] == bins(1, 2)


def test_who_counts_a_line_of_another_is_asked_once_for_each_number_and_claim(small_world: World) -> None:
    session_id = sheet_of(small_world, 2)
    take(small_world, "ana", session_id)
    line = line_in(small_world, session_id, 1)
    dan, ana = small_world.person("dan"), small_world.person("ana")

    def asked(quantity: str, who: Person = dan) -> str:
        question = ""
        with small_world.step() as session:
            try:
                claims.ask_first(session, who, line, quantity, small_world.now)
            except ClaimedByOther as refusal:
                question = str(refusal)
        return question

    assert asked("5") == "Ana has this line. Count it anyway?"
    assert asked("5") == ""
    assert asked("6") != ""
    assert asked("5", ana) == ""
    release(small_world, "ana", session_id)
    assert asked("7") == ""
    take(small_world, "ana", session_id)
    assert asked("5") != ""  # another claim


def taking(world: World, who: str, session_id: int) -> Work:
    person, now = world.person(who), world.now
    return lambda session: claims.take(session, person=person, session_id=session_id, now=now)


def test_two_people_at_once_never_get_the_same_line(world: World) -> None:
    for number in ROUNDS:
        for n in range(1, 13):
            world.stock(f"PART-{number}-{n:02}", f"A-{number}-{n:02}", n)
        session_id = world.start().id or 0
        results = race(world, *(taking(world, who, session_id) for who in ("ana", "dan", "fay")))
        got, refused = split(results)
        given = [place for claimed in got if isinstance(claimed, Claimed) for place in claimed.bins]
        assert sorted(given) == [f"A-{number}-{n:02}" for n in range(1, 13)]
        assert [str(one) for one in refused if "have the 12 lines" not in str(one)] == []
        assert sorted(map(len, (places for places in held(world, session_id).values()))) == [2, 10]


def test_a_double_click_takes_ten(world: World) -> None:
    session_id = sheet_of(world, 12)
    race(world, *(taking(world, "ana", session_id) for _ in range(3)))
    assert held(world, session_id) == {"Ana": bins(1, 10), "": bins(11, 12)}


def test_a_claim_against_counts_of_the_same_lines_leaves_no_claim_on_what_is_counted(world: World) -> None:
    for number in ROUNDS:
        for n in range(1, 4):
            world.stock(f"PART-{number}-{n}", f"A-{number}-{n}", n)
        session_id = world.start().id or 0
        lines = [line_in(world, session_id, n) for n in (3, 2, 1)]

        def count_all(session: Session) -> object:
            return [counting(world, line, "dan", 1)(session) for line in sorted(lines)]  # noqa: B023 - run at once

        race(world, count_all, taking(world, "ana", session_id), taking(world, "fay", session_id))
        for line in lines:
            seen = world.see(line)
            assert seen.claimed_by_id is None or seen.state is LineState.TO_COUNT


def test_silence_against_a_count_is_no_deadlock_and_loses_nothing(world: World) -> None:
    session_id = sheet_of(world, 3)
    take(world, "ana", session_id)
    world.now += timedelta(hours=1)
    lines = [line_in(world, session_id, n) for n in (1, 2, 3)]

    def free(session: Session) -> object:
        return [claims.release_silent(session, line, world.now) for line in lines]

    race(world, free, free, counting(world, lines[1], "ana", 20))
    assert world.state(lines[1]) is LineState.RECONCILED
    left = held(world, session_id)  # whatever came first: both lines are there, free or hers
    assert sorted(place for places in left.values() for place in places) == ["A-01", "A-03"]
    assert left.keys() <= {"", "Ana"}


def test_a_claim_does_not_void_what_was_drawn_for_the_line(small_world: World, sheet: int) -> None:
    line = line_in(small_world, sheet, 1)
    before = small_world.version(line)
    take(small_world, "ana", sheet)
    assert small_world.version(line) == before


def test_another_persons_count_ends_the_claim(small_world: World, sheet: int) -> None:
    take(small_world, "ana", sheet)
    line = line_in(small_world, sheet, 1)
    with small_world.step() as session:
        counts.skip(session, person=small_world.person("dan"), line_id=line, reason="blocked", now=small_world.now)
    with pytest.raises(CycleCountError):
        small_world.count(line, "ana", 3, source=EntrySource.REPLY)
    assert small_world.see(line).claimed_by_id is None
