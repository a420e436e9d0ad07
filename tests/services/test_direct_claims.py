"""Two people who are asked for lines of one sheet by direct message: each is asked for another."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from models.catalog import Item
from models.counts import CountLine
from models.direct import DirectCount, DirectQuestion, QuestionState
from models.rules.lines import LineState
from models.services import claims, direct_counts, direct_questions
from models.services.claims import SILENCE, ClaimedByOther
from tests.builders import Stock
from tests.services.test_claims import held, take, tick
from tests.services.test_direct_counts import answer, begin, posted, store_due, written
from tests.services.test_direct_held import undo
from tests.services.test_direct_meanings import told
from tests.services.test_races import ROUNDS, Work, race
from tests.world import World


@pytest.fixture
def four(world: World) -> list[Stock]:
    """Four bins of one sheet."""
    stocks = [world.stock(f"BOLT-{n}", f"A-0{n}", 10 * n) for n in (1, 2, 3, 4)]
    world.start()
    return stocks


def session_of(world: World, stocks: list[Stock]) -> int:
    return world.see(world.line(stocks[0])).session_id


def who_has(world: World, stocks: list[Stock]) -> dict[str, list[str]]:
    return {who: bins for who, bins in held(world, session_of(world, stocks)).items() if who}


def asked(world: World, who: str) -> str | None:
    """The SKU that somebody is asked for now."""
    with world.database.read() as session:
        return session.exec(
            select(Item.sku)
            .join(CountLine, col(CountLine.item_id) == col(Item.id))
            .join(DirectQuestion, col(DirectQuestion.line_id) == col(CountLine.id))
            .join(DirectCount, col(DirectCount.id) == col(DirectQuestion.count_id))
            .where(DirectCount.member_id == world.person(who).id, DirectQuestion.state == QuestionState.OPEN)
        ).one_or_none()


def put_off(world: World, who: str = "ana") -> None:
    person = world.person(who)
    with world.step() as session:
        direct_counts.put_off(session, person, written(world, "later"), world.now)
    posted(world)


def stop(world: World, who: str = "ana") -> None:
    person = world.person(who)
    with world.step() as session:
        direct_counts.stop(session, person, world.now)


def test_each_is_asked_for_a_line_that_the_other_is_not(world: World, four: list[Stock]) -> None:
    begin(world)
    begin(world, "dan")
    assert (asked(world, "ana"), asked(world, "dan")) == ("BOLT-1", "BOLT-2")
    assert who_has(world, four) == {"Ana": ["A-01"], "Dan": ["A-02"]}
    answer(world, "10")
    assert asked(world, "ana") == "BOLT-3"
    answer(world, "20", "dan")
    assert asked(world, "dan") == "BOLT-4"
    assert who_has(world, four) == {"Ana": ["A-01", "A-03"], "Dan": ["A-02", "A-04"]}, "what is held stays theirs"
    answer(world, "30")
    assert asked(world, "ana") is None
    person = world.person("ana")
    with world.database.read() as session:
        assert direct_questions.left_of_others(session, person) == "Dan has the 2 lines that are left."


def test_nobody_counts_in_another_way_what_somebody_is_asked_for_without_being_asked(
    world: World, four: list[Stock]
) -> None:
    begin(world)
    take(world, "dan", session_of(world, four))
    assert who_has(world, four) == {"Ana": ["A-01"], "Dan": ["A-02", "A-03", "A-04"]}
    dan = world.person("dan")
    with pytest.raises(ClaimedByOther, match="Ana has this line"), world.step() as session:
        claims.ask_first(session, dan, world.line(four[0]), "10", world.now)


def test_what_is_put_off_or_asked_for_no_more_is_free_again(world: World, four: list[Stock]) -> None:
    begin(world)
    put_off(world)
    assert who_has(world, four) == {"Ana": ["A-02"]}
    begin(world, "dan")
    assert asked(world, "dan") == "BOLT-1"
    stop(world)
    assert who_has(world, four) == {"Dan": ["A-01"]}
    stop(world, "dan")
    assert who_has(world, four) == {}


def test_what_they_took_themselves_stays_theirs(world: World, four: list[Stock]) -> None:
    take(world, "ana", session_of(world, four))
    begin(world)
    put_off(world)
    stop(world)
    assert who_has(world, four) == {"Ana": ["A-01", "A-02", "A-03", "A-04"]}


def test_what_was_put_off_and_then_taken_stays_theirs(world: World, four: list[Stock]) -> None:
    begin(world)
    put_off(world)
    take(world, "ana", session_of(world, four))
    for counted in ("20", "30", "40"):
        answer(world, counted)
    assert asked(world, "ana") == "BOLT-1"
    stop(world)
    assert who_has(world, four) == {"Ana": ["A-01"]}


def test_an_answer_that_is_taken_back_is_asked_for_again_and_still_free_at_the_end(
    world: World, four: list[Stock]
) -> None:
    begin(world)
    answer(world, "10")
    undo(world)
    assert asked(world, "ana") == "BOLT-1"
    assert who_has(world, four) == {"Ana": ["A-01"]}
    stop(world)
    assert who_has(world, four) == {}


def test_after_a_long_silence_another_is_asked_and_the_first_is_asked_before_it_counts(
    world: World, four: list[Stock]
) -> None:
    begin(world)
    world.now += SILENCE + timedelta(minutes=1)
    tick(world)
    assert who_has(world, four) == {}
    begin(world, "dan")
    assert asked(world, "dan") == "BOLT-1"
    assert told(world, "10") == "Dan has this line. Count it anyway?"


def test_an_answer_after_a_long_silence_keeps_its_line(world: World, four: list[Stock]) -> None:
    begin(world)
    world.now += SILENCE + timedelta(minutes=1)
    tick(world)
    answer(world, "10")
    begin(world, "dan")
    assert (asked(world, "ana"), asked(world, "dan")) == ("BOLT-2", "BOLT-3")
    undo(world)
    stop(world)
    assert who_has(world, four) == {"Dan": ["A-03"]}


def test_a_recount_is_asked_of_who_is_asked_for_it_alone(world: World, four: list[Stock]) -> None:
    line = world.line(four[0])
    world.count(line, "ana", 5)
    assert world.asked(line) == "dan"
    begin(world, "fay")
    assert asked(world, "fay") == "BOLT-2"
    begin(world, "dan")
    assert asked(world, "dan") == "BOLT-1"
    answer(world, "10", "dan")
    world.now += direct_counts.HELD_FOR
    assert store_due(world) == [True]
    assert world.state(line) is LineState.RECONCILED


def test_who_begin_at_once_are_asked_for_different_lines(world: World, four: list[Stock]) -> None:
    people = [world.person(who) for who in ("ana", "dan", "fay")]
    now = world.now

    def beginning(n: int) -> Work:
        def work(session: Session) -> bool:
            return direct_counts.begin(session, people[n], f"D{n}", now)

        return work

    for _ in ROUNDS:
        assert race(world, *(beginning(n) for n in range(3))) == [True] * 3
        assert sorted(str(asked(world, who)) for who in ("ana", "dan", "fay")) == ["BOLT-1", "BOLT-2", "BOLT-3"]
        assert sorted(map(len, who_has(world, four).values())) == [1, 1, 1]
        with world.step() as session:
            for person in people:
                direct_counts.stop(session, person, now)
        assert who_has(world, four) == {}
