"""Cycle counts so far: whose, which, and page by page."""

from datetime import timedelta

from models.counts import CountSession
from models.people import Role
from models.services.past_sessions import ROWS_A_PAGE, PastQuery, PastSessions, Standing, past_sessions
from tests.world import World


def page(world: World, who: str, query: PastQuery | None = None) -> PastSessions:
    person = world.person(who)
    with world.database.read() as session:
        return past_sessions(session, person, query or PastQuery())


def run(world: World, sku: str) -> int:
    """A session of one line of a new item; it starts a day after the one before."""
    world.stock(sku, f"A-{sku}", 10)
    world.now += timedelta(days=1)
    return started(world.start())


def started(count_session: CountSession) -> int:
    assert count_session.id is not None
    return count_session.id


def ids(found: PastSessions) -> list[int]:
    return [row.session_id for row in found.rows]


def test_the_newest_first_with_what_came_of_it(world: World) -> None:
    first = run(world, "BOLT")
    (line,) = world.open_lines(first)
    world.count(line, "ana", 10)
    second = run(world, "FUSE")
    found = page(world, "ben")
    assert ids(found) == [second, first]
    newest, oldest = found.rows
    assert (oldest.lines, oldest.counted, oldest.open, oldest.skipped) == (1, 1, 0, 0)
    assert (newest.counted, newest.open) == (0, newest.lines)
    world.skip(next(iter(world.open_lines(second))), "ana")
    assert page(world, "ben").rows[0].skipped == 1


def test_pages_stay_when_sessions_come(world: World) -> None:
    made = [run(world, f"S{number}") for number in range(2 * ROWS_A_PAGE + 1)][::-1]
    first = page(world, "kim")
    assert (ids(first), first.has_newer, first.has_older) == (made[:ROWS_A_PAGE], False, True)
    run(world, "LATE")
    second = page(world, "kim", PastQuery(older_than=ids(first)[-1]))
    assert (ids(second), second.has_newer, second.has_older) == (made[ROWS_A_PAGE : 2 * ROWS_A_PAGE], True, True)
    third = page(world, "kim", PastQuery(older_than=ids(second)[-1]))
    assert (ids(third), third.has_newer, third.has_older) == (made[2 * ROWS_A_PAGE :], True, False)
    back = page(world, "kim", PastQuery(newer_than=ids(second)[0]))
    assert (ids(back), back.has_older) == (ids(first), True)
    assert back.has_newer  # the one that came meanwhile


def test_running_and_closed(world: World) -> None:
    first = run(world, "BOLT")
    (line,) = world.open_lines(first)
    world.count(line, "ana", 10)
    second = run(world, "FUSE")
    assert ids(page(world, "kim", PastQuery(standing=Standing.RUNNING))) == [second]
    assert ids(page(world, "kim", PastQuery(standing=Standing.CLOSED))) == [first]


def test_approvers_see_their_own_teams(world: World) -> None:
    other = world.add_team("Tyres", "T-", counters=("fay",), approvers=("hal",))
    mine = run(world, "BOLT")
    assert ids(page(world, "ben")) == [mine]
    assert ids(page(world, "hal")) == []
    assert ids(page(world, "ben", PastQuery(team_id=other))) == [mine], "a forged team is as if none was chosen"
    assert ids(page(world, "kim", PastQuery(team_id=other))) == []
    with world.database.write() as session:
        world.give_role(session, world.team_id, Role.APPROVER, "hal")
    assert ids(page(world, "hal", PastQuery(team_id=world.team_id))) == [mine]
