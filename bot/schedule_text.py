"""The schedule in words: the same in Slack, in the terminal and in calendars.

What does not differ from run to run is said once a plan.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules import wording
from models.services.plan_schedule import ScheduledRun
from models.services.team_schedules import TeamSchedule

day_of = wording.day_of

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def plan_notes(found: TeamSchedule) -> list[str]:
    """What the plans of the schedule count, a line each in the order of their first runs.

    And within what time, unless `time_note` says it for all of them.
    """
    is_said = bool(time_note(found))
    return [
        f"{run.plan}{f' ({run.team})' if len(found.teams) > 1 else ''}: {run.what}"
        f"{'' if is_said else f' · to count within {_span(run.due_at - run.at)}'}"
        for run in first_runs(found.runs)
    ]


def time_note(found: TeamSchedule) -> list[str]:
    """Within what time runs are to be counted, where that is the same for several plans; else nothing."""
    spans = [run.due_at - run.at for run in first_runs(found.runs)]
    return [f"Each is to be counted within {_span(spans[0])}."] if len(spans) > len(set(spans)) == 1 else []


def cut_notes(found: TeamSchedule) -> list[str]:
    """Which plans have more runs than are listed, a sentence each."""
    return [
        f"{cut.plan} is cut at {sum(run.plan == cut.plan for run in found.runs)} runs, until "
        f"{moment_of(cut.last, found.zone, found.now)}."
        for cut in found.cut
    ]


def no_runs(found: TeamSchedule) -> str:
    """That there is nothing to show."""
    return f"Nothing is scheduled until {until(found)}."


def until(found: TeamSchedule) -> str:
    """The last day of the schedule."""
    return day_of(found.until.astimezone(found.zone), found.now.astimezone(found.zone).year)


def run_count(runs: int) -> str:
    """So many runs, in words."""
    return "1 run" if runs == 1 else f"{runs} runs"


def moment_of(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A day and a time on the clock of `zone`, as “Wed 25 Nov 07:00”; with the year when it is not that of `now`."""
    local = at.astimezone(zone)
    return f"{day_of(local, now.astimezone(zone).year)} {local:%H:%M}"


def how_much(run: ScheduledRun, *, by_class: bool = True) -> str:
    """How many lines a run has, as far as that is known: “about 9 lines (4 A, 3 B, 2 C)”, “up to 12 lines”."""
    if not run.lines:
        return "nothing due"
    lines = line_count(run.lines)
    if not run.by_class:
        return f"up to {lines}"
    parts = [f"{count} {letter or 'without class'}" for letter, count in run.by_class]
    if others := run.lines - sum(count for _, count in run.by_class):
        parts.append(f"{others} {run.sampled}")
    return f"about {lines}" + (f" ({', '.join(parts)})" if by_class and len(parts) > 1 else "")


def due_text(run: ScheduledRun, zone: ZoneInfo) -> str:
    """Until when a run is to be counted, with the day when that is another one: “due 11:00”."""
    at, due = run.at.astimezone(zone), run.due_at.astimezone(zone)
    return f"due {due:%H:%M}" if due.date() == at.date() else f"due {day_of(due)} {due:%H:%M}"


def line_count(lines: int) -> str:
    """So many lines, in words."""
    return "1 line" if lines == 1 else f"{lines} lines"


def first_runs(runs: Iterable[ScheduledRun]) -> list[ScheduledRun]:
    """The first run of each plan that has lines; of a plan without, its first one."""
    found: dict[int, ScheduledRun] = {}
    for run in runs:
        if run.plan_id not in found or (run.lines and not found[run.plan_id].lines):
            found[run.plan_id] = run
    return list(found.values())


def _span(span: timedelta) -> str:
    """A time to count, in the largest unit that says all of it: “4 hours”, “90 minutes”, “2 days”."""
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if span >= unit and not span % unit:
            return f"1 {name}" if span == unit else f"{span // unit} {name}s"
    return f"{span.total_seconds():.0f} seconds"
