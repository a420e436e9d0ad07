"""Understanding a reply in a count sheet's thread: which line, which quantity - or what to ask.

People write `BOLT-10 42`, `A-01-03: 42`, several lines in one message, or just `42` when a single line is left for
them. They also talk. Five outcomes for each line of text:

- *A count*, when there is exactly one way to read it. Two ways are none: a SKU that lies in two bins of the sheet, a
  number that is also a SKU. The quantity itself is read by `quantities_meaning`, which guesses nothing: all of it, a
  part of it ("BOLT-10 +12", or "more to come" behind the only count or below it), or the end of parts ("BOLT-10 done").
- *A skip*, when it says that a line cannot be counted (`models.rules.skips`).
- *A find*, when it tells of something that was found (`models.rules.finds`).
- *A question*, when it looks like a count and is not understood. One sentence, with the nearest SKU or bin. A bare
  number of an item with packs is asked about once, and what was asked is told to the caller, who remembers it.
- *Nothing*, when it holds neither a digit nor a SKU nor a bin ("on my way").

The questions go to the writer alone. They repeat what was written and name lines of the sheet, and nothing else.
They are plain text: whoever sends them to Slack escapes them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from models.rules import wording
from models.rules.chat_text import spaced_lines
from models.rules.finds import ReplyFind, read_find
from models.rules.quantities_asked import Given, remembered, sentence
from models.rules.quantities_meaning import Counted, NeedsUnit, Part
from models.rules.references import Reading, References, SheetLine
from models.rules.reply_numbers import answered, given, has_digit, is_more, is_quantity
from models.rules.skips import ReplySkip, Skips, read_skip

__all__ = ["ReplyCount", "SheetLine", "Understood", "understand"]

LONGEST_TYPED = 200
MOST_QUESTIONS = 10
"""Somebody who pastes a page is asked about its first lines, and told how many more there are."""

LONGEST_LINE = 500
MOST_LINES = 500
"""Bounds on what is read as counts, so that a pasted file costs no more than a page."""

QUOTED = "Quoted lines are not counted. Write them again without the “>”."

_BULLET = re.compile(r"[-–—*•◦▪‣·]\s+")  # noqa: RUF001 - the bullets that chat apps make
_CLEAR_BULLET = re.compile(r"[*•◦▪‣·]\s+")  # one that cannot be a minus
_NUMBERED = re.compile(r"[0-9]{1,2}[.)]\s+")
_EMPHASIS = re.compile(r"(?<!\w)([*_`])(?=\S)(.+?)(?<=\S)\1(?!\w)")
_NUMBER_FIRST = re.compile(r"[^\w]*[0-9]")
_GROUPED = re.compile(r"[0-9]{1,3}(?:\s[0-9]{3})+")
_HEAD_AND_NUMBER = re.compile(r"(\W*\w(?:.*?[^\s:=])?)(?:\s*[:=]\s*|\s+)[-+−–]?[0-9][0-9.,]*\s?[^\W\d]*\.?")  # noqa: RUF001 - minus signs
_ECHO = 60  # characters of a line that a question repeats
_MOST_NAMED = 5  # bins or SKUs that a question lists


@dataclass(frozen=True)
class Asked:
    """The question about a bare number of a line, and the number as it is to be remembered."""

    sentence: str
    line_id: int
    number: str


@dataclass(frozen=True)
class ReplyCount:
    """What was said of a line, with the text it was read from (at most 200 characters)."""

    line_id: int
    given: Given
    typed: str

    @property
    def quantity(self) -> Decimal | None:
        """In the item's unit; None for the end of the parts."""
        return _quantity(self.given)


@dataclass(frozen=True)
class Understood:
    """What a reply says. All empty: it was talk. A line never has more than one count, or a count and a skip."""

    counts: tuple[ReplyCount, ...]
    questions: tuple[str, ...]
    asked: tuple[Asked, ...] = ()
    skips: tuple[ReplySkip, ...] = ()
    finds: tuple[ReplyFind, ...] = ()


@dataclass(frozen=True)
class _Question:
    """What to ask about one line of text, and the sheet line it is certainly about."""

    sentence: str
    about: SheetLine | None = None


@dataclass(frozen=True)
class _Count:
    line: SheetLine
    given: Given | NeedsUnit
    typed: str


def understand(text: str, lines: Sequence[SheetLine]) -> Understood:
    """Read a reply as Slack sends it (entities escaped, links and mentions marked) against the lines of its sheet.

    A SKU or bin is understood also on lines that are no longer countable: it may be a correction, and whether that
    is allowed is not for this rule. Only the bare number needs to know what is countable.
    """
    references = References(lines)
    written = spaced_lines(text)
    found: list[_Count | Skips | ReplyFind | _Question] = []
    for one in written[:MOST_LINES]:
        # What nobody will be asked about any more is not looked at with every item of the sheet in turn.
        is_over = sum(isinstance(answer, _Question) for answer in found) > MOST_QUESTIONS
        if answer := _find(one, references) or _read(one, references, lines, is_over=is_over):
            found.append(answer)
    counts = [answer for answer in found if isinstance(answer, _Count)]
    questions = [answer for answer in found if isinstance(answer, _Question)]
    sentences = [question.sentence for question in questions]
    if len(written) > MOST_LINES:
        sentences.insert(0, f"I read the first {MOST_LINES} lines only. Send the others in another message.")

    if len(counts) == 1 and any(map(is_more, written)):
        counts = [replace(counts[0], given=_as_part(counts[0].given))]
    said: dict[int, set[object]] = {}
    for count in counts:
        said.setdefault(count.line.line_id, set()).add((type(count.given), _quantity(count.given) or count.given))
    in_doubt = {question.about.line_id for question in questions if question.about}
    in_doubt |= {line_id for line_id, quantities in said.items() if len(quantities) > 1}
    skips = {skip.line.line_id: skip for answer in found if isinstance(answer, tuple) for skip in answer}
    in_doubt |= skips.keys() & said.keys()
    certain: dict[int, ReplyCount] = {}
    asked: dict[int, Asked] = {}
    for count in counts:
        line = count.line
        if line.line_id in in_doubt:
            sentences.append(f"{line.label} comes more than once in this message. Write it once, with one number.")
        elif isinstance(count.given, NeedsUnit):
            question = f"{line.label}: {sentence(count.given, line.measure, sku=line.sku)}"
            asked[line.line_id] = Asked(question, line.line_id, remembered(count.given))
        else:
            certain[line.line_id] = ReplyCount(line.line_id, count.given, count.typed)
    certain_skips = tuple(skip for line_id, skip in skips.items() if line_id not in in_doubt)
    finds = tuple(answer for answer in found if isinstance(answer, ReplyFind))
    return Understood(tuple(certain.values()), _bounded(sentences), tuple(asked.values()), certain_skips, finds)


def _quantity(given: Given | NeedsUnit) -> Decimal | None:
    return given.quantity if isinstance(given, Counted | Part) else None


def _as_part(given: Given | NeedsUnit) -> Given | NeedsUnit:
    """What was given, as a part of the count."""
    if isinstance(given, NeedsUnit):
        return replace(given, part=True)
    return Part(given.quantity, given.echo) if isinstance(given, Counted) else given


def _find(text: str, references: References) -> ReplyFind | None:
    """One line of text that tells of a find. A SKU of the sheet may begin with the word too."""
    find = read_find(text)
    return None if find is None or references.readings(text) else find


def _read(
    text: str, references: References, lines: Sequence[SheetLine], *, is_over: bool
) -> _Count | Skips | _Question | None:
    """A line that tells of no find: a count, skips, a question, or None for talk. `is_over`: enough is asked about."""
    if not has_digit(text) and not references.mentioned(text):
        return _answered(text, lines)
    if len(text) > LONGEST_LINE:
        return _Question(f"“{_short(text)}” is too long to be a count. Write SKU and quantity, one a line.")
    if text.startswith(">"):
        return _Question(QUOTED)
    asked: _Question | None = None
    for option in _unmarked(text):
        skip = read_skip(option, references)
        if skip is not None:
            return skip if isinstance(skip, tuple) else _Question(skip.sentence, skip.about)
        readings = references.readings(option)
        answer = _judge(readings, references, text) if readings else None
        if isinstance(answer, _Count):
            return answer
        asked = asked or answer
    return asked or _read_bare(text, references, lines, is_over=is_over)


def _unmarked(text: str) -> Iterator[str]:
    """The text as written, then without what only shapes it: emphasis, a bullet, a number of a list."""
    yield text
    plain = _EMPHASIS.sub(r"\2", text)
    if plain != text:
        yield plain
    for mark in (_BULLET, _NUMBERED):
        if found := mark.match(plain):
            yield plain[found.end() :]


def _judge(readings: list[Reading], references: References, typed: str) -> _Count | _Question:
    """A count if the readings leave no choice, else the question whose answer would leave none."""
    numbered = [reading for reading in readings if any(is_quantity(reading.rest, line) for line in reading.lines)]
    if numbered and any(not reading.rest or references.is_sku(reading.rest) for reading in readings):
        # "BOLT 10": ten of BOLT, or the SKU "BOLT 10" without its number. "A-01-03 10002": a slip in the bin, perhaps.
        return _Question(f"“{_short(typed)}” can be read in two ways. Write bin, SKU and quantity in one line.")
    # The shortest rest belongs to the longest reference, which is the likeliest to be meant.
    likely = numbered or [min(readings, key=lambda reading: len(reading.rest))]
    meant = {line.line_id: line for reading in likely for line in reading.lines}
    if len(meant) > 1:
        return _Question(_which(list(meant.values())))
    line, rest = likely[0].lines[0], likely[0].rest
    if not numbered and not has_digit(rest):
        return _Question(f"I found no number for {line.label}. Write {line.sku} and the quantity.", about=line)
    return _count(line, rest, typed)


def _read_bare(text: str, references: References, lines: Sequence[SheetLine], *, is_over: bool) -> _Count | _Question:
    """A line of text that begins with no SKU or bin of the sheet: a number alone, or something unclear."""
    countable = [line for line in lines if line.countable]
    bullet = _CLEAR_BULLET.match(text)
    number = text[bullet.end() :] if bullet else text
    only = countable[0] if len(countable) == 1 else None
    if only and is_quantity(number, only):
        return _count(only, number, text)
    if answer := _answered(number, lines):
        return answer
    if is_over or not any(is_quantity(number, line) for line in {line.measure: line for line in lines}.values()):
        return _unclear(number, references, only)
    if only:
        return _count(only, number, text)
    if countable:
        return _Question(f"Which item is “{_short(number)}”? Write the SKU or bin before it.")
    return _Question("Nothing is left for you to count here. To correct a number, write its SKU too.")


def _answered(text: str, lines: Sequence[SheetLine]) -> _Count | None:
    """The answer to the only question that is open, when it names no SKU."""
    found = answered(text, lines)
    return None if found is None else _Count(found[0], found[1], " ".join(text.split())[:LONGEST_TYPED])


def _unclear(text: str, references: References, only: SheetLine | None) -> _Count | _Question:
    """A SKU that is not here, a number gone wrong (when `only` one line can be meant), or prose with a number."""
    if references.mentioned(text):
        return _Question(f"“{_short(text)}” is not clear to me. Begin with the SKU or bin, then the quantity.")
    named = _HEAD_AND_NUMBER.fullmatch(text)
    # "-5", "1,5" and "1 000" are numbers gone wrong; "10002 4" is a SKU that is not here.
    if only and (_GROUPED.fullmatch(text) or (named is None and _NUMBER_FIRST.match(text))):
        return _count(only, text, text)
    words = named[1] if named else text
    if close := references.nearest(words):
        return _Question(f"{_short(words)} is not on this sheet. Did you mean {close}?")
    if named:
        return _Question(f"“{_short(words)}” is not on this sheet. Write SKU and quantity, one a line.")
    return _Question(f"“{_short(text)}” is not clear to me. Write SKU and quantity, one a line.")


def _count(line: SheetLine, number: str, typed: str) -> _Count | _Question:
    """The count of `line`, or the refusal of its number."""
    found = given(number, line)
    if isinstance(found, str):
        return _Question(f"{line.label}: {found}", about=line)
    return _Count(line=line, given=found, typed=" ".join(typed.split())[:LONGEST_TYPED])


def _which(lines: list[SheetLine]) -> str:
    """Ask which of several lines is meant, in the words that tell them apart."""
    skus, bins = list(dict.fromkeys(line.sku for line in lines)), list(dict.fromkeys(line.location for line in lines))
    if len(skus) == 1:
        return f"{skus[0]} is in {_all_of(bins)}. Write the bin too, like {bins[0]} {skus[0]} and the quantity."
    if len(bins) == 1:
        return f"{bins[0]} holds {_all_of(skus)}. Write the SKU too, like {bins[0]} {skus[0]} and the quantity."
    return f"That can mean {wording.any_of([line.label for line in lines[:_MOST_NAMED]])}. Write both bin and SKU."


def _all_of(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return wording.all_of([*names[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])])


def _bounded(sentences: list[str]) -> tuple[str, ...]:
    """The questions, each once; a pasted page gets the first of them."""
    once = tuple(dict.fromkeys(sentences))
    if len(once) <= MOST_QUESTIONS:
        return once
    more = len(once) - MOST_QUESTIONS
    return (*once[:MOST_QUESTIONS], f"{more} more lines were not understood. Send fewer lines at a time.")


def _short(text: str) -> str:
    return text if len(text) <= _ECHO else f"{text[:_ECHO]}…"
