from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.errors import BadInput
from models.rules.schedules import FORMS, LONGEST, Schedule, parse_schedule, parse_zone, without_period

WORDS = st.sampled_from(
    [
        "daily",
        "weekdays",
        "weekly",
        "monthly",
        "once",
        "cron",
        "07:00",
        "7:5",
        "24:00",
        "mon,thu",
        "mon",
        "31",
        "L",
        "*",
        "*/2",
        "2026-12-01",
        "2026-02-30",
        "0",
        "7",
        "mon#5",
        "5L",
        "from",
        "until",
        "LW",
        "1-5/2",
        "30",
        "2",
        "-",
    ]
)


def refused(text: str, zone: str = "Europe/Berlin") -> str:
    with pytest.raises(BadInput) as refusal:
        parse_schedule(text, zone)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("text", "crons"),
    [
        ("daily 07:00", ("0 7 * * *",)),
        ("Daily   7:05 ", ("5 7 * * *",)),
        ("weekdays 18:30", ("30 18 * * mon-fri",)),
        ("weekly mon,thu 07:00", ("0 7 * * mon,thu",)),
        ("weekly Sunday, wed 07:00", ("0 7 * * sun,wed",)),
        ("monthly 1 07:00", ("0 7 1 * *",)),
        ("monthly 28 07:00", ("0 7 28 * *",)),
        ("monthly 29 07:00", ("0 7 29 1,3-12 *", "0 7 L 2 *")),
        ("monthly 30 07:00", ("0 7 30 1,3-12 *", "0 7 L 2 *")),
        ("monthly 31 07:00", ("0 7 L * *",)),
        ("cron 0 7 * * MON-fri", ("0 7 * * mon-fri",)),
        ("cron */10 0 7 * * 0", ("*/10 0 7 * * 0",)),
        ("cron 0 0 29 2 *", ("0 0 29 2 *",)),
    ],
)
def test_the_words_become_cron_lines(text: str, crons: tuple[str, ...]) -> None:
    found = parse_schedule(text, "Europe/Berlin")
    assert (found.crons, found.once, found.zone.key) == (crons, None, "Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "wall"),
    [("once 2026-12-01 07:00:05", "2026-12-01T07:00:05"), ("once 2026-12-01 7:00", "2026-12-01T07:00:00")],
)
def test_once_is_a_time_on_the_wall(text: str, wall: str) -> None:
    found = parse_schedule(text, "Europe/Berlin")
    assert found.crons == ()
    assert found.once is not None
    assert (found.once.isoformat(), found.once.tzinfo) == (wall, None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("daily 07:00 from 2026-12-01", date(2026, 12, 1), None),
        ("daily 07:00 until 2026-12-01", None, date(2026, 12, 1)),
        ("Weekly mon, thu 07:00 FROM 2026-12-01 Until 2027-03-31", date(2026, 12, 1), date(2027, 3, 31)),
        ("cron 0 7 * * mon until 2027-03-31 from 2026-12-01", date(2026, 12, 1), date(2027, 3, 31)),
        ("monthly 31 07:00 from 2026-12-01 until 2026-12-01", date(2026, 12, 1), date(2026, 12, 1)),
    ],
)
def test_a_repeating_schedule_may_have_a_first_and_a_last_day(text: str, first: date | None, last: date | None) -> None:
    found = parse_schedule(text, "Europe/Berlin")
    assert (found.first, found.last) == (first, last)
    assert without_period(text)[1:] == (first, last)
    assert parse_schedule(without_period(text)[0], "Europe/Berlin").crons == found.crons


@pytest.mark.parametrize("form", FORMS)
def test_every_form_that_refusals_offer_is_accepted(form: str) -> None:
    assert isinstance(parse_schedule(form, "UTC"), Schedule)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dayly 07:00", "“dayly 07:00” is not a schedule; did you mean “daily 07:00”?"),
        ("weekday 07:00", "“weekday 07:00” is not a schedule; did you mean “weekdays 07:00”?"),
        ("montly 1 07:00", "“montly 1 07:00” is not a schedule; did you mean “monthly 1 07:00”?"),
        ("daily", "“daily” is not complete or has a word too many; write it like “daily 07:00”."),
        ("daily at 07:00", "“daily at 07:00” is not complete or has a word too many; write it like “daily 07:00”."),
        ("daily 24:00", "“24:00” is not a time of day; write hours and minutes, like 07:00 or 18:30."),
        ("daily 7", "“7” is not a time of day; write hours and minutes, like 07:00 or 18:30."),
        ("daily 07:00:30", "“07:00:30” is not a time of day; write hours and minutes, like 07:00 or 18:30."),
        ("weekly thr 07:00", "“thr” is not a day of the week; did you mean thu?"),
        ("weekly mon-fri 07:00", "“mon-fri” is not a day of the week; did you mean mon?"),
        ("monthly 0 07:00", "“0” is not a day of the month; write 1 to 31 (31 is always the last day)."),
        ("monthly 32 07:00", "“32” is not a day of the month; write 1 to 31 (31 is always the last day)."),
        ("once 2026-02-30 07:00", "“2026-02-30” is not a date; write year, month and day, like 2026-12-01."),
        ("once 0226-12-01 07:00", "“0226-12-01” is not a date; write year, month and day, like 2026-12-01."),
        ("once 01.12.2026 07:00", "“01.12.2026” is not a date; write year, month and day, like 2026-12-01."),
        ("cron 0 7 * *", "“cron 0 7 * *” can never run: cron has five fields; write it like “cron 0 7 * * mon-fri”."),
        ("daily 07:00 until 2026-02-30", "“2026-02-30” is not a date; write year, month and day, like 2026-12-01."),
        (
            "daily 07:00 from 2026-12-02 until 2026-12-01",
            "The last day, 2026-12-01, is before the first, 2026-12-02; write the later one after “until”.",
        ),
        (
            "once 2026-12-01 07:00 until 2026-12-01",
            (
                "“once 2026-12-01 07:00 until 2026-12-01” runs once, so it has no first or last day; "
                "leave out “from” and “until”."
            ),
        ),
        (
            "daily 07:00 until 2026-12-01 until 2026-12-02",
            (
                "“daily 07:00 until 2026-12-01 until 2026-12-02” is not complete or has a word too many; "
                "write it like “daily 07:00”."
            ),
        ),
        (
            "cron 0 25 * * *",
            "“cron 0 25 * * *” can never run: the hour cannot be right; write it like “cron 0 7 * * mon-fri”.",
        ),
        (
            "cron 0 0 30 2 *",
            "“cron 0 0 30 2 *” can never run: the day-of-month cannot be right; write it like “cron 0 7 * * mon-fri”.",
        ),
        (
            "cron 0 0 */15 2 mon#5",  # cronsim takes this one, and looks for 50 years
            "“cron 0 0 */15 2 mon#5” never comes around: no date fits all of it; change its day or month.",
        ),
    ],
)
def test_a_refusal_says_what_to_write(text: str, sentence: str) -> None:
    assert refused(text) == sentence


@pytest.mark.parametrize(
    ("text", "beginning"), [(" ", "A schedule is missing"), ("every day at 7", "“every day at 7”")]
)
def test_without_a_near_word_the_forms_are_listed(text: str, beginning: str) -> None:
    sentence = refused(text)
    assert sentence.startswith(beginning)
    assert all(form in sentence for form in FORMS)


def test_letters_that_only_look_like_a_day_are_refused() -> None:
    assert "is not a schedule; write it in plain letters" in refused(
        "cron 0 7 * * \u017fun"
    )  # the long s, whose capital is S


def test_a_schedule_longer_than_a_plan_can_store_is_refused() -> None:
    assert "is not a schedule" in refused("weekly " + ",".join(["mon"] * 40) + " 07:00")


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        ("Europe/Berlni", "“Europe/Berlni” is not a time zone; did you mean Europe/Berlin?"),
        ("", "“” is not a time zone; write it like Europe/Berlin or UTC."),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(zone: str, sentence: str) -> None:
    assert refused("daily 07:00", zone) == sentence


@pytest.mark.parametrize("zone", ["America", "../etc/passwd", "/etc/localtime", "Europe/\0Berlin", "x" * 500])
def test_what_is_no_name_of_a_zone_is_a_sentence_too(zone: str) -> None:
    with pytest.raises(BadInput, match="is not a time zone"):
        parse_zone(zone)


@given(st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=140))
@example("cron * * 29 2 mon#5")
@example("once 2026-12-01 99:99")
def test_any_text_is_a_schedule_that_fits_its_column_or_a_sentence(text: str) -> None:
    try:
        found = parse_schedule(text, "Europe/Berlin")
    except BadInput:
        return
    assert len(found.text) <= LONGEST
    assert bool(found.crons) != (found.once is not None)
    again = parse_schedule(found.text, "Europe/Berlin")
    assert (again.crons, again.once) == (found.crons, found.once)
