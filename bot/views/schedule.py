"""The schedule, as an answer to one person: what is counted next comes first."""

from bot import schedule_text
from bot.schedule_text import ScheduleLine
from bot.views import blocks
from bot.views.blocks import Rendered
from models.services.team_schedules import TeamSchedule

MOST_LINES = 60
"""Lines of an answer: with every team's plans a few weeks fill several screens."""


def schedule_message(found: TeamSchedule) -> Rendered:
    """The runs to come, a line each, and the days without; then what zone the times are in."""
    lines = schedule_text.schedule_lines(found)
    texts = [line_text(line) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        rest = f"… {len(lines) - MOST_LINES} more until {schedule_text.until(found)}"
        texts.append(f"{rest}; “/count schedule” and a team shows one team" if len(found.teams) > 1 else rest)
    if not found.runs:
        texts.append(f"{schedule_text.no_runs(found)} “/count plans” lists the plans.")
    built = blocks.sections(texts, "schedule")
    hint = f"Until {schedule_text.until(found)}. Times in {found.zone.key}."
    built.append(blocks.context(blocks.escape(hint), "schedule.hint"))
    return blocks.rendered(_summary(found, lines), built)


def line_text(line: ScheduleLine) -> str:
    """A line as mrkdwn: the day stands out."""
    parts = " · ".join(map(blocks.escape, line.parts))
    return "  ".join(filter(None, (f"*{line.day}*", line.time, parts)))


def _summary(found: TeamSchedule, lines: list[ScheduleLine]) -> str:
    if not found.runs:
        return schedule_text.no_runs(found)
    runs = "1 run" if len(found.runs) == 1 else f"{len(found.runs)} runs"
    first = next(line for line in lines if line.time)
    return blocks.escape(f"{runs} until {schedule_text.until(found)}; next: {first}")
