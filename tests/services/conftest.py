"""Worlds for the tests of services. Whatever a test did, the invariants must hold when it ends."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from models.database import Database
from tests.world import World


@pytest.fixture
def world(database: Database, now: datetime) -> Iterator[World]:
    """A world on each engine in turn; after the test, `bot check` must find nothing."""
    world = World(database, now)
    yield world
    assert world.problems() == []


@pytest.fixture
def small_world(sqlite_database: Database, now: datetime) -> Iterator[World]:
    """A world on SQLite alone, for what does not depend on the engine."""
    world = World(sqlite_database, now)
    yield world
    assert world.problems() == []
