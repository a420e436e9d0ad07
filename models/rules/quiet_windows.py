"""Reading quiet windows, when nobody should be asked to count.

====================================================  ================================================
`11:30-13:00`                                         every day
`fri 15:00-24:00`, `mon,tue 06:00-07:00`              on those days; 24:00 is the end of the day
`last working day of the month`                       that whole day
`first working day of the month 06:00-12:00`          a part of it
====================================================  ================================================

Several stand one after another, with `;` or `,` between them. A window ends on the day on which it begins: a quiet
night is written as two.
"""

import re
from dataclasses import replace
from typing import get_args

from models.errors import BadInput
from models.rules.nearest import nearest
from models.rules.weekday_words import LONGEST_QUOTE, is_weekday, parse_weekdays, plain, weekdays_text
from models.rules.wording import cut
from models.rules.workdays import DAY_MINUTES, EVERY_WEEKDAY, Edge, QuietWindow

FORMS = ("11:30-13:00", "fri 15:00-24:00", "last working day of the month")

_EDGES: dict[str, Edge] = {f"{edge} working day of the month": edge for edge in get_args(Edge) if edge}
_DAILY = ("", "daily", "every day")
_CLOCK = re.compile("[0-9]{1,2}:[0-9]{2}")
_FORM = re.compile(rf"(?P<when>|.* )(?P<begin>{_CLOCK.pattern}) ?- ?(?P<end>{_CLOCK.pattern})")
_HOUR = 60


def parse_window(text: str) -> QuietWindow:
    """Read one quiet window in one of the `FORMS`. Capitals and extra spaces do not matter.

    Raises:
        BadInput: with the sentence that says what to write instead.
    """
    typed = plain(text)
    found = _FORM.fullmatch(typed)
    when = found["when"].strip() if found else typed
    begin, end = (_minute(found["begin"]), _minute(found["end"])) if found else (0, DAY_MINUTES)
    if when in _EDGES:
        window = QuietWindow(begin, end, edge=_EDGES[when])
    elif found is None or "month" in when or _CLOCK.search(when):
        raise BadInput(_not_a_window(typed))
    else:
        window = QuietWindow(begin, end, EVERY_WEEKDAY if when in _DAILY else parse_weekdays(when))
    if end <= begin:
        raise BadInput(_backwards(typed, window))
    return window


def split_windows(text: str) -> list[str]:
    """The single windows in a text; the comma of `mon,tue 06:00-07:00` does not part it."""
    found: list[str] = []
    days = ""
    for part in (part.strip() for part in re.split("[;,]", text)):
        if is_weekday(part):
            days += f"{part},"
        elif part or days:
            found.append(f"{days}{part}")
            days = ""
    return [*found, days.rstrip(",")] if days else found


def window_text(window: QuietWindow) -> str:
    """The window as `parse_window` reads it."""
    hours = f"{clock(window.begin)}-{clock(window.end)}"
    if window.edge:
        is_whole = (window.begin, window.end) == (0, DAY_MINUTES)
        return f"{window.edge} working day of the month{'' if is_whole else f' {hours}'}"
    return hours if window.weekdays == EVERY_WEEKDAY else f"{weekdays_text(window.weekdays)} {hours}"


def _minute(clock: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    if minute >= _HOUR or hour * _HOUR + minute > DAY_MINUTES:
        raise BadInput(f"“{clock}” is not a time of day; write hours and minutes, like 11:30 or 24:00.")
    return hour * _HOUR + minute


def clock(minute: int) -> str:
    """“11:30” for minute 690 of a day."""
    return f"{minute // _HOUR:02}:{minute % _HOUR:02}"


def _not_a_window(typed: str) -> str:
    quoted = cut(typed, LONGEST_QUOTE)
    if typed and all(is_weekday(day) for day in typed.split(",")):
        return f"“{quoted}” names no hours; write them after the day, like “{typed} 00:00-24:00” for all of it."
    close = nearest(typed, _EDGES) if re.search("first|last|month", typed) else None
    if close:
        return f"“{quoted}” is not a quiet window; did you mean “{close}”?"
    return f"“{quoted}” is not a quiet window; write it like {', '.join(f'“{form}”' for form in FORMS)}."


def _backwards(typed: str, window: QuietWindow) -> str:
    quoted = cut(typed, LONGEST_QUOTE)
    if window.end == 0:
        until_midnight = window_text(replace(window, end=DAY_MINUTES))
        return f"“{quoted}” ends before it begins; write 24:00 for the end of the day: “{until_midnight}”."
    if window.begin == window.end:
        return f"“{quoted}” is no time at all; write an end after the beginning, like 11:30-13:00."
    if window.edge:
        return f"“{quoted}” ends before it begins; write an end on the same day, 24:00 at the latest."
    evening = window_text(replace(window, end=DAY_MINUTES))
    morning = window_text(
        replace(window, begin=0, weekdays=frozenset((day + 1) % len(EVERY_WEEKDAY) for day in window.weekdays))
    )
    return f"“{quoted}” passes midnight; write it as two: “{evening}” and “{morning}”."
