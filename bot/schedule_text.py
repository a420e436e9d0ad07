"""The schedule in words: the same in Slack, in the terminal and in calendars.

It is read on a phone, so a run is a short line, and what does not differ from run to run is said once a plan. Days
follow each other week by week. Runs with nothing due share a line, and so do those of a plan that runs all day long.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from models.rules import wording
from models.services.plan_schedule import ScheduledRun
from models.services.team_schedules import TeamSchedule

MOST_A_DAY = 3
"""Runs of one plan on one day that have a line each."""

day_of = wording.day_of

THIN = 2
"""Lines a week that need no name of the week above them."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ScheduleLine:
    """A run, or a day without any (`time` empty). Plain text; `day` is empty where the line before says it."""

    day: str
    time: str
    text: str
    runs: int = 0


@dataclass(frozen=True)
class Week:
    """The lines of a week; `nothing_due` names its runs that have none, "" without such.

    `name` is "" for the weeks of a schedule so thin that names would be half of it.
    """

    name: str
    lines: tuple[ScheduleLine, ...]
    nothing_due: str


def weeks(found: TeamSchedule) -> list[Week]:
    """Every run and closed day, in order, by weeks that begin on Monday."""
    today = found.now.astimezone(found.zone).date()
    days: dict[date, list[str | ScheduledRun]] = defaultdict(list)
    for closed in found.closed:
        names = f"{wording.all_of(closed.teams)}: " if closed.teams else ""
        days[closed.day].append(f"{names}no counting, {closed.why}")
    for run in found.runs:
        days[run.at.astimezone(found.zone).date()].append(run)
    named_first = _first_runs(found.runs)
    by_weeks = [
        Week(
            _week_name(monday, today),
            tuple(line for day in of_week for line in _day_lines(day, days[day], found, named_first)),
            _nothing_due([run for day in of_week for run in days[day] if isinstance(run, ScheduledRun)], found),
        )
        for monday, of_week in ((monday, list(group)) for monday, group in groupby(sorted(days), _monday))
    ]
    if any(len(week.lines) > THIN or week.nothing_due for week in by_weeks):
        return by_weeks
    return [replace(week, name="") for week in by_weeks]


def plan_notes(found: TeamSchedule) -> list[str]:
    """What the plans of the schedule count, and within what time: a line each, in the order of their first runs."""
    return [
        f"{run.plan}{f' ({run.team})' if len(found.teams) > 1 else ''}: {run.what} · to count within "
        f"{_span(run.due_at - run.at)}"
        for run in _first_runs(found.runs)
    ]


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
    lines = _lines(run.lines)
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


def _first_runs(runs: Iterable[ScheduledRun]) -> list[ScheduledRun]:
    """The first run of each plan that has lines; of a plan without, its first one."""
    found: dict[int, ScheduledRun] = {}
    for run in runs:
        if run.plan_id not in found or (run.lines and not found[run.plan_id].lines):
            found[run.plan_id] = run
    return list(found.values())


def _day_lines(
    day: date, there: list[str | ScheduledRun], found: TeamSchedule, first: list[ScheduledRun]
) -> list[ScheduleLine]:
    rows = [ScheduleLine("", "", closed) for closed in there if isinstance(closed, str)]
    runs: dict[int, list[ScheduledRun]] = defaultdict(list)
    for run in there:
        if isinstance(run, ScheduledRun) and run.lines:
            runs[run.plan_id].append(run)
    timed = []
    for of_plan in runs.values():
        if len(of_plan) > MOST_A_DAY:
            timed.append((of_plan[0].at, _all_day_line(of_plan, found.zone)))
        else:
            # The classes of every day are much alike; those of the next run say what to expect.
            timed += [(run.at, _run_line(run, found.zone, by_class=run in first)) for run in of_plan]
    rows += [line for _, line in sorted(timed, key=lambda row: row[0])]
    name = day_of(day, found.now.astimezone(found.zone).year)
    return [ScheduleLine("" if number else name, line.time, line.text, line.runs) for number, line in enumerate(rows)]


def _run_line(run: ScheduledRun, zone: ZoneInfo, *, by_class: bool) -> ScheduleLine:
    parts = [run.plan, how_much(run, by_class=by_class), _moved(run, zone)]
    return ScheduleLine("", f"{run.at.astimezone(zone):%H:%M}", " · ".join(filter(None, parts)), 1)


def _all_day_line(runs: list[ScheduledRun], zone: ZoneInfo) -> ScheduleLine:
    first, last = (run.at.astimezone(zone) for run in (runs[0], runs[-1]))
    most = _lines(max(run.lines for run in runs))
    text = f"{runs[0].plan} · {run_count(len(runs))} until {last:%H:%M}, up to {most} each"
    return ScheduleLine("", f"{first:%H:%M}", text, len(runs))


def _moved(run: ScheduledRun, zone: ZoneInfo) -> str:
    """Why the calendar moved a run, in few words: “quiet at 11:45”, “from Sun 29 Nov: not a working day”."""
    if not run.moved_because:
        return ""
    own = run.occurrence.astimezone(zone)
    if own.date() == run.at.astimezone(zone).date():
        return f"quiet at {own:%H:%M}"
    # The whole reason also says when it moved from, and what else was in the way.
    why = run.moved_because.partition(": ")[2].partition(", then ")[0]
    return f"from {day_of(own)}: {why}"


def _nothing_due(runs: list[ScheduledRun], found: TeamSchedule) -> str:
    """The runs of a week that have no lines: “Nothing due: Daily parts (Wed, Thu), Night check (Mon)”."""
    by_plan: dict[str, list[str]] = defaultdict(list)
    for run in runs:
        day = f"{run.at.astimezone(found.zone):%a}"
        if not run.lines and day not in by_plan[run.plan]:
            by_plan[run.plan].append(day)
    idle = [f"{plan} ({', '.join(days)})" for plan, days in by_plan.items() if days]
    return f"Nothing due: {', '.join(idle)}" if idle else ""


def _week_name(monday: date, today: date) -> str:
    ahead = (monday - _monday(today)) // _DAY
    return {0: "This week", 7: "Next week"}.get(ahead, f"Week of {day_of(monday, today.year)}")


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _span(span: timedelta) -> str:
    """A time to count, in the largest unit that says all of it: “4 hours”, “90 minutes”, “2 days”."""
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if span >= unit and not span % unit:
            return f"1 {name}" if span == unit else f"{span // unit} {name}s"
    return f"{span.total_seconds():.0f} seconds"
