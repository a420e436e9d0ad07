"""Periods as people type them, against a table that a controller can read; and the instants they stand for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.errors import BadInput
from models.rules.periods import Period, parse_period

BERLIN = ZoneInfo("Europe/Berlin")


def rows() -> Iterator[tuple[date, str, list[str]]]:
    today = date(2026, 11, 24)
    for line in (Path(__file__).parent / "period_table.txt").read_text().splitlines():
        if line.startswith("today 2"):
            today = date.fromisoformat(line.removeprefix("today ").strip())
        if "|" in line and not line.startswith("#"):
            typed, *wanted = (cell.strip() for cell in line.split("|"))
            yield today, typed, wanted


@pytest.mark.parametrize(("today", "typed", "wanted"), list(rows()))
def test_the_table(today: date, typed: str, wanted: list[str]) -> None:
    if wanted[0].startswith("refused: "):
        with pytest.raises(BadInput) as refusal:
            parse_period(typed, today)
        assert str(refusal.value).startswith(wanted[0].removeprefix("refused: "))
        return
    found = parse_period(typed, today)
    if wanted == ["not a period"]:
        assert found is None
        return
    assert found is not None
    shown = [str(day) if day else "-" for day in (found.first, found.last)]
    assert [*shown, found.said(today)] == wanted


def test_a_day_is_as_long_as_it_is_in_the_zone() -> None:
    """The clocks go forward on 29 March 2026 and back on 25 October."""
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 24), 24)):
        since, until = Period(day, day).instants(BERLIN)
        assert since is not None
        assert until is not None
        assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=hours)


def test_a_period_without_an_end_has_none() -> None:
    assert Period().instants(BERLIN) == (None, None)
    assert Period().said(date(2026, 11, 24)) == ""
    since, until = Period(date(2027, 1, 1)).instants(BERLIN)
    assert since == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert until is None
