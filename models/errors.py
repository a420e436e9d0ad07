"""What can go wrong, in sentences that a counter understands.

Every known refusal is a `CycleCountError`; its message is shown to the person as it stands, so it says what to do
next. Anything else is a defect: the edge shows a reference id instead, and logs the traceback under that id.
"""

from datetime import datetime


class CycleCountError(Exception):
    """A known refusal. `str(error)` is the sentence for the person who asked."""


class NotFound(CycleCountError):
    """What was named is not there; the sentence offers the nearest name where there is one."""


class NotAllowed(CycleCountError):
    """The person may not do this; the sentence says who can."""


class WrongState(CycleCountError):
    """The line has moved on: the sentence says who did what, and when."""


class AlreadyDecided(WrongState):
    """Somebody decided this line first; nothing was changed."""

    def __init__(self, message: str, decided_at: datetime) -> None:
        super().__init__(message)
        self.decided_at = decided_at


class BadQuantity(CycleCountError):
    """The quantity cannot be meant; the sentence gives the accepted form."""


class BadInput(CycleCountError):
    """A word, date or option that was not understood."""


class BadCause(CycleCountError):
    """A decision lacks a cause, or has one that it cannot carry; the sentence says what to choose."""


class BadFile(CycleCountError):
    """A file with errors, collected: one sentence each, with the line number first. Nothing was imported."""

    def __init__(self, file: str, problems: list[tuple[int | None, str]]) -> None:
        self.file = file
        self.problems = problems
        lines = [
            f"{file} line {line}: {problem}" if line is not None else f"{file}: {problem}" for line, problem in problems
        ]
        super().__init__("\n".join(lines))
