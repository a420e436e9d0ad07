"""Why a line cannot be counted, and how people say so in a reply: `A-01-03 blocked`, `can't reach BOLT-10`.

A skip puts a line back into the pool, so it is only read where nothing else can be meant; what may be one is asked
about. Not counted is not zero: "missing" may be the bin, or what should be in it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from models.errors import BadInput
from models.rules import wording
from models.rules.chat_text import folded
from models.rules.references import Reading, References, SheetLine

LONGEST_NOTE = 150

CLOSED = "closed without a count"
"""Why a line was skipped that an approver ended the session without."""


class SkipReason(StrEnum):
    """Why a line could not be counted; the value is what people read and what is kept."""

    BLOCKED = "blocked"
    UNSAFE = "unsafe to reach"
    MISSING = "bin missing"
    IN_USE = "in use"
    OTHER = "other"


@dataclass(frozen=True)
class ReplySkip:
    """A line that cannot be counted.

    `reason` says why, in the words that are kept.
    """

    line: SheetLine
    reason: str


@dataclass(frozen=True)
class SkipQuestion:
    """What to ask about a text that may say that a line cannot be counted.

    `about` is the line, if that is certain.
    """

    sentence: str
    about: SheetLine | None = None


Skips = tuple[ReplySkip, ...]

_SAID = {
    SkipReason.BLOCKED: (
        "blocked|can't reach|cannot reach|can not reach|cant reach|can't get to|cannot get to|can't access|"
        "unreachable|not reachable|out of reach|no access"
    ),
    SkipReason.UNSAFE: "unsafe to reach|unsafe|not safe|dangerous",
    SkipReason.MISSING: "bin missing|bin is missing|bin gone|bin is gone|no bin|no such bin|bin not there",
    SkipReason.IN_USE: "in use|being used|occupied",
    SkipReason.OTHER: "can't count|cannot count|can not count|cant count|skip",
}
_REASONS = {phrase: reason for reason, phrases in _SAID.items() for phrase in phrases.split("|")}
_PHRASE = "|".join(re.escape(phrase) for phrase in sorted(_REASONS, key=len, reverse=True))

_WHOLE = re.compile(
    rf"(?:is |it is |it's )?({_PHRASE})(?: it| this| that)?(?:\s*[:;,(-]\s*|\s+(?=(?:by|because|with)\s)|$)(.*)"
)
_FIRST = re.compile(rf"({_PHRASE})\s*:?\s+(.+)")
_ANYWHERE = re.compile(rf"(?<![\w'-])({_PHRASE})(?![\w'-])")
_DENIED = re.compile(r"\b(?:not|no longer|isn't|isnt|never)\s+(?:blocked|in use|unsafe|dangerous|occupied)\b")
_MISSING = re.compile(r"(?:is |it's )?(?:missing|gone|not there)[.!?]*")


def skip_text(reason: SkipReason, note: str) -> str:
    """What is kept of a reason and a note, which the reason `OTHER` needs; BadInput without it."""
    said = wording.cut(" ".join(note.split()), LONGEST_NOTE)
    if reason is SkipReason.OTHER:
        if not said:
            raise BadInput("Say why, in a few words.")
        return said
    return f"{reason}: {said}" if said else reason.value


def noted(label: str, reason: str) -> str:
    """What is told to who said that a line cannot be counted."""
    return f"Noted: {label} can't be counted now ({reason})."


def is_reason(text: str) -> bool:
    """Whether a text, of a line that is known, says that it cannot be counted."""
    return _WHOLE.fullmatch(folded(text).rstrip(".!")) is not None


def spoken_reason(text: str) -> str:
    """What is kept of a reason in somebody's own words; "" when they only say that it cannot be counted."""
    words = folded(text).rstrip(".!")
    said = _WHOLE.fullmatch(words)
    if _MISSING.fullmatch(words):
        return SkipReason.MISSING.value
    if said is None:
        return "" if words == SkipReason.OTHER else wording.cut(" ".join(text.split()), LONGEST_NOTE)
    reason, note = _REASONS[said[1]], said[2].rstrip(" )")
    return "" if reason is SkipReason.OTHER and not note else skip_text(reason, note)


def read_skip(text: str, references: References) -> Skips | SkipQuestion | None:
    """One line of a reply that says that something cannot be counted, or may say so; None when it says something else.

    Of a bin it is said of all that is left to count in it.
    """
    first = _FIRST.fullmatch(folded(text).rstrip(".!"))
    if first is not None:
        whole = [reading for reading in references.readings(first[2]) if not reading.rest]
        if whole:
            return _skip(whole, _REASONS[first[1]], "")
    for reading in sorted(references.readings(text), key=lambda reading: len(reading.rest)):
        found = _of_rest(reading)
        if found is not None:
            return found
    return None


def _of_rest(reading: Reading) -> Skips | SkipQuestion | None:
    rest = folded(reading.rest).rstrip(".!")
    said = _WHOLE.fullmatch(rest)
    if said is not None and not rest.endswith("?"):
        return _skip([reading], _REASONS[said[1]], said[2].rstrip(" )"))
    if _MISSING.fullmatch(rest) and len(reading.lines) == 1:
        line = reading.lines[0]
        empty = f"send “{line.label} 0” if nothing is in it"
        return SkipQuestion(f"Is the bin missing? Send “{line.location} bin missing” then, or {empty}.", line)
    maybe = _ANYWHERE.search(rest)
    if maybe is None or _DENIED.search(rest) or any(letter.isdigit() for letter in rest[: maybe.start()]):
        return None
    return _question([reading], _REASONS[maybe[1]])


def _skip(readings: list[Reading], reason: SkipReason, note: str) -> Skips | SkipQuestion:
    lines = _lines(readings)
    # Lines of one bin and of several SKUs: the bin was named.
    if len({line.location for line in lines}) > 1 or (reason is SkipReason.OTHER and not note):
        return _question(readings, reason)
    left = [line for line in lines if line.countable] or lines
    return tuple(ReplySkip(line, skip_text(reason, note)) for line in left)


def _lines(readings: list[Reading]) -> list[SheetLine]:
    return list({line.line_id: line for reading in readings for line in reading.lines}.values())


def _question(readings: list[Reading], reason: SkipReason) -> SkipQuestion:
    lines = _lines(readings)
    line = lines[0]
    if len(lines) > 1:
        which = wording.any_of([one.label for one in lines[:5]])
        return SkipQuestion(f"Which one can't be counted: {which}? Write bin and SKU, and why.")
    if reason is SkipReason.OTHER:
        return SkipQuestion(
            f"Why can't {line.label} be counted? Send “{line.location} {line.sku} blocked”, or what it is.", line
        )
    return SkipQuestion(f"Can't {line.label} be counted? Send “{line.location} {line.sku} {reason}” if so.", line)
