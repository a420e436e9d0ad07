"""Accuracy and coverage on Home: numbers in words, and a picture where Slack has one already."""

from collections.abc import Sequence
from dataclasses import dataclass

from slackblocks import Block

from bot.views import blocks
from bot.views.accuracy import lines_said, part_said, rate_said
from bot.views.charts import picture_block
from bot.views.coverage import overdue_said
from models.rules.accuracy import Accuracy
from models.services.coverage_facts import CoverageFacts
from models.services.home_numbers import CompanyNumbers, TeamNumbers

MOST_TEAMS = 5


@dataclass(frozen=True)
class ShownNumbers:
    """Numbers of the company, and by which file Slack shows the picture of its weeks; None while there is none."""

    numbers: CompanyNumbers
    file_id: str | None = None


def company_blocks(shown: ShownNumbers) -> list[Block]:
    """For stock control."""
    numbers = shown.numbers
    built: list[Block] = [blocks.header("Accuracy and coverage", "numbers.head")]
    built += blocks.sections([f"This week: {_week(numbers.week)}"], "numbers.week")
    if shown.file_id is not None and numbers.weeks is not None:
        built.append(picture_block(numbers.weeks, shown.file_id, "numbers.weeks"))
    built += blocks.sections(_coverage(numbers.coverage), "numbers.coverage")
    built.append(blocks.context("“/count accuracy” and “/count accuracy coverage” say more", "numbers.more"))
    return built


def team_blocks(numbers: TeamNumbers) -> list[Block]:
    """For an approver, in one line."""
    if not numbers.teams:
        return []
    said = [f"{blocks.escape(one.name)} {_of_team(one.accuracy)}" for one in numbers.teams[:MOST_TEAMS]]
    if len(numbers.teams) > MOST_TEAMS:
        said.append(f"{len(numbers.teams) - MOST_TEAMS} more teams")
    since = f"{numbers.since.day} {numbers.since:%b}"
    return [blocks.context(f"Right at the first count since {since}: {' · '.join(said)}", "numbers.teams")]


def _week(found: Accuracy) -> str:
    if not found.lines:
        return "no blind counts yet."
    return f"{rate_said(found)} right at the first count · {lines_said(found.lines)}"


def _of_team(found: Accuracy) -> str:
    return part_said(found) if found.hit_rate is not None else f"{part_said(found)}, too few for a percentage"


def _coverage(facts: CoverageFacts) -> Sequence[str]:
    said = [f"{one.title} {one.said}" for one in facts.chart.classes if one.promised or one.done]
    since = "in 12 months" if facts.is_whole_year else f"since {facts.first.day} {facts.first:%b %Y}"
    counts = f"Counts made of those promised {since}: {blocks.escape(' · '.join(said))}" if said else ""
    return [*filter(None, [counts]), f"*{overdue_said(facts.overdue)}*"]
