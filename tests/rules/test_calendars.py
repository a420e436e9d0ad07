from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from models.rules import workdays
from models.rules.calendars import (
    LONGEST,
    canonical,
    parse_calendar,
    parse_holidays,
    parse_quiet,
    parse_shutdowns,
    parse_working_days,
    quiet_text,
    require_time_left,
    shutdowns_text,
)
from models.rules.workdays import LOOK_AHEAD, WHOLE_DAY, DayRange, QuietWindow, WorkCalendar

KEYS = ("holidays", "working_days", "shutdowns", "quiet")
EVERY = frozenset(range(7))
DAY = timedelta(days=1)
TODAY = date(2026, 1, 1)
WINTER = DayRange(date(2026, 12, 24), date(2027, 1, 1))
LAST, LUNCH = QuietWindow(0, 1440, edge="last"), QuietWindow(690, 780)

WORDS = st.sampled_from(
    [
        *("mon", "tue", "mon-fri", "sat-tue", "sunday", "weekdays", "fry", "none"),
        *("11:30-13:00", "13:00-24:00", "22:00-06:00", "9:5-10:00", "25:00-26:00", "00:00-24:00"),
        *("first working day of the month", "last working day of the month", "last day", "month"),
        *("2026-12-24", "2026-12-24..2027-01-01", "2027-01-01..2026-12-24", "2026-02-30", "1999-01-01"),
        *("DE", "de-be", "Germany", "US-CA", "XX", "DE-Atlantis", "-"),
    ]
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", ", ", "; ", ","])).map("".join), max_size=6).map("".join)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", (None, None)),
        ("none", (None, None)),
        ("DE", ("DE", None)),
        (" de-be ", ("DE", "BE")),
        ("DE-Berlin", ("DE", "BE")),
        ("de-baden-württemberg", ("DE", "BW")),
        ("Germany", ("DE", None)),
        ("DEU", ("DE", None)),
        ("UK", ("GB", None)),
        ("US-CA", ("US", "CA")),
    ],
)
def test_a_place_whose_holidays_are_kept(text: str, place: tuple[str | None, str | None]) -> None:
    assert parse_holidays(text) == place


@pytest.mark.parametrize(
    ("text", "days", "written"),
    [
        ("", EVERY, ""),
        ("mon-fri", frozenset(range(5)), "mon-fri"),
        ("Weekdays", frozenset(range(5)), "mon-fri"),
        ("Monday, tue,SAT", frozenset({0, 1, 5}), "mon,tue,sat"),
        ("mon,tue,wed,sat", frozenset({0, 1, 2, 5}), "mon-wed,sat"),
        ("sun-thu", frozenset({6, 0, 1, 2, 3}), "sun-thu"),
        ("fri-mon", frozenset({4, 5, 6, 0}), "fri-mon"),
        ("sat,sun", frozenset({5, 6}), "sat,sun"),
        ("sun,mon", frozenset({6, 0}), "mon,sun"),
        ("mon-sun", EVERY, "mon-sun"),
        ("wed-tue", EVERY, "mon-sun"),
        ("mon\N{EN DASH}fri", frozenset(range(5)), "mon-fri"),
        ("fri", frozenset({4}), "fri"),
    ],
)
def test_the_days_of_the_week_that_are_worked(text: str, days: frozenset[int], written: str) -> None:
    assert parse_working_days(text) == days
    assert canonical("working_days", text) == written


@pytest.mark.parametrize(
    ("text", "shutdowns", "written"),
    [
        ("", (), ""),
        ("None", (), "none"),
        ("2026-12-24..2027-01-01", (WINTER,), "2026-12-24..2027-01-01"),
        (
            "2027-05-14, 2026-12-24 .. 2027-01-01,",
            (WINTER, DayRange(date(2027, 5, 14), date(2027, 5, 14))),
            "2026-12-24..2027-01-01; 2027-05-14",
        ),
        ("2027-05-14;2027-05-14..2027-05-14", (DayRange(date(2027, 5, 14), date(2027, 5, 14)),), "2027-05-14"),
    ],
)
def test_shutdowns(text: str, shutdowns: tuple[DayRange, ...], written: str) -> None:
    assert parse_shutdowns(text) == shutdowns
    assert canonical("shutdowns", text) == written


@pytest.mark.parametrize(
    ("text", "windows", "written"),
    [
        ("", (), ""),
        ("none", (), "none"),
        ("11:30-13:00", (LUNCH,), "11:30-13:00"),
        ("Daily 11:30 \N{EN DASH} 13:00", (LUNCH,), "11:30-13:00"),
        ("fri 15:00-24:00", (QuietWindow(900, 1440, frozenset({4})),), "fri 15:00-24:00"),
        ("Tue,mon 6:00-7:00", (QuietWindow(360, 420, frozenset({0, 1})),), "mon,tue 06:00-07:00"),
        ("mon-thu 06:00-07:00", (QuietWindow(360, 420, frozenset(range(4))),), "mon-thu 06:00-07:00"),
        ("Last working day of the month", (LAST,), "last working day of the month"),
        (
            "first working day of the month 06:00-12:00",
            (QuietWindow(360, 720, edge="first"),),
            "first working day of the month 06:00-12:00",
        ),
        (
            "11:30-13:00, mon, tue 06:00-07:00, last working day of the month; 11:30-13:00",
            (LUNCH, QuietWindow(360, 420, frozenset({0, 1})), LAST),
            "11:30-13:00; mon,tue 06:00-07:00; last working day of the month",
        ),
        ("00:00-24:00", (QuietWindow(0, 1440),), "00:00-24:00"),
    ],
)
def test_quiet_windows(text: str, windows: tuple[QuietWindow, ...], written: str) -> None:
    assert parse_quiet(text) == windows
    assert canonical("quiet", text) == written


def test_the_four_texts_make_one_calendar() -> None:
    found = parse_calendar(
        holidays="DE-BE",
        working_days="mon-fri",
        shutdowns="2026-12-24..2027-01-01",
        quiet="11:30-13:00; last working day of the month",
    )
    assert found == WorkCalendar(frozenset(range(5)), "DE", "BE", (WINTER,), (LUNCH, LAST))
    assert parse_calendar(holidays="", working_days=" ", shutdowns="", quiet="") == WorkCalendar()


@pytest.mark.parametrize(
    ("working_days", "shutdowns", "quiet"),
    [
        ("", "", ""),
        ("mon-fri", "", "00:00-12:00; 13:00-24:00"),  # an hour is left
        ("mon-fri", "", "mon-thu 00:00-24:00"),
        ("sun", "", "first working day of the month; last working day of the month"),
        ("mon-fri", "2026-01-01..2027-12-24", ""),
        ("mon-fri", "2022-01-01..2025-12-31", ""),  # is over
    ],
)
def test_some_time_is_left(working_days: str, shutdowns: str, quiet: str) -> None:
    require_time_left(parse_calendar(holidays="DE", working_days=working_days, shutdowns=shutdowns, quiet=quiet), TODAY)


@pytest.mark.parametrize(
    ("working_days", "shutdowns", "quiet", "beginning"),
    [
        (
            "",
            "",
            "00:00-24:00",
            "The quiet windows leave no time to count: “00:00-24:00” covers every minute of mon-sun.",
        ),
        (
            "mon-fri",
            "",
            "00:00-12:00; mon-fri 12:00-24:00",
            "The quiet windows leave no time to count: “00:00-12:00; mon-fri 12:00-24:00” covers every minute",
        ),
        (
            "mon,tue",
            "",
            "mon 00:00-24:00; tue 00:00-24:00",
            "The quiet windows leave no time to count: “mon 00:00-24:00;",
        ),
        (
            "mon-fri",
            "2028-01-01..2030-01-02",
            "",
            "No day is left to count in the two years from 1 Jan 2028: the holidays",
        ),
        (
            "",
            "2028-01-01..2028-12-31;2029-01-01..2030-01-02",
            "",
            "No day is left to count in the two years from 1 Jan",
        ),
        ("fri", "2028-01-01..2030-01-02", "", "No day is left to count in the two years from 1 Jan 2028"),
    ],
)
def test_no_time_is_left(working_days: str, shutdowns: str, quiet: str, beginning: str) -> None:
    calendar = parse_calendar(holidays="", working_days=working_days, shutdowns=shutdowns, quiet=quiet)
    with pytest.raises(BadInput) as refusal:
        require_time_left(calendar, TODAY)
    assert str(refusal.value).startswith(beginning)


@given(
    st.sets(st.integers(0, 6), max_size=2),
    st.lists(st.tuples(st.integers(-900, 900), st.integers(0, 800)), max_size=4),
    st.sampled_from(["", "mon 00:00-24:00", "first working day of the month"]),
)
def test_time_is_left_by_the_definition(weekdays: set[int], spans: list[tuple[int, int]], quiet: str) -> None:
    shutdowns = [DayRange(TODAY + off * DAY, TODAY + (off + days) * DAY) for off, days in spans]
    calendar = WorkCalendar(frozenset(weekdays), shutdowns=tuple(shutdowns), quiet=parse_quiet(quiet))
    starts = [TODAY, *(closed.first for closed in shutdowns if closed.last >= TODAY)]
    try:
        require_time_left(calendar, TODAY)
        is_left = True
    except BadInput:
        is_left = False
    assert is_left is all(
        any(calendar.closed(start + ahead * DAY) != (WHOLE_DAY,) for ahead in range(LOOK_AHEAD)) for start in starts
    )


def years_looked_up() -> int:
    """How often any calendar was asked about a day so far."""
    info = workdays._year.cache_info()
    return info.hits + info.misses


def test_however_many_shutdowns_there_are_no_day_is_looked_at_again_and_again() -> None:
    texts = {"holidays": "", "working_days": "mon-fri", "quiet": "12:00-12:30"}
    weeks = [TODAY + 7 * week * DAY for week in range(80)]
    calendar = parse_calendar(**texts, shutdowns="; ".join(f"{week}" for week in weeks))
    before = years_looked_up()
    require_time_left(calendar, TODAY)
    assert years_looked_up() - before < 1000


def test_the_same_words_are_the_same_calendar() -> None:
    texts = {"holidays": "DE", "working_days": "mon-fri", "shutdowns": "2026-12-24", "quiet": "12:00-12:30"}
    assert parse_calendar(**texts) is parse_calendar(**texts), "so that what is known of it is found at once"


@given(st.sampled_from(KEYS), TEXTS | st.text(max_size=60))
def test_any_text_is_a_part_that_reads_the_same_again_or_a_sentence(key: str, text: str) -> None:
    try:
        written = canonical(key, text)
    except BadInput:
        return
    assert canonical(key, written) == written
    assert len(written) <= LONGEST
    assert bool(written) == bool(text.strip())
    one, other = (parse_calendar(**(dict.fromkeys(KEYS, "") | {key: typed})) for typed in (text, written))
    assert one == other


@given(
    st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440), st.sets(st.integers(0, 6), min_size=1)), max_size=9),
    st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2199, 1, 1)), st.integers(0, 99)), max_size=9),
)
def test_what_is_written_reads_back(
    windows: list[tuple[int, int, set[int]]], shutdowns: list[tuple[date, int]]
) -> None:
    quiet = tuple(
        dict.fromkeys(QuietWindow(min(one, two - 1), max(one + 1, two), frozenset(days)) for one, two, days in windows)
    )
    ranges = tuple(sorted({DayRange(first, date.fromordinal(first.toordinal() + days)) for first, days in shutdowns}))
    calendar = WorkCalendar(quiet=quiet, shutdowns=ranges)
    assert parse_quiet(quiet_text(calendar)) == quiet
    assert parse_shutdowns(shutdowns_text(calendar)) == ranges
