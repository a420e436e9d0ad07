"""Months of the books: reading them, where they begin, and the first open day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.errors import BadInput
from models.rules import months
from models.rules.months import Lock, Period, read_period

BERLIN = ZoneInfo("Europe/Berlin")
OCTOBER, NOVEMBER, DECEMBER = (Period(2026, month) for month in (10, 11, 12))


def lock(period: Period) -> Lock:
    return Lock(period, *period.bounds(BERLIN))


@pytest.mark.parametrize("text", ["2026-10", " 2026-10 "])
def test_a_month_is_read(text: str) -> None:
    period = read_period(text)
    assert (period, str(period), period.name) == (OCTOBER, "2026-10", "October 2026")


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "10-2026", "2026-10-01", "0000-10", "9999-12", "²026-10"])
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(BadInput, match="is not a month; write it like 2026-10"):
        read_period(text)


def test_a_month_begins_and_ends_by_the_clock_of_its_zone() -> None:
    """The clocks go back within October, so that it is an hour longer."""
    begins, ends = OCTOBER.bounds(BERLIN)
    assert begins == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert ends == datetime(2026, 10, 31, 23, tzinfo=UTC)
    october = lock(OCTOBER)
    assert october.holds(begins)
    assert october.holds(ends - timedelta(microseconds=1))
    assert not october.holds(ends)
    assert not october.holds(begins - timedelta(microseconds=1))
    assert DECEMBER.after == Period(2027, 1)


@pytest.mark.parametrize(
    ("locked", "day"),
    [
        ((), None),
        ((NOVEMBER,), None),
        ((OCTOBER,), date(2026, 11, 1)),
        ((OCTOBER, NOVEMBER), date(2026, 12, 1)),
        ((OCTOBER, NOVEMBER, DECEMBER), date(2027, 1, 1)),
        ((OCTOBER, DECEMBER), date(2026, 11, 1)),
    ],
)
def test_what_occurred_in_a_locked_month_is_taken_on_the_first_open_day(
    locked: tuple[Period, ...], day: date | None
) -> None:
    counted = datetime(2026, 10, 30, 9, tzinfo=UTC)
    assert months.posting_day(counted, [lock(one) for one in locked]) == day


def test_what_takes_something_back_is_not_taken_before_it() -> None:
    counted, before = datetime(2026, 10, 30, 9, tzinfo=UTC), date(2026, 11, 1)
    assert months.posting_day(counted, [], not_before=before) == before
    assert months.posting_day(counted, [lock(OCTOBER)], not_before=before) == before
    assert months.posting_day(counted, [lock(NOVEMBER)], not_before=before) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("posted_on", "occurred_on", "said"),
    [
        (date(2026, 11, 1), date(2026, 10, 30), "dated 1 Nov: October is locked (counted 30 Oct)"),
        (date(2026, 12, 1), date(2026, 10, 30), "dated 1 Dec: October to November are locked (counted 30 Oct)"),
        (date(2027, 1, 1), date(2026, 12, 30), "dated 1 Jan 2027: December is locked (counted 30 Dec 2026)"),
        (date(2026, 10, 1), date(2026, 10, 1), "dated 1 Oct: October is locked (counted 1 Oct)"),
    ],
)
def test_why_is_said(posted_on: date, occurred_on: date, said: str) -> None:
    assert months.explained(posted_on, occurred_on) == said


def test_a_file_is_told_the_date_that_works() -> None:
    locks = [lock(OCTOBER), lock(NOVEMBER)]
    assert months.refusal(locks[0], locks) == (
        "October 2026 is locked; date it 2026-12-01 or later, or ask stock control to unlock it"
    )
