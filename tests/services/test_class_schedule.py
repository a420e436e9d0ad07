"""Classes by the clock: computed once for each time that comes, whoever asks; a missed one is caught up once."""

from datetime import UTC, datetime, timedelta

from models.classes import ClassSettings
from models.people import Company
from models.services import class_schedule
from tests.services.classifying import changes, runs, settings, used
from tests.world import World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(world: World, text: str, zone: str = "Europe/Berlin") -> str | None:
    """Set when classes are computed, as somebody does now."""
    with world.database.write() as session:
        session.get_one(Company, 1).timezone = zone
    settings(world, schedule=text)
    with world.database.write() as session:
        return class_schedule.schedule_again(session, world.now)


def next_due(world: World) -> datetime | None:
    with world.database.read() as session:
        return session.get_one(ClassSettings, 1).next_due


def run(world: World) -> int | None:
    """What a clock does."""
    with world.database.read() as session:
        ranking = class_schedule.rank_if_due(session, world.now)
    if ranking is None:
        return None
    with world.database.write() as session:
        return class_schedule.apply_due(session, ranking, world.now)


def test_nothing_is_due_without_a_schedule(world: World) -> None:
    assert run(world) is None
    assert schedule(world, "") is None
    assert (next_due(world), run(world)) == (None, None)


def test_the_schedule_is_on_the_company_s_clock(world: World) -> None:
    assert schedule(world, "monthly 1 02:00") is None
    assert next_due(world) == at("2026-12-01 01:00")
    schedule(world, "monthly 1 02:00", "UTC")
    assert next_due(world) == at("2026-12-01 02:00")


def test_classes_are_computed_once_when_the_time_comes(world: World) -> None:
    used(world, "X", 10)
    schedule(world, "monthly 1 02:00")
    world.now = at("2026-12-01 00:59:59")
    assert run(world) is None
    world.now = at("2026-12-01 01:00")
    assert run(world) is not None
    assert run(world) is None
    assert next_due(world) == at("2027-01-01 01:00")
    assert [found.actor for found in runs(world)] == ["system"]


def test_what_was_missed_is_caught_up_once(world: World) -> None:
    used(world, "X", 10)
    schedule(world, "daily 02:00")
    world.now += timedelta(days=9)
    assert run(world) is not None
    assert run(world) is None
    assert next_due(world) == at("2026-12-03 01:00")


def test_two_clocks_compute_them_once(world: World) -> None:
    used(world, "X", 10)
    schedule(world, "daily 02:00")
    world.now += timedelta(days=1)
    with world.database.read() as session:
        rankings = [class_schedule.rank_if_due(session, world.now) for _ in range(2)]
    found = []
    for ranking in rankings:
        assert ranking is not None
        with world.database.write() as session:
            found.append(class_schedule.apply_due(session, ranking, world.now))
    assert found == [1, None]
    assert changes(world) == [(None, "A")]


def test_a_schedule_that_is_over_is_said(world: World) -> None:
    assert schedule(world, "once 2026-11-01 02:00") == (
        "classes: “once 2026-11-01 02:00” is over, so they are not computed by themselves; give it a later time"
    )
    assert next_due(world) is None
