"""Coverage as an answer to one person: counts promised and made by class, and what is overdue."""

from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.charts import chart_message
from models.services.coverage_facts import CoverageFacts
from models.services.overdue_stock import Overdue


def coverage_message(facts: CoverageFacts) -> Rendered:
    """The answer to `/count accuracy coverage`."""
    chart = facts.chart
    above = blocks.sections([f"*{overdue_said(facts.overdue)}*", *_by_class(facts)], "coverage.overdue")
    below = []
    if not facts.is_whole_year and not chart.is_empty:
        since = f"{facts.first.day} {facts.first:%b %Y}"
        below.append(
            blocks.context(f"Promised is the part of a year since {since}, when the records begin.", "coverage.since")
        )
    return chart_message(overdue_said(facts.overdue), [chart], above=above, below=below)


def overdue_said(overdue: Overdue) -> str:
    """How much is overdue: “12 lines are overdue”."""
    if not overdue.lines:
        return "Nothing is known to be overdue" if overdue.or_more else "Nothing is overdue"
    if overdue.lines == 1 and not overdue.or_more:
        return "1 line is overdue"
    return f"{overdue.lines:,}{' or more' if overdue.or_more else ''} lines are overdue"


def _by_class(facts: CoverageFacts) -> list[str]:
    said = [
        f"{row.abc_class or 'no class'} {row.overdue.lines:,}{' or more' if row.overdue.or_more else ''}"
        f" of {row.items:,}"
        for row in facts.classes
        if row.overdue.lines
    ]
    return [f"By class: {' · '.join(said)}"] if said else []
