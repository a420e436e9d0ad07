"""What every test may ask for: real, migrated, empty databases, and a time that does not move."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from models.database import Database
from tests.databases import PostgresServer, SqliteTemplate, opened, postgres_folder, require_postgres
from tests.dialects import share_compiled

# A Monday, 08:00 in Berlin.
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

_POSTGRES_FOLDER = pytest.StashKey[Path]()

# A slow machine is no failure; and in CI the same change gives the same examples.
settings.register_profile("patient", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if "CI" in os.environ else "patient")

share_compiled()


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of the run's PostgreSQL: the main process makes it, xdist's workers are told."""
    told = getattr(config, "workerinput", {}).get("postgres_folder")
    config.stash[_POSTGRES_FOLDER] = Path(told) if told else postgres_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker about the folder."""
    node.workerinput["postgres_folder"] = str(node.config.stash[_POSTGRES_FOLDER])  # type: ignore[attr-defined]  # xdist ships no types


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays until the end: every module, every test. It would look at it all along."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped something where nothing may be skipped (NO_SKIPS, set by CI)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder at the end of the run; a server left by a killed worker ends by itself without it."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[_POSTGRES_FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config, worker_id: str) -> Iterator[PostgresServer]:
    require_postgres()
    server = PostgresServer(pytestconfig.stash[_POSTGRES_FOLDER] / "data", worker_id)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def sqlite_url(sqlite_template: SqliteTemplate, tmp_path: Path) -> str:
    return sqlite_template.url(tmp_path)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.url() as url:
        yield url


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    with opened(sqlite_url) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    with opened(postgres_url) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database on each engine in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def now() -> datetime:
    return NOW
