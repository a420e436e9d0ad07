"""Reading setup.toml: whatever is wrong is said with its place, all of it at once."""

import pytest

from models.errors import BadFile
from models.services.setup_files import read_setup
from tests.services.setup_example import SETUP


def problems_of(text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        read_setup(text, file_name="setup.toml")
    return str(refused.value).splitlines()


def test_not_toml_names_the_line() -> None:
    assert problems_of('timezone = "UTC"\n\n[[team]\n') == [
        "setup.toml line 3: this is not TOML: expected ']]' at the end of an array declaration"
    ]


NO_CHANNEL = "is not a Slack channel id, which looks like C01PARTS (Slack shows it in the details)"
LENGTH_HINT = "Say which unit it is. Write it like 4h, 90m, 2d or 1h30m."
TEAM = 'timezone = "UTC"\ncontrollers = ["U05KIM"]\n' + SETUP[SETUP.index("[[team]]") : SETUP.index("[[plan]]")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('timezone = "UTC"\ntimezon = 1', 'unknown key "timezon"; did you mean "timezone"?'),
        ("", "timezone is missing"),
        ('timezone = "Europe/Berln"', "timezone: “Europe/Berln” is not a time zone; did you mean Europe/Berlin?"),
        ('timezone = "UTC"\ncurrency = "eur"', 'currency must be three capital letters, such as "EUR"'),
        ('timezone = "UTC"\nteam = "x"', "team must be a list"),
        ('timezone = "UTC"\nteam = ["x"]', "team must be written as [[team]]"),
        ('timezone = "UTC"\ntolerance = 1', "tolerance must be a table"),
        (
            'timezone = "UTC"\ncontrollers = ["@kim"]',
            'controllers: "@kim" is not a Slack member id, which looks like U01ANA (Slack shows it in the profile)',
        ),
        (TEAM.replace("review_channel", "review_chanel"),
         'team "Fleet Parts": unknown key "review_chanel"; did you mean "review_channel"?'),
        (TEAM.replace("review_channel", "review_chanel"), 'team "Fleet Parts": review_channel is missing'),
        (TEAM.replace("C01REVIEW", "C01PARTS"),
         ('team "Fleet Parts": review_channel is one that people count in: cards show on-hand, '
         "so give it another channel")),
        (TEAM.replace('name = "Fleet Parts"', ""), "team 1: name is missing"),
        (TEAM.replace('"C01PARTS"', '"#parts"'), f'team "Fleet Parts": channel: "#parts" {NO_CHANNEL}'),
        (TEAM.replace('["A-", "B-"]', "[]"),
         'team "Fleet Parts": locations must be a list of bin prefixes, such as ["A-", "B-"]'),
        (TEAM.replace('"B-"', '"A-"'), 'team "Fleet Parts": locations names "A-" twice'),
        (TEAM.replace("U02DAN", "U01ANA"), 'team "Fleet Parts": counters names "U01ANA" twice'),
        (TEAM.replace("U04EVA", "U03BEN"), 'team "Fleet Parts": approvers names U03BEN twice'),
        (TEAM.replace('["U01ANA", "U02DAN"]', "[]"),
         'team "Fleet Parts": counters is empty: name at least one Slack id that counts'),
        (TEAM.replace("500", '"500"'), 'team "Fleet Parts": approvers: the limit of U03BEN must be a number'),
        (TEAM.replace("500", "-1"),
         'team "Fleet Parts": approvers: the limit of U03BEN must be a number from 0 to 1,000,000,000,000'),
        (TEAM.replace("500", "nan"),
         'team "Fleet Parts": approvers: the limit of U03BEN must be a number from 0 to 1,000,000,000,000'),
        (TEAM.replace("limit", "limits"),
         'team "Fleet Parts": approvers: unknown key "limits"; there are slack_id and limit'),
        (TEAM * 1 + TEAM[TEAM.index("[[team]]") :], 'team "Fleet Parts": there are two of this name'),
        (SETUP.replace('team = "Fleet Parts"', 'team = "Flet Parts"'),
         'plan "Daily parts": there is no team "Flet Parts"; did you mean "Fleet Parts"?'),
        (SETUP.replace("daily 07:00", "dayly 07:00"),
         'plan "Daily parts": schedule: “dayly 07:00” is not a schedule; did you mean “daily 07:00”?'),
        (SETUP.replace("lines = 12", "lines = 0"),
         'plan "Daily parts": lines must be a whole number from 1 to 100'),
        (SETUP.replace("lines = 12", "lines = true"),
         'plan "Daily parts": lines must be a whole number from 1 to 100'),
        (SETUP.replace('"4h"', '"4"'),
         f'plan "Daily parts": due_in: “4” is not a length of time. {LENGTH_HINT}'),
        (SETUP.replace('select = "due"', 'select = "random"'), 'plan "Daily parts": select must be "due"'),
        (SETUP.replace("lines = 12", 'at_due = "zero"'), 'plan "Daily parts": at_due must be "expire" or "keep"'),
        (SETUP.replace("lines = 12", 'replies = "no"'), 'plan "Daily parts": replies must be true or false'),
        (SETUP.replace("percent = 2", "percent = -2"),
         'plan "Daily parts": tolerance: percent must be a number from 0 to 1,000,000,000,000, or "off"'),
        (SETUP.replace("percent = 2", "procent = 2"),
         'plan "Daily parts": tolerance: unknown key "procent"; did you mean "percent"?'),
        (SETUP.replace("percent = 2", "percent = { above = 2 }"),
         'plan "Daily parts": tolerance: percent: unknown side "above"; there are plus and minus'),
        (SETUP + "[tolerance.class.gold]\npercent = 1",
         'tolerance.class."gold": a class is one capital letter, such as A'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, problem: str) -> None:
    assert f"setup.toml: {problem}" in problems_of(text)
