"""The schedule in words, a line a run: the same in Slack, in the terminal and in calendars."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.rules import wording
from models.services.plan_schedule import ScheduledRun
from models.services.team_schedules import ClosedDay, TeamSchedule


@dataclass(frozen=True)
class ScheduleLine:
    """A run, or a day without any (`time` empty). All of it is plain text."""

    day: str
    time: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "  ".join(filter(None, (self.day, self.time, " · ".join(self.parts))))


def schedule_lines(found: TeamSchedule) -> list[ScheduleLine]:
    """Every run and closed day, in order. Teams are named where the schedule is of several."""
    runs = [
        (run.at.astimezone(found.zone).date(), number, _run_line(run, found)) for number, run in enumerate(found.runs)
    ]
    closed = [(one.day, -1, _closed_line(one)) for one in found.closed]
    return [line for _, _, line in sorted([*closed, *runs], key=lambda entry: entry[:2])]


def no_runs(found: TeamSchedule) -> str:
    """That there is nothing to show."""
    return f"Nothing is scheduled until {until(found)}."


def until(found: TeamSchedule) -> str:
    """The last day of the schedule."""
    return day_of(found.until.astimezone(found.zone))


def day_of(day: date) -> str:
    """A day, as “Wed 25 Nov”."""
    return f"{day:%a} {day.day} {day:%b}"


def how_much(run: ScheduledRun) -> str:
    """How many lines a run has, as far as that is known: “about 9 lines (4 A, 3 B, 2 C)”, “up to 12 lines”."""
    if not run.lines:
        return "nothing due"
    lines = "1 line" if run.lines == 1 else f"{run.lines} lines"
    if not run.by_class:
        return f"up to {lines}"
    parts = [f"{count} {letter or 'without class'}" for letter, count in run.by_class]
    if others := run.lines - sum(count for _, count in run.by_class):
        parts.append(f"{others} chosen otherwise")
    return f"about {lines} ({', '.join(parts)})"


def due_text(run: ScheduledRun, zone: ZoneInfo) -> str:
    """Until when a run is to be counted, with the day when that is another one: “due 11:00”."""
    at, due = run.at.astimezone(zone), run.due_at.astimezone(zone)
    return f"due {due:%H:%M}" if due.date() == at.date() else f"due {day_of(due)} {due:%H:%M}"


def _run_line(run: ScheduledRun, found: TeamSchedule) -> ScheduleLine:
    at: datetime = run.at.astimezone(found.zone)
    parts = [run.plan]
    if len(found.teams) > 1:
        parts.append(run.team)
    parts.append(how_much(run))
    # What is levelled says what it is by its classes.
    if not run.by_class and run.lines:
        parts.append(run.what)
    parts.append(due_text(run, found.zone))
    if run.moved_because:
        parts.append(run.moved_because)
    return ScheduleLine(day_of(at), f"{at:%H:%M}", tuple(parts))


def _closed_line(closed: ClosedDay) -> ScheduleLine:
    names = f"{wording.all_of(closed.teams)}: " if closed.teams else ""
    return ScheduleLine(day_of(closed.day), "", (f"{names}no counting, {closed.why}",))
