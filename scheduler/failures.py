"""What failed, and when it is tried again.

A tick comes every second. Without a memory, one plan that cannot start would fill the log with a traceback a second
and drown everything else. So a subject that fails rests: a second, then two, four... at most one minute, until it
works again. The memory is the clock's own; it is lost with the process, and then everything is tried at once.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LONGEST_REST = timedelta(minutes=1)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Failure:
    times: int
    try_again_at: datetime


@dataclass
class Failures:
    """The subjects that failed when last tried."""

    _failing: dict[str, _Failure] = field(default_factory=dict)
    _references: list[str] = field(default_factory=list)

    def take_references(self) -> tuple[str, ...]:
        """The references logged since this was last asked."""
        taken = tuple(self._references)
        self._references.clear()
        return taken

    def is_resting(self, subject: str, now: datetime) -> bool:
        """Whether `subject` failed and is not to be tried yet."""
        failure = self._failing.get(subject)
        return failure is not None and now < failure.try_again_at

    @contextmanager
    def noted(self, subject: str, now: datetime) -> Iterator[None]:
        """Log whatever the block raises under a reference, and go on after it; forget `subject` if it raises nothing.

        The reference is six characters that stand once in the log, for a person to quote.
        """
        try:
            yield
        except Exception:  # noqa: BLE001 - whatever it was, the other plans and lines must have their turn
            times = self._failing[subject].times + 1 if subject in self._failing else 1
            rest = min(timedelta(seconds=2 ** min(times - 1, 20)), LONGEST_REST)
            self._failing[subject] = _Failure(times, now + rest)
            reference = secrets.token_hex(3).upper()
            self._references.append(reference)
            _LOG.exception("%s failed (reference %s); trying again in %d s", subject, reference, rest.total_seconds())
        else:
            self._failing.pop(subject, None)
