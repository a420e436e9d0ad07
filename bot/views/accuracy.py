"""Accuracy as an answer to one person: how often the record was right, with how sure that is, and what it was worth."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from slackblocks import Block

from bot.views import blocks
from bot.views.blocks import Rendered
from bot.views.charts import chart_message
from models.rules import wording
from models.rules.accuracy import Accuracy
from models.rules.cause_chart import CauseAmount, CauseChart, gross_by_cause
from models.rules.charts import AnyChart
from models.services.accuracy_facts import AccuracyFacts, CauseShare, Part
from models.services.home_numbers import weeks_chart
from models.services.worst_bins import WorstBins

MOST_PARTS = 12
_MOST_CAUSES = 5


def accuracy_message(facts: AccuracyFacts, now: datetime) -> Rendered:
    """The answer to `/count accuracy`: numbers, then week by week and by cause as charts."""
    when = facts.period.said(now.astimezone(facts.zone).date())
    title = f"Accuracy{' of ' if facts.title else ''}{blocks.escape(facts.title)} {when}".rstrip()
    headline = _headline(facts)
    built: list[Block] = [blocks.section(f"*{title}*\n{headline}", "accuracy.head")]
    built += blocks.sections(_lines(facts), "accuracy.parts")
    below: list[Block] = []
    if facts.hidden:
        items = "1 SKU" if facts.hidden == 1 else f"{facts.hidden} SKUs"
        below.append(blocks.context(f"Without {items} that you may still have to count.", "accuracy.hidden"))
    return chart_message(f"{title}: {headline}", _charts(facts), above=built, below=below)


def _charts(facts: AccuracyFacts) -> list[AnyChart]:
    """Weeks when there are several, causes when any is worth something."""
    charts: list[AnyChart] = []
    if len(facts.weeks) > 1:
        charts.append(weeks_chart(facts.weeks))
    causes = cause_chart(facts.causes, facts.currency)
    return [*charts, causes] if causes.bars else charts


def cause_chart(causes: Sequence[CauseShare], currency: str) -> CauseChart:
    """Gross variance by cause, to look at."""
    amounts = (CauseAmount(one.cause, one.gross_value, one.lines) for one in causes)
    return gross_by_cause(amounts, currency=currency)


def _headline(facts: AccuracyFacts) -> str:
    """IRA with its interval, or that there are too few lines for one."""
    found = facts.chosen
    if not found.lines:
        apart = facts.control.lines or facts.random.lines
        return "Only the samples below were counted." if apart else "No blind counts yet in that time."
    return f"{rate_said(found)} right at the first count (IRA) · {lines_said(found.lines)}"


def _lines(facts: AccuracyFacts) -> list[str]:
    found, money = facts.chosen, facts.currency
    lines: list[str] = []
    if found.lines:
        lines.append(f"Exactly right: {_exact(found)} · {_values(found, money)}")
    lines += [f"Control group: {part_said(facts.control)}"] if facts.control.lines else []
    lines += [f"Random sample: {part_said(facts.random)}"] if facts.random.lines else []
    lines += _by("By class", facts.by_class)
    lines += _by("By team", facts.by_team) if len(facts.by_team) > 1 else []
    if not any(one.gross_value for one in facts.causes):  # else they are in a chart
        lines += _causes(facts.causes)
    lines += _bins(facts.bins, money)
    return lines


def rate_said(found: Accuracy) -> str:
    """“92.4 % (90.1 to 94.2)”, and of too few lines how many it is of them."""
    rate, interval = found.hit_rate, found.interval
    if rate is None or interval is None:
        return f"{found.hits} of {found.lines}, too few for a percentage,"
    low, high = interval
    return f"{_percent(rate)} ({_figure(low)} to {_figure(high)})"


def _exact(found: Accuracy) -> str:
    return f"{found.exact} of {found.lines}" if found.exact_rate is None else _percent(found.exact_rate)


def _values(found: Accuracy, currency: str) -> str:
    if found.unknown_cost == found.lines:
        return "no unit cost is known"
    said = f"net {wording.money(found.net_value, currency)} · gross {wording.money(found.gross_value, currency)}"
    if found.gross_share is not None:
        share = wording.percent(found.gross_share * 100)
        said += f", {share} of the {wording.money(found.value_counted, currency)} counted"
    return said + (f" · {lines_said(found.unknown_cost)} without unit cost" if found.unknown_cost else "")


def part_said(found: Accuracy) -> str:
    """The same in a few words: “95 % (91 to 98) of 120”."""
    if found.hit_rate is None:
        return f"{found.hits} of {found.lines}"
    return f"{rate_said(found)} of {found.lines:,}"


def _by(name: str, parts: Sequence[Part]) -> list[str]:
    if not parts:
        return []
    said = [f"{blocks.escape(part.name)} {part_said(part.accuracy)}" for part in parts[:MOST_PARTS]]
    more = [f"{len(parts) - MOST_PARTS} more"] if len(parts) > MOST_PARTS else []
    return [f"{name}: {' · '.join([*said, *more])}"]


def _causes(causes: Sequence[CauseShare]) -> list[str]:
    """Causes that are worth nothing, or nothing that is known."""
    said = [f"{blocks.escape(one.cause) or 'none given'} ({lines_said(one.lines)})" for one in causes[:_MOST_CAUSES]]
    return [f"Causes: {' · '.join(said)}"] if said else []


def _bins(worst: WorstBins, currency: str) -> list[str]:
    if not worst.bins:
        return []
    said = [
        f"{blocks.escape(one.location)} {wording.money(one.gross_value, currency)} ({lines_said(one.lines)})"
        for one in worst.bins
    ]
    of = " (of the newest variances)" if worst.is_partial else ""
    return [f"Worst bins{of}: {' · '.join(said)}"]


def lines_said(lines: int) -> str:
    """“120 lines”."""
    return "1 line" if lines == 1 else f"{lines:,} lines"


def _percent(share: float) -> str:
    return f"{_figure(share)} %"


def _figure(share: float) -> str:
    """A share in percent with one decimal; never 100 or 0 for what is only nearly so."""
    shown = Decimal(str(share * 100)).quantize(Decimal("0.1"))
    if shown == 100 and share < 1:  # noqa: PLR2004 - percent
        shown = Decimal("99.9")
    if shown == 0 and share > 0:
        shown = Decimal("0.1")
    return wording.quantity(shown)
