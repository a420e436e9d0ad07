"""Reading a schedule from the words in the set-up file.

====================================  ==========================================================
`daily 07:00`                         every day
`weekdays 07:00`                      Monday to Friday
`weekly mon,thu 07:00`                on those days
`monthly 1 07:00`                     on that day; a shorter month has its last day instead
`once 2026-12-01 07:00` (or 07:00:05) one time
`cron 0 7 * * mon-fri`                cron's five fields, or six with seconds first
====================================  ==========================================================

All but `once` may end with the days between which they run, one of them or both, and both included:
`weekdays 07:00 from 2026-12-01 until 2027-03-31`.

All but `once` become cron lines, so that one walker (`models.rules.occurrences`) knows when they fire.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

from models.errors import BadInput
from models.rules.nearest import nearest

FORMS = (
    "daily 07:00",
    "weekdays 07:00",
    "weekly mon,thu 07:00",
    "monthly 1 07:00",
    "once 2026-12-01 07:00",
    "cron 0 7 * * mon-fri",
)
LONGEST = 120
"""The most characters a schedule may have; a plan stores it as it was written."""

YEARS = range(2000, 2200)
"""The years a day may name: a slip of the thumb (20026, 0226) is refused."""

FROM, UNTIL = "from", "until"
"""The words before the first and the last day."""

SHORTEST_MONTH = 28
LONGEST_MONTH = 31

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ABBREVIATED = 3  # letters: "mon", which is also cron's word for it
_PAIR = 2  # words: "from" and its day
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
# Every calendar repeats within the 50 years that cronsim looks ahead, so a line with nothing in them never fires.
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Schedule:
    """When a plan runs, by the clock on the wall in `zone`: any of the cron lines, or the one time `once` (naive).

    The cron lines count from the day `first` to the day `last`, both included; None: without that end.
    """

    text: str
    zone: ZoneInfo
    crons: tuple[str, ...] = ()
    once: datetime | None = None
    first: date | None = None
    last: date | None = None


def parse_schedule(text: str, zone: str) -> Schedule:
    """Read a schedule in one of the `FORMS`, on the clock of `zone` (an IANA name such as Europe/Berlin).

    Capitals and extra spaces do not matter. A `once` may lie in the past: then it has no next occurrence.

    Raises:
        BadInput: with the nearest accepted word; also for an unknown zone, and for a cron line that never fires.
    """
    found_zone = parse_zone(zone)
    words = text.lower().replace(", ", ",").split()
    if not words:
        raise BadInput(f"A schedule is missing; write one like {_forms()}.")
    if len(text) > LONGEST or not text.isascii():
        raise BadInput(f"“{_short(text)}” is not a schedule; write it in plain letters, like {_forms()}.")
    words, first, last = _period(words)
    kind, rest = words[0], words[1:]
    reader = _READERS.get(kind)
    if reader is None:
        close = nearest(kind, _READERS)
        hint = f"did you mean “{next(form for form in FORMS if form.startswith(close))}”?" if close else ""
        raise BadInput(f"“{_short(text)}” is not a schedule; {hint or f'write it like {_forms()}.'}")
    crons, once = reader(rest, text)
    if once is not None and (first or last):
        raise BadInput(f"“{_short(text)}” runs once, so it has no first or last day; leave out “{FROM}” and “{UNTIL}”.")
    return Schedule(" ".join(text.split()), found_zone, crons, once, first, last)


def parse_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name; BadInput names the nearest one when there is none."""
    try:
        zone = ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):  # not there, not a relative path, a folder
        close = nearest(name, sorted(available_timezones()))
        hint = f"did you mean {close}?" if close else "write it like Europe/Berlin or UTC."
        raise BadInput(f"“{_short(name)}” is not a time zone; {hint}") from None
    return zone


def without_period(text: str) -> tuple[str, date | None, date | None]:
    """The words of a schedule before its first and last day, and the two days.

    Raises:
        BadInput: when what stands behind `from` or `until` is no date, or they are the wrong way round.
    """
    words, first, last = _period(text.split())
    return " ".join(words), first, last


_Times = tuple[tuple[str, ...], datetime | None]


def _period(words: list[str]) -> tuple[list[str], date | None, date | None]:
    days: dict[str, date] = {}
    while len(words) > _PAIR and (word := words[-_PAIR].lower()) in {FROM, UNTIL} - days.keys():
        days[word] = _date(words[-1])
        words = words[:-_PAIR]
    first, last = days.get(FROM), days.get(UNTIL)
    if first is not None and last is not None and last < first:
        raise BadInput(f"The last day, {last}, is before the first, {first}; write the later one after “{UNTIL}”.")
    return words, first, last


def _daily(words: list[str], text: str) -> _Times:
    (at,) = _exactly(1, words, text, FORMS[0])
    return (f"{_minute_and_hour(at)} * * *",), None


def _weekdays(words: list[str], text: str) -> _Times:
    (at,) = _exactly(1, words, text, FORMS[1])
    return (f"{_minute_and_hour(at)} * * mon-fri",), None


def _weekly(words: list[str], text: str) -> _Times:
    named, at = _exactly(2, words, text, FORMS[2])
    days = []
    for word in named.split(","):
        day = next((day for day in _DAYS if word in (day, day[:_ABBREVIATED])), None)
        if day is None:
            close = nearest(word, [known for day in _DAYS for known in (day, day[:_ABBREVIATED])])
            hint = f"did you mean {close[:_ABBREVIATED]}?" if close else "write days like mon,thu."
            raise BadInput(f"“{_short(word)}” is not a day of the week; {hint}")
        days.append(day[:_ABBREVIATED])
    return (f"{_minute_and_hour(at)} * * {','.join(days)}",), None


def _monthly(words: list[str], text: str) -> _Times:
    named, at = _exactly(2, words, text, FORMS[3])
    day = int(named) if re.fullmatch("[0-9]{1,2}", named) else 0
    if not 1 <= day <= LONGEST_MONTH:
        raise BadInput(f"“{_short(named)}” is not a day of the month; write 1 to 31 (31 is always the last day).")
    clock = _minute_and_hour(at)
    if day <= SHORTEST_MONTH:
        return (f"{clock} {day} * *",), None
    if day == LONGEST_MONTH:
        return (f"{clock} L * *",), None
    return (f"{clock} {day} 1,3-12 *", f"{clock} L 2 *"), None  # of these days, only February may be without


def _once(words: list[str], text: str) -> _Times:
    day, at = _exactly(2, words, text, FORMS[4])
    return (), datetime.combine(_date(day), _time(at, seconds=True))


def _cron(words: list[str], text: str) -> _Times:
    line = " ".join(words)
    try:
        fires = next(CronSim(line, _ANY_DAY), None)
    except CronSimError as error:
        # cronsim finds some days that no month has ("30 2") already while it reads, and calls them bad.
        field = str(error).removeprefix("Bad ")
        problem = "cron has five fields" if field == str(error) else f"the {field} cannot be right"
        raise BadInput(f"“{_short(text)}” can never run: {problem}; write it like “{FORMS[5]}”.") from error
    if fires is None:
        raise BadInput(f"“{_short(text)}” never comes around: no date fits all of it; change its day or month.")
    return (line,), None


_READERS: Mapping[str, Callable[[list[str], str], _Times]] = MappingProxyType(
    {
        "daily": _daily,
        "weekdays": _weekdays,
        "weekly": _weekly,
        "monthly": _monthly,
        "once": _once,
        "cron": _cron,
    }
)


def _exactly(count: int, words: list[str], text: str, form: str) -> list[str]:
    if len(words) != count:
        raise BadInput(f"“{_short(text)}” is not complete or has a word too many; write it like “{form}”.")
    return words


def _minute_and_hour(typed: str) -> str:
    at = _time(typed, seconds=False)
    return f"{at.minute} {at.hour}"


def _date(typed: str) -> date:
    try:
        found = date.fromisoformat(typed) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", typed) else None
    except ValueError:  # 2026-02-30 has the form of a date and is none
        found = None
    if found is None or found.year not in YEARS:
        raise BadInput(f"“{_short(typed)}” is not a date; write year, month and day, like 2026-12-01.")
    return found


def _time(typed: str, *, seconds: bool) -> time:
    found = _TIME.fullmatch(typed)
    try:
        if found and (seconds or found[3] is None):
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass  # 25:00 has the form of a time and is none
    raise BadInput(f"“{_short(typed)}” is not a time of day; write hours and minutes, like 07:00 or 18:30.")


def _forms() -> str:
    return ", ".join(f"“{form}”" for form in FORMS)


def _short(text: str) -> str:
    kept = " ".join(text.split())
    return kept if len(kept) <= LONGEST // 2 else f"{kept[: LONGEST // 2]}…"
