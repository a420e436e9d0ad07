"""When a team is told what waits: its working days, its quiet, and the clock's jumps."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.errors import BadInput
from models.rules.calendars import parse_calendar
from models.rules.digests import day_due, parse_digest

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
WORKDAYS = "mon-fri"


def due(
    local: str, *, said: str = "08:00", last: date | None = None, quiet: str = "", days: str = WORKDAYS, fold: int = 0
) -> date | None:
    now = datetime.fromisoformat(local).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)
    calendar = parse_calendar(holidays="", working_days=days, shutdowns="", quiet=quiet)
    return day_due(said, calendar, BERLIN, now, last=last)


def test_once_a_working_day_from_its_time_on() -> None:
    assert due("2026-11-23 07:59") is None
    assert due("2026-11-23 08:00") == MONDAY
    assert due("2026-11-23 17:30") == MONDAY, "a clock that stood still makes up for it"
    assert due("2026-11-23 08:01", last=MONDAY) is None
    assert due("2026-11-24 08:00", last=MONDAY) == TUESDAY
    assert due("2026-11-22 08:00") is None, "a Sunday"
    assert due("2026-11-23 08:00", said="off") is None
    assert due("2026-11-23 06:30", said="06:30") == MONDAY


def test_a_clock_that_was_put_back_tells_no_day_twice() -> None:
    assert due("2026-11-23 09:00", last=TUESDAY) is None


def test_never_in_quiet_but_at_its_end() -> None:
    assert due("2026-11-23 08:00", quiet="07:30-09:00") is None
    assert due("2026-11-23 08:59", quiet="07:30-09:00") is None
    assert due("2026-11-23 09:00", quiet="07:30-09:00") == MONDAY
    assert due("2026-11-23 12:00", quiet="mon 00:00-24:00") is None


def test_an_hour_that_is_not_there_or_there_twice() -> None:
    sunday, every_day = date(2026, 3, 29), "mon-sun"
    assert due("2026-03-29 01:59", said="02:30", days=every_day) is None
    assert due("2026-03-29 03:00", said="02:30", days=every_day) == sunday
    autumn = date(2026, 10, 25)
    assert due("2026-10-25 02:30", said="02:30", days=every_day) == autumn
    assert due("2026-10-25 02:30", said="02:30", days=every_day, last=autumn, fold=1) is None


def test_how_it_is_written() -> None:
    assert parse_digest(" 7:05 ") == "07:05"
    assert parse_digest("Off") == "off"
    for wrong in ("24:00", "8", "08:00:00", "morning", ""):
        with pytest.raises(BadInput, match=r"is not a time of day\. Write it like 08:00, or off"):
            parse_digest(wrong)
