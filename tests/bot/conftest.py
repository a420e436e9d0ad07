"""The bot at work, on the embedded database over Socket Mode; tests that need it otherwise open their own."""

from collections.abc import Iterator

import pytest

from models.database import Database
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW


@pytest.fixture
def place(sqlite_database: Database) -> Iterator[Workplace]:
    with workplace(sqlite_database, NOW) as place:
        yield place
