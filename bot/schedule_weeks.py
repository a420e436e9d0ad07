"""The schedule as lines, day by day and week by week.

It is read on a phone, so a run is a short line. From next week on, runs that are alike share a line. So do
runs with nothing due, and those of a plan that runs all day long.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.schedule_text import day_of, first_runs, how_much, line_count, run_count
from models.rules import wording
from models.rules.weekday_words import weekdays_text
from models.services.plan_schedule import ScheduledRun
from models.services.team_schedules import TeamSchedule

MOST_A_DAY = 3
"""Runs of one plan on one day that have a line each."""

THIN = 2
"""Lines a week that need no name of the week above them."""
BY_DAY = 1
"""Weeks, from this one on, of which every day is said."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ScheduleLine:
    """A run, several that are alike, or a day without any (`time` empty). Plain text.

    `day` is empty where the line before says it.
    """

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


@dataclass(frozen=True)
class _Row:
    """What becomes a line: runs of one plan on one day, or a closed day (without runs)."""

    day: date
    time: str
    runs: tuple[ScheduledRun, ...] = ()
    closed: str = ""
    moved: str = ""

    @property
    def alike(self) -> tuple[object, ...]:
        """The same for rows of a week that may share a line."""
        if not self.runs:
            return (self.day, self.closed)
        return (self.time, self.runs[0].plan_id, self.moved, len(self.runs) > 1)


_Words = Callable[[Sequence[date]], str]
_First = frozenset[tuple[int, datetime]]


def weeks(found: TeamSchedule) -> list[Week]:
    """Every run and closed day, in order, by weeks that begin on Monday."""
    today = found.now.astimezone(found.zone).date()
    rows, first = _rows(found), _first(found)
    of_weeks = [(monday, list(group)) for monday, group in groupby(rows, lambda row: _monday(row.day))]
    idle = _nothing_due(found)
    if all(len(group) <= THIN for _, group in of_weeks) and not idle:
        return [Week("", _lines([[row] for row in group], first, _full(found)), "") for _, group in of_weeks]
    by_monday = dict(of_weeks)
    return [
        Week(
            _week_name(monday, today),
            _lines(_shared(by_monday.get(monday, []), is_far=_weeks_ahead(monday, today) >= BY_DAY), first, _short),
            idle.get(monday, ""),
        )
        for monday in sorted(by_monday.keys() | idle.keys())
    ]


def day_lines(found: TeamSchedule) -> tuple[ScheduleLine, ...]:
    """Every run that has lines and every closed day, in order, with their dates."""
    return _lines([[row] for row in _rows(found)], _first(found), _full(found))


def _first(found: TeamSchedule) -> _First:
    """Which runs are the first of their plans."""
    return frozenset((run.plan_id, run.at) for run in first_runs(found.runs))


def _rows(found: TeamSchedule) -> list[_Row]:
    days: dict[date, list[_Row]] = defaultdict(list)
    for closed in found.closed:
        names = f"{wording.all_of(closed.teams)}: " if closed.teams else ""
        days[closed.day].append(_Row(closed.day, "", closed=f"{names}no counting, {closed.why}"))
    by_plan: dict[tuple[date, int], list[ScheduledRun]] = defaultdict(list)
    for run in found.runs:
        if run.lines:
            by_plan[run.at.astimezone(found.zone).date(), run.plan_id].append(run)
    for (day, _), runs in by_plan.items():
        together = [tuple(runs)] if len(runs) > MOST_A_DAY else [(run,) for run in runs]
        days[day] += [
            _Row(day, f"{of_row[0].at.astimezone(found.zone):%H:%M}", of_row, moved=_moved(of_row[0], found.zone))
            for of_row in together
        ]
    return [row for day in sorted(days) for row in sorted(days[day], key=lambda row: row.time)]


def _shared(rows: list[_Row], *, is_far: bool) -> list[list[_Row]]:
    """The rows that share a line; of the near weeks each has its own."""
    if not is_far:
        return [[row] for row in rows]
    alike: dict[tuple[object, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        alike[row.alike].append(row)
    return list(alike.values())


def _lines(groups: Iterable[list[_Row]], first: _First, words: _Words) -> tuple[ScheduleLine, ...]:
    lines: list[ScheduleLine] = []
    said = ""
    for group in groups:
        day = words([row.day for row in group])
        runs = [run for row in group for run in row.runs]
        text = _text(group, first) if runs else group[0].closed
        lines.append(ScheduleLine("" if day == said else day, group[0].time, text, len(runs)))
        said = day
    return tuple(lines)


def _text(group: list[_Row], first: _First) -> str:
    runs = [run for row in group for run in row.runs]
    fewest, most = min(run.lines for run in runs), max(run.lines for run in runs)
    if len(runs) == 1:
        # The classes of every day are much alike; those of the next run say what to expect.
        amount = how_much(runs[0], by_class=(runs[0].plan_id, runs[0].at) in first)
    elif len(group) < len(runs):
        a_day = max(len(row.runs) for row in group)
        amount = f"{run_count(a_day)}{' a day' if len(group) > 1 else ''}, up to {line_count(most)} each"
    elif runs[0].by_class:
        amount = f"about {line_count(most)}" if fewest == most else f"{fewest} to {line_count(most)}"
    else:
        amount = f"up to {line_count(most)}"
    return " · ".join(filter(None, (runs[0].plan, amount, group[0].moved)))


def _full(found: TeamSchedule) -> _Words:
    this_year = found.now.astimezone(found.zone).year
    return lambda days: day_of(days[0], this_year)


def _short(days: Sequence[date]) -> str:
    """Days of a week that has its name: “Wed 25”, or of several “Mon-Fri”."""
    if len(days) == 1:
        return f"{days[0]:%a} {days[0].day}"
    return _weekdays(day.weekday() for day in days)


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


def _nothing_due(found: TeamSchedule) -> dict[date, str]:
    """The runs without lines, by Monday: “Nothing due: Daily parts (Wed, Thu), Night check (Mon)”."""
    days: dict[date, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for run in found.runs:
        if not run.lines:
            day = run.at.astimezone(found.zone).date()
            days[_monday(day)][run.plan].add(day.weekday())
    return {
        monday: "Nothing due: " + ", ".join(f"{plan} ({_weekdays(on)})" for plan, on in plans.items())
        for monday, plans in days.items()
    }


def _weekdays(days: Iterable[int]) -> str:
    """Days of one week: “Mon-Fri”, “Mon, Sat, Sun”; a row of days ends with the week."""
    rows = groupby(enumerate(sorted(days)), key=lambda numbered: numbered[1] - numbered[0])
    return ",".join(weekdays_text(frozenset(day for _, day in row)) for _, row in rows).title().replace(",", ", ")


def _week_name(monday: date, today: date) -> str:
    names = ("This week", "Next week")
    ahead = _weeks_ahead(monday, today)
    return names[ahead] if ahead < len(names) else f"Week of {day_of(monday, today.year)}"


def _weeks_ahead(monday: date, today: date) -> int:
    return (monday - _monday(today)) // (7 * _DAY)


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY
