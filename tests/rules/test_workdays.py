from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.public_holidays import names_in
from models.rules.workdays import WHOLE_DAY, DayRange, QuietWindow, WorkCalendar

MON_FRI = frozenset(range(5))
WINTER = DayRange(date(2026, 12, 24), date(2027, 1, 1))
BERLIN = WorkCalendar(MON_FRI, "DE", "BE", (WINTER, DayRange(date(2027, 5, 14), date(2027, 5, 14))))
LUNCH, LAST = QuietWindow(690, 780), QuietWindow(0, 1440, edge="last")

DAYS = st.dates(date(2019, 1, 1), date(2033, 12, 31))
CALENDARS = st.builds(
    lambda weekdays, place, ranges: WorkCalendar(frozenset(weekdays), place[0], place[1], tuple(ranges)),
    st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from([(None, None), ("DE", None), ("DE", "BE"), ("US", None), ("SA", None)]),
    st.lists(
        st.tuples(DAYS, st.integers(0, 500)).map(lambda made: DayRange(made[0], made[0] + timedelta(days=made[1]))),
        max_size=3,
    ),
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_by_default_every_day_is_worked() -> None:
    calendar = WorkCalendar()
    assert calendar.per_year(2026) == 365
    assert calendar.per_year(2028) == 366
    assert calendar.count(day("2026-12-30"), day("2027-01-02")) == 3
    assert calendar.closed(day("2026-12-25")) == ()
    assert calendar.why_not(day("2026-12-25")) is None


@pytest.mark.parametrize(
    ("calendar", "on", "why"),
    [
        (BERLIN, "2026-11-27", None),
        (BERLIN, "2026-11-28", "not a working day"),
        (BERLIN, "2026-11-29", "not a working day"),
        (BERLIN, "2026-05-14", "Ascension Day"),
        (BERLIN, "2027-03-08", "Women's Day"),  # a Monday, in Berlin alone
        (WorkCalendar(MON_FRI, "DE"), "2027-03-08", None),
        (WorkCalendar(MON_FRI, "DE", "BY"), "2027-03-08", None),
        (WorkCalendar(MON_FRI, "DE", "BY"), "2027-01-06", "Epiphany"),
        (WorkCalendar(MON_FRI, "DE"), "2026-12-25", "Christmas Day"),
        (WorkCalendar(MON_FRI, "DE"), "2026-12-26", "Second Day of Christmas"),  # a Saturday, and the name says more
        (WorkCalendar(country="DE"), "2026-12-27", None),  # a Sunday, and no weekday was left out
        (WorkCalendar(MON_FRI, "US"), "2026-11-26", "Thanksgiving Day"),
        (WorkCalendar(MON_FRI, "US"), "2026-07-03", "Independence Day (observed)"),
        (WorkCalendar(MON_FRI), "2026-12-25", None),
        (BERLIN, "2026-12-23", None),
        (BERLIN, "2026-12-24", "shutdown until 1 Jan"),
        (BERLIN, "2026-12-25", "shutdown until 1 Jan"),  # says when it is over, so before the holiday
        (BERLIN, "2027-01-01", "shutdown until 1 Jan"),
        (BERLIN, "2027-01-04", None),
        (BERLIN, "2027-05-14", "shutdown"),
    ],
)
def test_why_a_day_is_not_worked(calendar: WorkCalendar, on: str, why: str | None) -> None:
    assert calendar.why_not(day(on)) == why
    assert calendar.is_working(day(on)) == (why is None)


def test_holidays_have_english_names_whatever_the_machine_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    names_in.cache_clear()
    assert names_in("DE", None, 2026)[day("2026-12-25")] == "Christmas Day"
    assert names_in("ZA", None, 2026)[day("2026-12-25")] == "Christmas Day"  # has its names in one language only


@pytest.mark.parametrize(
    ("place", "year", "days"),
    [  # counted by hand: weekdays less the holidays that fall on one
        ((None, None), 2026, 261),
        (("DE", None), 2026, 254),  # 1 Jan, 3 Apr, 6 Apr, 1 May, 14 May, 25 May, 25 Dec; 3 Oct and 26 Dec are Saturdays
        (("DE", "BE"), 2026, 254),  # 8 March is a Sunday
        (("DE", "BE"), 2027, 255),  # 1 Jan, 8 Mar, 26 Mar, 29 Mar, 6 May, 17 May; the others fall on weekends
        (("US", None), 2026, 250),  # eleven, with 3 July instead of the 4th
    ],
)
def test_the_working_days_of_a_year(place: tuple[str | None, str | None], year: int, days: int) -> None:
    assert WorkCalendar(MON_FRI, *place).per_year(year) == days


def test_the_working_days_of_the_year_that_begins_on_a_day() -> None:
    berlin = WorkCalendar(MON_FRI, "DE", "BE")
    assert berlin.year_from(day("2026-01-01")) == berlin.per_year(2026) == 254
    assert berlin.year_from(day("2026-07-01")) == berlin.count(day("2026-06-30"), day("2027-06-30"))
    assert WorkCalendar().year_from(day("2027-06-01")) == 365  # also with 29 February in it
    assert WorkCalendar(shutdowns=(DayRange(day("2026-05-01"), day("2028-05-01")),)).year_from(day("2026-04-30")) == 1


def test_a_shutdown_takes_its_days_from_both_years() -> None:
    whole = WorkCalendar(MON_FRI, "DE", "BE")
    # 24 and 28 to 31 December; 25 and 1 January are holidays, 26 and 27 a weekend
    assert whole.per_year(2026) - BERLIN.per_year(2026) == 5
    assert whole.per_year(2027) - BERLIN.per_year(2027) == 1  # 14 May


@pytest.mark.parametrize(
    ("quiet", "on", "closed"),
    [
        ((LUNCH,), "2026-11-30", ((690, 780),)),
        ((LUNCH,), "2026-11-29", (WHOLE_DAY,)),  # a Sunday
        ((LAST,), "2026-11-30", (WHOLE_DAY,)),
        ((LAST,), "2026-11-27", ()),
        ((LAST,), "2026-12-23", (WHOLE_DAY,)),  # the shutdown takes the days after
        ((LAST,), "2026-05-29", (WHOLE_DAY,)),  # Friday, and the 31st is a Sunday
        ((QuietWindow(360, 720, edge="first"),), "2027-01-04", ((360, 720),)),
        ((QuietWindow(360, 720, edge="first"),), "2026-05-04", ((360, 720),)),  # 1 May is a holiday, then a weekend
        ((QuietWindow(360, 420, frozenset({0, 1})),), "2026-11-24", ((360, 420),)),
        ((QuietWindow(360, 420, frozenset({0, 1})),), "2026-11-25", ()),
        (
            (LUNCH, QuietWindow(0, 60), QuietWindow(700, 800), QuietWindow(800, 810)),
            "2026-11-25",
            ((0, 60), (690, 810)),
        ),
        ((QuietWindow(720, 1440), QuietWindow(0, 720)), "2026-11-25", (WHOLE_DAY,)),
    ],
)
def test_when_a_day_is_closed(quiet: tuple[QuietWindow, ...], on: str, closed: tuple[tuple[int, int], ...]) -> None:
    calendar = WorkCalendar(MON_FRI, "DE", "BE", BERLIN.shutdowns, quiet)
    assert calendar.closed(day(on)) == closed
    assert calendar.is_working(day(on)) == BERLIN.is_working(day(on))  # quiet windows take no working day


def test_equal_calendars_share_what_was_worked_out() -> None:
    again = WorkCalendar(MON_FRI, "DE", "BE", BERLIN.shutdowns)
    assert (again, hash(again)) == (BERLIN, hash(BERLIN))
    assert again != WorkCalendar(MON_FRI, "DE", None, BERLIN.shutdowns)


@given(CALENDARS, DAYS, DAYS, DAYS)
def test_counting_days_adds_up(calendar: WorkCalendar, one: date, two: date, three: date) -> None:
    assert calendar.index(two) - calendar.index(one) == calendar.count(one, two)
    assert calendar.count(one, two) + calendar.count(two, three) == calendar.count(one, three)
    assert calendar.index(one + timedelta(days=1)) - calendar.index(one) == calendar.is_working(one + timedelta(days=1))
    new_year = date(one.year, 1, 1) - timedelta(days=1)
    assert calendar.count(new_year, date(one.year, 12, 31)) == calendar.per_year(one.year)


@given(CALENDARS, DAYS)
def test_a_day_is_worked_when_nothing_speaks_against_it(calendar: WorkCalendar, on: date) -> None:
    assert calendar.is_working(on) == (calendar.why_not(on) is None)
    assert calendar.is_working(on) == (calendar.closed(on) == ())


@given(CALENDARS, DAYS, st.sampled_from(["first", "last"]))
def test_each_month_has_one_first_and_one_last_working_day(calendar: WorkCalendar, on: date, edge: str) -> None:
    quiet = WorkCalendar(
        calendar.weekdays,
        calendar.country,
        calendar.subdivision,
        calendar.shutdowns,
        (QuietWindow(0, 1440, edge="first" if edge == "first" else "last"),),
    )
    month = [on.replace(day=1) + timedelta(days=ahead) for ahead in range(31)]
    worked = [each for each in month if each.month == on.month and calendar.is_working(each)]
    found = [each for each in worked if quiet.closed(each) == (WHOLE_DAY,)]
    assert found == (worked[:1] if edge == "first" else worked[-1:])


def test_the_days_long_before_the_epoch_are_counted_backwards() -> None:
    calendar = WorkCalendar(MON_FRI)
    assert calendar.index(day("2000-01-02")) == 0  # a weekend
    assert calendar.index(day("2000-01-03")) == 1
    assert calendar.index(day("1999-12-31")) == 0
    assert calendar.index(day("1999-12-30")) == -1
    assert calendar.count(day("1989-12-31"), day("1999-12-31")) == sum(map(calendar.per_year, range(1990, 2000)))
