"""A team's working day begins with what waits: once, for its own lines, and it says no more of them than is true."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from models.counts import CountLine
from models.database import Database
from models.digests import ReviewDigest
from models.journal import Intent, OutboxMessage, OutboxState, SentMessage
from models.people import Company, Team
from models.rules.lines import LineState
from models.services import digests
from models.services.digests import DigestFacts
from scheduler.jobs import tick
from tests.databases import opened
from tests.services.test_bulk import counted
from tests.services.test_races import Work, approving, race
from tests.world import World

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def at(world: World, day: date, time: str) -> tuple[int, ...]:
    """The clock looks at that time; the teams that it tells."""
    world.now = datetime.fromisoformat(f"{day} {time}+00:00")
    done = tick(world.database, world.now)
    assert done.failed == ()
    return done.told


def rows(world: World, *states: OutboxState) -> list[str]:
    """Subjects of the digests in the outbox."""
    with world.database.read() as session:
        found = session.exec(
            select(OutboxMessage)
            .where(OutboxMessage.intent == Intent.DIGEST, col(OutboxMessage.state).in_(states or OutboxState))
            .order_by(col(OutboxMessage.id))
        )
        return [row.subject for row in found]


def sent(world: World) -> None:
    """As if Slack had nothing to show: what is on its way is done."""
    with world.step() as session:
        for row in session.exec(select(OutboxMessage).where(OutboxMessage.intent == Intent.DIGEST)):
            row.state = OutboxState.SENT


def said(world: World, **words: str | None) -> None:
    """The company's words: `quiet` or `digest`."""
    with world.step() as session:
        company = session.get(Company, 1) or Company()
        for name, value in words.items():
            setattr(company, name, value)
        session.add(company)


def facts(world: World, day: date) -> DigestFacts:
    with world.database.read() as session:
        return digests.digest_facts(session, world.team_id, day)


def test_each_working_day_once_if_something_waits(world: World) -> None:
    said(world, working_days="mon-fri")
    counted(world, "BOLT", 93)
    assert at(world, MONDAY, "07:59") == ()
    assert at(world, MONDAY, "08:00") == (world.team_id,)
    assert at(world, MONDAY, "08:01") == at(world, MONDAY, "20:00") == ()
    assert at(world, TUESDAY, "08:03") == (world.team_id,)
    assert rows(world) == [f"{world.team_id}.20261123", f"{world.team_id}.20261124"]
    assert at(world, date(2026, 11, 28), "09:00") == (), "a Saturday"


def test_a_day_that_began_without_anything_is_not_told_later(world: World) -> None:
    assert at(world, MONDAY, "08:00") == ()
    counted(world, "BOLT", 93)
    assert at(world, MONDAY, "09:00") == ()
    assert rows(world) == []
    assert at(world, TUESDAY, "08:00") == (world.team_id,)


def test_in_quiet_it_waits_for_the_end(world: World) -> None:
    counted(world, "BOLT", 93)
    said(world, quiet="07:30-09:15")
    assert at(world, MONDAY, "08:00") == at(world, MONDAY, "09:14") == ()
    assert at(world, MONDAY, "09:15") == (world.team_id,)


def test_a_team_may_have_its_own_time_or_none(world: World) -> None:
    counted(world, "BOLT", 93)
    said(world, digest="off")
    assert at(world, MONDAY, "10:00") == ()
    with world.step() as session:
        session.get_one(Team, world.team_id).digest = "10:30"
    assert at(world, MONDAY, "10:29") == ()
    assert at(world, MONDAY, "10:30") == (world.team_id,)


def test_each_team_is_told_of_its_own(world: World) -> None:
    other = world.add_team("Workshop", "B-", counters=("fay",), approvers=("dan",))
    _, line = counted(world, "BOLT", 93)
    assert at(world, MONDAY, "08:00") == (world.team_id,)
    found = facts(world, MONDAY)
    assert found.waiting is not None
    assert [one.line_id for one in found.waiting.lines] == [line]
    with world.database.read() as session:
        assert digests.digest_facts(session, other, MONDAY).waiting is not None
        assert session.get_one(ReviewDigest, other).day == MONDAY


def test_it_tells_what_is_so_for_everybody(world: World) -> None:
    counted(world, "BOLT", 93)
    counted(world, "FUSE", 10, unit_cost=None)
    at(world, MONDAY, "08:00")
    found = facts(world, MONDAY).waiting
    assert found is not None
    assert [(one.sku, one.value, one.against) for one in found.lines] == [
        ("FUSE", None, "perhaps a slip; see its card"), ("BOLT", -7, ""),
    ]  # fmt: skip
    assert (found.count, found.gross, found.unknown) == (2, 7, 1)


def test_when_a_line_moves_it_is_shown_again(world: World) -> None:
    _, first = counted(world, "BOLT", 93)
    _, second = counted(world, "NUT", 93)
    at(world, MONDAY, "08:00")
    sent(world)
    world.approve(first, "ben")
    assert rows(world, OutboxState.PENDING) == [], "nothing was posted, so nothing is shown"
    with world.step() as session:
        session.add(_posted(world, MONDAY))
    world.ask_recount(second, "ben")
    assert rows(world, OutboxState.PENDING) == [f"{world.team_id}.20261123"]
    found = facts(world, MONDAY).waiting
    assert found is not None
    assert found.lines == ()
    sent(world)
    world.count(second, "fay", 93)
    assert rows(world, OutboxState.PENDING) == [f"{world.team_id}.20261123"]


def test_the_day_before_is_over(world: World) -> None:
    _, line = counted(world, "BOLT", 93)
    at(world, MONDAY, "08:00")
    sent(world)
    with world.step() as session:
        session.add(_posted(world, MONDAY))
    at(world, TUESDAY, "08:00")
    both = [f"{world.team_id}.20261123", f"{world.team_id}.20261124"]
    assert rows(world, OutboxState.PENDING) == both
    assert facts(world, MONDAY).waiting is None
    sent(world)
    with world.step() as session:
        session.add(_posted(world, TUESDAY))
    world.approve(line, "ben")
    assert rows(world, OutboxState.PENDING) == both[1:], "of the day before nothing is told any more"


def test_two_clocks_tell_once(world: World, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted(world, "BOLT", 93)
    found, meeting = digests.teams_to_tell, Barrier(2)

    def held(session: Session, now: datetime) -> list[int]:
        seen = found(session, now)
        meeting.wait(timeout=30)
        return seen

    monkeypatch.setattr(digests, "teams_to_tell", held)
    days = [datetime(2026, 11, 23, 8, tzinfo=UTC) + timedelta(days=day) for day in range(5)]

    def run() -> Sequence[tuple[int, ...]]:
        with opened(database_url) as database:
            done = [tick(database, now) for now in days]
        assert all(one.failed == () for one in done)
        return [one.told for one in done]

    with ThreadPoolExecutor(2) as both:
        told = [one for each in [both.submit(run), both.submit(run)] for one in each.result()]
    assert sorted(told) == [*[()] * 5, *[(world.team_id,)] * 5]
    assert rows(world) == [f"{world.team_id}.202611{day}" for day in range(23, 28)]


def test_a_decision_beside_the_clock_leaves_no_line_that_is_decided(world: World) -> None:
    """Either the clock finds nothing that waits any more, or the decision has its message drawn again."""
    counted(world, "NUT", 93)
    assert at(world, MONDAY, "08:00") == (world.team_id,)
    for day in range(24, 29):
        sent(world)
        now = datetime(2026, 11, day, 8, tzinfo=UTC)
        world.now = now - timedelta(minutes=1)
        with world.database.read() as session:
            (waits,) = session.exec(select(CountLine.id).where(CountLine.state == LineState.IN_REVIEW))
        assert waits is not None
        told, _ = race(world, telling(world, now), approving(world, waits, "ben"))
        subject = f"{world.team_id}.202611{day}"
        with world.database.read() as session:
            touched = session.exec(select(OutboxMessage.touched).where(OutboxMessage.subject == subject)).all()
        assert (told, touched) in [(True, [2]), (False, [])]
        world.now = now
        counted(world, f"BOLT-{day}", 93)


def test_the_clock_waits_for_a_decision_that_has_looked_which_day_it_is(
    postgres_database: Database, now: datetime
) -> None:
    """Else it would have a message sent that the decision does not know of, and in which its line still waits."""
    world = World(postgres_database, now)
    assert at(world, MONDAY, "08:00") == (), "so no message of Monday is what they meet at"
    _, line = counted(world, "BOLT", 93)
    on_tuesday = datetime(2026, 11, 24, 8, tzinfo=UTC)
    met: list[str] = []

    def clock(_: Session) -> None:
        try:
            with world.database.write() as other:
                other.execute(text("SET LOCAL lock_timeout = '50ms'"))
                digests.tell(other, world.team_id, on_tuesday)
        except OperationalError as waited:
            met.append(type(waited.orig).__name__)

    with world.step() as session:
        approving(world, line, "ben")(session)
        event.listen(session, "before_commit", clock)
    assert met == ["LockNotAvailable"]
    with world.step() as session:
        assert not digests.tell(session, world.team_id, on_tuesday), "now nothing waits"


def telling(world: World, now: datetime) -> Work:
    return lambda session: digests.tell(session, world.team_id, now)


def _posted(world: World, day: date) -> SentMessage:
    subject = f"{world.team_id}.{day:%Y%m%d}"
    return SentMessage(
        intent=Intent.DIGEST, subject=subject, channel="C01REVIEW", ts=f"{day:%d}.1", posted_at=world.now
    )
