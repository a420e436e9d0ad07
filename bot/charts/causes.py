"""Gross variance by cause: a bar a cause, lying, so that a phone has room for its name.

Bars and running share have one scale, 0 to 100 % of the whole: each bar is as long as the step that it adds.
"""

from dataclasses import dataclass

from bot.charts.drawing import (
    ACCENT,
    HATCH,
    INK,
    INNER,
    LEADING,
    MARGIN,
    PAPER,
    QUIET,
    RIGHT,
    RULE,
    SMALL,
    Drawing,
)
from bot.charts.lettering import drawable, width, wrapped
from models.rules.cause_chart import CauseBar, CauseChart
from models.rules.chart_words import share_words
from models.rules.wording import money

BAR_HIGH = 11.0
_SHORTEST = 1.5  # a bar that is there is seen
_LEFT_FOR_A_NAME = 90.0
_NEXT_LINE = 13.0


def drawn(chart: CauseChart) -> Drawing:
    """The chart; what there is to say when nothing has a value."""
    drawing = Drawing()
    y = drawing.header(chart.title, chart.headline)
    if chart.bars:
        y = _bars(drawing, chart, y + 16)
    if chart.unvalued_said:
        drawing.text(MARGIN, y + 16, chart.unvalued_said, ink=QUIET)
    return drawing


def _bars(drawing: Drawing, chart: CauseChart, y: float) -> float:
    """The bars from `y` on; returns where they end."""
    longest = RIGHT - width("100 %", SMALL, "bold") - 10 - MARGIN
    heading = drawing.text(RIGHT, y, "running share", anchor="end", ink=QUIET)
    drawing.line((heading.left - 18, y - 4), (heading.left - 8, y - 4), ink=INK)
    drawing.dot(heading.left - 8, y - 4, 3.0, fill=INK)
    rows: list[_Row] = []
    for bar in chart.bars:
        rows.append(_row(bar, chart.currency, rows[-1].end + 3 if rows else y + 4))
    for row in rows:
        long = max(_SHORTEST, float(row.bar.share) * longest)
        fill, edge = (HATCH, INK) if row.bar.is_rest else (ACCENT, None)
        drawing.rectangle(MARGIN, row.top, longest, BAR_HIGH, fill=RULE)
        drawing.rectangle(MARGIN, row.top, long, BAR_HIGH, fill=fill, edge=edge)
    # The line passes behind the texts, which come after it.
    steps = [(MARGIN + float(row.bar.cumulative) * longest, row.top + BAR_HIGH / 2) for row in rows]
    drawing.line(*steps, ink=INK, thick=1.2)
    for row, (x, middle) in zip(rows, steps, strict=True):
        for number, words in enumerate(row.name):
            drawing.text(MARGIN, row.first + number * _NEXT_LINE, words, over=True)
        drawing.text(RIGHT, row.first, row.amount, anchor="end", over=True)
        drawing.dot(x, middle, 3.4, fill=INK, edge=PAPER)
        drawing.text(RIGHT, row.end - 1.5, share_words(row.bar.cumulative), weight="bold", anchor="end")
    return rows[-1].end


@dataclass(frozen=True)
class _Row:
    """A bar with what stands above it: the line of its first words, and where the bar begins."""

    bar: CauseBar
    name: list[str]
    amount: str
    first: float
    top: float

    @property
    def end(self) -> float:
        return self.top + BAR_HIGH


def _row(bar: CauseBar, currency: str, y: float) -> _Row:
    """The row of a bar below `y`; a long name has two lines, a longer one is cut."""
    amount = drawable(f"{money(bar.gross, currency)} · {share_words(bar.share)}")
    most = max(_LEFT_FOR_A_NAME, INNER - width(amount, SMALL) - 10)
    name = wrapped(drawable(bar.name), most, SMALL)
    first = y + LEADING
    return _Row(bar, name, amount, first, first + (len(name) - 1) * _NEXT_LINE + 5)
