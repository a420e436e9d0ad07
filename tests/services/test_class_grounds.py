"""A ranking in which nothing has a value says nothing about any item, and is refused."""

import logging
from datetime import timedelta

import pytest
from sqlmodel import select

from models.classes import ClassSettings
from models.errors import BadInput
from models.journal import Intent, OutboxMessage
from models.services import class_schedule
from tests.services.classifying import classes, classify, runs, set_item, settings, used
from tests.world import World

NO_ISSUE = (
    "No issue in the last 365 days, so there is nothing to rank. Import movements, or rank by on-hand value or unit "
    "cost."
)


def told(world: World) -> int:
    """How many reports are to be sent."""
    with world.database.read() as session:
        return len(session.exec(select(OutboxMessage).where(OutboxMessage.intent == Intent.CLASS_REPORT)).all())


@pytest.mark.parametrize("dry_run", [True, False])
def test_without_an_issue_usage_ranks_nothing(world: World, dry_run: bool) -> None:  # noqa: FBT001 - a parameter
    used(world, "X", 10)
    world.stock("Y", "A-01", 10, unit_cost=5)
    classify(world)
    world.now += timedelta(days=400)
    before = classes(world)
    set_item(world, "Y", pinned_class="B", abc_class="B")
    with pytest.raises(BadInput, match="No issue in the last 365 days, so there is nothing to rank") as refused:
        classify(world, dry_run=dry_run)
    assert str(refused.value) == NO_ISSUE
    assert classes(world) == before | {"Y": "B"}
    assert len(runs(world)) == 1


@pytest.mark.parametrize(
    ("measure", "unit_cost", "on_hand", "sentence"),
    [
        ("usage value", None, 5,
         "No item has a unit cost, so there is nothing to rank. Import unit costs, or rank by movements."),
        ("on-hand value", 1, 0,
         ("Nothing with a unit cost is on hand, so there is nothing to rank. Import the stock, or rank by usage value "
          "or unit cost.")),
        ("on-hand value", 0, 5,
         "No item has a unit cost, so there is nothing to rank. Import unit costs, or rank by movements."),
        ("unit cost", None, 5,
         "No item has a unit cost, so there is nothing to rank. Import unit costs, or rank by movements."),
        ("movements", 1, 5,
         ("No movement in the last 90 days, so there is nothing to rank. Import movements, or rank by on-hand value or "
          "unit cost.")),
    ],
)  # fmt: skip
def test_what_every_measure_lacks_is_said(
    world: World, measure: str, unit_cost: int | None, on_hand: int, sentence: str
) -> None:
    world.stock("X", "A-01", on_hand, unit_cost=unit_cost)
    settings(world, measure=measure, window_days=90)
    with pytest.raises(BadInput) as refused:
        classify(world)
    assert str(refused.value) == sentence
    assert classes(world) == {"X": None}


def test_issues_of_what_costs_nothing_rank_nothing(world: World) -> None:
    used(world, "X", 10, unit_cost=None)
    world.stock("Y", "A-01", 10, unit_cost=5)
    with pytest.raises(BadInput, match="Nothing that was issued in the last 365 days has a unit cost, so there is"):
        classify(world)
    settings(world, measure="movements")
    classify(world)
    assert classes(world) == {"X": "A", "Y": "C"}


def test_by_the_clock_it_is_logged_and_nobody_is_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.stock("X", "A-01", 10)
    due = world.now + timedelta(hours=1)
    settings(world, schedule="daily 02:00", next_due=due)
    world.now = due
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            with world.database.read() as session:
                ranking = class_schedule.rank_if_due(session, world.now)
            if ranking is not None:
                with world.step() as session:
                    assert class_schedule.apply_due(session, ranking, world.now) is None
    assert [record.getMessage() for record in caplog.records] == [f"classes were not computed: {NO_ISSUE}"]
    assert (runs(world), told(world), classes(world)) == ([], 0, {"X": None})
    with world.database.read() as session:
        found = session.get_one(ClassSettings, 1).next_due
        assert found is not None
        assert found > due
