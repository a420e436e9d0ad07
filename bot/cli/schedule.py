"""`schedule`: what will be counted when, in the terminal or as a calendar file."""

import argparse
from datetime import datetime
from pathlib import Path

from bot import schedule_text, schedule_weeks
from bot.cli.databases import now, opened, say
from bot.cli.exports import written
from models.errors import NotFound
from models.services import lookup, team_schedules
from models.services.team_schedules import TeamSchedule
from models.settings import Settings


def schedule(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the coming runs, a line each, or write them to a calendar file, all of it or nothing."""
    at = now()
    with opened(settings) as database, database.read() as session:
        team_ids = None
        if parsed.team is not None:
            team_ids = frozenset({lookup.find_team(session, parsed.team).id or 0})
        found = team_schedules.team_schedule(session, team_ids=team_ids, now=at, weeks=parsed.weeks)
        if not found.runs:
            hint = "A plan in setup.toml brings some; then: python -m bot apply setup.toml"
            raise NotFound("\n".join([*_lines(found), schedule_text.no_runs(found), hint]))
        if parsed.ics is None:
            _print(found)
        else:
            _write(found, parsed.ics, at)
    return 0


def _print(found: TeamSchedule) -> None:
    say(*_lines(found), "What they count", *(f"  {note}" for note in schedule_text.plan_notes(found)))
    say(*schedule_text.time_note(found), *schedule_text.cut_notes(found))
    say(
        f"Until {schedule_text.until(found)}. Times in {found.zone.key}.",
        "For calendars: python -m bot schedule --ics schedule.ics",
    )


def _lines(found: TeamSchedule) -> list[str]:
    """The weeks, each line of a day under its first."""
    found_weeks = schedule_weeks.weeks(found)
    width = max((len(line.day) for week in found_weeks for line in week.lines), default=0)
    said = []
    for week in found_weeks:
        rows = ["  ".join(filter(None, (f"{line.day:<{width}}", line.time, line.text))) for line in week.lines]
        rows += filter(None, [week.nothing_due])
        said += [week.name, *(f"  {row}" for row in rows)] if week.name else rows
    return said


def _write(found: TeamSchedule, path: Path, at: datetime) -> None:
    from bot.calendar_file import calendar_file  # noqa: PLC0415 - the library takes a while to load

    text = calendar_file(found, at)
    with written(path) as stream:
        stream.write(text)
    say(
        f"{path}: {schedule_text.run_count(len(found.runs))} until {schedule_text.until(found)}",
        *schedule_text.cut_notes(found),
        "Let calendars subscribe to it. Or import it into a calendar of its own, emptied before each import,",
        "because an import takes no run away that is no more.",
    )
