"""`python -m bot schedule`: the schedule in the terminal and as a calendar file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any  # Any: what a reader of calendars makes of a file

import pytest
from icalendar import Calendar

from bot.calendar_file import calendar_file
from bot.cli import databases
from bot.cli.parser import build_parser
from models.database import Database
from models.people import Company
from models.plans import CountPlan
from models.services import team_schedules
from models.services.plan_schedule import MOST_RUNS
from tests.bot.scheduled import book, plan, run
from tests.bot.shell import Shell
from tests.conftest import NOW
from tests.world import World


@pytest.fixture
def office(sqlite_shell: Shell, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> World:
    """Fleet Parts count on working days in Berlin; it is Monday, 23 November 2026."""
    world = World(sqlite_database, NOW)
    with sqlite_database.write() as session:
        plan(session, world.plan_id, "weekly tue,thu,sun 07:00")
        company = session.get_one(Company, 1)
        company.timezone, company.working_days, company.shutdowns = "Europe/Berlin", "mon-fri", "2026-11-26"
    monkeypatch.setattr("bot.cli.schedule.now", lambda: world.now)
    assert databases.now() > NOW  # the clock is real everywhere else
    return world


def events(path: Path) -> dict[str, Any]:
    """The events of a calendar file by UID, read back by a reader of calendars."""
    calendar = Calendar.from_ical(path.read_bytes())
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_the_terminal_shows_the_lines_and_what_to_do_next(office: World, sqlite_shell: Shell) -> None:
    done = sqlite_shell("schedule", "--weeks", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "This week",
        "  Tue 24  07:00  Daily parts · up to 12 lines",
        "  Thu 26  no counting, shutdown",
        "  Fri 27  07:00  Daily parts · up to 12 lines · from Thu 26 Nov: shutdown",
        "Next week",
        "  Mon 30  07:00  Daily parts · up to 12 lines · from Sun 29 Nov: not a working day",
        "What they count",
        "  Daily parts: what is due · to count within 4 hours",
        "Until Mon 30 Nov. Times in Europe/Berlin.",
        "For calendars: python -m bot schedule --ics schedule.ics",
    ]


def test_a_calendar_file_says_what_the_schedule_says(office: World, sqlite_shell: Shell) -> None:
    done = sqlite_shell("schedule", "--weeks", "1", "--ics", "out.ics")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "out.ics: 3 runs until Mon 30 Nov",
        "Let calendars subscribe to it. Or import it into a calendar of its own, emptied before each import,",
        "because an import takes no run away that is no more.",
    ]
    path = sqlite_shell.folder / "out.ics"
    found = events(path)
    with office.database.read() as session:
        wanted = team_schedules.team_schedule(session, team_ids=None, now=NOW, weeks=1)
    assert [(one.start, one.end) for one in found.values()] == [(one.at, one.due_at) for one in wanted.runs]
    assert all(one.start.utcoffset() == timedelta(0) and one.DTSTAMP == NOW for one in found.values())
    first = found[f"plan-{office.plan_id}-20261124T060000Z@cycle-count"]
    assert str(first["SUMMARY"]) == "Daily parts: up to 12 lines"
    assert str(first["DESCRIPTION"]) == "Fleet Parts: what is due.\nDue 11:00 (Europe/Berlin)."
    assert str(first["TRANSP"]) == "TRANSPARENT"
    last = found[f"plan-{office.plan_id}-20261129T060000Z@cycle-count"]
    assert last.start == datetime(2026, 11, 30, 6, tzinfo=UTC)
    assert str(last["DESCRIPTION"]).endswith("\nMoved from Sun 29 Nov 07:00: not a working day.")
    calendar = Calendar.from_ical(path.read_bytes())
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    content = path.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert not list(sqlite_shell.folder.glob("*.part"))


def test_a_later_file_has_the_same_events_as_a_later_revision(office: World, sqlite_shell: Shell) -> None:
    sqlite_shell("schedule", "--ics", "first.ics")
    sqlite_shell("schedule", "--ics", "same.ics")
    assert (sqlite_shell.folder / "first.ics").read_bytes() == (sqlite_shell.folder / "same.ics").read_bytes()
    office.now += timedelta(hours=1)
    with office.database.write() as session:
        session.get_one(Company, 1).quiet = "07:00-07:30"
        session.get_one(CountPlan, office.plan_id).lines = 5
    sqlite_shell("schedule", "--ics", "later.ics")
    first, later = events(sqlite_shell.folder / "first.ics"), events(sqlite_shell.folder / "later.ics")
    assert first.keys() == later.keys()
    for uid, event in later.items():
        assert event.start == first[uid].start + timedelta(minutes=30)
        assert str(event["SUMMARY"]) == "Daily parts: up to 5 lines"
        assert event["SEQUENCE"] > first[uid]["SEQUENCE"]
        assert event["DTSTAMP"].dt == NOW + timedelta(hours=1)


def test_names_and_commas_come_back_as_they_were() -> None:
    strange = run("2026-11-24 07:00", "Ölfilter, „groß“; \\n <a> & \U0001f527" + " lang" * 20)
    text = calendar_file(book(strange), NOW)
    found: list[Any] = Calendar.from_ical(text).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in found] == [f"{strange.plan}: up to 9 lines"]


def test_a_count_over_night_says_on_which_day_it_is_due() -> None:
    night = run("2026-12-05 22:00")
    text = calendar_file(book(night), NOW)
    found: list[Any] = Calendar.from_ical(text).walk("VEVENT")
    assert str(found[0]["DESCRIPTION"]).splitlines()[1] == "Due Sun 6 Dec 02:00 (Europe/Berlin)."


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--team", "Fleet Part"], 1, "There is no team “Fleet Part”. Did you mean Fleet Parts?"),
        (["--team", "Tyres"], 1, "Thu 26 Nov  no counting, shutdown\nNothing is scheduled until Mon 21 Dec.\n"),
        (["--team", "Tyres", "--ics", "out.ics"], 1, "Nothing is scheduled until Mon 21 Dec."),
        (["--ics", "nowhere/out.ics"], 1, "nowhere/out.ics: cannot be written (no such file or directory)."),
        (["--weeks", "0"], 2, "“0” is not a number of weeks; write one from 1 to 52"),
        (["--weeks", "53"], 2, "“53” is not a number of weeks; write one from 1 to 52"),
        (["--weeks", "two"], 2, "“two” is not a number of weeks; write one from 1 to 52"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence_and_no_file(
    office: World, sqlite_shell: Shell, arguments: list[str], code: int, said: str
) -> None:
    office.add_team("Tyres", "T-", counters=("yan",))
    done = sqlite_shell("schedule", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert list(sqlite_shell.folder.glob("*.ics*")) == []


def test_a_team_of_its_own(office: World, sqlite_shell: Shell) -> None:
    tyres = office.add_team("Tyres", "T-", counters=("yan",))
    with office.database.write() as session:
        office.plan(session, "Tyre check", tyres)
    every, one = sqlite_shell("schedule").stdout, sqlite_shell("schedule", "--team", "tyres").stdout
    assert "  Tue 24    07:00  Daily parts · up to 12 lines\n            07:00  Tyre check · up to" in every
    assert "  Tyre check (Tyres): what is due" in every
    assert "Daily parts" not in one
    assert "  Tyre check: what is due" in one


def test_a_plan_of_which_only_the_first_runs_are_there_is_named(office: World, sqlite_shell: Shell) -> None:
    with office.database.write() as session:
        plan(session, office.plan_id, "cron */10 * * * *")
    cut = f"Daily parts is cut at {MOST_RUNS} runs, until Fri 27 Nov 19:20."
    assert cut in sqlite_shell("schedule").stdout.splitlines()
    written = sqlite_shell("schedule", "--ics", "out.ics").stdout.splitlines()
    assert written[:2] == [f"out.ics: {MOST_RUNS} runs until Mon 21 Dec", cut]
    calendar = Calendar.from_ical((sqlite_shell.folder / "out.ics").read_bytes())
    assert str(calendar["X-WR-CALDESC"]) == f"Until Mon 21 Dec. {cut}"


def test_without_a_word_the_next_four_weeks_of_every_team() -> None:
    parsed = build_parser().parse_args(["schedule"])
    assert (parsed.team, parsed.weeks, parsed.ics) == (None, 4, None)
