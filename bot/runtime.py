"""The bot as a process: over Socket Mode (`run`) or over signed HTTP (`serve`), each with its delivery beside it.

Both end on SIGTERM or SIGINT: what is under way finishes, nothing new is begun, exit 0. A connection to Slack that has
been dead for a minute ends the process with an error, for the process manager to start it again.
"""

import logging
import signal
import threading
import time
from http.client import HTTPException
from queue import Empty, SimpleQueue
from types import FrameType

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.app import build_app
from bot.slack_socket import Socket, Watch
from bot.workers import NotAccepted, StartClock, Workers, check_token, click_client, read_clock
from models import logs
from models.database import Database
from models.migrate import require_current
from models.settings import Settings

STOPPED, LOST = 0, 1
DEAD_AFTER_SECONDS = 60.0
LOOK_SECONDS = 1.0

_LOG = logging.getLogger(__name__)


def run(
    settings: Settings, *, start_clock: StartClock | None = None, dead_after_seconds: float = DEAD_AFTER_SECONDS
) -> int:
    """Run over Socket Mode until told to stop; returns the exit code.

    Raises CycleCountError (a sentence for the terminal) when the database is not ready or Slack refuses a token.
    """
    logs.configure(settings)
    told = _listen_to_signals()
    database = Database(settings.database_url)
    try:
        require_current(database)
        check_token(settings)
        workers = Workers(database, settings, start_clock)
        try:
            return _run(settings, database, workers, told, dead_after_seconds)
        finally:
            workers.stop()
    finally:
        database.close()


def serve(settings: Settings, *, host: str, port: int, start_clock: StartClock | None = None) -> int:
    """Serve HTTP on `host` and `port` until told to stop; returns the exit code. Raises like `run`."""
    from bot.server import Server  # noqa: PLC0415 - gunicorn does not exist on Windows, where `run` must work

    logs.configure(settings)
    database = Database(settings.database_url)
    try:
        require_current(database)
        # On SQLite the lock around writes is the process's: a second process would queue inside SQLite by polling.
        processes = 1 if database.is_sqlite else 2
    finally:
        # No connection may cross a fork: each worker process opens its own.
        database.close()
    check_token(settings)
    server = Server(settings, host=host, port=port, processes=processes, start_clock=start_clock)
    return server.serve()


def _run(
    settings: Settings, database: Database, workers: Workers, told: SimpleQueue[int], dead_after_seconds: float
) -> int:
    app = build_app(
        database,
        client=click_client(settings),
        signing_secret=None,
        read_clock=read_clock,
        wake=workers.wake,
        refused=workers.refused,
    )
    token = settings.slack_app_token
    socket = Socket(app, token.get_secret_value() if token else "")
    try:
        _connect(socket)
        _LOG.info("connected to Slack")
        watch = Watch(socket.sign_of_life, limit=dead_after_seconds, read_ticks=time.monotonic)
        while (number := _wait(told)) is None:
            if watch.is_dead():
                _LOG.error("no sign of life from Slack for %.0f s; ending, to be started again", dead_after_seconds)
                return LOST
        _LOG.info("stopping on %s", signal.Signals(number).name)
        return STOPPED
    finally:
        if not socket.drain():
            _LOG.error("a listener did not finish in time; Slack sends again what it had not acknowledged")


def _connect(socket: Socket) -> None:
    try:
        socket.connect()
    except SlackApiError as error:
        code = error.response.get("error")
        raise NotAccepted(
            f"Slack does not accept SLACK_APP_TOKEN ({code}). It needs the scope connections:write."
        ) from error
    except (OSError, HTTPException, SlackClientError) as error:
        raise NotAccepted(f"Slack cannot be reached ({type(error).__name__}). Check the network and try again.") from (
            error
        )


def _listen_to_signals() -> SimpleQueue[int]:
    # A signal comes between any two steps of the main thread: of the ways to leave word, putting into a SimpleQueue
    # is the one that is safe there.
    told: SimpleQueue[int] = SimpleQueue()

    def leave_word(number: int, _frame: FrameType | None) -> None:
        told.put(number)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, leave_word)
    return told


def _wait(told: SimpleQueue[int]) -> int | None:
    try:
        return told.get(timeout=LOOK_SECONDS)
    except Empty:
        return None
