from collections.abc import Iterator
from datetime import datetime

import pytest

from models.database import Database
from tests.scheduler.plans import Plans
from tests.world import World


@pytest.fixture
def world(database: Database, now: datetime) -> Iterator[World]:
    """A world on each engine in turn; after the test, `bot check` must find nothing."""
    world = World(database, now)
    yield world
    assert world.problems() == []


@pytest.fixture
def plans(world: World) -> Plans:
    """The plans of that world, of which none is due yet."""
    return Plans(world)
