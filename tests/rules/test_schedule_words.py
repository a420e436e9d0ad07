"""Schedules as people say them."""

import pytest

from models.rules.schedule_words import schedule_words
from models.rules.schedules import FORMS, parse_schedule

WEEK, WORKING_WEEK = frozenset(range(7)), frozenset(range(5))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("daily 07:00", "every working day at 07:00"),
        ("Weekdays 7:00", "every working day at 07:00"),
        ("weekly mon, tue,wed,thu,fri 07:00", "every working day at 07:00"),
        ("weekly thu,mon 18:30", "every Monday and Thursday at 18:30"),
        ("monthly 1 07:00", "on the 1st of the month at 07:00"),
        ("monthly 22 07:00", "on the 22nd of the month at 07:00"),
        ("monthly 13 07:00", "on the 13th of the month at 07:00"),
        ("monthly 31 7:05", "on the last day of the month at 07:05"),
        ("once 2026-11-22 21:30:05", "once, Sun 22 Nov 21:30"),
        ("once 2027-01-04 07:00", "once, Mon 4 Jan 2027 07:00"),
        ("cron 0 7 * * mon-fri", "every working day at 07:00"),
        ("cron 5 17 * * *", "every working day at 17:05"),
        (
            "weekly mon,thu 08:00 from 2026-12-01 until 2027-03-31",
            "every Monday and Thursday at 08:00, from Tue 1 Dec until Wed 31 Mar 2027",
        ),
        ("monthly 1 07:00 until 2026-12-31", "on the 1st of the month at 07:00, until Thu 31 Dec"),
        ("cron 0 7 * * mon-fri from 2026-12-01", "every working day at 07:00, from Tue 1 Dec"),
        ("cron 0 7 * * 1", "by the cron line “0 7 * * 1”"),
        ("cron */10 * * * *", "by the cron line “*/10 * * * *”"),
    ],
)
def test_for_a_team_that_works_monday_to_friday(text: str, said: str) -> None:
    assert schedule_words(parse_schedule(text, "Europe/Berlin"), WORKING_WEEK, 2026) == said


def test_for_a_team_that_works_every_day() -> None:
    said = {text: schedule_words(parse_schedule(text, "UTC"), WEEK, 2026) for text in FORMS}
    assert said["daily 07:00"] == "every day at 07:00"
    assert said["weekdays 07:00"] == said["cron 0 7 * * mon-fri"] == "Monday to Friday at 07:00"
    weekend = parse_schedule("weekly sun,sat 07:00", "UTC")
    assert schedule_words(weekend, WEEK, 2026) == "every Saturday and Sunday at 07:00"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_words(form: str) -> None:
    assert schedule_words(parse_schedule(form, "UTC"), WEEK, 2026) != form
