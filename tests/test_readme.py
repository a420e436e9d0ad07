"""The README keeps its word: the transcript is what the tour prints, and every command and variable is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from bot.cli.parser import build_parser
from models.settings import EXPECTED

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text("utf-8")

MOMENTS = (
    (re.compile(r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\b"), "MOMENT"),
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"), "WEEKDAY"),
    (re.compile(r"\b\d{2}:\d{2}\b"), "HH:MM"),
    (re.compile(r"\b(?:today|tomorrow|yesterday)\b"), "DAY"),
    (re.compile(r"\b\d{1,2} [A-Z][a-z]{2}(?: \d{4})?\b|\b[A-Z][a-z]{2} \d{1,2}, \d{4}\b"), "DATE"),
)


SCHEDULE_ROW = re.compile(
    r"    \| (?:WEEKDAY DATE |HH:MM  |This week$|Next week$|Week of |(?:Month end|Control group): |Each is to be )"
)


def timeless(text: str) -> list[str]:
    """The lines of a transcript without what differs from run to run; which days and plans a schedule has, among it."""
    for pattern, word in MOMENTS:
        text = pattern.sub(word, text)
    return [line for line in text.strip().splitlines() if not SCHEDULE_ROW.match(line)]


def test_the_transcript_is_what_the_tour_prints() -> None:
    shown = re.search(r"<!-- tour -->\n```text\n(.*?)```\n<!-- /tour -->", README, re.DOTALL)
    assert shown is not None
    tour = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--tour"],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert tour.stderr == ""
    assert timeless(tour.stdout) == timeless(shown[1])


def test_every_command_is_documented() -> None:
    actions = [action for action in build_parser()._actions if action.choices]
    commands = [name for action in actions for name in action.choices or ()]
    assert len(commands) >= 8
    for command in commands:
        assert f"`python -m bot {command}" in README, command


def test_every_environment_variable_is_documented() -> None:
    for name in EXPECTED:
        assert f"`{name}`" in README, name


def test_the_two_commands_stand_first_as_a_newcomer_types_them() -> None:
    blocks = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    assert blocks[0] == (
        "python3 -m venv .venv && .venv/bin/pip install -qr requirements.txt && .venv/bin/python -m bot demo"
    )
    assert blocks[1] == (
        "python3 -m venv .venv && .venv/bin/pip install -qr requirements-dev.txt && .venv/bin/python -m pytest"
    )
