from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
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
from models.rules.workdays import DayRange, QuietWindow, WorkCalendar

KEYS = ("holidays", "working_days", "shutdowns", "quiet")
EVERY = frozenset(range(7))
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


def refused(key: str, text: str) -> str:
    with pytest.raises(BadInput) as refusal:
        canonical(key, text)
    return str(refusal.value)


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
    ("text", "sentence"),
    [
        ("Germny", "“Germny” is not a country whose holidays are known; did you mean DE (Germany)?"),
        (
            "XX",
            (
                "“XX” is not a country whose holidays are known; write a country by its two letters, like DE or US, or "
                "with its region, like DE-BE."
            ),
        ),
        ("DE-Bayrn", "“DE-Bayrn” names no region whose holidays are known; did you mean DE-BY?"),
        ("NL-XX", "“NL-XX” names no region whose holidays are known; after NL- write one of Midden, Noord, Zuid."),
        ("MC-XX", "“MC-XX” names no region whose holidays are known; none are known of MC; write MC alone."),
        (
            "DE, FR",
            (
                "“DE, FR” names more than one place; write a country by its two letters, like DE or US, or with its "
                "region, like DE-BE."
            ),
        ),
    ],
)
def test_an_unknown_place_is_refused_with_the_nearest(text: str, sentence: str) -> None:
    assert refused("holidays", text) == sentence


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("working_days", "mon-fry", "“fry” is not a day of the week; did you mean fri?"),
        ("working_days", "alle", "“alle” is not a day of the week; write days like mon-fri or mon,tue,sat."),
        (
            "shutdowns",
            "2027-01-01..2026-12-24",
            "“2027-01-01..2026-12-24” ends before it begins; write the earlier day first: 2026-12-24..2027-01-01.",
        ),
        (
            "shutdowns",
            "2026-12-24..2027-02-30",
            (
                "“2027-02-30” is not a date; write year, month and day, like 2026-12-24, and two of them for a shutdown "
                "of more than a day, like 2026-12-24..2027-01-01."
            ),
        ),
        (
            "quiet",
            "lunch",
            (
                "“lunch” is not a quiet window; write it like “11:30-13:00”, “fri 15:00-24:00”, “last working day of "
                "the month”."
            ),
        ),
        (
            "quiet",
            "11:30-13:00 14:00-15:00",
            (
                "“11:30-13:00 14:00-15:00” is not a quiet window; write it like “11:30-13:00”, “fri 15:00-24:00”, "
                "“last working day of the month”."
            ),
        ),
        (
            "quiet",
            "11:30-13:00, fri",
            "“fri” names no hours; write them after the day, like “fri 00:00-24:00” for all of it.",
        ),
        (
            "quiet",
            "last day of the month",
            "“last day of the month” is not a quiet window; did you mean “last working day of the month”?",
        ),
        ("quiet", "fry 11:30-13:00", "“fry” is not a day of the week; did you mean fri?"),
        ("quiet", "11:30-24:01", "“24:01” is not a time of day; write hours and minutes, like 11:30 or 24:00."),
        ("quiet", "11:60-13:00", "“11:60” is not a time of day; write hours and minutes, like 11:30 or 24:00."),
        ("quiet", "22:00-06:00", "“22:00-06:00” passes midnight; write it as two: “22:00-24:00” and “00:00-06:00”."),
        (
            "quiet",
            "sat,sun 22:00-06:00",
            "“sat,sun 22:00-06:00” passes midnight; write it as two: “sat,sun 22:00-24:00” and “mon,sun 00:00-06:00”.",
        ),
        (
            "quiet",
            "fri 15:00-00:00",
            "“fri 15:00-00:00” ends before it begins; write 24:00 for the end of the day: “fri 15:00-24:00”.",
        ),
        (
            "quiet",
            "11:30-11:30",
            "“11:30-11:30” is no time at all; write an end after the beginning, like 11:30-13:00.",
        ),
        (
            "quiet",
            "last working day of the month 22:00-06:00",
            (
                "“last working day of the month 22:00-06:00” ends before it begins; write an end on the same day, 24:00 "
                "at the latest."
            ),
        ),
    ],
)
def test_a_refusal_says_what_to_write(key: str, text: str, sentence: str) -> None:
    assert refused(key, text) == sentence


@pytest.mark.parametrize("key", ["shutdowns", "quiet"])
def test_a_part_that_is_longer_than_its_column_is_refused(key: str) -> None:
    one = "2026-12-24" if key == "shutdowns" else "11:30-13:00"
    fits = ";".join([one] * 80)
    assert len(fits) < LONGEST
    assert canonical(key, fits) == one
    assert "characters, and 1000 fit; leave out what is past" in refused(key, ";".join([one] * 100))


def test_a_text_that_only_fits_as_it_was_typed_is_refused_as_well() -> None:
    typed = ",".join(f"mon,wed {hour}:0{minute}-24:00" for hour in range(1, 8) for minute in range(9))[:LONGEST]
    typed = typed[: typed.rindex(",mon")]
    assert len(canonical("quiet", typed[: len(typed) // 2])) > len(typed) // 2  # 1:00 becomes 01:00
    assert "characters, and 1000 fit" in refused("quiet", typed)


@pytest.mark.parametrize(
    ("working_days", "shutdowns", "quiet"),
    [
        ("", "", ""),
        ("mon-fri", "", "00:00-12:00; 12:01-24:00"),  # a minute is left
        ("mon-fri", "", "mon-thu 00:00-24:00"),
        ("sun", "", "first working day of the month; last working day of the month"),
        ("mon-fri", "2026-01-01..2027-12-24", ""),
    ],
)
def test_some_time_is_left(working_days: str, shutdowns: str, quiet: str) -> None:
    require_time_left(parse_calendar(holidays="DE", working_days=working_days, shutdowns=shutdowns, quiet=quiet))


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
        require_time_left(calendar)
    assert str(refusal.value).startswith(beginning)


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
