"""The schedule, as an answer to one person: what is counted next comes first."""

from slackblocks import Block

from bot import schedule_text, schedule_weeks
from bot.schedule_weeks import ScheduleLine, Week
from bot.views import blocks
from bot.views.blocks import Rendered
from models.services.team_schedules import TeamSchedule

MOST_LINES = 60
"""Lines of an answer: with every team's plans a few weeks fill several screens."""
MOST_NOTES = 15
"""Plans of which an answer says what they count."""


def schedule_message(found: TeamSchedule) -> Rendered:
    """The runs to come, a line each, week by week; then what each plan counts, and what zone the times are in."""
    weeks = schedule_weeks.weeks(found)
    built: list[Block] = []
    left = MOST_LINES
    for number, week in enumerate(weeks, start=1):
        if left > 0:
            built += blocks.sections(_week_lines(week, left), f"schedule.{number}")
        left -= len(week.lines)
    if not found.runs:
        text = f"{schedule_text.no_runs(found)} “/count plans” lists the plans."
        built += blocks.sections([text], "schedule.none")
    if notes := [blocks.escape(note) for note in schedule_text.plan_notes(found)]:
        if len(notes) > MOST_NOTES:
            notes[MOST_NOTES:] = [f"… {len(notes) - MOST_NOTES} more plans; “/count plans” lists them"]
        built += blocks.sections(["*What they count*", *notes], "schedule.plans")
    ends = f"Until {schedule_text.until(found)}. Times in {found.zone.key}."
    hints = [*schedule_text.time_note(found), *_cut(found, weeks), ends]
    built.append(blocks.context("\n".join(map(blocks.escape, hints)), "schedule.hint"))
    return blocks.rendered(_summary(found), built)


def line_text(line: ScheduleLine) -> str:
    """A line as mrkdwn: the day stands out."""
    day = f"*{line.day}*" if line.day else ""
    return "  ".join(filter(None, (day, line.time, blocks.escape(line.text))))


def _week_lines(week: Week, most: int) -> list[str]:
    lines = [*([f"*{week.name}*"] if week.name else []), *map(line_text, week.lines[:most])]
    return [*lines, blocks.escape(week.nothing_due)] if week.nothing_due else lines


def _cut(found: TeamSchedule, weeks: list[Week]) -> list[str]:
    """What is not shown, and where it is."""
    beyond = [line for week in weeks for line in week.lines][MOST_LINES:]
    sentences = schedule_text.cut_notes(found)
    if runs := sum(line.runs for line in beyond):
        sentences.append(f"Cut here: {schedule_text.run_count(runs)} more until {schedule_text.until(found)}.")
        if len(found.teams) > 1:
            sentences.append("“/count schedule” and a team shows one team.")
        sentences.append("Stock control has all of it as a calendar file.")
    return [" ".join(sentences)] if sentences else []


def _summary(found: TeamSchedule) -> str:
    if not found.runs:
        return schedule_text.no_runs(found)
    runs = f"{schedule_text.run_count(len(found.runs))} until {schedule_text.until(found)}"
    day = ""
    for line in schedule_weeks.day_lines(found):
        day = line.day or day
        if line.runs:
            return blocks.escape(f"{runs}; next: {day} {line.time} {line.text}")
    return blocks.escape(f"{runs}, nothing due")
