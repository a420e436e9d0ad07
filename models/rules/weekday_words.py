"""Days of the week in words: `mon-fri`, `sun-thu`, `mon,tue,sat`, read and written."""

from models.errors import BadInput
from models.rules.nearest import nearest
from models.rules.wording import cut

LONGEST_QUOTE = 60
"""The most characters of somebody's text that a refusal repeats."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LETTERS = 3
_WEEK = len(_DAYS)
_SHORTEST_RANGE = 3  # days: two are written "mon,tue"


def parse_weekdays(text: str) -> frozenset[int]:
    """Read days (Monday is 0) from names and ranges with commas between them; a range may pass Sunday (`fri-mon`).

    Raises:
        BadInput: with the nearest day.
    """
    found: set[int] = set()
    for part in plain(text).split(","):
        if part.strip() == "weekdays":  # a schedule's word
            found.update(range(5))
            continue
        ends = [_day(name) for name in part.split("-", 1)]
        found.update((ends[0] + ahead) % _WEEK for ahead in range((ends[-1] - ends[0]) % _WEEK + 1))
    return frozenset(found)


def weekdays_text(days: frozenset[int]) -> str:
    """The days as `parse_weekdays` reads them: three or more in a row as a range, all seven as `mon-sun`."""
    if len(days) == _WEEK:
        return _range(0, _WEEK - 1)
    starts = [day for day in sorted(days) if (day - 1) % _WEEK not in days]
    if len(starts) == 1 and len(days) >= _SHORTEST_RANGE:  # a row that may pass Sunday
        return _range(starts[0], (starts[0] + len(days) - 1) % _WEEK)
    rows: list[list[int]] = []
    for day in sorted(days):
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    return ",".join(
        _range(row[0], row[-1]) if len(row) >= _SHORTEST_RANGE else ",".join(map(_name, row)) for row in rows
    )


def plain(text: str) -> str:
    """The text in small letters, with single spaces, and with the dash that phones make of a hyphen as a hyphen."""
    return " ".join(text.lower().replace("\N{EN DASH}", "-").split())


def is_weekday(text: str) -> bool:
    """Whether the text is one day or one range of days, with nothing else."""
    return all(_find(name) is not None for name in plain(text).split("-", 1))


def _day(name: str) -> int:
    day = _find(name)
    if day is None:
        close = nearest(name, [known for day in _DAYS for known in (day, day[:_LETTERS])])
        hint = f"did you mean {close[:_LETTERS]}?" if close else "write days like mon-fri or mon,tue,sat."
        raise BadInput(f"“{cut(' '.join(name.split()), LONGEST_QUOTE)}” is not a day of the week; {hint}")
    return day


def _find(name: str) -> int | None:
    return next((place for place, day in enumerate(_DAYS) if name.strip() in (day, day[:_LETTERS])), None)


def _range(first: int, last: int) -> str:
    return f"{_name(first)}-{_name(last)}"


def _name(day: int) -> str:
    return _DAYS[day][:_LETTERS]
