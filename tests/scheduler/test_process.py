"""`python -m scheduler` as it is deployed: real processes, the real clock, stopped by real signals."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from tests.scheduler.plans import Plans

CHECKOUT = Path(__file__).parents[2]
DEADLINE = 60.0  # seconds that a process may take to do what is waited for
SESSIONS = 5  # enough for each process to have had a turn at being first

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it to stop")


def environment(**values: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "LOG_LEVEL", "LOG_FORMAT"}
    }
    return {**kept, **values}


class Scheduler:
    """A running `python -m scheduler`, and the events it logged so far."""

    def __init__(self, process: subprocess.Popen[str], heard: "SimpleQueue[tuple[Scheduler, str]]") -> None:
        self.process = process
        self.events: list[str] = []
        self._heard = heard
        self._reader = Thread(target=self._listen)
        self._reader.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for text in self.process.stderr:
            self._heard.put((self, json.loads(text)["event"]))

    def stop(self, number: signal.Signals) -> int:
        """Ask it to stop and wait until it has; returns its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=DEADLINE)
        self._reader.join(timeout=DEADLINE)
        return code

    def started(self) -> list[str]:
        """The sessions it says it started."""
        return [found[1] for event in self.events if (found := re.match(r"session (\d+) of plan", event))]


@contextmanager
def two_schedulers(url: str) -> Iterator[tuple[list[Scheduler], Callable[[], None]]]:
    """Two processes on one database, and a function that waits until either has logged something."""
    heard: SimpleQueue[tuple[Scheduler, str]] = SimpleQueue()

    def listen() -> None:
        each, event = heard.get(timeout=DEADLINE)
        each.events.append(event)

    with ExitStack() as stack:
        both = []
        for _ in range(2):
            process = subprocess.Popen(
                [sys.executable, "-m", "scheduler"],
                cwd=CHECKOUT,
                env=environment(DATABASE_URL=url, LOG_FORMAT="json"),
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            both.append(Scheduler(process, heard))
        yield both, listen
        while not heard.empty():
            listen()


def test_two_processes_on_one_database_start_each_occurrence_once(plans: Plans, database_url: str) -> None:
    every_second = plans.add("cron * * * * * *", None, name="Every second")
    missed = plans.add("once 2026-01-01 07:00", None, name="Missed")
    with two_schedulers(database_url) as (both, listen):
        while not all(each.events for each in both):
            listen()
        due = datetime.now(UTC).replace(microsecond=0)
        plans.set(missed, next_due=due - timedelta(hours=8))
        plans.set(every_second, next_due=due)
        while sum(len(each.started()) for each in both) < SESSIONS:
            listen()
        codes = [each.stop(number) for each, number in zip(both, (signal.SIGTERM, signal.SIGINT), strict=True)]
    assert codes == [0, 0]
    assert {each.events[0] for each in both} == {"clock started"}
    assert [each.events[-1] for each in both] == ["clock stopped by SIGTERM", "clock stopped by SIGINT"]
    assert plans.runs(missed) == [due - timedelta(hours=8)]
    assert plans.next_due(missed) is None
    started = [session_id for each in both for session_id in each.started()]
    assert len(started) == len(set(started)) == len(plans.runs(every_second)) + 1
    assert not [event for each in both for event in each.events if "failed" in event]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"DATABASE_URL": "stock.db"}, "DATABASE_URL is malformed: set it to a database URL"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is malformed: set it to “console” or “json”."),
        ({"DATABASE_URL": "sqlite:////no/such/folder/stock.db"}, "The database cannot be reached. Check DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///EMPTY"}, "The database is empty. Run “python -m bot migrate” first."),
    ],
)
def test_what_it_cannot_start_with_is_one_sentence_and_exit_2(
    values: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    values = {name: value.replace("EMPTY", (tmp_path / "empty.db").as_posix()) for name, value in values.items()}
    done = subprocess.run(
        [sys.executable, "-m", "scheduler"],
        cwd=CHECKOUT,
        env=environment(**values),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1
