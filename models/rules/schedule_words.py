"""A schedule as people say it: “every working day at 07:00”, “once, Sun 22 Nov 21:30”."""

import calendar
import re

from models.errors import BadInput
from models.rules import wording
from models.rules.schedules import FROM, LONGEST_MONTH, UNTIL, Schedule, without_period
from models.rules.weekday_words import parse_weekdays

_ALL = frozenset(range(7))
_MONDAY_TO_FRIDAY = frozenset(range(5))
_SIMPLE_CRON = re.compile(r"(?P<minute>[0-9]{1,2}) (?P<hour>[0-9]{1,2}) \* \* (?P<days>\S+)")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)


def schedule_words(schedule: Schedule, worked: frozenset[int], this_year: int) -> str:
    """When a plan runs, in words; `worked` are the weekdays that its team works (Monday is 0).

    A run on another day moves to the next that is worked, so a daily plan runs every working day.
    """
    if schedule.once is not None:
        return f"once, {wording.day_of(schedule.once, this_year)} {schedule.once:%H:%M}"
    return f"{_rhythm_words(without_period(schedule.text)[0], worked)}{_period_words(schedule, this_year)}"


def _rhythm_words(text: str, worked: frozenset[int]) -> str:
    kind, *words = text.lower().replace(", ", ",").split()
    if kind == "cron":
        return _cron_words(" ".join(words), worked)
    at = words[-1].zfill(len("07:00"))
    if kind == "monthly":
        day = int(words[0])
        named = "last day" if day == LONGEST_MONTH else f"{day}{_ending(day)}"
        return f"on the {named} of the month at {at}"
    days = {"daily": _ALL, "weekdays": _MONDAY_TO_FRIDAY}.get(kind)
    return f"{_days_words(parse_weekdays(words[0]) if days is None else days, worked)} at {at}"


def _period_words(schedule: Schedule, this_year: int) -> str:
    words = ((FROM, schedule.first), (UNTIL, schedule.last))
    said = [f"{word} {wording.day_of(day, this_year)}" for word, day in words if day is not None]
    return f", {' '.join(said)}" if said else ""


def _days_words(days: frozenset[int], worked: frozenset[int]) -> str:
    if days == _ALL == worked:
        return "every day"
    if days in (_ALL, worked):
        return "every working day"
    if days == _MONDAY_TO_FRIDAY:
        return "Monday to Friday"
    return f"every {wording.all_of([calendar.day_name[day] for day in sorted(days)])}"


def _cron_words(line: str, worked: frozenset[int]) -> str:
    found = _SIMPLE_CRON.fullmatch(line)
    if found is not None:
        try:
            days = _ALL if found["days"] == "*" else parse_weekdays(found["days"])
        except BadInput:  # days by number, or something that only cron says
            pass
        else:
            return f"{_days_words(days, worked)} at {int(found['hour']):02}:{int(found['minute']):02}"
    return f"by the cron line “{line}”"


def _ending(number: int) -> str:
    return "th" if number in _TEENS else _ENDINGS.get(number % 10, "th")
