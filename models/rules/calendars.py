"""Reading a working calendar from the words in the set-up file.

===============  ===============================================================================================
`holidays`       `DE` or `DE-BE`: a country, or a country and its region
`working_days`   `mon-fri`, `sun-thu` or `mon,tue,sat`; not set: every day
`shutdowns`      `2026-12-24..2027-01-01` or one day, `2027-05-14`
`quiet`          `11:30-13:00` (every day), `fri 15:00-24:00`, `mon,tue 06:00-07:00`,
                 `last working day of the month`, `first working day of the month 06:00-12:00`
===============  ===============================================================================================

Each is one text. Several shutdowns or windows stand in it one after another, with `;` or `,` between them (a list of
strings joined by either is fine). An empty text is a part that is not set: a team has the company's then. So that a
team can also have less than the company, `none` is a text for no holidays, no shutdowns and no quiet windows, and
`mon-sun` one for every day.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from models.errors import BadInput
from models.rules.public_holidays import find_place
from models.rules.quiet_windows import parse_window, split_windows, window_text
from models.rules.schedules import YEARS
from models.rules.weekday_words import LONGEST_QUOTE, parse_weekdays, weekdays_text
from models.rules.wording import cut
from models.rules.workdays import DAY_MINUTES, EVERY_WEEKDAY, LOOK_AHEAD, DayRange, QuietWindow, WorkCalendar

LONGEST = 1000
"""The most characters that the text of one part may have; it is stored as it stands."""

LEAST_OPEN = 60
"""Minutes of some worked day that quiet windows must leave open."""

NONE = "none"
"""The text of a part that is set to nothing."""

_RANGE = re.compile(r"(\S+?)\s*(?:\.\.|…)\s*(\S+)")


@lru_cache(maxsize=256)
def parse_calendar(*, holidays: str, working_days: str, shutdowns: str, quiet: str) -> WorkCalendar:
    """The calendar that the four texts describe; an empty one leaves its part as it is by default.

    The same texts give the same object, so that the years of a calendar, which are remembered, are found at once.

    Raises:
        BadInput: with the sentence that says what to write instead.
    """
    country, subdivision = parse_holidays(holidays)
    return WorkCalendar(
        weekdays=parse_working_days(working_days),
        country=country,
        subdivision=subdivision,
        shutdowns=parse_shutdowns(shutdowns),
        quiet=parse_quiet(quiet),
    )


def parse_holidays(text: str) -> tuple[str | None, str | None]:
    """The country and region of `DE-BE`: ("DE", "BE"); BadInput names the nearest one."""
    return (None, None) if _is_nothing(text) else find_place(text)


def parse_working_days(text: str) -> frozenset[int]:
    """The weekdays of `mon-fri` or `mon,tue,sat`, Monday being 0; BadInput names the nearest one."""
    return parse_weekdays(text) if text.strip() else EVERY_WEEKDAY


def parse_shutdowns(text: str) -> tuple[DayRange, ...]:
    """The days of `2026-12-24..2027-01-01; 2027-05-14`, in order; BadInput says what is wrong with which."""
    if _is_nothing(text):
        return ()
    ranges = {_shutdown(part.strip()) for part in re.split("[;,]", _fitting(text)) if part.strip()}
    return tuple(sorted(ranges))


def newly_over(before: str, after: str, today: date) -> list[str]:
    """The shutdowns of the text `after` that are wholly past and not in `before`: a year that was mistyped, perhaps."""
    new = set(parse_shutdowns(after)) - set(parse_shutdowns(before))
    return [_days_text(closed) for closed in sorted(new) if closed.last < today]


def parse_quiet(text: str) -> tuple[QuietWindow, ...]:
    """The windows of `11:30-13:00; last working day of the month`; BadInput says what is wrong with which."""
    if _is_nothing(text):
        return ()
    return tuple(dict.fromkeys(parse_window(part) for part in split_windows(_fitting(text))))


def holidays_text(calendar: WorkCalendar) -> str:
    """`DE`, `DE-BE` or `none`."""
    return "-".join(code for code in (calendar.country, calendar.subdivision) if code) or NONE


def working_days_text(calendar: WorkCalendar) -> str:
    """`mon-fri`, `mon,tue,sat`, and `mon-sun` for every day."""
    return weekdays_text(calendar.weekdays)


def shutdowns_text(calendar: WorkCalendar) -> str:
    """The shutdowns in order, or `none`."""
    return "; ".join(map(_days_text, calendar.shutdowns)) or NONE


def quiet_text(calendar: WorkCalendar) -> str:
    """The quiet windows in the order in which they were written, or `none`."""
    return "; ".join(window_text(window) for window in calendar.quiet) or NONE


def canonical(key: str, text: str) -> str:
    """The one way to write a part (`holidays`, `working_days`, `shutdowns`, `quiet`); what is not set stays empty.

    Raises:
        BadInput: when the part cannot be read, or is longer than what is stored.
        KeyError: when there is no such part.
    """
    written = _TEXTS[key]
    if not text.strip():
        return ""
    return _fitting(written(parse_calendar(**{name: text if name == key else "" for name in _TEXTS})))


def require_time_left(calendar: WorkCalendar, today: date) -> None:
    """See that counting is possible at all: within any two years there is a worked day with an hour that is not quiet.

    Looked for from `today`, and from the beginning of each shutdown that is not over.

    Raises:
        BadInput: when no day is worked, or when the quiet windows take all of the time, or so much that what runs are
            left would all come in the same few minutes.
    """
    open_day = None
    for start in sorted({today, *(closed.first for closed in calendar.shutdowns if closed.last >= today)}):
        if open_day is not None and start <= open_day:
            continue  # the search before this one came by here
        open_day = next((day for day in _two_years(start) if _open_minutes(calendar, day) >= LEAST_OPEN), None)
        if open_day is None:
            raise BadInput(_why_closed(calendar, start))


def _why_closed(calendar: WorkCalendar, start: date) -> str:
    if not any(map(calendar.is_working, _two_years(start))):
        return (
            f"No day is left to count in the two years from {start.day} {start:%b %Y}: the holidays, the working days "
            "and the shutdowns close them all. Shorten a shutdown, or add a working day."
        )
    windows = cut(quiet_text(calendar), LONGEST)
    if not any(_open_minutes(calendar, day) for day in _two_years(start)):
        return (
            f"The quiet windows leave no time to count: “{windows}” covers every minute of "
            f"{working_days_text(calendar)}. Leave a part of a day out of them."
        )
    return (
        f"The quiet windows leave less than an hour of any day to count: “{windows}”. "
        f"Leave at least {LEAST_OPEN} minutes of a day out of them."
    )


def _open_minutes(calendar: WorkCalendar, day: date) -> int:
    return DAY_MINUTES - sum(end - begin for begin, end in calendar.closed(day))


def _two_years(start: date) -> Iterator[date]:
    return (start + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))


_TEXTS = MappingProxyType(
    {
        "holidays": holidays_text,
        "working_days": working_days_text,
        "shutdowns": shutdowns_text,
        "quiet": quiet_text,
    }
)
"""Every part of a calendar, with what writes it."""


def _days_text(closed: DayRange) -> str:
    return f"{closed.first}" if closed.first == closed.last else f"{closed.first}..{closed.last}"


def _shutdown(text: str) -> DayRange:
    found = _RANGE.fullmatch(text)
    first, last = (_date(found[1]), _date(found[2])) if found else (_date(text), _date(text))
    if last < first:
        raise BadInput(f"“{text}” ends before it begins; write the earlier day first: {last}..{first}.")
    return DayRange(first, last)


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        day = None  # 2026-02-30 has the form of a date and is none
    if day is None or day.year not in YEARS:
        raise BadInput(
            f"“{cut(text, LONGEST_QUOTE)}” is not a date; write year, month and day, like 2026-12-24, "
            "and two of them for a shutdown of more than a day, like 2026-12-24..2027-01-01."
        )
    return day


def _is_nothing(text: str) -> bool:
    return text.strip().lower() in ("", NONE)


def _fitting(text: str) -> str:
    if len(text) > LONGEST:
        raise BadInput(
            f"“{cut(text, LONGEST_QUOTE)}” has {len(text)} characters, and {LONGEST} fit; "
            "leave out what is past, or say it in fewer."
        )
    return text
