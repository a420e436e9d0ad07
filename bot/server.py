"""gunicorn, set up in code: worker processes with threads, each with its own database, app and delivery.

Everything that holds a connection or a thread is made after the fork, in the process that uses it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn publishes no types
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]  # gunicorn publishes no types
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]  # gunicorn publishes no types

from bot.app import build_app
from bot.web import web_application
from bot.workers import StartClock, Workers, click_client, read_clock
from models import logs
from models.database import Database
from models.settings import Settings

if TYPE_CHECKING:  # a module for type checkers only
    from wsgiref.types import WSGIApplication

THREADS = 16
GRACEFUL_SECONDS = 20
"""After SIGTERM requests under way get this long; Slack waits three seconds for any of them."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn publishes no types
    """The bot behind gunicorn."""

    def __init__(
        self, settings: Settings, *, host: str, port: int, processes: int, start_clock: StartClock | None
    ) -> None:
        self._settings = settings
        self._options: dict[str, object] = {
            "bind": f"{host}:{port}",
            "workers": processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "preload_app": False,
            "loglevel": "warning",
            "post_worker_init": _after_fork(settings),
            "worker_exit": self._stop,
            # A platform's temporary folder may be a slow disk; a heartbeat that waits for it kills the worker.
            "worker_tmp_dir": None,
        }
        self._start_clock = start_clock
        self._parts: tuple[Database, Workers] | None = None
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn, and nothing from its own files or environment."""
        for name, value in self._options.items():
            if value is not None:
                self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        """Build the bot, in the worker process that will serve it."""
        database = Database(self._settings.database_url)
        workers = Workers(database, self._settings, self._start_clock)
        self._parts = (database, workers)
        secret = self._settings.slack_signing_secret
        app = build_app(
            database,
            client=click_client(self._settings),
            signing_secret=secret.get_secret_value() if secret else None,
            read_clock=read_clock,
            wake=workers.wake,
            refused=workers.refused,
        )
        return web_application(app, database)

    def serve(self) -> int:
        """Serve until told to stop; returns the exit code."""
        try:
            Arbiter(self).run()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
        return 0

    def _stop(self, _arbiter: Arbiter, _worker: Worker) -> None:
        if self._parts is not None:
            database, workers = self._parts
            workers.stop()
            database.close()


def _after_fork(settings: Settings) -> Callable[[Worker], None]:
    def configure(_worker: Worker) -> None:
        # gunicorn gives its own loggers handlers of their own; ours go on as they were before the fork.
        logs.configure(settings)

    return configure
