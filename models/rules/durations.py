"""Lengths of time as people write them in a set-up file: `4h`, `90m`, `2d`, `1h30m`.

Only whole numbers of days, hours, minutes and seconds, the longest first, each at most once. Months and years are
left out because they have no fixed length.
"""

import re
from datetime import timedelta

from models.errors import BadInput

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=366)

_FORM = re.compile(r"(?:([0-9]{1,6})d)?\s*(?:([0-9]{1,6})h)?\s*(?:([0-9]{1,6})m)?\s*(?:([0-9]{1,6})s)?")


def parse_duration(text: str, *, shortest: timedelta = SHORTEST) -> timedelta:
    """Read a length of time: d, h, m and s with whole numbers, longest first ("2d", "1h30m", "1h 30m").

    Raises:
        BadInput: for anything else, for less than `shortest` or nothing at all (0m), and for more than 366 days.
    """
    typed = text.strip()
    found = _FORM.fullmatch(typed.lower())
    if found is None or not typed:
        hint = " Say which unit it is." if typed.isdigit() else ""
        raise BadInput(f"“{typed[:40]}” is not a length of time.{hint} Write it like 4h, 90m, 2d or 1h30m.")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not length:
        raise BadInput(f"“{typed}” is no time at all. Write at least 1m, like 4h or 90m.")
    if length < shortest:
        raise BadInput(f"“{typed}” is shorter than a minute. Write at least 1m, like 4h or 90m.")
    if length > LONGEST:
        raise BadInput(f"“{typed}” is longer than a year. Write a shorter time, like 4h or 2d.")
    return length
