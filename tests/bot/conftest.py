"""The bot at work, on the embedded database over Socket Mode, and its delivery alone, stepped by hand.

Tests that need them otherwise open their own.
"""

from collections.abc import Iterator
from datetime import datetime

import pytest

from models.database import Database
from tests.bot.outbound import Outbound, outbound
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW


@pytest.fixture
def place(sqlite_database: Database) -> Iterator[Workplace]:
    with workplace(sqlite_database, NOW) as place:
        yield place


@pytest.fixture
def slack(sqlite_database: Database, now: datetime) -> Iterator[Outbound]:
    with outbound(sqlite_database, now) as running:
        yield running


@pytest.fixture
def either(database: Database, now: datetime) -> Iterator[Outbound]:
    """On each engine in turn."""
    with outbound(database, now) as running:
        yield running
