"""`/count schedule`: the weeks to come, a short line a run, in Slack."""

from datetime import date, timedelta

import pytest

from bot.schedule_text import plan_notes
from bot.schedule_weeks import weeks
from bot.views.schedule import MOST_LINES, MOST_NOTES, schedule_message
from models.people import Company, Role
from models.plans import Pace
from models.services.plan_schedule import CutPlan, ScheduledRun
from models.services.team_schedules import ClosedDay, TeamSchedule
from tests.bot.outbound import shown
from tests.bot.scheduled import book, plan, run
from tests.bot.workplace import Workplace
from tests.conftest import NOW


def lines(found: TeamSchedule) -> list[str]:
    """The weeks as one reads them, the columns apart by two spaces."""
    read: list[str] = []
    for week in weeks(found):
        rows = ["  ".join(filter(None, (line.day, line.time, line.text))) for line in week.lines]
        read += filter(None, [week.name, *rows, week.nothing_due])
    return read


# -- the lines


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            run("2026-11-25 07:00", by_class=(("A", 4), ("B", 3), ("C", 2))),
            "Wed 25 Nov  07:00  Daily parts · about 9 lines (4 A, 3 B, 2 C)",
        ),
        (
            run("2026-11-25 07:00", by_class=(("A", 4), ("", 2))),
            "Wed 25 Nov  07:00  Daily parts · about 9 lines (4 A, 2 without class, 3 random sample)",
        ),
        (run("2026-11-28 07:00", by_class=(("A", 9),)), "Sat 28 Nov  07:00  Daily parts · about 9 lines"),
        (run("2026-11-28 07:00", lines=1, by_class=(("A", 1),)), "Sat 28 Nov  07:00  Daily parts · about 1 line"),
        (run("2026-11-28 07:00", lines=12), "Sat 28 Nov  07:00  Daily parts · up to 12 lines"),
        (
            run("2026-11-27 13:00", moved=("2026-11-27 11:45", "moved from 11:45: quiet until 13:00")),
            "Fri 27 Nov  13:00  Daily parts · up to 9 lines · quiet at 11:45",
        ),
        (
            run("2026-11-27 13:00", moved=(
                "2026-11-26 11:45",
                "moved from Thu 26 Nov 11:45: last working day of the month, then quiet until 13:00",
            )),
            "Fri 27 Nov  13:00  Daily parts · up to 9 lines · from Thu 26 Nov: last working day of the month",
        ),
        (run("2027-01-05 07:00"), "Tue 5 Jan 2027  07:00  Daily parts · up to 9 lines"),
    ],
)  # fmt: skip
def test_a_line_says_when_what_and_how_much(given: ScheduledRun, line: str) -> None:
    assert lines(book(given)) == [line]


def test_days_follow_each_other_by_weeks() -> None:
    """NOW is a Monday. Classes are those of the next run alone; a day is named once."""
    levelled = (("A", 4), ("B", 5))
    found = book(
        run("2026-11-24 07:00", by_class=levelled), run("2026-11-24 09:00", "Night check", lines=4),
        run("2026-11-29 07:00", by_class=levelled), run("2026-11-30 07:00", by_class=levelled),
        run("2026-12-01 07:00", by_class=levelled),
    )  # fmt: skip
    assert lines(found) == [
        "This week",
        "Tue 24  07:00  Daily parts · about 9 lines (4 A, 5 B)",
        "09:00  Night check · up to 4 lines",
        "Sun 29  07:00  Daily parts · about 9 lines",
        "Next week",
        "Mon, Tue  07:00  Daily parts · about 9 lines",
    ]


def test_later_weeks_put_alike_runs_together() -> None:
    """From next week on: by days that have the same time, plan and reason to be moved."""
    levelled = [
        run(f"2026-12-{day:02} 07:00", lines=lines, by_class=(("A", lines),))
        for day, lines in ((7, 8), (8, 9), (9, 8), (10, 9), (11, 8))
    ]
    checks = [run(f"2026-12-{day:02} 09:00", "Check", lines=6) for day in (8, 10)]
    moved = run("2026-12-11 09:00", "Check", moved=("2026-12-11 08:00", "moved from 08:00: quiet until 09:00"))
    pulse = [run(f"2026-12-{day:02} {hour:02}:30", "Pulse") for day in (7, 8) for hour in range(8, 18)]
    alone = run("2027-01-05 07:00")
    closed = ClosedDay(date(2026, 12, 9), "stocktake")
    found = book(*levelled, *checks, moved, *pulse, alone, closed=(closed,))
    assert lines(found) == [
        "Week of Mon 7 Dec",
        "Mon-Fri  07:00  Daily parts · 8 to 9 lines",
        "Mon, Tue  08:30  Pulse · 10 runs a day, up to 9 lines each",
        "Tue, Thu  09:00  Check · up to 6 lines",
        "Wed 9  no counting, stocktake",
        "Fri 11  09:00  Check · up to 9 lines · quiet at 08:00",
        "Week of Mon 4 Jan 2027",
        "Tue 5  07:00  Daily parts · up to 9 lines",
    ]
    assert sum(line.runs for week in weeks(found) for line in week.lines) == len(found.runs)


def test_runs_with_nothing_due_share_a_line_a_week() -> None:
    found = book(
        run("2026-11-24 07:00", lines=0), run("2026-11-25 07:00", lines=0), run("2026-11-25 09:00", lines=0),
        run("2026-11-26 07:00", by_class=(("A", 4), ("B", 5))), run("2026-11-26 22:00", "Night check", lines=0),
        run("2026-12-01 07:00", lines=0),
    )  # fmt: skip
    assert lines(found) == [
        "This week",
        "Thu 26  07:00  Daily parts · about 9 lines (4 A, 5 B)",
        "Nothing due: Daily parts (Tue, Wed), Night check (Thu)",
        "Next week",
        "Nothing due: Daily parts (Tue)",
    ]


def test_days_in_a_row_end_with_the_week() -> None:
    idle = [run(f"2026-12-{day:02} 07:00", lines=0) for day in (7, 8, 10, 11, 12, 13, 14)]
    assert lines(book(*idle)) == [
        "Week of Mon 7 Dec",
        "Nothing due: Daily parts (Mon, Tue, Thu-Sun)",
        "Week of Mon 14 Dec",
        "Nothing due: Daily parts (Mon)",
    ]


def test_a_plan_that_runs_all_day_has_a_line_a_day() -> None:
    pulse = [run(f"2026-11-24 {hour:02}:00", "Pulse", lines=hour % 3 + 1) for hour in range(6, 20)]
    assert lines(book(*pulse, run("2026-11-24 07:00"))) == [
        "Tue 24 Nov  06:00  Pulse · 14 runs, up to 3 lines each",
        "07:00  Daily parts · up to 9 lines",
    ]
    assert len(lines(book(*pulse[:3]))) == 1 + 3  # the week's name


def test_weeks_of_a_thin_schedule_need_no_names() -> None:
    thin = [run(f"{day} 07:00", "Stock") for day in ("2026-11-24", "2026-11-25", "2026-12-01")]
    assert [line.split("  ")[0] for line in lines(book(*thin))] == ["Tue 24 Nov", "Wed 25 Nov", "Tue 1 Dec"]
    assert lines(book(*thin, run("2026-12-02 07:00"), run("2026-12-03 07:00")))[0] == "This week"
    assert lines(book(*thin, run("2026-12-02 07:00", lines=0)))[0] == "This week"


def test_what_a_plan_counts_is_said_once() -> None:
    runs = [run(f"2026-11-{day} 07:00", hours=hours) for day, hours in ((24, 4), (25, 4))]
    night = run("2026-11-24 22:00", "Night check", hours=0.5, team="Tyres")
    assert plan_notes(book(*runs)) == ["Daily parts: what is due · to count within 4 hours"]
    stock = run("2026-11-25 22:00", "Stock", hours=24)
    assert plan_notes(book(*runs, night, stock, teams=("Fleet Parts", "Tyres"))) == [
        "Daily parts (Fleet Parts): what is due · to count within 4 hours",
        "Night check (Tyres): what is due · to count within 30 minutes",
        "Stock (Fleet Parts): what is due · to count within 1 day",
    ]
    alike = book(*runs, run("2026-11-25 22:00", "Stock"))
    assert plan_notes(alike) == ["Daily parts: what is due", "Stock: what is due"]
    assert shown(schedule_message(alike), NOW).split("\n")[-2] == "Each is to be counted within 4 hours."  # fmt: skip


def test_closed_days_stand_in_their_place_and_teams_are_named_where_there_are_several() -> None:
    found = book(
        run("2026-11-26 08:00", "Tyre check", team="Tyres"),
        run("2026-11-25 08:00", "Tyre check", team="Tyres"),
        closed=(
            ClosedDay(date(2026, 11, 24), "shutdown until 25 Nov", ("Tyres",)),
            ClosedDay(date(2026, 11, 25), "Repentance Day"),
        ),
        teams=("Fleet Parts", "Tyres"),
    )
    assert lines(found)[1:] == [
        "Tue 24  Tyres: no counting, shutdown until 25 Nov",
        "Wed 25  no counting, Repentance Day",
        "08:00  Tyre check · up to 9 lines",
        "Thu 26  08:00  Tyre check · up to 9 lines",
    ]


# -- in Slack


def test_many_runs_are_cut_and_counted_and_what_files_say_rings_nobody() -> None:
    runs = [run("2026-11-24 07:00", f"<!channel> {number} " + "x" * 60, lines=12) for number in range(200)]
    message = schedule_message(book(*runs))
    text = shown(message, NOW)
    assert text.count("up to 12 lines") == MOST_LINES
    assert text.count("x: what is due\n") == MOST_NOTES
    assert f"… {200 - MOST_NOTES} more plans; “/count plans” lists them\n" in text
    assert "\nCut here: 140 runs more until Tue 22 Dec. Stock control has all of it as a calendar file.\n" in text
    assert "<!channel>" not in str(message.blocks) + message.text
    assert len(message.blocks) < 10
    several = shown(schedule_message(book(*runs, teams=("A", "B"))), NOW)
    assert "until Tue 22 Dec. “/count schedule” and a team shows one team. Stock control" in several


def test_a_plan_of_which_only_the_first_runs_are_listed_says_so() -> None:
    runs = (run("2026-11-24 07:00"), run("2026-11-25 07:00"))
    text = shown(schedule_message(book(*runs, cut=(CutPlan("Daily parts", runs[-1].at),))), NOW)
    assert "\nDaily parts is cut at 2 runs, until Wed 25 Nov 07:00.\n" in text


def test_the_notification_says_what_is_next() -> None:
    idle = run("2026-11-24 07:00", lines=0)
    found = book(idle, run("2026-11-25 07:00"))
    assert schedule_message(found).text == (
        "2 runs until Tue 22 Dec; next: Wed 25 Nov 07:00 Daily parts · up to 9 lines"
    )
    assert schedule_message(book(idle)).text == "1 run until Tue 22 Dec, nothing due"


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
    mine = place.count("ana", "schedule").split("\n")
    assert mine[:3] == [
        "This week",
        "Tue 24  07:00  Daily parts · about 12 lines",
        "Wed 25  07:00  Daily parts · about 12 lines",
    ]
    assert mine[-3:] == [
        "What they count",
        "Daily parts: what is due · to count within 4 hours",
        "Until Mon 21 Dec. Times in Europe/Berlin.",
    ]
    assert mine[5:9] == [
        "Next week",
        "Mon-Fri  07:00  Daily parts · about 12 lines",
        "Week of Mon 7 Dec",
        "Mon-Fri  07:00  Daily parts · about 12 lines",
    ]
    assert len(mine) == (4 + 1 + 1 + 1 + 1) + 5 + 3  # runs, weeks, and what stands under them
    assert "Tyre check" not in "".join(mine)
    both = place.count("fay", "schedule").split("\n")
    assert both[1:4] == [*mine[1:3], "13:00  Tyre check · up to 1 line"]
    assert "Daily parts (Fleet Parts): what is due" in both
    only = place.count("kim", "schedule tyres").split("\n")
    assert only[0] == "Wed 25 Nov  13:00  Tyre check · up to 1 line"
    assert len(only) == 4 + 3
    assert place.count("kim", "schedule") == "\n".join(both)
    place.world.now += timedelta(days=14)
    assert "Fri 25  no counting, Christmas Day" in place.count("ben", "schedule")


def test_policies_that_tell_of_the_record_are_named_to_who_does_not_count(place: Workplace) -> None:
    with place.database.write() as session:
        plan(session, place.world.plan_id, "daily 09:00", selection="zero 20%, due")
    named, kept = "Daily parts: 20 % of the lines zero balance, the rest what is due", "chosen by stock control"
    for who in ("ben", "kim"):
        assert named in place.count(who, "schedule")
    assert f"Daily parts: 20 % of the lines {kept}, the rest what is due" in place.count("ana", "schedule")
    with place.database.write() as session:
        place.world.give_role(session, place.world.team_id, Role.COUNTER, "ben", "kim")
    for who in ("ben", "kim"):
        assert kept in place.count(who, "schedule")
        assert "zero balance" not in place.count(who, "schedule")


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
