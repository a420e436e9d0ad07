"""The bot at work, on the embedded database over Socket Mode, and its delivery alone, stepped by hand.

Tests that need them otherwise open their own. And the command line, on a database of each engine or on SQLite alone.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from models.database import Database
from tests.bot.outbound import Outbound, outbound
from tests.bot.planning import command, stock_aisles
from tests.bot.shell import Shell
from tests.bot.workplace import Workplace, workplace
from tests.conftest import NOW


@pytest.fixture
def place(sqlite_database: Database) -> Iterator[Workplace]:
    with workplace(sqlite_database, NOW) as place:
        yield place


@pytest.fixture
def aisles(place: Workplace) -> Workplace:
    """With six items in aisles A and B, two categories, two classes; and the shortcuts of the manifest."""
    stock_aisles(place)
    return place


@pytest.fixture
def opened(aisles: Workplace) -> Workplace:
    """With the form of a new plan open for Kim, who is stock control."""
    assert command(aisles, "kim", "new") == ""
    return aisles


@pytest.fixture
def slack(sqlite_database: Database, now: datetime) -> Iterator[Outbound]:
    with outbound(sqlite_database, now) as running:
        yield running


@pytest.fixture
def either(database: Database, now: datetime) -> Iterator[Outbound]:
    """On each engine in turn."""
    with outbound(database, now) as running:
        yield running


@pytest.fixture
def _logging_as_it_was() -> Iterator[None]:
    """A command configures logging for its process; the next test has its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def shell(
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    _logging_as_it_was: None,
) -> Shell:
    """On each engine in turn."""
    return Shell(tmp_path, database_url, monkeypatch, capsys)


@pytest.fixture
def sqlite_shell(
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    _logging_as_it_was: None,
) -> Shell:
    return Shell(tmp_path, sqlite_url, monkeypatch, capsys)
