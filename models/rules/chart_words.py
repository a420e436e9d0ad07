"""What the charts have in common: a table of their data, and how they say shares, weeks and lengths.

Every chart has a `title`, an `alt` (what a screen reader says instead of it: its numbers in one or two sentences) and a
`table`. All three come from the same values as the picture, so they cannot say different things.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from models.rules.wording import cut

TITLE_LENGTH = 50
"""Characters of a chart's title: what Slack takes above a chart, and what one line of a phone holds."""
NOTHING_YET = "nothing counted yet"
NO_VALUE = "-"
"""Stands in a table where there is no number. Not 0: nothing is not zero."""


@dataclass(frozen=True)
class ChartTable:
    """The data of a chart as text: a heading a column, then rows of as many cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def titled(what: str, subject: str) -> str:
    """A title, with whom or when it is about: “Accuracy by week · Fleet Parts”, in at most 50 characters."""
    about = one_line(subject)
    return cut(f"{what} · {about}" if about else what, TITLE_LENGTH)


def one_line(words: str) -> str:
    """A text of somebody's without line breaks and double spaces."""
    return " ".join(words.split())


def share_words(share: Fraction | float) -> str:
    """A share of 0 or more, in whole percent: 0.938 -> "94 %".

    It says "100 %" of everything alone, and "0 %" of nothing alone: 199 hits in 200 lines are 99 %.
    """
    percent = round(share * 100)
    if share < 1:
        percent = min(percent, 99)
    if share > 0:
        percent = max(percent, 1)
    return f"{percent} %"


def week_words(monday: date, *, year: bool = False) -> str:
    """A week by its first day: "23 Nov", with its year when asked: "23 Nov 2026"."""
    words = f"{monday.day} {monday:%b}"
    return f"{words} {monday.year}" if year else words


def counted_words(number: int, one: str, many: str) -> str:
    """A number and its noun: "1 line", "52 lines", "1,204 lines"."""
    return f"{number:,} {one if number == 1 else many}"
