"""Real threads on both engines: one effect, a right sentence for whoever came second, nothing lost, no deadlock.

Each race begins at a barrier; nothing sleeps. Which side wins is the engine's affair, so a race says what must hold
either way, and is run several times.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

from sqlmodel import Session, func, select

from models.counts import CountLine, CountSession, EntrySource
from models.errors import CycleCountError
from models.journal import Intent, OutboxMessage
from models.plans import CountPlan
from models.rules.causes import Reason
from models.rules.lines import LineState
from models.services import counts, decisions, journal, ledger, movements, plan_times, plans
from models.stock import EntryKind
from tests.builders import Stock
from tests.world import World

ROUNDS = range(4)
Work = Callable[[Session], object]


def race(world: World, *works: Work) -> list[object]:
    """Run each in a transaction of its own, all at once; what each gave back, or the refusal it met.

    Anything but a known refusal (a deadlock, a broken constraint) fails the test.
    """
    barrier = Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(number: int, work: Work) -> None:
        barrier.wait()
        try:
            with world.database.write() as session:
                results[number] = work(session)
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            results[number] = error

    threads = [Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, CycleCountError):
            raise result
    return results


def counting(world: World, line_id: int, who: str, quantity: int, key: str | None = None) -> Work:
    person, now = world.person(who), world.now

    def work(session: Session) -> object:
        return counts.record(
            session, person=person, line_id=line_id, quantity=Decimal(quantity), counted_at=now,
            source=EntrySource.MODAL, source_key=key or f"{who} {line_id} {now}", now=now,
        )  # fmt: skip

    return work


def approving(world: World, line_id: int, who: str, version: int | None = None) -> Work:
    person, seen, now = world.person(who), version or world.version(line_id), world.now
    return lambda session: decisions.approve(
        session, person=person, line_id=line_id, version=seen, reason=Reason.UNKNOWN, now=now
    )


def moving(world: World, stock: Stock, quantity: int, occurred_at: datetime | None = None) -> Work:
    now = world.now
    return lambda session: movements.record(
        session, item_id=stock.item_id, location_id=stock.location_id, kind=EntryKind.ISSUE,
        quantity=Decimal(quantity), occurred_at=occurred_at or now, now=now,
    )  # fmt: skip


def in_review(world: World, number: int) -> tuple[Stock, int]:
    """A line in review: 90 of 100 counted twice."""
    bolts = world.stock(f"BOLT-{number}", f"A-{number:02}", 100)
    line = world.line(bolts)
    world.count(line, "ana", 90)
    world.count(line, "dan", 90)
    return bolts, line


def split(results: Sequence[object]) -> tuple[list[object], list[CycleCountError]]:
    return (
        [result for result in results if not isinstance(result, CycleCountError)],
        [result for result in results if isinstance(result, CycleCountError)],
    )


def test_approve_against_a_late_movement_never_loses_either(world: World) -> None:
    for number in ROUNDS:
        bolts, line = in_review(world, number)
        early = world.entries(line)[0].counted_at - timedelta(seconds=1)
        results = race(world, approving(world, line, "ben"), moving(world, bolts, -10, early))
        # Whoever came first, the line waits again, and accepting the count leaves the 90 that were there.
        if isinstance(results[0], CycleCountError):
            assert "facts have changed" in str(results[0])
        assert world.state(line) is LineState.IN_REVIEW
        world.approve(line, "eva")
        assert world.on_hand(bolts) == 90


def test_two_people_who_count_the_same_line_at_once_are_count_and_recount(world: World) -> None:
    for number in ROUNDS:
        bolts = world.stock(f"BOLT-{number}", f"A-{number:02}", 100)
        line = world.line(bolts)
        won, lost = split(race(world, counting(world, line, "ana", 90), counting(world, line, "dan", 90)))
        assert (len(won), len(lost)) == (2, 0)
        assert sorted(entry.attempt for entry in world.entries(line)) == [1, 2]
        assert world.state(line) is LineState.IN_REVIEW


def test_two_people_who_both_count_it_right_at_once_settle_it_once(world: World) -> None:
    for number in ROUNDS:
        bolts = world.stock(f"BOLT-{number}", f"A-{number:02}", 100)
        line = world.line(bolts)
        _, lost = split(race(world, counting(world, line, "ana", 100), counting(world, line, "dan", 100)))
        [entry] = world.entries(line)
        first = "Ana" if entry.member_id == world.person("ana").id else "Dan"
        assert [str(refusal).startswith(f"{first} counted this at") for refusal in lost] == [True]
        assert len(world.decided(line)) == 1


def test_one_payload_delivered_three_times_at_once_is_one_entry(world: World) -> None:
    for number in ROUNDS:
        bolts = world.stock(f"BOLT-{number}", f"A-{number:02}", 100)
        line = world.line(bolts)
        won, lost = split(race(world, *[counting(world, line, "ana", 90, f"V{number}") for _ in range(3)]))
        assert (len(won), len(lost)) == (3, 0)
        assert len(world.entries(line)) == 1
        assert world.asked(line) is not None


def test_one_key_is_new_to_one_of_many(world: World) -> None:
    for number in ROUNDS:
        won, _ = split(race(world, *[lambda s, n=number: journal.first_time(s, f"Ev{n}", world.now)] * 6))
        assert won.count(True) == 1
        assert won.count(False) == 5


def test_two_clocks_start_one_session_of_one_occurrence(world: World) -> None:
    world.stock("BOLT-10", "A-01", 100)
    for number in ROUNDS:
        won, _ = split(race(world, *[lambda s: plans.start_due(s, world.plan_id, world.now)] * 3))
        assert len([session for session in won if session is not None]) == 1
        with world.database.read() as session:
            assert session.exec(select(func.count()).select_from(CountSession)).one() == number + 1
        world.now += timedelta(days=1)


def test_a_calendar_that_is_saved_while_a_plan_starts_does_not_bring_that_day_again(world: World) -> None:
    """Who saves it read the time a moment before the plan was due."""
    world.stock("BOLT-10", "A-01", 100)
    for _ in ROUNDS:
        due = world.now
        race(
            world,
            lambda s: plans.start_due(s, world.plan_id, world.now),
            lambda s: plan_times.schedule_again(s, None, world.now - timedelta(seconds=1)),
        )
        with world.database.read() as session:
            assert session.get_one(CountPlan, world.plan_id).next_due == due + timedelta(days=1)
        world.now += timedelta(days=1)


def test_two_plans_that_start_at_once_share_no_open_line(world: World) -> None:
    with world.database.write() as session:
        second = world.plan(session, "Second", world.team_id, lines=20)
    stocks = [world.stock(f"BOLT-{number}", f"A-{number:02}", 100) for number in range(20)]

    def starting(plan_id: int) -> Work:
        now = world.now
        return lambda session: plans.start(
            session, session.get_one(CountPlan, plan_id), scheduled_for=now, now=now, actor="test"
        )

    race(world, starting(world.plan_id), starting(second))
    with world.database.read() as session:
        pairs = session.exec(select(CountLine.item_id, CountLine.location_id)).all()
    assert len(pairs) == len(set(pairs)) >= 20 == len(stocks)


def test_a_start_against_the_return_of_a_settled_line_leaves_one_open_line(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    for _ in ROUNDS:
        line = world.line(bolts)
        counted_at = world.now
        world.count(line, "ana", world.on_hand(bolts))
        world.now += timedelta(hours=1)
        now = world.now

        def starting(session: Session) -> object:
            plan = session.get_one(CountPlan, world.plan_id)
            return plans.start(session, plan, scheduled_for=now, now=now, actor="test")  # noqa: B023 - run at once

        race(world, moving(world, bolts, -10, counted_at), starting)
        assert world.see(line).late_movement_at is not None
        back = world.state(line) is LineState.IN_REVIEW
        assert (world._open_line(bolts) == line) is back
        if back:
            world.approve(line, "kim")
        else:  # the new line hides it until it is counted
            world.count(world.line(bolts), "ana", world.on_hand(bolts))


def test_many_movements_of_one_stock_at_once_all_count(world: World) -> None:
    bolts = world.stock("BOLT-10", "A-01", 100)
    race(world, *[moving(world, bolts, -quantity) for quantity in range(1, 9)])
    assert world.on_hand(bolts) == 100 - 36


def test_the_first_movements_of_a_stock_without_a_level_make_one_level(world: World) -> None:
    bolts, nuts = world.stock("BOLT-10", "A-01", 100), world.stock("NUT-10", "A-02", 100)
    new_place = Stock(bolts.item_id, nuts.location_id, 0, "BOLT-10")
    race(world, *[moving(world, new_place, -1) for _ in range(4)])
    with world.database.write() as session:
        assert ledger.level_of(session, new_place.item_id, new_place.location_id, world.now).on_hand == -4


def test_the_last_two_lines_of_a_session_closed_at_once_are_followed_by_the_summary(world: World) -> None:
    for number in ROUNDS:
        pair = [world.stock(f"BOLT-{number}-{n}", f"A-{number}{n}", 100) for n in range(2)]
        first, second = (world.line(stock) for stock in pair)
        session_id = world.see(first).session_id
        for line in world.open_lines(session_id) - {first, second}:
            world.count(line, "fay", 100)
        race(world, counting(world, first, "ana", 100), counting(world, second, "dan", 100))
        with world.database.read() as session:
            summaries = session.exec(
                select(OutboxMessage.id).where(
                    OutboxMessage.intent == Intent.SUMMARY, OutboxMessage.subject == str(session_id)
                )
            ).all()
        assert len(summaries) == 1


def test_pages_of_one_sheet_saved_at_once_do_not_wait_for_each_other_in_a_ring(world: World) -> None:
    for number in ROUNDS:
        stocks = [world.stock(f"BOLT-{number}-{n}", f"A-{number}{n}", 100) for n in range(8)]
        lines = sorted(world.line(stock) for stock in stocks)

        def page(who: str, mine: list[int]) -> Work:
            works = [counting(world, line, who, 90) for line in mine]
            return lambda session: [work(session) for work in works]

        race(world, page("ana", lines[:5]), page("dan", lines[3:]), page("fay", lines[1:7]))
        assert sum(len(world.entries(line)) for line in lines) >= len(lines)


def test_a_page_saved_against_movements_of_all_its_stock_does_not_wait_in_a_ring(world: World) -> None:
    for number in ROUNDS:
        # Walked in the opposite order to that in which the stock came to be.
        stocks = [world.stock(f"BOLT-{number}-{n}", f"A-{number}{9 - n}", 100) for n in range(8)]
        lines = sorted(world.line(stock) for stock in stocks)
        counted_before = world.now - timedelta(seconds=30)

        def page(session: Session) -> object:
            return [counting(world, line, "dan", 90)(session) for line in lines]  # noqa: B023 - run at once

        def file(session: Session) -> object:
            return [moving(world, stock, -1, counted_before)(session) for stock in stocks]  # noqa: B023 - same

        for line in lines:
            world.count(line, "ana", 90)
        race(world, page, file)
        assert {world.on_hand(stock) for stock in stocks} == {Decimal(99)}
