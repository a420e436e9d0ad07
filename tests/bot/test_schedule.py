"""`/count schedule` and `python -m bot schedule`: the same lines in Slack, in the terminal and in calendars."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any  # Any: what a reader of calendars makes of a file
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlmodel import Session

from bot.calendar_file import calendar_file
from bot.cli import databases
from bot.cli.parser import build_parser
from bot.schedule_text import schedule_lines
from bot.views.schedule import MOST_LINES, schedule_message
from models.database import Database
from models.people import Company
from models.plans import CountPlan, Pace
from models.services import team_schedules
from models.services.plan_schedule import ScheduledRun
from models.services.team_schedules import ClosedDay, TeamSchedule
from tests.bot.outbound import shown
from tests.bot.shell import Shell
from tests.bot.workplace import Workplace
from tests.conftest import NOW
from tests.world import World

BERLIN = ZoneInfo("Europe/Berlin")


def run(at: str, plan: str = "Daily parts", *, lines: int = 9, by_class: tuple[tuple[str, int], ...] = (),
        hours: int = 4, team: str = "Fleet Parts", moved_because: str = "") -> ScheduledRun:  # fmt: skip
    starts = datetime.fromisoformat(at).replace(tzinfo=BERLIN).astimezone(UTC)
    return ScheduledRun(
        at=starts, occurrence=starts, plan_id=7, plan=plan, team=team, channel="C01PARTS",
        due_at=starts + timedelta(hours=hours), lines=lines, by_class=by_class, what="what is due",
        moved_because=moved_because,
    )  # fmt: skip


def book(
    *runs: ScheduledRun, closed: tuple[ClosedDay, ...] = (), teams: tuple[str, ...] = ("Fleet Parts",)
) -> TeamSchedule:
    return TeamSchedule(runs, closed, teams, datetime(2026, 12, 22, 7, tzinfo=UTC), BERLIN)


def plan(session: Session, plan_id: int, schedule: str, **values: object) -> None:
    row = session.get_one(CountPlan, plan_id)
    row.schedule = schedule
    for key, value in values.items():
        setattr(row, key, value)


# -- the lines


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            run("2026-11-25 07:00", by_class=(("A", 4), ("B", 3), ("C", 2))),
            "Wed 25 Nov  07:00  Daily parts · about 9 lines (4 A, 3 B, 2 C) · due 11:00",
        ),
        (
            run("2026-11-25 07:00", by_class=(("A", 4), ("", 2))),
            "Wed 25 Nov  07:00  Daily parts · about 9 lines (4 A, 2 without class, 3 chosen otherwise) · due 11:00",
        ),
        (
            run("2026-12-05 07:00", lines=1, by_class=(("A", 1),)),
            "Sat 5 Dec  07:00  Daily parts · about 1 line (1 A) · due 11:00",
        ),
        (run("2026-12-05 07:00", lines=12), "Sat 5 Dec  07:00  Daily parts · up to 12 lines · what is due · due 11:00"),
        (run("2026-12-05 07:00", lines=0), "Sat 5 Dec  07:00  Daily parts · nothing due · due 11:00"),
        (
            run("2026-12-05 22:00", lines=0),
            "Sat 5 Dec  22:00  Daily parts · nothing due · due Sun 6 Dec 02:00",
        ),
        (
            run("2026-11-30 07:00", lines=0, moved_because="moved from Sun 29 Nov 07:00: not a working day"),
            "Mon 30 Nov  07:00  Daily parts · nothing due · due 11:00 · moved from Sun 29 Nov 07:00: not a working day",
        ),
    ],
)  # fmt: skip
def test_a_line_says_when_what_how_much_and_by_when(given: ScheduledRun, line: str) -> None:
    assert list(map(str, schedule_lines(book(given)))) == [line]


def test_closed_days_stand_in_their_place_and_teams_are_named_where_there_are_several() -> None:
    found = book(
        run("2026-11-24 07:00", lines=0),
        run("2026-12-26 08:00", "Tyre check", lines=0, team="Tyres"),
        closed=(
            ClosedDay(datetime(2026, 12, 24).date(), "shutdown until 25 Dec", ("Tyres",)),  # noqa: DTZ001 - a day
            ClosedDay(datetime(2026, 12, 25).date(), "Christmas Day"),  # noqa: DTZ001 - same
        ),
        teams=("Fleet Parts", "Tyres"),
    )
    assert list(map(str, schedule_lines(found))) == [
        "Tue 24 Nov  07:00  Daily parts · Fleet Parts · nothing due · due 11:00",
        "Thu 24 Dec  Tyres: no counting, shutdown until 25 Dec",
        "Fri 25 Dec  no counting, Christmas Day",
        "Sat 26 Dec  08:00  Tyre check · Tyres · nothing due · due 12:00",
    ]


# -- in Slack


def test_many_runs_are_cut_and_counted_and_what_files_say_rings_nobody() -> None:
    runs = [run("2026-11-24 07:00", "<!channel> " + "x" * 60, lines=12) for _ in range(200)]
    message = schedule_message(book(*runs))
    text = shown(message, NOW)
    assert text.count("up to 12 lines") == MOST_LINES
    assert "… 140 more until Tue 22 Dec" in text
    assert "<!channel>" not in str(message.blocks) + message.text
    assert len(message.blocks) < 10
    several = shown(schedule_message(book(*runs, teams=("A", "B"))), NOW)
    assert "… 140 more until Tue 22 Dec; “/count schedule” and a team shows one team" in several


def test_the_notification_says_what_is_next() -> None:
    message = schedule_message(book(run("2026-11-24 07:00", lines=0), run("2026-11-25 07:00", lines=0)))
    assert message.text == "2 runs until Tue 22 Dec; next: Tue 24 Nov 07:00 Daily parts · nothing due · due 11:00"


def test_counters_see_the_coming_weeks_of_their_teams(place: Workplace) -> None:
    other = place.world.add_team("Tyres", "T-", counters=("fay", "yan"))
    with place.database.write() as session:
        tyres = place.world.plan(session, "Tyre check", other, lines=1)
        plan(session, tyres, "weekly wed 13:00")
        plan(session, place.world.plan_id, "weekdays 07:00", pace=Pace.LEVEL)
        company = session.get_one(Company, 1)
        company.timezone, company.holidays, company.working_days = "Europe/Berlin", "DE", "mon-fri"
    for number in range(400):
        place.world.stock(f"BOLT-{number}", "A-01", 1, abc_class="A")
    lines = place.count("ana", "schedule").split("\n")
    assert lines[0] == "Tue 24 Nov  07:00  Daily parts · about 12 lines (12 A) · due 11:00"
    assert lines[-1] == "Until Mon 21 Dec. Times in Europe/Berlin."
    assert len(lines) == 20 + 1
    assert "Tyre check" not in "".join(lines)
    mine = place.count("fay", "schedule").split("\n")
    assert mine[2] == "Wed 25 Nov  13:00  Tyre check · Tyres · up to 1 line · what is due · due 17:00"
    assert mine[1].startswith("Wed 25 Nov  07:00  Daily parts · Fleet Parts · about 12 lines")
    only = place.count("kim", "schedule tyres").split("\n")
    assert only[0] == "Wed 25 Nov  13:00  Tyre check · up to 1 line · what is due · due 17:00"
    assert len(only) == 4 + 1
    assert place.count("kim", "schedule") == "\n".join(mine)
    place.world.now += timedelta(days=14)
    assert "Fri 25 Dec  no counting, Christmas Day" in place.count("ben", "schedule")


@pytest.mark.parametrize(
    ("who", "typed", "told"),
    [
        ("ana", "schedule Fleet Part", "There is no team “Fleet Part”. Did you mean Fleet Parts?"),
        (
            "ben",
            "schedule Tyres",
            "You see the schedule of your own teams: Fleet Parts. Stock control sees that of Tyres.",
        ),
        ("zoe", "schedule", "You are in no counting team yet. Ask Kim to add you."),
        ("zoe", "schedule Fleet Parts", "You are in no counting team yet. Ask Kim to add you."),
        (
            "kim",
            "schedule Tyres",
            "Nothing is scheduled until Mon 21 Dec. “/count plans” lists the plans.\nUntil Mon 21 Dec. Times in UTC.",
        ),
    ],
)  # fmt: skip
def test_what_somebody_does_not_see(place: Workplace, who: str, typed: str, told: str) -> None:
    place.world.add_team("Tyres", "T-", counters=("yan",))
    assert place.count(who, typed) == told


# -- on the command line


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
    said = "Daily parts · up to 12 lines · what is due · due 11:00"
    assert done.stdout.splitlines() == [
        f"Tue 24 Nov  07:00  {said}",
        "Thu 26 Nov  no counting, shutdown",
        f"Fri 27 Nov  07:00  {said} · moved from Thu 26 Nov 07:00: shutdown",
        f"Mon 30 Nov  07:00  {said} · moved from Sun 29 Nov 07:00: not a working day",
        "Times in Europe/Berlin.",
        "For calendars: python -m bot schedule --ics schedule.ics",
    ]


def test_a_calendar_file_says_what_the_schedule_says(office: World, sqlite_shell: Shell) -> None:
    done = sqlite_shell("schedule", "--weeks", "1", "--ics", "out.ics")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "out.ics: 3 runs until Mon 30 Nov",
        "Import it into the team's calendar; importing a later file again updates the events.",
    ]
    path = sqlite_shell.folder / "out.ics"
    found = events(path)
    with office.database.read() as session:
        wanted = team_schedules.team_schedule(session, team_ids=None, now=NOW, weeks=1)
    assert [(one.start, one.end) for one in found.values()] == [(one.at, one.due_at) for one in wanted.runs]
    assert all(one.start.utcoffset() == timedelta(0) and one.DTSTAMP == NOW for one in found.values())
    first = found[f"plan-{office.plan_id}-20261124T060000Z@cycle-count"]
    assert str(first["SUMMARY"]) == "Daily parts: up to 12 lines"
    assert str(first["DESCRIPTION"]) == "Fleet Parts counts what is due.\nDue 11:00 (Europe/Berlin)."
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
    assert "Daily parts · Fleet Parts · up to" in every
    assert "Tyre check · Tyres · up to" in every
    assert "Daily parts" not in one
    assert "Tyre check · up to" in one


def test_without_a_word_the_next_four_weeks_of_every_team() -> None:
    parsed = build_parser().parse_args(["schedule"])
    assert (parsed.team, parsed.weeks, parsed.ics) == (None, 4, None)
