"""Reading setup.toml: whatever is wrong is said with its place, all of it at once."""

import pytest

from models.errors import BadFile
from models.services.setup_files import read_setup
from tests.services.setup_example import SETUP


def problems_of(text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        read_setup(text, file_name="setup.toml").problems.refuse()
    return str(refused.value).splitlines()


def test_not_toml_names_the_line() -> None:
    assert problems_of('timezone = "UTC"\n\n[[team]\n') == [
        "setup.toml line 3: this is not TOML: expected ']]' at the end of an array declaration"
    ]


def test_a_problem_is_said_once() -> None:
    text = SETUP.replace('["A-", "B-"]', '"A-"').replace('["U05KIM"]', '"U05KIM"')
    assert problems_of(text) == [
        "setup.toml line 4: controllers must be a list",
        'setup.toml line 10: team "Fleet Parts": locations must be a list',
        'setup.toml line 10: team "Fleet Parts": locations must be a list of bin prefixes, such as ["A-", "B-"]',
    ]


def test_an_empty_name_and_a_wrong_counter_are_each_said_once() -> None:
    text = (
        SETUP.replace('"Daily parts"', '" "')
        .replace('["U01ANA", "U02DAN"]', '["Val"]')
        .replace('"Europe/Berlin"', '""')
    )
    assert problems_of(text) == [
        "setup.toml line 2: timezone is empty; write one",
        (
            'setup.toml line 11: team "Fleet Parts": counters: "Val" is not a Slack member id, which looks like U01ANA '
            "(Slack shows it in the profile)"
        ),
        "setup.toml line 15: plan 1: name is empty; give it one",
    ]


NO_CHANNEL = "is not a Slack channel id, which looks like C01PARTS (Slack shows it in the details)"
LENGTH_HINT = "Say which unit it is. Write it like 4h, 90m, 2d or 1h30m."
TEAM = 'timezone = "UTC"\ncontrollers = ["U05KIM"]\n' + SETUP[SETUP.index("[[team]]") : SETUP.index("[[plan]]")]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('timezone = "UTC"\ntimezon = 1', 2, 'unknown key "timezon"; did you mean "timezone"?'),
        ("", None, "timezone is missing"),
        ('timezone = "Europe/Berln"', 1, "timezone: “Europe/Berln” is not a time zone; did you mean Europe/Berlin?"),
        ('timezone = "UTC"\ncurrency = "eur"', 2, 'currency must be three capital letters, such as "EUR"'),
        ('timezone = "UTC"\nteam = "x"', 2, "team must be a list"),
        ('timezone = "UTC"\nteam = ["x"]', 2, "team must be written as [[team]]"),
        ('timezone = "UTC"\ntolerance = 1', 2, "tolerance must be a table"),
        ('timezone = "UTC"\ncontrollers = ["@kim"]', 2,
         'controllers: "@kim" is not a Slack member id, which looks like U01ANA (Slack shows it in the profile)'),
        (TEAM.replace("review_channel", "review_chanel"), 6,
         'team "Fleet Parts": unknown key "review_chanel"; did you mean "review_channel"?'),
        (TEAM.replace("review_channel", "review_chanel"), 3, 'team "Fleet Parts": review_channel is missing'),
        (TEAM.replace("C01REVIEW", "C01PARTS"), 6,
         ('team "Fleet Parts": review_channel is one that people count in: cards show on-hand, '
         "so give it another channel")),
        (TEAM.replace('name = "Fleet Parts"', ""), 3, "team 1: name is missing"),
        (TEAM.replace('"C01PARTS"', '"#parts"'), 5, f'team "Fleet Parts": channel: "#parts" {NO_CHANNEL}'),
        (TEAM.replace('["A-", "B-"]', "[]"), 7,
         'team "Fleet Parts": locations must be a list of bin prefixes, such as ["A-", "B-"]'),
        (TEAM.replace('"B-"', '"A-"'), 7, 'team "Fleet Parts": locations names "A-" twice'),
        (TEAM.replace("U02DAN", "U01ANA"), 8, 'team "Fleet Parts": counters names "U01ANA" twice'),
        (TEAM.replace("U04EVA", "U03BEN"), 9, 'team "Fleet Parts": approvers names U03BEN twice'),
        (TEAM.replace('["U01ANA", "U02DAN"]', "[]"), 8,
         'team "Fleet Parts": counters is empty: name at least one Slack id that counts'),
        (TEAM.replace("500", '"500"'), 9, 'team "Fleet Parts": approvers: the limit of U03BEN must be a number'),
        (TEAM.replace("500", "-1"), 9,
         'team "Fleet Parts": approvers: the limit of U03BEN must be a number from 0 to 1,000,000,000,000'),
        (TEAM.replace("500", "nan"), 9,
         'team "Fleet Parts": approvers: the limit of U03BEN must be a number from 0 to 1,000,000,000,000'),
        (TEAM.replace("limit", "session_limit").replace("500", '"x"'), 9,
         'team "Fleet Parts": approvers: the session_limit of U03BEN must be a number'),
        (TEAM.replace("limit", "limits"), 9,
         'team "Fleet Parts": approvers: unknown key "limits"; there are slack_id, limit and session_limit'),
        (TEAM * 1 + TEAM[TEAM.index("[[team]]") :], 12, 'team "Fleet Parts": there are two of this name'),
        (SETUP.replace('team = "Fleet Parts"', 'team = "Flet Parts"'), 16,
         'plan "Daily parts": team: There is no team “Flet Parts”; did you mean “Fleet Parts”?'),
        (SETUP.replace('team = "Fleet Parts"', ""), 14, 'plan "Daily parts": team: Say which team counts.'),
        (SETUP.replace("daily 07:00", "dayly 07:00"), 17,
         'plan "Daily parts": schedule: “dayly 07:00” is not a schedule; did you mean “daily 07:00”?'),
        (SETUP.replace("daily 07:00", "cron 0 7 31 2 *"), 17,
         ('plan "Daily parts": schedule: “cron 0 7 31 2 *” can never run: the day-of-month cannot be right; '
          "write it like “cron 0 7 * * mon-fri”.")),
        (SETUP.replace('schedule = "daily 07:00"', ""), 14,
         'plan "Daily parts": schedule: Say when it runs, like “daily 07:00”.'),
        (SETUP.replace('select = "due"', 'select = "randum"'), 18,
         'plan "Daily parts": select: “randum” is not a way to choose; did you mean “random”?'),
        (SETUP.replace('select = "due"', 'select = ["due 70%", "random 40%"]'), 18,
         'plan "Daily parts": select: The shares add up to 110 %; they may not pass 100 %.'),
        (SETUP.replace('select = "due"', "select = [1]"), 18,
         'plan "Daily parts": select: Write a list of texts, like ["due 70%", "random 30%"].'),
        (SETUP.replace("lines = 12", "lines = 0"), 19,
         'plan "Daily parts": lines: Write a whole number from 1 to 200.'),
        (SETUP.replace("lines = 12", "lines = 201"), 19,
         'plan "Daily parts": lines: Write a whole number from 1 to 200.'),
        (SETUP.replace("lines = 12", "lines = true"), 19,
         'plan "Daily parts": lines: Write a whole number from 1 to 200.'),
        (SETUP.replace("lines = 12", "recounts = 6"), 19,
         'plan "Daily parts": recounts: Write a whole number from 0 to 5.'),
        (SETUP.replace("lines = 12", 'bins = ["A-01,02"]'), 19,
         'plan "Daily parts": bins: “A-01,02” has a comma in it; write each prefix by itself.'),
        (SETUP.replace("lines = 12", 'bins = ["' + "A" * 81 + '"]'), 19,
         f'plan "Daily parts": bins: “{"A" * 39}…” is not the beginning of a bin\'s code.'),
        (SETUP.replace("lines = 12", f"bins = {[f'A-{number:03}' for number in range(90)]}"), 19,
         'plan "Daily parts": bins: These are more prefixes than fit; name fewer, or make a second plan.'),
        (SETUP.replace("lines = 12", "categories = 3"), 19,
         'plan "Daily parts": categories: Write a list of texts, like ["Fasteners", "Oils"].'),
        (SETUP.replace("lines = 12", 'pace = "fast"'), 19, 'plan "Daily parts": pace: Write “level” or “full”.'),
        (SETUP.replace("lines = 12", "blind = 1"), 19, 'plan "Daily parts": blind: Write true or false.'),
        (SETUP.replace("lines = 12", 'paused = "yes"'), 19, 'plan "Daily parts": paused: Write true or false.'),
        (SETUP.replace("lines = 12", "bin = ['A-']"), 19,
         'plan "Daily parts": unknown key "bin"; did you mean "bins"?'),
        (SETUP.replace('"4h"', '"4"'), 20,
         f'plan "Daily parts": due_in: “4” is not a length of time. {LENGTH_HINT}'),
        (SETUP.replace('"4h"', "4"), 20, 'plan "Daily parts": due_in: Write a length of time, like 4h or 90m.'),
        (SETUP.replace("lines = 12", 'at_due = "zero"'), 19,
         'plan "Daily parts": at_due: Write “expire” or “keep”.'),
        (SETUP.replace("lines = 12", 'replies = "no"'), 19, 'plan "Daily parts": replies: Write true or false.'),
        (SETUP.replace("percent = 2", "percent = -2"), 21,
         'plan "Daily parts": tolerance: percent must be a number from 0 to 1,000,000,000,000, or "off"'),
        (SETUP.replace("percent = 2", "procent = 2"), 21,
         'plan "Daily parts": tolerance: unknown key "procent"; did you mean "percent"?'),
        (SETUP.replace("percent = 2", "percent = { above = 2 }"), 21,
         'plan "Daily parts": tolerance: percent: unknown side "above"; there are plus and minus'),
        (SETUP + "[tolerance.class.gold]\npercent = 1", 22,
         'tolerance.class."gold": a class is one capital letter, such as A'),
        (SETUP + "[calendar]\nholiday = 'DE'", 23, 'calendar: unknown key "holiday"; did you mean "holidays"?'),
        (SETUP + "[calendar]\nholidays = 'Germny'", 23,
         "calendar: holidays: “Germny” is not a country whose holidays are known; did you mean DE (Germany)?"),
        (SETUP + "[calendar]\nholidays = ['DE']", 23, 'calendar: holidays must be one text, like "DE" or "DE-BE"'),
        (SETUP + "[calendar]\nworking_days = []", 23,
         'calendar: working_days must be one text, like "mon-fri" or "mon,tue,sat"'),
        (SETUP + "[calendar]\nshutdowns = [\n1]", 23,
         'calendar: shutdowns must be a list of texts, like ["2026-12-24..2027-01-01"]'),
        (SETUP + "[calendar]\nworking_days = 'none'", 23,
         "calendar: working_days: “none” is not a day of the week; write days like mon-fri or mon,tue,sat."),
        ('timezone = "UTC"\ncalendar = 1', 2, "calendar must be a table"),
        (TEAM.replace("counters", "quiet = ['25:00-26:00']\ncounters"), 8,
         'team "Fleet Parts": quiet: “25:00” is not a time of day; write hours and minutes, like 11:30 or 24:00.'),
        (TEAM.replace("counters", f"quiet = {[f'{n // 60:02}:{n % 60:02}-24:00' for n in range(60)]}\ncounters"), 8,
         ('team "Fleet Parts": quiet: “00:00-24:00; 00:01-24:00; 00:02-24:00; …” has 778 characters, and 500 fit; '
          "leave out what is past.")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, line: int | None, problem: str) -> None:
    assert f"setup.toml{f' line {line}' if line else ''}: {problem}" in problems_of(text)
