"""Periods as people type them: "since monday", "last quarter", "2026-09", "1 Sep to 15 Sep", "this year".

A period is two days, each of which belongs to it; which instants those are, the caller's zone says. Weeks begin on
Monday. A name without a year ("September", "Q3", "12 Dec") means the last one that has begun. What has not begun yet
was not counted yet: it is refused. Single days in words are read by dateparser, as far as they look like one; what it
would make of anything else is not asked.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import BadInput
from models.rules import wording
from models.rules.weekday_words import LONGEST_QUOTE, plain

FORMS = "Write it like since monday, last quarter, 2026-09, or 2026-09-01 to 2026-09-15."

BEGINNINGS = frozenset({
    "since", "from", "after", "until", "till", "before", "between", "in", "on", "during", "this", "current", "last",
    "past", "previous", "today", "yesterday", "tomorrow", "next",
})  # fmt: skip
"""Words that nothing but a period begins with."""

_DAY = timedelta(days=1)
_WEEK = 7
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in _MONTHS).replace("sep(?:tember)?", "sept?(?:ember)?")
_UNITS = {"day": 1, "week": _WEEK}
_MOST_BACK = 1000  # of days, weeks, months or years: more is a slip

_SINCE = re.compile(r"(since|from|after) (.+)")
_UNTIL = re.compile(r"(until|till|up to|before) (.+)")
_BETWEEN = re.compile(r"between (.+) and (.+)")
_RANGE = re.compile(r"(?:from |since )?(.+?)(?: to | until | till | - | ?\.\. ?)(.+)")
_ONE = re.compile(r"(?:in |on |during )?(.+)")
_NAMED = re.compile(r"(this|current|last|previous) (day|week|month|quarter|year)")
_LAST_FEW = re.compile(r"(?:last|past) (\d{1,4}) (day|week|month|year)s?")
_YEAR = re.compile(r"(\d{4})")
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_QUARTER = re.compile(r"(?:(\d{4})[- ]?)?q([1-4])(?:[ /-]?(\d{4}))?")
_NAMED_MONTH = re.compile(rf"({_MONTH_NAMES})(?: (\d{{4}}))?")
_WEEKDAY = re.compile(rf"(last )?({'|'.join(rf'{name[:3]}(?:{name[3:]})?' for name in _WEEKDAYS)})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_IN_WORDS = re.compile(
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)? (?:{_MONTH_NAMES})\.?(?:,? \d{{4}})?"
    rf"|(?:{_MONTH_NAMES})\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    r"|(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten) (?:day|week|month|year)s? ago"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{4})"
)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`; None is without end on that side."""

    first: date | None = None
    last: date | None = None

    def instants(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """From when on (inclusive), and until when (exclusive), as days begin in `zone`."""
        since = None if self.first is None else datetime.combine(self.first, time(), zone)
        until = None if self.last is None else datetime.combine(self.last + _DAY, time(), zone)
        return since, until

    def said(self, today: date) -> str:
        """The period in a heading: "since 1 Nov", "in Sep 2026", "1 Sep to 15 Sep"; "" without any end."""
        first, last = self.first, self.last
        if first is None:
            return "" if last is None else f"until {_said(last, today)}"
        if last is None:
            return f"since {_said(first, today)}"
        if first == last:
            return f"on {_said(first, today)}"
        if (first, last) == _month_of(first):
            return f"in {first:%b} {first.year}"
        if (first, last) == _year_of(first):
            return f"in {first.year}"
        return f"{_said(first, today)} to {_said(last, today)}"


def parse_period(text: str, today: date) -> Period | None:
    """Read a period; None for a text that is none.

    Raises:
        BadInput: for one that has not begun, that ends before it begins, or with a day that there is not.
    """
    words = plain(text)
    if found := _SINCE.fullmatch(words):
        one = _span(found[2], today)
        if one is not None:
            return Period(one[0] if found[1] != "after" else one[1] + _DAY)
    if found := _UNTIL.fullmatch(words):
        one = _span(found[2], today)
        return None if one is None else Period(None, one[1] if found[1] != "before" else one[0] - _DAY)
    if found := _BETWEEN.fullmatch(words) or _RANGE.fullmatch(words):
        begin, end = _span(found[1], today), _span(found[2], today)
        if begin is not None and end is not None:
            if end[1] < begin[0]:
                raise BadInput(f"“{_quoted(text)}” ends before it begins. {FORMS}")
            return Period(begin[0], end[1])
    if found := _ONE.fullmatch(words):
        one = _span(found[1], today)
        return None if one is None else Period(*one)
    return None


def not_a_period(text: str) -> BadInput:
    """The refusal of what should have been one."""
    return BadInput(f"“{_quoted(text)}” is no time that I know. {FORMS}")


def _span(words: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of something with a name; None when it is none."""
    try:
        found = _named(words, today) or _numbered(words, today) or _in_words(words, today)
    except (ValueError, OverflowError):
        raise BadInput(f"There is no “{_quoted(words)}”. {FORMS}") from None
    if found is not None and found[0] > today:
        raise BadInput(f"“{_quoted(words)}” is still to come. {FORMS}")
    return found


def _named(words: str, today: date) -> tuple[date, date] | None:
    if words in ("today", "yesterday"):
        day = today if words == "today" else today - _DAY
        return day, day
    if found := _NAMED.fullmatch(words):
        return _around(found[2], today, back=found[1] in ("last", "previous"))
    if found := _LAST_FEW.fullmatch(words):
        return _last_few(int(found[1]), found[2], today)
    if found := _WEEKDAY.fullmatch(words):
        wanted = [name[:3] for name in _WEEKDAYS].index(found[2][:3])
        latest = today - _DAY if found[1] else today
        day = latest - timedelta(days=(latest.weekday() - wanted) % _WEEK)
        return day, day
    return None


def _numbered(words: str, today: date) -> tuple[date, date] | None:
    """Years, quarters, months and days in figures; ValueError for one that there is not."""
    if found := _YEAR.fullmatch(words):
        return _year_of(date(int(found[1]), 1, 1))
    if found := _MONTH.fullmatch(words):
        return _month_of(date(int(found[1]), int(found[2]), 1))
    if found := _ISO_DAY.fullmatch(words):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return day, day
    if (found := _QUARTER.fullmatch(words)) and not (found[1] and found[3]):
        return _quarter_of(_begun(int(found[2]) * 3 - 2, found[1] or found[3], today))
    if found := _NAMED_MONTH.fullmatch(words):
        number = [name[:3] for name in _MONTHS].index(found[1][:3]) + 1
        return _month_of(_begun(number, found[2], today))
    return None


def _begun(month: int, year: str | None, today: date) -> date:
    """The first of a month: of the year that was said, else of the last year in which it has begun."""
    if year:
        return date(int(year), month, 1)
    first = date(today.year, month, 1)
    return first if first <= today else date(today.year - 1, month, 1)


def _in_words(words: str, today: date) -> tuple[date, date] | None:
    if not _IN_WORDS.fullmatch(words):
        return None
    slashed = _SLASHED.fullmatch(words)
    if slashed and slashed[1] != slashed[2] and int(slashed[1]) <= len(_MONTHS) and int(slashed[2]) <= len(_MONTHS):
        raise BadInput(f"“{words}” may be two days. Write the year first, like 2026-09-01.")
    import dateparser  # noqa: PLC0415 - late: it takes a third of a second, and few type days in words

    noon = datetime.combine(today, time(12))
    found = dateparser.parse(
        words,
        languages=["en"],
        settings={"RELATIVE_BASE": noon, "PREFER_DATES_FROM": "past", "DATE_ORDER": "DMY"},
    )
    if found is None:
        raise ValueError(words)
    return found.date(), found.date()


def _around(unit: str, today: date, *, back: bool) -> tuple[date, date]:
    """The day, week, month, quarter or year that `today` is in, or the one before it."""
    first, last = _unit_of(unit, today)
    return _unit_of(unit, first - _DAY) if back else (first, last)


def _unit_of(unit: str, day: date) -> tuple[date, date]:
    match unit:
        case "day":
            return day, day
        case "week":
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=_WEEK - 1)
        case "month":
            return _month_of(day)
        case "quarter":
            return _quarter_of(day)
        case _:
            return _year_of(day)


def _last_few(number: int, unit: str, today: date) -> tuple[date, date]:
    """So many units up to today, which is the last day."""
    if not 0 < number <= _MOST_BACK:
        raise ValueError(number)
    if unit in _UNITS:
        return today - timedelta(days=number * _UNITS[unit] - 1), today
    months = number * (12 if unit == "year" else 1)
    return _months_before(today + _DAY, months), today


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day when it is shorter."""
    place = day.year * 12 + day.month - 1 - months
    first = date(place // 12, place % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), _month_of(first)[1])


def _month_of(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - _DAY


def _quarter_of(day: date) -> tuple[date, date]:
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return first, _month_of(first.replace(month=first.month + 2))[1]


def _year_of(day: date) -> tuple[date, date]:
    return day.replace(month=1, day=1), day.replace(month=12, day=31)


def _said(day: date, today: date) -> str:
    return f"{day.day} {day:%b}{'' if day.year == today.year else f' {day.year}'}"


def _quoted(text: str) -> str:
    return wording.cut(" ".join(text.split()), LONGEST_QUOTE)
